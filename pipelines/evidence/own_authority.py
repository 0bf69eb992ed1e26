"""The station's own time-stamping authority (RFC 3161): the default when no other is configured or reachable.

It proves an order of events only to those who trust the station: 自建时间戳，不等于第三方, which its certificate, the
packages and both checkers say wherever such a stamp is shown.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyasn1.codec.der.decoder import decode
from pyasn1.codec.der.encoder import encode
from pyasn1.error import PyAsn1Error
from pyasn1.type import univ
from pyasn1_modules import rfc3161, rfc4055, rfc5035, rfc5280, rfc5480, rfc5652

from pipelines import clock
from pipelines.errors import BadInput
from pipelines.evidence.signer import (
    VALID_FOR,
    certificate_of_key,
    fingerprint,
    home_key,
    key_usage,
    load_certificate,
    name_of,
    replace_file,
)
from pipelines.evidence.standalone import OWN_STAMP

#: "Stamped by a Mingcha station itself": an OID made of a random UUID (ITU-T X.667), as no register has given one.
POLICY = "2.25.301436273910288123744201359237408215943"
_SHA256_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class OwnAuthority:
    """A key with a certificate that may stamp times and nothing else."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def answer(self, request: bytes) -> bytes:
        """A TimeStampResp (DER) to a TimeStampReq, at the present moment. Raises BadInput for what is no request of a
        SHA-256 stamp."""
        try:
            asked, rest = decode(request, asn1Spec=rfc3161.TimeStampReq())
        except PyAsn1Error as exc:
            raise BadInput("不是时间戳请求") from exc
        imprint = asked["messageImprint"]
        known = imprint["hashAlgorithm"]["algorithm"] == rfc4055.id_sha256
        if rest or not known or len(bytes(imprint["hashedMessage"])) != _SHA256_BYTES:
            raise BadInput("不是 SHA-256 的时间戳请求")
        return self._response(self._statement(asked), with_certificate=bool(asked["certReq"]))

    def _statement(self, asked: univ.Sequence) -> bytes:
        """TSTInfo: these bytes were known at this moment."""
        told = rfc3161.TSTInfo()
        told["version"] = 1
        told["policy"] = POLICY
        told["messageImprint"] = asked["messageImprint"]
        told["serialNumber"] = secrets.randbits(127) | 1
        told["genTime"] = clock.now().strftime("%Y%m%d%H%M%SZ")
        if asked["nonce"].isValue:
            told["nonce"] = asked["nonce"]
        return bytes(encode(told))

    def _response(self, statement: bytes, *, with_certificate: bool) -> bytes:
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        certificate, _ = decode(der, asn1Spec=rfc5280.Certificate())
        sha256 = rfc5652.DigestAlgorithmIdentifier()
        sha256["algorithm"] = rfc4055.id_sha256
        attributes = rfc5652.SignedAttributes()
        _attribute(attributes, rfc5652.id_contentType, rfc3161.id_ct_TSTInfo)
        _attribute(attributes, rfc5652.id_messageDigest, univ.OctetString(hashlib.sha256(statement).digest()))
        _attribute(attributes, rfc5035.id_aa_signingCertificateV2, _signing_certificate(der))
        signer = rfc5652.SignerInfo()
        signer["version"] = 1
        signer["sid"]["issuerAndSerialNumber"]["issuer"] = certificate["tbsCertificate"]["issuer"]
        signer["sid"]["issuerAndSerialNumber"]["serialNumber"] = self.certificate.serial_number
        signer["digestAlgorithm"] = sha256
        for number, attribute in enumerate(attributes):
            signer["signedAttrs"][number] = attribute
        signer["signatureAlgorithm"]["algorithm"] = rfc5480.ecdsa_with_SHA256
        # Signed as a plain SET, though written with another tag (RFC 5652 §5.4).
        signer["signature"] = self.key.sign(encode(attributes), ec.ECDSA(hashes.SHA256()))
        signed = rfc5652.SignedData()
        signed["version"] = 3
        signed["digestAlgorithms"][0] = sha256
        signed["encapContentInfo"]["eContentType"] = rfc3161.id_ct_TSTInfo
        signed["encapContentInfo"]["eContent"] = statement
        if with_certificate:
            signed["certificates"][0]["certificate"] = certificate
        signed["signerInfos"][0] = signer
        response = rfc3161.TimeStampResp()
        response["status"]["status"] = 0
        response["timeStampToken"]["contentType"] = rfc5652.id_signedData
        response["timeStampToken"]["content"] = encode(signed)
        return bytes(encode(response))


def own_authority(home: Path, *, agency: str = "") -> OwnAuthority:
    """The authority of this HOME: key made at first use (HOME/secrets, 0600), certificate in the agency's name."""
    key = home_key(home, "tsa.key")
    path = home / "secrets" / "tsa.pem"
    name = name_of(f"Mingcha {OWN_STAMP}", agency)
    if path.exists():
        certificate = load_certificate(path)
        if certificate.public_key() == key.public_key() and certificate.subject == name:
            return OwnAuthority(key=key, certificate=certificate)
        # What it stamped under the old name stays checkable.
        earlier = path.with_name(f"tsa-{fingerprint(certificate)[:16]}.pem")
        replace_file(earlier, certificate.public_bytes(serialization.Encoding.PEM), mode=0o600)
    certificate = stamping_certificate(key, name)
    replace_file(path, certificate.public_bytes(serialization.Encoding.PEM), mode=0o600)
    return OwnAuthority(key=key, certificate=certificate)


def own_certificates(home: Path) -> tuple[x509.Certificate, ...]:
    """The certificate in force and those of the same key before it; () where nothing was stamped yet. Makes nothing.
    Raises ConfigError for a damaged one."""
    path = home / "secrets" / "tsa.pem"
    if not path.exists():
        return ()
    own = load_certificate(path)
    others = (load_certificate(one) for one in sorted(path.parent.glob("tsa-*.pem")))
    return (own, *(one for one in others if one.public_key() == own.public_key()))


def stamping_certificate(key: ec.EllipticCurvePrivateKey, name: x509.Name) -> x509.Certificate:
    """Self-signed, for stamping times only (RFC 3161 §2.3: one purpose, and it is critical)."""
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    made = certificate_of_key(key, name, valid_for=VALID_FOR)
    return (
        made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(), critical=True)
        .add_extension(purpose, critical=True)
        .sign(key, hashes.SHA256())
    )


def _attribute(attributes: univ.SetOf, kind: univ.ObjectIdentifier, value: univ.Sequence | univ.OctetString) -> None:
    attribute = rfc5652.Attribute()
    attribute["attrType"] = kind
    attribute["attrValues"][0] = encode(value)
    attributes.append(attribute)


def _signing_certificate(der: bytes) -> univ.Sequence:
    """The certificate's hash under the signature, so that no other can be put in its place (RFC 5816)."""
    made = rfc5035.SigningCertificateV2()
    named = rfc5035.ESSCertIDv2()
    named["certHash"] = hashlib.sha256(der).digest()
    made["certs"][0] = named
    return made
