"""Arrays that stand beside the corpus in files of their own (.npz, no pickle): written whole, read strictly."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import EmbeddingError

_FORMAT = "format"


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], *, form: int) -> None:
    """The same arrays give the same bytes; the file is whole or as it was before."""
    named: dict[str, Any] = {_FORMAT: np.array(form), **arrays}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **named)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(buffer.getvalue())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_arrays(path: Path, called: str, *, form: int, wanted: Sequence[str]) -> dict[str, np.ndarray]:
    """All arrays of a file that people call so. EmbeddingError when it cannot be read, lacks one that is wanted, or is
    of another form."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            if int(arrays[_FORMAT]) != form:
                raise EmbeddingError(other_form(path, called))
            found = {name: arrays[name] for name in (*wanted, *sorted(set(arrays.files) - {_FORMAT, *wanted}))}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise EmbeddingError(f"{called} {path.name} 无法读取：{error}") from error
    return found


def other_form(path: Path, called: str) -> str:
    """What is said of a file that this program does not read."""
    return f"{called} {path.name} 的格式与本程序不符"
