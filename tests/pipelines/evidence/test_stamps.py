"""Time stamps: the station's own, a third party's over HTTP, what is refused, and the queue when nobody answers."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyasn1.codec.der.decoder import decode
from pyasn1.codec.der.encoder import encode
from pyasn1_modules import rfc3161

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import BadInput, ConfigError
from pipelines.evidence import standalone
from pipelines.evidence.bundle import export_case
from pipelines.evidence.later_stamps import write_later_stamps
from pipelines.evidence.own_authority import own_authority
from pipelines.evidence.signer import station_signer
from pipelines.evidence.stamp_state import only_own
from pipelines.evidence.stamps import Stamper, stamp_waiting
from pipelines.evidence.tsa_client import NotStamped, ask, read_token, request_for
from pipelines.evidence.verify import verify_package
from pipelines.jobs import timetable, upkeep
from tests.pipelines.evidence.seeds import add_lead, open_case
from tests.pipelines.evidence.stamping_server import ThirdParty, third_party

DIGEST = hashlib.sha256(b"page").hexdigest()


@pytest.fixture
def party(tmp_path: Path) -> Iterator[ThirdParty]:
    with third_party(tmp_path) as served:
        yield served


@pytest.fixture
def stamped(tmp_path: Path, party: ThirdParty) -> Iterator[Desk]:
    """A desk whose settings name the third party."""
    settings = read_settings({}, home=tmp_path / "home", tsa_url=party.url, tsa_ca=party.ca)
    with open_desk(settings) as desk:
        yield desk


def test_the_stations_own_stamp_is_called_so_and_holds_for_openssl(tmp_path: Path) -> None:
    authority = own_authority(tmp_path, agency="某区教育局")
    assert "自建时间戳，不等于第三方" in authority.certificate.subject.rfc4514_string()
    assert (tmp_path / "secrets" / "tsa.key").stat().st_mode & 0o777 == 0o600
    request, nonce = request_for(DIGEST)
    token = read_token(authority.answer(request), DIGEST, [authority.certificate], nonce=nonce)
    (tmp_path / "x.tsr").write_bytes(token.der)
    (tmp_path / "x").write_bytes(b"page")
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-in", "x.tsr", "-data", "x", "-CAfile", "ca.pem"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert own_authority(tmp_path, agency="某区教育局").certificate == authority.certificate
    renamed = own_authority(tmp_path, agency="另一个局")
    assert renamed.certificate != authority.certificate
    assert renamed.certificate.public_key() == authority.certificate.public_key()


def test_only_the_token_is_kept_of_an_answer(tmp_path: Path) -> None:
    authority = own_authority(tmp_path)
    request, nonce = request_for(DIGEST)
    plain = authority.answer(request)
    talkative, _ = decode(plain, asn1Spec=rfc3161.TimeStampResp())
    talkative["status"]["status"] = 1
    talkative["status"]["statusString"][0] = "Time stamp: Jan  1 00:00:00 2020 GMT"
    said = bytes(encode(talkative))
    assert b"Time stamp:" in said
    kept = read_token(said, DIGEST, [authority.certificate], nonce=nonce)
    assert kept.der == plain
    assert read_token(kept.der, DIGEST, [authority.certificate]) == kept
    for wrong in (plain + b"0", plain[:-1], b"\x30\x80" + plain[4:], b"", b"\x30"):
        with pytest.raises(NotStamped):
            read_token(wrong, DIGEST, [authority.certificate])


@pytest.mark.parametrize("request_", [b"", b"x" * 40, bytes.fromhex("300402010a0500")])
def test_what_is_no_request_is_refused(tmp_path: Path, request_: bytes) -> None:
    with pytest.raises(BadInput):
        own_authority(tmp_path).answer(request_)


def test_an_export_carries_both_stamps_and_the_same_again(stamped: Desk, party: ThirdParty, tmp_path: Path) -> None:
    case = open_case(stamped, [add_lead(stamped, "a", screenshot=True)])
    first, second = (export_case(stamped, case.id, tmp_path / name, user="wang") for name in ("1.zip", "2.zip"))
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        tokens = [name for name in one.namelist() if name.endswith(".tsr") and "/captures/" in name]
        assert sorted(name.rsplit("/", 1)[1] for name in tokens) == ["127.0.0.1.tsr"] * 2 + ["own.tsr"] * 2
        assert [one.read(name) for name in tokens] == [two.read(name) for name in tokens]
        assert party.asked == 4  # two pages once, two manifests
        report = one.read(f"{case.id}/data/案件报告.html").decode()
    assert "不等于第三方" not in report
    assert not only_own(first)
    certificate = station_signer(stamped.home).certificate
    result = verify_package(first, certificates=[certificate], tsa_ca=[party.ca])
    assert (result.ok, result.trusted, result.faults) == (True, True, ())
    trusted = str(next((stamped.home / "trust").glob("*.pem")))
    theirs = standalone.verify(str(first), [trusted], [str(party.ca)])
    assert (theirs.ok, theirs.trusted, theirs.faults) == (True, True, [])
    for notes in (list(result.notes), theirs.notes):
        assert any("第三方时间戳" in note for note in notes)
        assert any("第三方 2 个，自建时间戳，不等于第三方 2 个" in note for note in notes)


def test_a_root_that_nobody_stamped_under_is_a_fault_for_both(stamped: Desk, tmp_path: Path) -> None:
    case = open_case(stamped, [add_lead(stamped, "a")])
    package = export_case(stamped, case.id, tmp_path / "x.zip", user="wang")
    (tmp_path / "other").mkdir()
    other = ThirdParty(tmp_path / "other").ca
    trusted = next((stamped.home / "trust").glob("*.pem"))
    mine = verify_package(package, trust=[trusted], tsa_ca=[other])
    theirs = standalone.verify(str(package), [str(trusted)], [str(other)])
    for faults in (mine.faults, theirs.faults):
        assert {fault.code for fault in faults} == {"stamp.untrusted"}
    assert not mine.ok


def test_without_a_third_party_the_package_says_its_stamps_are_the_stations_own(desk: Desk, tmp_path: Path) -> None:
    case = open_case(desk, [add_lead(desk, "a")])
    package = export_case(desk, case.id, tmp_path / "x.zip", user="wang")
    with zipfile.ZipFile(package) as archive:
        assert "自建时间戳，不等于第三方" in archive.read(f"{case.id}/data/案件报告.html").decode()
        assert "自建时间戳，不等于第三方" in archive.read(f"{case.id}/验证说明.txt").decode()
    assert only_own(package)
    assert not only_own(Path(__file__))  # no package of ours
    notes = verify_package(package, home=desk.home).notes
    assert sum("自建时间戳，不等于第三方" in note for note in notes) == 2


@pytest.mark.parametrize("fault", ["down", "http", "junk", "another digest", "another root", "clock"])
def test_a_stamp_that_is_not_had_waits_and_is_asked_for_again(
    stamped: Desk, party: ThirdParty, tmp_path: Path, fault: str
) -> None:
    good = party.answer
    (tmp_path / "other").mkdir()
    another = ThirdParty(tmp_path / "other").authority
    wrong, _ = request_for(hashlib.sha256(b"other").hexdigest())
    real = clock.now
    if fault == "clock":
        began = clock.now()
        clock.pin(lambda: began)
        answer = party.authority.answer
        ahead = _ahead(answer, began + timedelta(hours=3), began)
        party.answer = lambda body: (200, ahead(body))
    else:
        party.answer = {
            "down": lambda _: (503, b""),
            "http": lambda _: (302, b""),
            "junk": lambda _: (200, b"<html>"),
            "another digest": lambda _: (200, party.authority.answer(wrong)),
            "another root": lambda body: (200, another.answer(body)),
        }[fault]
    stamper = Stamper(stamped, agency="")
    assert [one.name for one in stamper.stamp([DIGEST])[DIGEST]] == ["own"]
    asked = party.asked
    assert stamper.best(hashlib.sha256(b"second").hexdigest()).own
    assert party.asked == asked, "an authority that failed is asked once an export"
    began = real()
    with stamped.store.read() as tx:
        waiting = tx.time_stamps.of([DIGEST])[(DIGEST, party.url)]
    assert waiting.token is None
    assert waiting.fault
    assert stamp_waiting(stamped) == (0, 0), "not due yet"
    clock.pin(lambda: began + timedelta(minutes=6))
    party.answer = good
    assert stamp_waiting(stamped) == (2, 0)
    assert [one.name for one in Stamper(stamped, agency="").stamp([DIGEST])[DIGEST]] == ["own", "127.0.0.1"]


def test_of_two_authorities_one_fails_and_waits_while_the_others_stamps_stand(
    party: ThirdParty, tmp_path: Path
) -> None:
    with third_party(tmp_path / "second", name="Second root of time") as second:
        both = tmp_path / "both.pem"
        both.write_bytes(party.ca.read_bytes() + second.ca.read_bytes())
        settings = read_settings({}, home=tmp_path / "home", tsa_url=f"{party.url} {second.url}", tsa_ca=both)
        with open_desk(settings) as desk:
            case = open_case(desk, [add_lead(desk, "a")])
            good, second.answer = second.answer, lambda _: (503, b"")
            sealed = export_case(desk, case.id, tmp_path / "1.zip", user="wang")
            assert _tokens(sealed) == ["127.0.0.1.tsr", "own.tsr"]
            assert _faults(desk, sealed, [party.ca]) == [[], []]
            assert _faults(desk, sealed, [second.ca]) == [["stamp.untrusted"]] * 2
            second.answer, began, asked = good, clock.now(), party.asked
            clock.pin(lambda: began + timedelta(minutes=6))
            assert stamp_waiting(desk) == (2, 0)  # the page and the manifest
            assert party.asked == asked, "what it gave is kept"
            later = tmp_path / "later.zip"
            made = write_later_stamps(desk, sealed, later, user="wang")
            assert (made.got, made.files, made.lacking) == (4, 2, 0)
            for roots in ([second.ca], [party.ca, second.ca]):
                assert _faults(desk, sealed, roots, later) == [[], []], roots
            again = export_case(desk, case.id, tmp_path / "2.zip", user="wang")
            assert _tokens(again) == ["127.0.0.1-2.tsr", "127.0.0.1.tsr", "own.tsr"]
            assert _faults(desk, again, [party.ca, second.ca]) == [[], []]


def _tokens(package: Path) -> list[str]:
    """Names of the stamps of its one page."""
    with zipfile.ZipFile(package) as archive:
        return sorted(name.rsplit("/", 1)[1] for name in archive.namelist() if "/timestamps/" in name)


def _faults(desk: Desk, package: Path, roots: list[Path], later: Path | None = None) -> list[list[str]]:
    """What each of both checkers names."""
    mine = verify_package(package, home=desk.home, tsa_ca=roots, stamps=later)
    trusted = [str(path) for path in (desk.home / "trust").glob("*.pem")]
    theirs = standalone.verify(str(package), trusted, [str(one) for one in roots], str(later or ""))
    return [sorted({fault.code for fault in found}) for found in (mine.faults, theirs.faults)]


def _ahead(answer, moment, back):  # type: ignore[no-untyped-def]
    """The authority's answer as if its clock stood elsewhere."""

    def made(body: bytes) -> bytes:
        clock.pin(lambda: moment)
        try:
            return bytes(answer(body))
        finally:
            clock.pin(lambda: back)

    return made


