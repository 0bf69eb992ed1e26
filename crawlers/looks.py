"""Pages that no engine knows: refusals and lists first, then the posting, read by what any site has."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from parsel import Selector

from crawlers.loose_fields import loose_fields
from crawlers.main_block import headline, main_block, meta_text, without_site
from crawlers.page_state import carried_postings
from crawlers.refusals import refusal
from crawlers.said_pairs import lone_pairs, said_pairs, without_pairs
from crawlers.states import PageView, is_shell, page_title
from crawlers.unframed import without_frame
from crawlers.visible import tidy, visible_text
from pipelines.records import PageState

#: Running text of a page that holds more than itself (menus, links).
_MIN_TEXT = 80
#: Less is enough where heading and window name the same posting.
_MIN_NAMED = 20
#: Of a page that is nothing but a short posting: what it says in all, at least and at most, and the share of it that
#: may be links. A whole advertisement fits into one sentence.
_MIN_SHORT, _MAX_SHORT, _LINK_SHARE = 20, 600, 0.2
#: What a person does with a page we cannot read.
_MEND = "确是一条信息的，请把要查的文字另存为 .txt 文件，再用 mingcha intake 导入"
#: Enough to know a list by; hostile pages hold more.
_MAX_LINKS = 1500
_LIST_ROWS = 6
_LIST_SHARE = 0.4
_TEMPLATE = re.compile(r"<\{\$\w|<volist\b|\{%\s*(for|if)\s|\{\{\s*[a-z_]+(\.[a-z_]+)*\s*\}\}")
#: So much text in one go is a sentence and no menu.
_SENTENCE = re.compile(r"[^\n]{20}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: What a site says of itself in its head: no posting.
_SLOGAN = re.compile(r"平台|官网|官方网站|APP|一站式|领先|为您提供|为你提供|记录美好|让生活|分享.{0,6}生活|下载|闲不住")
_NO_YEAR = "没有年份或说的是多久以前，而不知道网页何时保存"
_NOT_SAID = "网页上没有读到"


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A posting as any site has it."""

    title: str
    body: str
    pairs: dict[str, str] = field(default_factory=dict)
    fee: str = ""
    phone: str = ""
    district: str = ""
    author: str = ""
    posted_at: datetime | None = None
    #: Field → why it was not read.
    unread: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Looks:
    """What a page looks like, why, and the posting when it is one."""

    state: PageState
    kind: str
    reason: str
    posting: Posting | None = None


_SHELL = Looks(state=PageState.SHELL, kind="提示页", reason="页面没有文字，内容要靠脚本载入")


def look_at(view: PageView) -> Looks:
    """The state of a page no engine knows, with its posting when that is plain; never guessed past a refusal."""
    if is_shell(view) and not view.selector.css("input[type=password]"):
        return _carried(view) or _SHELL
    bare = without_frame(view.selector)
    title, heading = headline(view, bare)
    main = visible_text(bare)
    refused = refusal(view, main, title)
    if refused is not None:
        verdict, kind = refused
        return Looks(state=verdict.state, kind=kind, reason=verdict.reason)
    if _TEMPLATE.search(view.text):
        return Looks(state=PageState.UNKNOWN, kind="模板", reason="是没有填入内容的网页模板，不是信息")
    rows, share = _repeated(view.selector, len(visible_text(view.selector)))
    if rows >= _LIST_ROWS and share >= _LIST_SHARE:
        reason = f"{rows} 个同样的带链接的行占了 {share:.0%} 的文字，是列表，不是一条信息"
        return Looks(state=PageState.LIST, kind="列表", reason=reason)
    return _posting(view, bare, title, heading is not None) or _carried(view) or _nothing(view, main)


