"""Deleting on schedule: what must go is nowhere any more, what belongs to a lead or case stays, and both are proven."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pipelines import audit, clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import captures
from pipelines.errors import EvidenceError, NotFound
from pipelines.evidence import retention
from pipelines.evidence.material import gather_case
from pipelines.evidence.retention import Retained, overdue, run_retention
from pipelines.evidence.warc import SourceWarc, open_source_warc, read_record
from pipelines.evidence.warc_check import check_warcs
from pipelines.evidence.warc_extract import archived, extract
from pipelines.learning.lessons import collect
from pipelines.records import (
    Capture,
    CaseEventKind,
    HealthVerdict,
    Lead,
    LeadStatus,
    Revisit,
    RunFigures,
    RunHealth,
    Verdict,
)
from pipelines.store.base import Base
from pipelines.store.engine import make_engine
from tests import factories
from tests.factories import NOON
from tests.pipelines.evidence.postings import DAY, assess, decide, post

SPOKEN = "小学数学提升班，每节两百元，"
GONE = f"{SPOKEN}找钱小满老师，电话13912345678"
KEPT = f"{SPOKEN}找孙大有老师，电话13787654321"
#: What would be left of each: the name and the number, and the number as it is masked.
OF_GONE, OF_KEPT = ("钱小满", "13912345678", "139****5678"), ("孙大有", "13787654321", "137****4321")


def retain(desk: Desk, at: datetime) -> Retained:
    clock.pin(lambda: at)
    return run_retention(desk, lambda: False)


def everything(desk: Desk) -> bytes:
    """All bytes of HOME, unpacked where they are packed, the database's file or rows among them."""
    files = [path for path in sorted(desk.home.rglob("*")) if path.is_file()]
    found = b"".join(path.read_bytes() for path in files)
    found += b"".join(gzip.decompress(path.read_bytes()) for path in files if path.suffix == ".gz")
    if desk.store.dialect == "postgresql":
        engine = make_engine(desk.store.url, "read")
        with engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                rows = connection.execute(text(f'SELECT t::text FROM "{table.name}" t'))  # noqa: S608  # our own names
                found += "\n".join(rows.scalars()).encode()
        engine.dispose()
    return found


def found_in(desk: Desk, words: tuple[str, ...]) -> list[str]:
    there = everything(desk)
    return [word for word in words if word.encode() in there]


def of_lead(desk: Desk, lead_id: int) -> tuple[Capture, ...]:
    with desk.store.read() as tx:
        return tx.captures.for_lead(lead_id)


def get(desk: Desk, capture_id: str) -> Capture:
    with desk.store.read() as tx:
        capture = tx.captures.get(capture_id)
    assert capture is not None
    return capture


def opened(desk: Desk, key: str, words: str, at: datetime) -> Lead:
    lead = assess(desk, post(desk, key, words, at)[1], lead=True)
    assert lead is not None
    return lead


def test_of_what_raised_no_lead_nothing_is_left_and_of_a_lead_everything(any_desk: Desk) -> None:
    desk = any_desk
    robots, shared = desk.blobs.put(b"User-agent: *", suffix=".txt"), desk.blobs.put(b"Allow: /", suffix=".txt")
    for blob in (robots, shared):
        os.utime(desk.blobs.path(blob), (0, NOON.timestamp()))
    gone, gone_listing = post(desk, "1", GONE, NOON, robots=robots)
    post(desk, "1b", SPOKEN, NOON + timedelta(minutes=1), robots=shared)
    kept, kept_listing = post(desk, "2", KEPT, NOON + DAY, robots=shared)
    for listing_id in (gone_listing, gone_listing + 1):
        assess(desk, listing_id, lead=False)
    lead = assess(desk, kept_listing, lead=True)
    assert lead is not None
    desk.store.flush_log()
    assert found_in(desk, OF_GONE) == list(OF_GONE)
    assert found_in(desk, OF_KEPT) == list(OF_KEPT)
    file, digest_of_page = get(desk, gone).warc_path, get(desk, gone).sha256
    digest = retention._bytes_of(desk.home / file)[0]

    assert not retain(desk, NOON + 29 * DAY).anything
    done = retain(desk, NOON + 31 * DAY)

    assert (done.files, done.records, done.blobs, done.emptied, done.busy) == (1, 2, 1, 2, 0)
    assert found_in(desk, OF_GONE) == []
    assert found_in(desk, OF_KEPT) == list(OF_KEPT)
    assert (desk.blobs.has(robots), desk.blobs.has(shared)) == (False, True)
    row = get(desk, gone)
    assert (row.url, row.captured_at, row.state, row.sha256) == (
        *("https://board.example/thread-1-1-1.html", NOON, factories.capture().state),
        digest_of_page,
    )
    assert row.deleted_at == NOON + 31 * DAY
    assert row.environment == {}
    assert read_record(desk.home, get(desk, kept))
    with desk.store.read() as tx:
        assert len(tx.contacts.of_listing(kept_listing)) >= 2
        assert tx.contacts.of_listing(gone_listing) == ()
        emptied = tx.listings.get(gone_listing)
        page = tx.pages.get("board", "1")
        events = {event.action: event for event in tx.audit.all(0, 100)}
    assert emptied is not None
    assert emptied.operator_id is None
    assert (emptied.title, emptied.text, emptied.price_raw, emptied.emptied_at) == ("", "", "", NOON + 31 * DAY)
    assert page is not None
    assert (page.last_capture_id, page.etag, page.signature) == (None, None, "")
    assert events["retention.file"].object_id == file
    assert events["retention.file"].detail["file_sha256"] == digest
    assert events["retention.blobs"].detail["file_sha256"] == [robots]
    assert events["retention.listings"].detail["emptied"] == [gone_listing, gone_listing + 1]
    assert events["retention.run"].detail["contacts"] == done.contacts >= 2
    assert audit.verify_chain(desk.store) == []
    assert check_warcs(desk).faults == ()
    assert not retain(desk, NOON + 32 * DAY).anything


