"""A real crawl of the sandbox's board: what is stored, what is not, and what a second run does."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

import crawlers.sandbox
from crawlers.errors import AddressRefused, SourceUnavailable
from crawlers.run import crawl_source
from crawlers.sandbox.sites import Sandbox
from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.evidence.warc import read_record
from pipelines.records import CrawlRun, PageState
from tests.crawlers.conftest import NothingFound

SOURCE = "sandbox-board"


def truth(site: str) -> dict[str, dict[str, object]]:
    """Path → truth row of one site."""
    path = Path(crawlers.sandbox.__file__).parent / "truth.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["url"].partition(":")[2]: row for row in rows if row["url"].startswith(f"{site}:")}


def crawl(desk: Desk, platforms: Sandbox, limit: int | None = None) -> CrawlRun:
    return crawl_source(desk, NothingFound(), SOURCE, limit=limit, allow=[urlsplit(platforms["board"]).netloc])


def test_first_run_second_run_second_day(desk: Desk, platforms: Sandbox) -> None:
    """One whole crawl, and what those after it find; the parts in order below."""
    first = crawl_source(desk, NothingFound("一对一"), SOURCE, allow=[urlsplit(platforms["board"]).netloc])
    every_reachable_posting_once_and_no_other(desk, platforms, first)
    with desk.store.read() as tx:
        assert first.leads == sum(tx.leads.counts().values()) > 0
    a_second_run_reads_the_lists_and_nothing_else(desk, platforms, first)
    the_second_day_only_what_changed(desk, platforms, first)
    what_is_due_is_asked_for_and_the_vanished_are_gone(desk, platforms, first)


def every_reachable_posting_once_and_no_other(desk: Desk, platforms: Sandbox, run: CrawlRun) -> None:
    rows = truth("board")
    reachable = {path for path, row in rows.items() if row["reachable"]}
    assert (run.outcome, run.new, run.changed) == ("finished", len(reachable), 0)
    with desk.store.read() as tx:
        listings = [tx.listings.find(SOURCE, path.split("-")[1]) for path in sorted(reachable)]
        hidden = [tx.listings.find(SOURCE, path.split("-")[1]) for path in rows.keys() - reachable]
        pages = tx.pages.count(SOURCE)
        walls = tx.pages.get(
            SOURCE, next(path for path, row in rows.items() if row.get("why") == "login_wall").split("-")[1]
        )
    assert all(listing is not None for listing in listings)
    assert not any(hidden)
    assert pages["ok"] == len(reachable)
    assert walls is not None
    assert walls.state is PageState.LOGIN_WALL
    assert platforms.forbidden_fetches() == ()
    texts = [f"{listing.title}\n{listing.text}" for listing in listings if listing is not None]
    assert not any("$k8&" in text or "x7Qm" in text for text in texts)


def a_second_run_reads_the_lists_and_nothing_else(desk: Desk, platforms: Sandbox, first: CrawlRun) -> None:
    lists = sorted(target for target in asked(platforms) if target.startswith("/forum-"))
    assert len(lists) < len(asked(platforms)) / 10
    platforms.log.clear()
    with desk.store.read() as tx:
        captures = {path: len(tx.captures.in_file(path)) for path in tx.captures.warc_paths()}
    second = crawl(desk, platforms)
    assert (second.outcome, second.new, second.changed, second.unchanged) == ("finished", 0, 0, first.new)
    assert asked(platforms) == lists
    with desk.store.read() as tx:
        assert {path: len(tx.captures.in_file(path)) for path in tx.captures.warc_paths()} == captures


def the_second_day_only_what_changed(desk: Desk, platforms: Sandbox, first: CrawlRun) -> None:
    platforms.day = 2
    platforms.log.clear()
    third = crawl(desk, platforms)
    edited = {path for path, row in truth("board").items() if row.get("day2") == "edited"}
    assert (third.new, third.changed, third.unchanged) == (0, 2, first.new - 4)
    assert {target for target in asked(platforms) if "thread" in target} == edited
    assert platforms.forbidden_fetches() == ()


def what_is_due_is_asked_for_and_the_vanished_are_gone(desk: Desk, platforms: Sandbox, first: CrawlRun) -> None:
    rows = truth("board")
    gone = {path.split("-")[1] for path, row in rows.items() if row.get("day2") == "gone"}
    platforms.log.clear()
    with desk.store.read() as tx:
        captures = {path: len(tx.captures.in_file(path)) for path in tx.captures.warc_paths()}
    pass_time(timedelta(hours=25))
    due = crawl(desk, platforms)
    # Once missing is not gone.
    assert (due.new, due.changed, due.unchanged) == (0, 0, first.new - 2)
    assert {path for path, row in rows.items() if row["reachable"]} <= set(asked(platforms))
    with desk.store.read() as tx:
        assert sorted(tx.health.missing(SOURCE, list(gone))) == sorted(gone)
        # No bytes are kept twice; what is the same as before is noted as a revisit.
        kept = [one for path, number in captures.items() for one in tx.captures.in_file(path)[number:]]
        revisits = [one for path in tx.captures.warc_paths() for one in tx.revisits.in_file(path)]
        assert len(kept) <= len(gone)
        assert revisits
        assert all(tx.captures.get(one.capture_id) is not None for one in revisits)
    platforms.log.clear()
    pass_time(timedelta(hours=25))
    again = crawl(desk, platforms)
    assert (again.new, again.changed) == (0, 0)
    # Three days are over for nobody yet; the missing are looked at a day later all the same.
    wanted = {target.split("-")[1] for target in asked(platforms) if "thread" in target}
    assert gone <= wanted
    assert not wanted & {path.split("-")[1] for path, row in rows.items() if row["reachable"] and "day2" not in row}
    with desk.store.read() as tx:
        pages = [tx.pages.get(SOURCE, key) for key in gone]
        assert all(tx.listings.find(SOURCE, key) for key in gone)
    assert [page and page.state for page in pages] == [PageState.GONE] * len(gone) == [PageState.GONE] * 2
    # No list names them, and nobody asks for them again.
    platforms.log.clear()
    last = crawl(desk, platforms)
    assert (last.new, last.changed, last.unchanged) == (0, 0, first.new - 2)
    assert not [target for target in asked(platforms) if "thread" in target]


def asked(platforms: Sandbox) -> list[str]:
    """What the board was asked for since the log was cleared, robots.txt apart."""
    return sorted(row.target for row in platforms.log.rows("board") if row.target != "/robots.txt")


def pass_time(span: timedelta) -> None:
    moment = clock.now() + span
    clock.pin(lambda: moment)


def test_bytes_as_received_and_all_fields(desk: Desk, platforms: Sandbox) -> None:
    crawl(desk, platforms, limit=12)
    with desk.store.read() as tx:
        page = next(
            page
            for page in (tx.pages.get(SOURCE, path.split("-")[1]) for path in truth("board"))
            if page is not None and page.state is PageState.OK
        )
        listing = tx.listings.find(SOURCE, page.key)
        capture = tx.captures.get(page.last_capture_id or "")
    assert listing is not None
    assert capture is not None
    assert (capture.charset, capture.http_status, capture.server_ip) == ("gb18030", 200, "127.0.0.1")
    assert capture.robots_blob is not None
    assert b"/neibu/" in desk.blobs.get(capture.robots_blob)
    # The payload is what came over the wire: still gzipped, GBK inside.
    assert read_record(desk.home, capture)[:2] == b"\x1f\x8b"
    assert listing.posted_at is not None
    assert listing.district
    with (desk.home / capture.warc_path).open("rb") as handle:
        kinds = [record.rec_type for record in ArchiveIterator(handle)]
    assert kinds[0] == "warcinfo"
    assert kinds.count("request") == kinds.count("response")


def test_without_allow_a_local_address_is_refused(desk: Desk, platforms: Sandbox) -> None:
    with pytest.raises(SourceUnavailable, match="--allow"):
        crawl_source(desk, NothingFound(), SOURCE)
    with pytest.raises(AddressRefused):
        crawl_source(desk, NothingFound(), SOURCE, origin=platforms["board"])
    assert platforms.log.rows("board") == ()


def test_a_demo_source_stays_out_of_a_real_home(platforms: Sandbox, tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path / "real")
    with open_desk(settings) as real:
        with pytest.raises(SourceUnavailable, match="只能在演示数据目录里采集"):
            crawl(real, platforms)
        with real.store.read() as tx:
            assert (tx.listings.count(), tx.sources.get(SOURCE)) == (0, None)
    assert platforms.log.rows("board") == ()
