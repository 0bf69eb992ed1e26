"""What follows from a run's figures: a run out of its bands goes into quarantine, a healthy one ends it."""

from __future__ import annotations

from datetime import datetime

from pipelines.health.bands import MAX_RUNS, Limits, judge
from pipelines.records import Breach, HealthVerdict, RunFigures, RunHealth
from pipelines.store import Tx

#: What a person does about a run in quarantine.
MEND = (
    "这次采到的信息已保留并标记，请先打开几条核对；配方要改的，改好后提高 version 再采集；"
    "网站确实变了而配方无误的，也把 version 加一，从此重新学习"
)
#: The same in a run's own message.
MEND_BRIEF = "请核对几条，按需改配方并把 version 加一"


def record_run(
    tx: Tx,
    *,
    run_id: str,
    source: str,
    at: datetime,
    figures: RunFigures,
    limits: Limits,
    judged: bool,
    guest_view: bool,
    since: datetime,
) -> RunHealth:
    """Judge and keep the figures of a run. `judged` false: a wall or a failure, which says nothing of what is usual;
    `since`: older runs were read by another recipe. A healthy run ends all quarantines of the source."""
    verdict, breaches = HealthVerdict.UNJUDGED, tuple[Breach, ...]()
    if judged:
        history = [run for run in tx.health.runs(source, MAX_RUNS, HealthVerdict.HEALTHY) if run.at >= since]
        before = next((run for run in tx.health.runs(source, 5) if run.verdict is not HealthVerdict.UNJUDGED), None)
        verdict, breaches = judge(figures, history, limits, before)
    health = RunHealth(
        run_id=run_id,
        source=source,
        at=at,
        figures=figures,
        breaches=breaches,
        verdict=verdict,
        guest_view=guest_view,
    )
    tx.health.add_run(health)
    if verdict is HealthVerdict.HEALTHY:
        tx.health.resolve(source, at)
    return health


def why(health: RunHealth) -> str:
    """The reason of a quarantine or suspicion in one line."""
    wanted = [one for one in health.breaches if one.grave] or list(health.breaches)
    return "；".join(one.said for one in wanted[:3])
