"""What an attacker tried on the checkers: times nobody signed, bombs, endless certificates, borrowed names."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.evidence import standalone
from tests.pipelines.evidence.packages import Package

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_wacz_packed_in_ways_without_bound_is_refused_unread(package: Package) -> None:
    name = package.warc.replace("page.warc.gz", "capture.wacz")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("datapackage.json", bytes(1_000_000))
    files = package.files | {name: out.getvalue()}
    assert ("wacz.damaged", name) in package.codes(package.zipped(package.resealed(files, package.signer)))


def test_places_of_pictures_lie_apart() -> None:
    row = [{"start": 0, "end": 3}, {"start": 3, "end": 9}]
    assert standalone._apart(row, 9) == [(0, 3), (3, 9)]
    for bad in ([{"start": 0, "end": 9}] * 2, [{"start": 3, "end": 1}], [{"start": 0, "end": 10}]):
        with pytest.raises(ValueError, match="order"):
            standalone._apart(bad, 9)


def test_bombs_in_every_capture_unpack_to_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"WARC/1.1\r\nWARC-Record-ID: <a>\r\nContent-Length: 60000\r\n\r\n" + bytes(60_004))
    record = json.dumps({"captured_at": "2026-11-22T12:00:00Z", "warc_record_id": "<b>"}).encode()
    held = {
        f"data/captures/{n}/{name}": data
        for n in range(9)
        for name, data in (("record.json", record), ("page.warc.gz", bomb))
    }
    unpacked: list[int] = []
    members = standalone._Members.__init__

    def counted(self: Any, source: Any, budget: list[int]) -> None:
        unpacked.append(budget[0])
        members(self, source, budget)

    monkeypatch.setattr(standalone, "_MAX_UNPACKED", 150_000)
    monkeypatch.setattr(standalone._Members, "__init__", counted)
    files: Any = SimpleNamespace(
        names=list(held), read=held.__getitem__, open=lambda name: io.BytesIO(held[name]), size=len
    )
    standalone.date_faults(files, {})
    assert unpacked[0] == 150_000
    assert unpacked[-1] < 0


def test_certificates_are_read_once_over_and_no_longer_than_a_chain() -> None:
    begin = b"-----BEGIN CERTIFICATE-----\n"
    with pytest.raises(standalone.Misuse):
        standalone.certificates_of(begin * 2_000, "x.pem")
    with pytest.raises(standalone.Misuse):
        standalone.certificates_of(begin + b"QUJD\n" * 20_000 + b"-----END CERTIFICATE-----\n", "x.pem")
    assert standalone.certificates_of(begin + b"QUJD\n-----END CERTIFICATE-----\n", "x.pem") == [b"ABC"]


@pytest.mark.parametrize("checked", [True, False])
def test_nobody_is_called_a_third_party_unchecked(checked: bool) -> None:
    notes = standalone.stamp_notes({standalone.STAMP: NOON, "a.tsr": NOON}, set(), checked=checked)
    assert len(notes) == 2
    assert all(("未经核对" in note) is not checked for note in notes)
    assert all(("第三方" in note.replace(standalone.OWN_STAMP, "")) is checked for note in notes)
