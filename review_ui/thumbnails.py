"""Small pictures of screenshots for the lists."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image

from pipelines.errors import NotFound

WIDTH, HEIGHT = 224, 140
#: A full-page screenshot of a very long page; more than this is no screenshot of ours.
_MAX_PIXELS = 120_000_000


def thumbnail(png: bytes) -> bytes:
    """The top of a PNG as a small PNG. Raises NotFound when it is no picture we made."""
    return _thumbnail(png)


@lru_cache(maxsize=128)
def _thumbnail(png: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise NotFound("截图太大，没有缩略图。")
            top = picture.convert("RGB").crop(
                (0, 0, picture.width, min(picture.height, picture.width * HEIGHT // WIDTH))
            )
            top.thumbnail((WIDTH, HEIGHT))
            out = io.BytesIO()
            top.save(out, "PNG", optimize=True)
    except (OSError, Image.DecompressionBombError) as exc:
        raise NotFound("这张截图打不开。") from exc
    return out.getvalue()
