"""The station's key: made once, kept secret, its certificates trusted through renamings."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipelines.errors import ConfigError
from pipelines.evidence.signer import (
    fingerprint,
    public_pem,
    signature_holds,
    station_signer,
    trusted_fingerprints,
)


def test_key_is_made_once_and_is_secret(home: Path) -> None:
    first = station_signer(home, agency="某教育局")
    key = home / "secrets" / "station.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert (home / "secrets").stat().st_mode & 0o777 == 0o700
    assert station_signer(home, agency="某教育局").certificate == first.certificate
    assert "某教育局" in first.certificate.subject.rfc4514_string()
    assert trusted_fingerprints(trust=(), home=home) == {fingerprint(first.certificate)}


def test_renamed_agency_keeps_the_key_and_the_old_trust(home: Path) -> None:
    nameless, named, renamed = (station_signer(home, agency=name) for name in ("", "甲局", "乙" * 90))
    assert public_pem(nameless.certificate) == public_pem(renamed.certificate)
    assert station_signer(home).certificate == renamed.certificate
    assert trusted_fingerprints(trust=(), home=home) == {
        fingerprint(signer.certificate) for signer in (nameless, named, renamed)
    }


def test_first_use_by_many_threads_makes_one_key(home: Path) -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(station_signer(home).public_pem)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert not list(home.rglob("*.part"))


def test_signature_is_deterministic_and_bound_to_the_data(home: Path) -> None:
    signer = station_signer(home)
    assert signer.sign(b"a") == signer.sign(b"a")
    assert signature_holds(signer.certificate, b"a", signer.sign(b"a"))
    for data, signature in (
        (b"b", signer.sign(b"a")),
        (b"a", b""),
        (b"a", b"0" * 70),
        (b"a", signer.sign(b"a") + b"\0"),
    ):
        assert not signature_holds(signer.certificate, data, signature)


def test_damaged_key_or_foreign_certificate_is_refused_by_name(home: Path, tmp_path: Path) -> None:
    station_signer(home)
    other = tmp_path / "other"
    station_signer(other)
    (home / "secrets" / "station.pem").write_bytes((other / "secrets" / "station.pem").read_bytes())
    with pytest.raises(ConfigError, match="不是一对"):
        station_signer(home)
    (home / "secrets" / "station.key").write_text("x")
    with pytest.raises(ConfigError, match=r"station\.key"):
        station_signer(home)
