"""The digest as JSON: the figures themselves."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pipelines.clock import rfc3339
from pipelines.digest.figures import Figures
from pipelines.evidence.words import DECLARATION


def figures_json(figures: Figures) -> dict[str, Any]:
    """The file's object: keys as in `Figures`, times RFC 3339."""
    found: dict[str, Any] = json.loads(render_json(figures))
    return found


def render_json(figures: Figures) -> bytes:
    """UTF-8, keys as in `Figures`, times RFC 3339."""
    head: dict[str, Any] = {
        "format": "mingcha-digest/1",
        "mark": "演示" if figures.demo else "",
        "declaration": DECLARATION,
    }
    return (json.dumps(head | asdict(figures), ensure_ascii=False, indent=2, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a digest")
