"""Words people hide, put back: separators inside them, pinyin, initials, homophones, split characters.

Conservative on purpose: a rewriting is accepted only where the restored word is the likelier reading – the pieces
are no words of their own, the word falls on the segmenter's boundaries, and (for homophones and single letters)
another sign of schooling stands in the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs
import rjieba

from classifier.errors import LexiconError
from classifier.fold import Folded
from classifier.lexicon import read_yaml

#: Marks that end a clause; a word of two characters is never joined over one.
_HARD = frozenset("，。！？；：、,!?;:()（）【】[]「」《》<>“”\"'’‘")
_MAX_GAP = 3
#: Words whose characters stand side by side too often by chance for a homophone table.
_PINYIN_ONLY = frozenset({"在职", "老师", "教师", "小学", "初中", "高中", "阅读", "作业", "物理"})


@dataclass(frozen=True, kw_only=True, order=True)
class _Edit:
    start: int
    end: int
    word: str


@dataclass(frozen=True, kw_only=True)
class _Lists:
    core: tuple[str, ...]
    core_set: frozenset[str]
    core_search: ahocorasick_rs.AhoCorasick
    #: variant → (word, needs context)
    variants: Mapping[str, tuple[str, bool]]
    variant_words: tuple[str, ...]
    variant_search: ahocorasick_rs.AhoCorasick
    context_search: ahocorasick_rs.AhoCorasick


def _homophone_variants(words: list[str], core: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each disguised word with one character replaced by one read alike, or by its pinyin, unless that is a word."""
    sounds = read_yaml("homophones.yml")
    for word in words:
        for index, char in enumerate(word):
            if char not in sounds:
                raise LexiconError(f"homophones.yml 缺少 {char}")
            pinyin, alike = sounds[char]
            head, tail = word[:index], word[index + 1 :]
            for other in alike:
                variant = head + other + tail
                if word not in _PINYIN_ONLY and variant not in core and not rjieba.has_word(variant):
                    yield variant, word
            if len(pinyin) > 1:
                yield head + pinyin + tail, word


@cache
def _lists() -> _Lists:
    data = read_yaml("restore.yml")
    core = tuple(str(word) for word in data["core"])
    variants: dict[str, tuple[str, bool]] = {}
    for variant, word in _homophone_variants([str(word) for word in data["disguised"]], frozenset(core)):
        variants[variant] = (word, True)
    for variant, word in data["aliases_in_context"].items():
        variants[str(variant)] = (str(word), True)
    for table in ("aliases", "splits"):
        for variant, word in data[table].items():
            variants[str(variant)] = (str(word), False)
    words = tuple(sorted(variants))
    signs = [word for word in core if word not in ("高中", "小班", "周末", "直播", "报名", "退款", "微信")]
    signs += ["上课", "课后", "讲题", "数语", "小孩", "班主任", "同学", "校区", "学习", "提升", "寒暑", "校外", "教"]
    return _Lists(
        core=core,
        core_set=frozenset(core),
        core_search=ahocorasick_rs.AhoCorasick(list(core)),
        variants=variants,
        variant_words=words,
        variant_search=ahocorasick_rs.AhoCorasick(list(words)),
        context_search=ahocorasick_rs.AhoCorasick(signs),
    )


def _is_word_char(char: str) -> bool:
    return char.isalnum() and char not in "ㆍ"


def _boundaries(text: str) -> set[int]:
    """Offsets where the segmenter begins or ends a token."""
    return {0, len(text)} | {token[2] for token in rjieba.tokenize(text)}


def _joined(text: str) -> Iterator[_Edit]:
    """Core words with separators between their characters."""
    lists = _lists()
    kept = [index for index, char in enumerate(text) if _is_word_char(char)]
    if len(kept) == len(text) or len(kept) < 2:
        return
    skeleton = "".join([text[index] for index in kept])
    marks: set[int] | None = None
    for number, start, end in lists.core_search.find_matches_as_indexes(skeleton, overlapping=True):
        first, last = kept[start], kept[end - 1] + 1
        if last - first == end - start:
            continue
        gaps = [text[kept[i] + 1 : kept[i + 1]] for i in range(start, end - 1)]
        if not _joinable(gaps, end - start):
            continue
        if marks is None:
            marks = _boundaries(skeleton)
        if start in marks and end in marks:
            yield _Edit(start=first, end=last, word=lists.core[number])


