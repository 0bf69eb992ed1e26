"""Words as evidence: where lists have them in a restored text, unless the text says they are not so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Any

import yaml

#: A place in the restored text.
Place = tuple[int, int]
#: Shown of one dimension or element.
MOST = 4

#: Words that take back what follows in the same clause, listed things included (不涉及语文、数学).
_TAKEN_BACK = re.compile(
    r"(?:不(?:再)?(?:做|搞|吹|夸|许诺|开|招|教|涉及|提供|开展|含|带|承诺|保证|谈|布置|排|设|参加|组织|进行|提|看|问|比|追求|以|用|收|办|辅导|补习|写|学|碰|接|管|开设|讲究|属于|得|包括|包含|上|是|考)"
    r"|没有|没|无|非|勿|严禁|禁止|拒绝|杜绝|取消|告别|远离|绝不|从不|并非|并不|无需|不用|反对|除外)"
    r"[“\"「『]?(?:(?:任何|以|为目的|目的|固定|专门|所谓|什么|快速|短期|立刻|学科类?|有关|相关)|[^，。！？；,.!?;\n、和及或与/]{0,6}[、和及或与/])*[“\"「『]?$"
)
_NOT = re.compile(r"[不没无非未免勿][“\"「『]?$")
#: 没有基础, 无压力, 不会: a pupil's want, not a denial of teaching.
_WANT = re.compile(r"(?:没有?|无)(?:基础|时间|压力|忧|论|法|需|效|门|锡)|不(?:仅|只|光|但|单|会|懂)$")
#: A promise in the form of a denial: 不提分退款, 不及格免费重读.
_REMEDY = re.compile(r"^[^。！？!?\n]{0,14}?(?:退|免费|免单|不收|不要钱|重[修学读]|赔|全免)")
#: Refused behind the words, up to the clause's end: 小学不接, 大班不开, 满分率不吹. 不收费 and 不接受 refuse nothing.
_REFUSED = re.compile(
    r"^率?[”\"」』]?(?:[^，。！？；,!?;\n\s]{0,5}?教不了|(?:我|咱|这里)?(?:真|一律|一概|概|都|暂|暂时|也|就|从|绝)?不(?:接|收|开|教|带|吹|办|做|补|碰|招|搞|保证|承诺))"
    r"[了的哈啊哦]?(?=[，。！？；,!?;\n\s)）…]|$)"
)
#: After these no money back turns the denial into a promise: 不保证提分,玩手机的退钱.
_NO_PROMISE = re.compile(r"不(?:敢|会)?(?:吹|夸|许诺|保证|承诺)[^，。！？；,!?;\n]*$")
_BACK = 24


@cache
def lists() -> dict[str, Any]:
    """The evidence lists of criteria.yml, each a tuple of words."""
    rows = yaml.safe_load((resources.files("classifier") / "criteria.yml").read_text(encoding="utf-8"))
    return {key: _split(value) for key, value in rows.items()}


def _split(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else {key: _split(inner) for key, inner in value.items()}


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Longest first; Latin words not inside longer ones."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    parts = [rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word) for word in ordered]
    return re.compile("|".join(parts))


def find(text: str, words: tuple[str, ...]) -> Iterator[Place]:
    """Where any of the words stands and is not denied, in order, longest at each place."""
    if not words:
        return
    for match in _pattern(words).finditer(text):
        if not taken_back(text, match.start(), match.end()):
            yield match.span()


def taken_back(text: str, start: int, end: int) -> bool:
    """Whether the text says of the words that they are not so: 不辅导作业, 不涉及语文、数学, 无考试, 小学不接."""
    if _REFUSED.match(text[end : end + 16]):
        return True
    before = text[max(0, start - _BACK) : start]
    clause = re.split(r"[，。！？；,!?;\n]", before)[-1]
    if not clause or _WANT.search(clause):
        return False
    if not (_NOT.search(clause) or _TAKEN_BACK.search(clause)):
        return False
    return bool(_NO_PROMISE.search(clause)) or not _REMEDY.match(text[end : end + 24])


def distinct(text: str, places: Iterable[Place], most: int = MOST) -> tuple[Place, ...]:
    """The first place of each different wording, overlapping ones once, at most `most`, in order."""
    kept: list[Place] = []
    seen: set[str] = set()
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        words = text[start:end]
        if words in seen or (kept and start < kept[-1][1]):
            continue
        seen.add(words)
        kept.append((start, end))
    return tuple(kept[:most])


def clause_around(text: str, start: int, end: int, ends: re.Pattern[str], *, before: int, after: int) -> Place:
    """From the last sign that ends a clause in front of a place to the first behind it; where there is none, so many
    characters either side."""
    low, high = max(0, start - before), min(len(text), end + after)
    behind = ends.search(text, end, high)
    return max(
        (sign.end() for sign in ends.finditer(text, low, start)), default=low
    ), behind.start() if behind else high


def within_lines(text: str, places: Iterable[Place]) -> tuple[Place, ...]:
    """The same places cut at line ends, blank pieces left out: no span runs from a title into the text."""
    pieces: list[Place] = []
    for start, end in places:
        for match in re.finditer(r"[^\n]+", text[start:end]):
            words = match.group()
            left = start + match.start() + len(words) - len(words.lstrip())
            right = start + match.end() - (len(words) - len(words.rstrip()))
            if right > left:
                pieces.append((left, right))
    return tuple(pieces)