def test_the_job_is_planned_when_something_waits_and_carries_it_out(stamped: Desk, party: ThirdParty) -> None:
    began = clock.now()
    clock.pin(lambda: began)
    assert "stamps" not in {one.name for one in timetable.plan_clock_jobs(stamped, began)}
    good, party.answer = party.answer, lambda _: (503, b"")
    Stamper(stamped, agency="").best(DIGEST)
    (due,) = [one.due_at for one in timetable.plan_clock_jobs(stamped, began) if one.name == "stamps"]
    assert due == began + timedelta(minutes=5)
    clock.pin(lambda: began + timedelta(minutes=5))
    assert upkeep.stamps(stamped, None, lambda: False).message == "补到 0 个时间戳，还缺 1 个"  # type: ignore[arg-type]
    clock.pin(lambda: began + timedelta(minutes=15))
    party.answer = good
    assert upkeep.stamps(stamped, None, lambda: False).message == "补到 1 个时间戳"  # type: ignore[arg-type]
    assert "stamps" not in {one.name for one in timetable.plan_clock_jobs(stamped, clock.now())}


def test_nothing_reaches_an_address_that_is_neither_public_nor_the_offices_own(tmp_path: Path) -> None:
    for url in ("http://169.254.169.254/tsa", "http://[2002:a00:1::1]/tsa"):
        with pytest.raises(Exception, match="不是本机、内网，也不是公网"):
            ask(url, DIGEST, [])