def _joinable(gaps: list[str], length: int) -> bool:
    """Whether these separators look like hiding or a broken line rather than a sentence going on."""
    if any(len(gap) > _MAX_GAP for gap in gaps):
        return False
    if not any(char in _HARD for gap in gaps for char in gap):
        return True
    filled = [gap for gap in gaps if gap]
    return length >= 3 and len(filled) == length - 1 and len(set(filled)) == 1


def _respelled(text: str, *, rich: bool) -> Iterator[_Edit]:
    """Aliases, split characters, pinyin and homophones."""
    lists = _lists()
    found = lists.variant_search.find_matches_as_indexes(text, overlapping=True)
    if not found:
        return
    marks: dict[int, int] | None = None
    for number, start, end in found:
        variant = lists.variant_words[number]
        word, needs_context = lists.variants[variant]
        if not _stands_alone(text, start, end):
            continue
        if needs_context:
            if not rich:
                continue
            if marks is None:
                marks = {token[1]: token[2] for token in rjieba.tokenize(text)}
            if variant.isascii() or any(char.isascii() for char in variant):
                pass
            elif any(marks.get(i) not in (i + 1, end) for i in range(start, end) if i in marks) or start not in marks:
                continue
        yield _Edit(start=start, end=end, word=word)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A variant that begins or ends with a letter or digit must not be cut out of a longer run of them."""

    def latin(char: str) -> bool:
        return char.isascii() and char.isalpha()

    def digit(char: str) -> bool:
        return char.isdigit()

    first, last = text[start], text[end - 1]
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if (latin(first) and latin(before)) or (digit(first) and (digit(before) or before in ".:/-")):
        return False
    return not ((latin(last) and latin(after)) or (digit(last) and (digit(after) or after in ".:/-")))


def _apply(folded: Folded, edits: list[_Edit]) -> Folded:
    """Rewrite, longest edit first where they overlap; every new character points at the whole rewritten stretch."""
    chosen: list[_Edit] = []
    reach = 0
    for edit in sorted(edits, key=lambda e: (e.start, -(e.end - e.start), -len(e.word), e.word)):
        if edit.start >= reach:
            chosen.append(edit)
            reach = edit.end
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    rewritten: list[tuple[int, int]] = []
    moved = list(folded.rewritten)
    at = 0
    ahead: list[_Edit | None] = [*chosen, None]
    for step in ahead:
        until = step.start if step else len(folded.text)
        shift = len(starts) - at
        rewritten += [(low + shift, high + shift) for low, high in moved if at <= low and high <= until]
        text.append(folded.text[at:until])
        starts.extend(folded.starts[at:until])
        ends.extend(folded.ends[at:until])
        if step is None:
            break
        rewritten.append((len(starts), len(starts) + len(step.word)))
        text.append(step.word)
        starts.extend([folded.starts[step.start]] * len(step.word))
        ends.extend([folded.ends[step.end - 1]] * len(step.word))
        at = step.end
    return Folded(raw=folded.raw, text="".join(text), starts=starts, ends=ends, rewritten=tuple(rewritten))


def restore(folded: Folded) -> Folded:
    """Put hidden words back; the result still leads every character to its place in the raw text."""
    edits = list(_joined(folded.text))
    if edits:
        folded = _apply(folded, edits)
    signs = _lists().context_search.find_matches_as_indexes(folded.text)
    edits = list(_respelled(folded.text, rich=bool(signs)))
    if edits:
        folded = _apply(folded, edits)
        edits = list(_joined(folded.text))
        folded = _apply(folded, edits) if edits else folded
    return folded
