"""A crawl that was killed is told as cut by the next process that looks, and as gone on with once one goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from crawlers.run import _close_killed
from crawlers.sole import sole
from pipelines.desk import Desk
from pipelines.jobs.cut_runs import CUT, close_cut_runs
from tests import factories

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_run_whose_process_is_gone_is_closed_by_whoever_looks(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        for name in ("one", "two"):
            tx.sources.upsert(factories.source(name))
            tx.runs.start(name, NOW)
    with sole(desk, "two", []):
        assert close_cut_runs(desk) == ("one",)
    with desk.store.transaction() as tx:
        cut, alive = tx.runs.latest("one"), tx.runs.latest("two")
        assert cut is not None
        assert alive is not None
        assert (cut.outcome, cut.message, alive.outcome) == ("interrupted", CUT, "running")
        assert cut.ended_at is not None
        _close_killed(tx, "one", 7, NOW)
        _close_killed(tx, "two", 0, NOW)
        told = [tx.runs.latest(name) for name in ("one", "two")]
    assert [run.outcome for run in told if run is not None] == ["resumed", "interrupted"]
    assert close_cut_runs(desk) == ()
