"""The bag inside a package: every file there, listed once, and as its manifest says."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.errors import EvidenceError
from pipelines.evidence.bag import parse_info, parse_manifest, sha256_of
from pipelines.evidence.faults import Fault
from pipelines.evidence.opened_package import OpenedPackage
from pipelines.evidence.standalone import DECLARATION, MANIFEST, REQUIRED, TAG_MANIFEST, UNLISTED


def bag_faults(package: OpenedPackage) -> Iterator[Fault]:
    """All that is wrong with the bag."""
    for name in REQUIRED:
        if name not in package:
            yield Fault(code="bag.missing", file=name, message="缺少这个必需的文件")
    payload = {name for name in package.entries if name.startswith("data/")}
    yield from _manifest_faults(package, MANIFEST, payload)
    yield from _manifest_faults(package, TAG_MANIFEST, set(package.entries) - payload - UNLISTED)
    if "bagit.txt" in package and package.read("bagit.txt") != DECLARATION:
        yield Fault(code="bag.declaration", file="bagit.txt", message="BagIt 声明不是规定的两行")
    yield from _info_faults(package, payload)


def _manifest_faults(package: OpenedPackage, manifest: str, expected: set[str]) -> Iterator[Fault]:
    if manifest not in package:
        return
    try:
        listed = parse_manifest(package.read(manifest))
    except EvidenceError as exc:
        yield Fault(code="bag.manifest", file=manifest, message=f"清单读不出来：{exc.message}")
        return
    for name in sorted(listed.keys() - expected):
        yield Fault(code="bag.missing", file=name, message=f"{manifest} 列有这个文件，包里没有")
    for name in sorted(expected - listed.keys()):
        yield Fault(code="bag.unlisted", file=name, message=f"包里有这个文件，{manifest} 没有列出")
    for name in sorted(expected & listed.keys()):
        if sha256_of(package.open(name)) != listed[name]:
            yield Fault(code="bag.hash", file=name, message=f"内容与 {manifest} 中的 SHA-256 不符，文件或清单被改动")


def _info_faults(package: OpenedPackage, payload: set[str]) -> Iterator[Fault]:
    if "bag-info.txt" not in package:
        return
    try:
        info = parse_info(package.read("bag-info.txt"))
    except EvidenceError as exc:
        yield Fault(code="bag.info", file="bag-info.txt", message=f"读不出来：{exc.message}")
        return
    size = sum(package.size(name) for name in payload)
    if info.get("Payload-Oxum") != f"{size}.{len(payload)}":
        yield Fault(code="bag.oxum", file="bag-info.txt", message="登记的文件总数或总字节数与包内不符")
    if info.get("External-Identifier") != package.top:
        yield Fault(code="bag.info", file="bag-info.txt", message="登记的案件编号与顶层文件夹不符")
