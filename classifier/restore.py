"""Words people hide, put back where that is the likelier reading.

One question for every candidate of disguises.py and for every word with something between its characters: is the text
so much likelier with the word put back (likelihood.py) that it outweighs what this way of hiding costs, given how
many other signs of schooling stand in the same text? Pieces that are words of their own, common characters and words
cut in two all speak against it by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import rjieba

from classifier.characters import BARE
from classifier.disguises import Candidate, given, numbered, respelt
from classifier.doubt import AROUND, DOUBTED, known_to_initials, needed_alone, needed_amid
from classifier.fold import Folded
from classifier.hidden import hidden
from classifier.layout import read_on
from classifier.likelihood import cost, word_cost
from classifier.names import calls_a_teacher
from classifier.plain import Plain

#: Signs between two characters of one word.
_MAX_GAP = 3
#: Marks that end a clause.
_HARD = frozenset("，。！？；：、,!?;:()（）【】[]「」《》<>“”\"'’‘")
#: Those over which no word goes on.
_ENDS = _HARD - frozenset("，、,：:;；'’")
#: Brackets about nothing (补【】课).
_EMPTY = frozenset({"()", "[]", "【】", "<>", "《》"})
_MARKS = re.compile(r"[\W_]+")
_OTHER = re.compile(r"[\W_a-z0-9]+")
#: What stands between two characters that is neither.
_BREAK = re.compile(r"(?<=[\u4e00-\u9fff])[\W_]+(?=[\u4e00-\u9fff])")
#: Runs of signs among which are all that a word may go on over; few texts have more than some.
_GAPS = re.compile(rf"[^a-z0-9\u4e00-\u9fff/{re.escape(''.join(sorted(_HARD)))}]+")
_SIGN = r"[^\w\s，。！？；：、,!?;:()（）【】\[\]「」《》<>“”\"'’‘]|_|\n"
_BEFORE = re.compile(rf"[\u4e00-\u9fff](?:{_SIGN}){{0,3}}\Z")
_AFTER = re.compile(rf"(?:{_SIGN}){{0,3}}[\u4e00-\u9fff]")
#: Likelihood that joining a broken word that hides nothing must gain: over signs, and over the end of a line.
_BROKEN = 3.0
_BROKEN_LINE = 8.0
#: A sign set apart by blanks (初一 → 定江山, 讲 · 演) parts words.
_SET_APART = re.compile(r"\s[^\s]+\s\Z|[—–]")
#: A candidate that gains so much is a sign for the others: who hides one word hides several.
_SUPPORTS = 1.0
#: Likelihood that must be gained beyond the price with no, one, two, … other signs of schooling in the text.
_NEEDED: dict[str, tuple[float, ...]] = {
    "parts": (4, 1, 0),
    "pair": (6, 3, 3),
    "sound": (10, 2, 0),
    "shape": (10, 2, 0),
    "picture": (99, 2, 0),
    "drawn": (99, 0, 0),
    "pinyin": (2, 0, 0),
    "spelt": (99, 1, 0),
    "letters": (9, 2, 0),
    "initials": (99, 99, 0),
}


def _cost_of_word(word: str) -> float:
    """Of a word we look for; those that the dictionary does not know are as likely as its rarer words."""
    return min(word_cost(word), 9.0 + len(word))


def _restored_cost(before: str, word: str, after: str) -> float:
    return min(cost(before) + _cost_of_word(word) + cost(after), cost(before + word + after))


def _side(text: str, start: int, end: int) -> tuple[str, str]:
    """What is read along before and after a stretch: characters of the same clause."""
    before = _OTHER.split(text[max(0, start - AROUND) : start])[-1]
    after = _OTHER.split(text[end : end + AROUND])[0]
    return before, after


def _gain(text: str, candidate: Candidate) -> float:
    """How much likelier the text becomes, in natural logarithms, after the price."""
    as_written = text[candidate.start : candidate.end]
    word = _cost_of_word(candidate.word)
    if candidate.way in ("sound", "shape"):
        dearest = sum(map(word_cost, as_written))
        if rjieba.has_word(as_written):
            dearest = min(dearest, word_cost(as_written))
        if dearest - word <= candidate.price:
            return -1.0  # whatever stands around it, it would not be likelier
    before, after = _side(text, candidate.start, candidate.end)
    restored = _restored_cost(before, candidate.word, after)
    return cost(before + as_written + after) - restored - candidate.price


def _joined(text: str) -> Iterator[Candidate]:
    """Words of the lexicon with marks, pictures, blanks or line breaks between their characters."""
    skeleton = _MARKS.sub("", text)
    if len(skeleton) == len(text) or len(skeleton) < 2:
        return
    lists = hidden()
    found = lists.plain.find_matches_as_indexes(skeleton, overlapping=True)
    whole = lists.met(text).plain
    if len(found) == len(whole):
        return  # nothing is found that is not there already
    within = bytearray(len(text) + 1)
    for _, low, high in whole:
        within[low + 1 : high] = b"\1" * (high - low - 1)
    kept = [index for index, char in enumerate(text) if char.isalnum()]
    if len(kept) != len(skeleton):  # a number sign that is no letter and no digit
        kept = [index for index, char in enumerate(text) if not _MARKS.match(char)]
    for number, start, end in found:
        first, last = kept[start], kept[end - 1] + 1
        if last - first == end - start:
            continue
        gaps = [text[kept[i] + 1 : kept[i + 1]] for i in range(start, end - 1)]
        if max(map(len, gaps)) > _MAX_GAP or _enumerated(text, first, last, gaps):
            continue
        word = lists.words[number]
        pieces = "".join(char + ("\0" if gap else "") for char, gap in zip(word, [*gaps, ""], strict=True)).split("\0")
        if _HARD.intersection("".join(gaps)) and any(len(piece) > 1 and rjieba.has_word(piece) for piece in pieces):
            continue  # 陪伴,作业: two words, and a comma where one belongs
        if not "".join(gaps).strip() and within[last]:
            continue  # 早教 学前, 物 理 化学: the blank stands before another word of the lexicon
        before, after = _side(text, first, last)
        pieces[0], pieces[-1] = before + pieces[0], pieces[-1] + after
        gain = sum(map(cost, pieces)) - _restored_cost(before, word, after)
        if gain > _gap_price(gaps):
            yield Candidate(start=first, end=last, word=word, way="given")


def _rejoined(text: str) -> Iterator[Candidate]:
    """Any word of the dictionary broken by signs that do not belong between characters, or by a line's end."""
    reach = 0
    for gap in _GAPS.finditer(text):
        start, end = gap.span()
        if end - start > _MAX_GAP or start < reach or not _crossed(text, start, end):
            continue
        if not _breaks(gap[0]) or not _may_meet(text[max(0, start - 2) : start], text[end : end + 2]):
            continue
        low, high = _reach(text, start, end)
        kept = [place for place in range(low, high) if text[place].isalnum()]
        written = _BREAK.split(text[low:high])
        rejoined = rjieba.cut("".join(text[place] for place in kept), False)
        at = 0
        for word in rejoined:
            first, last = kept[at], kept[at + len(word) - 1] + 1
            at += len(word)
            if not first < start < last or last - first == len(word) or not rjieba.has_word(word):
                continue
            pieces = _BREAK.split(text[first:last])
            if all(len(piece) == 1 or not rjieba.has_word(piece) for piece in pieces):
                gain = sum(map(cost, written)) - sum(map(word_cost, rejoined))
                if gain > (_BROKEN if gap[0].strip() else _BROKEN_LINE):
                    yield Candidate(start=first, end=last, word=word, way="given")
                    reach = last
            break


