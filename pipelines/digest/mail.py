"""Sending an approved digest by mail: one message a recipient, kept as it was sent, with what the server answered.

Nothing unapproved leaves, nothing that a newer edition replaced, and nobody gets a digest twice of his own accord. A
message keeps its Message-ID over all tries, so that one sent twice by a crash in between is known as the same.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from hashlib import sha256
from pathlib import PurePath

from pipelines import audit, clock
from pipelines.config import Settings
from pipelines.desk import Desk
from pipelines.digest.periods import name_of
from pipelines.digest.smime import mail_signer
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.evidence.words import DECLARATION
from pipelines.records import DigestEvent, DigestEventKind, StoredDigest

#: Seconds for one answer of the server.
TIMEOUT = 30
#: Tries that fail before a person must look.
MOST_TRIES = 8
#: The first pause between tries; each is twice the one before.
FIRST_PAUSE = timedelta(minutes=5)
#: Digests looked at for what is still to send.
_NEWEST = 20
_ATTACHED = {
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".pdf": ("application", "pdf"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def send_digest(desk: Desk, digest_id: str, *, user: str) -> tuple[DigestEvent, ...]:
    """One try for every recipient that has not got it; the events of this digest afterwards. Raises NotFound, BadInput
    without a mail server, Refused for one nobody approved, Conflict for one that was replaced, ConfigError for one that
    is to be signed and cannot be."""
    settings = desk.settings
    if not settings.smtp_host:
        raise BadInput("没有设邮件服务器（MINGCHA_SMTP_HOST），不能发送；可下载后另行报送")
    with desk.store.read() as tx:
        digest = tx.digests.get(digest_id)
        if digest is None:
            raise NotFound("没有这期周报")
        events = tx.digests.events([digest_id])
        newer = tx.digests.replaced_by(digest_id)
    if not any(event.kind is DigestEventKind.APPROVED for event in events):
        raise Refused("这一期还没有审签，不能发送")
    if newer is not None:
        raise Conflict("这一期已有新的一版，请发送新版")
    for recipient in unsent(settings.digest_recipients, events):
        _try(desk, digest, recipient, user)
    with desk.store.read() as tx:
        return tx.digests.events([digest_id])


def send_due(desk: Desk, *, user: str) -> tuple[int, int]:
    """Send what is approved and still owed, each with growing pauses between tries; how many went out and failed."""
    sent = failed = 0
    for digest, recipient in due(desk):
        if _try(desk, digest, recipient, user):
            sent += 1
        else:
            failed += 1
    return sent, failed


def due(desk: Desk) -> list[tuple[StoredDigest, str]]:
    """What is to be tried now."""
    if not desk.settings.smtp_host:
        return []
    now, found = clock.now(), []
    with desk.store.read() as tx:
        for digest in tx.digests.approved(_NEWEST):
            if tx.digests.replaced_by(digest.id) is not None:
                continue
            events = tx.digests.events([digest.id])
            for recipient in unsent(desk.settings.digest_recipients, events):
                if _may_try(recipient, events, now):
                    found.append((digest, recipient))
    return found


def unsent(recipients: Sequence[str], events: Sequence[DigestEvent]) -> list[str]:
    """Those who have not got it."""
    done = {event.recipient for event in events if event.kind is DigestEventKind.SENT}
    return [recipient for recipient in recipients if recipient not in done]


def _may_try(recipient: str, events: Sequence[DigestEvent], now: datetime) -> bool:
    failures = [event for event in events if event.kind is DigestEventKind.FAILED and event.recipient == recipient]
    if not failures:
        return True
    if len(failures) >= MOST_TRIES or failures[-1].detail.startswith("5"):  # a refusal for good
        return False
    pause: timedelta = FIRST_PAUSE * (1 << (len(failures) - 1))
    return now >= failures[-1].at + pause


def _try(desk: Desk, digest: StoredDigest, recipient: str, user: str) -> bool:
    """One try, noted with the server's answer and the message itself."""
    data = _message(desk, digest, recipient)
    try:
        answer, kind = _deliver(desk.settings, recipient, data), DigestEventKind.SENT
    except smtplib.SMTPResponseException as exc:
        answer, kind = f"{exc.smtp_code} {_words(exc.smtp_error)}", DigestEventKind.FAILED
    except (OSError, smtplib.SMTPException) as exc:
        answer, kind = f"邮件服务器连不上或中断：{type(exc).__name__}", DigestEventKind.FAILED
    kept = desk.blobs.put(data, suffix=".eml") if kind is DigestEventKind.SENT else ""
    with desk.store.transaction() as tx:
        tx.digests.note(digest.id, kind, user, clock.now(), recipient=recipient, detail=answer, message=kept)
        action = "digest.send" if kind is DigestEventKind.SENT else "digest.send_failed"
        audit.record(tx, actor=user, action=action, object_type="digest", object_id=digest.id)
    return kind is DigestEventKind.SENT


def _message(desk: Desk, digest: StoredDigest, recipient: str) -> bytes:
    message = EmailMessage(policy=SMTP_POLICY)
    days = " 至 ".join(dict.fromkeys((digest.first_day, digest.last_day)))
    erratum = f"（更正第 {digest.erratum} 号）" if digest.erratum else ""
    mark = "【演示】" if digest.demo else ""
    title = f"{mark}校外培训广告与隐形变异培训线索{name_of(digest)}{erratum} {days}"
    message["Subject"] = title
    message["From"] = desk.settings.smtp_from
    message["To"] = recipient
    message["Date"] = format_datetime(clock.local(clock.now()))
    domain = desk.settings.smtp_from.rpartition("@")[2]
    who = sha256(recipient.encode()).hexdigest()[:16]
    message["Message-ID"] = f"<{digest.id}.{who}@{domain}>"
    reason = f"\n更正原因：{digest.reason}\n本件代替此前发送的同期一件。\n" if digest.erratum else ""
    message.set_content(f"{title}，见附件。\n{reason}\n{DECLARATION}\n")
    for name, kept in sorted(digest.files.items()):
        kinds = _ATTACHED.get(PurePath(name).suffix)
        if kinds is not None:
            message.add_attachment(desk.blobs.get(kept), maintype=kinds[0], subtype=kinds[1], filename=name)
    signer = mail_signer(desk.settings)
    return signer.signed(message) if signer else message.as_bytes()


def _deliver(settings: Settings, recipient: str, data: bytes) -> str:
    """Hand it over; the server's answer to the whole message is the receipt. Raises what smtplib does."""
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.ehlo_or_helo_if_needed()
        # One after the other: data without a recipient would only hide why there is none.
        code, answer = server.mail(settings.smtp_from)
        if code == 250:
            code, answer = server.rcpt(recipient)
        if code in (250, 251):
            code, answer = server.data(data)
        if code != 250:
            raise smtplib.SMTPResponseException(code, answer)
    return f"{code} {_words(answer)}"


def _words(answer: bytes | str) -> str:
    """What a server says, one line, not for ever."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
