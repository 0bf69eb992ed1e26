"""Users: making, disabling, and logging in, throttled by name and by client address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement import passwords
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.records import Role, User
from pipelines.store import Tx

#: Log-in attempts that failed within WINDOW before the next is refused unseen.
MAX_PER_USER = 5
MAX_PER_CLIENT = 20
WINDOW = timedelta(minutes=15)
#: Key of the count of wrong old passwords.
_OWN = "own:"
#: From so many tries left on they are told.
_FEW_LEFT = 2
#: Letters of one script only: a Cyrillic е among Latin letters, or 一 for a dash among them, looks like another's name.
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ebef\U00030000-\U000323af"
_NAME = re.compile(rf"(?=.{{2,32}}\Z)(?:[A-Za-z0-9_.\-]+|[{_HAN}0-9_.\-]+)")
#: Of a name of fewer characters two would be the better part.
_SHORTEST_MASKED_TWICE = 4
#: Whoever uses the command line on the machine itself; not a user who logs in.
CONSOLE = "console"


class LoginRefused(Refused):
    """用户名或口令不对。"""

    @classmethod
    def with_left(cls, left: int) -> Self:
        """Says how many tries are left once they are few: the same for a name that nobody has."""
        if left > _FEW_LEFT:
            return cls()
        minutes = WINDOW // timedelta(minutes=1)
        pause = f"再错 {left} 次将暂停登录 {minutes} 分钟" if left else f"已暂停登录，约 {minutes} 分钟后再试"
        return cls(f"{cls.__doc__}{pause}。")


class LoginThrottled(LoginRefused):
    """失败次数过多，请稍后再试。"""

    @classmethod
    def until(cls, end: datetime, moment: datetime) -> Self:
        """Says when it is over: the first whole minute at which the next attempt is looked at."""
        minute = timedelta(minutes=1)
        end = (end + minute).replace(second=0, microsecond=0)
        wait = -((moment - end) // minute)
        return cls(f"失败次数过多，暂时不能登录；请在 {clock.local(end):%H:%M} 以后再试（约 {wait} 分钟）。")


def create_user(
    desk: Desk,
    name: str,
    password: str,
    *,
    roles: Iterable[Role],
    actor: User | str = CONSOLE,
    demo: bool = False,
    given: bool = False,
) -> User:
    """Add a user. A user who acts must be allowed to; a plain name is the machine's own command line. A password
    that is `given`, as by every user who acts, is known to two: its user has to change it before anything else.

    Raises BadInput, Conflict, Refused.
    """
    _require(actor)
    if not _NAME.fullmatch(name) or _alike(name) in {CONSOLE, "system", "unknown"}:
        raise BadInput("用户名应为 2–32 个英文字母或汉字（不混用）、数字、点、横线或下划线，且不能是保留名。")
    held = frozenset(roles)
    if not held:
        raise BadInput("至少要有一个角色。")
    passwords.check_rules(password, name=name)
    user = User(
        name=name,
        roles=held,
        password_hash=passwords.hash_password(password),
        disabled=False,
        created_at=clock.now(),
        demo=demo,
        password_given_at=clock.now() if given or isinstance(actor, User) else None,
    )
    with desk.store.transaction() as tx:
        taken = next((one.name for one in tx.users.list() if _alike(one.name) == _alike(name)), None)
        if taken is not None:
            raise Conflict(f"用户 {taken} 已经存在。")
        tx.users.add(user)
        audit.record(
            tx,
            actor=actor_name(actor),
            action="user.create",
            object_type="user",
            object_id=name,
            roles=sorted(role.value for role in held),
        )
    return user


def authenticate(desk: Desk, name: str, password: str, *, client: str, device: str | None = None) -> User:
    """The user with this name and password. Raises LoginThrottled or LoginRefused; both are logged.

    The attempt is counted, by name and by address, before the password is looked at, so that a burst of requests
    cannot pass a limit while the first is still being hashed. A success takes back its own count of the address, no
    other's: an account of one's own does not buy guesses at others. `device` is the number of a browser with which
    this very user has logged in before: it counts for itself, so that nobody who knows the name alone can use up the
    attempts of whom it belongs to; all other browsers share the name's count.
    """
    moment = clock.now()
    counted = _user_key(name, device)
    user = _count_attempt(desk, name, {counted: MAX_PER_USER, _client_key(client): MAX_PER_CLIENT}, moment)
    known_hash = user.password_hash if user is not None else _nobodys_hash()
    fits = passwords.matches(known_hash, password)
    if user is None or user.disabled or not fits:
        raise LoginRefused.with_left(_note_failure(desk, user, name, counted, client))
    with desk.store.transaction() as tx:
        tx.logins.clear(counted)
        tx.logins.take_back(_client_key(client), moment)
        if passwords.outdated(user.password_hash):
            tx.users.rehash(user.name, passwords.hash_password(password))
        audit.record(tx, actor=user.name, action="login", object_type="user", object_id=user.name)
    return user


def set_disabled(desk: Desk, name: str, disabled: bool, *, actor: User | str = CONSOLE) -> None:
    """Disable (ending all sessions) or enable a user. The last admin cannot be disabled, nor oneself."""
    _require(actor)
    if actor_name(actor) == name and disabled:
        raise Refused("不能停用自己。")
    with desk.store.transaction() as tx:
        user = tx.users.get(name)
        if user is None:
            raise NotFound(f"没有用户 {name}。")
        if disabled and Role.ADMIN in user.roles and not _other_admin(tx.users.list(), name):
            raise Refused("不能停用最后一个管理员。")
        tx.users.set_disabled(name, disabled)
        if disabled:
            tx.sessions.delete_for(name)
        action = "user.disable" if disabled else "user.enable"
        audit.record(tx, actor=actor_name(actor), action=action, object_type="user", object_id=name)


def reset_password(desk: Desk, name: str, password: str, *, actor: User | str = CONSOLE) -> None:
    """Give a user a new password, to be changed at the next log-in, and end all sessions of that user; one's own needs
    the old one. Raises Refused."""
    _require(actor)
    if isinstance(actor, User) and actor.name == name:
        # A screen left open for a minute must not be enough to take the account.
        raise Refused("自己的口令请在“个人设置”里改，要先输入原口令。")
    _store_password(desk, name, password, actor=actor_name(actor), given=True)


def change_own_password(desk: Desk, user: User, *, old: str, new: str) -> None:
    """Change one's own password, knowing the old one; all sessions end. Raises BadInput or LoginThrottled."""
    # Counted apart from log-ins: strangers at the door do not keep an officer from changing the password.
    _count_attempt(desk, user.name, {_OWN + user.name[:64]: MAX_PER_USER}, clock.now())
    if not passwords.matches(user.password_hash, old):
        raise BadInput("原口令不对。")
    if new == old:
        raise BadInput("新口令不能和原口令相同。")
    _store_password(desk, user.name, new, actor=user.name, given=False)


