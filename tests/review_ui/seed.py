"""Leads for the tests of the web: made through the store and a real WARC, with findings of the contract's shape."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from PIL import Image as Picture
from PIL import ImageDraw

from pipelines import clock
from pipelines.desk import Desk, is_demo
from pipelines.enforcement.users import create_user
from pipelines.evidence.warc import open_source_warc
from pipelines.ingest.contact_vault import ContactVault
from pipelines.records import Capture, Contact, Lead, PageState, Role, Source, User

PASSWORD = "Lan-Tian-42-cao"
SOURCE = "bendi-board"


@dataclass(frozen=True, kw_only=True)
class Touch:
    """A finding to be: the words it rests on are looked up in the text."""

    code: str
    name: str
    words: tuple[str, ...]
    consequence: str = "sanctionable"
    department: str = "教育行政部门"
    severity: int = 4
    score: float = 0.9
    why: str = "文字里有这些字句，疑似触及本条。"
    basis: tuple[str, ...] = ("《校外培训行政处罚暂行办法》第十八条：变相开展学科类校外培训",)
    restored: dict[str, str] = field(default_factory=dict)
    signal: str = "academic_hidden"


HIDDEN = Touch(
    code="HT18.2",
    name="疑似变相开展学科类培训——居民楼、酒店等场所",
    words=("数学", "小班", "提分"),
    why="写明在小区内开数学小班并收费，疑似以其他名义开展学科类培训。",
)
ANXIETY = Touch(
    code="AD03",
    name="疑似制造焦虑、误导教育观念",
    words=("别让孩子输在起跑线", "再不补就晚了"),
    consequence="cleanup",
    department="市场监督管理部门",
    severity=3,
    why="“别让孩子输在起跑线”一类话术利用家长焦虑招揽。",
    basis=("《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》（条号待核）：不得渲染焦虑",),
)
PREPAY = Touch(
    code="HT12",
    name="疑似收费违规",
    words=("一次交清", "96课时"),
    consequence="lead",
    why="96课时，超过60课时的上限。",
    basis=("教监管函〔2021〕2号：一次性收费不得超过60课时",),
)
GUARANTEE = Touch(
    code="AD04",
    name="疑似保证性承诺",
    words=("包过", "保证提30分"),
    department="市场监督管理部门",
    severity=5,
    why="“保证提30分”是对培训效果的保证性承诺。",
    basis=("《中华人民共和国广告法》第二十四条：教育、培训广告不得含有保证性承诺",),
)

#: (title, text, platform, district, priority, touches)
POSTINGS: tuple[tuple[str, str, str, str, int, tuple[Touch, ...]], ...] = (
    (
        "滨河花园六年级小升初衔接，名额不多",
        "滨河花园3栋2单元，客厅改的教室，六年级数学小班，一班五个，周六周日上午各两小时。\n"
        "去年跟下来的孩子都提分了，别让孩子输在起跑线。\n一期96课时一次交清，中途不退。\n"
        "电话 138****5678，进门报“来喝茶的”就行。",
        "本地论坛",
        "城东区",
        94,
        (HIDDEN, PREPAY, ANXIETY),
    ),
    (
        "初三冲刺 保证提30分 不提分退款",
        "老牌教研团队，初三物理化学数学全程跟班，保证提30分，重点高中包过。\n"
        "小班八人，晚上七点到九点半。\n微信 l****8 暗号“养生茶”。",
        "分类信息",
        "城西区",
        88,
        (GUARANTEE, HIDDEN),
    ),
    (
        "思维训练营（原奥数班）秋季续报",
        "叫思维训练，课本还是那一本，数学小班老师也没换。再不补就晚了，四年级就拉开差距了。\n秋季续报老生优惠两百。",
        "短视频",
        "江南新区",
        76,
        (HIDDEN, ANXIETY),
    ),
    (
        "家政阿姨会英语，能陪孩子写作业",
        "本科毕业，英语六级，做饭收拾，晚上带孩子把语文数学作业过一遍，按小时算，能提分。",
        "社区团购群",
        "开发区",
        63,
        (HIDDEN,),
    ),
    (
        "托管中心晚间精讲，三到六年级",
        "放学接、吃晚饭、写作业，八点前精讲一小时当天数学。月付，饭钱另算。别让孩子输在起跑线。",
        "分类信息",
        "城东区",
        58,
        (ANXIETY,),
    ),
    (
        "",
        "周末自习室，有人领着刷题，数学为主，一次交清送两周。",
        "图片信息流",
        "",
        41,
        (PREPAY,),
    ),
)


def finding(text: str, touch: Touch) -> dict[str, Any]:
    """One finding of the contract's shape; its spans are where the words stand in the text."""
    spans = []
    for word in touch.words:
        start = text.find(word)
        if start >= 0:
            restored = touch.restored.get(word, word)
            spans.append({"start": start, "end": start + len(word), "text": word, "restored": restored})
    return {
        "signal": touch.signal,
        "code": touch.code,
        "name": touch.name,
        "score": touch.score,
        "severity": touch.severity,
        "consequence": touch.consequence,
        "basis": list(touch.basis),
        "lead_department": touch.department,
        "spans": spans,
        "why": touch.why,
    }


