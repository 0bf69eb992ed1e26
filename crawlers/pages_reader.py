"""Saved pages without a recipe: recognised by the marks of the engines, else read only if plainly running text."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.charset import decode
from crawlers.embedded import main_text
from crawlers.errors import RecipeError
from crawlers.extract import Extracted, extract_from, to_listing
from crawlers.recipe import IMPORTED, Recipe
from crawlers.source import FILE, load_engine, load_recipe, source_folders
from crawlers.states import PageView, Verdict, classify, find_wall, is_shell, page_title
from crawlers.steps import PageContext
from crawlers.visible import tidy, visible_text
from pipelines.evidence.words import FIELDS
from pipelines.records import ExtractedListing, PageState

#: Asked in this order: the most telling marks first.
_ENGINES = (
    ("discuz-x", "Discuz! 论坛"),
    ("phpwind", "phpwind 论坛"),
    ("weixin-article", "微信公众号文章"),
    ("classifieds", "分类信息"),
)
#: Engines whose refusals are told by words alone: only their postings and lists are believed of a page from anywhere.
_BY_MARKS_ALONE = (("discuz-7", "Discuz! 7 论坛"), ("wordpress", "WordPress 网站"))
MAX_BYTES = 10 * 1024 * 1024
#: Running text of a page that holds more than itself (menus, links).
_MIN_TEXT = 80
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
#: Fewer visible characters than this make a page that is only a message.
_MESSAGE_CHARS = 500
_GONE = re.compile(
    r"(页面|网页|内容|链接|信息|帖子|文章|您访问的).{0,12}(不存在|已过期|已被?删除|找不到|已下架)|404 Not Found", re.I
)
_LOGIN = re.compile(r"(请|需要|您)(先|尚未|没有)?登录|登录后(查看|可见|继续)|没有登录|没有权限访问")


@dataclass(frozen=True, kw_only=True)
class PageReading:
    """What a saved page was taken for, and why; the postings on it."""

    state: PageState
    #: e.g. "Discuz! 论坛 · 帖子"
    kind: str
    #: In Chinese: by which marks.
    reason: str
    listings: tuple[ExtractedListing, ...] = ()
    #: Field → why it was not read, of a page that holds a posting.
    unread: dict[str, str] = field(default_factory=dict)


def read_page(data: bytes, name: str) -> PageReading:
    """Recognise a page and read the posting on it, if it plainly is one. Never raises for anything a file can hold."""
    if len(data) > MAX_BYTES:
        return PageReading(state=PageState.UNKNOWN, kind="文件", reason="文件超过 10 MB，不作为网页读取")
    text = decode(data).text
    view = PageView.of(url="", status=200, body=data, text=text)
    wall = find_wall(view)
    if wall is not None:
        return PageReading(state=wall.state, kind="验证墙", reason=f"{wall.reason}，不是信息")
    for recipe in _brought_recipes():
        reading = _by_engine(view, recipe, recipe.title, name) if _may_be_of(view, recipe) else None
        if reading is not None and reading.state in (PageState.OK, PageState.LIST):
            return reading
    for engine, kind in _ENGINES:
        reading = _by_engine(view, load_engine(engine), kind, name)
        if reading is not None:
            return reading
    for engine, kind in _BY_MARKS_ALONE:
        reading = _by_engine(view, load_engine(engine), kind, name)
        if reading is not None and reading.state in (PageState.OK, PageState.LIST):
            return reading
    return _by_looks(view, name)


def _brought_recipes() -> list[Recipe]:
    """The recipes of lanes C and D: how pages are read that people bring. One that cannot be read is left out here;
    `mingcha source list` shows its fault."""
    found = []
    for folder in source_folders().values():
        with contextlib.suppress(RecipeError):
            recipe = _recipe_of(folder / FILE, (folder / FILE).stat().st_mtime_ns)
            if recipe.lane in IMPORTED:
                found.append(recipe)
    return found


@lru_cache(maxsize=64)
def _recipe_of(path: Path, _changed: int) -> Recipe:
    """A recipe, read once until its file changes."""
    return load_recipe(path)


def _may_be_of(view: PageView, recipe: Recipe) -> bool:
    """May a page be of this source: does it name none of its hosts as another's?"""
    said = urlsplit(_canonical(view)).netloc.lower()
    return not said or not recipe.scope.hosts or said in (*recipe.scope.hosts, *recipe.scope.old_hosts)


def _by_engine(view: PageView, recipe: Recipe, kind: str, name: str) -> PageReading | None:
    verdict = classify(view, recipe.states)
    if verdict.state in (PageState.UNKNOWN, PageState.SHELL):
        return None
    if verdict.state is not PageState.OK:
        return PageReading(state=verdict.state, kind=kind, reason=f"{kind}的{_SHOWN[verdict.state]}页")
    # Nobody knows when the page was saved, so "昨天" and dates without a year stay unread.
    context = PageContext(url=_canonical(view), fetched_at=None, text=view.text)
    found = extract_from(view.selector, recipe, context)
    if found.missing:
        return None
    listing = to_listing(found, recipe, key=_key(view, name), url=_canonical(view))
    if not listing.title:
        return PageReading(state=PageState.UNKNOWN, kind=kind, reason=f"像是{kind}，但没有读到标题")
    listing = replace(listing, source="", platform=kind)
    unread = {name: _why_unread(name, recipe, found) for name in recipe.fields if not _has(name, found)}
    reason = f"{kind}的信息页（有标题和正文的标志）" + ("" if listing.text else "，正文是空的") + _told(unread)
    return PageReading(state=PageState.OK, kind=kind, reason=reason, listings=(listing,), unread=unread)


