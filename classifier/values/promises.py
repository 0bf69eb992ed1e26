# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""What is promised, with its number: 提80分, 不达标退款, 见分再付."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.context import denied
from classifier.rules.numbers import NUMBER, to_number
from classifier.values.records import Promise

_N = rf"(?:{NUMBER})"
_MISS = r"(?:(?:不|未|没|无)(?:达标|过[级线关]?|提分|涨分|提高|进步|及格|效果?|通过|上线|满意)|达不到|提不到|过不了|考不[上过]|学不会|没考上|无效)"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "rise",
        re.compile(
            rf"(?:提|涨|加|提高|提升|增|多考|进步|抢回?|多拿)(?:分)?(?:至少|不少于|不低于|最少|起码|保底)?\s*(?P<points>{_N})\s*\+?(?:多|来|几)?\s*分(?!钟|之|班|校|店)"
        ),
    ),
    (
        "refund",
        re.compile(
            rf"{_MISS}[^。！!？?\n]{{0,12}}?(?:退(?!休|役|伍|下)(?:款|费|还|全款|学费|钱)?|返还?|赔)[^，,。！!？?；;\n]{{0,4}}|无效(?:全额)?退款|全额退(?:款|费|还)"
        ),
    ),
    (
        "repeat",
        re.compile(
            rf"{_MISS}[^。！!？?\n]{{0,10}}?(?:免费重?[修学读听]|重[修学读]|免费续|接着学|再学|免费补)[^，,。！!？?；;\n]{{0,4}}|(?:学会|教会|考上|讲会|讲懂)为止"
        ),
    ),
    (
        "pay_after",
        re.compile(
            r"(?:见分|出分|见效|达标|考上|提分|涨分|上岸|过线)(?:以?后|了|再|之后)?[再才]?(?:付|交|收|结)(?:款|费|钱|学费|尾款)?|不提分不收(?:费|钱)"
        ),
    ),
    (
        "pass",
        re.compile(
            r"包过|保过|保分|保录取|保上线|保证(?:考上|录取|过线|通过|提分)|百分百(?:通过|录取|上线)|(?:通过率|录取率|上线率)\s*100%|签约保[^，,。\n]{0,4}"
        ),
    ),
)


def read_promises(text: str) -> Iterator[Promise]:
    """Promises not taken back, in order; a rise in the past is no promise and read as none only where said (去年)."""
    found = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if denied(text, match.start()) and kind != "rise":
                continue
            if kind == "rise" and re.search(
                r"(?:不承诺|不保证|去年|平均|上届|往届|已经)[^，,。\n]{0,6}$", text[: match.start()][-12:]
            ):
                continue
            points = to_number(match["points"]) if kind == "rise" else None
            if kind == "rise" and (points is None or not 1 <= points <= 750):
                continue
            found.append(Promise(start=match.start(), end=match.end(), kind=kind, points=points))
    yield from sorted(found, key=lambda promise: (promise.start, promise.end))
