"""An assessor for tests: one word makes a lead; answers have the contract's shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from classifier.types import Posting

WORD = "提分"


class WordAssessor:
    """Calls every posting with the word 提分 a lead; answers as the contract says."""

    model_id = "word-1"
    rulebook_id = "rules-1"

    def __init__(self) -> None:
        self.seen: list[Posting] = []

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        self.seen += items
        return [self._answer(item) for item in items]

    def _answer(self, item: Posting) -> dict[str, Any]:
        start = item.body.find(WORD)
        spans = [{"start": start, "end": start + len(WORD), "text": WORD, "restored": WORD}]
        findings = [{"signal": "academic_hidden", "code": "HT18.1", "spans": spans}] if start >= 0 else []
        return {"id": item.id, "lead": bool(findings), "priority": 70 if findings else 0, "findings": findings}
