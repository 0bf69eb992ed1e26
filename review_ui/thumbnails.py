"""Small pictures of screenshots for the lists."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from PIL import Image

from pipelines.errors import NotFound

WIDTH, HEIGHT = 224, 140
#: A full-page screenshot of a very long page; more than this is no screenshot of ours.
_MAX_PIXELS = 120_000_000
#: Some 5 KB each.
_KEPT = 1000


class Thumbnails:
    """Made once per screenshot and kept in memory; safe to share between threads."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, blob: str, read: Callable[[str], bytes]) -> bytes:
        """The small picture of this blob; `read` is asked for its bytes only when it is not known yet."""
        with self._lock:
            if blob in self._made:
                self._made.move_to_end(blob)
                return self._made[blob]
        small = thumbnail(read(blob))
        with self._lock:
            self._made[blob] = small
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return small


def thumbnail(png: bytes) -> bytes:
    """The top of a PNG as a small PNG. Raises NotFound when it is no picture we made."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise NotFound("截图太大，没有缩略图。")
            top = picture.crop((0, 0, picture.width, min(picture.height, picture.width * HEIGHT // WIDTH)))
            top = top.convert("RGB")
            top.thumbnail((WIDTH, HEIGHT))
            out = io.BytesIO()
            top.save(out, "PNG", optimize=True)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise NotFound("这张截图打不开。") from exc
    return out.getvalue()