def cell(body: str, *words: str, empty: bool | None = False) -> dict[str, Any]:
    """One dimension or element: the words that stand in the text."""
    spans = [
        {"start": body.find(word), "end": body.find(word) + len(word), "text": word, "restored": word}
        for word in words
        if word in body
    ]
    return {"met": True if spans else empty, "spans": spans}


def assessment(body: str, touches: Sequence[Touch], priority: int) -> dict[str, Any]:
    """An `assess` answer of the contract's shape."""
    return {
        "id": "seed",
        "kind": "offer",
        "academic": {"score": 0.9, "flag": True},
        "covers": ["home"],
        "stages": ["primary"],
        "subjects": ["maths"],
        "paid": {"flag": True, "spans": []},
        "anxiety": {"score": 0.2, "flag": False},
        "findings": [finding(body, touch) for touch in touches],
        "criteria": {
            "purpose": cell(body, "提分"),
            "content": cell(body, "数学"),
            "method": cell(body, "小班", "刷题"),
            "evaluation": cell(body),
        },
        "article17": {
            "place": cell(body, "教室", empty=None),
            "staff": cell(body, empty=None),
            "organisation": cell(body, empty=None),
        },
        "lead": True,
        "priority": priority,
        "model": "m-seed",
        "rulebook": "r-seed",
    }


