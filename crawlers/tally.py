"""What a run brought so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True)
class Tally:
    """Counted by the writer, shown while the run goes on and kept with its row."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    leads: int = 0
    pages: int = 0
