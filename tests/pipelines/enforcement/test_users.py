"""Users, log-in and its throttle, sessions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement import sessions, users
from pipelines.errors import BadInput, Conflict, Refused
from pipelines.records import Role, User
from tests.review_ui.seed import PASSWORD, seed_user


def _fail(desk: Desk, name: str = "officer", client: str = "10.0.0.1") -> type[Exception]:
    with pytest.raises(users.LoginRefused) as caught:
        users.authenticate(desk, name, "wrong", client=client)
    return caught.type


def _at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_the_right_password_logs_in(desk: Desk, officer: User) -> None:
    assert users.authenticate(desk, "officer", PASSWORD, client="10.0.0.1") == officer


def test_hashes_are_argon2id(officer: User) -> None:
    assert officer.password_hash.startswith("$argon2id$")


def test_unknown_wrong_and_disabled_sound_the_same(desk: Desk, officer: User) -> None:
    users.set_disabled(desk, "officer", True)
    messages: set[str] = set()
    for name, password in (("nobody", PASSWORD), ("officer", PASSWORD), ("officer", "wrong")):
        with pytest.raises(users.LoginRefused) as caught:
            users.authenticate(desk, name, password, client="10.0.0.1")
        messages.add(caught.value.message)
    assert messages == {"用户名或口令不对。"}


@pytest.mark.usefixtures("officer")
def test_the_tries_left_are_told_when_few_and_alike_for_names_that_nobody_has(desk: Desk) -> None:
    said = {}
    for number, name in enumerate(("officer", "nobody")):
        said[name] = []
        for _ in range(users.MAX_PER_USER):
            with pytest.raises(users.LoginRefused) as caught:
                users.authenticate(desk, name, "wrong", client=f"10.0.0.{number}")
            said[name].append(caught.value.message)
    plain = "用户名或口令不对。"
    assert said["officer"] == [
        plain,
        plain,
        f"{plain}再错 2 次将暂停登录 15 分钟。",
        f"{plain}再错 1 次将暂停登录 15 分钟。",
        f"{plain}已暂停登录，约 15 分钟后再试。",
    ]
    assert said["nobody"] == said["officer"]


def test_an_address_that_is_nearly_shut_out_is_told_too(desk: Desk) -> None:
    messages = []
    for number in range(users.MAX_PER_CLIENT - 1):
        with pytest.raises(users.LoginRefused) as caught:
            users.authenticate(desk, f"guess{number}", "wrong", client="10.0.0.1")
        messages.append(caught.value.message)
    assert "再错 1 次" in messages[-1]
    assert "再错" not in messages[-3]


def test_of_an_unknown_name_only_its_ends_are_written_down(desk: Desk) -> None:
    for name in ("My-Secret-Passw0rd", "zhagn", "王敏", " \n x", "13812345678", ""):
        _fail(desk, name=name)
    with desk.store.read() as tx:
        events = tx.audit.all()
    assert [event.detail.get("tried") for event in events] == ["M…d", "z…n", "王…", "?…x", "1…8", None]
    assert {(event.actor, event.object_id) for event in events} == {("unknown", "unknown")}
    assert "Secret" not in repr(events)


def test_too_many_failures_shut_the_user_out_for_a_while(desk: Desk, officer: User) -> None:
    start = clock.now().replace(second=30, microsecond=0)
    clock.pin(_at(start))
    assert [_fail(desk, client=f"10.0.0.{n}") for n in range(users.MAX_PER_USER)] == [users.LoginRefused] * 5
    with pytest.raises(users.LoginThrottled) as caught:
        users.authenticate(desk, "officer", PASSWORD, client="10.0.0.99")
    # The time it names is the first whole minute at which it is over.
    over = (start + users.WINDOW + timedelta(minutes=1)).replace(second=0, microsecond=0)
    assert f"{clock.local(over):%H:%M} 以后再试（约 16 分钟）" in caught.value.message
    clock.pin(_at(over))
    assert users.authenticate(desk, "officer", PASSWORD, client="10.0.0.99").name == "officer"


def test_a_known_browser_is_not_shut_out_by_strangers_and_has_no_more_tries(desk: Desk, officer: User) -> None:
    for number in range(users.MAX_PER_USER):
        _fail(desk, client=f"10.0.1.{number}")
    assert _fail(desk) is users.LoginThrottled
    assert users.authenticate(desk, "officer", PASSWORD, client="10.0.0.7", device="known") == officer
    assert _fail(desk) is users.LoginThrottled  # the officer's log-in gave the strangers no new tries
    users.change_own_password(desk, officer, old=PASSWORD, new=PASSWORD + "-2")
    for number in range(users.MAX_PER_USER):
        with pytest.raises(users.LoginRefused):
            users.authenticate(desk, "officer", "wrong", client=f"10.0.2.{number}", device="known")
    with pytest.raises(users.LoginThrottled):
        users.authenticate(desk, "officer", PASSWORD, client="10.0.0.7", device="known")


def test_too_many_failures_shut_the_address_out(desk: Desk, officer: User) -> None:
    for number in range(users.MAX_PER_CLIENT):
        assert _fail(desk, name=f"guess{number}") is users.LoginRefused
    with pytest.raises(users.LoginThrottled):
        users.authenticate(desk, "officer", PASSWORD, client="10.0.0.1")
    assert users.authenticate(desk, "officer", PASSWORD, client="10.0.0.2").name == "officer"


def test_a_success_forgets_the_failures_before_it(desk: Desk, officer: User) -> None:
    for _ in range(3):
        for _ in range(users.MAX_PER_USER - 1):
            _fail(desk)
        users.authenticate(desk, "officer", PASSWORD, client="10.0.0.1")


def test_a_burst_cannot_pass_the_limit(desk: Desk, officer: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(lambda n: _fail(desk, client=f"10.0.1.{n}"), range(16)))
    assert kinds.count(users.LoginRefused) == users.MAX_PER_USER


def test_a_burst_from_one_address_cannot_pass_its_limit_with_many_names(
    desk: Desk, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are through the count before the first password has been looked at."""
    many = users.MAX_PER_CLIENT + 4
    counted = Barrier(users.MAX_PER_CLIENT)

    def slow(stored: str, password: str) -> bool:
        with suppress(BrokenBarrierError):
            counted.wait(timeout=30)
        return False

    monkeypatch.setattr(users.passwords, "matches", slow)
    with ThreadPoolExecutor(many) as pool:
        kinds = list(pool.map(lambda n: _fail(desk, name=f"nobody{n}"), range(many)))
    assert kinds.count(users.LoginRefused) == users.MAX_PER_CLIENT
    assert kinds.count(users.LoginThrottled) == 4