def test_an_endless_answer_is_cut_off(party: ThirdParty) -> None:
    party.answer = lambda _: (200, bytes(1 << 20))
    with pytest.raises(NotStamped, match="大得不合情理"):
        ask(party.url, DIGEST, [])


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"MINGCHA_TSA_URL": "http://tsa.example"}, "MINGCHA_TSA_CA"),
        ({"MINGCHA_TSA_URL": "tsa.example", "MINGCHA_TSA_CA": "x"}, "http"),
        ({"MINGCHA_TSA_URL": "http://u:p@tsa.example", "MINGCHA_TSA_CA": "x"}, "用户名"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, str], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        read_settings(settings)


def test_an_unreadable_root_file_is_named(tmp_path: Path, party: ThirdParty) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("x")
    with (
        open_desk(read_settings({}, home=tmp_path / "h", tsa_url=party.url, tsa_ca=bad)) as desk,
        pytest.raises(ConfigError, match=r"bad\.pem"),
    ):
        Stamper(desk, agency="")


def test_the_record_of_a_capture_lists_its_stamps(desk: Desk, tmp_path: Path) -> None:
    case = open_case(desk, [add_lead(desk, "a")])
    package = export_case(desk, case.id, tmp_path / "x.zip", user="wang")
    with zipfile.ZipFile(package) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("record.json")]
        assert "timestamps/own.tsr" in json.loads(archive.read(name))["files"]


