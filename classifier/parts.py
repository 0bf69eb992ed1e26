"""A text too long to be read at once, read in parts: an advertisement behind twenty thousand characters counts, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from classifier.normalise import LIMIT
from classifier.types import Posting

#: Characters two parts share, so that what stands on the border is whole in one of them.
SHARED = 1_000
#: More parts than a book has; what lies behind them is said to be unread.
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of one posting's body, each as a posting, with where each begins."""

    whole: Posting
    starts: Sequence[int]

    def postings(self) -> list[Posting]:
        if self.starts == (0,):
            return [self.whole]
        body = self.whole.body
        return [replace(self.whole, title=None, text=body[start : start + LIMIT]) for start in self.starts]

    def joined(self, answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The answer of the part that asks most for a look, its spans in the whole body, and said to be a part's."""
        if len(answers) == 1:
            return answers[0]
        place = max(range(len(answers)), key=lambda n: _urgency(answers[n]))
        start, length = self.starts[place], len(self.whole.body)
        answer: dict[str, Any] = _moved(answers[place], start)
        end = min(start + LIMIT, length)
        unread = length - min(length, self.starts[-1] + LIMIT)
        note = f"原文 {length} 字，分段阅读，本条出自第 {start + 1}—{end} 字"
        note += f"，最后 {unread} 字未读" if unread else ""
        for finding in answer.get("findings", ()):
            finding["why"] += f"（{note}）"
        return answer


def parts_of(posting: Posting) -> Parts:
    """One part for a body of at most LIMIT characters, which is nearly every one."""
    length = len(posting.body)
    if length <= LIMIT:
        return Parts(whole=posting, starts=(0,))
    step = LIMIT - SHARED
    return Parts(whole=posting, starts=tuple(range(0, max(1, length - SHARED), step))[:MOST])


def _urgency(answer: dict[str, Any]) -> tuple[bool, bool, int, float]:
    return answer["lead"], answer["academic"]["flag"], answer["priority"], answer["academic"]["score"]


def _moved(value: Any, start: int) -> Any:
    """The same answer with the places of all its spans moved."""
    if isinstance(value, dict):
        moved = {key: _moved(one, start) for key, one in value.items()}
        if {"start", "end", "text"} <= value.keys():
            moved |= {"start": value["start"] + start, "end": value["end"] + start}
        return moved
    return [_moved(one, start) for one in value] if isinstance(value, list) else value
