"""S/MIME: a mail signed with the agency's own certificate, as any mail program and `openssl smime -verify` check it.

Optional (MINGCHA_SMIME_CERT, MINGCHA_SMIME_KEY). The text stays readable to whoever cannot check it: multipart/signed
with a detached PKCS #7 signature (RFC 8551 §3.5.3); the subject and addresses are not part of what is signed.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from pipelines import clock
from pipelines.config import Settings
from pipelines.errors import ConfigError

#: What is signed may not change on its way: nothing in it needs eight bits.
_POLICY = SMTP.clone(cte_type="7bit")
_OPTIONS = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]


@dataclass(frozen=True, kw_only=True)
class MailSigner:
    """A key, its certificate, and those that lead from it to an authority."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    def signed(self, message: EmailMessage) -> bytes:
        """The message as it goes out: its own head, under it what was its body, and the signature of that."""
        body = EmailMessage(policy=_POLICY)
        body.set_content(message.get_body().get_content())  # type: ignore[union-attr]  # messages of ours have one
        for part in message.iter_attachments():
            kind = (part.get_content_maintype(), part.get_content_subtype())
            data, name = part.get_payload(decode=True), part.get_filename()
            body.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
        del body["MIME-Version"]
        inner = body.as_bytes()
        builder = pkcs7.PKCS7SignatureBuilder().set_data(inner).add_signer(self.certificate, self.key, hashes.SHA256())
        for one in self.chain:
            builder = builder.add_certificate(one)
        signature = base64.encodebytes(builder.sign(serialization.Encoding.DER, _OPTIONS)).replace(b"\n", b"\r\n")
        head = EmailMessage(policy=SMTP)
        for name, value in message.items():
            if not name.lower().startswith(("content-", "mime-version")):
                head[name] = value
        head["MIME-Version"] = "1.0"
        boundary = f"signed-{hashlib.sha256(inner).hexdigest()[:40]}".encode()
        return b"".join(
            (
                head.as_bytes().removesuffix(b"\r\n"),
                b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg="sha-256";\r\n',
                b' boundary="' + boundary + b'"\r\n\r\nThis is an S/MIME signed message.\r\n\r\n',
                b"--" + boundary + b"\r\n" + inner + b"\r\n--" + boundary + b"\r\n",
                b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n',
                b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n',
                signature + b"\r\n--" + boundary + b"--\r\n",
            )
        )


def mail_signer(settings: Settings) -> MailSigner | None:
    """The configured signer, None when mail is not signed. Raises ConfigError for files that cannot be read, do not
    belong together or are out of date: a mail that should be signed never goes out unsigned."""
    if settings.smime_cert is None or settings.smime_key is None:
        return None
    certificate, *chain = _certificates(settings.smime_cert)
    key = _key(settings.smime_key)
    if key.public_key() != certificate.public_key():
        raise ConfigError("MINGCHA_SMIME_CERT 的第一张证书与 MINGCHA_SMIME_KEY 不是一对；自己的证书须放在最前")
    if not certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc:
        until = clock.local(certificate.not_valid_after_utc).date()
        raise ConfigError(
            f"邮件签名证书不在有效期内（到 {until}）；请换证书，或去掉 MINGCHA_SMIME_CERT 和 MINGCHA_SMIME_KEY"
        )
    return MailSigner(key=key, certificate=certificate, chain=tuple(chain))


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as exc:
        raise ConfigError(f"MINGCHA_SMIME_CERT 的文件 {path} 读不出来；应为 PEM 证书，自己的在最前") from exc


def _key(path: Path) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as exc:
        raise ConfigError(f"MINGCHA_SMIME_KEY 的文件 {path} 读不出来；应为不带口令的 PEM 私钥") from exc
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ConfigError(f"MINGCHA_SMIME_KEY 的文件 {path} 不是 RSA 或椭圆曲线私钥")
    return key
