"""Near-duplicates: the same advertisement retyped. MinHash bands find candidates, exact Jaccard decides.

Two shops that share boilerplate must not become one lead, so whatever tells them apart (contacts, names, brands,
districts) outweighs likeness, and a short text needs a stricter bar.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from datasketch import MinHash

from pipelines.ingest.contacts import person_names

#: Characters a shingle.
_SHINGLE = 5
_PERMUTATIONS = 128
_BANDS = 32
_ROWS = _PERMUTATIONS // _BANDS
#: Of long texts only so many shingle hashes are kept (the smallest: a bottom-k sketch).
_KEPT = 2048
#: Below this many shingles a text says too little to be like another.
MIN_SHINGLES = 12
#: (at least so many shingles, bar without a common contact, bar with one). Set on re-posts and lookalikes written for
#: tests/pipelines/ingest/test_near_duplicates.py; look again when these change.
_BARS = ((120, 0.80, 0.50), (40, 0.86, 0.55), (MIN_SHINGLES, 0.93, 0.70))


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The shingle hashes of one text, ascending: exact up to 2,048 shingles, the smallest 2,048 beyond."""

    hashes: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Signature:
        """Of a text whose contacts are masked already."""
        return cls(hashes=tuple(sorted({_hash(shingle) for shingle in _shingles(text)})[:_KEPT]))

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature:
        """As `to_bytes` gave it."""
        return cls(hashes=tuple(int(value) for value in np.frombuffer(data, dtype=">u4")))

    def to_bytes(self) -> bytes:
        """Four bytes a shingle, for the store."""
        return np.asarray(self.hashes, dtype=">u4").tobytes()

    def keys(self) -> tuple[str, ...]:
        """LSH band keys; none for a text too short to compare."""
        if len(self.hashes) < MIN_SHINGLES:
            return ()
        sketch = MinHash(num_perm=_PERMUTATIONS, seed=1, hashfunc=int)
        sketch.update_batch(self.hashes)
        values = np.asarray(sketch.hashvalues, dtype=">u8")
        return tuple(_band_key(band, values[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS))

    def jaccard(self, other: Signature) -> float:
        """Share of common shingles: exact below 2,048, an estimate of the same beyond."""
        mine, theirs = set(self.hashes), set(other.hashes)
        if len(mine) >= _KEPT or len(theirs) >= _KEPT:
            smallest = sorted(mine | theirs)[:_KEPT]
            return sum(value in mine and value in theirs for value in smallest) / len(smallest)
        union = len(mine | theirs)
        return len(mine & theirs) / union if union else 0.0


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What of a posting decides whether it is another one retyped."""

    signature: Signature
    #: Keyed hashes of phones, WeChat ids, QQ numbers and e-mail addresses.
    contacts: frozenset[str]
    #: Names and brands it calls itself by (张老师, 启明教育).
    names: frozenset[str]
    district: str


def same_posting(one: Likeness, other: Likeness) -> bool:
    """Is this the same advertisement retyped? In doubt, no."""
    common = bool(one.contacts & other.contacts)
    if not common and _apart(one, other):
        return False
    bar = _bar(min(len(one.signature.hashes), len(other.signature.hashes)), common_contact=common)
    return bar is not None and one.signature.jaccard(other.signature) >= bar


def names_in(text: str) -> frozenset[str]:
    """People and brands a text calls itself by."""
    brands = {match[1] or match[2] for match in _BRAND.finditer(text)}
    return frozenset(brands | set(person_names(text)))


_BRAND = re.compile(
    r"【([^【】\n]{2,20})】"
    r"|([\u4e00-\u9fff]{2}(?:教育|学堂|书院|学院|培训|托管|画室|工作室|书屋|学社|课堂|文化|托辅))"
)


def _apart(one: Likeness, other: Likeness) -> bool:
    """Do contacts, names or districts tell them apart?"""
    contacts = bool(one.contacts) and bool(other.contacts)
    names = bool(one.names - other.names) and bool(other.names - one.names)
    districts = bool(one.district) and bool(other.district) and one.district != other.district
    return contacts or names or districts


def _bar(shingles: int, *, common_contact: bool) -> float | None:
    for at_least, plain, with_contact in _BARS:
        if shingles >= at_least:
            return with_contact if common_contact else plain
    return None


def _shingles(text: str) -> Iterator[str]:
    squeezed = "".join(_letters(text))
    for start in range(len(squeezed) - _SHINGLE + 1):
        yield squeezed[start : start + _SHINGLE]


def _letters(text: str) -> Iterable[str]:
    """Letters and digits alone: retyping changes signs and spacing first."""
    for character in unicodedata.normalize("NFKC", text).lower():
        if unicodedata.category(character)[0] in "LN":
            yield character


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode("utf-8", "replace"), digest_size=4).digest(), "big")


def _band_key(band: int, values: bytes) -> str:
    return f"{band:02d}{hashlib.blake2b(values, digest_size=8).hexdigest()}"
