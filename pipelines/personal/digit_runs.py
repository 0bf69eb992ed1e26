"""Digits as people hide them: full width, circled, emoji keycaps, Chinese numerals, look-alikes, split by signs.

A run is a row of digits in one line with at most a few signs between them; every digit keeps its place in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Chinese numerals and spoken digits (幺 1, 拐 7, 洞 0, 勾 9).
_HAN = dict(zip("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺拐洞勾两", "00123456789123456789" + "17092", strict=True))
#: Latin, and the Greek and Cyrillic letters that look the same.
_LOOKALIKES = {"o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "|": "1", "Ο": "0", "О": "0", "о": "0"}
#: Signs that never stand inside one number: they part sentences, prices, lists and masks.
_BREAKS = frozenset("\n\r*，。；;、/\\,:：！!？?%％¥￥$=～~+＋<>《》【】[]\"'“”@#&^`{}")
_MAX_GAP = 3
_INVISIBLE = dict.fromkeys(map(ord, "\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff"))
#: Of a text in plain forms: hardly any character of a posting is one.
_MAY_BE_DIGIT = re.compile(f"[0-9{''.join(_HAN)}{re.escape(''.join(_LOOKALIKES))}]")


@dataclass(frozen=True, kw_only=True)
class Digit:
    """One digit: its value, its place, how it is written, and whether a sign parts it from the digit before."""

    value: str
    at: int
    #: plain | han | lookalike
    form: str
    parted: bool


def fold(character: str) -> str:
    """The character in its plain form when that is one character, else itself."""
    return _fold(character)


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character < "\x80":
        return character
    decimal = unicodedata.decimal(character, None)
    if decimal is not None:
        return str(decimal)
    digit = unicodedata.digit(character, None)
    if digit is not None and 0 <= digit <= 9:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


@lru_cache(maxsize=16)
def folded(text: str) -> str:
    """The text in plain forms, code point for code point. Remembered for a moment: one posting asks several times."""
    return "".join(map(_fold, text))


@lru_cache(maxsize=4096)
def _digit_of(character: str) -> tuple[str, str] | None:
    plain = _fold(character)
    if "0" <= plain <= "9":
        return plain, "plain"
    if character in _HAN:
        return _HAN[character], "han"
    if plain in _LOOKALIKES:
        return _LOOKALIKES[plain], "lookalike"
    return None


@lru_cache(maxsize=4096)
def _parts_digits(character: str) -> bool:
    """May this sign stand between two digits of one number?"""
    if character in _BREAKS:
        return False
    return unicodedata.category(character)[0] in "PSZCM"


def runs(text: str) -> Iterator[list[Digit]]:
    """Rows of two digits and more, left to right."""
    run: list[Digit] = []
    for match in _MAY_BE_DIGIT.finditer(folded(text)):
        at = match.start()
        found = _digit_of(text[at])
        if found is None:
            continue
        if run and not _in_one(text[run[-1].at + 1 : at]):
            if len(run) > 1:
                yield run
            run = []
        run.append(Digit(value=found[0], form=found[1], at=at, parted=bool(run) and run[-1].at + 1 < at))
    if len(run) > 1:
        yield run


def _in_one(between: str) -> bool:
    """Are digits with this between them digits of one number?"""
    return all(map(_parts_digits, between)) and len(between.translate(_INVISIBLE)) <= _MAX_GAP


def groups(digits: list[Digit]) -> tuple[int, ...]:
    """How the digits are grouped by the signs between them, e.g. (3, 4, 4)."""
    sizes: list[int] = []
    for position, digit in enumerate(digits):
        if position == 0 or digit.parted:
            sizes.append(0)
        sizes[-1] += 1
    return tuple(sizes)
