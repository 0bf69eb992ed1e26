"""Numbers as people write them in ads: digits, full width, 万/千/w/k, and Chinese numerals."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
CHINESE = "零〇一二三四五六七八九十百千万两俩仨"
#: A number in either script, with an optional multiplier behind it.
NUMBER = rf"(?:\d{{1,7}}(?:,\d{{3}})*(?:\.\d{{1,2}})?\s?[万千百wWkK]?|[{CHINESE}]{{1,9}})"
_ARABIC = re.compile(r"(\d{1,7}(?:,\d{3})*(?:\.\d{1,2})?)\s?([万千百wWkK]?)\Z")
_TIMES = {"": 1, "万": 10_000, "w": 10_000, "千": 1000, "k": 1000, "百": 100}


def parse_number(text: str) -> float | None:
    """The value of one number; None if it is not one. 三千八 is 3800, 1.2万 is 12000."""
    text = text.strip()
    match = _ARABIC.match(text)
    if match:
        return float(match.group(1).replace(",", "")) * _TIMES[match.group(2).lower()]
    if not text or any(char not in CHINESE for char in text):
        return None
    if not any(char in _UNITS for char in text):
        # 一三八 read digit by digit.
        return float("".join(str(_DIGITS[char]) for char in text))
    return _with_units(text)


def _with_units(text: str) -> float | None:
    total, section, digit, last = 0, 0, 0, 0
    zero = False
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            zero = zero or digit == 0
            continue
        unit = _UNITS[char]
        if unit == 10_000:
            total += (section + digit) * unit
            section, digit = 0, 0
        else:
            section += (digit or 1) * unit
            digit = 0
        last, zero = unit, False
    if digit:
        # 三千八 = 3800, but 三千零八 = 3008.
        section += digit if zero or last <= 10 else digit * last // 10
    return float(total + section)
