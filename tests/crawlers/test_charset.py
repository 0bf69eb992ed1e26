"""Charsets: declared ones are candidates, the bytes decide."""

from __future__ import annotations

import encodings
import json
import os
import pkgutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers import charset
from crawlers.charset import declared_charsets, decode

TEXT = "小学五年级数学一对一，周末两小时，联系我们：请登录后发布信息。"


@pytest.mark.parametrize(
    ("encoding", "content_type", "meta", "expected"),
    [
        ("utf-8", "text/html; charset=utf-8", "utf-8", "utf-8"),
        ("utf-8", "text/html; charset=gb2312", "utf-8", "utf-8"),
        ("utf-8", "text/html; charset=gb2312", "gb2312", "utf-8"),
        ("utf-8", "text/html", "", "utf-8"),
        ("gbk", "text/html; charset=gbk", "gbk", "gb18030"),
        ("gbk", "text/html; charset=utf-8", "gb2312", "gb18030"),
        ("gbk", "text/html", "", "gb18030"),
        ("gb18030", "text/html; charset=GB2312", "", "gb18030"),
    ],
)
def test_the_bytes_decide(encoding: str, content_type: str, meta: str, expected: str) -> None:
    page = f"<html><head><meta charset='{meta}'></head><body>{TEXT}</body></html>" if meta else f"<p>{TEXT}</p>"
    decoded = decode(page.encode(encoding), content_type)
    assert decoded.charset == expected
    assert TEXT in decoded.text


def test_traditional_big5() -> None:
    text = "國小數學家教，週末兩小時，請先登錄再發佈資訊，有問題請與我們聯繫。"
    assert text in decode(text.encode("big5"), "text/html; charset=big5").text


def test_byte_order_mark_wins_and_goes() -> None:
    assert decode(b"\xef\xbb\xbfUser-agent: *", "text/plain; charset=gbk").text == "User-agent: *"


def test_a_forced_charset_is_obeyed() -> None:
    assert decode(TEXT.encode("gbk"), forced="gbk").text == TEXT


def test_declarations_in_order_once_each() -> None:
    body = b'<meta http-equiv="Content-Type" content="text/html; charset=GBK"><meta charset="utf-8">'
    assert declared_charsets(body, 'text/html; charset="gbk"') == ("gbk", "utf-8")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_give_some_text(body: bytes, content_type: str) -> None:
    decoded = decode(body, content_type)
    assert isinstance(decoded.text, str)
    decoded.text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", sorted(module.name for module in pkgutil.iter_modules(encodings.__path__)))
@pytest.mark.parametrize("tail", [b"", b"\xff\xfe"])
def test_no_declared_codec_breaks_reading(name: str, tail: bytes) -> None:
    """A page may name any codec Python knows, idna and unicode_escape too; whole characters come out all the same."""
    page = b"<meta charset=" + name.encode() + b">abc +2AA- \\ud800 xn--a-\x31" + tail
    decode(page, f"text/html; charset={name}").text.encode("utf-8")


def test_real_pages_are_read_in_the_charset_their_manifest_names() -> None:
    folder = os.environ.get("MINGCHA_TEST_DATA")
    manifest = Path(folder) / "pages" / "manifest.jsonl" if folder else None
    rows = manifest.read_text("utf-8").splitlines() if manifest is not None and manifest.exists() else []
    for row in map(json.loads, rows):
        found = decode((Path(folder or "") / "pages" / row["file"]).read_bytes())
        # GBK is read by its superset.
        assert found.charset == row["encoding"].replace("gbk", "gb18030"), row["file"]
        assert found.text.count("\ufffd") < len(found.text) / 1000


def test_no_odd_character_is_overlooked_by_the_cheap_look_at_bytes() -> None:
    odd = [chr(code) for code in (*range(0x80, 0xA0), *range(0xE000, 0xF900), 0xFFFD)]
    chinese = "上门家教，小学数学，价格面议。" * 20
    assert charset._surely_utf8(chinese.encode()) == chinese
    assert [char for char in odd if charset._surely_utf8((chinese + char).encode()) is not None] == []
