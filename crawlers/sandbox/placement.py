"""Where each posting stands: address, section, and whether a visitor may see it. Never depends on a seed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from crawlers.sandbox.errors import SandboxError
from crawlers.sandbox.postings import Posting


class Fate(StrEnum):
    """What a visitor who asks for the posting gets; the names are those of the page states."""

    OK = "ok"
    LOGIN_WALL = "login_wall"
    PERMISSION = "permission"
    GONE = "gone"
    UNDER_REVIEW = "under_review"
    #: robots.txt forbids it; who asks all the same is served.
    ROBOTS = "robots_denied"
    #: Behind the verification page that a section ends at.
    CAPTCHA = "captcha"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A forum of the board, a category of the ads site."""

    #: Part of the address: forum number or category folder.
    slug: str
    name: str
    #: A posting belongs to the first section whose pattern its title and 类别 match.
    pattern: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """A posting at its address."""

    posting: Posting
    #: The site's own number for it.
    number: int
    section: Section
    #: Of an ad that robots.txt forbids: the open category whose list leads to it all the same.
    offered_in: Section | None = None
    fate: Fate
    #: Address on its site.
    path: str
    #: Taken away or edited on the second day.
    vanishes: bool
    edit: str

    @property
    def site(self) -> str:
        """Where it is to be read: the walled section has an address of its own, so that its wall is not the others'."""
        return "life" if self.section is WALLED_CATEGORY and self.fate is Fate.OK else self.posting.site

    def on_day(self, day: int) -> Place:
        """The same place as it is on `day`: from the second on, edits are in and the vanished are gone."""
        if day < 2 or not (self.vanishes or self.edit):
            return self
        if self.vanishes:
            return replace(self, fate=Fate.GONE)
        return replace(self, posting=replace(self.posting, body=f"{self.posting.body}\n{self.edit}"))


_CHILDREN = "孩|娃|小学|初[一二三中]|高[一二三中]|老师|辅|托|幼|课|学期|中考|高考|家教|绘本|少儿|研学|补习|学堂"
FORUMS = (
    Section(slug="36", name="亲子教育", pattern=_CHILDREN),
    Section(slug="41", name="便民信息", pattern="出|转|收|租|售|招|聘|修|通|找|捡|搬|寻|卖|买|宠|求"),
    Section(slug="52", name="城事杂谈", pattern=""),
)
CLOSED_FORUM = Section(slug="88", name="版友内部区", pattern="$^")
CATEGORIES = (
    Section(slug="jiaoyu", name="教育培训", pattern=f"{_CHILDREN}|培训|驾|考|班|教"),
    Section(slug="fangwu", name="房屋租售", pattern="[出短转]租|两房|商铺|写字楼|单间|自习座位"),
    Section(slug="zhaopin", name="招聘求职", pattern="招|聘|求职"),
    Section(slug="ershou", name="二手闲置", pattern="出|二手|转让|收|领养|串|卖|电动车"),
    Section(slug="bianmin", name="便民服务", pattern=""),
)
WALLED_CATEGORY = Section(slug="shenghuo", name="本地生活", pattern="$^")
CLOSED_CATEGORY = Section(slug="vip", name="会员专区", pattern="$^")
STREAM = Section(slug="item", name="动态", pattern="")
CLOSED_STREAM = Section(slug="draft", name="草稿", pattern="$^")

_OPEN_SECTIONS = {"board": FORUMS, "ads": CATEGORIES, "feed": (STREAM,)}
_CLOSED_SECTION = {"board": CLOSED_FORUM, "ads": CLOSED_CATEGORY, "feed": CLOSED_STREAM}

#: Postings that are not simply there; all others are Fate.OK.
FATES: Mapping[Fate, frozenset[str]] = {
    Fate.LOGIN_WALL: frozenset({"s1-036", "s2-039", "s5-072", "s5-057"}),
    Fate.PERMISSION: frozenset({"s1-061", "s2-045"}),
    Fate.GONE: frozenset({"s1-041", "s2-058", "s3-056", "s4-045", "s4-052", "s5-098", "s5-082"}),
    Fate.UNDER_REVIEW: frozenset({"s1-044", "s2-055"}),
    Fate.ROBOTS: frozenset(
        {"s1-020", "s1-083", "s2-020", "s2-021", "s2-071"}
        | {"s3-037", "s3-045", "s3-075", "s4-039", "s4-059", "s4-067"}
        | {"s5-047", "s5-061", "s5-063", "s5-076", "s5-095"}
    ),
    Fate.CAPTCHA: frozenset({"s3-029", "s3-050", "s3-061", "s3-068", "s4-032", "s4-042"}),
}
#: The newest ads of the walled section, which every visitor gets to see before the verification page comes.
BEFORE_THE_WALL = frozenset({"s3-010", "s3-038", "s3-090", "s4-008", "s4-021", "s4-062"})

#: What the poster adds on the second day; nothing that changes a label.
EDITS: Mapping[str, str] = {
    "s1-014": "补充：门口在修路，从西侧小门进来，看见蓝色雨棚就是。",
    "s2-022": "更新一哈：这两天电话打不通就发短信，手机拿去换屏了。",
    "s3-014": "【更新】停车请走北侧地库，B2层电梯口有指引。",
    "s4-024": "补一句:周三家里有事不出门,别的日子照常。",
    "s5-088": "（编辑过：评论看不过来，晚点一起回。）",
}
#: Closed to robots, yet an open forum shows it as a moved row.
MOVED = "s1-083"
VANISHES = frozenset({"s1-053", "s2-008", "s3-089", "s4-029", "s5-060"})


def place_postings(postings: Iterable[Posting]) -> tuple[Place, ...]:
    """Every posting at its address, in order of id. Raises SandboxError if two would share one."""
    places = tuple(_place(posting) for posting in postings)
    addresses = {(place.posting.site, place.path) for place in places}
    if len(addresses) != len(places):
        raise SandboxError("两条演示信息得到了同一个地址")
    return places


def _place(posting: Posting) -> Place:
    fate = next((fate for fate, ids in FATES.items() if posting.id in ids), Fate.OK)
    section = _section(posting, fate)
    number = _number(posting)
    return Place(
        posting=posting,
        number=number,
        section=section,
        offered_in=_open_section(posting) if section is CLOSED_CATEGORY else None,
        fate=fate,
        path=_path(posting.site, section, number),
        vanishes=posting.id in VANISHES,
        edit=EDITS.get(posting.id, ""),
    )


def _section(posting: Posting, fate: Fate) -> Section:
    if fate is Fate.ROBOTS:
        return _CLOSED_SECTION[posting.site]
    if fate is Fate.CAPTCHA or posting.id in BEFORE_THE_WALL:
        return WALLED_CATEGORY
    return _open_section(posting)


def _open_section(posting: Posting) -> Section:
    words = f"{posting.title} {posting.fields.get('类别', '')}"
    return next(section for section in _OPEN_SECTIONS[posting.site] if re.search(section.pattern, words))


def _number(posting: Posting) -> int:
    digest = hashlib.sha256(f"sandbox {posting.id}".encode()).digest()
    size = int.from_bytes(digest[:8], "big")
    return 1_000_000 + size % 8_999_999 if posting.site != "feed" else size % 16**10


def _path(site: str, section: Section, number: int) -> str:
    if site == "board":
        folder = "/neibu" if section is CLOSED_FORUM else ""
        return f"{folder}/thread-{number}-1-1.html"
    if site == "ads":
        return f"/{section.slug}/x{number}.html"
    return f"/{section.slug}/{number:010x}"
