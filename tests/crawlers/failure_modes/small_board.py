"""A Discuz!-shaped board of ours on a real local server, one page wrong at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawlers.run import crawl_source
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import CrawlRun, Listing, Page, RunHealth, Source, StateChange
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, serve

Answer = tuple[int, dict[str, str], bytes]
NAME = "test-board"


def html(text: str, status: int = 200, **headers: str) -> Answer:
    return (status, HTML | headers, text.encode())


def thread(
    title: str = "周末数学小班",
    body: str = "三年级数学，周六上午，一次两小时，地点在小区。",
    posted: str = "2026-3-2 10:00",
    attrs: dict[str, str] | None = None,
    head: str = "",
) -> Answer:
    """One thread; `head` stands in the page's head."""
    rows = "".join(f"<tr><th>{label}：</th><td>{value}</td></tr>" for label, value in (attrs or {}).items())
    table = f'<div class="typeoption"><table class="cgtl">{rows}</table></div>' if rows else ""
    return html(
        f'<html><head>{head}</head><body><span id="thread_subject">{title}</span>'
        f'<em id="authorposton1">发表于 {posted}</em>{table}'
        f'<table><td id="postmessage_1">{body}</td></table></body></html>'
    )


def listed(*rows: tuple[int, str] | int, more: str = "", head: str = "") -> Answer:
    """A list of threads: numbers, or (number, link)."""
    pairs = [row if isinstance(row, tuple) else (row, f"/thread-{row}-1-1.html") for row in rows]
    text = "".join(
        f'<tbody id="normalthread_{number}"><tr><td><a class="xst" href="{link}">题{number}</a></td></tr></tbody>'
        for number, link in pairs
    )
    return html(f"<html><head>{head}</head><body><table>{text}</table>{more}</body></html>")


def message(text: str) -> Answer:
    """Discuz!'s own message page, served with 200."""
    return html(f'<html><body><div id="messagetext"><p>{text}</p></div></body></html>')


class Board:
    """The board, its recipe and what the store makes of it."""

    def __init__(self, desk: Desk, server: Any, folder: Path) -> None:
        self.desk = desk
        self.server = server
        self.folder = folder
        self.pages: dict[str, Answer] = server.answers

    def threads(self, *numbers: int) -> None:
        """The list and a thread each."""
        self.pages["/forum-1-1.html"] = listed(*numbers)
        for number in numbers:
            self.pages[path(number)] = thread(
                f"第{number}号小班", f"第{number}个，三年级数学，每周{number}次，一次两小时。"
            )

    def crawl(self, **options: Any) -> CrawlRun:
        self.server.asked.clear()
        return crawl_source(
            self.desk, options.pop("assessor", NothingFound()), self.folder, allow=[self.address], **options
        )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def asked(self) -> list[str]:
        """Addresses asked for in the last crawl, robots.txt apart."""
        return [where for where, _headers in self.server.asked if where != "/robots.txt"]

    @property
    def source(self) -> Source:
        with self.desk.store.read() as tx:
            found = tx.sources.get(NAME)
        assert found is not None
        return found

    @property
    def states(self) -> tuple[StateChange, ...]:
        with self.desk.store.read() as tx:
            return tx.health.states(NAME, 20)

    @property
    def health(self) -> RunHealth:
        with self.desk.store.read() as tx:
            return tx.health.runs(NAME, 1)[0]

    def listing(self, key: int | str) -> Listing | None:
        with self.desk.store.read() as tx:
            return tx.listings.find(NAME, str(key))

    def page(self, key: int | str) -> Page:
        with self.desk.store.read() as tx:
            found = tx.pages.get(NAME, str(key))
        assert found is not None
        return found

    def count(self) -> int:
        with self.desk.store.read() as tx:
            return tx.listings.count()


def path(number: int) -> str:
    return f"/thread-{number}-1-1.html"


@contextmanager
def board(desk: Desk, folder: Path, extra: str = "", robots: Answer = OPEN) -> Iterator[Board]:
    """A board with an empty list; `extra` is added to its recipe. Known postings are due at every visit."""
    answers: dict[str, Answer] = {"/robots.txt": robots, "/forum-1-1.html": listed()}
    schedule = "" if "schedule:" in extra else "schedule: {detail: [0h]}\n"
    with serve(answers) as server:
        yield Board(desk, server, board_on(folder, "http", server.server_port, extra=extra + schedule))


def later(**span: float) -> Callable[[], None]:
    """Turn the clock on; what it says stands still then."""
    moment = clock.now() + timedelta(**span)
    clock.pin(lambda: moment)
    return lambda: clock.pin(None)
