"""A package opened for checking: its ZIP form compared byte for byte, its names made sure of, its files readable."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, cast

from pipelines.evidence.canonical_zip import Entry, NotCanonical, differences, open_entry, read_entries
from pipelines.evidence.faults import Fault

#: Files read whole (manifests, JSON); ours are a few hundred kilobytes at the most.
_MAX_WHOLE = 64 << 20
#: Folders in a name; ours have four. Every one of them is compared, so a package of deep names would eat all memory.
_MAX_DEPTH = 16


@dataclass(frozen=True, kw_only=True)
class OpenedPackage:
    """The files of a package by their names below the top folder."""

    source: BinaryIO
    #: The one top folder: the case id.
    top: str
    entries: Mapping[str, Entry]

    @property
    def names(self) -> list[str]:
        """Every file's name below the top folder."""
        return list(self.entries)

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def size(self, name: str) -> int:
        return self.entries[name].size

    def open(self, name: str) -> BinaryIO:
        """The file as a stream."""
        return cast(BinaryIO, open_entry(self.source, self.entries[name]))

    def read(self, name: str) -> bytes:
        """A tag file or JSON whole; `open_package` has bounded its size."""
        return self.open(name).read()


def open_package(source: BinaryIO, package_name: str) -> tuple[OpenedPackage | None, list[Fault]]:
    """The package and the faults of its ZIP; None when its files cannot even be told apart."""
    try:
        entries = read_entries(source)
    except NotCanonical as exc:
        if not _begins_as_zip(source):
            message = "开头不是 ZIP：这不是证据包，或者文件开头被改动；请给出从案件页下载的原文件（AJ-….zip）"
            return None, [Fault(code="zip.none", file=package_name, message=message)]
        name = exc.name.partition("/")[2] or package_name
        return None, [Fault(code="zip.directory", file=name, message=exc.message)]
    faults = list(_name_faults([entry.name for entry in entries], package_name))
    if faults:
        return None, faults
    found = differences(source, entries)
    if any(difference.misplaced for difference in found):
        return None, [_zip_fault(difference.name, difference.offset, package_name) for difference in found]
    faults = [_zip_fault(difference.name, difference.offset, package_name) for difference in found]
    top = entries[0].name.partition("/")[0]
    opened = {entry.name.partition("/")[2]: entry for entry in entries}
    huge = [name for name, entry in opened.items() if _read_whole(name) and entry.size > _MAX_WHOLE]
    if huge:
        return None, [Fault(code="zip.size", file=name, message="文件大得不合情理，没有检查") for name in huge]
    return OpenedPackage(source=source, top=top, entries=opened), faults


def _begins_as_zip(source: BinaryIO) -> bool:
    source.seek(0)
    return source.read(4) == b"PK\x03\x04"


def _read_whole(name: str) -> bool:
    return not name.startswith("data/") or name.endswith((".json", ".jsonl"))


def _zip_fault(name: str, offset: int, package_name: str) -> Fault:
    short = name.partition("/")[2]
    where = f"{short} 的 ZIP 记录" if short else "ZIP 末尾目录"
    return Fault(
        code="zip.bytes",
        file=short or package_name,
        message=f"{where}（约第 {offset} 字节处）与按内容重建的不一致：文件内容或 ZIP 结构被改动",
    )


def _name_faults(names: list[str], package_name: str) -> Iterable[Fault]:
    if not names:
        yield Fault(code="zip.empty", file=package_name, message="ZIP 里没有文件")
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(code="zip.duplicate", file=name, message="ZIP 里有重名文件")
    if any(not _is_safe(name) for name in names):
        for name in names:
            if not _is_safe(name):
                yield Fault(code="zip.name", file=_printable(name), message="文件名不安全或不规范（可能写到包外）")
        return
    if len({name.partition("/")[0] for name in names}) > 1:
        yield Fault(code="zip.top", file=package_name, message="ZIP 里应只有一个以案件编号命名的顶层文件夹")
    folded = Counter(name.casefold() for name in set(names))
    folders = {name[:at].casefold() for name in names for at, char in enumerate(name) if char == "/"}
    for name in sorted(set(names)):
        if folded[name.casefold()] > 1 or name.casefold() in folders:
            yield Fault(code="zip.clash", file=name, message="文件名仅大小写不同，或与文件夹同名，解压时会互相覆盖")


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return (
        1 < len(parts) <= _MAX_DEPTH
        and all(part.strip(" .") == part and part for part in parts)
        and not any(char in '\\:*?"<>|' or unicodedata.category(char)[0] == "C" for char in name)
        and unicodedata.normalize("NFC", name) == name
    )


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)
