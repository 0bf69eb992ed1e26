"""Taking postings in: contacts sealed, near-duplicates looked for, rows written; SQLite, and PostgreSQL if present."""

from __future__ import annotations

from collections.abc import Iterator

from crawlers.writer import BATCH
from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.ingest.ingest import ingest_batch
from pipelines.records import ExtractedListing
from tests import factories
from tests.bench.figures import TIMES, Bench, Figure, Stopwatch, rates
from tests.bench.texts import mixed
from tests.postgres import PostgresServer, find_binaries

LISTINGS = 400


def ingesting_sqlite(bench: Bench) -> Iterator[Figure]:
    """Every repetition into an empty SQLite database, which waits for the disk at each commit."""
    urls = [f"sqlite:///{bench.home(f'ingest-{number}')}/mingcha.db" for number in range(TIMES)]
    yield _figure(bench, urls, name="sqlite", title="ingest, SQLite", note="synchronous=FULL")


def ingesting_postgres(bench: Bench) -> Iterator[Figure]:
    """The same into the tests' throw-away server; raises RuntimeError where PostgreSQL is not installed."""
    server = PostgresServer(find_binaries())
    server.start()
    try:
        urls = [server.fresh_url() for _ in range(TIMES)]
        yield _figure(bench, urls, name="postgresql", title="ingest, PostgreSQL", note="test server, fsync=off")
    finally:
        server.stop()


def _figure(bench: Bench, urls: list[str], *, name: str, title: str, note: str) -> Figure:
    listings = _listings(LISTINGS)
    seconds: list[float] = []
    for number, url in enumerate(urls):
        home = bench.home(f"desk-{name}-{number}")
        with open_desk(read_settings({}, home=home, database_url=url)) as desk:
            with desk.store.transaction() as tx:
                tx.sources.upsert(factories.source())
            with Stopwatch() as watch:
                _take_in(desk, listings)
            seconds.append(watch.seconds)
    return Figure(
        name=f"ingest.{name}",
        title=title,
        unit="listings/s",
        n=LISTINGS,
        values=rates(LISTINGS, tuple(seconds)),
        note=f"batches of {BATCH} as a crawl makes them, {note}",
    )


def _listings(number: int) -> list[ExtractedListing]:
    """Postings with what real ones have: contacts in the text and as fields, a price, a district, pairs."""
    return [
        ExtractedListing(
            source="board",
            key=str(index),
            url=f"https://board.example/thread-{index}-1-1.html",
            title=posting.text[:20],
            text=f"{posting.text}\n电话 138{index:04d}{index * 7 % 10000:04d} 微信 bench_{index}",
            fields={"价格": f"{100 + index % 90}元/次", "区域": "城东区"},
            price_raw=f"{100 + index % 90}元/次",
            district="城东区",
            poster=f"发帖人{index % 300}",
            contacts=(f"138{index:04d}{index * 7 % 10000:04d}",),
            posted_at=clock.now(),
            platform="本地论坛",
        )
        for index, posting in enumerate(mixed(number))
    ]


def _take_in(desk: Desk, listings: list[ExtractedListing]) -> None:
    """Each with its capture row and page memory; the bytes in the WARC belong to the crawl's figure."""
    for start in range(0, len(listings), BATCH):
        batch = listings[start : start + BATCH]
        captures = [factories.capture(f"c{item.key}", url=item.url) for item in batch]
        pages = [factories.page(item.key, last_capture_id=f"c{item.key}") for item in batch]
        ingest_batch(desk, captures, [(item, f"c{item.key}") for item in batch], pages, sync=lambda: None)
