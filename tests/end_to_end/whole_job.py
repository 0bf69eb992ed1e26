"""Helpers that run the product as a person would: the command in processes of its own, on a HOME of its own.

Where starting a process is not what a test is about, the same command runs in the test's own process: loading the
program is most of what a short command costs.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import mingcha

ROOT = Path(__file__).resolve().parents[2]
MINGCHA = str(Path(sys.executable).parent / "mingcha")
#: What a person types into the login form of the tests' HOME.
PASSWORD = "correct-horse-1949"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One HOME and the commands run on it."""

    home: Path
    database_url: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    #: Commands run in this process, `process` apart.
    in_process: bool = False

    @property
    def env(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MINGCHA_")}
        clean |= {"MINGCHA_HOME": str(self.home), **self.environ}
        if self.database_url:
            clean["MINGCHA_DATABASE_URL"] = self.database_url
        return clean

    def command(self, *args: str, ok: tuple[int, ...] = (0,), stdin: str | None = None) -> str:
        """Run one command; its stdout. Fails the test with stderr when the exit code is not one of `ok`."""
        done = self.tried(*args, stdin=stdin)
        assert done.returncode in ok, f"mingcha {' '.join(args)} → {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def tried(self, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command; how it ended and what it said."""
        if self.in_process:
            assert stdin is None
            return self._here(*args)
        return subprocess.run(
            [MINGCHA, *args], env=self.env, cwd=ROOT, capture_output=True, text=True, input=stdin, check=False
        )

    def _here(self, *args: str) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        status: object = 0
        with (
            patch.dict(os.environ, self.env, clear=True),
            patch.object(sys, "argv", ["mingcha", *args]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                mingcha.main()
            except SystemExit as exc:
                status = exc.code or 0
        said = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        assert isinstance(status, int), status
        return subprocess.CompletedProcess(args, status, *said)

    def json(self, *args: str, ok: tuple[int, ...] = (0,)) -> Any:
        return json.loads(self.command(*args, "--json", ok=ok))

    @contextmanager
    def process(self, *args: str) -> Iterator[subprocess.Popen[str]]:
        """A command that keeps running until the block ends."""
        child = subprocess.Popen(
            [MINGCHA, *args], env=self.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield child
        finally:
            child.terminate()
            child.communicate(timeout=30)

    def all_leads(self) -> list[dict[str, Any]]:
        """Every lead, walking the pages of `mingcha leads`."""
        rows: list[dict[str, Any]] = []
        after: list[str] = []
        while True:
            page = self.json("leads", "--limit", "100", *after)
            rows += page["leads"]
            if not page["next"]:
                return rows
            after = ["--after", page["next"]]
