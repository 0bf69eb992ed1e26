"""The collection log: days without a good visit are named with what stood in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from bs4 import BeautifulSoup

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.digest.collected import SourceLog
from pipelines.digest.digest import make_digest
from pipelines.digest.select import select_figures
from pipelines.records import Breach, HealthVerdict, RunFigures, RunHealth
from tests import factories

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=clock.SHANGHAI)


def visit(desk: Desk, day: int, outcome: str = "finished", *, quarantined: bool = False, **states: int) -> None:
    with desk.store.transaction() as tx:
        run = tx.runs.start("board", at(day))
        tx.runs.finish(run.id, at=at(day, 11), states=states, new=0, changed=0, unchanged=0, leads=0, outcome=outcome)
        if quarantined:
            tx.health.add_run(
                RunHealth(
                    run_id=run.id,
                    source="board",
                    at=at(day, 11),
                    figures=RunFigures(rows=0),
                    breaches=(Breach(check="rows", said="少了", grave=True),),
                    verdict=HealthVerdict.QUARANTINED,
                    guest_view=False,
                )
            )


@pytest.fixture
def board(desk: Desk) -> Desk:
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source("board", title="本地论坛"))
        tx.sources.upsert(replace(factories.source("hotline"), title="热线", lane="intake"))
    clock.pin(lambda: at(16))
    return desk


def log_of(desk: Desk) -> SourceLog:
    return next(log for log in select_figures(desk, FIRST, LAST, user="u").collection if log.source == "board")


def test_each_gap_has_its_days_and_its_reason(board: Desk) -> None:
    visit(board, 2)
    visit(board, 3, "blocked", captcha=3)
    visit(board, 4, "failed")
    visit(board, 5, quarantined=True)
    for day, action in ((6, "source.pause"), (7, "source.resume")):
        clock.pin(lambda day=day: at(day, 9))
        with board.store.transaction() as tx:
            audit.record(tx, actor="a", action=action, object_type="source", object_id="board")
    clock.pin(lambda: at(16))
    visit(board, 9)  # outside
    log = log_of(board)
    assert (log.runs, log.good, log.walled, log.failed, log.quarantined, log.good_days, log.days) == (
        4,
        1,
        1,
        1,
        1,
        1,
        7,
    )
    assert [(gap.first_day.day, gap.last_day.day, gap.kind, gap.what) for gap in log.gaps] == [
        (3, 3, "walled", "被网站拦下：出现验证码"),
        (4, 4, "failed", "采集失败"),
        (5, 5, "quarantined", "采到的数字反常，已隔离"),
        (6, 7, "paused", "人工暂停"),
        (8, 8, "silent", "没有采集记录"),
    ]


def test_a_wall_that_was_overcome_the_same_day_is_no_gap(board: Desk) -> None:
    for day in range(2, 9):
        visit(board, day)
    visit(board, 4, "blocked", blocked=1)
    assert (log_of(board).gaps, log_of(board).walled) == ((), 1)


@pytest.mark.parametrize(("ended", "holes"), [("finished", []), ("failed", [(4, 5, "采集失败")])])
def test_a_visit_cut_by_a_power_cut_and_gone_on_with_after_midnight_is_no_gap(
    board: Desk, ended: str, holes: list[tuple[int, int, str]]
) -> None:
    for day in (2, 3, 6, 7, 8):
        visit(board, day)
    visit(board, 4, "resumed", list=1)
    visit(board, 5, ended)
    log = log_of(board)
    assert [(gap.first_day.day, gap.last_day.day, gap.what) for gap in log.gaps] == holes
    assert (log.resumed, log.failed) == (1, 0 if ended == "finished" else 1)


def test_a_visit_of_the_last_day_gone_on_with_after_the_period_is_no_gap(board: Desk) -> None:
    for day in range(2, 8):
        visit(board, day)
    visit(board, 8, "resumed")
    visit(board, 9)
    assert (log_of(board).gaps, log_of(board).runs) == ((), 7)


def test_a_visit_that_was_killed_or_still_runs_says_so(board: Desk) -> None:
    visit(board, 2, "interrupted")
    with board.store.transaction() as tx:
        tx.runs.start("board", at(3))
    clock.pin(lambda: at(3, 12))
    assert [gap.what for gap in log_of(board).gaps] == ["采集中断，没有做完", "采集还没有做完"]


def test_days_that_have_not_come_yet_are_no_gap(board: Desk) -> None:
    visit(board, 2)
    clock.pin(lambda: at(3, 12))
    assert (log_of(board).days, [gap.first_day.day for gap in log_of(board).gaps]) == (2, [3])


def test_the_paper_says_that_silence_is_not_cleanliness(board: Desk) -> None:
    visit(board, 2)
    made = make_digest(board, FIRST, LAST, user="u", out=None)
    name = next(name for name in made.files if name.endswith(".html"))
    soup = BeautifulSoup(board.blobs.get(made.files[name]).decode(), "lxml")
    rows = {row.td.get_text(): row.get_text("|") for row in soup.select("#collection tbody tr") if row.td}
    assert "不说明没有问题" in soup.select("#collection-said")[0].get_text()
    assert "03-03 至 03-08 没有采集记录" in rows["本地论坛"]
    assert "人工导入" in rows["热线"]
