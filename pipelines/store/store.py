"""The store: one database, its transactions, and every repository inside one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from pipelines.errors import StoreError
from pipelines.store import schema
from pipelines.store.alerts import Alerts
from pipelines.store.assessments import Assessments
from pipelines.store.audit_events import AuditEvents
from pipelines.store.captures import Captures
from pipelines.store.cases import Cases
from pipelines.store.contacts import Contacts
from pipelines.store.decisions import Decisions
from pipelines.store.deletions import Deletions
from pipelines.store.digests import Digests
from pipelines.store.emptying import Emptying
from pipelines.store.engine import make_engine
from pipelines.store.faults import store_error
from pipelines.store.follow_ups import FollowUps
from pipelines.store.frontier import Frontier
from pipelines.store.guards import Guards
from pipelines.store.health import Health
from pipelines.store.host_rests import HostRests
from pipelines.store.hosts import Hosts
from pipelines.store.impact_notes import ImpactNotes
from pipelines.store.leads import Leads
from pipelines.store.listings import Listings
from pipelines.store.logins import Logins
from pipelines.store.operators import Operators
from pipelines.store.opinions import Opinions
from pipelines.store.pages import Pages
from pipelines.store.put_ins import PutIns
from pipelines.store.revisits import Revisits
from pipelines.store.runs import Runs
from pipelines.store.sessions import Sessions
from pipelines.store.settings import SettingsTable
from pipelines.store.sources import Sources
from pipelines.store.stats import Stats
from pipelines.store.tasks import Tasks
from pipelines.store.time_stamps import TimeStamps
from pipelines.store.users import Users
from pipelines.store.workers import Workers


class Tx:
    """One transaction; every repository in it sees the same moment."""

    def __init__(self, session: Session) -> None:
        self.sources = Sources(session)
        self.captures = Captures(session)
        self.revisits = Revisits(session)
        self.pages = Pages(session)
        self.frontier = Frontier(session)
        self.listings = Listings(session)
        self.contacts = Contacts(session)
        self.operators = Operators(session)
        self.assessments = Assessments(session)
        self.leads = Leads(session)
        self.decisions = Decisions(session)
        self.follow_ups = FollowUps(session)
        self.opinions = Opinions(session)
        self.users = Users(session)
        self.sessions = Sessions(session)
        self.logins = Logins(session)
        self.cases = Cases(session)
        self.put_ins = PutIns(session)
        self.audit = AuditEvents(session)
        self.runs = Runs(session)
        self.digests = Digests(session)
        self.health = Health(session)
        self.rests = HostRests(session)
        self.alerts = Alerts(session)
        self.settings = SettingsTable(session)
        self.stats = Stats(session)
        self.tasks = Tasks(session)
        self.workers = Workers(session)
        self.hosts = Hosts(session)
        self.impact_notes = ImpactNotes(session)
        self.time_stamps = TimeStamps(session)
        self.deletions = Deletions(session)
        self.emptying = Emptying(session)
        self.guards = Guards(session)


class Store:
    """An open database. Threads may share it: each transaction has a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._writer = make_engine(url, "write")
        self._reader = make_engine(url, "read")

    @property
    def dialect(self) -> str:
        """sqlite | postgresql"""
        return self._writer.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Commits at the end, rolls back on any error. Raises Conflict for a broken uniqueness, StoreError else."""
        with _session(self._writer) as session:
            yield Tx(session)
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A snapshot: nothing in it changes while it is open, and writing in it is refused."""
        with _session(self._reader) as session:
            yield Tx(session)

    def flush_log(self) -> None:
        """SQLite: bring the write-ahead log into the database and cut it to nothing, since it still holds pages as
        they were before a deletion. While somebody reads, as much as can be; the next call does the rest."""
        if self.dialect != "sqlite":
            return
        connection = self._writer.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """Give all connections back; the store cannot be used afterwards without opening new ones."""
        self._writer.dispose()
        self._reader.dispose()


def open_store(url: str, *, create: bool = False, stands: Mapping[str, Any] | None = None) -> Store:
    """Open a database at the newest schema. create=True brings it there first, else an older one is refused. `stands`:
    what `schema.status` has just said, where the caller asked."""
    stands = stands or schema.status(url)
    if not stands["ok"]:
        if not create:
            raise StoreError(
                f"数据库版本为 {stands['current'] or '空'}，程序需要 {stands['head']}；{schema.UPGRADE_HINT}"
            )
        schema.upgrade(url)
    return Store(url)


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    # Rows are read anew each time, never out of the session's memory, so updates need not keep that in step.
    options = {"populate_existing": True, "synchronize_session": False}
    try:
        with Session(engine, expire_on_commit=False, execution_options=options) as session:
            yield session
    except DBAPIError as exc:
        raise store_error(exc, engine.url) from exc
    except PoolTimeout as exc:
        raise StoreError("数据库连接已用完；请稍后再试") from exc
