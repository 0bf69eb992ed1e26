"""The words of a file that a posting links to, read in a child process that holds no privilege and little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from crawlers.errors import CrawlError

#: Kinds whose words are read; the older ones (doc, xls, ppt) and presentations are kept unread.
READABLE = ("pdf", "docx", "xlsx")
#: By the clock: a busy machine takes its time, a hostile file must not.
SECONDS = 60.0
_ROOT = Path(__file__).resolve().parents[1]
_CHILD = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from crawlers.document_child import main; main()"


def read_document(kind: str, body: bytes) -> str:
    """Its words, line by line, 8,000 characters at most; '' when it holds none (a scan). Blocks. Raises CrawlError when
    it cannot be read within the bounds: damaged, behind a password, a bomb."""
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD, kind],
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
        answer = json.loads(child.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as exc:
        raise CrawlError(f"附件读不出来：{type(exc).__name__}") from exc
    if "error" in answer:
        raise CrawlError(f"附件读不出来：{answer['error']}")
    return str(answer["text"])
