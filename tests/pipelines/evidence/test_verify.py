"""Tampering: whatever is done to a package, the check refuses it, names the file and says why."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.cli.cases import verify
from pipelines.errors import BadInput, ConfigError
from pipelines.evidence.canonical_zip import write_zip
from pipelines.evidence.signer import Signer, self_signed
from pipelines.evidence.standalone import ORDER
from pipelines.evidence.verify import verify_package
from tests.pipelines.evidence.packages import Package


def test_untouched_and_rebuilt_it_is_good(package: Package) -> None:
    assert package.zipped(package.files) == package.data
    assert package.zipped(package.resealed(package.files, package.signer)) == package.data
    result = package.check(package.data)
    assert (result.ok, result.trusted, result.faults) == (True, True, ())


def test_150_random_one_byte_changes_are_all_refused(package: Package) -> None:
    chance = random.Random(20260302)
    for _ in range(150):
        data = bytearray(package.data)
        place = chance.randrange(len(data))
        data[place] ^= chance.randrange(1, 256)
        result = package.check(bytes(data))
        assert not result.ok, place
        assert result.faults, place


def test_every_byte_outside_file_contents_counts(package: Package) -> None:
    """Headers, directory and end record: all bytes of the first and last entry's headers and of the end record."""
    first = sorted(f"{package.top}/{name}".encode() for name in package.files)[0]
    places = [*range(30 + len(first)), *range(len(package.data) - 22 - 46, len(package.data))]
    for place in places:
        data = bytearray(package.data)
        data[place] ^= 0x01
        assert not package.check(bytes(data)).ok, place


def test_a_changed_byte_is_blamed_on_its_file(package: Package) -> None:
    for name in ("data/findings.json", "data/案件报告.pdf", package.warc, "signer.pem", "验证说明.txt"):
        data = bytearray(package.data)
        # The last: a WARC stands in the WACZ before it too.
        place = data.rindex(package.files[name]) + len(package.files[name]) // 2
        data[place] ^= 0x20
        assert name in {fault.file for fault in package.check(bytes(data)).faults}, name


def test_of_a_damaged_archive_our_own_sentences_alone_are_printed(package: Package, tmp_path: Path) -> None:
    """warcio writes "Error -3 while decompressing data" to stderr where more than one block was read before."""
    head = b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://a.test/\r\nContent-Length: 90000\r\n\r\n"
    harmed = bytearray(gzip.compress(head + random.Random(7).randbytes(90_000) + b"\r\n\r\n"))
    harmed[-8] ^= 0x55
    (tmp_path / "hit.zip").write_bytes(package.zipped({**package.files, package.warc: bytes(harmed)}))
    done = CliRunner(env={"MINGCHA_HOME": str(tmp_path)}).invoke(verify, [str(tmp_path / "hit.zip")])
    assert package.warc in done.stdout
    assert done.stderr == ""


def test_the_stamp_of_a_damaged_page_counts_as_nobodys(package: Package) -> None:
    """Its authority is this station's: the note called it another's."""
    data = bytearray(package.data)
    data[data.rindex(package.files[package.warc]) + len(package.files[package.warc]) // 2] ^= 0x20
    (note,) = (one for one in package.check(bytes(data)).notes if one.startswith("网页存档时间戳"))
    assert "核对） 0 个" in note
    assert "没有通过核验 1 个" in note
    (whole,) = (one for one in package.check(package.data).notes if one.startswith("网页存档时间戳"))
    assert "没有通过核验" not in whole


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 1 << 20), length=st.integers(0, 4000), insert=st.binary(max_size=40), cut=st.integers(0, 3))
def test_any_splice_is_refused(package: Package, start: int, length: int, insert: bytes, cut: int) -> None:
    start %= len(package.data)
    data = [
        package.data[:start] + insert + package.data[start + length :],
        package.data[:start],
        package.data[start:],
        package.data[:start] + package.data[start : start + length] * 2 + package.data[start + length :],
    ][cut]
    assert package.check(data).ok == (data == package.data)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_bytes_that_are_no_package_are_refused_calmly(package: Package, data: bytes) -> None:
    assert not package.check(data).ok
    assert not package.check(data + package.data[-200:]).ok


