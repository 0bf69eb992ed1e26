"""What all tests share: an environment without our settings, a HOME of their own, a desk on either database."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from xdist.scheduler import LoadScopeScheduling

from classifier import model_file
from classifier.model import Model
from pipelines import clock
from pipelines.config import PREFIX, read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import passwords
from tests.empty_store import empty_store
from tests.made_once import made_once, run_folder
from tests.memory import resident, roomy_folder
from tests.postgres import PostgresServer, find_binaries

# What is loaded to find the tests stays until the end: looking through it for garbage, while it is loaded and
# again and again afterwards, took half of the time of finding them.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is collected among what the tests make, in large lots: small ones, and looking through what
    has lasted (models, word lists) again and again, took an eighth of the tests' time."""
    gc.freeze()
    gc.set_threshold(100_000, 10, 1_000)
    gc.enable()


#: Bytes by which a process may grow until what is left over is looked for.
_GROWTH = 150 * 1024 * 1024
_grown_from = resident()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Papers leave much behind that refers to itself. A crawl counts the most its process ever held, and stops at two
    gigabytes."""
    global _grown_from
    if resident() > _grown_from + _GROWTH:
        gc.collect()
        _grown_from = resident()


# Real argon2id, with the smallest cost it takes; what it costs in an office is tested in test_passwords.py.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class _Compiled(dict[Any, Any]):
    """Statements compiled for one engine serve every later one of the same kind: each test opens engines of its own,
    and compiling the same statements for each of them took a good part of the tests' time."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_alike(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_alike(key), value)


def _alike(key: Any) -> Any:
    """SQLAlchemy's key with the kind of database in the place of the engine's own dialect."""
    return (key[0].name, *key[1:])


_COMPILED = _Compiled()


_made_of = model_file._made_of
_MADE: dict[tuple[str, bytes], Model] = {}


def _made_once_of(words: dict[str, Any], weights: bytes, name: str) -> Model:
    """A model is read from its files as ever, signature and all; that its words are put in order again for each test
    that opens one took a good part of the tests' time."""
    # A ZIP ends with the checksums of all that is in it.
    known = repr([value for key, value in words.items() if key != "grams"]), weights[-4096:]
    if known not in _MADE:
        _MADE[known] = _made_of(words, weights, name)
    return _MADE[known]


model_file._made_of = _made_once_of


@event.listens_for(Engine, "engine_connect")
def _share_compiled(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)


# What hostile input does is looked for in at least so many examples; a busy machine is no fault.
settings.register_profile("all", max_examples=200, deadline=None)
settings.load_profile("all")

#: Read by pytest when it makes the first folder of a run.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(roomy_folder()))