def test_contacts_and_operators_go_only_when_nobody_names_them(desk: Desk) -> None:
    first, second = post(desk, "1", GONE, NOON)[1], post(desk, "2", f"另一个班，{GONE}，周末上课", NOON + 20 * DAY)[1]
    for listing_id in (first, second):
        assess(desk, listing_id, lead=False)
    with desk.store.read() as tx:
        phone = next(one for one in tx.contacts.of_listing(first) if one.kind == "phone")
        listing = tx.listings.get(second)
    assert listing is not None
    assert listing.operator_id is not None
    retain(desk, NOON + 31 * DAY)
    with desk.store.read() as tx:
        assert tx.contacts.get(phone.id) == phone
        assert tx.operators.get(listing.operator_id) is not None
    retain(desk, NOON + 51 * DAY)
    with desk.store.read() as tx:
        assert tx.contacts.get(phone.id) is None
        assert tx.operators.get(listing.operator_id) is None


def test_stopped_after_any_step_nothing_is_half_done_and_the_next_run_goes_on(any_desk: Desk) -> None:
    desk = any_desk
    ids = []
    for number in range(3):
        capture_id, listing_id = post(desk, str(number), f"{GONE}{number}", NOON + number * DAY)
        assess(desk, listing_id, lead=False)
        ids.append(capture_id)
    clock.pin(lambda: NOON + 40 * DAY)
    runs = 0
    while not run_retention(desk, lambda: True).finished:
        runs += 1
        report = check_warcs(desk)
        assert report.faults == ()
        deleted = {get(desk, one).warc_path for one in ids if get(desk, one).deleted_at}
        there = {path for path in {get(desk, one).warc_path for one in ids} if (desk.home / path).exists()}
        # A file that is gone is always one whose rows say so.
        assert {get(desk, one).warc_path for one in ids} - there <= deleted
        if runs == 6:
            break
    run_retention(desk, lambda: False)
    assert not list(desk.home.rglob("*.warc.gz"))
    assert found_in(desk, OF_GONE[:1]) == []
    with desk.store.read() as tx:
        files = [event for event in tx.audit.all(0, 100) if event.action == "retention.file"]
    assert len(files) == 3


def test_a_kill_between_the_file_and_the_commit_is_made_up_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    capture_id, listing_id = post(desk, "1", GONE, NOON)
    assess(desk, listing_id, lead=False)
    path = desk.home / get(desk, capture_id).warc_path
    with monkeypatch.context() as patch:
        patch.setattr(retention, "sync_folder", _killed)
        with pytest.raises(KeyboardInterrupt):
            retain(desk, NOON + 31 * DAY)
    assert not path.exists()
    assert check_warcs(desk).faults == ()
    with desk.store.read() as tx:
        assert [one.object for one in tx.deletions.pending("warc")] == [get(desk, capture_id).warc_path]
    assert retain(desk, NOON + 31 * DAY).files == 1
    with desk.store.read() as tx:
        assert [event.action for event in tx.audit.all(0, 100)].count("retention.file") == 1


def _killed(_folder: Path) -> None:
    raise KeyboardInterrupt


