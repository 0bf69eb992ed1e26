"""The whole store assessed anew: history kept, decided leads untouched, others withdrawn or back; resumable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipelines import audit
from pipelines.desk import Desk
from pipelines.ingest import reassess as room
from pipelines.ingest.assess_pending import assess_pending
from pipelines.ingest.ingest import ingest_batch
from pipelines.ingest.reassess import Scope, reassess
from pipelines.records import Lead, LeadStatus, Verdict
from tests import factories
from tests.pipelines.ingest.test_assess_pending import posting
from tests.pipelines.ingest.word_assessor import WORD, WordAssessor
from tests.pipelines.learning.decided import decide, ensure_user

ROOT = Path(__file__).resolve().parents[3]


class Strict(WordAssessor):
    """Takes the word for a sign only where fees are named."""

    model_id = "word-2"

    def _answer(self, item: Any) -> dict[str, Any]:
        answer = super()._answer(item)
        return answer if "班费" in item.text else answer | {"lead": False, "priority": 0, "findings": []}


class Newer(WordAssessor):
    model_id = "word-3"


class Rules(WordAssessor):
    rulebook_id = "rules-2"


@pytest.fixture
def board(any_desk: Desk) -> Desk:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(factories.source())
    ensure_user(any_desk)
    return any_desk


def take(desk: Desk, *keys: str, **changes: Any) -> None:
    items = [posting(key, **changes) for key in keys]
    ingest_batch(desk, [], [(item, None) for item in items], [], sync=lambda: None)
    assess_pending(desk, WordAssessor())


def leads_of(desk: Desk) -> dict[str, Lead]:
    with desk.store.read() as tx:
        return {lead.title: lead for lead in tx.leads.page().items}


def test_open_leads_are_withdrawn_others_keep_their_status(board: Desk) -> None:
    take(board, "1", "2", "3", "4")
    leads = leads_of(board)
    decide(board, leads["第2条"], Verdict.CONFIRM)
    decide(board, leads["第3条"], Verdict.DISMISS, "非培训内容")
    decide(board, leads["第4条"], Verdict.HOLD)
    done = reassess(board, Strict(), actor="console")
    assert (done.assessed, done.withdrawn, done.opened, done.left) == (4, 1, 0, 0)
    assert {title: lead.status for title, lead in leads_of(board).items()} == {
        "第1条": LeadStatus.WITHDRAWN,
        "第2条": LeadStatus.ACCEPTED,
        "第3条": LeadStatus.DISMISSED,
        "第4条": LeadStatus.HELD,
    }
    with board.store.read() as tx:
        assert tx.leads.counts()[LeadStatus.OPEN] == 0
        assert tx.leads.counts()[LeadStatus.WITHDRAWN] == 1
        assert [lead.title for lead in tx.leads.page(status=LeadStatus.WITHDRAWN).items] == ["第1条"]
        assert tx.leads.page(status=LeadStatus.OPEN).items == ()
        history = tx.assessments.for_listing(leads["第1条"].listing_id)
    assert [(one.model, one.lead) for one in history] == [("word-2", False), ("word-1", True)]


def test_a_withdrawn_lead_comes_back_with_the_next_model(board: Desk) -> None:
    take(board, "1")
    reassess(board, Strict(), actor="console")
    done = reassess(board, Newer(), actor="console")
    assert (done.assessed, done.reopened, done.opened, done.withdrawn) == (1, 1, 0, 0)
    (lead,) = leads_of(board).values()
    assert lead.status is LeadStatus.OPEN
    with board.store.read() as tx:
        shown = tx.assessments.get(lead.assessment_id)
    assert shown is not None
    assert shown.model == "word-3"


def test_what_a_person_decides_is_withdrawn_no_longer(board: Desk) -> None:
    take(board, "1")
    reassess(board, Strict(), actor="console")
    (lead,) = leads_of(board).values()
    decide(board, lead, Verdict.CONFIRM)
    (lead,) = leads_of(board).values()
    assert lead.status is LeadStatus.ACCEPTED


def test_new_leads_are_opened_and_again_does_nothing(board: Desk) -> None:
    take(board, "1", text="出售钢琴")
    with board.store.transaction() as tx:
        listing = tx.listings.find("board", "1")
        assert listing is not None
        tx.listings.set_images(listing.version_id, ())

    class Piano(WordAssessor):
        model_id = "piano-1"

        def _answer(self, item: Any) -> dict[str, Any]:
            return {"id": item.id, "lead": True, "priority": 40, "findings": []}

    assert reassess(board, Piano(), actor="console").opened == 1
    before = _events(board)
    again = reassess(board, Piano(), actor="console")
    assert (again.assessed, again.opened) == (0, 0)
    assert _events(board) == before


def test_one_cluster_is_withdrawn_only_when_nothing_in_it_holds(board: Desk) -> None:
    same = posting("1").text
    ingest_batch(
        board,
        [],
        [(posting("1"), None), (posting("2", title="第1条", text=same), None)],
        [],
        sync=lambda: None,
    )
    assess_pending(board, WordAssessor())
    (lead,) = leads_of(board).values()
    assert lead.duplicates == 1
    first = reassess(board, Strict(), actor="console", limit=1)
    assert (first.assessed, first.withdrawn, first.left) == (1, 0, 1)
    second = reassess(board, Strict(), actor="console")
    assert (second.assessed, second.withdrawn) == (1, 1)


def test_an_edited_posting_keeps_its_lead(board: Desk) -> None:
    take(board, "1")
    take(board, "1", text="已改成出售钢琴")
    done = reassess(board, Strict(), actor="console")
    assert (done.assessed, done.withdrawn) == (1, 0)
    (lead,) = leads_of(board).values()
    assert lead.status is LeadStatus.OPEN


def test_an_older_model_still_running_takes_nothing_away(board: Desk) -> None:
    take(board, "1", text=f"{WORD}，收班费")
    reassess(board, Newer(), actor="console")
    # A crawl that began before the change stores its answer now.
    reassess(board, Strict(), actor="console")
    (lead,) = leads_of(board).values()
    assert lead.status is LeadStatus.OPEN


def test_scopes(board: Desk) -> None:
    take(board, "1")
    ingest_batch(board, [], [(posting("2"), None)], [], sync=lambda: None)
    rules = Rules()
    assert reassess(board, rules, actor="console", scope=Scope.MODEL_CHANGED).assessed == 0
    assert reassess(board, rules, actor="console").assessed == 1
    assert reassess(board, rules, actor="console", scope=Scope.ALL).assessed == 1
    newer = Newer()
    assert reassess(board, newer, actor="console", scope=Scope.MODEL_CHANGED).assessed == 2


def test_the_run_is_in_the_audit_log_with_its_counts(board: Desk) -> None:
    take(board, "1")
    told: list[tuple[int, int]] = []
    reassess(board, Strict(), actor="console", progress=lambda done, total: told.append((done, total)))
    start, finish = _events(board)
    assert (start.action, start.object_id, start.detail["listings"]) == ("reassess.start", "word-2", 1)
    assert finish.action == "reassess.finish"
    assert finish.detail["assessed"] == finish.detail["withdrawn"] == 1
    assert told == [(0, 1), (1, 1)]
    assert audit.verify_chain(board.store) == []


def _events(desk: Desk) -> list[Any]:
    with desk.store.read() as tx:
        return [event for event in tx.audit.all() if event.action.startswith("reassess")]


_RUN = """
import sys, time
from pathlib import Path
from pipelines.config import read_settings
from pipelines.desk import open_desk
from pipelines.ingest import reassess as room
from tests.pipelines.ingest.test_reassess import Strict

room.BATCH = 5
mark, home, url = sys.argv[1:]

def tell(done, total):
    if done >= 10:
        Path(mark).touch()
        time.sleep(60)

with open_desk(read_settings({}, home=home, database_url=url)) as desk:
    room.reassess(desk, Strict(), actor="console", progress=tell)
"""


def test_killed_in_the_middle_it_is_gone_on_with(board: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(board, *(str(n) for n in range(30)))
    mark = tmp_path / "half"
    child = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(mark), str(board.home), board.store.url], cwd=ROOT, env=dict(os.environ)
    )
    until = time.monotonic() + 60
    while not mark.exists() and child.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert mark.exists()
    monkeypatch.setattr(room, "BATCH", 5)
    rest = reassess(board, Strict(), actor="console")
    assert (rest.assessed, rest.left) == (20, 0)
    with board.store.read() as tx:
        leads = tx.leads.counts()
        stored = [tx.assessments.for_listing(n) for n in range(1, 31)]
    assert leads[LeadStatus.WITHDRAWN] == sum(leads.values()) > 0
    assert all([one.model for one in each] == ["word-2", "word-1"] for each in stored)
