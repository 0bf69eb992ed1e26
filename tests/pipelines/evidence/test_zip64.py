"""Packages past 4 GiB: ZIP64 of one form, read by both checkers and by others; here the limit is lowered."""

from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.evidence import canonical_zip, standalone
from pipelines.evidence.opened_package import open_package
from tests.pipelines.evidence.packages import Package


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (canonical_zip, standalone):
        monkeypatch.setattr(module, "_FAR_FROM", 5_000)


def codes(package: Package, data: bytes) -> tuple[set[str], set[str]]:
    mine = {fault.code for fault in package.check(data).faults}
    theirs = standalone.verify(str(package.folder / "tampered.zip"), [], [])
    return mine, {fault.code for fault in theirs.faults} - {"signer.untrusted"}


def test_a_far_package_is_whole_for_both_checkers_and_readable_by_others(package: Package, lowered: None) -> None:
    far = package.zipped(package.files)
    assert b"PK\x06\x06" in far[-98:]
    assert far == package.zipped(package.files)
    assert codes(package, far) == (set(), set())
    with zipfile.ZipFile(io.BytesIO(far)) as archive:
        assert archive.testzip() is None
        assert {name.partition("/")[2] for name in archive.namelist()} == set(package.files)
        assert {one.extract_version for one in archive.infolist()} == {20, 45}


def test_below_the_limit_there_is_none_of_it_and_none_is_taken(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = package.zipped(package.files)
    assert near == package.data
    assert near[-22:-18] == b"PK\x05\x06"
    assert near[-98:-94] != b"PK\x06\x06"
    with monkeypatch.context() as low:
        low.setattr(canonical_zip, "_FAR_FROM", 5_000)
        far = package.zipped(package.files)
    assert codes(package, far) == ({"zip.bytes"}, {"zip.bytes"})  # another way to say the same: not our form


def test_no_byte_of_it_is_free(package: Package, lowered: None) -> None:
    files = {f"data/{place:02}": bytes([65 + place]) * 900 for place in range(9)}
    far = package.zipped(files)
    start = far.index(b"PK\x01\x02")
    for at in range(start, len(far)):
        spoilt = far[:at] + bytes([far[at] ^ 1]) + far[at + 1 :]
        source = io.BytesIO(spoilt)
        mine, theirs = open_package(source, "x.zip")[1], standalone._open_zip(source, "x.zip")[1]
        assert (bool(mine), bool(theirs)) == (True, True), at
    for cut in (b"", far[-22:], far[-98:], far[:-1], far + b"x"):
        source = io.BytesIO(cut)
        assert open_package(source, "x.zip")[1]
        assert standalone._open_zip(source, "x.zip")[1]


def test_more_may_be_unpacked_of_more(package: Package) -> None:
    sizes = {"data/captures/a/page.warc.gz": 3 << 30, "data/captures/a/capture.wacz": 3 << 30}

    large: Any = SimpleNamespace(names=list(sizes), size=sizes.__getitem__)
    assert standalone.may_unpack(large) == 24 << 30
    assert standalone.may_unpack(standalone.FolderFiles(str(package.folder), [])) == 4 << 30
