"""Leads, decisions and cases put straight into a desk, with real WARC files, for tests of packages and digests."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from pipelines import audit, clock
from pipelines.desk import Desk, is_demo
from pipelines.evidence.warc import LeadWarc, open_source_warc
from pipelines.evidence.warc_format import printed_uri
from pipelines.records import (
    STATUS_AFTER,
    Capture,
    Case,
    Lead,
    LeadStatus,
    PageState,
    Role,
    Source,
    Strike,
    User,
    Verdict,
)
from pipelines.store import Tx

#: Monday, 2026-03-02, 10:00 in China.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TITLE = "思维小班 <b>招生</b>"
TEXT = "小学数学思维提升班，周末上课，联系 138****5678 {{ 7*7 }} & 保证提分三十分"

_SOURCE = Source(
    name="sandbox-board",
    title="演示论坛",
    lane="A",
    state="ok",
    verified="sandbox",
    last_good_at=None,
    cooldown_until=None,
    paused=False,
    demo=False,
)

_OFFICER = User(
    name="wang",
    roles=frozenset({Role.OFFICER}),
    password_hash="-",
    disabled=False,
    created_at=MONDAY,
    demo=False,
)

_FINDINGS: dict[str, dict[str, Any]] = {
    "HT18.3b": {
        "signal": "academic_hidden",
        "name": "以素质拓展名义开展学科类培训",
        "consequence": "sanctionable",
        "basis": ["校外培训行政处罚暂行办法 第十八条"],
        "lead_department": "教育",
        "words": "数学思维提升",
    },
    "AD04": {
        "signal": "guarantee",
        "name": "保证性承诺",
        "consequence": "sanctionable",
        "basis": ["广告法 第二十四条第一项", "地方细则（条号待核）"],
        "lead_department": "市场监管",
        "words": "保证提分",
    },
    "AD03": {
        "signal": "anxiety",
        "name": "制造焦虑",
        "consequence": "cleanup",
        "basis": ["双减意见"],
        "lead_department": "市场监管",
        "words": "提分",
    },
    #: AD04 a second way: no promise, and nothing that alone has a penalty.
    "AD04/facts": {
        "signal": "exaggerated",
        "name": "夸大效果",
        "consequence": "lead",
        "basis": ["《反不正当竞争法》第九条"],
        "lead_department": "市场监管",
        "words": "思维提升",
    },
    "HT07": {
        "signal": "holiday",
        "name": "时间违规",
        "consequence": "lead",
        "basis": ["双减意见"],
        "lead_department": "教育",
        "words": "周末上课",
    },
}


def assessment_result(title: str, text: str, codes: tuple[str, ...]) -> dict[str, Any]:
    """An answer of the classifier in the contract's form, spans found by looking for the words."""
    body = f"{title}\n{text}"
    findings = []
    for code in codes:
        facts = _FINDINGS[code]
        start = body.index(facts["words"])
        words = facts["words"]
        span = {"start": start, "end": start + len(words), "text": words, "restored": words}
        rest = {key: value for key, value in facts.items() if key != "words"}
        findings.append(
            {
                "code": code.partition("/")[0],
                "score": 0.9,
                "severity": 4,
                "why": f"出现“{words}”",
                "spans": [span],
                **rest,
            }
        )
    covers = ["thinking", "home"] if any(code.startswith("HT18") for code in codes) else []
    academic = {"score": 0.9, "flag": True}
    return {"kind": "offer", "academic": academic, "covers": covers, "findings": findings, "lead": True}


def add_lead(
    desk: Desk,
    key: str,
    *,
    at: datetime = MONDAY,
    codes: tuple[str, ...] = ("HT18.3b", "AD04"),
    title: str = TITLE,
    text: str = TEXT,
    district: str = "西湖区",
    platform: str = "演示论坛",
    phone: str | None = None,
    screenshot: bool = False,
    demo: bool | None = None,
    page: str = "",
    picture: bytes = b"",
) -> Lead:
    """One captured, assessed lead; `page`: what its HTML says, if not the text; `picture`: one more answer that the
    browser got."""
    demo = is_demo(desk) if demo is None else demo
    payload = f"<html><title>{title}</title><body>{page or text}</body></html>".encode()
    other = platform not in ("", _SOURCE.title)
    source = replace(_SOURCE, name="sandbox-ads", title=platform) if other else _SOURCE
    capture = replace(_http_capture(desk, key, payload, at), source=source.name)
    with desk.store.transaction() as tx:
        tx.sources.upsert(source)
        if tx.users.get("wang") is None:
            tx.users.add(_OFFICER)
        tx.captures.add(capture)
        operator_id = None
        if phone:
            contact = tx.contacts.upsert(
                "phone", f"{phone[:3]}****{phone[-4:]}", hashlib.sha256(phone.encode()).hexdigest(), b"x"
            )
            operator_id = tx.operators.for_contacts([contact], name="")
        listing, _ = tx.listings.add_version(
            source=source.name,
            key=key,
            url=f"http://127.0.0.1:1/{key}",
            platform=platform,
            demo=demo,
            visibility="public",
            title=title,
            text=text,
            fields={},
            images=(),
            price_raw="3000元/期",
            district=district,
            posted_at=at - timedelta(days=1),
            capture_id=capture.id,
            content_sha256=hashlib.sha256(key.encode() + payload).hexdigest(),
            cluster_id=None,
            operator_id=operator_id,
            at=at,
        )
        if phone:
            tx.contacts.link(contact, listing.id)
        result = assessment_result(title, text, codes)
        stored = tx.assessments.add(listing.version_id, "m1", "r1", True, 80, result, title, text, at)
        lead, _ = tx.leads.open_for(listing, stored, at)
    if screenshot:
        _browser_capture(desk, lead, at + timedelta(minutes=5), picture)
    with desk.store.read() as tx:
        return tx.leads.get(lead.id) or lead


