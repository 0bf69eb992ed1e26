"""Who holds what of a lead, since when and why, in the words of papers and pages."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.clock import local_text
from pipelines.evidence.adopted import standing
from pipelines.evidence.words import VERDICTS, actor_name
from pipelines.records import Decision

UNDECIDED = "尚无人工审核结论"


def verdict_words(decision: Decision) -> str:
    """What was decided: 转办/移送 → 公安机关."""
    return VERDICTS[decision.verdict] + (f" → {decision.to_department}" if decision.to_department else "")


def decided_words(decisions: Sequence[Decision]) -> str:
    """The decision that holds: 线索成立：wang，2026-03-02 11:00:00；理由：……; one that was taken back does not."""
    holds = standing(decisions)
    if not holds:
        return UNDECIDED
    row = holds[-1]
    added = f"（{local_text(row.added.at)} 补记）" if row.added else ""
    why = f"{row.reason}{added}" if row.reason else "没有写明"
    return f"{verdict_words(row)}：{actor_name(row.user)}，{local_text(row.decided_at)}；理由：{why}"
