"""The shared copy of a package: no page unmasked, everything left out listed, sound to both checkers by itself."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import Conflict
from pipelines.evidence import standalone
from pipelines.evidence.bundle import export_case
from pipelines.evidence.verify import verify_package
from pipelines.records import Case, Verdict
from tests.pipelines.evidence.packages import Files, Package
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide, open_case
from tests.pipelines.evidence.test_bundle import unpacked

PHONE = "13800005678"
TEXT = "数学思维提升班，保证提分三十分，联系人：王女士\n恭喜张同学，保证提分\n李女士说好\n评论人：阿紫"


@dataclass(frozen=True, kw_only=True)
class Pair:
    home: Path
    case: Case
    sealed: Path
    shared: Path


def exported(desk: Desk, folder: Path) -> Pair:
    clock.pin(lambda: MONDAY + timedelta(hours=3))
    # The page has the number in clear; what was read off it has it masked.
    lead = add_lead(
        desk,
        "a",
        screenshot=True,
        phone=PHONE,
        text=TEXT,
        page=f"<title>家教 {PHONE}</title>评论：我是小明妈妈 {PHONE}",
    )
    decide(desk, lead, Verdict.CONFIRM, at=MONDAY + timedelta(hours=1))
    case = open_case(desk, [lead])
    sealed, shared = folder / "sealed.zip", folder / "shared.zip"
    export_case(desk, case.id, sealed, user="wang", shared=shared)
    return Pair(home=desk.home, case=case, sealed=sealed, shared=shared)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with open_desk(read_settings({}, home=folder / "home")) as desk:
        yield exported(desk, folder)
    clock.pin(None)


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_both_are_signed_and_hold_for_both_checkers(pair: Pair) -> None:
    trusted = [str(path) for path in (pair.home / "trust").glob("*.pem")]
    for path in (pair.sealed, pair.shared):
        mine = verify_package(path, home=pair.home)
        assert (mine.ok, mine.trusted, mine.faults) == (True, True, ())
        theirs = standalone.verify(str(path), trusted, [])
        assert (theirs.ok, theirs.trusted, theirs.faults) == (True, True, [])
        assert any("共享本" in note for note in mine.notes) == any("共享本" in note for note in theirs.notes)
        assert any("共享本" in note for note in mine.notes) == (path == pair.shared)


def test_the_shared_one_is_the_sealed_one_without_pages_and_lists_them(pair: Pair) -> None:
    sealed, shared = files_of(pair.sealed), files_of(pair.shared)
    told = json.loads(shared["data/redactions.json"])
    assert told["sealed_sha256"] == hashlib.sha256(pair.sealed.read_bytes()).hexdigest()
    gone = {one["file"]: (one["size"], one["sha256"]) for one in told["files"]}
    data = {name for name in sealed if name.startswith("data/")}
    assert data - set(shared) == set(gone)
    assert set(shared) - set(sealed) == {"data/redactions.json"}
    # A stamp of the same bytes is the same: one is kept for each.
    assert gone == {name: (len(sealed[name]), hashlib.sha256(sealed[name]).hexdigest()) for name in gone}
    kinds = {name.rsplit("/", 1)[1] for name in gone}
    assert kinds == {"page.warc.gz", "capture.wacz", "screenshot.png", "page.pdf", "own.tsr"}
    assert all(one["why"] for one in told["files"])


def test_nothing_in_the_shared_one_is_unmasked(pair: Pair) -> None:
    shared = files_of(pair.shared)
    assert not [name for name, data in shared.items() if PHONE.encode() in data or "小明妈妈".encode() in data]
    report = shared["data/案件报告.html"].decode()
    assert "共享本" in report
    assert "data:image" not in report
    assert "data:image" in files_of(pair.sealed)["data/案件报告.html"].decode()
    assert "共享本" in shared["验证说明.txt"].decode()
    # What differs between two captures may be words of anybody: the conclusion alone is shared.
    words, whole = (files["data/逐行比对.txt"].decode() for files in (shared, files_of(pair.sealed)))
    assert "结论：有 3 处不同" in words
    assert "“browser”" in whole
    assert "“browser”" not in words + report
    assert "逐行内容可能含第三人的话" in report


def test_names_of_third_persons_are_covered_in_the_shared_one_alone_and_listed(pair: Pair) -> None:
    sealed, shared = files_of(pair.sealed), files_of(pair.shared)
    named = [name.encode() for name in ("张同学", "李女士", "阿紫")]
    assert not [file for file, data in shared.items() if any(name in data for name in named)]
    findings, text = sealed["data/findings.json"], next(file for file in sealed if file.endswith("/text.txt"))
    assert all(name in findings and name in sealed[text] for name in named)
    told = shared[text].decode()
    assert told.endswith("联系人：王女士\n恭喜某同学，保证提分\n某女士说好\n评论人：某某")
    assert len(told) == len(sealed[text].decode())
    rows = json.loads(shared["data/redactions.json"])["names"]
    assert {(row["covered"].removeprefix("评论人："), row["by"]) for row in rows} == {
        ("某同学", "称呼"),
        ("某女士", "称呼"),
        ("某某", "栏目"),
    }
    assert all(row["times"] >= 2 and row["why"] for row in rows)
    assert "“某”" in shared["data/案件报告.html"].decode()


def test_both_are_one_export_in_the_log(desk: Desk, tmp_path: Path) -> None:
    made = exported(desk, tmp_path)
    with desk.store.read() as tx:
        logged = [event for event in tx.audit.for_objects([("case", made.case.id)]) if event.action == "case.export"]
    assert [event.detail["sha256"] for event in logged] == [hashlib.sha256(made.sealed.read_bytes()).hexdigest()]
    assert [event.detail["shared_sha256"] for event in logged] == [hashlib.sha256(made.shared.read_bytes()).hexdigest()]
    with pytest.raises(Conflict):
        export_case(desk, made.case.id, tmp_path / "new.zip", user="wang", shared=made.shared)
    assert not (tmp_path / "new.zip").exists()


def test_an_unpacked_shared_copy_is_checked_with_its_own_checker(pair: Pair, tmp_path: Path) -> None:
    top = unpacked(pair.shared, tmp_path / "out")
    (certificate,) = (pair.home / "trust").glob("*.pem")
    command = [sys.executable, str(top / "verify.py"), str(top), "--trust", str(certificate)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def listed_anew(files: Files, change: Callable[[list[dict[str, object]]], object]) -> Files:
    told = json.loads(files["data/redactions.json"])
    change(told["files"])
    return files | {"data/redactions.json": json.dumps(told).encode()}


def called(files: Files, copy: str) -> Files:
    return files | {"data/case.json": json.dumps(json.loads(files["data/case.json"]) | {"copy": copy}).encode()}


def without(files: Files, name: str) -> Files:
    return {one: data for one, data in files.items() if one != name}


@pytest.mark.parametrize(
    "change",
    [
        lambda files, text: listed_anew(without(files, text), lambda rows: rows.append({"file": text, "sha256": "0"})),
        lambda files, _text: listed_anew(files, lambda rows: rows.pop()),
        lambda files, _text: listed_anew(files, lambda rows: rows[0].update(sha256="0" * 64)),
        lambda files, _text: listed_anew(files, lambda rows: rows.append(rows[0])),
        lambda files, _text: called(files, "sealed"),
        lambda files, _text: without(files, "data/redactions.json"),
        lambda files, _text: files | {"data/redactions.json": b"[]"},
    ],
    ids=["text-left-out", "row-dropped", "sum-changed", "row-twice", "called-sealed", "no-list", "bad-list"],
)
def test_insiders_cannot_leave_out_what_they_like(
    pair: Pair, tmp_path_factory: pytest.TempPathFactory, change: Callable[[Files, str], Files]
) -> None:
    """Signed and stamped anew by the station's own keys, refused by both checkers all the same."""
    package = Package.of(pair.shared, home=pair.home, folder=tmp_path_factory.mktemp("spoilt"))
    text = next(name for name in package.files if name.endswith("/text.txt"))
    data = package.zipped(package.resealed(change(dict(package.files), text), package.signer))
    mine = package.check(data)
    assert not mine.ok
    theirs = standalone.verify(str(package.folder / "tampered.zip"), [], [])
    codes = {"redaction.list", "capture.record", "capture.missing"}
    assert {fault.code for fault in mine.faults} & codes
    assert {fault.code for fault in theirs.faults} & codes
