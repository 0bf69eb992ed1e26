"""Characters set one by one with something between them, or down in columns: read along as they are meant.

初/二/数/学, 补(删)课(删) and a poster whose words run downwards hide every word at once, the everyday ones too, so
nothing is asked of single words: the characters are read on where most of them then make words of the dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import rjieba

from classifier.disguises import Candidate
from classifier.likelihood import cost

_HAN = "[\u4e00-\u9fff]"
#: What may be put between: signs that part no words, brackets about nothing, and the end of a line.
_SIGN = r"[^\w\s，。！？；：、,!?;:()（）【】\[\]「」《》<>“”\"'’‘]|_"
_SIGNS = rf"(?:{_SIGN}){{1,3}}|\(\)|\[\]|【】|<>|\s?\n\s?"
_SPREAD = re.compile(rf"(?<!{_HAN})(?:{_HAN}(?:{_SIGNS})){{3,}}{_HAN}")
_GAP = re.compile(rf"(?<={_HAN})(?:{_SIGNS})(?={_HAN})")
#: The same few characters after each: in brackets, or letters (an x is what was left out).
_JAM = r"\([^()\n]{1,3}\)|\[[^\[\]\n]{1,3}\]|【[^【】\n]{1,3}】|[a-wyz]{1,2}"
_JAMMED = re.compile(rf"{_HAN}({_JAM})(?:{_HAN}\1){{2,}}{_HAN}?")
#: Without a character between two such there is nothing of either kind; a look that costs next to nothing.
_ALONE = re.compile(rf"(?:{_SIGN}|[)\]】>\na-wyz]) ?{_HAN} ?(?:{_SIGN}|[(\[【<\na-wyz])")
#: Rows of two to four characters, at least three of the same length, one below the other.
_ROWS = re.compile(rf"(?:^{_HAN}(?:[ |│]{{0,2}}{_HAN}){{1,3}}[ ]?(?:\n|\Z)){{3,}}", re.MULTILINE)
_MOST_ROWS = 16
#: Of the characters so many must belong to words of two and more.
_IN_WORDS = 0.6
#: And the whole must be so much likelier, in natural logarithms.
_LIKELIER = 8.0


def read_on(text: str) -> Iterator[Candidate]:
    """What to read in the place of characters set apart or set down in columns."""
    if _ALONE.search(text):
        for run in _SPREAD.finditer(text):
            yield from _closed(run.start(), run[0], [gap.span() for gap in _GAP.finditer(run[0])])
        for run in _JAMMED.finditer(text):
            jams = [jam.span() for jam in re.finditer(re.escape(run[1]), run[0])]
            yield from _closed(run.start(), run[0], jams)
    if text.count("\n") >= 2:
        for block in _ROWS.finditer(text):
            yield from _columns(block.start(), block[0])


def _closed(start: int, run: str, gaps: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    """Each character takes in what stands between it and the next."""
    edges = [0, *(edge for gap in gaps for edge in gap), len(run)]
    pieces = [run[low:high] for low, high in zip(edges[::2], edges[1::2], strict=True)]
    if _reads([piece for piece in pieces if piece], ["".join(pieces)]):
        for low, high in gaps:
            yield Candidate(start=start + low - 1, end=start + high, word=run[low - 1], way="given")


def _columns(start: int, block: str) -> Iterator[Candidate]:
    """Rows that say nothing where the columns, from left or from right, do."""
    rows = [re.sub("[^\u4e00-\u9fff]", "", row) for row in block.splitlines()]
    if len({len(row) for row in rows}) != 1 or len(rows) > _MOST_ROWS:
        return
    columns = ["".join(cells) for cells in zip(*rows, strict=True)]
    read = min(columns, columns[::-1], key=lambda words: cost("".join(words)))
    if _reads(rows, ["".join(read)]):
        yield Candidate(start=start, end=start + len(block.rstrip()), word="\n".join(read), way="given")


def _reads(written: Sequence[str], meant: Sequence[str]) -> bool:
    """Whether what is meant reads as words, and so much better than what is written."""
    words = [word for line in meant for word in rjieba.cut(line, False)]
    within = sum(len(word) for word in words if len(word) > 1 and rjieba.has_word(word))
    if within < _IN_WORDS * sum(map(len, words)):
        return False
    return sum(map(cost, written)) - sum(map(cost, meant)) > _LIKELIER
