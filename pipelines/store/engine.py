"""Connections to the two databases, set up so that a commit is on the disk when it returns."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from pipelines.errors import StoreError, os_reason
from pipelines.store.faults import CONNECT_TIMEOUT

Mode = Literal["write", "read"]

#: How long a writer waits for another one, in seconds; our transactions take milliseconds to a few seconds.
BUSY_TIMEOUT = 30


def parse_url(url: str) -> URL:
    """The address, checked. Raises StoreError for what we cannot hold data in."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:  # ValueError: a port that is no number
        raise StoreError(
            "数据库地址（MINGCHA_DATABASE_URL）写法不对；应为 sqlite:///路径 或 postgresql+psycopg://用户@主机/库"
        ) from exc
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(f"不支持数据库 {parsed.drivername}；请用 sqlite:///路径 或 postgresql+psycopg://…")
    if parsed.drivername == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreError("SQLite 地址缺少文件路径；应为 sqlite:///路径")
    return parsed


def sqlite_file(url: str) -> Path | None:
    """The database file, or None when the database is a server's."""
    parsed = parse_url(url)
    return Path(str(parsed.database)) if parsed.drivername == "sqlite" else None


def make_private_file(path: Path) -> None:
    """An empty database file nobody else may read (WAL and shared-memory files take its mode over). A file that is
    there is not touched: closing a descriptor of it would drop the locks this process holds through SQLite."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as exc:
        raise StoreError(f"数据库文件 {path} 建不了（{os_reason(exc)}）；请检查路径和权限") from exc


def make_engine(url: str, mode: Mode) -> Engine:
    """An engine whose every transaction is of this mode."""
    parsed = parse_url(url)
    if parsed.drivername == "sqlite":
        return _sqlite_engine(parsed, mode)
    try:
        # Without a limit a host that is switched off keeps us waiting for minutes.
        waits = {} if "connect_timeout" in parsed.query else {"connect_timeout": CONNECT_TIMEOUT}
        engine = create_engine(parsed, pool_size=10, max_overflow=30, pool_pre_ping=True, connect_args=waits)
    except ModuleNotFoundError as exc:
        raise StoreError("缺少 PostgreSQL 驱动；请安装 mingcha[pg]") from exc
    if mode == "read":
        # One snapshot for the whole transaction, and the server refuses writes in it.
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine


def _sqlite_engine(url: URL, mode: Mode) -> Engine:
    engine = create_engine(url, pool_size=10, max_overflow=30, connect_args={"timeout": BUSY_TIMEOUT})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # The driver's own idea of when to begin is switched off; `begin` below says it.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT * 1000}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            # What is deleted on schedule is overwritten with zeros, not only unlinked.
            "secure_delete = ON",
            # So that REPLACE fires the delete triggers of append-only tables.
            "recursive_triggers = ON",
            f"query_only = {'ON' if mode == 'read' else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the write lock at once, so that what it reads cannot change before it writes.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")

    return engine
