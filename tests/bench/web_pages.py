"""Queue and lead pages with a full queue, through the ASGI application as the server calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from classifier.types import Posting
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import sessions
from pipelines.enforcement.users import create_user
from pipelines.records import Role
from review_ui.app import create_app
from tests import factories
from tests.bench.assessing import own_assessor
from tests.bench.figures import Bench, Figure, Stopwatch
from tests.bench.texts import mixed
from tests.end_to_end.whole_job import PASSWORD

LEADS = 2000
ROUNDS = 25
ORIGIN = "http://127.0.0.1:8000"
#: Rows written in one transaction while seeding.
_BATCH = 200


def web_pages(bench: Bench) -> Iterator[Figure]:
    """2,000 open leads: first page of the queue, a page deep in it, a search, and lead after lead."""
    settings = read_settings({}, home=bench.home("web"), region="330100", agency="试验区教育局")
    with open_desk(settings) as desk:
        postings = mixed(LEADS)
        lead_ids = _seed(desk, postings, own_assessor(bench).assess(postings))
        with asyncio.Runner() as runner:
            pages = _Pages(desk, runner)
            deep = pages.link_behind("/queue")
            for name, title, paths in (
                ("web.queue", "queue page, first", ["/queue"] * ROUNDS),
                ("web.queue-next", "queue page, second", [deep] * ROUNDS),
                ("web.queue-search", "queue page, search for 数学", ["/queue?q=数学"] * ROUNDS),
                ("web.lead", "lead page", [f"/leads/{lead_id}" for lead_id in lead_ids[:ROUNDS]]),
            ):
                values = pages.milliseconds(paths)
                yield Figure(name=name, title=title, unit="ms", n=1, values=values, note=f"{LEADS} leads, SQLite")
            pages.close()


def _seed(desk: Desk, postings: Sequence[Posting], answers: Sequence[dict[str, Any]]) -> list[int]:
    """As many leads as wanted, each a cluster of its own, from the real answers to texts that are leads."""
    guilty = [(posting, answer) for posting, answer in zip(postings, answers, strict=True) if answer["lead"]]
    ids: list[int] = []
    for start in range(0, LEADS, _BATCH):
        with desk.store.transaction() as tx:
            for number in range(start, start + _BATCH):
                posting, answer = guilty[number % len(guilty)]
                capture = factories.capture(f"c{number}")
                if number == 0:
                    tx.sources.upsert(factories.source())
                tx.captures.add(capture)
                listing = factories.add_listing(
                    tx, str(number), title="", text=posting.text, capture_id=capture.id, content_sha256=f"{number:064}"
                )
                stored = tx.assessments.add(
                    listing.version_id, answer["model"], answer["rulebook"], True, answer["priority"], answer,
                    "", posting.text, factories.NOON,
                )  # fmt: skip
                ids.append(tx.leads.open_for(listing, stored, factories.NOON)[0].id)
    return ids


class _Pages:
    """A logged-in client straight into the application."""

    def __init__(self, desk: Desk, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=create_app(desk), client=("127.0.0.1", 50000)), base_url=ORIGIN
        )
        officer = create_user(desk, "bench", PASSWORD, roles=frozenset({Role.OFFICER}))
        token, _ = sessions.start(desk, officer)
        self._http.cookies.set("mingcha", token)

    def get(self, path: str) -> httpx.Response:
        response = self._runner.run(self._http.get(path))
        if response.status_code != 200:
            raise RuntimeError(f"{path} → {response.status_code}")
        return response

    def milliseconds(self, paths: Sequence[str]) -> tuple[float, ...]:
        """One value a page; the first is asked for once more beforehand, so that templates are compiled."""
        self.get(paths[0])
        values = []
        for path in paths:
            with Stopwatch() as watch:
                self.get(path)
            values.append(1000 * watch.seconds)
        return tuple(values)

    def link_behind(self, path: str) -> str:
        """The address of the following page of a list."""
        from bs4 import BeautifulSoup  # only this link needs a parser

        links = BeautifulSoup(self.get(path).text, "lxml").select('a[href*="after="]')
        if not links:
            raise RuntimeError(f"{path} has no following page")
        return path + str(links[-1]["href"]).removeprefix(path)

    def close(self) -> None:
        self._runner.run(self._http.aclose())
