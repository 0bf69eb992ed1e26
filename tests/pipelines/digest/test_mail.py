"""Approved digests go out by mail to a real SMTP server on this machine, once, with the answer kept."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.digest.digest import make_edition
from pipelines.digest.mail import MOST_TRIES, due, send_digest, send_due
from pipelines.digest.periods import period_with
from pipelines.digest.render_json import render_json
from pipelines.digest.render_xlsx import render_xlsx
from pipelines.enforcement import digests
from pipelines.errors import BadInput, ConfigError, Conflict, Refused
from pipelines.jobs.timetable import plan_clock_jobs
from pipelines.records import DigestEventKind, Role, Series, StoredDigest, Verdict
from tests import factories
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide

CHIEF = factories.user("chief", Role.SUPERVISOR)
NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)


class Mailbox:
    """Takes what comes, unless told to refuse."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.raw.append(envelope.content)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 queued as 4F1A"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def post_desk(home: Any, sqlite_url: str, mailbox: tuple[Mailbox, int]) -> Iterator[Desk]:
    settings = read_settings(
        {
            "MINGCHA_SMTP_HOST": "127.0.0.1",
            "MINGCHA_SMTP_PORT": str(mailbox[1]),
            "MINGCHA_SMTP_SECURITY": "none",
            "MINGCHA_SMTP_FROM": "jyj@example.gov.cn",
            "MINGCHA_DIGEST_TO": "scj@example.gov.cn, lead@example.gov.cn",
        },
        home=home,
        database_url=sqlite_url,
    )
    clock.pin(lambda: NOW)
    with open_desk(settings) as desk:
        yield desk


#: Every kind of file; those that take seconds to lay out, and are tested where they are made, hold a line here.
FILES = (
    (".docx", lambda _: b"a Word file"),
    (".html", lambda _: b"a page"),
    (".json", render_json),
    (".pdf", lambda _: b"%PDF-1.4"),
    (".xlsx", render_xlsx),
)


def _made(desk: Desk, **rest: Any) -> StoredDigest:
    return make_edition(desk, period_with(Series.WEEK, MONDAY.date()), user="system", renderers=FILES, **rest)


@pytest.fixture
def digest(post_desk: Desk) -> StoredDigest:
    decide(post_desk, add_lead(post_desk, "a"), Verdict.CONFIRM, at=MONDAY)
    return _made(post_desk)


def test_nothing_goes_out_before_it_is_approved(
    post_desk: Desk, digest: StoredDigest, mailbox: tuple[Mailbox, int]
) -> None:
    with pytest.raises(Refused, match="审签"):
        send_digest(post_desk, digest.id, user="chief")
    assert send_due(post_desk, user="system") == (0, 0)
    assert mailbox[0].messages == []


def test_an_approved_digest_goes_to_each_once_with_its_files_and_the_receipt_is_kept(
    post_desk: Desk, digest: StoredDigest, mailbox: tuple[Mailbox, int]
) -> None:
    digests.approve(post_desk, digest.id, user=CHIEF)
    with pytest.raises(Conflict, match="已经审签"):
        digests.approve(post_desk, digest.id, user=CHIEF)
    assert send_due(post_desk, user="system") == (2, 0)
    assert send_due(post_desk, user="system") == (0, 0)
    assert [message["To"] for message in mailbox[0].messages] == ["scj@example.gov.cn", "lead@example.gov.cn"]
    message = mailbox[0].messages[0]
    assert "周报 2026-03-02 至 2026-03-08" in message["Subject"]
    attached = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    wanted = {name: post_desk.blobs.get(kept) for name, kept in digest.files.items()}
    assert attached == {name: data for name, data in wanted.items() if not name.endswith((".html", ".json"))}
    _, events, _ = digests.one(post_desk, digest.id, user=CHIEF)
    sent = [event for event in events if event.kind is DigestEventKind.SENT]
    assert [event.detail for event in sent] == ["250 queued as 4F1A"] * 2
    assert post_desk.blobs.get(sent[0].message).rstrip() == mailbox[0].raw[0].rstrip()
    with post_desk.store.read() as tx:
        assert [event.action for event in tx.audit.for_objects([("digest", digest.id)])] == [
            "digest.create", "digest.approve", "digest.send", "digest.send",
        ]  # fmt: skip


