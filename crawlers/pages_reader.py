"""Saved pages without a recipe: recognised by the marks of the engines, else read only if plainly running text."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.charset import decode
from crawlers.drawn_words import DRAWN, drawn_words
from crawlers.errors import RecipeError
from crawlers.extract import Extracted, extract_from, to_listing
from crawlers.looks import look_at
from crawlers.member_view import member_marks
from crawlers.recipe import IMPORTED, Recipe
from crawlers.source import FILE, load_engine, load_recipe, source_folders
from crawlers.states import PageView, classify, find_wall
from crawlers.steps import PageContext
from crawlers.visible import visible_text
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
    #: By which marks a page with a posting was saved by somebody logged in; "" for by none.
    logged_in: str = ""


def read_page(data: bytes, name: str) -> PageReading:
    """Recognise a page and read the posting on it, if it plainly is one. Never raises for anything a file can hold."""
    if len(data) > MAX_BYTES:
        return PageReading(state=PageState.UNKNOWN, kind="文件", reason="文件超过 10 MB，不作为网页读取")
    text = decode(data).text
    view = PageView.of(url="", status=200, body=data, text=text)
    reading = _reading(view, name)
    if reading.listings and (drawn := drawn_words(view.selector)):
        listings = tuple(replace(one, fields={**one.fields, DRAWN: drawn}) for one in reading.listings)
        reading = replace(reading, listings=listings)
    if reading.listings:
        reading = replace(reading, logged_in=member_marks(view))
    return replace(reading, reason=f"{reading.reason}；{view.left_out}") if view.left_out else reading


def _reading(view: PageView, name: str) -> PageReading:
    wall = find_wall(view)
    if wall is not None:
        kind = "拦截页" if wall.state is PageState.BLOCKED else "验证墙"
        return PageReading(state=wall.state, kind=kind, reason=f"{wall.reason}，不是信息")
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
    """No engine knows it: what any site has."""
    looks = look_at(view)
    if looks.posting is None:
        return PageReading(state=looks.state, kind=looks.kind, reason=looks.reason)
    posting = looks.posting
    listing = ExtractedListing(
        source="",
        key=_key(view, name),
        url=_canonical(view),
        title=posting.title[:500],
        text=posting.body[:20_000],
        fields=posting.pairs,
        price_raw=posting.fee[:200],
        district=posting.district[:100],
        poster=posting.author[:100],
        contacts=(posting.phone,) if posting.phone else (),
        posted_at=posting.posted_at,
        platform="网页",
    )
    unread = {name: why for name, why in posting.unread.items() if why}
    reason = looks.reason + _told(unread)
    return PageReading(state=PageState.OK, kind=looks.kind, reason=reason, listings=(listing,), unread=unread)


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
