"""Markup that is safe to give to a parser: libxml2 compares each attribute of a tag with all before it, so that one tag
of some hundred thousand attributes holds it up for minutes (`page_bound` counts elements, which comes too late).

Looked at before any parser sees it, by regular expressions that never go back and by a count of characters, not by the
clock: the same page is always read alike.
"""

from __future__ import annotations

import re
from collections import deque

#: Attributes of one tag that are read; pages made by people have some dozens.
MAX_ATTRIBUTES = 256
#: Characters looked at for each of the text: every `<` may begin a tag, also in scripts and values, where tags overlap.
_WORK_EACH, _WORK_MORE = 32, 4_000_000
#: What HTML takes for space, which is less than Python does.
_SP = r"\t\n\f\r "
_START = re.compile(rf"<[A-Za-z][^{_SP}/>]*+")
#: As HTML5 reads them: a name, then perhaps = and a value, quoted or not.
_VALUE = rf"(?:\"[^\"]*+\"?+|'[^']*+'?+|[^{_SP}>\"'][^{_SP}>]*+)"
_ATTRIBUTE = rf"[{_SP}/]*+[^{_SP}/>][^{_SP}/>=]*+(?:[{_SP}]*+=[{_SP}]*+{_VALUE}?+)?+"
_SOME = re.compile(rf"(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+")
_REST = re.compile(rf"(?:{_ATTRIBUTE})*+[{_SP}/]*+")
_ENDED = re.compile(rf"[{_SP}/]*+(?:>|\Z)")
#: Text and tags as nearly all are, many at once: no quote, = or `<` stands where it could be read in another way, and
#: there are far fewer attributes than are read, so that none of them needs the walk.
_USUAL_ATTRIBUTE = rf"[{_SP}/]++[^{_SP}/<>\"'=]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^{_SP}<>\"'=]++))?"
_USUAL = re.compile(rf"(?:[^<]*+<(?:(?![A-Za-z])|[A-Za-z]\w*+(?:{_USUAL_ATTRIBUTE}){{0,60}}[{_SP}/]*+>)){{1,2000}}")
_SCRIPT = re.compile(r"<script\b.*?(?:</script\b|\Z)", re.I | re.S)

TRIMMED = f"网页里有标签的属性多得反常，每个只读了前 {MAX_ATTRIBUTES} 个"
REFUSED = "网页的标记写得无法在限度内读取，内容没有读"


class _TooMuch(Exception):
    """The bound is used up."""


def bounded_markup(text: str) -> tuple[str, str]:
    """The markup with no more than MAX_ATTRIBUTES in any tag, and what was done to it in Chinese, '' for nothing. What
    cannot be looked through within the bound is refused: ''. In a script, where `<` may be a comparison or stand in
    JSON, such a `<` is spelt `\\u003c`, which JSON reads alike."""
    try:
        if _Look(text).swollen() is None:
            return text, ""
        trimmed, said = _trimmed(text)
        # What was taken out may have held the quote that ended another tag's value.
        return (trimmed, said) if _Look(trimmed).swollen() is None else ("", REFUSED)
    except _TooMuch:
        return "", REFUSED


class _Look:
    """A walk from one `<` to the next, for as long as its bound lasts."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = _WORK_EACH * len(text) + _WORK_MORE
        self.at = 0

    def swollen(self) -> tuple[int, int] | None:
        """Where the next tag begins that has more attributes than are read, and where what is read of it ends. The walk
        then stands behind its `<`. Raises _TooMuch."""
        while (start := _START.search(self._text, self._behind_usual())) is not None:
            some = _SOME.match(self._text, start.end())
            end = some.end() if some is not None else start.end()
            self._left -= end - start.start()
            if self._left < 0:
                raise _TooMuch
            self.at = start.end()
            if not _ENDED.match(self._text, end):
                return start.start(), end
        return None

    def _behind_usual(self) -> int:
        """Where the walk goes on: behind all tags that are as nearly all are. What is looked at for it is bounded by
        itself: no tag is tried beyond the next `<`."""
        at = self.at
        while (usual := _USUAL.match(self._text, at)) is not None:
            at = usual.end()
        return at


def _trimmed(text: str) -> tuple[str, str]:
    scripts = deque(found.span() for found in _SCRIPT.finditer(text))
    look = _Look(text)
    kept: list[str] = []
    done = 0
    said = ""
    while (found := look.swollen()) is not None:
        begin, end = found
        while scripts and scripts[0][1] <= begin:
            scripts.popleft()
        kept.append(text[done:begin])
        if scripts and scripts[0][0] < begin:
            kept.append("\\u003c")
            done = begin + 1
            continue
        said = TRIMMED
        # A tag may begin in a value too; spelt like this it is one no more, and the value is the same.
        kept += ["<", text[begin + 1 : end].replace("<", "&lt;")]
        rest = _REST.match(text, end)
        look.at = done = rest.end() if rest is not None else end
    return "".join([*kept, text[done:]]), said
