"""What kinds of jobs there are, and what a job function is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.desk import Desk
from pipelines.records import Planned, TaskRun

#: Kind → what people call it.
KIND_NAMES = {
    "crawl": "采集",
    "recheck": "复查旧信息",
    "capture": "线索快照",
    "assess": "研判",
    "digest": "周报",
    "mail": "发送周报",
    "retention": "清理到期数据",
    "self-check": "自检",
    "stamps": "补时间戳",
}

#: Asks whether the job should come to an end soon; cheap enough for any loop.
Stopping = Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a job ended: finished, failed (to be tried again, later each time) or stopped."""

    outcome: str = "finished"
    #: One sentence for people.
    message: str = ""


#: Carries one run out. May raise: a PipelineError is a failure with its message.
JobFunction = Callable[[Desk, TaskRun, Stopping], Done]


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Every job function by kind, and those who say what is due; put together by mingcha.py, which alone sees both the
    crawlers' and ours."""

    functions: Mapping[str, JobFunction]
    #: Each gives the tasks it knows of with their due times, as they follow from the store.
    planners: Sequence[Callable[[Desk, datetime], Sequence[Planned]]]

    def planned(self, desk: Desk, now: datetime) -> tuple[Planned, ...]:
        """Every task there should be."""
        return tuple(one for plan in self.planners for one in plan(desk, now))
