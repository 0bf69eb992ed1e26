"""Small pictures of screenshots for the lists."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from PIL import Image

from pipelines.errors import NotFound

WIDTH, HEIGHT = 224, 140
#: Cells of the picture for those who may not see contacts: colours and a layout, and no figure of any size.
COARSE = (10, 6)
#: A full-page screenshot of a very long page; more than this is no screenshot of ours.
_MAX_PIXELS = 120_000_000
#: Some 5 KB each.
_KEPT = 1000


class Thumbnails:
    """Made once per screenshot and kept in memory; safe to share between threads."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, bool], bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, blob: str, read: Callable[[str], bytes], *, coarse: bool) -> bytes:
        """The small picture of this blob, or its coarse one; `read` is asked for its bytes only when it is not known
        yet."""
        key = (blob, coarse)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        small = thumbnail(read(blob), coarse=coarse)
        with self._lock:
            self._made[key] = small
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return small


def thumbnail(png: bytes, *, coarse: bool = False) -> bytes:
    """The top of a PNG as a small PNG. A poster's telephone number can be read on it, so who may not see contacts gets
    the `coarse` one. Raises NotFound when it is no picture we made."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise NotFound("截图太大，没有缩略图。")
            top = picture.crop((0, 0, picture.width, min(picture.height, picture.width * HEIGHT // WIDTH)))
            top = top.convert("RGB")
            top.thumbnail((WIDTH, HEIGHT))
            if coarse:
                top = top.resize(COARSE, Image.Resampling.BOX).resize(top.size, Image.Resampling.BICUBIC)
            out = io.BytesIO()
            top.save(out, "PNG", optimize=True)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise NotFound("这张截图打不开。") from exc
    return out.getvalue()