@pytest.mark.parametrize("name", ["before", "after", "comment", "twice"])
def test_junk_around_the_zip_is_refused(package: Package, name: str) -> None:
    data = package.data
    made = {
        "before": b"#!/bin/sh\n" + data,
        "after": data + b"\n",
        "comment": data[:-2] + b"\x05\x00hello",
        "twice": data + data,
    }[name]
    assert not package.check(made).ok


def test_removed_files_are_missed(package: Package) -> None:
    for name in package.files:
        files = {key: value for key, value in package.files.items() if key != name}
        result = package.check(package.zipped(files))
        assert not result.ok
        assert name in {fault.file for fault in result.faults}, name
    unsigned = {key: value for key, value in package.files.items() if not key.endswith(".sig")}
    assert ("signature.missing", "tagmanifest-sha256.txt.sig") in package.codes(package.zipped(unsigned))


def test_added_and_swapped_files_are_found(package: Package) -> None:
    added = package.files | {"data/extra.txt": b"x", "more.txt": b"y"}
    assert {("bag.unlisted", "data/extra.txt"), ("bag.unlisted", "more.txt")} <= package.codes(package.zipped(added))
    one, two = "data/case.json", "data/findings.json"
    swapped = package.files | {one: package.files[two], two: package.files[one]}
    assert {("bag.hash", one), ("bag.hash", two)} <= package.codes(package.zipped(swapped))


def test_regenerated_manifests_break_the_signature(package: Package) -> None:
    files = package.resealed(package.files | {"data/findings.json": b"{}"}, None)
    assert ("signature.invalid", "tagmanifest-sha256.txt.sig") in package.codes(package.zipped(files))


def test_a_package_signed_by_another_key_is_whole_but_not_trusted(package: Package) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = Signer(key=key, certificate=self_signed(key, agency="某单位"))
    result = package.check(package.zipped(package.resealed(package.files, stranger)))
    assert (result.ok, result.trusted) == (True, False)
    assert [fault.code for fault in result.faults] == ["signer.untrusted"]


def test_a_stranger_behind_our_certificate_is_refused(package: Package) -> None:
    stranger = Signer(key=ec.generate_private_key(ec.SECP256R1()), certificate=package.signer.certificate)
    result = package.check(package.zipped(package.resealed(package.files, stranger)))
    assert (result.ok, result.trusted) == (False, False)
    assert [fault.code for fault in result.faults] == ["signature.invalid", "stamp.signature"]


def test_another_public_key_beside_the_certificate_is_refused(package: Package) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    files = package.files | {"signer.pub.pem": self_public(other)}
    sealed = package.resealed(files, None)
    sealed["tagmanifest-sha256.txt.sig"] = package.signer.sign(sealed["tagmanifest-sha256.txt"])
    sealed["tagmanifest-sha256.txt.tsr"] = package.stamped(sealed["tagmanifest-sha256.txt"])
    sealed["tagmanifest-sha256.txt.tsr.sig"] = package.signer.sign(sealed["tagmanifest-sha256.txt.tsr"])
    assert package.codes(package.zipped(sealed)) == {("signer.key", "signer.pub.pem")}


def test_the_signatures_twin_is_refused(package: Package) -> None:
    """(r, n - s) verifies as well as (r, s); accepting both would leave bytes that may change."""
    name = "tagmanifest-sha256.txt.sig"
    r, s = decode_dss_signature(package.files[name])
    twin = encode_dss_signature(r, ORDER - s)
    assert package.codes(package.zipped(package.files | {name: twin})) == {("signature.invalid", name)}


def test_a_weaker_curve_is_refused(package: Package) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    certificate = self_signed(key, agency="")
    files = package.files | {"signer.pem": Signer(key=key, certificate=certificate).certificate_pem}
    assert ("signer.certificate", "signer.pem") in package.codes(package.zipped(package.resealed(files, None)))


