"""The frontier of a crawl under way: what it has come to know, and what of it is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, update

from pipelines.records import Ask, PageState
from pipelines.store.base import Repo
from pipelines.store.crawl_tables import FrontierRow
from pipelines.store.tables import PageRow

#: SQLite takes a bounded number of parameters.
_AT_ONCE = 500


class Frontier(Repo):
    def add_many(self, source: str, asks: Sequence[Ask]) -> None:
        """Note pages; one that is already known stays as it is."""
        rows = [
            {"source": source, "key": ask.key, "url": ask.url, "kind": ask.kind, "place": ask.place, "done": ask.done}
            for ask in asks
        ]
        if rows:
            statement = self._insert(FrontierRow).on_conflict_do_nothing(index_elements=["source", "key"])
            self._session.execute(statement, rows)

    def waiting(self, source: str, kind: str, *, after: int, limit: int) -> tuple[Ask, ...]:
        """Pages of a kind not done yet, in the order they became known, behind that id."""
        rows = self._session.scalars(
            select(FrontierRow)
            .where(
                FrontierRow.source == source,
                FrontierRow.kind == kind,
                FrontierRow.done.is_(False),
                FrontierRow.id > after,
            )
            .order_by(FrontierRow.id)
            .limit(limit)
        )
        return tuple(
            Ask(key=row.key, url=row.url, kind=row.kind, place=row.place, done=row.done, id=row.id) for row in rows
        )

    def known(self, source: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys that are in it."""
        found: set[str] = set()
        for start in range(0, len(keys), _AT_ONCE):
            found.update(
                self._session.scalars(
                    select(FrontierRow.key).where(
                        FrontierRow.source == source, FrontierRow.key.in_(keys[start : start + _AT_ONCE])
                    )
                )
            )
        return found

    def finish_many(self, source: str, keys: Sequence[str]) -> None:
        """These are done; keys it does not know are left alone."""
        for start in range(0, len(keys), _AT_ONCE):
            self._session.execute(
                update(FrontierRow)
                .where(FrontierRow.source == source, FrontierRow.key.in_(keys[start : start + _AT_ONCE]))
                .values(done=True)
            )

    def count_done(self, source: str) -> int:
        """How many are done."""
        query = select(func.count()).select_from(FrontierRow)
        return int(self._session.scalar(query.where(FrontierRow.source == source, FrontierRow.done.is_(True))) or 0)

    def has_read(self, source: str, states: Collection[PageState]) -> bool:
        """Is a list that is done a page in one of these states?"""
        found = (
            select(FrontierRow.id)
            .join(PageRow, (PageRow.source == FrontierRow.source) & (PageRow.key == FrontierRow.key))
            .where(
                FrontierRow.source == source,
                FrontierRow.kind == "list",
                FrontierRow.done.is_(True),
                PageRow.state.in_(list(states)),
            )
        )
        return self._session.scalar(found.limit(1)) is not None

    def clear(self, source: str) -> None:
        """The run is over."""
        self._session.execute(delete(FrontierRow).where(FrontierRow.source == source))