def _posting(view: PageView, bare: Selector, title: str, headed: bool) -> Looks | None:
    body = main_block(bare, title)
    named = headed and "".join(title.split()) in "".join(page_title(view).split())
    enough = _MIN_NAMED if named and len(_HAN.findall(body)) >= _MIN_NAMED else _MIN_TEXT
    if len(body) < enough or not _SENTENCE.search(body):
        body = _short_posting(view, bare, title)
    if not body or not title:
        return None
    pairs = said_pairs(bare)
    pairs |= {label: value for label, value in lone_pairs(bare, body).items() if label not in pairs}
    whole, body = body, without_pairs(body, pairs)
    found = loose_fields(view.selector, bare, pairs, whole)
    unread = {
        "posted_at": "" if found.posted_at else f"“{found.raw_date[:20]}”{_NO_YEAR}" if found.raw_date else _NOT_SAID,
        **{name: "" if getattr(found, name) else _NOT_SAID for name in ("fee", "phone", "district")},
    }
    return Looks(
        state=PageState.OK,
        kind="一般网页",
        reason=f"不是认得的平台，按正文读取（{len(body)} 字），各项按网页上的写法读取，请对一对",
        posting=Posting(
            title=title,
            body=body,
            pairs=pairs,
            fee=found.fee,
            phone=found.phone,
            district=found.district,
            author=found.author,
            posted_at=found.posted_at,
            unread=unread,
        ),
    )


def _carried(view: PageView) -> Looks | None:
    """The posting of a page that shows none: from the data for its scripts, else from what its head tells of it."""
    carried = next(iter(carried_postings(view.selector)), None)
    title = tidy(meta_text(view.selector, "og:title") or without_site(page_title(view)))
    if carried is not None:
        body, title, posted_at = carried.body, carried.title or title, carried.posted_at
        beside = {"电话": carried.phone, "地址": carried.place}
        told = "网页要靠脚本显示，正文读自网页自带的数据"
    else:
        body, posted_at, beside = meta_text(view.selector, "og:description"), None, {}
        told = "网页要靠脚本显示，只读到网页头部的标题和摘要，正文可能不全"
        site = tidy(f"{page_title(view)} {meta_text(view.selector, 'og:site_name')}")
        if len(_HAN.findall(body)) < _MIN_NAMED or len(title) < 6 or title in site or _SLOGAN.search(title + body):
            return None
    if not title:
        title = body[:30]
    found = loose_fields(view.selector, view.selector, beside, body)
    posting = Posting(
        title=title,
        body=body,
        fee=found.fee,
        phone=found.phone,
        district=found.district,
        posted_at=posted_at or found.posted_at,
    )
    unread = {name: "" if getattr(posting, name) else _NOT_SAID for name in ("posted_at", "fee", "phone", "district")}
    return Looks(state=PageState.OK, kind="一般网页", reason=told, posting=replace(posting, unread=unread))


def _nothing(view: PageView, main: str) -> Looks:
    if len(main) < _MIN_NAMED and view.selector.css("script[src]") and view.selector.css("noscript"):
        return _SHELL
    reason = f"没有认得的标志，也没有成段的正文（只有 {_MIN_SHORT} 字以上、几乎没有链接的短页面才整页读取）；{_MEND}"
    return Looks(state=PageState.UNKNOWN, kind="未知", reason=reason)


def _repeated(page: Selector, size: int) -> tuple[int, float]:
    """The largest group of like siblings that each lead somewhere: how many, and their share of the visible text."""
    groups: dict[tuple[Any, str, str], dict[Any, Selector]] = defaultdict(dict)
    for link in page.xpath("//body//a[@href]")[:_MAX_LINKS]:
        for node in link.xpath("ancestor-or-self::*[self::li or self::tr or self::dl or self::div or self::article]")[
            -8:
        ]:
            parent = node.root.getparent()
            if parent is not None:
                kind = next(iter((node.root.get("class") or "").split()), "")
                groups[parent, node.root.tag, kind][node.root] = node
    best = (0, 0.0)
    for members in groups.values():
        if len(members) >= _LIST_ROWS:
            share = sum(len(visible_text(node)) for node in members.values()) / max(1, size)
            best = max(best, (len(members), min(share, 1.0)), key=lambda pair: pair[1])
    return best


def _short_posting(view: PageView, bare: Selector, title: str) -> str:
    """What a page says that is one short posting under its heading and nothing else; else the empty string."""
    seen = visible_text(bare)
    said = seen.removeprefix(title).strip() if title else ""
    linked = sum(len(visible_text(link)) for link in view.selector.css("a[href]")[:_MAX_LINKS])
    has_form = bool(view.selector.css("form, input, iframe"))
    if has_form or not _MIN_SHORT <= len(said) <= _MAX_SHORT or linked > _LINK_SHARE * len(seen):
        return ""
    return said if _SENTENCE.search(said) else ""
