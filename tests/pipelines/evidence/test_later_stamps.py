"""Stamps for a package that was sealed while no authority answered: a file beside it, which both checkers take."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import BadInput, EvidenceError
from pipelines.evidence import standalone
from pipelines.evidence.later_stamps import write_later_stamps
from pipelines.evidence.tsa_client import request_for
from pipelines.evidence.verify import verify_package
from tests.pipelines.evidence.packages import Package
from tests.pipelines.evidence.stamping_server import ThirdParty, third_party


@pytest.fixture
def party(tmp_path: Path) -> Iterator[ThirdParty]:
    with third_party(tmp_path) as party:
        yield party


@pytest.fixture
def station(package: Package, party: ThirdParty) -> Iterator[Desk]:
    """The HOME of the good package, which had no authority then and has one now."""
    environ = {"MINGCHA_TSA_URL": party.url, "MINGCHA_TSA_CA": str(party.ca)}
    with open_desk(read_settings(environ, home=package.home)) as desk:
        yield desk


@pytest.fixture
def sealed(package: Package, tmp_path: Path) -> Path:
    path = tmp_path / "sealed.zip"
    path.write_bytes(package.data)
    return path


def _codes(package: Package, sealed: Path, ca: list[Path], later: Path | None) -> list[set[str]]:
    """The faults each of both checkers names."""
    mine = verify_package(sealed, home=package.home, tsa_ca=ca, stamps=later)
    trusted = [str(path) for path in (package.home / "trust").glob("*.pem")]
    theirs = standalone.verify(str(sealed), trusted, [str(one) for one in ca], str(later) if later else "")
    assert (mine.trusted, theirs.trusted) == (True, True)
    assert [note for note in mine.notes if "补充" in note] == [note for note in theirs.notes if "补充" in note]
    return [{fault.code for fault in result.faults} for result in (mine, theirs)]


def test_a_package_sealed_offline_gets_its_stamps_later_and_does_not_change(
    package: Package, station: Desk, party: ThirdParty, sealed: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later.zip"
    assert _codes(package, sealed, [party.ca], None) == [{"stamp.untrusted"}] * 2
    good, party.answer = party.answer, lambda _: (503, b"")
    with pytest.raises(EvidenceError, match="过些时候"):
        write_later_stamps(station, sealed, later, user="wang")
    assert not later.exists()
    party.answer = good
    made = write_later_stamps(station, sealed, later, user="wang")
    assert (made.got, made.files, made.lacking) == (3, 3, 0), "two pages and the manifest"
    assert sealed.read_bytes() == package.data
    assert _codes(package, sealed, [party.ca], later) == [set(), set()]
    assert _codes(package, sealed, [], later) == [set(), set()]
    (tmp_path / "other").mkdir()
    assert _codes(package, sealed, [ThirdParty(tmp_path / "other").ca], later) == [{"stamp.untrusted"}] * 2
    with zipfile.ZipFile(later) as archive:
        archive.extractall(tmp_path / "later")
    for token in (tmp_path / "later").glob("*/*.tsr"):
        command = [
            "openssl",
            "ts",
            "-verify",
            "-digest",
            token.parent.name,
            "-in",
            str(token),
            "-CAfile",
            str(party.ca),
        ]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    with station.store.read() as tx:
        logged = [event for event in tx.audit.all() if event.action == "case.stamps"]
    assert [(event.actor, event.object_id) for event in logged] == [("wang", package.top)]


def test_what_is_not_a_stamp_of_this_package_is_a_fault_for_both(
    package: Package, station: Desk, party: ThirdParty, sealed: Path, tmp_path: Path
) -> None:
    later, spoilt = tmp_path / "later.zip", tmp_path / "spoilt.zip"
    write_later_stamps(station, sealed, later, user="wang")
    with zipfile.ZipFile(later) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    one, two, _ = (name for name in files if name.endswith(".tsr"))
    whole = hashlib.sha256(package.files["tagmanifest-sha256.txt"]).hexdigest()
    (tmp_path / "other").mkdir()
    before = clock.now() - timedelta(days=20)
    clock.pin(lambda: before)
    other = ThirdParty(tmp_path / "other", name="Another root of time")
    early = other.authority.answer(request_for(whole)[0])
    clock.pin(None)
    cases: dict[str, dict[str, bytes]] = {
        "stamp.foreign": {f"{'0' * 64}/x.tsr": files[one]},
        "stamp.imprint": {one: files[two]},
        "stamp.damaged": {one: b"no token"},
        "stamp.invalid": {"tsa-chain.pem": other.ca.read_bytes()},
        "time.order": {f"{whole}/early.tsr": early, "tsa-chain.pem": files["tsa-chain.pem"] + other.ca.read_bytes()},
    }
    for code, changed in cases.items():
        spoilt.write_bytes(_zip(files | changed))
        assert _codes(package, sealed, [], spoilt) == [{code}] * 2


@pytest.mark.parametrize("name", ["../evil", "x.tsr", "data/case.json"])
def test_a_file_that_is_none_of_later_stamps_is_refused(
    package: Package, sealed: Path, tmp_path: Path, name: str
) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(_zip({name: b"x"}))
    with pytest.raises(BadInput, match="不是补充时间戳文件"):
        verify_package(sealed, home=package.home, stamps=other)
    with pytest.raises(standalone.Misuse, match="不是补充时间戳文件"):
        standalone.verify(str(sealed), [], [], str(other))


def test_a_package_that_does_not_hold_gets_no_stamps(package: Package, station: Desk, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(package.data[:-1])
    with pytest.raises(EvidenceError, match="不是本机导出的完好证据包"):
        write_later_stamps(station, spoilt, tmp_path / "later.zip", user="wang")


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()
