"""Numbers as people write them in prices and times, read as numbers."""

from __future__ import annotations

import re

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000}

#: A number: digits with thousands marks and decimals, Chinese numerals, or both with a unit (1.2万, 三千八).
NUMBER = (
    r"(?:(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12}(?:\.\d{1,4})?)(?:[千万kw](?![a-z]))?"
    r"|[零一二两俩三四五六七八九十百千万]{1,12})"
)


def to_number(words: str) -> float | None:
    """Read one NUMBER; None when it is not one (a lone 万, an ambiguous run of digits)."""
    words = words.strip().replace(",", "")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万kw]?)", words)
    if match:
        return float(match.group(1)) * _UNITS.get(match.group(2), 1)
    return _chinese(words)


def _chinese(words: str) -> float | None:
    if not words or any(char not in _DIGITS and char not in _UNITS for char in words):
        return None
    total = section = 0
    digit: int | None = None
    last_unit = 1
    for char in words:
        if char in _DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = _DIGITS[char]
        else:
            unit = _UNITS[char]
            if digit is None and unit != 10:
                return None
            if unit == 10_000:
                total += (section + (digit or 0)) * unit
                section = 0
            else:
                section += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
    if digit is not None:
        tail = last_unit // 10 if last_unit >= 100 and "零" not in words and "〇" not in words else 1
        section += digit * tail
    return float(total + section)


def plain(number: float) -> str:
    """192.0 → 192; 29.9 stays."""
    return str(int(number)) if number == int(number) else f"{number:g}"
