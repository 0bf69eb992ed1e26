"""The station's signing key and certificate, and the certificates this HOME trusts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import NameOID

from pipelines import clock
from pipelines.errors import ConfigError, EvidenceError, os_reason
from pipelines.evidence.certificates import read_pem
from pipelines.evidence.standalone import ORDER

VALID_FOR = timedelta(days=3653)
#: X.520 upper bound of an organisation's name.
_MAX_NAME = 64
#: What the key may not be used for (KeyUsage wants every one named).
_REFUSED_USAGES = (
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def public_pem(self) -> bytes:
        return public_pem(self.certificate)

    def sign(self, data: bytes) -> bytes:
        """Detached DER signature, ECDSA over SHA-256, deterministic (RFC 6979), with the smaller s."""
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return encode_dss_signature(r, min(s, ORDER - s))


def station_signer(home: Path, *, agency: str = "") -> Signer:
    """The signer of this HOME: key made at first use (HOME/secrets, 0600), certificate in the agency's name.

    When the agency is renamed the same key gets a new certificate; the earlier ones stay in HOME/trust, so packages
    signed under the old name stay trusted.
    """
    key = home_key(home, "station.key")
    path = home / "secrets" / "station.pem"
    if path.exists():
        certificate = load_certificate(path)
        if public_pem(certificate) != _public_bytes(key.public_key()):
            raise ConfigError(f"证书 {path} 与签名密钥 station.key 不是一对；请从备份一起恢复它们")
        if not agency or _organisation(certificate) == agency[:_MAX_NAME]:
            _trust(home, certificate)
            return Signer(key=key, certificate=certificate)
    certificate = self_signed(key, agency=agency)
    _trust(home, certificate)
    replace_file(path, certificate.public_bytes(serialization.Encoding.PEM), mode=0o600)
    return Signer(key=key, certificate=certificate)


def self_signed(key: ec.EllipticCurvePrivateKey, *, agency: str) -> x509.Certificate:
    """A certificate of this key in the agency's name, for signing only."""
    made = certificate_of_key(key, name_of("Mingcha evidence station", agency), valid_for=VALID_FOR)
    return (
        made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )


def name_of(common_name: str, agency: str) -> x509.Name:
    """What a certificate of this station is called."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if agency:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency[:_MAX_NAME]))
    return x509.Name(attributes)


def key_usage() -> x509.KeyUsage:
    """Signing, and nothing else."""
    return x509.KeyUsage(digital_signature=True, content_commitment=True, **dict.fromkeys(_REFUSED_USAGES, False))


def certificate_of_key(
    key: ec.EllipticCurvePrivateKey, name: x509.Name, *, valid_for: timedelta
) -> x509.CertificateBuilder:
    """A self-signed certificate begun: name, key, a new number, valid from now."""
    begin = clock.now().replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + valid_for)
    )


def signature_holds(certificate: x509.Certificate, data: bytes, signature: bytes) -> bool:
    """Is this the one valid form of a P-256 signature over data by the certificate's key?"""
    key = _p256_key(certificate)
    if key is None:
        return False
    try:
        r, s = decode_dss_signature(signature)
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return s <= ORDER // 2 and encode_dss_signature(r, s) == signature


def is_station_certificate(certificate: x509.Certificate) -> bool:
    """Does the certificate carry a P-256 key and its own valid signature?"""
    if _p256_key(certificate) is None:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def public_pem(certificate: x509.Certificate) -> bytes:
    """The certificate's public key as PEM."""
    return certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` computes it, in plain hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load_certificate(path: Path) -> x509.Certificate:
    """One PEM certificate. Raises ConfigError naming the file."""
    try:
        return read_pem(path.read_bytes())[0]
    except (OSError, ValueError, IndexError) as exc:
        raise ConfigError(f"证书文件 {path} 读不出来；应为一张 PEM 证书") from exc


def trusted_fingerprints(*, trust: Iterable[Path], home: Path | None) -> frozenset[str]:
    """Fingerprints of the certificates in HOME/trust/*.pem and of the files given; makes nothing."""
    paths = list(trust)
    if home is not None and (home / "trust").is_dir():
        paths += sorted((home / "trust").glob("*.pem"))
    return frozenset(fingerprint(load_certificate(path)) for path in paths)


def _p256_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey | None:
    """The certificate's key, None when it is another kind or damaged (certificates are parsed lazily)."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None


def home_key(home: Path, name: str) -> ec.EllipticCurvePrivateKey:
    """A P-256 key under HOME/secrets, made at first use with mode 0600. Raises ConfigError for a damaged one."""
    path = home / "secrets" / name
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _create_once(path, made)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as exc:
        raise ConfigError(f"签名密钥 {path} 读不出来；请从备份恢复它") from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ConfigError(f"签名密钥 {path} 不是 P-256 密钥；请从备份恢复它")
    return key


def _trust(home: Path, certificate: x509.Certificate) -> None:
    path = home / "trust" / f"station-{fingerprint(certificate)[:16]}.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _organisation(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else ""


def _public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _create_once(path: Path, data: bytes) -> None:
    """Make the file whole and with mode 0600, or leave the one another process made in the meantime."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = _write_part(path, data, mode=0o600)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    except OSError as exc:
        raise EvidenceError(f"无法写入签名密钥 {path}：{os_reason(exc)}") from exc
    finally:
        part.unlink()
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes, *, mode: int) -> None:
    """Put the file there whole, in place of the one before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_part(path, data, mode=mode).replace(path)
    sync_folder(path.parent)


def _write_part(path: Path, data: bytes, *, mode: int) -> Path:
    part = path.with_name(f"{path.name}.{clock.new_id()[:8]}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    return part


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
