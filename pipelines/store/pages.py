"""Pages: what the crawler remembers of one URL key between runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, update

from pipelines.errors import NotFound
from pipelines.records import Page, PageState
from pipelines.store.base import Repo
from pipelines.store.tables import PageRow

_COLUMNS = tuple(column.key for column in PageRow.__mapper__.column_attrs)


class Pages(Repo):
    def get(self, source: str, key: str) -> Page | None:
        row = self._get(PageRow, (source, key))
        return None if row is None else _record(row)

    def get_many(self, source: str, keys: Sequence[str]) -> dict[str, Page]:
        """Those of the keys that are known."""
        rows = self._session.scalars(select(PageRow).where(PageRow.source == source, PageRow.key.in_(keys)))
        return {row.key: _record(row) for row in rows}

    def not_fetched_since(
        self, source: str, moment: datetime, *, states: Collection[PageState], after: Page | None = None, limit: int
    ) -> tuple[Page, ...]:
        """Pages in one of the states last fetched at `moment` or before, the longest unseen first, those behind
        `after` only."""
        query = select(PageRow).where(
            PageRow.source == source, PageRow.state.in_(list(states)), PageRow.last_fetched_at <= moment
        )
        if after is not None:
            query = query.where(
                or_(
                    PageRow.last_fetched_at > after.last_fetched_at,
                    and_(PageRow.last_fetched_at == after.last_fetched_at, PageRow.key > after.key),
                )
            )
        rows = self._session.scalars(query.order_by(PageRow.last_fetched_at, PageRow.key).limit(limit))
        return tuple(_record(row) for row in rows)

    def upsert(self, page: Page) -> None:
        """Add it, or bring the stored one up to date; when it was first seen and what its row said stay."""
        self.upsert_many((page,))

    def upsert_many(self, pages: Sequence[Page]) -> None:
        """The same for many in one go."""
        if not pages:
            return
        statement = self._insert(PageRow)
        fixed = {"source", "key", "first_seen_at", "row_mark"}
        changes = {name: statement.excluded[name] for name in _COLUMNS if name not in fixed}
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["source", "key"], set_=changes),
            [{name: getattr(page, name) for name in _COLUMNS} for page in pages],
        )

    def touch(self, source: str, key: str, *, state: PageState, at: datetime) -> None:
        """Fetched again and nothing to take from it (304, gone, a wall …)."""
        found = self._session.execute(
            update(PageRow)
            .where(PageRow.source == source, PageRow.key == key)
            .values(state=state, last_fetched_at=at)
            .returning(PageRow.key)
        ).scalar_one_or_none()
        if found is None:
            raise NotFound(f"来源 {source} 没有页面 {key}")

    def touch_many(self, source: str, states: Mapping[str, PageState], *, at: datetime) -> None:
        """`touch` for many, key → state; keys it does not know are left alone."""
        for state in sorted(set(states.values())):
            keys = [key for key, its in states.items() if its is state]
            self._session.execute(
                update(PageRow)
                .where(PageRow.source == source, PageRow.key.in_(keys))
                .values(state=state, last_fetched_at=at)
            )

    def mark_many(self, source: str, marks: Mapping[str, str]) -> None:
        """What the rows that lead to pages said, key → mark; keys it does not know are left alone."""
        if not marks:
            return
        statement = (
            update(PageRow)
            .where(PageRow.source == source, PageRow.key == bindparam("its_key"))
            .values(row_mark=bindparam("mark"))
        )
        # Not by the session, which would take the rows for objects of its own.
        self._session.connection().execute(statement, [{"its_key": key, "mark": mark} for key, mark in marks.items()])

    def count(self, source: str) -> dict[str, int]:
        """State → number of pages; states without a page are absent."""
        rows = self._session.execute(
            select(PageRow.state, func.count()).where(PageRow.source == source).group_by(PageRow.state)
        )
        return dict(sorted((state, number) for state, number in rows))


def _record(row: PageRow) -> Page:
    return Page(**({name: getattr(row, name) for name in _COLUMNS} | {"state": PageState(row.state)}))
