"""Users of every role and leads to decide on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.desk import Desk
from pipelines.records import Lead, Role, User
from tests.review_ui.seed import seed_lead, seed_source, seed_user


@pytest.fixture
def officer(desk: Desk) -> User:
    return seed_user(desk, "officer", Role.OFFICER)


@pytest.fixture
def reviewer(desk: Desk) -> User:
    return seed_user(desk, "reviewer", Role.REVIEWER)


@pytest.fixture
def supervisor(desk: Desk) -> User:
    return seed_user(desk, "supervisor", Role.SUPERVISOR)


@pytest.fixture
def make_lead(desk: Desk) -> Callable[..., Lead]:
    """A lead in the queue; its words do not matter."""
    seed_source(desk)

    def make(key: str = "one", **more: object) -> Lead:
        return seed_lead(desk, key, f"标题 {key}", "数学小班，提分。", **more)  # type: ignore[arg-type]

    return make