def test_roots_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """An authority that changed its key, and a station that did: openssl and the library each take one by name."""
    digest = hashlib.sha256(b"x").hexdigest()
    request, nonce = request_for(digest)
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    parties = [ThirdParty(folder) for folder in folders]
    homes = [own_authority(folder) for folder in folders]
    pairs = [[(x509.load_pem_x509_certificate(one.ca.read_bytes()), one.authority) for one in parties]]
    pairs.append([(one.certificate, one) for one in homes])
    for pair in pairs:
        roots = [root for root, _ in pair]
        for root, authority in pair:
            token = authority.answer(request)
            (tmp_path / "token").write_bytes(token)
            asked = ("ts", "-verify", "-digest", digest, "-in", str(tmp_path / "token"))
            for order in (roots, roots[::-1]):
                assert read_token(token, digest, order, nonce=nonce).der
                (tmp_path / "roots").write_bytes(
                    b"".join(one.public_bytes(serialization.Encoding.PEM) for one in order)
                )
                assert standalone._stamped_under(asked, str(tmp_path / "roots"))[0] == 0
            strangers = [one for one in roots if one != root] * 2
            with pytest.raises(NotStamped):
                read_token(token, digest, strangers, nonce=nonce)
            (tmp_path / "roots").write_bytes(
                b"".join(one.public_bytes(serialization.Encoding.PEM) for one in strangers)
            )
            assert standalone._stamped_under(asked, str(tmp_path / "roots"))[0] != 0
