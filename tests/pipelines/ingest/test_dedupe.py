"""The content hash: what counts as the same posting, and what as a change."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.ingest.dedupe import content_sha256
from pipelines.records import Image

BASE: dict[str, Any] = {
    "title": "暑期 提分班",
    "text": "小班授课\n名额有限",
    "fields": {"区域": "东城", "费用": "5000"},
    "images": (Image(url="http://a/1.png", blob="b" * 64),),
    "contact_hashes": ("h1",),
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": "暑期  提分班 "},
        {"text": "小班授课 \r\n名额有\u200b限"},
        {"text": "小班授课\n名额有限", "fields": {"费用": "５０００", "区域": "东城"}},
        {"fields": {"区域": "东城", "费用": "5000", "浏览次数": "17", "更新时间": "刚刚"}},
        {"contact_hashes": ("h1", "h1")},
        {"images": (Image(url="http://cdn2/1.png?sig=9", blob="b" * 64, ocr_text="read later"),)},
    ],
)
def test_the_same_posting(change: dict[str, Any]) -> None:
    assert content_sha256(**BASE | change) == content_sha256(**BASE)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "寒假提分班"},
        {"text": "小班授课 名额有限！"},
        {"fields": {"区域": "东城", "费用": "6000"}},
        {"images": ()},
        {"images": (Image(url="http://a/1.png", blob="c" * 64),)},
        {"contact_hashes": ("h2",)},
        {"title": "", "text": "暑期 提分班 小班授课 名额有限"},
    ],
)
def test_a_change(change: dict[str, Any]) -> None:
    assert content_sha256(**BASE | change) != content_sha256(**BASE)