def _strikes(tx: Tx, lead: Lead, struck: tuple[str, ...]) -> tuple[Strike, ...]:
    """A rule's code as old rows hold it; AD04.2 as the finding it names."""
    assessment = tx.assessments.get(lead.assessment_id)
    assert assessment is not None
    codes = {finding["code"] for finding in assessment.findings}
    ids = [one for one in struck if one not in codes]
    named = assessment.strikes(ids)
    assert len(named) == len(ids)
    return (*(Strike(id=one) for one in struck if one in codes), *named)


def decide(
    desk: Desk,
    lead: Lead,
    verdict: Verdict,
    *,
    at: datetime,
    to: str | None = None,
    struck: tuple[str, ...] = (),
    reason: str = "理由 <x>",
) -> int:
    """An officer's decision; returns its id."""
    with desk.store.transaction() as tx:
        row = tx.decisions.add(lead.id, verdict, to, reason, "wang", None, None, at, struck=_strikes(tx, lead, struck))
        now = tx.leads.get(lead.id)
        assert now is not None
        tx.leads.set_status(lead.id, STATUS_AFTER[verdict], now.revision)
        audit.record(tx, actor="wang", action="lead.decide", object_type="lead", object_id=lead.id, decision=row.id)
    return row.id


def undo(desk: Desk, lead: Lead, decision_id: int, *, at: datetime, back_to: LeadStatus = LeadStatus.OPEN) -> None:
    """Takes a decision back."""
    with desk.store.transaction() as tx:
        tx.decisions.add(
            lead.id,
            Verdict.UNDO,
            to_department=None,
            reason="",
            user="wang",
            os_account=None,
            undoes=decision_id,
            at=at,
        )
        now = tx.leads.get(lead.id)
        assert now is not None
        tx.leads.set_status(lead.id, back_to, now.revision)


def open_case(desk: Desk, leads: list[Lead], *, at: datetime = MONDAY, title: str = "某培训点 <i>案</i>") -> Case:
    """A case of these leads."""
    with desk.store.transaction() as tx:
        case = tx.cases.open([lead.id for lead in leads], title, "wang", at, is_demo(desk))
        audit.record(tx, actor="wang", action="case.open", object_type="case", object_id=case.id)
    return case


def _http_capture(desk: Desk, key: str, payload: bytes, at: datetime) -> Capture:
    url = f"http://127.0.0.1:1/{key}"
    with open_source_warc(desk, "sandbox-board", clock.local(at).date()) as warc:
        headers = [("Content-Type", "text/html; charset=utf-8")]
        written = warc.write_response(
            url, [("Host", "127.0.0.1:1")], "HTTP/1.1 200 OK", headers, payload, ip=None, at=at
        )
        warc.sync()
    return capture_of(url, payload, at, "http", written)


def _browser_capture(desk: Desk, lead: Lead, at: datetime, picture: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 90), "white").save(out, "PNG")
    payload, printed = b"<html>browser</html>", b"%PDF-1.4 as printed"
    capture_id = clock.new_id()
    with LeadWarc(desk.home, lead.id, f"c{lead.id}") as warc:
        warc.write_resource(printed_uri(capture_id), printed, "application/pdf", at=at)
        warc.write_response(lead.url + ".js", [], "HTTP/1.1 200 OK", [], b"let a = 1", ip=None, at=at)
        if picture:
            warc.write_response(lead.url + ".jpg", [], "HTTP/1.1 200 OK", [], picture, ip=None, at=at)
        written = warc.write_response(lead.url, [], "HTTP/1.1 200 OK", [], payload, ip=None, at=at)
        warc.sync()
    shot = desk.blobs.put(out.getvalue(), suffix=".png")
    capture = replace(
        capture_of(lead.url, payload, at, "browser", written, screenshot=shot, lead_id=lead.id),
        id=capture_id,
        environment={"tool": "test", "pdf_sha256": hashlib.sha256(printed).hexdigest()},
    )
    with desk.store.transaction() as tx:
        tx.captures.add(capture)
        tx.leads.set_browser_capture(lead.id, capture.id)


def capture_of(
    url: str,
    payload: bytes,
    at: datetime,
    method: str,
    written: Any,
    *,
    screenshot: str | None = None,
    lead_id: int | None = None,
) -> Capture:
    return Capture(
        id=clock.new_id(),
        source="sandbox-board",
        url=url,
        final_url=url,
        captured_at=at,
        method=method,
        http_status=200,
        state=PageState.OK,
        content_type="text/html",
        charset="utf-8",
        sha256=hashlib.sha256(payload).hexdigest(),
        size=len(payload),
        warc_path=written.path,
        warc_offset=written.offset,
        warc_length=written.length,
        warc_record_id=written.record_id,
        screenshot_blob=screenshot,
        lead_id=lead_id,
        environment={"tool": "test"},
    )
