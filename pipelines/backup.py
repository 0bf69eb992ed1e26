"""`mingcha db backup` and `db restore`: the database and the files it names, copied while the service runs.

The database is copied before the files, since files are written before the rows that name them: no row of the copy
names a file the copy has not. The heads of the audit chain go before the database, of which they speak.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines import clock
from pipelines.blobs import hash_of
from pipelines.config import Settings
from pipelines.errors import BadInput, Conflict, os_reason

#: Folders and files of HOME that cannot be made again, beside the database and what is copied before it.
PARTS = ("blobs", "warc", "exports", "learned", "secrets", "sources", "trust", "DEMO")
_FIRST = ("audit",)
_SQLITE, _POSTGRESQL = "mingcha.db", "mingcha.dump"
_SUMS = "SHA256SUMS"
_PRIVATE = 0o700


def back_up(settings: Settings, into: Path) -> Path:
    """A new folder in `into`, named by the moment, whole and with the sum of each file, or not at all. Raises
    BadInput."""
    home = settings.home_path.resolve()
    if into.resolve() == home or home in into.resolve().parents:
        raise BadInput(
            f"备份不能放在数据目录 {settings.home_path} 里面，坏了会一起没有；请换一个文件夹，最好在另一块盘上"
        )
    folder = into / clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
    part = into / f".{folder.name}.part"
    with _private("没有备份成"):
        into.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            raise Conflict(f"{folder} 已经存在，请过一秒再备份")
        part.mkdir()
        try:
            _copy(settings.home_path, part, _FIRST)
            _dump(settings, part)
            _copy(settings.home_path, part, PARTS)
            lines = (f"{hash_of(path)}  ./{path.relative_to(part).as_posix()}\n" for path in _files(part))
            (part / _SUMS).write_text("".join(lines), encoding="utf-8")
            _keep(part / _SUMS)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def restore(settings: Settings, backup: Path) -> None:
    """Put a backup into HOME, which must be new or empty, and its database where the settings say. Raises BadInput for
    a backup that is not whole, before anything is put back; Conflict for a HOME or database in use."""
    home = settings.home_path
    kind = _POSTGRESQL if _is_postgresql(settings) else _SQLITE
    if home.exists() and any(home.iterdir()):
        raise Conflict(f"{home} 里已有数据；只恢复到新的、空的数据目录（MINGCHA_HOME）")
    _check(backup)
    if not (backup / kind).is_file():
        raise BadInput(f"{backup} 里没有 {kind}：备份的数据库与 MINGCHA_DATABASE_URL 不是同一种")
    with _private(f"没有恢复成（重来之前请清空 {home}）"):
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(_PRIVATE)
        _load(settings, backup / kind)
        _copy(backup, home, (*_FIRST, *PARTS))


@contextmanager
def _private(failed: str) -> Iterator[None]:
    """What is made in it is nobody else's to read; an error of the system becomes BadInput, told after these words."""
    before = os.umask(0o077)
    try:
        yield
    except OSError as exc:
        raise BadInput(f"{failed}：{os_reason(exc)}") from exc
    finally:
        os.umask(before)


def _check(backup: Path) -> None:
    """Raises BadInput unless the folder holds exactly the files of its list, each with its sum."""
    try:
        lines = (backup / _SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as exc:
        raise BadInput(f"{backup} 不是一份备份，或者没有备份完：读不到 {_SUMS}") from exc
    listed = {name.removeprefix("./"): sum_ for sum_, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(backup).as_posix(): path for path in _files(backup) if path.name != _SUMS}
    odd = sorted(listed.keys() ^ found.keys())
    odd = odd or [name for name, path in sorted(found.items()) if hash_of(path) != listed[name]]
    if odd:
        raise BadInput(f"备份不完整或被改动，没有恢复：{odd[0]}" + (f" 等 {len(odd)} 个文件" if len(odd) > 1 else ""))


def _dump(settings: Settings, part: Path) -> None:
    if _is_postgresql(settings):
        url, environ = _for_tools(settings)
        out = part / _POSTGRESQL
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(out), "--dbname", url, environ=environ)
    else:
        source, out = _sqlite_file(settings), part / _SQLITE
        if not source.is_file():
            raise BadInput(f"没有数据库 {source}；请核对 MINGCHA_HOME")
        try:
            with closing(sqlite3.connect(source)) as database:
                database.execute("VACUUM INTO ?", (str(out),))
        except sqlite3.Error as exc:
            raise BadInput(f"没有备份成：数据库 {exc}") from exc
    _keep(out)


def _load(settings: Settings, dump: Path) -> None:
    if _is_postgresql(settings):
        url, environ = _for_tools(settings)
        whole = ("--exit-on-error", "--no-owner", "--single-transaction")
        _run("pg_restore", *whole, "--dbname", url, str(dump), environ=environ)
        return
    target = _sqlite_file(settings)
    if target.exists():
        raise Conflict(f"数据库 {target} 已经存在，没有恢复")
    shutil.copy2(dump, target)
    _keep(target)


def _run(*command: str, environ: Mapping[str, str]) -> None:
    if shutil.which(command[0]) is None:
        raise BadInput(f"没有 {command[0]}：请安装 postgresql-client")
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BadInput(f"{command[0]} 没有做成：{said[0] if said else done.returncode}")


def _is_postgresql(settings: Settings) -> bool:
    return settings.effective_database_url.startswith("postgresql")


def _sqlite_file(settings: Settings) -> Path:
    return Path(unquote(urlsplit(settings.effective_database_url).path.removeprefix("/")))


def _for_tools(settings: Settings) -> tuple[str, dict[str, str]]:
    """The address as PostgreSQL's tools read it, and its password apart: a command line is everybody's to see."""
    parts = urlsplit(settings.effective_database_url)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    url = parts._replace(scheme="postgresql", netloc=f"{name}@{host}" if user else host).geturl()
    return url, {"PGPASSWORD": unquote(password)} if password else {}


def _copy(source: Path, target: Path, parts: tuple[str, ...]) -> None:
    """These parts, as far as there are such; what the service deletes meanwhile is gone from the copy too."""
    for part in parts:
        for path in _files(source / part):
            made = target / path.relative_to(source)
            made.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copy2(path, made)
            except FileNotFoundError:
                continue
            _keep(made)


def _files(path: Path) -> Iterator[Path]:
    """Every plain file in it, or itself, in order."""
    if path.is_file() and not path.is_symlink():
        yield path
    for one in sorted(path.iterdir()) if path.is_dir() and not path.is_symlink() else ():
        yield from _files(one)


def _keep(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
