"""The table of action × role, written out once more so that a change is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines import clock
from pipelines.enforcement.permissions import ACTION_NAMES, ALLOWED, ROLE_NAMES, Action, may, require
from pipelines.errors import Refused
from pipelines.records import Role, User

EXPECTED: dict[Role, set[str]] = {
    Role.REVIEWER: {"queue", "decide", "account"},
    Role.OFFICER: {"queue", "decide", "cases", "follow_up", "export", "reveal", "jobs", "account"},
    Role.SUPERVISOR: {
        "queue", "decide", "undo_others", "cases", "follow_up", "export", "reveal", "digests", "audit", "sources",
        "models", "jobs", "account", "put_in",
    },
    Role.ADMIN: {"users", "settings", "sources", "models", "jobs", "run_jobs", "account"},
}  # fmt: skip


def _user(*roles: Role) -> User:
    return User(name="x", roles=frozenset(roles), password_hash="", disabled=False, created_at=clock.now(), demo=False)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_exactly_this(role: Role) -> None:
    assert {action.value for action in Action if may(_user(role), action)} == EXPECTED[role]


def test_every_action_and_role_is_in_the_tables() -> None:
    assert set(ALLOWED) == set(Action) == set(ACTION_NAMES)
    assert set(ROLE_NAMES) == set(Role)


def test_a_disabled_user_may_nothing() -> None:
    user = replace(_user(*Role), disabled=True)
    assert not any(may(user, action) for action in Action)
    with pytest.raises(Refused, match="已停用"):
        require(user, Action.QUEUE)


def test_a_refusal_names_the_right_and_who_has_it() -> None:
    with pytest.raises(Refused, match=r"“案件”权限.*执法人员、督导"):
        require(_user(Role.REVIEWER), Action.CASES)
