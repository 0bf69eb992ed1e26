"""The frontier of one run: what it has come to know lies in the store, so that a killed run goes on where it was.

Only a window of requests is in memory at any time. A page is done when its bytes and rows are committed, in the same
transaction; what a killed run had asked for and not stored is asked for again, and nothing else is.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from crawlers.recipe import Recipe
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Ask, PageState

#: So many pages are asked for and not yet stored at most; more than the writer takes at once, so that it never waits.
WINDOW = 160
#: An older frontier is not gone on with: lists have moved on.
GOOD_FOR = timedelta(hours=24)
#: After so many starts in a row that stored nothing, the frontier itself may be what kills the crawl: a fresh one.
FRUITLESS_STARTS = 5


class Frontier:
    """What one run knows, backed by the store; its methods that touch the store are called in threads."""

    def __init__(self, desk: Desk, source: str) -> None:
        self._desk = desk
        self._source = source
        self._open: set[str] = set()
        self._after = {"list": 0, "detail": 0}
        self._moved = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        #: Pages that were done when a killed run was taken over.
        self.resumed = 0

    def begin(self, recipe: Recipe, origin: str, *, lists: bool = True) -> None:
        """Go on with what a killed run left, if it was this recipe at this address, for the same (with its lists or
        without) and not long ago; else start empty."""
        name = f"crawl.frontier.{self._source}"
        now = clock.now()
        with self._desk.store.transaction() as tx:
            left = _mark(tx.settings.get(name))
            done = tx.frontier.count_done(self._source)
            fruitless = left.get("fruitless", 0) + 1 if left.get("done") == done else 0
            fresh = "since" in left and abs(now - datetime.fromisoformat(left["since"])) < GOOD_FOR
            goes_on = (
                (left.get("digest"), left.get("origin"), left.get("lists")) == (recipe.digest, origin, lists)
                and fresh
                and fruitless < FRUITLESS_STARTS
                and bool(done)
            )
            if not goes_on:
                tx.frontier.clear(self._source)
            self.resumed = done if goes_on else 0
            mark = {
                "digest": recipe.digest,
                "origin": origin,
                "lists": lists,
                "since": left["since"] if goes_on else now.isoformat(),
                "done": self.resumed,
                "fruitless": fruitless if goes_on else 0,
            }
            tx.settings.set(name, json.dumps(mark))

    def end(self) -> None:
        """The run is over, however it went: nothing is left to go on with."""
        with self._desk.store.transaction() as tx:
            tx.frontier.clear(self._source)
            tx.settings.set(f"crawl.frontier.{self._source}", "")

    def known(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys this run already knows."""
        with self._desk.store.read() as tx:
            return tx.frontier.known(self._source, keys)

    def add(self, asks: Sequence[Ask]) -> None:
        """Note pages that no stored page names: the first lists."""
        with self._desk.store.transaction() as tx:
            tx.frontier.add_many(self._source, asks)

    def has_read_a_list(self) -> bool:
        """Has this run, before it was killed, read at least one list as a list?"""
        with self._desk.store.read() as tx:
            return tx.frontier.has_read(self._source, (PageState.LIST, PageState.EMPTY_LIST))

    async def waiting(self, stop: Callable[[str], bool]) -> AsyncIterator[tuple[Ask, ...]]:
        """Every page that is not done, lists first, those that become known meanwhile too, a few at a time; ends when
        nothing is open. Kinds for which `stop` says true are left waiting. Each page given out must be settled.
        """
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        while True:
            # Asked before the look: what is open now may bring more before we have looked.
            idle = not self._open
            self._moved.clear()
            piece = await self._piece(stop) if len(self._open) < WINDOW else ()
            if piece:
                self._open.update(ask.key for ask in piece)
                self._after[piece[0].kind] = piece[-1].id
                yield piece
            elif idle:
                return
            else:
                await self._moved.wait()

    def settle(self, key: str) -> None:
        """A page that was given out is stored, or will not come."""
        self._open.discard(key)
        if threading.get_ident() == self._thread:
            self._moved.set()
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self._moved.set)

    async def _piece(self, stop: Callable[[str], bool]) -> tuple[Ask, ...]:
        for kind in ("list", "detail"):
            if stop(kind):
                continue
            found = await asyncio.to_thread(self._read, kind, WINDOW - len(self._open))
            if found:
                return found
        return ()

    def _read(self, kind: str, limit: int) -> tuple[Ask, ...]:
        with self._desk.store.read() as tx:
            return tx.frontier.waiting(self._source, kind, after=self._after[kind], limit=limit)


def _mark(value: str | None) -> dict[str, Any]:
    try:
        found = json.loads(value or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
