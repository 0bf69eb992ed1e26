"""Small pictures: the right size, made once, and nothing hostile is opened."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from pipelines.errors import NotFound
from review_ui.thumbnails import HEIGHT, WIDTH, Thumbnails, thumbnail
from tests.review_ui.seed import screenshot


def test_a_thumbnail_is_small() -> None:
    with Image.open(io.BytesIO(thumbnail(screenshot(9)))) as picture:
        assert picture.size == (WIDTH, HEIGHT)


def test_it_is_made_once() -> None:
    asked: list[str] = []

    def read(blob: str) -> bytes:
        asked.append(blob)
        return screenshot(9)

    kept = Thumbnails()
    assert kept.get("a", read) == kept.get("a", read)
    assert asked == ["a"]


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"<svg/>", _picture("GIF"), _picture("PNG")[:40]])
def test_what_is_no_png_is_not_opened(data: bytes) -> None:
    with pytest.raises(NotFound):
        thumbnail(data)


def test_a_bomb_is_not_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(NotFound):
        thumbnail(out.getvalue())
