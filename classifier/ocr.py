"""Text off pictures, in a child process that holds no privilege and little memory.

The parent talks to the child over two pipes: a 4-byte length and a picture down, a 4-byte length and JSON up. The
child loads the models, then gives up root for the account nobody and limits its own memory, files and processes.
It is restarted after a crash or a time-out; a picture that is too large is refused before anything decodes it.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
import warnings
from functools import cache
from typing import IO

from PIL import Image, UnidentifiedImageError

from classifier.errors import OcrError

MAX_BYTES = 20_000_000
MAX_PIXELS = 24_000_000
MAX_SIDE = 12_000
#: Seconds for the models to load, and for one picture.
START_SECONDS = 60.0
READ_SECONDS = 60.0
#: For the C library: memory let go of after a picture is kept for the next, instead of being fetched page by page anew,
#: which took a seventh of the time of reading.
_KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "268435456"}
#: Formats we decode; everything else (PSD, EPS, PDF …) is refused.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_LENGTH = struct.Struct(">I")


def check_image(data: bytes) -> tuple[int, int]:
    """Width and height from the header alone; OcrError when it is no picture or could be a bomb."""
    if not data:
        raise OcrError("图片为空")
    if len(data) > MAX_BYTES:
        raise OcrError(f"图片超过 {MAX_BYTES // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError) as error:
        raise OcrError("不是可识别的图片") from error
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise OcrError(f"图片尺寸过大（{width}×{height}）")
    if min(width, height) < 8:
        raise OcrError("图片尺寸过小")
    return width, height


class OcrWorker:
    """One child process, started when first needed and again after it died; safe to call from threads."""

    def __init__(self, *, read_seconds: float = READ_SECONDS) -> None:
        self._read_seconds = read_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes) -> str:
        """The lines of a picture from top to bottom; OcrError when it cannot be read."""
        check_image(data)
        with self._lock:
            child = self._running()
            try:
                answer = self._ask(child, data)
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                self._stop()
                reason = "超时" if isinstance(error, TimeoutError) else "识别进程中断"
                raise OcrError(f"图片识别失败：{reason}") from error
        if "error" in answer:
            raise OcrError(f"图片识别失败：{answer['error']}")
        return str(answer["text"])

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", **_KEEP_MEMORY}
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", "classifier.ocr_child"]
            if not _needs_path()
            else [sys.executable, "-c", f"import sys; sys.path.insert(0, {_root()!r}); import runpy; "
                  "runpy.run_module('classifier.ocr_child', run_name='__main__')"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            close_fds=True,
        )  # fmt: skip
        try:
            ready = self._receive(self._child, START_SECONDS)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self._stop()
            raise OcrError("图片识别进程无法启动") from error
        if "error" in ready:
            self._stop()
            raise OcrError(f"图片识别进程无法启动：{ready['error']}")
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], data: bytes) -> dict[str, object]:
        assert child.stdin is not None  # noqa: S101 - opened as a pipe above
        child.stdin.write(_LENGTH.pack(len(data)) + data)
        child.stdin.flush()
        return self._receive(child, self._read_seconds)

    @staticmethod
    def _receive(child: subprocess.Popen[bytes], seconds: float) -> dict[str, object]:
        assert child.stdout is not None  # noqa: S101 - opened as a pipe above
        deadline = time.monotonic() + seconds
        (length,) = _LENGTH.unpack(_read_exactly(child.stdout, _LENGTH.size, deadline))
        if length > 4_000_000:
            raise ValueError("answer too long")
        answer = json.loads(_read_exactly(child.stdout, length, deadline))
        if not isinstance(answer, dict):
            raise ValueError("answer is no object")
        return answer

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # bytes still unsent: the child is gone already
                    pipe.close()


def _read_exactly(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    """`size` bytes from the pipe's descriptor, by the deadline."""
    got = bytearray()
    while len(got) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(pipe.fileno(), size - len(got))
        if not chunk:
            raise EOFError
        got += chunk
    return bytes(got)


def _root() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120


def _needs_path() -> bool:
    """Whether the package is run from its source folder rather than installed."""
    return "site-packages" not in _root()


@cache
def _shared() -> OcrWorker:
    worker = OcrWorker()
    atexit.register(worker.close)
    return worker


def read_image(data: bytes) -> str:
    """Read a picture with the process-wide worker; OcrError when that is not possible."""
    return _shared().read(data)
