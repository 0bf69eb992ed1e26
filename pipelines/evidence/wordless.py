"""An assessment's result without the words it rests on: codes, scores and flags alone."""

from __future__ import annotations

from typing import Any

#: Keys of a result, and of a finding, that hold no words of the posting.
_KEPT = ("kind", "academic", "covers", "stages", "subjects", "anxiety", "lead", "priority", "model", "rulebook")
_KEPT_OF_FINDING = ("signal", "code", "name", "score", "severity", "consequence", "basis", "lead_department")


def wordless(result: dict[str, Any]) -> dict[str, Any]:
    """The result (the contract's `assess` object) with no span, explanation or value read off the text. Digests, queue
    and statistics, which go by codes, read it as before."""
    kept = {name: result[name] for name in _KEPT if name in result}
    if "paid" in result:
        kept["paid"] = {"flag": bool(result["paid"].get("flag")), "spans": []}
    kept["findings"] = [
        {name: finding[name] for name in _KEPT_OF_FINDING if name in finding} | {"spans": [], "why": ""}
        for finding in result.get("findings", ())
    ]
    return kept