def test_a_success_takes_back_its_own_count_of_the_address_only(desk: Desk, officer: User) -> None:
    for number in range(users.MAX_PER_CLIENT - 1):
        _fail(desk, name=f"guess{number}")
    for _ in range(3):
        users.authenticate(desk, "officer", PASSWORD, client="10.0.0.1")
    assert _fail(desk, name="guess") is users.LoginRefused
    with pytest.raises(users.LoginThrottled):
        users.authenticate(desk, "officer", PASSWORD, client="10.0.0.1")


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "至少 10"),
        ("长" * 129, "最多 128"),
        ("aaaaaaaaaaaa", "不同的字符"),
        ("officer-12-xyz", "用户名"),
        ("Password12345", "太常见"),
        ("tab\tin-the-middle", "不能显示"),
    ],
)
def test_weak_passwords_are_refused(desk: Desk, password: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        users.create_user(desk, "officer", password, roles=[Role.OFFICER])


@pytest.mark.parametrize(
    "name",
    [
        "", "a", "a b", "a/b", "<b>", "system", "Console", "unknown", "x" * 33, "a\n",
        # Cyrillic e, full width, Greek o, a Han stroke for the dash.
        "u-sup\u0435rvisor", "\uff55-supervisor", "c\u03bfnsole", "u\u4e00supervisor",
    ],
)  # fmt: skip
def test_odd_names_are_refused(desk: Desk, name: str) -> None:
    with pytest.raises(BadInput, match="用户名"):
        users.create_user(desk, name, PASSWORD, roles=[Role.OFFICER])


def test_a_name_is_taken_once_and_needs_a_role(desk: Desk, officer: User) -> None:
    with pytest.raises(Conflict):
        users.create_user(desk, "officer", PASSWORD, roles=[Role.ADMIN])
    with pytest.raises(BadInput, match="角色"):
        users.create_user(desk, "other", PASSWORD, roles=[])


def test_a_name_that_differs_by_case_alone_is_taken(desk: Desk, officer: User) -> None:
    with pytest.raises(Conflict, match="officer"):
        users.create_user(desk, "Officer", PASSWORD, roles=[Role.ADMIN])
    assert users.create_user(desk, "王敏-2", PASSWORD, roles=[Role.OFFICER]).name == "王敏-2"


def test_an_admin_needs_the_old_password_for_a_new_one_of_their_own(desk: Desk, officer: User) -> None:
    admin = seed_user(desk, "boss", Role.ADMIN)
    with pytest.raises(Refused, match="原口令"):
        users.reset_password(desk, "boss", PASSWORD + "x", actor=admin)
    assert users.authenticate(desk, "boss", PASSWORD, client="10.0.0.1") == admin
    users.reset_password(desk, "officer", PASSWORD + "x", actor=admin)
    users.reset_password(desk, "boss", PASSWORD + "x")  # the machine's own command line


def test_only_admins_manage_users(desk: Desk, officer: User) -> None:
    admin = seed_user(desk, "boss", Role.ADMIN)
    with pytest.raises(Refused):
        users.create_user(desk, "new", PASSWORD, roles=[Role.ADMIN], actor=officer)
    with pytest.raises(Refused):
        users.reset_password(desk, "boss", PASSWORD + "x", actor=officer)
    with pytest.raises(Refused, match="自己"):
        users.set_disabled(desk, "boss", True, actor=admin)
    with pytest.raises(Refused, match="最后一个"):
        users.set_disabled(desk, "boss", True)


def test_disabling_and_a_new_password_end_all_sessions(desk: Desk, officer: User, reviewer: User) -> None:
    token, _ = sessions.start(desk, officer)
    users.set_disabled(desk, "officer", True)
    assert sessions.find(desk, token) is None
    token, _ = sessions.start(desk, reviewer)
    users.change_own_password(desk, reviewer, old=PASSWORD, new=PASSWORD + "-2")
    assert sessions.find(desk, token) is None
    with pytest.raises(BadInput, match="原口令"):
        users.change_own_password(desk, reviewer, old="guess", new=PASSWORD + "-3")


def test_a_session_ends_by_time_by_rotation_and_by_log_out(desk: Desk, officer: User) -> None:
    start = clock.now()
    clock.pin(_at(start))
    first, session = sessions.start(desk, officer)
    assert first not in repr(session)
    second, _ = sessions.start(desk, officer, replaces=first)
    assert sessions.find(desk, first) is None
    found = sessions.find(desk, second)
    assert found is not None
    assert found[1] == officer
    clock.pin(_at(start + sessions.LIFETIME))
    assert sessions.find(desk, second) is None
    third, _ = sessions.start(desk, officer)
    sessions.end(desk, third, officer)
    assert sessions.find(desk, third) is None
