"""Certificates from files that anybody may have changed: read whole, or refused in one way."""

from __future__ import annotations

import warnings

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, or the one of a DER file. Raises ValueError for whatever cannot be read, names
    and extensions included: the library reads these only when they are asked for, and has several kinds of errors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is merely odd in a certificate is for the signature to judge
            pem = b"-----BEGIN" in data
            found = x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
            for one in found:
                _asked = (
                    one.version,
                    one.subject,
                    one.issuer,
                    one.extensions,
                    one.public_key(),
                    one.not_valid_after_utc,
                )
    except (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm) as exc:
        raise ValueError("certificate") from exc
    return found


def read_pem(data: bytes) -> list[x509.Certificate]:
    """The certificates of a file that must be PEM, as packages and settings promise. Raises ValueError."""
    if b"-----BEGIN" not in data:
        raise ValueError("certificate")
    return read_certificates(data)