def _has(name: str, found: Extracted) -> bool:
    if name == "posted_at":
        return found.posted_at is not None
    return bool(found.images if name == "images" else found.attrs if name == "attrs" else found.values.get(name))


def _told(unread: Mapping[str, str]) -> str:
    """The fields that were not read, those with one reason together."""
    parts = []
    for reason in dict.fromkeys(unread.values()):
        names = "、".join(FIELDS[name] for name, why in unread.items() if why == reason)
        parts.append(f"{names}（{reason}）")
    return f"；没有读出：{'，'.join(parts)}" if parts else ""


def _why_unread(name: str, recipe: Recipe, found: Extracted) -> str:
    """Why a field of a page that was read has no value."""
    if name in found.unreadable:
        return "网页用自带字体显示数字，不作读取"
    if name == "posted_at" and found.raw_date:
        return f"“{found.raw_date[:20]}”没有年份或说的是多久以前，而不知道网页何时保存"
    if any(pick.labels for pick in recipe.fields[name].picks) and not found.attrs:
        return "网页没有可读的信息表"
    return "网页上没有这一项的标志"


def _by_looks(view: PageView, name: str) -> PageReading:
    """No engine knows it: messages and lists first, then running text."""
    seen = visible_text(view.selector)
    verdict = _message(view, seen)
    if verdict is not None:
        return PageReading(state=verdict.state, kind="提示页", reason=verdict.reason)
    if _TEMPLATE.search(view.text):
        return PageReading(state=PageState.UNKNOWN, kind="模板", reason="是没有填入内容的网页模板，不是信息")
    rows, share = _repeated(view.selector, len(seen))
    if rows >= _LIST_ROWS and share >= _LIST_SHARE:
        reason = f"{rows} 个同样的带链接的行占了 {share:.0%} 的文字，是列表，不是一条信息"
        return PageReading(state=PageState.LIST, kind="列表", reason=reason)
    body, title = main_text(view.text, view.selector), _title(view)
    if len(body) < _MIN_TEXT:
        body = _short_posting(view, seen, title)
    if not body or not title:
        reason = (
            f"没有认得的标志，也没有成段的正文（只有 {_MIN_SHORT} 字以上、几乎没有链接的短页面才整页读取）；{_MEND}"
        )
        return PageReading(state=PageState.UNKNOWN, kind="未知", reason=reason)
    listing = ExtractedListing(
        source="", key=_key(view, name), url=_canonical(view), title=title[:500], text=body[:20_000], platform="网页"
    )
    return PageReading(
        state=PageState.OK,
        kind="一般网页",
        reason=f"不是认得的平台，按正文读取（{len(body)} 字）；费用、电话等各项没有分开读（不认得的平台没有标志可依）",
        listings=(listing,),
    )


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


def _message(view: PageView, seen: str) -> Verdict | None:
    if is_shell(view) and not view.selector.css("input[type=password]"):
        return Verdict(state=PageState.SHELL, reason="页面没有文字，内容要靠脚本载入")
    if len(seen) > _MESSAGE_CHARS:
        return None
    if _GONE.search(seen) or _GONE.search(page_title(view)):
        return Verdict(state=PageState.GONE, reason="页面说内容已不存在")
    if view.selector.css("input[type=password]") or _LOGIN.search(seen):
        return Verdict(state=PageState.LOGIN_WALL, reason="要求登录的页面")
    return None


def _short_posting(view: PageView, seen: str, title: str) -> str:
    """What a page says that is one short posting under its heading and nothing else; else the empty string."""
    said = seen.removeprefix(title).strip() if title else ""
    linked = sum(len(visible_text(link)) for link in view.selector.css("a[href]")[:_MAX_LINKS])
    has_form = bool(view.selector.css("form, input, iframe"))
    if has_form or not _MIN_SHORT <= len(said) <= _MAX_SHORT or linked > _LINK_SHARE * len(seen):
        return ""
    return said if _SENTENCE.search(said) else ""


def _title(view: PageView) -> str:
    heading = next((text for node in view.selector.css("h1") if (text := visible_text(node))), "")
    return tidy(heading or page_title(view)).split("\n")[0]


def _canonical(view: PageView) -> str:
    url = view.selector.css('link[rel="canonical"]::attr(href)').get() or ""
    return url.strip() if url.strip().startswith(("http://", "https://")) else ""


def _key(view: PageView, name: str) -> str:
    """Canonical address, else what the page says: the same page saved twice has one key."""
    seen = visible_text(view.selector) or name
    return _canonical(view) or f"page:{hashlib.sha256(seen.encode('utf-8', 'replace')).hexdigest()[:32]}"


_SHOWN: dict[PageState, str] = {
    PageState.LIST: "列表",
    PageState.EMPTY_LIST: "空列表",
    PageState.GONE: "已删除或已过期",
    PageState.UNDER_REVIEW: "审核中",
    PageState.LOGIN_WALL: "登录墙",
    PageState.PERMISSION: "无权限",
    PageState.CAPTCHA: "验证",
    PageState.BLOCKED: "拦截",
    PageState.MAINTENANCE: "维护",
    PageState.MOVED: "跳转",
    PageState.UNREACHABLE: "出错",
}
