"""Logging to stderr: one line an event, a short sentence plus fields, secrets redacted by value."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

HIDDEN = "（已隐藏）"
#: Shorter values would hide ordinary words.
SHORTEST_SECRET = 6
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LineFormatter(logging.Formatter):
    """`2026-05-01T08:00:00.000Z WARNING name: Sentence key=value`; nothing in it can start a line of its own, except a
    traceback, and no secret survives in any part of it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets: tuple[str, ...] = ()
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """Redact this value from now on; longest first, so that no part of a longer one remains."""
        if len(secret) >= SHORTEST_SECRET:
            self._secrets = tuple(sorted({*self._secrets, secret}, key=lambda value: (-len(value), value)))

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields = "".join(f" {name}={_value(value)}" for name, value in vars(record).items() if name not in _STANDARD)
        line = f"{moment} {record.levelname} {record.name}: {_one_line(record.getMessage())}{fields}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def set_up(*, level: str = "INFO", secrets: Iterable[str] = (), stream: TextIO | None = None) -> LineFormatter:
    """Send everything at `level` or above to stderr (or `stream`). Calling it again replaces the first setting; the
    formatter comes back so that secrets learnt later can be hidden too."""
    formatter = LineFormatter(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, LineFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    # Their INFO is about their own insides.
    for noisy in ("alembic", "asyncio", "charset_normalizer", "fontTools", "procrastinate", "weasyprint"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return formatter


def _one_line(text: str) -> str:
    """Control characters shown, not acted on: a page's text must not forge log lines or steer a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _value(value: object) -> str:
    text = _one_line(str(value))
    return f'"{text}"' if " " in text or not text else text
