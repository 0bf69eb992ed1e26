"""The question put to the second reader: ours, in Chinese, the posting fenced off as data."""

from __future__ import annotations

import hashlib
import json
import secrets
from importlib import resources
from typing import Any

from classifier.types import AD_FLAGS, KINDS

#: What may be quoted for.
ABOUT = ("academic", "anxiety", *AD_FLAGS)
ACADEMIC = ("yes", "likely", "no")
MAX_REASON = 200
MAX_QUOTE = 80
MAX_QUOTES = 12

#: The shape of the answer, as `response_format` wants it (strict: all required, nothing further).
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "academic", "anxiety", "signals", "quotes", "instructs", "reason"],
    "properties": {
        "kind": {"type": "string", "enum": list(KINDS)},
        "academic": {"type": "string", "enum": list(ACADEMIC)},
        "anxiety": {"type": "boolean"},
        "signals": {"type": "array", "items": {"type": "string", "enum": list(AD_FLAGS)}},
        "quotes": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["about", "text"],
                "properties": {"about": {"type": "string", "enum": list(ABOUT)}, "text": {"type": "string"}},
            },
        },
        "instructs": {"type": "boolean"},
        "reason": {"type": "string"},
    },
}

_SYSTEM = (resources.files("pipelines.opinions") / "prompt.txt").read_text(encoding="utf-8").strip()

#: Version of prompt and schema; opinions name it.
PROMPT = "p1-" + hashlib.sha256((_SYSTEM + json.dumps(SCHEMA, sort_keys=True)).encode()).hexdigest()[:8]


def messages(text: str) -> list[dict[str, str]]:
    """The conversation for one masked text. The fence has a number of its own for each question, and the text holds no
    angle brackets (see masking), so no posting can close it."""
    fence = secrets.token_hex(8)
    asked = f"<待读文本 {fence}>\n{text}\n</待读文本 {fence}>\n请按规定输出 JSON。"
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": asked}]
