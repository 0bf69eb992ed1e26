"""MinHash sketches, as `datasketch` makes them (affine32, seed 1): stored band keys rest on these very values.

Of our own because that library loads SciPy's integrals with it, half a second of every crawl, for twenty lines.
"""

from __future__ import annotations

from functools import cache

import numpy as np

PERMUTATIONS = 128
_SEED = 1
_WIDTH = 32


@cache
def _permutations() -> tuple[np.ndarray, np.ndarray]:
    """Odd factors and summands, drawn once: they are the same for every text."""
    draw = np.random.RandomState(_SEED)
    factors = draw.randint(0, 1 << (_WIDTH - 1), PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, draw.randint(0, 1 << _WIDTH, PERMUTATIONS, dtype=np.uint32)


def sketch(hashes: np.ndarray) -> np.ndarray:
    """The least value of each permutation over 32-bit hashes, of which there is at least one."""
    factors, summands = _permutations()
    mixed = _mixed(hashes.astype(np.uint32)).reshape(-1, 1)
    least: np.ndarray = (mixed * factors + summands).min(axis=0)
    return least


def _mixed(hashes: np.ndarray) -> np.ndarray:
    """MurmurHash3's last step: hashes that are near each other come far apart."""
    hashes = hashes ^ (hashes >> np.uint32(16))
    hashes = hashes * np.uint32(0x85EBCA6B)
    hashes = hashes ^ (hashes >> np.uint32(13))
    hashes = hashes * np.uint32(0xC2B2AE35)
    mixed: np.ndarray = hashes ^ (hashes >> np.uint32(16))
    return mixed
