"""verify.py, the checker inside every package: it agrees with `mingcha verify`, alone and with nothing but openssl."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipelines.evidence import standalone
from pipelines.evidence.signer import public_pem
from pipelines.evidence.verify import verify_package
from tests.pipelines.evidence.packages import Package

CHECKER = Path(standalone.__file__)


def certificate(package: Package) -> str:
    (path,) = (package.home / "trust").glob("*.pem")
    return str(path)


def unpacked(package: Package, to: Path) -> Path:
    with zipfile.ZipFile(package.folder / "case.zip") as archive:
        archive.extractall(to)
    return to / package.top


def test_the_package_carries_the_checker_byte_for_byte(package: Package) -> None:
    assert package.files["verify.py"] == CHECKER.read_bytes()
    assert b"  verify.py\n" in package.files["tagmanifest-sha256.txt"]


def test_a_good_package_passes_as_zip_and_unpacked(package: Package, tmp_path: Path) -> None:
    folder = unpacked(package, tmp_path)
    for place in (package.folder / "case.zip", folder.rename(tmp_path / "renamed")):
        result = standalone.verify(str(place), [certificate(package)], [])
        assert (result.ok, result.trusted, result.faults) == (True, True, [])
        stranger = standalone.verify(str(place), [], [])
        assert (stranger.ok, stranger.trusted) == (True, False)
        assert [fault.code for fault in stranger.faults] == ["signer.untrusted"]


def test_alone_with_the_standard_library_it_does_the_same(package: Package, tmp_path: Path) -> None:
    """As a stranger runs it: isolated, no site-packages, from a folder of its own."""
    alone = tmp_path / "verify.py"
    shutil.copy(CHECKER, alone)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(package.zipped(package.files | {"data/findings.json": b"{}"}))
    command = [sys.executable, "-I", "-S", str(alone)]
    good = _run([*command, str(package.folder / "case.zip"), "--trust", certificate(package)])
    assert (good.returncode, good.stderr) == (0, "")
    assert "完整性 integrity: 通过 whole" in good.stdout
    spoilt = _run([*command, str(bad), "--trust", certificate(package), "--json"])
    told = json.loads(spoilt.stdout)
    assert (spoilt.returncode, told["ok"], told["trusted"]) == (1, False, True)
    assert {("bag.hash", "data/findings.json")} <= {(one["code"], one["file"]) for one in told["faults"]}
    assert all(one["message"] and one["english"] for one in told["faults"])


@pytest.mark.parametrize("arguments", [["no.zip"], ["{zip}", "--trust", "{zip}"], []])
def test_misuse_is_exit_2_and_one_sentence(
    package: Package, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = [one.format(zip=package.folder / "case.zip") for one in arguments]
    if given:
        assert standalone.main(given) == 2
    else:
        with pytest.raises(SystemExit) as stopped:
            standalone.main(given)
        assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert re.search("[一-龥]", said.splitlines()[0]), said


def test_without_openssl_it_says_so(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(standalone.Misuse, match="openssl"):
        standalone.verify(str(package.folder / "case.zip"), [], [])


def test_links_in_an_unpacked_folder_are_refused_and_not_followed(package: Package, tmp_path: Path) -> None:
    folder = unpacked(package, tmp_path)
    (folder / "data" / "link").symlink_to("/etc")
    secret = folder / "data" / "case.json"
    moved = tmp_path / "case.json"
    secret.rename(moved)
    secret.symlink_to(moved)
    codes = {(one.code, one.file) for one in standalone.verify(str(folder), [certificate(package)], []).faults}
    assert {("folder.link", "data/link"), ("folder.link", "data/case.json"), ("bag.missing", "data/case.json")} <= codes


def test_an_older_package_still_verifies_and_is_told_what_it_lacks(package: Package, tmp_path: Path) -> None:
    """As exported before SM3 sums, stamps, WACZ and the checker came."""
    stamp = "tagmanifest-sha256.txt.tsr"
    newer = ("sm3sums.txt", "verify.py", "tsa-chain.pem", stamp, f"{stamp}.sig", "data/证据清单.xlsx")
    kept = {
        name: data
        for name, data in package.files.items()
        if name not in newer and not name.endswith(("capture.wacz", ".tsr"))
    }
    for name in [name for name in kept if name.endswith("/record.json")]:
        record = json.loads(kept[name])
        folder = name.rsplit("/", 1)[0] + "/"
        record["files"] = {one: told for one, told in record["files"].items() if folder + one in kept}
        kept[name] = json.dumps(record).encode()
    case = json.loads(kept["data/case.json"])
    del case["audit"]
    kept["data/case.json"] = json.dumps(case).encode()
    older = tmp_path / "older.zip"
    older.write_bytes(package.zipped(package.resealed(kept, package.signer)))
    mine = verify_package(older, home=package.home)
    theirs = standalone.verify(str(older), [certificate(package)], [])
    assert (mine.ok, mine.trusted, mine.faults) == (True, True, ())
    assert (theirs.ok, theirs.trusted, theirs.faults) == (True, True, [])
    for notes in (mine.notes, theirs.notes):
        assert all(any(name in note for note in notes) for name in ("sm3sums.txt", "verify.py"))


def test_the_file_runs_on_python_3_9(package: Package) -> None:
    """Its syntax; and nothing of the standard library that came later, where such a Python is here."""
    ast.parse(CHECKER.read_text("utf-8"), feature_version=(3, 9))
    assert public_pem(package.signer.certificate) == package.files["signer.pub.pem"]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
