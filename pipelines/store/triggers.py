"""Triggers that make a table append-only, whoever writes to it."""

from __future__ import annotations

from collections.abc import Sequence


def append_only(dialect: str, table: str, keys: Sequence[str]) -> list[str]:
    """Statements that protect one table; `keys` are the columns on which a new row could push an old one out."""
    return _postgresql(table) if dialect == "postgresql" else _sqlite(table, keys)


def drop_append_only(dialect: str, table: str) -> list[str]:
    """Statements that take the protection off again (downgrade)."""
    if dialect == "postgresql":
        triggers = [f"DROP TRIGGER {table}_no_{what} ON {table}" for what in ("change", "truncate")]
        return [*triggers, f"DROP FUNCTION {table}_append_only()"]
    return [f"DROP TRIGGER {table}_no_{what}" for what in ("update", "delete", "replace")]


def expected(dialect: str, table: str) -> dict[str, tuple[str, ...]]:
    """Trigger → what its statement (SQLite) or its function (PostgreSQL) has to say while the table is protected."""
    refuse = _refusal(dialect, table)
    if dialect == "postgresql":
        return {f"{table}_no_{what}": (refuse,) for what in ("change", "truncate")}
    return {
        f"{table}_no_update": ("BEFORE UPDATE ON", refuse),
        f"{table}_no_delete": ("BEFORE DELETE ON", refuse),
        f"{table}_no_replace": ("BEFORE INSERT ON", "WHEN EXISTS (SELECT 1 FROM", "= NEW.", "SELECT RAISE(ABORT,"),
    }


def _refusal(dialect: str, table: str) -> str:
    """What a trigger does to whoever changes or deletes a row."""
    said = f"'{table}: rows are only ever added'"
    return (
        f"BEGIN RAISE EXCEPTION {said}; END" if dialect == "postgresql" else f"BEGIN SELECT RAISE(ABORT, {said}); END"
    )


def _sqlite(table: str, keys: Sequence[str]) -> list[str]:
    refuse = _refusal("sqlite", table)
    # REPLACE removes the row in its way without firing delete triggers, unless a connection asks for them.
    collides = " OR ".join(f"{key} = NEW.{key}" for key in keys)
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {collides})"  # noqa: S608  # table and columns are named by us
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} "
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE: {table} has this row already'); END",
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ {_refusal('postgresql', table)} $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
    ]
