"""What a page shows where its characters are not what is read: entities left as code, and text turned round.

`&#34917;` is 补 to the reader, and what stands after a right-to-left override is read from its end. Every character
so shown belongs to the whole stretch it was written as.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

#: As shown, with the range of original code points it stands for.
Unit = tuple[str, int, int]

#: Longer runs under an override are no words but broken pages.
_LONGEST = 400
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_TURNED = re.compile(rf"\u202e([^\u202a-\u202e\n]{{1,{_LONGEST}}})[\u202c\n]?|\u202e")


def shown(raw: str) -> list[Unit] | None:
    """The characters as a reader meets them; None where they are those of the text."""
    if "\u202e" not in raw and ("&" not in raw or not _ENTITY.search(raw)):
        return None
    units: list[Unit] = []
    at = 0
    for turned in _TURNED.finditer(raw):
        if turned[1]:
            units += _decoded(raw, at, turned.start())
            low, high = turned.span(1)
            units += [(char, low, high) for char, _, _ in reversed(list(_decoded(raw, low, high)))]
            at = high
    units += _decoded(raw, at, len(raw))
    return units


def _decoded(raw: str, low: int, high: int) -> Iterator[Unit]:
    """The characters of a stretch with entities read."""
    at = low
    for entity in _ENTITY.finditer(raw, low, high):
        meant = html.unescape(entity[0])
        if meant == entity[0]:
            continue
        yield from ((raw[place], place, place + 1) for place in range(at, entity.start()))
        yield from ((char, entity.start(), entity.end()) for char in meant)
        at = entity.end()
    yield from ((raw[place], place, place + 1) for place in range(at, high))
