"""Clauses of a restored text as they are shown: where they begin and end, without loose signs at their edges."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classifier.atoms import atoms_of
from classifier.evidence import Place

#: A clause as the model weighs it.
CLAUSE = re.compile(r"[^，。！？；,.!?;\n~、|]+")
#: A clause as shown: a decimal point does not end it.
SHOWN = re.compile(r"(?:[^，。！？；,.!?;\n~|…【】「」#]|(?<=\d)[.,](?=\d))+")
#: Where a clause ends, for those who look at what stands beside a place in it.
CLAUSE_END = re.compile(r"[，。！？；,!?;\n]")
#: Of one signal at most this many places are shown, the surest first.
MOST_PLACES = 3
#: Longer clauses are not shown whole, only the words that fired.
LONGEST_CLAUSE = 26
#: What frightens is quoted whole, two clauses of a comparison together (别人家都学完了,您家的呢) up to this.
LONGEST_FRIGHT = 48
#: Clauses this short are shown whole where the bare words say less.
SHORT_CLAUSE = 16
_LEADING = "、，,。:：;；·-—)）】"
_TRAILING = "、，,。:：;；·-—(（【"
_BRACKETS = (("(", ")"), ("（", "）"), ("【", "】"), ("“", "”"))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks, and without brackets that open or close nothing within; one that opens within is closed by the
    sign behind, or what it opens is left out."""
    while start < end and (text[start].isspace() or text[start] in _LEADING):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _TRAILING):
        end -= 1
    if text.count('"', start, end) == 1:
        start += text[start] == '"'
        end -= text[end - 1] == '"'
    for opening, closing in _BRACKETS:
        if end - start > 2 and text[start] == opening and closing not in text[start : end - 1]:
            start += 1
            end -= text[end - 1] == closing
        elif end - start > 2 and text[end - 1] == closing and opening not in text[start:end]:
            end -= 1
    return start, closed(text, start, end)


def closed(text: str, start: int, end: int) -> int:
    """The end of a quote that closes the bracket it opens with the sign behind, or leaves out what it opens."""
    for opening, closing in _BRACKETS:
        if text.count(opening, start, end) > text.count(closing, start, end):
            end = end + 1 if text[end : end + 1] == closing else max(start + 1, text.rindex(opening, start, end))
    return end


def whole(text: str, start: int, end: int, *, longest: int) -> tuple[int, int]:
    """A place grown to whole words, or to its whole clause where that has at most `longest` characters."""
    first, last = start, end
    for match in SHOWN.finditer(text):
        if match.end() <= start:
            continue
        if match.start() >= end:
            break
        first, last = min(first, match.start()), max(last, match.end())
    if last - first <= longest:
        return trimmed(text, first, last)
    return trimmed(text, *atoms_of(text).whole(start, end))


def in_clauses(text: str, places: Iterable[Place], *, longest: int) -> list[Place]:
    """Places grown to the clauses they stand in, those of one clause together, in order.

    Of a clause longer than `longest` what lies between its first and its last place is shown, or the places alone.
    """
    grouped: dict[Place, list[Place]] = {}
    clauses = [match.span() for match in SHOWN.finditer(text)]
    for place in sorted(places):
        home = next(((low, high) for low, high in clauses if low <= place[0] and place[1] <= high), place)
        grouped.setdefault(home, []).append(place)
    shown: list[Place] = []
    for (low, high), held in grouped.items():
        first, last = held[0][0], max(end for _, end in held)
        if high - low <= longest:
            shown.append(trimmed(text, low, high))
        elif last - first <= longest:
            shown.append(trimmed(text, *atoms_of(text).whole(first, last)))
        else:
            shown += [trimmed(text, *atoms_of(text).whole(*place)) for place in held]
    return shown


def in_a_row(text: str, places: Iterable[Place]) -> list[Place]:
    """Places told one behind the other as one quote where it is not too long: 声母韵母，常用字，20以内."""
    rows: list[Place] = []
    for start, end in places:
        if rows and not text[rows[-1][1] : start].strip(" ，,；;、+") and end - rows[-1][0] <= LONGEST_FRIGHT:
            rows[-1] = (rows[-1][0], end)
        else:
            rows.append((start, end))
    return rows
