"""Certificates anybody may have changed are read whole or refused in one way."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pipelines.evidence.certificates import read_certificates, read_pem
from tests.certificate import self_signed


def test_a_changed_byte_anywhere_is_read_or_refused_and_never_anything_else(tmp_path: Path) -> None:
    (certificate, *_) = read_certificates(self_signed(tmp_path).read_bytes())
    der = certificate.public_bytes(serialization.Encoding.DER)
    refused = 0
    for place in range(len(der)):
        for bit in (0, 3, 7):
            changed = bytearray(der)
            changed[place] ^= 1 << bit
            try:
                (read,) = read_certificates(bytes(changed))
                assert read.subject is not None
            except ValueError:
                refused += 1
    assert refused > len(der) // 4


@pytest.mark.parametrize("data", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30\x80"])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="certificate"):
        read_certificates(data)


def test_pem_and_der_are_read(tmp_path: Path) -> None:
    pem = self_signed(tmp_path).read_bytes()
    (one, *_) = read_certificates(pem)
    assert isinstance(one, x509.Certificate)
    assert read_certificates(one.public_bytes(serialization.Encoding.DER)) == [one]


def test_where_pem_is_promised_der_is_refused(tmp_path: Path) -> None:
    pem = self_signed(tmp_path).read_bytes()
    (one, *_) = read_pem(pem)
    with pytest.raises(ValueError, match="certificate"):
        read_pem(one.public_bytes(serialization.Encoding.DER))