def _members(data: bytes) -> Iterator[bytes]:
    """The records of a WARC, unpacked one by one."""
    while data:
        unpacker = zlib.decompressobj(31)
        yield unpacker.decompress(data)
        data = unpacker.unused_data


def _flip_payload(data: bytes) -> bytes:
    return b"".join(gzip.compress(record.replace(b"<title>", b"<tITle>")) for record in _members(data))


def _no_digests(data: bytes) -> bytes:
    lines = [[line for line in record.split(b"\r\n") if b"-Digest:" not in line] for record in _members(data)]
    return b"".join(gzip.compress(b"\r\n".join(record)) for record in lines)


def _bomb(_data: bytes) -> bytes:
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x>\r\nContent-Length: 300000000\r\n\r\n"
    return gzip.compress(head + bytes(300_000_000), compresslevel=1)


def _endless_headers(_data: bytes) -> bytes:
    return gzip.compress(b"WARC/1.1\r\nWARC-Type: resource\r\n" + b"X: y\r\n" * 1_000_000, compresslevel=1)


def _endless_line(_data: bytes) -> bytes:
    return gzip.compress(b"WARC/1.1\r\nX: " + bytes(3_000_000), compresslevel=1)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_flip_payload, "warc.digest"),
        (_no_digests, "warc.digest"),
        (_bomb, "warc.damaged"),
        (_endless_headers, "warc.damaged"),
        (_endless_line, "warc.damaged"),
        (lambda data: bytes(len(data)), "warc.damaged"),
        (lambda data: data[: len(data) // 2], "warc.record"),
        (lambda _data: b"", "warc.record"),
    ],
)
def test_even_the_stations_key_cannot_vouch_for_a_spoilt_warc(
    package: Package, spoil: Callable[[bytes], bytes], code: str
) -> None:
    """Manifests and signature made anew with the trusted key: the records themselves still tell."""
    record = package.warc.replace("page.warc.gz", "record.json")
    data = spoil(package.files[package.warc])
    told = json.loads(package.files[record])
    told["files"]["page.warc.gz"] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    files = package.files | {package.warc: data, record: json.dumps(told).encode()}
    result = package.check(package.zipped(package.resealed(files, package.signer)))
    assert not result.ok
    assert {fault.file for fault in result.faults} == {
        package.warc,
        package.warc.replace("page.warc.gz", "capture.wacz"),
    }
    assert code in {fault.code for fault in result.faults}


def test_a_capture_of_another_page_is_noticed(package: Package) -> None:
    record = package.warc.replace("page.warc.gz", "record.json")
    told = json.loads(package.files[record])
    told["sha256"] = "0" * 64
    files = package.resealed(package.files | {record: json.dumps(told).encode()}, package.signer)
    assert package.codes(package.zipped(files)) == {("warc.record", package.warc)}


def test_an_audit_row_rewritten_is_noticed(package: Package) -> None:
    rows = package.files["data/audit.jsonl"].replace(b'"actor": "wang"', b'"actor": "zhao"', 1)
    files = package.resealed(package.files | {"data/audit.jsonl": rows}, package.signer)
    assert package.codes(package.zipped(files)) == {("audit.hash", "data/audit.jsonl")}


@pytest.mark.parametrize("seq", ["1e999", "-1e999", "NaN", "null", "[1]", '"five"', "9" * 5000])
def test_an_audit_row_with_an_odd_number_is_refused_calmly(package: Package, seq: str) -> None:
    row = json.dumps(json.loads(package.files["data/audit.jsonl"].splitlines()[0]) | {"seq": "@"})
    rows = row.replace('"@"', seq).encode() + b"\n"
    files = package.resealed(package.files | {"data/audit.jsonl": rows}, package.signer)
    assert {file for _, file in package.codes(package.zipped(files))} == {"data/audit.jsonl"}


