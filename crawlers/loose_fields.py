"""Date, fee, telephone and district of a posting on a page no engine knows: by the labels people write, by what the
web's standards say, by grammar. What is not plainly said stays unread."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from parsel import Selector

from crawlers.anchors import is_chrome, leaf_blocks, node_of
from crawlers.dates import parse_date
from crawlers.districts import district_in, district_of_value
from crawlers.embedded import json_ld
from crawlers.fees import parse_fee
from crawlers.field_words import LABELS
from crawlers.page_state import carried_time
from crawlers.steps import find_phone
from crawlers.visible import visible_text

_POSTED = re.compile(r"(首次)?(发布|发表|发帖|刊登|登记|提问|创建)(时间|日期|于|人)?\s*[:：]?\s*(?=.{0,4}\d)")
_UPDATED = re.compile(
    r"(更新|修改|刷新|录入|编辑|添加|上架)(时间|日期|于)?\s*[:：]?\s*(?=.{0,4}\d)|\A\W*(时间|日期)\s*[:：]\s*(?=\d{4})"
)
_META_DATES = (
    "article:published_time|pubdate|publishdate|publish_date|publish-date|pubtime|publish_time"
    "|og:published_time|datepublished|date_published|dc.date"
    "|weibo: article:create_at|og:release_date|release_date|bytedance:published_time"
)
_LD_DATES = ("datePublished", "dateCreated", "uploadDate", "datePosted")
_TOLD = ("title", "data-tooltip", "data-original-title", "data-title", "datetime", "data-time", "data-date")
_YEAR = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?:日?\s*\d{1,2}:\d{2}(?::\d{2})?)?")
_MOMENT = re.compile(r"(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d[\d:.Z+]*\Z")
_RELATIVE = re.compile(r"\d+\s*(分钟|小时|天|个?月|周|年)前|刚刚|昨天|前天|今天|\A\W*\d{1,2}[-/月]\d{1,2}")
_DATE_LINE = 60
#: Beside a date that stands alone: a name, a counter, the time of day.
_BESIDE = 20
#: Dates of other things than the posting.
_OTHER_DATE = re.compile(r"注册|登录|成立|创建于|有效期|截止|截至|到期|过期|开营|开课|开班|报名|出生|活跃|入驻|加入")
_SHORT_DATE = 30
_MAX_LEAVES = 3000
_FLOOR = re.compile(r"(?<!\d)(1\s*楼|1\s*#|#1(?!\d)|楼主|沙发)")
_PHONE_ATTRIBUTE = re.compile(r"phone|tel|mobile|contact|number|shouji", re.I)
_WHOLE_PHONE = re.compile(r"\+?(?:86)?[- ]?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})\Z")
_DISTRICT_DATA = re.compile(
    r"[\"']?(?:district|area|region|county)(?:_?name)?[\"']?\s*[:=]\s*[\"']([\u4e00-\u9fff]{2,10})[\"']", re.I
)
_FEE_LABEL = re.compile("|".join((*LABELS["fee"], "薪水", "报酬", "课酬", "人均", "售价", "团购价", "月费")))
_PHONE_LABEL = re.compile("电话|手机|热线|联系方式")
_DISTRICT_LABEL = re.compile("区域|地区|地址|地点|服务范围|所在|位置|区县|商圈|坐标")
_TOWN = re.compile(r"[\u4e00-\u9fff]{2,9}(?:街道|[镇乡村区县市])(?:办事处)?")
_AUTHOR_LABEL = re.compile(r"联系人|发布人|发布者|作者|楼主|称呼|姓名")


@dataclass(frozen=True, kw_only=True)
class LooseFields:
    """What was read; empty strings and None where nothing plain was said."""

    posted_at: datetime | None
    #: Words of a date that says no year.
    raw_date: str
    fee: str
    phone: str
    district: str
    author: str


def loose_fields(page: Selector, bare: Selector, pairs: Mapping[str, str], body: str) -> LooseFields:
    """The fields of the posting that says `body`; `bare` is the page without its frame, `pairs` what it has of
    label and value."""
    posted_at, raw_date = _posted(page, bare, pairs, body)
    return LooseFields(
        posted_at=posted_at,
        raw_date=raw_date,
        fee=_fee(pairs, body),
        phone=_phone(page, bare, pairs, body),
        district=_district(page, pairs, body),
        author=next((value for label, value in pairs.items() if _AUTHOR_LABEL.search(label) and len(value) <= 20), ""),
    )


def _posted(page: Selector, bare: Selector, pairs: Mapping[str, str], body: str) -> tuple[datetime | None, str]:
    """When it was posted: what says so first, what might be an update or stands alone last."""
    lines = _short_lines(bare)
    outside = [line for line in lines if line not in body]
    ways: tuple[Iterator[str], ...] = (
        (text for text in _attribute_texts(bare) if _POSTED.search(text)),
        _meta_dates(page),
        (str(item[name]) for item in json_ld(page) for name in _LD_DATES if isinstance(item.get(name), str)),
        (value for label, value in pairs.items() if _POSTED.match(f"{label}:0")),
        (line[match.end() :] for line in lines if (match := _POSTED.search(line))),
        _attribute_dates(bare),
        _carried_dates(page, body),
        (value for label, value in pairs.items() if _UPDATED.match(f"{label}:2000") and _YEAR.match(value)),
        (line[match.end() :] for line in outside if (match := _UPDATED.search(line))),
        (line for line in lines if _is_date_line(line)),
        _first_floor(page),
    )
    for texts in ways:
        for text in texts:
            found = parse_date(text, None)
            if found is not None:
                return found.moment, text
    return None, next((line for line in lines if _RELATIVE.search(line) and len(line) <= _SHORT_DATE), "")


def _is_date_line(line: str) -> bool:
    match = _YEAR.search(line)
    if match is None or _OTHER_DATE.search(line):
        return False
    # A date with its time of day at the beginning of a line is that of the posting, whatever counters follow.
    return len(line) - len(match.group()) <= _BESIDE or (match.start() == 0 and ":" in match.group())


def _carried_dates(page: Selector, body: str) -> Iterator[str]:
    carried = carried_time(page, body)
    if carried is not None:
        yield carried.isoformat()


def _first_floor(page: Selector) -> Iterator[str]:
    """The date beside the mark of the first floor of a thread: it may stand in what looks like the frame."""
    for leaf in islice(leaf_blocks(page), _MAX_LEAVES):
        text = visible_text(node_of(leaf))
        if len(text) <= _DATE_LINE and _FLOOR.search(text) and _YEAR.search(text):
            yield text


def _short_lines(bare: Selector) -> list[str]:
    """Short lines of the page: blocks that hold no other, and what stands in them alone."""
    found = []
    for leaf in leaf_blocks(bare):
        for line in visible_text(node_of(leaf)).split("\n"):
            if 4 <= len(line) <= _DATE_LINE:
                found.append(line)
    for node in bare.css("span, em, i, time, small, li, div, p")[:2000]:
        loose = (node.root.text or "").strip()
        if 4 <= len(loose) <= _DATE_LINE:
            found.append(loose)
        found += [tail for child in node.root if 4 <= len(tail := (child.tail or "").strip()) <= _DATE_LINE]
    return list(dict.fromkeys(found))


def _attribute_texts(bare: Selector) -> Iterator[str]:
    for name in _TOLD:
        for value in bare.xpath(f"//@{name}").getall()[:500]:
            if len(value) <= _DATE_LINE:
                yield value


def _attribute_dates(bare: Selector) -> Iterator[str]:
    """Whole dates behind words like "3 天前", and those of <time>."""
    for node in bare.css("time[datetime]")[:5]:
        yield node.attrib["datetime"]
    for node in bare.css(", ".join(f"[{name}]" for name in _TOLD))[:500]:
        is_relative = bool(_RELATIVE.search(visible_text(node)[:_DATE_LINE]))
        for value in (node.attrib.get(name, "") for name in _TOLD):
            # A whole moment is what a script writes "3 天前" over.
            if (is_relative and _YEAR.search(value)) or _MOMENT.match(value):
                yield value


def _meta_dates(page: Selector) -> Iterator[str]:
    wanted = _META_DATES.split("|")
    for node in page.css("meta[content]")[:300]:
        names = {(node.attrib.get(name) or "").lower() for name in ("property", "name", "itemprop")}
        if names & set(wanted):
            yield node.attrib["content"]


def _fee(pairs: Mapping[str, str], body: str) -> str:
    for label, value in pairs.items():
        if _FEE_LABEL.search(label) and parse_fee(value) is not None:
            return value[:80]
    found = parse_fee(body)
    return found.raw if found is not None else ""


def _phone(page: Selector, bare: Selector, pairs: Mapping[str, str], body: str) -> str:
    """The number beside a label, behind a button, in the words; never that of the site's head or foot."""
    for label, value in pairs.items():
        if _PHONE_LABEL.search(label) and (found := find_phone(value)) and not re.search(r"[Xx*＊]", found):
            return found
    hidden = _behind_buttons(page)
    if len(hidden) == 1:
        return hidden[0]
    found = find_phone(body)
    if found:
        return found
    # A number on a line of its own, which is no part of the words.
    alone = {match[1] for line in visible_text(bare).split("\n") if (match := _WHOLE_PHONE.match(line.strip()))}
    return alone.pop() if len(alone) == 1 else ""


def _behind_buttons(page: Selector) -> list[str]:
    """Whole mobile numbers in links and attributes that name a telephone, once each."""
    found = []
    for element in page.xpath("//a[starts-with(@href,'tel:')] | //*[@*[starts-with(name(),'data-')]]")[:3000]:
        for name, value in element.attrib.items():
            number = value[4:] if value.startswith("tel:") else value if _PHONE_ATTRIBUTE.search(name) else ""
            match = _WHOLE_PHONE.match(number.strip())
            if match and not is_chrome(element.root):
                found.append(match[1])
    return list(dict.fromkeys(found))


def _district(page: Selector, pairs: Mapping[str, str], body: str) -> str:
    for label, value in pairs.items():
        if _DISTRICT_LABEL.search(label) and (found := district_of_value(value)):
            return found
    for script in page.xpath("//script[not(@src)]/text()").getall()[:40]:
        for match in _DISTRICT_DATA.finditer(script[:200_000]):
            found = district_of_value(match[1])
            if found:
                return found
    # A township is no district of the table, yet the page says plainly where it is.
    return district_in(body) or next(
        (value for label, value in pairs.items() if _DISTRICT_LABEL.search(label) and _TOWN.fullmatch(value)), ""
    )
