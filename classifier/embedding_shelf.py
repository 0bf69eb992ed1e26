"""Embeddings kept between runs: one SQLite file, rows named by the digest of the prepared (masked) text.

A cache and nothing more: what cannot be read or written costs time, never an answer. A damaged file is put aside and
begun anew with a warning. Several processes may use one file.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from classifier.embedding import DIMENSIONS

_log = logging.getLogger(__name__)

#: Rows kept, about 0.9 KB each; the oldest go first.
CAPACITY = 200_000
#: How long another process's writing is waited for.
_PATIENCE = 10.0
_LAYOUT = 1
#: Keys asked for at once: SQLite takes a bounded number of parameters.
_PORTION = 500
_BYTES = DIMENSIONS * 2
_Answer = TypeVar("_Answer")


class EmbeddingShelf:
    """The rows one embedder (`made_by`) made, in the file at `path`; safe to share between threads and processes."""

    def __init__(self, path: Path, *, made_by: str, capacity: int = CAPACITY) -> None:
        self._path = path
        self._made_by = made_by
        self._capacity = capacity

    def find(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """The rows at hand among these digests, float32; a row that is no unit vector counts as missing."""
        return self._safely(lambda: self._find(keys), {}) if self._path.exists() else {}

    def keep(self, rows: Mapping[str, np.ndarray]) -> None:
        """Lay rows down; beyond the capacity the oldest are taken away."""
        self._safely(lambda: self._keep(rows), None)

    def _find(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        with self._opened() as connection:
            for start in range(0, len(keys), _PORTION):
                portion = keys[start : start + _PORTION]
                marks = ",".join("?" * len(portion))
                query = f"SELECT digest, row FROM rows WHERE made_by = ? AND digest IN ({marks})"  # noqa: S608  # marks only
                for key, data in connection.execute(query, (self._made_by, *portion)):
                    row = _row(data)
                    if row is not None:
                        found[key] = row
        return found

    def _keep(self, rows: Mapping[str, np.ndarray]) -> None:
        values = [(key, self._made_by, row.astype(np.float16).tobytes()) for key, row in rows.items()]
        with self._opened() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO rows (digest, made_by, row) VALUES (?, ?, ?)", values)
            # Numbers only grow, so the span between the first and the last is at least the count.
            first, last = connection.execute("SELECT min(number), max(number) FROM rows").fetchone()
            if last - first >= self._capacity:
                connection.execute(
                    "DELETE FROM rows WHERE number <= (SELECT number FROM rows ORDER BY number DESC LIMIT 1 OFFSET ?)",
                    (self._capacity,),
                )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The file, made when missing (mode 0600). A connection per use: none is carried over a fork or a rebuild."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as connection:
            layout = connection.execute("PRAGMA user_version").fetchone()[0]
            if layout == 0:
                connection.executescript(
                    "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY AUTOINCREMENT, "
                    "digest TEXT NOT NULL, made_by TEXT NOT NULL, row BLOB NOT NULL, UNIQUE (digest, made_by)); "
                    f"PRAGMA user_version = {_LAYOUT}; COMMIT"
                )
            elif layout != _LAYOUT:
                raise sqlite3.DatabaseError(f"layout {layout}")
            yield connection

    def _safely(self, use: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
        try:
            return use()
        except sqlite3.OperationalError as error:  # locked, full, read-only: the file itself may be sound
            _log.warning("embeddings are not cached: %s: %s", self._path, error)
        except sqlite3.DatabaseError as error:
            _log.warning("embeddings cache %s is damaged (%s); begun anew", self._path, error)
            self._put_aside()
        except OSError as error:
            _log.warning("embeddings are not cached: %s", error)
        return otherwise

    def _put_aside(self) -> None:
        """Move the damaged file out of the way, unless another process has just done so."""
        try:
            with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self._is_damaged():
                    self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
                    self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
        except OSError as error:
            _log.warning("damaged embeddings cache stays: %s", error)

    def _is_damaged(self) -> bool:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                with self._opened() as connection:
                    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
            except sqlite3.OperationalError:
                time.sleep(0.05)
            except sqlite3.DatabaseError:
                return True
        return False


def _row(data: object) -> np.ndarray | None:
    if not isinstance(data, bytes) or len(data) != _BYTES:
        return None
    row = np.frombuffer(data, dtype=np.float16).astype(np.float32)
    length = float(np.linalg.norm(row))
    return row if np.isfinite(length) and abs(length - 1) < 0.02 else None