def test_a_lead_opened_between_mark_and_removal_keeps_its_file(desk: Desk) -> None:
    capture_id, listing_id = post(desk, "1", GONE, NOON)
    assess(desk, listing_id, lead=False)
    clock.pin(lambda: NOON + 31 * DAY)
    run_retention(desk, _after(2))
    assert get(desk, capture_id).deleted_at is not None
    lead = assess(desk, listing_id, lead=True, model="m2")
    assert lead is not None
    run_retention(desk, lambda: False)
    assert get(desk, capture_id).deleted_at is None
    assert read_record(desk.home, get(desk, capture_id))
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
    assert listing is not None
    assert listing.text


def _after(steps: int) -> Callable[[], bool]:
    """Told to stop once that many steps are done."""
    told = iter([False] * (steps - 1))
    return lambda: next(told, True)


def test_a_recipe_says_its_own_number_of_days(desk: Desk) -> None:
    short, long = post(desk, "1", GONE, NOON, source="short"), post(desk, "1", GONE, NOON, source="long")
    for _, listing_id in (short, long):
        assess(desk, listing_id, lead=False)
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source("short", retain_days=5))
        tx.sources.upsert(factories.source("long", retain_days=90))
    assert retain(desk, NOON + 6 * DAY).files == 1
    assert retain(desk, NOON + 60 * DAY).files == 0
    assert get(desk, short[0]).deleted_at is not None
    assert get(desk, long[0]).deleted_at is None


def test_a_file_goes_whole_and_only_when_the_last_in_it_is_old(desk: Desk) -> None:
    for key, hours in (("1", 0), ("2", 5)):
        assess(desk, post(desk, key, f"{GONE}{key}", NOON + timedelta(hours=hours))[1], lead=False)
    assert (done := retain(desk, NOON + 30 * DAY + timedelta(hours=1))).files == 0
    assert done.emptied == 1
    assert retain(desk, NOON + 30 * DAY + timedelta(hours=6)).files == 1


def test_a_day_that_found_a_leads_page_unchanged_stays_too(desk: Desk) -> None:
    lead = opened(desk, "1", KEPT, NOON)
    (capture,) = of_lead(desk, lead.id)
    later, listing_id = post(desk, "2", GONE, NOON + DAY)
    assess(desk, listing_id, lead=False)
    there = get(desk, later)
    end = there.warc_offset + there.warc_length
    with SourceWarc(desk.home, "board", clock.local(NOON + DAY).date()) as warc:
        warc.truncate_to(end)
        written = warc.write_revisit(
            capture.url, (), "HTTP/1.1 304 Not Modified", (), of=capture, ip=None, at=NOON + DAY, not_modified=True
        )
    with desk.store.transaction() as tx:
        tx.revisits.add_many(
            [
                Revisit(
                    id="r1",
                    source="board",
                    url=capture.url,
                    capture_id=capture.id,
                    at=NOON + DAY,
                    http_status=304,
                    warc_path=written.path,
                    warc_offset=written.offset,
                    warc_length=written.length,
                    warc_record_id=written.record_id,
                )
            ]
        )
    assert (retain(desk, NOON + 40 * DAY).files, check_warcs(desk).faults) == (0, ())
    decide(desk, lead.id, Verdict.DISMISS, NOON + 41 * DAY)
    assert retain(desk, NOON + 230 * DAY).files == 2


def test_while_somebody_stores_contacts_the_steps_wait_for_the_next_run(home: Path, postgres_url: str) -> None:
    """Only PostgreSQL lets two write at once; a wait could be in a ring."""
    with open_desk(read_settings({}, home=home, database_url=postgres_url)) as desk:
        capture_id, listing_id = post(desk, "1", GONE, NOON)
        assess(desk, listing_id, lead=False)
        with desk.store.transaction() as tx:
            tx.contacts.upsert("phone", "1", "2", b"3")
            assert (busy := retain(desk, NOON + 31 * DAY)).busy == 2
            assert (busy.files, busy.emptied) == (0, 0)
        assert read_record(desk.home, get(desk, capture_id))
        done = retain(desk, NOON + 31 * DAY)
        assert (done.files, done.emptied, done.busy) == (1, 1, 0)


