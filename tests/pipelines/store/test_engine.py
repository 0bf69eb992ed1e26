"""Connections: what is durable, what is a snapshot, what is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from pipelines.desk import Desk
from pipelines.errors import Conflict, StoreError
from pipelines.store import open_store
from pipelines.store.engine import make_engine, parse_url
from tests.factories import capture, page, source


@pytest.mark.parametrize("mode", ["write", "read"])
def test_sqlite_connections_are_durable_and_checked(sqlite_url: str, mode: str) -> None:
    engine = make_engine(sqlite_url, mode)  # type: ignore[arg-type]
    with engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers", "query_only")
        values = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}
    engine.dispose()
    # synchronous 2 is FULL: a commit is on the disk when it returns.
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
        "recursive_triggers": 1,
        "query_only": int(mode == "read"),
    }


def test_sqlite_files_are_private(home: Path) -> None:
    store = open_store(f"sqlite:///{home / 'deep' / 'new.db'}", create=True)
    with store.transaction() as tx:
        tx.settings.set("region", "330100")
        modes = {path.name: path.stat().st_mode & 0o777 for path in (home / "deep").iterdir()}
    store.close()
    assert modes == dict.fromkeys((".new.db.upgrade", "new.db", "new.db-wal", "new.db-shm"), 0o600)


def test_a_writer_holds_the_write_lock_from_its_first_statement(desk: Desk) -> None:
    path = desk.home / "mingcha.db"
    with desk.store.transaction() as tx:
        tx.settings.get("region")
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_an_error_rolls_back_everything(any_desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), any_desk.store.transaction() as tx:
        tx.settings.set("region", "330100")
        raise ZeroDivisionError
    with any_desk.store.read() as tx:
        assert tx.settings.get("region") is None


def test_a_snapshot_does_not_move(any_desk: Desk) -> None:
    with any_desk.store.read() as snapshot:
        assert snapshot.settings.get("region") is None
        with any_desk.store.transaction() as tx:
            tx.settings.set("region", "330100")
        assert snapshot.settings.get("region") is None
    with any_desk.store.read() as later:
        assert later.settings.get("region") == "330100"


def test_writing_in_a_snapshot_is_refused(any_desk: Desk) -> None:
    with pytest.raises(StoreError, match="数据库拒绝"), any_desk.store.read() as tx:
        tx.settings.set("region", "330100")
    with any_desk.store.transaction() as tx:
        tx.settings.set("region", "330100")


def test_the_same_row_twice_is_a_conflict(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        tx.captures.add(capture())
    with pytest.raises(Conflict, match="记录已存在"), any_desk.store.transaction() as tx:
        tx.captures.add(capture())


def test_a_row_that_names_nothing_is_refused(any_desk: Desk) -> None:
    with pytest.raises(StoreError, match=r"数据库拒绝"), any_desk.store.transaction() as tx:
        tx.pages.upsert(page(source="nowhere"))


def test_words_outside_a_list_are_refused(any_desk: Desk) -> None:
    with pytest.raises(StoreError), any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        tx.captures.add(capture(method="telepathy"))


@pytest.mark.parametrize("url", ["mysql://h/x", "sqlite://", "sqlite:///:memory:", "no address", "postgresql://h/x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(StoreError):
        parse_url(url)


def test_a_file_that_is_no_database_is_refused(home: Path) -> None:
    (home / "x.db").write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(StoreError, match="数据库"):
        open_store(f"sqlite:///{home / 'x.db'}", create=True)


def test_a_server_that_is_not_there_is_named(home: Path) -> None:
    with pytest.raises(StoreError, match="连不上数据库") as caught:
        open_store(f"postgresql+psycopg://u:geheim@/x?host={home}")
    assert "geheim" not in caught.value.message
