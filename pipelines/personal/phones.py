"""Phone numbers in a text, plain or hidden. Prices, years, room and course numbers must not become phones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from pipelines.personal.digit_runs import Digit, folded, groups, runs
from pipelines.records import Contact

_LENGTH = 11
#: How people split a mobile number.
_GROUPINGS = frozenset(
    {
        (11,),
        (3, 4, 4),
        (4, 4, 3),
        (4, 3, 4),
        (3, 8),
        (7, 4),
        (3, 3, 5),
        (3, 5, 3),
        (5, 6),
        (6, 5),
        (8, 3),
        (3, 2, 2, 2, 2),
    }
)
_CUE = re.compile(
    r"电话|手机|热线|联系|咨询|致电|来电|拨打|微信|薇|威信|同号|号码|座机|短信|☎|📞|📱|☏|tel|phone|mobile|call|vx?[:：]?$",
    re.IGNORECASE,
)
_UNITS = frozenset("元块币年月日平米㎡¥￥节课岁人名个万千百次")
_LANDLINE = re.compile(
    r"(?<![0-9])(?:\(?(?P<area>0(?:10|2[0-9]|[3-9][0-9]{2}))\)?[ \-—–]{0,2}(?P<local>[2-8][0-9]{2,3}[ \-]?[0-9]{4})"
    r"|(?P<service>[48]00[ \-]?[0-9]{3,4}[ \-]?[0-9]{3,4}))(?![0-9])"
)
_LOCAL = re.compile(
    r"(?:电话|座机|热线|固话|tel)[ :：]{0,3}(?P<number>[2-8][0-9]{2,3}[ \-]?[0-9]{4})(?![0-9])", re.IGNORECASE
)


#: One announced part of a number told in pieces: 前七位1380000, 尾号是5678. The pieces stand near each other.
_PART = re.compile(
    r"(?:开头|打头|(?:前|头|中间|中|最后|后|末尾|尾|末|剩下|余下|其余)(?:面|边)?的?"
    r"(?:[0-9两二三四五六七八几]{0,2}(?:位|个数字?|段|截)|半[段截]|号))(?:数字?|号码)?(?:是|为)?[ :：,，“\"]{0,3}"
    r"(?P<digits>[0-9](?:[ \-]?[0-9]){1,8})(?![0-9元块])"
)
_MAX_APART = 60


def find_phones(text: str) -> list[Contact]:
    """Mobile, landline and 400 numbers, left to right, without overlaps; `value` holds bare digits."""
    plain = folded(text)
    found = [*_mobiles(text), *_told_in_parts(plain)]
    for match in _LANDLINE.finditer(plain):
        digits = _digits(match["service"] or match["area"] + match["local"])
        if _possible(digits):
            found.append(Contact(kind="phone", value=digits, start=match.start(), end=match.end()))
    for match in _LOCAL.finditer(plain):
        found.append(
            Contact(kind="phone", value=_digits(match["number"]), start=match.start("number"), end=match.end("number"))
        )
    return found


def _told_in_parts(plain: str) -> Iterator[Contact]:
    """Mobile numbers of which each piece is announced: 电话前七位1380000 … 后四位5678."""
    pieces: list[re.Match[str]] = []
    for match in _PART.finditer(plain):
        if pieces and match.start() - pieces[-1].end() > _MAX_APART:
            pieces = []
        pieces.append(match)
        value = "".join(_digits(piece["digits"]) for piece in pieces)
        if len(value) >= _LENGTH:
            if len(value) == _LENGTH and value[0] == "1" and value[1] in "3456789":
                yield Contact(kind="phone", value=value, start=pieces[0].start("digits"), end=match.end("digits"))
            pieces = []


def _mobiles(text: str) -> Iterator[Contact]:
    for run in runs(text):
        position = 0
        while position + _LENGTH <= len(run):
            window = run[position : position + _LENGTH]
            if _is_mobile(text, run, position, window):
                value = "".join(digit.value for digit in window)
                yield Contact(kind="phone", value=value, start=window[0].at, end=window[-1].at + 1)
                position += _LENGTH
            else:
                position += 1


def _is_mobile(text: str, run: list[Digit], position: int, window: list[Digit]) -> bool:
    if window[0].value != "1" or window[1].value not in "3456789":
        return False
    if not _stands_alone(run, position, window):
        return False
    forms = [digit.form for digit in window]
    if forms.count("lookalike") > 6 or _touches_letters(text, window):
        return False
    shape = groups(window)
    if shape == (11,):
        return True
    if _followed_by_unit(text, window[-1].at + 1):
        return False
    if _CUE.search(text[max(0, window[0].at - 12) : window[0].at]):
        return True
    whole = len(run) == position + _LENGTH and (position == 0 or _after_country_code(run, position))
    return whole and (shape in _GROUPINGS or max(shape) <= 2)


def _stands_alone(run: list[Digit], position: int, window: list[Digit]) -> bool:
    """No further digit touches the window, but for a country code."""
    end = position + _LENGTH
    if end < len(run) and not run[end].parted and run[end].form == window[-1].form:
        return False
    if position == 0 or window[0].parted or run[position - 1].form != window[0].form:
        return True
    return _after_country_code(run, position)


def _after_country_code(run: list[Digit], position: int) -> bool:
    """Does 86 or 0086, and nothing else, stand before?"""
    return position in (2, 4) and "".join(digit.value for digit in run[:position]) in {"86", "0086"}


def _touches_letters(text: str, window: list[Digit]) -> bool:
    """Look-alike letters at an edge belong to a word when a further letter touches them."""
    first, last = window[0], window[-1]
    before = text[first.at - 1 : first.at]
    after = text[last.at + 1 : last.at + 2]
    return (first.form == "lookalike" and before.isascii() and before.isalpha()) or (
        last.form == "lookalike" and after.isascii() and after.isalpha()
    )


def _followed_by_unit(text: str, end: int) -> bool:
    rest = text[end : end + 3].lstrip(" ")
    return bool(rest) and rest[0] in _UNITS


def _digits(value: str) -> str:
    return "".join(character for character in value if character.isdigit())


def _possible(digits: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, "CN"))
    except phonenumbers.NumberParseException:
        return False
