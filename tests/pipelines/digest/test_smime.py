"""A signed mail as the server got it, checked by openssl; nothing unsigned goes out where signing is set."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.digest.digest import make_edition
from pipelines.digest.mail import send_digest
from pipelines.digest.periods import period_with
from pipelines.digest.render_json import render_json
from pipelines.digest.render_xlsx import render_xlsx
from pipelines.enforcement import digests
from pipelines.errors import ConfigError
from pipelines.records import Role, Series, StoredDigest, Verdict
from tests import factories
from tests.pipelines.digest.test_mail import Mailbox, mailbox  # noqa: F401  # a fixture
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
CHIEF = factories.user("chief", Role.SUPERVISOR)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, until: datetime
) -> x509.Certificate:
    def called(one: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)])

    made = (
        x509.CertificateBuilder().subject_name(called(name)).issuer_name(called(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=400)).not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
    )  # fmt: skip
    if name != issuer:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        box = x509.SubjectAlternativeName([x509.RFC822Name("jyj@example.gov.cn")])
        made = made.add_extension(box, critical=False)
    return made.sign(by, hashes.SHA256())


def _pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)


class Keys:
    """An authority, and a certificate of the agency's mailbox from it."""

    def __init__(self, folder: Path, *, until: datetime = NOW + timedelta(days=4000)) -> None:
        root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority = _certificate("authority", root, "authority", root, until=NOW + timedelta(days=4000))
        mine = _certificate("jyj", own, "authority", root, until=until)
        self.ca, self.cert, self.key = (folder / name for name in ("ca.pem", "own.pem", "own.key"))
        self.ca.write_bytes(_pem(authority))
        self.cert.write_bytes(_pem(mine) + _pem(authority))
        plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.key.write_bytes(own.private_bytes(serialization.Encoding.PEM, *plain))


@pytest.fixture
def desk_of(home: Path, sqlite_url: str, mailbox: tuple[Mailbox, int]) -> Iterator[Any]:  # noqa: F811
    desks: list[Desk] = []

    def opened(keys: Keys) -> tuple[Desk, StoredDigest]:
        environ = {
            "MINGCHA_SMTP_HOST": "127.0.0.1",
            "MINGCHA_SMTP_PORT": str(mailbox[1]),
            "MINGCHA_SMTP_SECURITY": "none",
            "MINGCHA_SMTP_FROM": "jyj@example.gov.cn",
            "MINGCHA_DIGEST_TO": "scj@example.gov.cn",
            "MINGCHA_SMIME_CERT": str(keys.cert),
            "MINGCHA_SMIME_KEY": str(keys.key),
        }
        clock.pin(lambda: NOW)
        desk = open_desk(read_settings(environ, home=home, database_url=sqlite_url))
        desks.append(desk)
        decide(desk, add_lead(desk, "a"), Verdict.CONFIRM, at=MONDAY)
        period, cheap = period_with(Series.WEEK, MONDAY.date()), ((".json", render_json), (".xlsx", render_xlsx))
        digest = make_edition(desk, period, user="system", renderers=cheap)
        digests.approve(desk, digest.id, user=CHIEF)
        return desk, digest

    yield opened
    for desk in desks:
        desk.close()


def _openssl(tool: str, path: Path, keys: Keys, out: Path) -> subprocess.CompletedProcess[str]:
    command = ["openssl", tool, "-verify", "-in", str(path), "-CAfile", str(keys.ca), "-out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_the_server_got_verifies_with_openssl_and_a_changed_word_does_not(
    desk_of: Any,
    tmp_path: Path,
    mailbox: tuple[Mailbox, int],  # noqa: F811
) -> None:
    keys = Keys(tmp_path)
    desk, digest = desk_of(keys)
    send_digest(desk, digest.id, user="chief")
    (raw,), (message,) = mailbox[0].raw, mailbox[0].messages
    path, out = tmp_path / "mail.eml", tmp_path / "signed"
    path.write_bytes(raw)
    for tool in ("smime", "cms"):
        done = _openssl(tool, path, keys, out)
        assert done.returncode == 0, (tool, done.stderr)
    (tmp_path / "stranger").mkdir()
    assert _openssl("smime", path, Keys(tmp_path / "stranger"), out).returncode != 0
    assert (message["From"], message["To"]) == ("jyj@example.gov.cn", "scj@example.gov.cn")
    assert "周报 2026-03-02 至 2026-03-08" in message["Subject"]
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "multipart/mixed",
        "application/pkcs7-signature",
    ]
    body = message.get_payload(0)
    text, *files = body.iter_parts()  # type: ignore[union-attr]
    assert "不是对事实的认定" in text.get_content()
    attached = {part.get_filename(): part.get_payload(decode=True) for part in files}
    wanted = {name: desk.blobs.get(kept) for name, kept in digest.files.items() if name.endswith(".xlsx")}
    assert attached == wanted
    assert len(wanted) == 1
    assert all(len(line) <= 998 and line.isascii() for line in raw.splitlines())
    at = raw.index(b"base64", raw.index(b"\r\n\r\n")) + 20
    path.write_bytes(raw[:at] + (b"B" if raw[at : at + 1] == b"A" else b"A") + raw[at + 1 :])
    assert _openssl("smime", path, keys, out).returncode != 0


def test_nothing_goes_out_unsigned(desk_of: Any, tmp_path: Path, mailbox: tuple[Mailbox, int]) -> None:  # noqa: F811
    desk, digest = desk_of(Keys(tmp_path, until=NOW - timedelta(days=1)))
    with pytest.raises(ConfigError, match="不在有效期"):
        send_digest(desk, digest.id, user="chief")
    (tmp_path / "other").mkdir()
    (tmp_path / "own.key").write_bytes(Keys(tmp_path / "other").key.read_bytes())
    with pytest.raises(ConfigError, match="不是一对"):
        send_digest(desk, digest.id, user="chief")
    (tmp_path / "own.key").write_bytes(b"?")
    with pytest.raises(ConfigError, match="读不出来"):
        send_digest(desk, digest.id, user="chief")
    assert mailbox[0].raw == []


def test_half_a_pair_is_refused() -> None:
    mail = {"MINGCHA_SMTP_HOST": "127.0.0.1", "MINGCHA_SMTP_FROM": "a@b.cn", "MINGCHA_DIGEST_TO": "c@d.cn"}
    with pytest.raises(ConfigError, match="SMIME_KEY"):
        read_settings({**mail, "MINGCHA_SMIME_CERT": "x.pem"})
    with pytest.raises(ConfigError, match="SMTP_HOST"):
        read_settings({"MINGCHA_SMIME_CERT": "x.pem", "MINGCHA_SMIME_KEY": "x.key"})
