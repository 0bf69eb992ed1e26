"""Near-duplicates: the same advertisement retyped. MinHash bands find candidates, exact Jaccard decides.

Two shops that share boilerplate must not become one lead: without a common contact or account, whatever tells them
apart (contacts, names, brands, districts) outweighs likeness, and a short text needs a stricter bar. With one, the
looser likeness of pairs of characters is enough, as people reword when they post again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pipelines.personal.contacts import person_names

if TYPE_CHECKING:
    from datasketch import MinHash

#: Characters a shingle: long ones tell texts apart, pairs survive rewording.
_LONG, _PAIR = 5, 2
_PERMUTATIONS = 128
_BANDS = 32
_ROWS = _PERMUTATIONS // _BANDS
#: Of long texts only so many shingle hashes are kept (the smallest: a bottom-k sketch).
_KEPT = 2048
_Bars = tuple[tuple[int, float], ...]
#: (at least so many long shingles, bar) for strangers; (at least so many pairs, bar) with a common contact or account.
#: Set on the re-posts and lookalikes of tests/pipelines/ingest/test_near_duplicates.py; measure again when changing.
_STRANGERS = ((120, 0.80), (40, 0.86), (12, 0.93))
_ACQUAINTED = ((40, 0.20), (15, 0.35))


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The shingle hashes of one text, ascending: exact up to 2,048 of a kind, the smallest 2,048 beyond."""

    long: tuple[int, ...]
    pairs: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Signature:
        """Of a text whose contacts are cut out."""
        squeezed = _letters(text)
        return cls(long=_hashes(squeezed, _LONG), pairs=_hashes(squeezed, _PAIR))

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature:
        """As `to_bytes` gave it."""
        values = np.frombuffer(data, dtype=">u4").tolist()
        split = 1 + values[0]
        return cls(long=tuple(values[1:split]), pairs=tuple(values[split:]))

    def to_bytes(self) -> bytes:
        """Four bytes a shingle, for the store."""
        return np.asarray((len(self.long), *self.long, *self.pairs), dtype=">u4").tobytes()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """LSH band keys; none for a text too short to compare with strangers'."""
        if _bar(len(self.long), _STRANGERS) is None:
            return ()
        sketch = _empty_sketch().copy()
        sketch.update_batch(self.long)
        values = np.asarray(sketch.hashvalues, dtype=">u8")
        return tuple(_band_key(band, values[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS))


@cache
def _empty_sketch() -> MinHash:
    """Its permutations are drawn once: they are the same for every text."""
    from datasketch import MinHash  # brings SciPy's integrals along: only who stores postings waits for them

    return MinHash(num_perm=_PERMUTATIONS, seed=1, hashfunc=int)


def jaccard(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Share of common hashes: exact below 2,048, an estimate of the same beyond."""
    mine, theirs = set(one), set(other)
    union = mine | theirs
    if len(mine) >= _KEPT or len(theirs) >= _KEPT:
        union = set(sorted(union)[:_KEPT])
    return len(mine & theirs & union) / len(union) if union else 0.0


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What of a posting decides whether it is another one retyped."""

    signature: Signature
    #: Keyed hashes of phones, WeChat ids, QQ numbers and e-mail addresses.
    contacts: frozenset[str]
    #: Keyed hashes of its account on its platform (and of bare names, which match no account).
    accounts: frozenset[str]
    #: Names and brands it calls itself by (张老师, 启明教育).
    names: frozenset[str]
    district: str


def same_posting(one: Likeness, other: Likeness) -> bool:
    """Is this the same advertisement retyped? In doubt, no."""
    if one.contacts & other.contacts or one.accounts & other.accounts:
        return _alike(one.signature.pairs, other.signature.pairs, _ACQUAINTED)
    return not _apart(one, other) and _alike(one.signature.long, other.signature.long, _STRANGERS)


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


def _alike(one: tuple[int, ...], other: tuple[int, ...], bars: _Bars) -> bool:
    bar = _bar(min(len(one), len(other)), bars)
    return bar is not None and jaccard(one, other) >= bar


def _bar(shingles: int, bars: _Bars) -> float | None:
    return next((bar for at_least, bar in bars if shingles >= at_least), None)


def _hashes(squeezed: str, size: int) -> tuple[int, ...]:
    shingles = {squeezed[start : start + size] for start in range(len(squeezed) - size + 1)}
    hashes = np.frombuffer(b"".join(map(_hash if size > _PAIR else _hash_of_pair, shingles)), dtype=">u4")
    return tuple(np.unique(hashes)[:_KEPT].tolist())


def _letters(text: str) -> str:
    """Letters and digits (categories L and N, which is what `isalnum` says) alone: retyping changes signs and spacing
    first."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


def _hash(shingle: str) -> bytes:
    return hashlib.blake2b(shingle.encode("utf-8", "replace"), digest_size=4).digest()


#: Texts have most of their pairs of characters in common.
_hash_of_pair = lru_cache(maxsize=1 << 14)(_hash)


def _band_key(band: int, values: bytes) -> str:
    return f"{band:02d}{hashlib.blake2b(values, digest_size=8).hexdigest()}"
