"""The desk: what commands and views hold while they work on one HOME."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from pipelines.blobs import BlobStore
from pipelines.config import PROJECT_ROOT, Settings, home_secret, make_home
from pipelines.errors import ConfigError, NoData
from pipelines.store import Store, Tx, open_store, status

#: A HOME with this file is a demo: its rows are marked 演示 and never leave it.
DEMO_MARK = "DEMO"
#: Where `make run` keeps its demo unless told otherwise.
DEMO_HOME = PROJECT_ROOT / "var" / "demo"
#: Setting in the database that says which kind of HOME it belongs to.
KIND = "home.kind"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The secrets of one HOME, made at its first start."""

    #: HMAC-SHA256 key by which equal contacts are linked.
    contact_hmac: bytes = field(repr=False)
    #: AES-256-GCM key of contact fields.
    contact_key: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One HOME, open: its settings, database, blobs and keys. Close it, or use it in `with`."""

    settings: Settings
    store: Store
    blobs: BlobStore
    home: Path
    keys: Keys = field(repr=False)

    def close(self) -> None:
        """Give the database's connections back."""
        self.store.close()

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_desk(settings: Settings, *, create: bool = True) -> Desk:
    """Open HOME. create=True makes what is missing and migrates the database; else nothing on the disk is made: NoData
    says where nothing was found, StoreError that the schema is old. Raises ConfigError when a demo HOME is pointed at a
    real database, or a real one at a demo's, and when the secrets of a HOME that holds something are gone."""
    home = settings.home_path
    if create:
        make_home(home)
    stands = status(settings.effective_database_url)
    if not create and not stands["current"]:
        raise NoData(_nothing_here(settings))
    store = open_store(settings.effective_database_url, create=create, stands=stands)
    try:
        _check_kind(store, demo=(home / DEMO_MARK).exists(), mark=create)
        with store.read() as tx:
            new = create and not _holds_something(tx)
        keys = Keys(
            contact_hmac=home_secret(home, "contact.hmac", make=new),
            contact_key=home_secret(home, "contact.key", make=new),
        )
    except BaseException:
        store.close()
        raise
    return Desk(settings=settings, store=store, blobs=BlobStore(home / "blobs"), home=home, keys=keys)


def is_demo(desk: Desk) -> bool:
    """Whether this HOME is the demo's."""
    return (desk.home / DEMO_MARK).exists()


def source_lock(home: Path, source: str) -> Path:
    """The file a crawl of this source holds locked; it goes with the process, however that ends."""
    return home / "locks" / f"{source}.lock"


def agency_of(desk: Desk, tx: Tx) -> str:
    """The office's name: the environment wins over what was asked at first log-in; "" while nobody has said it."""
    return desk.settings.agency or tx.settings.get("agency") or ""


def region_of(desk: Desk, tx: Tx) -> str:
    """Its region code, from the same two; "" while nobody has said it."""
    return desk.settings.region or tx.settings.get("region") or ""


def mark_demo(home: Path) -> None:
    """Make this HOME, still empty, a demo's."""
    (home / DEMO_MARK).touch(mode=0o600, exist_ok=True)


def _nothing_here(settings: Settings) -> str:
    """Where there is no data, where there may be some, and how to begin."""
    place = "MINGCHA_DATABASE_URL 指定的数据库" if settings.database_url else f"数据目录 {settings.home_path} "
    demo = DEMO_HOME.relative_to(PROJECT_ROOT)
    there = (DEMO_HOME / DEMO_MARK).exists() and settings.home_path != DEMO_HOME
    hint = f"演示数据在 {demo}，看它请在命令前加 MINGCHA_HOME={demo}" if there else f"演示数据由 make run 建在 {demo}"
    return f"{place}里没有数据；请核对 MINGCHA_HOME（新建：mingcha db upgrade）；{hint}"


def _check_kind(store: Store, *, demo: bool, mark: bool) -> None:
    """The database says once which kind it is (`mark`); as long as it holds nothing, it may still change its mind."""
    kind = "demo" if demo else "real"
    with store.read() as tx:
        said = tx.settings.get(KIND)
        if said == kind or (not mark and (said is None or not _holds_something(tx))):
            return
    with store.transaction() as tx:
        if tx.settings.get(KIND) not in {None, kind} and _holds_something(tx):
            raise ConfigError(
                "数据库里是演示数据，不能在正式数据目录中使用；请检查 MINGCHA_HOME 与 MINGCHA_DATABASE_URL"
                if not demo
                else "数据库里是正式数据，不能在演示数据目录中使用；请检查 MINGCHA_HOME 与 MINGCHA_DATABASE_URL"
            )
        tx.settings.set(KIND, kind)


def _holds_something(tx: Tx) -> bool:
    return bool(tx.listings.count() or tx.users.count())
