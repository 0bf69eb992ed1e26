"""The child of ocr.py: loads the models, gives up its privileges, then answers pictures until its input ends."""

from __future__ import annotations

import io
import json
import logging
import os
import pwd
import resource
import struct
import sys
from typing import IO, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_LENGTH = struct.Struct(">I")
#: Address space; the models with onnxruntime take about 1.5 GB of it.
_MEMORY = 6 * 1024**3
_MAX_SIDE = 2_400
_MIN_SCORE = 0.5


def _send(out: IO[bytes], answer: dict[str, Any]) -> None:
    content = json.dumps(answer, ensure_ascii=True).encode()
    out.write(_LENGTH.pack(len(content)) + content)
    out.flush()


def _load() -> Any:
    from rapidocr import RapidOCR  # heavy, and absent without the extra `ocr`

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "error"})


def _warm(engine: Any) -> None:
    """Decode a picture of each kind and read one, so that nothing is imported or opened once privileges are gone: with
    a word on it, since the models that turn and read lines are loaded with the first line found."""
    Image.init()
    picture = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).text((8, 70), "words", fill="black", font=ImageFont.load_default(48))
    for kind in ("JPEG", "WEBP", "GIF", "BMP", "PNG"):
        out = io.BytesIO()
        picture.save(out, kind)
        decoded = _decode(out.getvalue())
    engine(decoded)


def _drop() -> None:
    """From root to nobody, and limits that hold for everyone: no new files, no core, bounded memory."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    os.chdir("/")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _decode(data: bytes) -> np.ndarray:
    """The first frame as RGB, large pictures made smaller."""
    with Image.open(io.BytesIO(data)) as file:
        file.thumbnail((_MAX_SIDE, _MAX_SIDE))
        image: Image.Image = file
        if image.mode in ("RGBA", "LA", "P"):
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
        return np.asarray(image.convert("RGB"))[:, :, ::-1].copy()


def lines_in_order(boxes: list[list[list[float]]], texts: list[str], scores: list[float]) -> str:
    """Lines top to bottom, those at one height left to right; doubtful ones left out."""
    rows = []
    for box, text, score in zip(boxes, texts, scores, strict=True):
        if score >= _MIN_SCORE and text.strip():
            top, bottom = min(point[1] for point in box), max(point[1] for point in box)
            rows.append(((top + bottom) / 2, min(point[0] for point in box), bottom - top, text.strip()))
    rows.sort()
    lines: list[list[tuple[float, float, float, str]]] = []
    for row in rows:
        if lines and abs(lines[-1][0][0] - row[0]) < 0.5 * min(lines[-1][0][2], row[2]):
            lines[-1].append(row)
        else:
            lines.append([row])
    return "\n".join(" ".join(row[3] for row in sorted(line, key=lambda r: r[1])) for line in lines)


def _recognise(engine: Any, data: bytes) -> str:
    found = engine(_decode(data))
    if found.txts is None:
        return ""
    return lines_in_order([box.tolist() for box in found.boxes], list(found.txts), list(found.scores))


def main() -> None:
    """Answer pictures on stdin until it ends."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answers
    try:
        engine = _load()
        _warm(engine)
        _drop()
    except Exception as error:  # noqa: BLE001 - the outermost frame of the child; the parent reports it
        _send(out, {"error": f"{type(error).__name__}: {error}"[:300]})
        return
    _send(out, {"ready": True, "uid": os.getuid()})
    while len(head := source.read(_LENGTH.size)) == _LENGTH.size:
        data = source.read(_LENGTH.unpack(head)[0])
        try:
            _send(out, {"text": _recognise(engine, data)})
        except Exception as error:  # noqa: BLE001 - the outermost frame of the child; one picture must not end it
            _send(out, {"error": type(error).__name__})


if __name__ == "__main__":
    main()
