"""What the rows of one list page come to: which postings are asked for, which are still there and left in peace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawlers.rows import Row, comparable
from pipelines.records import WALLS, Ask, Page, PageState

#: Where so many rows of a page say something else and none says the same, it is the list that is written otherwise.
TOO_MANY = 10
#: Answers that say nothing of the posting: the row that led there counts as unread, and leads there again.
_NOT_SEEN = WALLS | {PageState.UNREACHABLE, PageState.MAINTENANCE}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The postings of some rows."""

    #: All of them, done where they are known and nothing says that they be looked at.
    asks: tuple[Ask, ...] = ()
    #: Keys of those that are there still.
    there: tuple[str, ...] = ()
    #: Key → mark of rows that were read without their posting being asked for, where it is not what is remembered.
    marks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rows: Sequence[Row],
        known: Mapping[str, Page],
        *,
        wanted: Callable[[Page], bool],
        missing: Mapping[str, Any],
        address: Callable[[str], str],
    ) -> Listed:
        """`wanted` says whether a known posting is due, `missing` are those not there when last asked for, `address`
        gives the one a posting is fetched at."""
        moved = _moved(rows, known)
        asks: list[Ask] = []
        there: list[str] = []
        marks: dict[str, str] = {}
        for row in rows:
            page = known.get(row.key)
            # Who is missing is looked at in a day, whatever the list says.
            news = row.key in moved and row.key not in missing
            done = page is not None and not (wanted(page) or news)
            if done and page is not None:
                # A row says nothing of a posting that was not there when it was asked for.
                if page.state is PageState.OK and row.key not in missing:
                    there.append(row.key)
                if row.mark and row.mark != page.row_mark and row.key not in missing:
                    marks[row.key] = row.mark
            place = {"mark": row.mark} if row.mark else {}
            asks.append(Ask(key=row.key, url=address(row.url), kind="detail", place=place, done=done))
        return cls(asks=tuple(asks), there=tuple(there), marks=marks)


def _moved(rows: Sequence[Row], known: Mapping[str, Page]) -> frozenset[str]:
    """Keys of the known postings whose row says something else than when it was last read. One that was never read in
    a list of this kind is none of them: nobody knows what its row said."""
    before = {row.key: (known[row.key].row_mark or "", row.mark) for row in rows if row.key in known}
    compared = {key: (then, now) for key, (then, now) in before.items() if then and now and comparable(then, now)}
    moved = frozenset(key for key, (then, now) in compared.items() if then != now)
    return frozenset() if len(moved) >= TOO_MANY and len(moved) == len(compared) else moved


def mark_of(key: str, mark: str, state: PageState) -> dict[str, str]:
    """What is remembered of the row that led to a posting, now that it was asked for and this came."""
    return {key: mark} if mark and state not in _NOT_SEEN else {}
