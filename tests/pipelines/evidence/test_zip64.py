"""Packages past 4 GiB: ZIP64 of one form, read by both checkers and by others; here the limit is lowered."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.desk import Desk
from pipelines.errors import EvidenceError
from pipelines.evidence import canonical_zip, standalone
from pipelines.evidence.bundle import export_case
from pipelines.evidence.leftovers import staging_of
from pipelines.evidence.opened_package import open_package
from tests.pipelines.evidence.packages import Package
from tests.pipelines.evidence.seeds import add_lead, open_case


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


@pytest.mark.parametrize("what", ["网页原始记录", "整页截图"])
def test_a_file_past_the_limit_is_refused_by_name_before_anything_is_staged(
    desk: Desk, tmp_path: Path, what: str
) -> None:
    lead = add_lead(desk, "a", screenshot=True)
    case = open_case(desk, [lead])
    with desk.store.read() as tx:
        page = next(one for one in tx.captures.for_lead(lead.id) if one.method == "browser")
    assert page.screenshot_blob is not None
    large = desk.home / page.warc_path if what == "网页原始记录" else desk.blobs.path(page.screenshot_blob)
    os.truncate(large, 5 << 30)  # a hole: nothing is written
    with pytest.raises(EvidenceError, match=f"线索 {lead.id} 的{what}有 5.0 GiB（采集快照 {page.id}）"):
        export_case(desk, case.id, tmp_path / "x.zip", user="wang")
    assert not (tmp_path / "x.zip").exists()
    assert not staging_of(desk.home).exists()


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
