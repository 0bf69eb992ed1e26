"""Two captures of one page held against each other line by line: what was added, gone or changed, and how much.

The crawl against the browser's copy of it, and the first capture against the last, each of its own kind. Bounded: pages
are told to be the same or not, with so many places, of which the first are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest

from pipelines.clock import local_text
from pipelines.evidence.words import METHODS
from pipelines.records import Capture
from pipelines.records.quotes import quoted

#: Lines of each page that are aligned, once those alike at both ends are off; difflib may take the square of it.
_MOST_ALIGNED = 1500
_MASKED = re.compile(r"[*＊]+")
#: Places kept for the file; the report tells fewer.
MOST_PLACES = 200
SAME, FILE = "同一", "data/逐行比对.txt"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One line that differs; "" on the side that has none. Numbers count the page's lines from 1."""

    before: str
    after: str
    before_at: int
    after_at: int

    def shortened(self, most: int) -> Place:
        """The same with no more than so many characters of each line."""
        return replace(self, before=_cut(self.before, most), after=_cut(self.after, most))

    @property
    def words(self) -> str:
        """多出, 少了 or 改动, where, and the line."""
        if not self.before:
            return f"多出（后者第 {self.after_at} 行）：{quoted(self.after)}"
        if not self.after:
            return f"少了（前者第 {self.before_at} 行）：{quoted(self.before)}"
        return f"改动（第 {self.before_at} 行→第 {self.after_at} 行）：{quoted(self.before)} → {quoted(self.after)}"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The later of two captures against the earlier one."""

    first: Capture
    last: Capture
    #: Lines added, gone and changed; all 0: the words are the same.
    added: int = 0
    gone: int = 0
    changed: int = 0
    #: The first MOST_PLACES of them, in the order of the page.
    places: tuple[Place, ...] = ()
    #: Of all of them those where a line of the posting differs; the rest is recommendations, counters, bars.
    of_posting: int = 0
    #: The first of these, for papers.
    told: tuple[Place, ...] = ()
    #: Why lines could not be compared; "" when they were.
    missing: str = ""
    #: Said when a page was too long to be read or aligned to its end.
    cut: str = ""

    @property
    def same_bytes(self) -> bool:
        return self.first.sha256 == self.last.sha256

    @property
    def count(self) -> int:
        return self.added + self.gone + self.changed

    @property
    def conclusion(self) -> str:
        """The plain sentence: 同一。 or 有 3 处不同（…）。"""
        if self.same_bytes:
            return f"{SAME}：内容逐字节相同。"
        if self.missing:
            return f"内容的字节不同，没有逐行比对：{self.missing}。"
        if not self.count:
            return f"页面文字{SAME}{self.cut}；字节不同，差别不在页面文字里（压缩、编码、脚本或者标记）。"
        kinds = ((self.added, "多出"), (self.gone, "少了"), (self.changed, "改动"))
        told = "，".join(f"{word} {many} 行" for many, word in kinds if many)
        return f"有 {self.count} 处不同（{told}）{self.cut}；{self._where}。"

    @property
    def _where(self) -> str:
        beside = self.count - self.of_posting
        if not self.of_posting:
            return f"都在信息之外（推荐、计数、栏目等），信息本身的字句{SAME}"
        return f"信息本身 {self.of_posting} 处" + (f"，信息之外（推荐、计数、栏目等）{beside} 处" if beside else "")

    @property
    def title(self) -> str:
        """Which two: 2026-03-02 10:00:00（程序采集）与 …（浏览器采集）."""
        return "与 ".join(
            f"{local_text(one.captured_at)}（{METHODS.get(one.method, one.method)}）" for one in (self.first, self.last)
        )


def pairs_of(captures: Sequence[Capture]) -> tuple[tuple[Capture, Capture], ...]:
    """Which captures (oldest first) of a lead to hold against each other, each pair once: the first browser copy with
    the crawl before it, else the first; first and last of each kind; first and last of all."""
    crawls = [one for one in captures if one.method == "http"]
    browsers = [one for one in captures if one.method == "browser"]
    found = []
    if crawls and browsers:
        before = [one for one in crawls if one.captured_at <= browsers[0].captured_at]
        found.append((before[-1] if before else crawls[0], browsers[0]))
    found += [(some[0], some[-1]) for some in (crawls, browsers, captures) if len(some) > 1]
    ordered = (tuple(sorted(pair, key=lambda one: one.captured_at)) for pair in found)
    return tuple({(first.id, last.id): (first, last) for first, last in ordered}.values())


def compared(
    first: Capture, last: Capture, lines: Mapping[str, tuple[str, ...] | None], most: int, said: Sequence[str]
) -> Comparison:
    """The two against each other; `lines` by capture id (None: unread), of a page no more than `most`; `said` is what
    was read of the posting at either."""
    before, after = lines[first.id], lines[last.id]
    if first.sha256 == last.sha256:
        return Comparison(first=first, last=last)
    if before is None or after is None:
        return Comparison(first=first, last=last, missing="有一次不是网页或者文字")
    cut = f"，只读了前 {most} 行" if most in (len(before), len(after)) else ""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(old), len(new)) > _MOST_ALIGNED:
        old, new = old[:_MOST_ALIGNED], new[:_MOST_ALIGNED]
        cut = cut or f"，只比对了相异部分的前 {_MOST_ALIGNED} 行"
    places = _places(old, new, head + 1)
    posting = _squeezed("\n".join(said))
    own = [one for one in places if any(_is_of(line, posting) for line in (one.before, one.after))]
    return Comparison(
        first=first,
        last=last,
        added=sum(not one.before for one in places),
        gone=sum(not one.after for one in places),
        changed=sum(bool(one.before and one.after) for one in places),
        places=tuple(places[:MOST_PLACES]),
        of_posting=len(own),
        told=tuple(own[:MOST_PLACES]),
        cut=cut,
    )


def _is_of(line: str, posting: str) -> bool:
    """Is a line of a page among the words of its posting? What is masked in either says nothing."""
    parts = [part for part in map(_squeezed, _MASKED.split(line)) if part]
    return bool(parts) and all(part in posting for part in parts)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else f"{line[:most]}…"


def _places(old: Sequence[str], new: Sequence[str], at: int) -> list[Place]:
    found = []
    for what, left, left_end, right, right_end in SequenceMatcher(None, old, new).get_opcodes():
        if what != "equal":
            rows = zip_longest(old[left:left_end], new[right:right_end], fillvalue="")
            found += [
                Place(before=before, after=after, before_at=at + left + place, after_at=at + right + place)
                for place, (before, after) in enumerate(rows)
            ]
    return found


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines they begin with in common."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def comparison_text(rows: Sequence[tuple[int, Sequence[Comparison]]], *, shared: bool, demo: bool = False) -> bytes:
    """data/逐行比对.txt: lead by lead a plain sentence a pair, and below it the lines; these not in a shared copy, as
    anybody's words may be among them."""
    parts = [f"{'【演示】' if demo else ''}页面文字逐行比对（程序比对，供核对；联系方式已遮盖，页面以网页存档为准）"]
    if shared:
        parts.append("共享本只列结论；逐行内容可能含第三人的话，在密封本的同名文件里。")
    for lead, comparisons in rows:
        for one in comparisons:
            parts += ["", f"线索 {lead}：{one.title}", f"结论：{one.conclusion}"]
            parts += [f"  前者 captures/{one.first.id}/　后者 captures/{one.last.id}/"]
            if not shared:
                parts += [f"  {number}．{place.words}" for number, place in enumerate(one.places, 1)]
                more = one.count - len(one.places)
                parts += [f"  另有 {more} 处没有列出。"] if more > 0 else []
    if not any(comparisons for _, comparisons in rows):
        parts += ["", "没有可以比对的两次采集。"]
    return ("\n".join(parts) + "\n").encode()
