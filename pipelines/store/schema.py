"""The schema's version: bring a database to the newest one, or say where it stands."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from pipelines.errors import StoreError
from pipelines.store.engine import make_engine, make_private_file, sqlite_file
from pipelines.store.faults import store_error

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision this program knows; asked at every start, so not of Alembic, which takes long to load.
HEAD = "0019"
#: Advisory locks on PostgreSQL: numbers of our own, one a purpose.
LOCK_MIGRATION = 7_246_001
LOCK_AUDIT = 7_246_002
LOCK_CASES = 7_246_003
LOCK_OPERATORS = 7_246_004
LOCK_TASKS = 7_246_005
LOCK_CARRIER = 7_246_006

UPGRADE_HINT = "请先运行 `mingcha db upgrade`"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings, made in code: users need no alembic.ini."""
    from alembic.config import Config

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str) -> None:
    """Bring the database to the newest schema, in one transaction; makes a missing SQLite file (mode 0600). Programs
    that do so at the same time take turns."""
    from alembic import command
    from alembic.util import CommandError

    path = sqlite_file(url)
    if path is not None:
        make_private_file(path)
    engine = make_engine(url, "write")
    try:
        with _turn(path), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_MIGRATION})"))
            command.upgrade(alembic_config(connection), "head")
    except CommandError as exc:
        raise StoreError("数据库的版本比程序新；请升级程序，或从备份恢复数据库") from exc
    except DBAPIError as exc:
        fault = store_error(exc, engine.url)
        raise StoreError(f"数据库没有升级成功：{fault.message}") from exc
    finally:
        engine.dispose()


@contextmanager
def _turn(path: Path | None) -> Iterator[None]:
    """On SQLite a lock file beside the database: switching an empty file to WAL does not wait for others by itself."""
    if path is None:
        yield
        return
    descriptor = os.open(path.with_name(f".{path.name}.upgrade"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def status(url: str) -> dict[str, Any]:
    """{"current", "head", "ok"}; current is None for an empty or missing database. Changes nothing."""
    path = sqlite_file(url)
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return {"current": None, "head": HEAD, "ok": False}
    engine = make_engine(url, "read")
    try:
        current = current_revision(engine)
    finally:
        engine.dispose()
    return {"current": current, "head": HEAD, "ok": current == HEAD}


def current_revision(engine: Engine) -> str | None:
    """The revision the database says it is at."""
    try:
        with engine.connect() as connection:
            try:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            except DBAPIError:
                connection.rollback()
                if inspect(connection).has_table("alembic_version"):
                    raise
                return None
            return None if found is None else str(found)
    except DBAPIError as exc:
        raise store_error(exc, engine.url) from exc
