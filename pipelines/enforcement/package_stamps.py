"""Time stamps of third parties for packages sealed without: which lack them, having them made, and their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement import cases
from pipelines.enforcement.permissions import Action, require
from pipelines.evidence.stamp_state import only_own
from pipelines.records import User


@dataclass(frozen=True, kw_only=True)
class PackageStamps:
    """Of one package that lies here."""

    #: No stamp of a third party was in it when it was sealed.
    bare: bool
    #: Files of later stamps, newest first.
    files: tuple[str, ...]


def stamps_of(desk: Desk, case_id: str, packages: Iterable[cases.Package]) -> Mapping[str, PackageStamps]:
    """By the name of each package that lies here."""
    folder = cases.folder_of(desk, case_id)
    there = sorted((path.name for path in folder.iterdir()), reverse=True) if folder.is_dir() else []
    return {
        one.name: PackageStamps(
            bare=_only_own(folder / one.name),
            files=tuple(name for name in there if _of(name, one.name)),
        )
        for one in packages
        if one.size is not None
    }


def stamp(desk: Desk, case_id: str, name: str, *, user: User) -> tuple[str, str]:
    """Have that package stamped by the configured authorities, into a file beside it, which is logged: its name, and in
    a sentence what came of it. Raises NotFound, BadInput without an authority, EvidenceError when none answered."""
    from pipelines.evidence.later_stamps import write_later_stamps  # loads what exporting loads

    require(user, Action.EXPORT)
    package = cases.package_file(desk, case_id, name)
    moment = clock.local(clock.now()).strftime(cases.STAMP_FORMAT)
    out = package.with_name(f"{package.stem}-时间戳-{moment}-{clock.new_id()[:6]}.zip")
    made = write_later_stamps(desk, package, out, user=user.name)
    left = f"，还有 {made.lacking} 个没有盖到，已排队，过些时候可再补一次" if made.lacking else ""
    return out.name, f"已补到 {made.got} 个第三方时间戳（共 {made.files} 个文件）{left}。"


def _of(name: str, package: str) -> bool:
    """Is this a file of later stamps of that package?"""
    found = cases.STAMPS_NAME.fullmatch(name)
    return found is not None and found["package"] == package.removesuffix(".zip")


def _only_own(package: Path) -> bool:
    now = package.stat()
    return _only_own_once(package, now.st_size, now.st_mtime_ns)


@lru_cache(maxsize=512)
def _only_own_once(package: Path, _size: int, _modified: int) -> bool:
    return only_own(package)
