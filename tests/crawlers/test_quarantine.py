"""From quarantine to health: doubted pages are read again, a healthy run ends it, a raised version accepts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.desk import Desk
from pipelines.records import HealthVerdict
from tests.crawlers.conftest import NothingFound
from tests.crawlers.failure_modes.small_board import NAME, Board, board, later, path, thread

NUMBERS = range(1, 13)


def draw(small: Board, version: int, **fields: str) -> None:
    """Every thread, edited again, with these fields in its table."""
    for number in NUMBERS:
        body = f"第{number}个小班，第{version}次改。"
        small.pages[path(number)] = thread(f"第{number}号", body, attrs=fields)


def lived(small: Board) -> None:
    """Enough healthy runs to learn from."""
    small.threads(*NUMBERS)
    for version in range(6):
        draw(small, version, 费用="150元/小时", 科目="数学")
        assert small.crawl().outcome == "finished"


@pytest.fixture
def drifted(desk: Desk, tmp_path: Path) -> object:
    with board(desk, tmp_path) as small:
        lived(small)
        draw(small, 9, 价目="见下图", 科目="数学")
        run = small.crawl(assessor=NothingFound("改"))
        assert (run.outcome, small.source.state) == ("failed", "quarantined")
        assert "读到费用的：本次 0/12，以往 100%" in run.message
        yield small


def test_what_a_quarantined_run_brought_is_kept_and_marked(desk: Desk, drifted: Board) -> None:
    assert drifted.count() == len(NUMBERS)
    with desk.store.read() as tx:
        leads = [lead.id for lead in tx.leads.page(limit=50).items]
        assert leads
        assert set(tx.health.doubted_leads(leads)) == set(leads)
        # No part of what is usual.
        assert len(tx.health.runs(NAME, 50, HealthVerdict.HEALTHY)) == 6


def test_the_next_run_reads_the_doubted_pages_again_and_a_healthy_one_ends_it(desk: Desk, drifted: Board) -> None:
    recipe = drifted.folder / "source.yml"
    recipe.write_text(recipe.read_text("utf-8").replace("[0h]", "[30d]"), "utf-8")
    # Still wrong an hour later: the same quarantine, the same single alert.
    later(hours=1)
    assert drifted.crawl().outcome == "failed"
    with desk.store.read() as tx:
        assert len(tx.alerts.open_ones()) == 1
    draw(drifted, 10, 费用="150元/小时", 科目="数学")
    later(hours=1)
    run = drifted.crawl()
    # Not due for a month, and read all the same.
    assert len([where for where in drifted.asked if "thread" in where]) == len(NUMBERS)
    assert run.outcome == "finished"
    with desk.store.read() as tx:
        assert tx.health.quarantines(NAME) == ()
        assert tx.health.doubted_leads([lead.id for lead in tx.leads.page(limit=50).items]) == {}
        assert tx.alerts.open_ones() == ()


def test_a_raised_version_begins_to_learn_anew(desk: Desk, drifted: Board) -> None:
    recipe = drifted.folder / "source.yml"
    recipe.write_text(recipe.read_text("utf-8").replace("version: 1", "version: 2"), "utf-8")
    later(hours=1)
    assert drifted.crawl().outcome == "finished"
    assert drifted.source.state == "ok"
    with desk.store.read() as tx:
        assert tx.health.quarantines(NAME) == ()


def test_a_run_with_a_limit_is_no_measure(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(*NUMBERS)
        assert small.crawl(limit=2).outcome == "finished"
        with desk.store.read() as tx:
            assert tx.health.runs(NAME, 9) == ()
