"""What every table and every repository shares."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar, cast

from sqlalchemy import CheckConstraint, MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from pipelines.store.types import Moment, WholeNumber, Words

#: Number given out by the database.
AutoId = Annotated[int, mapped_column(primary_key=True, autoincrement=True)]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; constraints have names, so that a migration can drop each of them on both engines."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Words(), int: WholeNumber, datetime: Moment()}


RowT = TypeVar("RowT", bound=Base)


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """The column holds one of these words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


#: SQLite takes a bounded number of parameters.
IN_ONE_QUERY = 500


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values a few hundred at a time, for queries that name each."""
    rest = list(values)
    for start in range(0, len(rest), IN_ONE_QUERY):
        yield rest[start : start + IN_ONE_QUERY]


def bare(table: type[Base]) -> Table:
    """The table without its mapped class: the ORM would spend more time on each statement than the database does."""
    return cast("Table", table.__table__)


class Repo:
    """One noun's queries inside one transaction; gives out records, never rows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _get(self, table: type[RowT], key: Any) -> RowT | None:
        """A row by its key, read anew."""
        return self._session.get(table, key, populate_existing=True)

    @property
    def _on_postgresql(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"

    def _in_sql(self, query: str, values: Collection[str]) -> Iterable[Any]:
        """The rows of a query in plain SQL that says `IN (?)` once, of words of our own making: where they are many and
        asked for again and again, to make a parameter of each costs more than the query."""
        if not values:
            return ()
        if self._on_postgresql:
            return self._session.connection().exec_driver_sql(query.replace("IN (?)", "= ANY(%s)"), (list(values),))
        listed = query.replace("IN (?)", "IN (SELECT value FROM json_each(?))")
        return self._session.connection().exec_driver_sql(listed, (json.dumps(list(values)),))

    def _ask_in_sql(self, query: str, *values: Any) -> Iterable[Any]:
        """The rows of a query in plain SQL, for what is asked of every posting."""
        return self._session.connection().exec_driver_sql(self._marked(query), values)

    def _many_in_sql(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """A statement in plain SQL for each of the rows, which hold what the database takes as it is."""
        if rows:
            self._session.connection().exec_driver_sql(self._marked(statement), list(rows))

    def _marked(self, sql: str) -> str:
        return sql.replace("?", "%s") if self._on_postgresql else sql

    def _insert(self, table: type[Base]) -> postgresql.Insert:
        """INSERT that knows ON CONFLICT; both dialects spell the part we use alike."""
        if self._on_postgresql:
            return postgresql.insert(bare(table))
        return cast("postgresql.Insert", sqlite.insert(bare(table)))