@pytest.mark.parametrize("listed", [[5], [True], [], None, "x", {"page.warc.gz": [1]}, {"page.warc.gz": None}, 1])
def test_a_record_with_odd_file_lists_is_refused_calmly(package: Package, listed: object) -> None:
    record = package.warc.replace("page.warc.gz", "record.json")
    told = json.loads(package.files[record]) | {"files": listed}
    files = package.resealed(package.files | {record: json.dumps(told).encode()}, package.signer)
    assert ("capture.record", record) in package.codes(package.zipped(files))


@pytest.mark.parametrize("name", ["\x1b[2J\n完整性：通过", "\ud800", "\u202egnp.exe", "x" * 100_000])
def test_faults_are_fit_for_a_terminal(package: Package, name: str) -> None:
    """Names come from the package: they must not steer the terminal, forge a line or stop the printing."""
    case = json.loads(package.files["data/case.json"])
    case["leads"][0]["captures"] = [name]
    files = package.resealed(package.files | {"data/case.json": json.dumps(case).encode()}, package.signer)
    result = package.check(package.zipped(files))
    assert {fault.code for fault in result.faults} == {"capture.missing", "capture.unknown"}
    assert all((fault.file + fault.message).isprintable() for fault in result.faults)
    assert all(len(fault.file) < 400 for fault in result.faults)


def test_deep_names_are_refused_before_they_are_taken_apart(package: Package) -> None:
    result = package.check(package.zipped(package.files | {"data/" + "a/" * 200 + "x": b""}))
    assert {fault.code for fault in result.faults} == {"zip.name"}


@pytest.mark.parametrize(
    "bad", ["../evil", "a/../../evil", "a\\b", "a//b", "con\x00trol", "a\u202eb", "x:y", " a", "cafe\u0301"]
)
def test_names_that_could_leave_the_folder_are_refused(package: Package, bad: str) -> None:
    result = package.check(package.zipped(package.files | {bad: b"x"}))
    assert {fault.code for fault in result.faults} == {"zip.name"}


def test_names_that_collide_when_unpacked_are_refused(package: Package) -> None:
    for name in ("DATA/case.json", "data/captures"):
        assert "zip.clash" in {code for code, _ in package.codes(package.zipped(package.files | {name: b"x"}))}
    assert "zip.top" in {code for code, _ in package.codes(_two_tops(package))}


def _two_tops(package: Package) -> bytes:
    out = io.BytesIO()
    path = package.folder / "x"
    path.write_bytes(b"x")
    write_zip(out, [("one/a", path), ("two/b", path)])
    return out.getvalue()


def test_zips_of_other_tools_are_refused_even_with_the_same_files(package: Package) -> None:
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", compression) as archive:
            for name in sorted(package.files):
                archive.writestr(f"{package.top}/{name}", package.files[name])
        result = package.check(out.getvalue())
        assert not result.ok


def test_symlinks_and_duplicates_are_refused(package: Package) -> None:
    with_link, doubled = io.BytesIO(package.data), io.BytesIO(package.data)
    with zipfile.ZipFile(with_link, "a") as archive:
        info = zipfile.ZipInfo(f"{package.top}/link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(doubled, "a") as archive:
        archive.writestr(f"{package.top}/bagit.txt", "again")
    assert not package.check(with_link.getvalue()).ok
    assert ("zip.duplicate", f"{package.top}/bagit.txt") in package.codes(doubled.getvalue())


def test_misuse_is_told_apart_from_faults(package: Package, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有文件"):
        verify_package(tmp_path / "no.zip")
    with pytest.raises(BadInput, match="没有文件"):
        verify_package(tmp_path)
    bad = tmp_path / "bad.pem"
    bad.write_text("x")
    with pytest.raises(ConfigError, match=r"bad\.pem"):
        verify_package(package.folder / "case.zip", trust=[bad])
    assert not (tmp_path / "nohome").exists()
    assert not verify_package(package.folder / "case.zip", home=tmp_path / "nohome").trusted
    assert not (tmp_path / "nohome").exists()


def self_public(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as PEM."""
    return Signer(key=key, certificate=self_signed(key, agency="")).public_pem
