"""Migrations: the same schema as the tables say, from empty and back, on both databases."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from pipelines.errors import StoreError
from pipelines.records import StateChange
from pipelines.store import Store, open_store, status, upgrade
from pipelines.store.base import Base
from pipelines.store.engine import make_engine
from pipelines.store.schema import HEAD, alembic_config
from tests import factories
from tests.factories import NOON
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{home / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.empty_url()
    yield url
    server.drop(url)


def catalog(connection: Connection) -> dict[str, Any]:
    """Tables, columns, constraints and indexes as the database itself tells them."""
    if connection.dialect.name == "postgresql":
        queries = {
            "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default "
            "FROM information_schema.columns WHERE table_schema = 'public'",
            "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        }
    else:
        queries = {"sql": "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'index')"}
    rows = {name: [tuple(row) for row in connection.execute(text(query))] for name, query in queries.items()}
    return {
        name: sorted(
            tuple(" ".join(_parts(str(value))) for value in row) for row in found if "alembic" not in str(row[0])
        )
        for name, found in rows.items()
    }


def _parts(sql: str) -> list[str]:
    """SQLite keeps CREATE TABLE as written, a column added later behind the rest; the order means nothing."""
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    return sorted(part for line in re.split(r"[,\n]", sql) if (part := line.strip(" \t)")))


def test_migrations_give_the_tables_of_the_code(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url, "write")
    with engine.begin() as connection:
        command.check(alembic_config(connection))
        migrated = catalog(connection)
        command.downgrade(alembic_config(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    # `check` does not compare CHECK constraints, so the whole catalogue is.
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        assert catalog(connection) == migrated
    engine.dispose()


def test_every_table_is_there_after_upgrading_an_empty_database(empty_url: str) -> None:
    assert status(empty_url) == {"current": None, "head": HEAD, "ok": False}
    with pytest.raises(StoreError, match="mingcha db upgrade"):
        open_store(empty_url)
    store = open_store(empty_url, create=True)
    store.close()
    assert status(empty_url) == {"current": HEAD, "head": HEAD, "ok": True}
    open_store(empty_url).close()


def test_the_head_named_in_the_code_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_status_of_a_missing_file_makes_none(home: Path) -> None:
    assert status(f"sqlite:///{home / 'none.db'}")["current"] is None
    assert not (home / "none.db").exists()


def test_upgrading_twice_keeps_the_rows(any_url: str) -> None:
    store = open_store(any_url)
    with store.transaction() as tx:
        tx.settings.set("region", "330100")
    upgrade(any_url)
    with store.read() as tx:
        assert tx.settings.get("region") == "330100"
    store.close()


def test_runs_keep_what_refers_to_them_when_their_outcomes_get_new_words(any_url: str) -> None:
    store = open_store(any_url)
    with store.transaction() as tx:
        tx.sources.upsert(factories.source())
        for outcome in ("stopped", "interrupted", "running"):
            run = tx.runs.start("board", NOON)
            if outcome != "running":
                none = {"new": 0, "changed": 0, "unchanged": 0, "leads": 0}
                tx.runs.finish(run.id, at=NOON, states={"ok": 1}, **none, outcome=outcome)
            tx.health.note_state(
                StateChange(source="board", host="h", state=outcome, reason="", run_id=run.id, at=NOON)
            )
    before = outcomes(store)
    store.close()
    engine = make_engine(any_url, "write")
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0011")
    with engine.begin() as connection:
        old = sorted(one for (one,) in connection.execute(text("SELECT outcome FROM crawl_runs")))
    engine.dispose()
    assert old == ["failed", "running", "running"]
    upgrade(any_url)
    store = open_store(any_url)
    assert outcomes(store) == before
    with store.read() as tx:
        assert {change.run_id for change in tx.health.states("board", 9)} == set(before)
    store.close()


def outcomes(store: Store) -> dict[str, str]:
    with store.read() as tx:
        return {run.id: run.outcome for run in tx.runs.list("board", 9)}


def test_two_programs_may_upgrade_at_once(empty_url: str) -> None:
    errors: list[StoreError] = []
    barrier = threading.Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            upgrade(empty_url)
        except StoreError as exc:
            errors.append(exc)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert status(empty_url)["ok"]


def test_a_database_of_a_newer_program_is_refused(any_url: str) -> None:
    engine = make_engine(any_url, "write")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="9999"):
        open_store(any_url)
    with pytest.raises(StoreError, match="比程序新"):
        open_store(any_url, create=True)
