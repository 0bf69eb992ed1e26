"""An assessor that calls for help when much is to be assessed at once: a second process with the same model.

A crawl at a polite pace never calls; one on this machine, or over many imported pages, spends half its time on reading
texts, and another core may do that. The helper speaks JSON lines over its standard input and output and ends with it,
however this process ends. Whatever goes wrong with it, the texts are read here.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import IO, Any

from classifier.crew import settle, usable_cores
from classifier.errors import ClassifierError
from classifier.types import Posting
from pipelines.assessor import Assessor, active_model, assessor_of

_log = logging.getLogger(__name__)

#: Help is called once so many texts were read here, if they came faster than one in so many seconds.
ALONE = 100
HURRY_S = 0.2


class HurriedAssessor:
    """Answers as the assessor it is given does. To be closed, or used in `with`; one thread at a time."""

    def __init__(self, assessor: Any, home: Path, *, second_tier: bool, alone: int = ALONE) -> None:
        self._own = assessor
        self._command = [sys.executable, "-m", "pipelines.hurried_assessor", str(home), str(int(second_tier))]
        self._left = alone
        self._alone = alone
        self._began: float | None = None
        self._helper: _Helper | None = None

    @property
    def model_id(self) -> str:
        return str(self._own.model_id)

    @property
    def rulebook_id(self) -> str:
        return str(self._own.rulebook_id)

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        """One answer a posting, in order."""
        if self._helper is not None and self._helper.ready:
            try:
                return self._helper.assess(items)
            except (OSError, ValueError) as exc:
                _log.warning("研判的辅助进程不可用（%s），余下的由本进程研判", type(exc).__name__)
                self.close()
        answers: list[dict[str, Any]] = self._own.assess(items)
        self._consider(len(items))
        return answers

    def close(self) -> None:
        """End the helper; from now on everything is read here."""
        helper, self._helper = self._helper, None
        self._left = sys.maxsize
        if helper is not None:
            helper.close()

    def __enter__(self) -> HurriedAssessor:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _consider(self, read: int) -> None:
        now = time.monotonic()
        self._began = self._began or now
        self._left -= read
        if self._left > 0 or self._helper is not None:
            return
        if usable_cores() > 1 and now - self._began < HURRY_S * self._alone:
            self._helper = _Helper(self._command, (self.model_id, self.rulebook_id))
        else:
            self._began, self._left = now, self._alone


class _Helper:
    """The other process. While it loads its model it is not ready; one with another model never is."""

    def __init__(self, command: Sequence[str], ids: tuple[str, str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._ids = ids
        self.ready = False
        self._greeting = threading.Thread(target=self._greet, daemon=True)
        self._greeting.start()

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        """Raises OSError or ValueError when it is gone."""
        _put(self._in, [asdict(item) | {"posted_on": str(item.posted_on or "")} for item in items])
        answers: list[dict[str, Any]] = _get(self._out)
        return answers

    def close(self) -> None:
        self.ready = False
        self._process.kill()
        self._process.wait()
        for pipe in (self._in, self._out):
            try:
                pipe.close()
            except OSError:
                continue  # what was not flushed goes nowhere

    @property
    def _in(self) -> IO[bytes]:
        return _there(self._process.stdin)

    @property
    def _out(self) -> IO[bytes]:
        return _there(self._process.stdout)

    def _greet(self) -> None:
        try:
            self.ready = tuple(_get(self._out)) == self._ids
        except (OSError, ValueError):
            self.ready = False


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


def _put(pipe: IO[bytes], value: Any) -> None:
    pipe.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    pipe.flush()


def _get(pipe: IO[bytes]) -> Any:
    """Raises ValueError at the end."""
    return json.loads(pipe.readline().decode("utf-8", "surrogatepass"))


def _posting(value: dict[str, Any]) -> Posting:
    return Posting(**(value | {"posted_on": date.fromisoformat(value["posted_on"]) if value["posted_on"] else None}))


def help_out(home: Path, *, second_tier: bool) -> None:
    """The helper's whole life: says which model it has, then answers until its input ends."""
    asked, said = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing else may speak on that pipe.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    assessor: Assessor = assessor_of(active_model(home), home, second_tier=second_tier)
    settle()
    _put(said, [assessor.model_id, assessor.rulebook_id])
    while line := asked.readline():
        items = [_posting(value) for value in json.loads(line.decode("utf-8", "surrogatepass"))]
        _put(said, assessor.assess(items))


if __name__ == "__main__":
    try:
        help_out(Path(sys.argv[1]), second_tier=sys.argv[2] == "1")
    except (ClassifierError, OSError, KeyboardInterrupt):
        sys.exit(1)
