"""Which known pages are looked at again, and when all lists of a run have been read."""

from __future__ import annotations

import asyncio
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


class OpenLists:
    """The list pages asked for and not yet read; each address counts once."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._open: set[str] = set()
        self._none_open = asyncio.Event()
        #: Was at least one list read as a list? Else nothing follows from a posting that was not seen.
        self.read_one = False

    def open(self, url: str) -> bool:
        """Note that a list page is asked for; False when it already was in this run."""
        if url in self._asked:
            return False
        self._asked.add(url)
        self._open.add(url)
        self._none_open.clear()
        return True

    def close(self, url: str) -> None:
        """Note that a list page was read, or could not be."""
        self._open.discard(url)
        if not self._open:
            self._none_open.set()

    async def all_read(self) -> None:
        """Wait until no list page is open."""
        if self._open:
            await self._none_open.wait()