def _crossed(text: str, start: int, end: int) -> bool:
    """Whether a run is of signs alone, between two characters."""
    if not start or end == len(text) or not _MARKS.fullmatch(text, start, end):
        return False
    return "\u4e00" <= text[start - 1] <= "\u9fff" and "\u4e00" <= text[end] <= "\u9fff"


def _may_meet(left: str, right: str) -> bool:
    """Whether a word of two to four characters goes over the gap; asked first, as it costs little."""
    return any(rjieba.has_word(before + after) for before in (left[-1:], left) for after in (right[:1], right))


def _breaks(gap: str) -> bool:
    """Whether this may break a word: a sign, or the end of a line; a blank alone parts words too often."""
    return "\n" in gap if gap.isspace() else not _SET_APART.search(gap)


def _reach(text: str, start: int, end: int) -> tuple[int, int]:
    """The characters either side of a gap that may belong to one word with it, over gaps like it."""
    low, high = start, end
    for _ in range(AROUND):
        before = _BEFORE.search(text, max(0, low - _MAX_GAP - 1), low)
        after = _AFTER.match(text, high)
        low, high = before.start() if before else low, after.end() if after else high
    return low, high


def _gap_price(gaps: Sequence[str]) -> float:
    filled = [gap for gap in gaps if gap and gap not in _EMPTY]
    if any(char in _ENDS for gap in filled for char in gap):
        return 99.0
    if any(char in _HARD for gap in filled for char in gap):
        return 2.0 if len(gaps) >= 2 and len(filled) == len(gaps) and len(set(filled)) == 1 else 7.0
    return 2.0 if all(gap.isspace() for gap in filled) else 0.0


