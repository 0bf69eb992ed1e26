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
    assert kept.get("a", read, coarse=False) == kept.get("a", read, coarse=False)
    assert asked == ["a"]
    assert kept.get("a", read, coarse=True) != kept.get("a", read, coarse=False)
    assert asked == ["a", "a"]


def test_no_figure_of_any_size_is_left_on_a_coarse_one() -> None:
    poster = Image.new("RGB", (1280, 800), "white")
    for left in range(0, 1280, 120):  # strokes as wide apart as those of eleven figures across the whole page
        poster.paste("black", (left, 300, left + 24, 500))
    out = io.BytesIO()
    poster.save(out, "PNG")
    contrasts = []
    for coarse in (False, True):
        with Image.open(io.BytesIO(thumbnail(out.getvalue(), coarse=coarse))) as picture:
            assert picture.size == (WIDTH, HEIGHT)
            row = [picture.convert("L").getpixel((x, HEIGHT // 2)) for x in range(20, WIDTH - 20)]
        contrasts.append(max(row) - min(row))  # type: ignore[type-var,operator]
    assert contrasts[0] > 200
    assert contrasts[1] < 60


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
