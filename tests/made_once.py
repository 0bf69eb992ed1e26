"""What takes seconds to make and is the same for all: made by one process of a run of the tests, read by the others."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder of this run alone, the same for all its processes."""
    base = factory.getbasetemp()
    # Each process of pytest-xdist has a folder of its own below that of the run.
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """What `make` gives, called in one process of the run only; the others wait for it and read its pickle.

    A process that dies or fails while making leaves nothing, and the next one makes it.
    """
    path = run_folder(factory) / f"{name}.pickle"
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            found: T = pickle.loads(path.read_bytes())  # noqa: S301  # written by this very run
            return found
        made = make()
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(made))
        part.replace(path)
        return made
