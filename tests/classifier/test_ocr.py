"""Posters we draw, bombs, crashes and lost privileges."""

from __future__ import annotations

import io
import json
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from classifier.errors import OcrError
from classifier.ocr import MAX_BYTES, OcrWorker, check_image
from classifier.ocr_child import lines_in_order


def cjk_font(size: int) -> ImageFont.FreeTypeFont:
    """Any font with Chinese, as fontconfig names it."""
    found = subprocess.run(["fc-match", "-f", "%{file}", ":lang=zh-cn"], capture_output=True, text=True, check=True)
    return ImageFont.truetype(found.stdout.strip(), size)


def poster(lines: list[str]) -> bytes:
    # As tall as wide at least: the engine magnifies what is flat, and reads it for seconds.
    image = Image.new("RGB", (720, max(720, 90 * len(lines) + 40)), "#fffbe6")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((40, 30 + 90 * number), line, fill="#b00020", font=cjk_font(48))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def worker() -> Iterator[OcrWorker]:
    made = OcrWorker()
    yield made
    made.close()


def test_poster_is_read(worker: OcrWorker) -> None:
    text = worker.read(poster(["五年级数学提高班", "周六上午九点", "每期三百元"]))
    assert "五年级数学提高班" in text
    assert text.index("周六") < text.index("每期")


def test_child_gives_up_root_and_limits_itself(worker: OcrWorker) -> None:
    worker.read(poster(["你好"]))
    status = Path(f"/proc/{worker.pid}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids or os.geteuid() != 0
    if os.geteuid() != 0:  # an ordinary user's child may not read its own limits file elsewhere, root's may
        return
    limits = Path(f"/proc/{worker.pid}/limits").read_text()
    assert next(line for line in limits.splitlines() if line.startswith("Max file size")).split()[3:5] == ["0", "0"]


_AFTER_WARMING = """
import json, sys
from classifier import ocr_child
engine = ocr_child._load()
ocr_child._warm(engine)
asked = []
sys.addaudithook(lambda event, about: event in EVENTS and asked.append([event, str(about[0])]))
text = ocr_child._recognise(engine, sys.stdin.buffer.read())
print(json.dumps([text, asked]))
"""


def test_nothing_is_opened_or_imported_once_root_is_given_up() -> None:
    """Where Python and the packages lie in a folder only root may enter, no picture could be read otherwise."""
    events = ("import", "open", "os.mkdir", "os.listdir", "os.scandir")
    done = subprocess.run(
        [sys.executable, "-c", f"EVENTS = {events!r}{_AFTER_WARMING}"],
        input=poster(["五年级数学提高班", "周六上午九点"]),
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        check=True,
    )
    text, asked = json.loads(done.stdout)
    assert "五年级数学提高班" in text
    assert asked == []


def test_restart_after_crash(worker: OcrWorker) -> None:
    worker.read(poster(["第一张"]))
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert "第二张" in worker.read(poster(["这是第二张"]))
    assert worker.pid != first


def test_time_out_is_an_error_and_heals(worker: OcrWorker) -> None:
    hasty = OcrWorker(read_seconds=0.0)
    try:
        with pytest.raises(OcrError, match="超时"):
            hasty.read(poster(["等不及"]))
        assert hasty.pid is None
    finally:
        hasty.close()


def _png_header(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"IDAT" + zlib.compress(b"")
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    )  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7 something",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        _png_header(60_000, 60_000),
        _png_header(20_000, 10),
        _png_header(2, 2),
        b"\x00" * (MAX_BYTES + 1),
    ],
    ids=["empty", "text", "cut", "pdf", "svg", "bomb", "ribbon", "dot", "huge"],
)
def test_refused_before_decoding(data: bytes) -> None:
    with pytest.raises(OcrError):
        check_image(data)


def test_lines_are_ordered_by_height_then_place() -> None:
    box = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]
    right = [[x + 40, y + 2] for x, y in box]
    below = [[x, y + 50] for x, y in box]
    assert lines_in_order([below, right, box], ["丙", "乙", "甲"], [0.9, 0.9, 0.9]) == "甲 乙\n丙"
    assert lines_in_order([box], ["糊"], [0.2]) == ""