def test_a_dismissed_lead_goes_after_180_days_and_its_decision_stays(any_desk: Desk) -> None:
    desk = any_desk
    lead, cased = opened(desk, "1", GONE, NOON), opened(desk, "2", KEPT, NOON + DAY)
    for one in (lead, cased):
        decide(desk, one.id, Verdict.CONFIRM, NOON + DAY)
    with desk.store.transaction() as tx:
        case = tx.cases.open([cased.id], "案", "lin", NOON + DAY, False)
        tx.cases.close(case.id, CaseEventKind.WITHDRAWN, "撤案", "lin", NOON + 2 * DAY)
    for one in (lead, cased):
        decide(desk, one.id, Verdict.DISMISS, NOON + 3 * DAY)
    assert not retain(desk, NOON + 182 * DAY).anything
    done = retain(desk, NOON + 184 * DAY)
    assert (done.files, done.emptied) == (1, 1)
    assert found_in(desk, OF_GONE) == []
    assert found_in(desk, OF_KEPT) == list(OF_KEPT)
    with desk.store.read() as tx:
        shown = tx.leads.get(lead.id)
        assert [one.verdict for one in tx.decisions.for_lead(lead.id)] == [Verdict.CONFIRM, Verdict.DISMISS]
        stored = tx.assessments.get(lead.assessment_id)
    assert shown is not None
    assert (shown.status, shown.title, shown.codes) == (LeadStatus.DISMISSED, "（已按期删除）", ("HT18.1",))
    assert stored is not None
    assert (stored.title, stored.text, stored.result["findings"][0]["spans"]) == ("", "", [])
    # Nothing is read or learnt from what is not there any more.
    with desk.store.read() as tx:
        assert [one.id for one in tx.listings.without_assessment("m2", "r1", 10)] == [cased.listing_id]
        assert [one.id for one in tx.listings.assessed_otherwise("m2", "r1", 10)] == [cased.listing_id]
    assert collect(desk).decided == 2
    assert gather_case(desk, case.id, user="lin", at=clock.now()).captures


def test_an_undone_dismissal_starts_the_time_anew(desk: Desk) -> None:
    lead = opened(desk, "1", GONE, NOON)
    decide(desk, lead.id, Verdict.DISMISS, NOON + DAY)
    decide(desk, lead.id, Verdict.DISMISS, NOON + 100 * DAY)
    assert not retain(desk, NOON + 200 * DAY).anything
    assert retain(desk, NOON + 281 * DAY).anything


def test_what_a_quarantined_run_brought_and_what_nobody_has_read_yet_stay(desk: Desk) -> None:
    doubted, read = post(desk, "1", GONE, NOON), post(desk, "2", KEPT, NOON + DAY)
    assess(desk, doubted[1], lead=False)
    with desk.store.transaction() as tx:
        run = tx.runs.start("board", NOON - timedelta(hours=1))
        end = NOON + timedelta(hours=1)
        tx.runs.finish(run.id, at=end, states={}, new=1, changed=0, unchanged=0, leads=0, outcome="finished")
        tx.health.add_run(
            RunHealth(
                run_id=run.id,
                source="board",
                at=NOON,
                figures=RunFigures(rows=1, shares={}, newest_age_h=None, outside={}),
                breaches=(),
                verdict=HealthVerdict.QUARANTINED,
                guest_view=False,
                resolved_at=None,
            )
        )
    assert not retain(desk, NOON + 60 * DAY).anything
    with desk.store.transaction() as tx:
        tx.health.resolve("board", NOON + 60 * DAY)
    assert (retain(desk, NOON + 61 * DAY).files, get(desk, read[0]).deleted_at) == (1, None)
    assess(desk, read[1], lead=False)
    assert retain(desk, NOON + 62 * DAY).files == 1


def test_a_posting_that_comes_back_is_taken_in_anew(desk: Desk) -> None:
    _, listing_id = post(desk, "1", GONE, NOON)
    assess(desk, listing_id, lead=False)
    retain(desk, NOON + 31 * DAY)
    _, again = post(desk, "1", GONE, NOON + 40 * DAY)
    assert again == listing_id
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
        assert [one.id for one in tx.listings.without_assessment("m1", "r1", 10)] == [listing_id]
        assert tx.contacts.of_listing(listing_id)
    assert listing is not None
    assert (listing.version, listing.emptied_at) == (2, None)
    assert "钱小满" in listing.text


def test_bytes_put_lately_wait_since_a_row_may_be_about_to_name_them(desk: Desk) -> None:
    blob = desk.blobs.put(b"User-agent: *", suffix=".txt")
    _, listing_id = post(desk, "1", GONE, NOON, robots=blob)
    assess(desk, listing_id, lead=False)
    at = NOON + 31 * DAY
    os.utime(desk.blobs.path(blob), (0, (at - timedelta(hours=1)).timestamp()))
    assert (retain(desk, at).blobs, desk.blobs.has(blob)) == (0, True)
    assert (retain(desk, at + DAY).blobs, desk.blobs.has(blob)) == (1, False)
    assert desk.blobs.put(b"User-agent: *", suffix=".txt") == blob