@pytest.fixture(autouse=True)
def _clean_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of whoever runs the tests reaches them, except where the test data lies; the clock is put back."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX) and name != "MINGCHA_TEST_DATA"]:
        monkeypatch.delenv(name)
    yield
    clock.pin(None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty HOME."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest schema, to be copied: faster than migrating for each test."""

    def make() -> Path:
        path = run_folder(tmp_path_factory) / "template.db"
        empty_store(f"sqlite:///{path}")
        return path

    return made_once(tmp_path_factory, "sqlite-template", make)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for this pytest process."""
    server = PostgresServer(find_binaries())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database of one's own, at the newest schema."""
    url = postgres_server.fresh_url()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(home: Path, _migrated_sqlite: Path) -> str:
    """The SQLite database in `home`, at the newest schema."""
    shutil.copy(_migrated_sqlite, home / "mingcha.db")
    return f"sqlite:///{home / 'mingcha.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest) -> str:
    """One database after the other, at the newest schema."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def desk(home: Path, sqlite_url: str) -> Iterator[Desk]:
    """An open desk on SQLite."""
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as opened:
        yield opened


@pytest.fixture
def any_desk(home: Path, any_url: str) -> Iterator[Desk]:
    """An open desk on SQLite, then on PostgreSQL."""
    with open_desk(read_settings({}, home=home, database_url=any_url)) as opened:
        yield opened


#: The longest first, by what they took; whatever is not named here is short.
_LONGEST = (
    "test_whole_job_on_sqlite",
    "test_whole_job_on_postgresql",
    "tests/end_to_end/test_jobs.py",
    "test_three_kills_lose_nothing",
    "tests/faults",
    # One after the other in one process, so none may be left for the end.
    "[postgresql",
    "tests/pipelines/evidence/test_hostile_packages.py",
    "tests/review_ui/test_in_browser.py",
    "tests/crawlers/test_browser.py",
    "tests/pipelines/evidence/test_shared_copy.py",
    "tests/classifier/test_floors.py",
    "tests/classifier/test_cascade.py",
    "tests/pipelines/learning",
    "tests/project/test_handbook.py",
    "tests/crawlers",
)


#: Tests that share what takes seconds to make and cannot be handed to another process (a browser, a package with its
#: signer): one process runs all of a name.
_TOGETHER = {
    "tests/crawlers/test_browser.py": "browser",
    "tests/review_ui/test_in_browser.py": "chromium",
    "tests/pipelines/evidence/test_hostile_packages.py": "package",
    "tests/pipelines/evidence/test_later_stamps.py": "package",
    "tests/pipelines/evidence/test_shared_copy.py": "shared-copy",
    "tests/pipelines/evidence/test_tampering.py": "package",
    "tests/pipelines/evidence/test_verify.py": "package",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Of pytest-xdist. Its own `loadgroup` writes the group into what pytest 9.2 no longer reads."""
    return _Together(config, log)


class _Together(LoadScopeScheduling):
    """One test after the other in the order above to whichever process is free; those that share something as one."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if "[postgresql" in nodeid and path.startswith(("tests/pipelines/", "tests/review_ui/")):
            return "postgresql"  # one server for all of them
        return _TOGETHER.get(path, nodeid)


def pytest_configure(config: pytest.Config) -> None:
    """Each process of a whole run begins to read the tests at another place: what one has compiled (pytest rewrites
    each file of tests once, half a minute of work in a fresh checkout) the others find done."""
    given: dict[str, Any] = getattr(config, "workerinput", {})
    if given and config.args == config.getini("testpaths"):
        rooms = sorted(path for path in config.rootpath.glob("tests/*") if path.is_dir() and path.name != "__pycache__")
        places = sorted(config.rootpath.glob("tests/test_*.py")) + [
            room for path in rooms for room in (_rooms_of(path) if path.name == "pipelines" else [path])
        ]
        number = int(given["workerid"].removeprefix("gw"))
        first = len(places) * number // int(given["workercount"])
        config.args[:] = [str(path) for path in places[first:] + places[:first]]


def _rooms_of(path: Path) -> list[Path]:
    """What lies in a large room of tests, one by one."""
    return sorted(inner for inner in path.iterdir() if inner.is_dir() or inner.name.startswith("test_"))


#: What tests read when this machine has it, and where it lies in MINGCHA_TEST_DATA.
_REAL = {"real texts": "dev", "real pages": "pages"}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """At the end of a run, where everybody sees it: what could not be tested on this machine."""
    folder = os.environ.get("MINGCHA_TEST_DATA")
    lacking = [what for what, place in _REAL.items() if not folder or not (Path(folder) / place).is_dir()]
    if lacking:
        terminalreporter.write_line(f"MINGCHA_TEST_DATA: not here, so not tested: {', '.join(lacking)}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests start first, so that no worker is left alone with one at the end; then by file, the same order in each
    process."""

    def place(item: pytest.Item) -> tuple[int, str]:
        long = next((n for n, name in enumerate(_LONGEST) if name in item.nodeid), len(_LONGEST))
        return long, item.nodeid.partition("::")[0]

    items.sort(key=place)
