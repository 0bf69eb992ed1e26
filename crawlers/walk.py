"""Where a walk through the pages of one list stands, and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from crawlers.recipe import Stop
from crawlers.rows import ListReading, Row

#: A walk lies in the frontier with every page of its list, so it stays short.
_KEPT, _SHORT = 20, 24


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What the pages of a list read so far in this run had in common."""

    rows: int = 0
    #: Pages in a row, up to the last, that named nothing new to this run, and nothing new to the store.
    barren: int = 0
    familiar: int = 0
    #: Signatures of the last pages (their beginnings), and whether the last was among those before it.
    signatures: tuple[str, ...] = ()
    repeated: bool = False
    #: When the newest row of the last page was posted, if it says so.
    newest: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the frontier keeps it."""
        newest = self.newest.isoformat() if self.newest is not None else None
        return {**asdict(self), "signatures": list(self.signatures), "newest": newest}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        newest = datetime.fromisoformat(value["newest"]) if value["newest"] else None
        return cls(**{**value, "signatures": tuple(value["signatures"]), "newest": newest})

    def after(self, rows: Sequence[Row], *, fresh: int, known: int, signature: str) -> Walk:
        """The walk one page on; `fresh` rows are new to the run, `known` ones are in the store."""
        dates = [row.posted for row in rows if row.posted is not None]
        return replace(
            self,
            rows=self.rows + len(rows),
            barren=0 if fresh else self.barren + 1,
            familiar=self.familiar + 1 if known >= len(rows) else 0,
            signatures=(*self.signatures, signature[:_SHORT])[-_KEPT:],
            repeated=signature[:_SHORT] in self.signatures,
            newest=max(dates) if dates else None,
        )

    def ended(self, stop: Stop, page: int, reading: ListReading, now: datetime) -> bool:
        """Does a rule of the list end it behind the page of that number?"""
        return (
            (stop.no_new_keys is not None and self.barren >= stop.no_new_keys)
            or (stop.all_known is not None and self.familiar >= stop.all_known)
            or (stop.same_signature and self.repeated)
            or (stop.total_reached and reading.total is not None and self.rows >= reading.total)
            or (stop.total_reached and reading.total_pages is not None and page >= reading.total_pages)
            or (stop.older_than is not None and self.newest is not None and self.newest < now - stop.older_than)
        )
