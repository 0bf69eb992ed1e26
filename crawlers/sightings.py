"""Gone is believed only when seen again a day later: one error page must not end the watch over a posting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.records import Page, PageState

#: Between two sightings that count.
APART = timedelta(hours=24)
#: States of a page whose content replaces what is remembered of it; all others leave the last good one as it is.
CONTENT = frozenset({PageState.OK, PageState.LIST, PageState.EMPTY_LIST})
#: States that a posting may come back from.
_ALIVE = frozenset(
    {
        *(PageState.OK, PageState.UNDER_REVIEW, PageState.MAINTENANCE, PageState.UNREACHABLE, PageState.SHELL),
        *(PageState.LOGIN_WALL, PageState.PERMISSION, PageState.UNKNOWN, PageState.MOVED),
    }
)


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What a visit makes of a posting."""

    #: What it counts as from now on.
    state: PageState
    #: Since when it has been missing without being gone; None: it is not.
    missing_since: datetime | None = None


def settle(
    seen: PageState, known: Page | None, missing_since: datetime | None, now: datetime, gone_after: int
) -> Sighting:
    """What a posting counts as that was seen in this state: the first sightings of `gone` change nothing but that it
    is missing; `gone_after` sightings, each a day after the other, end it."""
    if seen is PageState.OK:
        return Sighting(state=seen)
    if seen is not PageState.GONE or known is None or known.state not in _ALIVE or is_list(known.key):
        return Sighting(state=seen, missing_since=None if seen is PageState.GONE else missing_since)
    first = missing_since or now
    if now - first >= APART * (gone_after - 1):
        return Sighting(state=PageState.GONE)
    return Sighting(state=known.state, missing_since=first)


def is_list(key: str) -> bool:
    """Is this the key of a list page? Lists are read anew each time, so nothing of them is awaited."""
    return key.startswith("list:")


def keeps_content(seen: PageState, known: Page | None) -> bool:
    """Does the page remembered so far stay as it is, because this visit brought no content?"""
    return seen not in CONTENT and known is not None and not known.signature.startswith("state:")
