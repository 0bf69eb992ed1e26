"""Which known pages are looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipelines.records import Page, PageState

#: A posting that was last seen like this may still be there although no list shows it; all other states are final
#: until a list names the posting again.
MAY_BE_THERE = frozenset({PageState.OK, PageState.MAINTENANCE, PageState.UNREACHABLE})


def due(
    page: Page, now: datetime, steps: tuple[timedelta, ...], verify: Mapping[PageState, timedelta] | None = None
) -> bool:
    """Is a known posting to be looked at again? The longer it has said the same, the
    rarer; in some states so late at most."""
    if verify and page.state in verify and now - page.last_fetched_at >= verify[page.state]:
        return True
    age = page.last_fetched_at - (page.changed_at or page.first_seen_at)
    wait = next((step for step in steps if step > age), steps[-1])
    return now - page.last_fetched_at >= (steps[0] if age <= timedelta(0) else wait)
