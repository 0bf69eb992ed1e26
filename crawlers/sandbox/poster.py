"""Posters: lines of Chinese text drawn as a PNG, the same bytes for the same lines, seed and font."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from crawlers.sandbox.errors import NoFont

_WIDTH = 720
_MARGIN = 48
#: Paper, ink and accent of each look.
_LOOKS = (
    ("#fdf6e3", "#3b2f2f", "#c0562b"),
    ("#eaf4ef", "#1f4037", "#2e8b6f"),
    ("#fff0f2", "#5a1f33", "#d6456b"),
    ("#eef2fb", "#22315c", "#4468c4"),
    ("#26323f", "#f4efe2", "#e0b04c"),
    ("#fffdf7", "#222222", "#888888"),
)


@dataclass(frozen=True, kw_only=True)
class Font:
    """A font file and the face in it."""

    path: str
    index: int


def find_font() -> Font:
    """The system's font for simplified Chinese, by fontconfig. Raises NoFont."""
    try:
        answer = subprocess.run(
            ["fc-match", "--format=%{file}\n%{index}\n%{lang}", "sans-serif:lang=zh-cn"],
            capture_output=True,
            check=True,
            text=True,
            timeout=20,
        ).stdout
    except (OSError, subprocess.SubprocessError) as exc:
        raise NoFont from exc
    path, index, languages = [*answer.split("\n"), "", "", ""][:3]
    if "zh-cn" not in languages.split("|"):
        raise NoFont
    return Font(path=path, index=int(index or 0))


def draw_poster(lines: tuple[str, ...], *, font: Font, chance: random.Random) -> bytes:
    """The poster as PNG bytes."""
    paper, ink, accent = chance.choice(_LOOKS)
    heading = _face(font, lines[0], biggest=chance.choice((60, 66, 72)))
    text = _face(font, max(lines[1:], key=len, default=""), biggest=chance.choice((36, 40, 44)))
    gap = chance.choice((20, 26, 32))
    heights = [int(heading.size) + gap] + [int(text.size) + gap for _ in lines[1:]]
    image = Image.new("RGB", (_WIDTH, sum(heights) + 2 * _MARGIN + 40), paper)
    pen = ImageDraw.Draw(image)
    _decorate(pen, image.height, accent, chance)
    centred = chance.random() < 0.5
    top = _MARGIN
    for number, (line, height) in enumerate(zip(lines, heights, strict=True)):
        face = text if number else heading
        left = (_WIDTH - pen.textlength(line, font=face)) / 2 if centred else float(_MARGIN)
        pen.text((left, top), line, font=face, fill=ink if number else accent)
        top += height + (24 if number == 0 else 0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


class PosterShelf:
    """Posters by their lines, each drawn once into `folder` and read from there afterwards."""

    def __init__(self, folder: Path, font: Font) -> None:
        self._folder = folder
        self._font = font

    def poster(self, lines: tuple[str, ...], *, chance: random.Random) -> bytes:
        """The PNG of these lines; drawn at the first call."""
        key = hashlib.sha256(f"{self._font}{lines}{chance.random()}".encode()).hexdigest()[:24]
        path = self._folder / f"{key}.png"
        if path.exists():
            return path.read_bytes()
        data = draw_poster(lines, font=self._font, chance=chance)
        part = path.with_suffix(f".{id(data)}.part")
        part.write_bytes(data)
        part.replace(path)
        return data


def _face(font: Font, line: str, *, biggest: int) -> ImageFont.FreeTypeFont:
    """The face in the biggest size at which `line` fits between the margins."""
    size = biggest
    while size > 20:
        face = ImageFont.truetype(font.path, size, index=font.index)
        if face.getlength(line) <= _WIDTH - 2 * _MARGIN:
            return face
        size -= 2
    return ImageFont.truetype(font.path, size, index=font.index)


def _decorate(pen: ImageDraw.ImageDraw, height: int, accent: str, chance: random.Random) -> None:
    kind = chance.randrange(3)
    if kind == 0:
        pen.rectangle((16, 16, _WIDTH - 17, height - 17), outline=accent, width=4)
    elif kind == 1:
        pen.rectangle((0, height - 26, _WIDTH, height), fill=accent)
    else:
        for _ in range(5):
            left = chance.randrange(_WIDTH - 60)
            pen.ellipse((left, height - 34, left + 24, height - 10), fill=accent)
