"""Which findings of a lead hold: those its standing decision has not struck out.

The machine's findings stay whole where they are stored. An officer strikes single ones out with a decision; a newer
decision or an undo changes that; what a new assessment no longer has means nothing, and what rests on words that an
edit brought in was not struck.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.records import Decision, StoredAssessment, Strike, Verdict


def standing(decisions: Iterable[Decision], before: datetime | None = None) -> list[Decision]:
    """The decisions that were not taken back, oldest first; with `before`, as they stood at that moment."""
    made = [one for one in decisions if before is None or one.decided_at < before]
    undone = {one.undoes for one in made if one.verdict is Verdict.UNDO}
    return [one for one in made if one.verdict is not Verdict.UNDO and one.id not in undone]


def struck_by(
    decisions: Iterable[Decision], assessment: StoredAssessment, before: datetime | None = None
) -> tuple[str, ...]:
    """Ids of the findings of this assessment that the decision which holds (held `before`) does not adopt."""
    left = standing(decisions, before)
    return assessment.struck(left[-1].struck) if left else ()


def lapsed_of(decisions: Iterable[Decision], assessment: StoredAssessment) -> tuple[Strike, ...]:
    """Strikes of the decision which holds that mean nothing any more although their rule is touched: by words that an
    edit brought in, which nobody has judged."""
    left = standing(decisions)
    codes = {finding["code"] for finding in assessment.findings}
    return tuple(
        one
        for one in (left[-1].struck if left else ())
        if one.version not in (0, assessment.version_id) and one.code in codes and not assessment.struck([one])
    )


def adopted(findings: Sequence[dict[str, Any]], struck: Collection[str]) -> tuple[dict[str, Any], ...]:
    """The findings, as `StoredAssessment.findings` gives them, whose id is not among these; in their order."""
    return tuple(finding for finding in findings if finding["id"] not in struck)


def said_of(findings: Sequence[Mapping[str, Any]], struck: Collection[str], named: Callable[[str], str] = str) -> str:
    """The struck findings in words: AD04.2、HT12, and where several of a rule went at once, how many (AD04 的 2 条);
    `named` says how a code or id is told."""
    groups: dict[str, list[str]] = {}
    for finding in findings:
        if finding["id"] in struck:
            groups.setdefault(str(finding["code"]), []).append(str(finding["id"]))
    every = Counter(str(finding["code"]) for finding in findings)
    return "、".join(
        f"{named(code)} 的 {len(ids)} 条" if len(ids) > 1 and len(ids) == every[code] else "、".join(map(named, ids))
        for code, ids in groups.items()
    )


def called_now(assessment: StoredAssessment, strikes: Iterable[Strike]) -> tuple[str, ...]:
    """What a decision of any time struck out, by the names of today; what is gone by its old name."""
    names = (assessment.struck([one]) or (f"{one}（当时的）",) for one in strikes)
    return tuple(dict.fromkeys(name for some in names for name in some))