def test_a_try_that_fails_is_noted_and_tried_again_later_a_refusal_for_good_is_not(
    post_desk: Desk, digest: StoredDigest, mailbox: tuple[Mailbox, int]
) -> None:
    box = mailbox[0]
    box.refuse = {"scj@example.gov.cn": "451 try later", "lead@example.gov.cn": "550 no such user"}
    digests.approve(post_desk, digest.id, user=CHIEF)
    now = NOW
    clock.pin(lambda: now)
    assert send_due(post_desk, user="system") == (0, 2)
    now += timedelta(minutes=4)
    assert due(post_desk) == []
    now += timedelta(minutes=1)
    assert [recipient for _, recipient in due(post_desk)] == ["scj@example.gov.cn"]
    for _ in range(MOST_TRIES):
        now += timedelta(days=2)
        send_due(post_desk, user="system")
    _, events, _ = digests.one(post_desk, digest.id, user=CHIEF)
    failed = [event.detail for event in events if event.kind is DigestEventKind.FAILED]
    assert failed.count("451 try later") == MOST_TRIES
    assert failed.count("550 no such user") == 1
    box.refuse = {}
    send_digest(post_desk, digest.id, user="chief")  # a person may try at any time
    assert len(box.messages) == 2


def test_a_server_that_is_not_there_is_a_failed_try(
    post_desk: Desk, digest: StoredDigest, mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    digests.approve(post_desk, digest.id, user=CHIEF)
    object.__setattr__(post_desk.settings, "smtp_port", 1)
    events = send_digest(post_desk, digest.id, user="chief")
    assert {event.detail for event in events if event.kind is DigestEventKind.FAILED} == {
        "邮件服务器连不上或中断：ConnectionRefusedError"
    }


def test_a_replaced_edition_is_not_sent_and_its_correction_says_so(
    post_desk: Desk, digest: StoredDigest, mailbox: tuple[Mailbox, int]
) -> None:
    digests.approve(post_desk, digest.id, user=CHIEF)
    decide(post_desk, add_lead(post_desk, "b"), Verdict.CONFIRM, at=MONDAY)
    corrected = _made(post_desk, reason="漏了一家")
    with pytest.raises(Conflict, match="新的一版"):
        send_digest(post_desk, digest.id, user="chief")
    digests.approve(post_desk, corrected.id, user=CHIEF)
    assert send_due(post_desk, user="system") == (2, 0)
    message = mailbox[0].messages[0]
    assert "更正第 1 号" in message["Subject"]
    body = message.get_body()
    assert body is not None
    assert "漏了一家" in body.get_content()
    assert all("更正1" in name for name in corrected.files)


def test_the_job_is_planned_only_where_there_is_a_mail_server(desk: Desk, post_desk: Desk) -> None:
    assert "mail" in {one.kind for one in plan_clock_jobs(post_desk, NOW)}
    assert "mail" not in {one.kind for one in plan_clock_jobs(desk, NOW)}


def test_without_a_mail_server_sending_says_so(desk: Desk) -> None:
    with pytest.raises(BadInput, match="MINGCHA_SMTP_HOST"):
        send_digest(desk, "x", user="chief")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SMTP_HOST": "smtp://m.example"}, "SMTP_HOST"),
        ({"SMTP_HOST": "m.example"}, "DIGEST_TO"),
        ({"SMTP_FROM": "a@b.example"}, "SMTP_HOST"),
        ({"SMTP_HOST": "m.example", "SMTP_FROM": "a@b.example", "DIGEST_TO": "x"}, "邮箱"),
        ({"SMTP_HOST": "m.example", "SMTP_FROM": "a@b.example", "DIGEST_TO": "a@b.example\nBcc: c@d.example"}, "邮箱"),
        ({"SMTP_HOST": "m.example", "SMTP_FROM": "a@b.e", "DIGEST_TO": "a@b.e", "SMTP_USER": "u"}, "SMTP_PASSWORD"),
        (
            {"SMTP_HOST": "m.example", "SMTP_FROM": "a@b.e", "DIGEST_TO": "a@b.e", "SMTP_USER": "u",
             "SMTP_PASSWORD": "geheim", "SMTP_SECURITY": "none"},
            "SMTP_SECURITY",
        ),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
    ],
)  # fmt: skip
def test_mail_settings_that_cannot_work_are_refused_by_name(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as raised:
        read_settings({f"MINGCHA_{name}": value for name, value in environ.items()})
    assert "geheim" not in str(raised.value)
