"""One code point at a time: width, case, script and look-alikes folded away, with the way back kept.

Every folded character remembers the range of original code points it came from, so any stretch of folded text
leads back to the words as published. Nothing here looks at neighbours; that is restore.py's work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from opencc import OpenCC

from classifier.lexicon import read_yaml
from classifier.shown import shown
from classifier.types import Span

#: What Unicode calls letters that are only drawn in another way.
_DRAWN = re.compile("(?:NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|LATIN LETTER SMALL CAPITAL) ([A-Z])")
#: How many there are.
CODE_POINTS = 0x110000


@dataclass(frozen=True, kw_only=True)
class Folded:
    """Folded text over its raw original; character i stands for raw[starts[i]:ends[i]]."""

    raw: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    #: Stretches of `text` that restore.py rewrote: (start, end), ascending and apart.
    rewritten: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The original words behind text[start:end]; never empty, never outside the raw text."""
        if not 0 <= start < end <= len(self.text):
            raise IndexError(f"{start}:{end} outside 0:{len(self.text)}")
        first = min(self.starts[start:end]) if end - start < 400 else self.starts[start]
        last = max(self.ends[start:end]) if end - start < 400 else self.ends[end - 1]
        words = self.raw[first:last]
        hidden = any(low < end and start < high for low, high in self.rewritten)
        restored = self.text[start:end] if hidden or self._differs(words, start, end) else words
        return Span(start=first, end=last, text=words, restored=restored)

    def _differs(self, words: str, start: int, end: int) -> bool:
        """Whether folding changed more than letter case and width."""
        plain = unicodedata.normalize("NFKC", words).lower() if words.isprintable() else words
        return plain != self.text[start:end]


class _Table(dict[int, str]):
    """Code point → folded characters, worked out when first met."""

    def __init__(self) -> None:
        super().__init__()
        #: of characters met so far that fold to one, that one
        self.single = np.zeros(CODE_POINTS, dtype=np.uint32)
        self._simplify = OpenCC("t2s")
        self._japanese = OpenCC("jp2t")
        self._lookalikes = {str(key): str(value) for key, value in read_yaml("restore.yml")["lookalikes"].items()}

    def __missing__(self, code: int) -> str:
        folded = self._fold(chr(code))
        self[code] = folded
        if len(folded) == 1:
            self.single[code] = ord(folded)
        return folded

    def _fold(self, char: str) -> str:
        if char in "\n\r\u2028\u2029\x0b\x0c\x85":
            return "\n"
        if char in self._lookalikes:
            return self._lookalikes[char]
        category = unicodedata.category(char)
        if category in ("Cf", "Mn", "Me"):
            return ""
        if category in ("Cc", "Cs", "Zs", "Co", "Cn"):
            return " "
        parts = [self._fold_plain(part) for part in unicodedata.normalize("NFKC", char)]
        return "".join(parts)

    def _fold_plain(self, char: str) -> str:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            return ""
        if char.isspace():
            return " "
        lower = char.lower()
        lower = lower if len(lower) == 1 else char
        if lower in self._lookalikes:
            return self._lookalikes[lower]
        if "\u2e80" <= lower <= "\u9fff" or "\uf900" <= lower <= "\ufaff" or lower > "\U00020000":
            simple = self._simplify.convert(lower)
            if simple == lower and not _usual(lower):  # a Japanese form that is no Chinese character (歩)
                simple = self._simplify.convert(self._japanese.convert(lower))
            return self._lookalikes.get(simple, simple) if len(simple) == 1 else lower
        if "\u00c0" <= lower <= "\u1eff":  # a letter with a mark over it (ǎ): the letter
            bare = unicodedata.normalize("NFD", lower)[0]
            if bare.isascii() and bare.isalpha():
                return "v" if lower in "üǖǘǚǜ" else bare
        return _drawn(lower)


def _usual(char: str) -> bool:
    """Whether a character is one of those of everyday Chinese (GB 2312)."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _drawn(char: str) -> str:
    """Letters and digits drawn in disks and squares or as small capitals (🅥, ᴠ, ➊), which NFKC leaves as they are."""
    if letter := _DRAWN.fullmatch(unicodedata.name(char, "")):
        return letter[1].lower()
    digit = unicodedata.digit(char, None) if unicodedata.category(char) == "No" else None
    return char if digit is None else str(digit)


def codes_of(text: str) -> np.ndarray:
    """The code points of a text; tables of them are far quicker as arrays than str.translate is."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(codes: np.ndarray) -> str:
    """The text of code points."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _table() -> _Table:
    return _Table()


def fold(raw: str) -> Folded:
    """Fold every code point; identity offsets unless something grows or vanishes."""
    table = _table()
    codes = codes_of(raw)
    singles = table.single[codes]
    units = shown(raw)
    whole = units is None and np.count_nonzero(singles) == len(codes)  # a third of what .all() costs on a short text
    if units is None and not whole and all(len(table[int(code)]) == 1 for code in set(codes[singles == 0].tolist())):
        singles = table.single[codes]
        whole = True
    if whole:
        return Folded(raw=raw, text=text_of(singles), starts=range(len(raw)), ends=range(1, len(raw) + 1))
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    each: Iterable[tuple[str, int, int]] = units or zip(raw, range(len(raw)), range(1, len(raw) + 1), strict=True)
    for char, start, end in each:
        if ends and not table[ord(char)] and ends[-1] == start and unicodedata.category(char) != "Cf":
            ends[-1] = end  # a mark over the character before belongs to it
        for folded in table[ord(char)]:
            out.append(folded)
            starts.append(start)
            ends.append(end)
    return Folded(raw=raw, text="".join(out), starts=starts, ends=ends)