@cache
def screenshot(lines: int) -> bytes:
    """A page-like picture."""
    picture = Picture.new("RGB", (1280, 1600), "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 1280, 90), fill="#2c6e8f")
    for row in range(lines):
        draw.rectangle((80, 150 + row * 60, 300 + (lines * 37 + row * 211) % 800, 176 + row * 60), fill="#d5dae1")
    draw.rectangle((80, 900, 620, 1300), fill="#b9c7b5")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def seed_source(desk: Desk, name: str = SOURCE, title: str = "本地论坛（演示）") -> Source:
    source = Source(
        name=name,
        title=title,
        lane="A",
        state="ok",
        verified="sandbox",
        last_good_at=clock.now(),
        cooldown_until=None,
        paused=False,
        demo=is_demo(desk),
    )
    with desk.store.transaction() as tx:
        tx.sources.upsert(source)
    return source


def seed_capture(desk: Desk, key: str, html: bytes, *, method: str = "http", lead_id: int | None = None) -> Capture:
    """A capture whose bytes lie in a WARC of this HOME."""
    moment = clock.now()
    url = f"http://board.example/thread/{key}"
    with open_source_warc(desk, SOURCE, clock.local(moment).date()) as warc:
        written = warc.write_response(
            url,
            [("User-Agent", "mingcha")],
            "HTTP/1.1 200 OK",
            [("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx")],
            html,
            ip="192.0.2.7",
            at=moment,
        )
        warc.sync()
    capture = Capture(
        id=clock.new_id(),
        source=SOURCE,
        url=url,
        final_url=url,
        captured_at=moment,
        method=method,
        http_status=200,
        state=PageState.OK,
        content_type="text/html",
        charset="utf-8",
        sha256=hashlib.sha256(html).hexdigest(),
        size=len(html),
        warc_path=written.path,
        warc_offset=written.offset,
        warc_length=written.length,
        warc_record_id=written.record_id,
        screenshot_blob=desk.blobs.put(screenshot(8 + len(key) % 4), suffix=".png") if method == "browser" else None,
        server_ip="192.0.2.7",
        lead_id=lead_id,
    )
    with desk.store.transaction() as tx:
        tx.captures.add(capture)
    return capture


def seed_lead(
    desk: Desk,
    key: str,
    title: str,
    text: str,
    *,
    touches: Sequence[Touch] = (HIDDEN,),
    priority: int = 80,
    platform: str = "本地论坛",
    district: str = "城东区",
    source: str = SOURCE,
    url: str | None = None,
    capture: Capture | None = None,
    phone: str | None = None,
    cluster_id: int | None = None,
    picture: bool = False,
    age: timedelta = timedelta(),
    fields: dict[str, str] | None = None,
) -> Lead:
    """One posting taken in, assessed and in the queue."""
    moment = clock.now() - age
    body = f"{title}\n{text}" if title else text
    with desk.store.transaction() as tx:
        contact_ids = []
        if phone:
            sealed = ContactVault(desk.keys).seal(Contact(kind="phone", value=phone))
            contact_ids.append(tx.contacts.upsert(sealed.kind, sealed.masked, sealed.keyed_hash, sealed.ciphertext))
        operator = tx.operators.for_contacts(contact_ids, name="张老师") if contact_ids else None
        listing, _ = tx.listings.add_version(
            source=source,
            key=key,
            url=url if url is not None else f"http://board.example/thread/{key}",
            platform=platform,
            demo=is_demo(desk),
            visibility="public",
            title=title,
            text=text,
            fields=fields or {},
            images=(),
            price_raw="120元/次",
            district=district,
            posted_at=moment,
            capture_id=capture.id if capture else None,
            content_sha256=hashlib.sha256((key + body).encode("utf-8", "replace")).hexdigest(),
            cluster_id=cluster_id,
            operator_id=operator,
            at=moment,
        )
        for contact_id in contact_ids:
            tx.contacts.link(contact_id, listing.id)
        result = assessment(body, touches, priority)
        stored = tx.assessments.add(listing.version_id, "m-seed", "r-seed", True, priority, result, title, text, moment)
        lead, _ = tx.leads.open_for(listing, stored, moment)
    if picture:
        taken = seed_capture(
            desk, f"{key}-browser", b"<html><body>browser</body></html>", method="browser", lead_id=lead.id
        )
        with desk.store.transaction() as tx:
            tx.leads.set_browser_capture(lead.id, taken.id)
            found = tx.leads.get(lead.id)
        assert found is not None
        return found
    return lead


def seed_user(desk: Desk, name: str, *roles: Role) -> User:
    """A user with the tests' password."""
    return create_user(desk, name, PASSWORD, roles=roles or tuple(Role))


def seed_queue(desk: Desk, number: int = 60, *, pages: bool = True) -> list[Lead]:
    """A queue as on a working day; without `pages` nothing but the first lead has captures (much faster)."""
    seed_source(desk)
    seed_source(desk, "ads", "同城分类（演示）")
    leads = []
    for index in range(number):
        title, text, platform, district, priority, touches = POSTINGS[index % len(POSTINGS)]
        page = f"<html><script>alert(1)</script><h1>{title}</h1><p>{text}</p></html>".encode()
        leads.append(
            seed_lead(
                desk,
                f"t{index}",
                f"{title}（{index + 1}）" if title else "",
                f"{text}\n发帖编号 {1000 + index}",
                touches=touches,
                priority=max(1, priority - index // 6 * 3),
                platform=platform,
                district=district,
                source=SOURCE if index % 3 else "ads",
                capture=seed_capture(desk, f"t{index}", page) if pages or not index else None,
                phone="13812345678" if index % 6 == 0 else None,
                picture=index % 4 != 3 if pages else not index,
                age=timedelta(minutes=17 * index),
                fields={"价格": "120元/次"},
            )
        )
    return leads