def set_keys_enabled(desk: Desk, user: User, enabled: bool) -> None:
    """Switch the queue keys of one's own account."""
    with desk.store.transaction() as tx:
        tx.users.set_keys_enabled(user.name, enabled)
        audit.record(tx, actor=user.name, action="user.keys", object_type="user", object_id=user.name, enabled=enabled)


def list_users(desk: Desk) -> tuple[User, ...]:
    """All users by name."""
    with desk.store.read() as tx:
        return tuple(sorted(tx.users.list(), key=lambda user: user.name))


def actor_name(actor: User | str) -> str:
    """How the audit log calls whoever acts."""
    return actor if isinstance(actor, str) else actor.name


def _require(actor: User | str) -> None:
    if not isinstance(actor, str):
        require(actor, Action.USERS)


def _store_password(desk: Desk, name: str, password: str, *, actor: str, given: bool) -> None:
    passwords.check_rules(password, name=name)
    new_hash = passwords.hash_password(password)
    with desk.store.transaction() as tx:
        if tx.users.get(name) is None:
            raise NotFound(f"没有用户 {name}。")
        tx.users.set_password(name, new_hash, given_at=clock.now() if given else None)
        tx.sessions.delete_for(name)
        for key in (_user_key(name), _OWN + name[:64]):
            tx.logins.clear(key)
        audit.record(tx, actor=actor, action="user.password", object_type="user", object_id=name)


def _count_attempt(desk: Desk, name: str, limits: Mapping[str, int], moment: datetime) -> User | None:
    """The user, if there is one; `limits` are the counts this attempt goes to. Raises LoginThrottled."""
    since = moment - WINDOW
    with desk.store.transaction() as tx:
        # Within WINDOW there may be one failure less than the limit: the oldest that is one too many has to pass.
        nth = [tx.logins.newest_but(key, most - 1) for key, most in limits.items()]
        over = [at for at in nth if at is not None and at >= since]
        if not over:
            for key in limits:
                tx.logins.add_failure(key, moment)
        user = tx.users.get(name)
        if over:
            _record_refused(tx, "login.throttled", user, name)
    if over:
        raise LoginThrottled.until(max(over) + WINDOW, moment)
    return user


def _note_failure(desk: Desk, user: User | None, name: str, counted: str, client: str) -> int:
    """Log it; how many more may fail, by name and by address, before log-in pauses."""
    moment = clock.now()
    with desk.store.transaction() as tx:
        since = moment - WINDOW
        of_name = MAX_PER_USER - tx.logins.count(counted, since)
        of_client = MAX_PER_CLIENT - tx.logins.count(_client_key(client), since)
        _record_refused(tx, "login.failed", user, name)
    return max(0, min(of_name, of_client))


def _alike(name: str) -> str:
    """What two names share that a reader would take for each other: width and case do not tell them apart."""
    return unicodedata.normalize("NFKC", name).casefold()


def _record_refused(tx: Tx, action: str, user: User | None, name: str) -> None:
    known = "unknown" if user is None else user.name
    tried = {"tried": _masked(name)} if user is None and name else {}
    audit.record(tx, actor=known, action=action, object_type="user", object_id=known, **tried)


def _masked(name: str) -> str:
    """First and last character of a name nobody has, of short ones the first alone. Never more, whatever it looks like:
    people type their password into the name field, no rule tells one from a name, and audit rows cannot be deleted. It
    does not give away how long it was either, yet whoever mistyped a name knows it again."""
    shown = [char if char.isprintable() and not char.isspace() else "?" for char in name]
    return f"{shown[0]}…{shown[-1]}" if len(shown) >= _SHORTEST_MASKED_TWICE else f"{shown[0]}…"


def _other_admin(everybody: Iterable[User], name: str) -> bool:
    return any(Role.ADMIN in user.roles and not user.disabled and user.name != name for user in everybody)


def _user_key(name: str, device: str | None = None) -> str:
    return "user:" + name[:64] if device is None else f"device:{device[:64]}:{name[:64]}"


def _client_key(client: str) -> str:
    return "client:" + client[:64]


@cache
def _nobodys_hash() -> str:
    # An unknown name costs the same time as a wrong password.
    return passwords.hash_password(clock.new_id())