def _enumerated(text: str, first: int, last: int, gaps: Sequence[str]) -> bool:
    """小、初、高: the same mark goes on before or after single characters, so it counts things up."""
    marks = {gap for gap in gaps if gap}
    if len(marks) != 1 or not _HARD.issuperset(mark := next(iter(marks))):
        return False
    return text.endswith(mark, 0, first) or text.startswith(mark, last)


def _respelt(text: str, *, disguises: bool) -> list[Candidate]:
    """The candidates that are believed, where they overlap the one that gains most.

    `disguises`: whether the text has shown already that it hides words.
    """
    plain = Plain.of(text)
    weighed: list[tuple[float, Candidate]] = []
    for candidate in respelt(text, plain.holds):
        gain = _gain(text, candidate)
        if gain > 0:
            weighed.append((gain, candidate))
    # A run of letters costs the same however long it is: the word that explains most of it goes first.
    spelt = {"pinyin", "spelt"}
    weighed.sort(key=lambda pair: (-pair[0] - 2 * (pair[1].end - pair[1].start) * (pair[1].way in spelt), pair[1]))
    apart: list[tuple[float, Candidate]] = []
    taken = bytearray(len(text))
    for gain, candidate in weighed:
        if not any(taken[candidate.start : candidate.end]):
            apart.append((gain, candidate))
            taken[candidate.start : candidate.end] = b"\1" * (candidate.end - candidate.start)
    short = {candidate.word: candidate for _, candidate in apart if candidate.way == "initials"}
    unsure = short.keys() | {candidate.word for _, candidate in apart if candidate.way == "drawn"}
    meant = {candidate.word for gain, candidate in apart if gain > _SUPPORTS} - unsure
    shown = {candidate.word for gain, candidate in apart if gain > _SUPPORTS and candidate.way != "pair"}
    chosen = []
    for gain, candidate in apart:
        known = plain.signs(candidate.start, candidate.end) + len(meant - {candidate.word})
        if candidate.way == "initials":
            known = known_to_initials(candidate, known, plain, short)
            known += 2 * calls_a_teacher(text, candidate.word, candidate.start)
        else:
            known += len(short.keys() - {candidate.word}) / 2
        needed = _NEEDED[candidate.way]
        least: float = needed[min(int(known), len(needed) - 1)]
        told = bool(shown - {candidate.word}) or (disguises and candidate.way in ("pair", "parts"))
        if candidate.way in DOUBTED:
            least = max(least, needed_amid(text, candidate) if told else needed_alone(text, candidate, plain))
        if gain > least:
            chosen.append(candidate)
    return chosen


def rewrite(folded: Folded, edits: list[Candidate]) -> Folded:
    """Rewrite, longest edit first where they overlap; every new character points at the whole rewritten stretch."""
    chosen: list[Candidate] = []
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
    ahead: list[Candidate | None] = [*chosen, None]
    for step in ahead:
        until = step.start if step else len(folded.text)
        shift = len(starts) - at
        rewritten += [
            (max(low, at) + shift, min(high, until) + shift) for low, high in moved if low < until and at < high
        ]
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
    if edits := numbered(folded):
        folded = rewrite(folded, edits)
    whole: str | None = None  # the text last searched for words to join, if there were none
    disguises = False
    for find in (read_on, _joined, given, None, _joined, _rejoined):
        if find is _joined and folded.text is whole:
            continue
        edits = _respelt(folded.text, disguises=disguises) if find is None else list(find(folded.text))
        if find is given:  # characters taken apart into what is no character by itself
            disguises = any(not BARE.isdisjoint(folded.text[edit.start : edit.end]) for edit in edits)
        if edits:
            folded = rewrite(folded, edits)
        elif find is _joined:
            whole = folded.text
    return folded