def test_a_deleted_capture_says_so_wherever_it_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    capture_id, listing_id = post(desk, "1", GONE, NOON)
    assess(desk, listing_id, lead=False)
    retain(desk, NOON + 31 * DAY)
    with desk.store.transaction() as tx:
        tx.users.add(officer := factories.user("lin"))
    with pytest.raises(EvidenceError, match="2026-06-04 按期删除"):
        read_record(desk.home, get(desk, capture_id))
    page = captures.stored_page(desk, capture_id, user=officer)
    assert (page.text, page.capture.deleted_at) == ("", NOON + 31 * DAY)
    with pytest.raises(NotFound, match="已按期删除"):
        captures.screenshot_blob(desk, capture_id, user=officer)
    with pytest.raises(NotFound, match="已按期删除"):
        captures.raw_page(desk, capture_id, user=officer)
    rows = archived(desk, "https://board.example/thread-1-1-1.html")
    assert [row.deleted_at for row in rows] == [NOON + 31 * DAY]
    assert extract(desk, rows, tmp_path / "out", actor="cli:lin") == ()
    # A clock that goes back does not bring the file back either.
    with open_source_warc(desk, "board", clock.local(NOON).date()) as warc:
        assert warc.path.endswith(".2.warc.gz")


def test_what_is_overdue_is_told(desk: Desk) -> None:
    _, listing_id = post(desk, "1", GONE, NOON)
    assess(desk, listing_id, lead=False)

    def late(at: datetime) -> tuple[int, int]:
        clock.pin(lambda: at)
        with desk.store.read() as tx:
            found = overdue(desk.settings, tx)
        return found.files, found.listings

    assert late(NOON + 31 * DAY) == (0, 0)
    assert late(NOON + 33 * DAY) == (1, 1)
    retain(desk, NOON + 33 * DAY)
    assert late(NOON + 90 * DAY) == (0, 0)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_no_capture_of_a_lead_or_case_is_ever_deleted(desk: Desk, seed: int) -> None:
    """Crawls, assessments, decisions, cases and retentions in any order; who may lose what is worked out by hand."""
    chance = random.Random(seed)
    now = NOON
    listings: dict[str, int] = {}
    captures_of: dict[int, list[str]] = {}
    leads: dict[int, Lead] = {}
    dismissed: dict[int, datetime] = {}
    cased: set[int] = set()
    for _ in range(45):
        now += timedelta(days=chance.choice((0, 1, 1, 9, 33, 70)), minutes=1)
        clock.pin(lambda at=now: at)  # type: ignore[misc]
        what = chance.choice(("post", "post", "post", "assess", "assess", "decide", "case", "retain", "retain"))
        if what == "post":
            key = str(chance.randrange(8))
            capture_id, listing_id = post(desk, key, f"第{key}号{GONE}{chance.randrange(3)}", now)
            listings[key] = listing_id
            captures_of.setdefault(listing_id, []).append(capture_id)
        elif what == "assess" and listings:
            with desk.store.read() as tx:
                waiting = tx.listings.without_assessment("m1", "r1", 10)
            for one in waiting:
                lead = assess(desk, one.id, lead=chance.random() < 0.4)
                if lead is not None:
                    leads[lead.id] = lead
        elif what == "decide" and leads:
            lead_id = chance.choice(sorted(leads))
            verdict = chance.choice((Verdict.DISMISS, Verdict.DISMISS, Verdict.CONFIRM, Verdict.HOLD))
            decide(desk, lead_id, verdict, now)
            dismissed.pop(lead_id, None)
            if verdict is Verdict.DISMISS:
                dismissed[lead_id] = now
        elif what == "case" and set(leads) - cased and chance.random() < 0.3:
            lead_id = chance.choice(sorted(set(leads) - cased))
            with desk.store.transaction() as tx:
                if tx.users.get("lin") is None:
                    tx.users.add(factories.user("lin"))
                tx.cases.open([lead_id], "案", "lin", now, False)
            cased.add(lead_id)
        elif what == "retain":
            before = {one: get(desk, one).deleted_at for ids in captures_of.values() for one in ids}
            run_retention(desk, _after(chance.randrange(1, 12)))
            for lead_id in leads:
                if lead_id in dismissed and now - dismissed[lead_id] > 180 * DAY and lead_id not in cased:
                    continue
                for capture in of_lead(desk, lead_id):
                    # What had been deleted before it was a lead's stays deleted, nothing is added to it.
                    if before.get(capture.id) is None:
                        assert capture.deleted_at is None, (seed, lead_id, capture.id)
                        assert read_record(desk.home, capture)
    assert leads
    assert check_warcs(desk).faults == ()
    assert audit.verify_chain(desk.store) == []
