"""Whether the triggers are still there that let rows only be added."""

from __future__ import annotations

from sqlalchemy import text

from pipelines.store.base import Repo
from pipelines.store.desk_tables import APPEND_ONLY
from pipelines.store.triggers import expected

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
#: A trigger that is switched off, or fires on replicas only, is as good as none.
_POSTGRESQL = (
    "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
)


class Guards(Repo):
    def missing(self) -> tuple[str, ...]:
        """Names of the protecting triggers that are gone, switched off, or say something else than we made them say."""
        asked = _POSTGRESQL if self._on_postgresql else _SQLITE
        there = {str(name): " ".join(str(body).split()) for name, body in self._session.execute(text(asked))}
        dialect = "postgresql" if self._on_postgresql else "sqlite"
        return tuple(
            name
            for table in APPEND_ONLY
            for name, parts in expected(dialect, table).items()
            if not all(part in there.get(name, "") for part in parts)
        )
