"""Rows of imported files: what is a posting, what is refused and why; no bytes whatever make a reader fall over."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import BadInput
from pipelines.ingest import intake_rows
from pipelines.ingest.intake_rows import Row, csv_rows, json_rows, text_rows
from pipelines.ingest.intake_text import MAX_TEXT, decode, text_fault
from pipelines.records import ExtractedListing


def good(row: Row) -> ExtractedListing:
    assert row.listing is not None, row.reason
    return row.listing


def test_json_lines_keep_their_numbers_and_faults_their_reasons() -> None:
    lines = [
        '{"id": "a", "text": "一对一", "title": null, "gold": {"kind": "offer"}, "platform": "feed"}',
        "not json",
        "",
        "[1, 2]",
        '{"text": 7}',
        '{"title": "  ", "text": ""}',
        '{"text": "a\\u0000b"}',
        '{"text": "a\\ud800b"}',
        '{"text": "x", "visibility": "secret"}',
        '{"text": "x", "url": "javascript:alert(1)"}',
        "[" * 100_000,
        '{"正文": "中文键名", "标题": "题", "visibility": "群聊"}',
        '{"text": "x", "fields": {"费用": 5000, "区域": "东城", "嵌套": {}}, "contacts": ["13912345678"]}',
    ]
    rows = list(json_rows("\r\n".join(lines) + "\n"))
    assert [row.number for row in rows] == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert (good(rows[0]).text, good(rows[0]).title, good(rows[0]).platform) == ("一对一", "", "feed")
    assert good(rows[0]).fields == {}
    reasons = {row.number: row.reason for row in rows if row.listing is None}
    assert "不是 JSON" in reasons[2]
    assert "JSON 对象" in reasons[4]
    assert "应是字符串" in reasons[5]
    assert "没有正文" in reasons[6]
    assert "NUL" in reasons[7]
    assert "代理字符" in reasons[8]
    assert "可见范围" in reasons[9]
    assert "网址不对" in reasons[10]
    assert reasons[11]
    assert (good(rows[10]).title, good(rows[10]).visibility) == ("题", "group")
    assert good(rows[11]).fields == {"费用": "5000", "区域": "东城"}
    assert good(rows[11]).contacts == ("13912345678",)


def test_a_table_with_chinese_headers() -> None:
    text = (
        "标题,信息内容,网址,平台,联系电话,费用,发布时间,科目\r\n"
        '晚托,"两行\n文字，带逗号",https://a.example/1#x,本地论坛,13912345678,5000,2026-05-04 16:00,语数\r\n'
        "只有标题,,,,,,昨天,\r\n"
        ",,,,,,,\r\n"
        "太多,列,,,,,,,x,y\r\n"
    )
    rows = list(csv_rows(text))
    assert [row.number for row in rows] == [2, 3, 5]
    first = good(rows[0])
    assert (first.title, first.text, first.url) == ("晚托", "两行\n文字，带逗号", "https://a.example/1")
    assert (first.platform, first.price_raw, first.contacts) == ("本地论坛", "5000", ("13912345678",))
    assert first.posted_at == datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
    assert first.fields == {"联系电话": "13912345678", "科目": "语数"}
    assert good(rows[1]).fields == {"发布时间": "昨天"}
    assert "列" in rows[2].reason


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_tables_with_other_separators_and_english_headers(sign: str) -> None:
    (row,) = csv_rows(sign.join(["Title", "TEXT", "URL"]) + "\n" + sign.join(["a", "b", "http://x.example/"]))
    assert (good(row).title, good(row).text, good(row).url) == ("a", "b", "http://x.example/")


@pytest.mark.parametrize("text", ["", "\n\n", "甲,乙\n1,2\n", ",".join(["正文"] * 500), '"' + "x" * 200_000])
def test_tables_without_a_text_column_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        list(csv_rows(text))


def test_an_open_quote_does_not_swallow_the_rows_before_it() -> None:
    csv.field_size_limit(10_000_000)  # as a library loaded into the same process may have set it
    text = "正文\n第一行\n" + '"没有配对的引号' + "很长的内容\n" * 40_000
    rows = list(csv_rows(text))
    assert good(rows[0]).text == "第一行"
    assert [row.number for row in rows] == [2, 3]
    assert "后面的行没有读" in rows[1].reason


def test_a_text_file_is_one_posting() -> None:
    (row,) = text_rows("  收几个孩子\n一起写作业 \n")
    assert (row.number, good(row).text) == (None, "收几个孩子\n一起写作业")
    (empty,) = text_rows(" \n ")
    assert empty.reason == "没有正文也没有标题"


def test_texts_have_an_end() -> None:
    assert text_fault("x" * MAX_TEXT) is None
    assert "过长" in (text_fault("x" * 5_000_000) or "")
    (row,) = text_rows("很长" * 2_500_000)
    assert "过长" in row.reason


SENTENCE = "标题,正文\n晚间托管,孩子放学由我们的人排队接回，写完一科查一科，错题当场弄懂再订正\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "utf-16"])
def test_charsets(charset: str) -> None:
    said = (
        SENTENCE
        if charset != "big5"
        else "標題,內容\n晚間託管,孩子放學由我們的人排隊接回，寫完一科查一科，錯題當場弄懂再訂正\n"
    )
    assert decode(said.encode(charset))[0] == said


@pytest.mark.parametrize("data", [b"a\x00b", b"\xff\xfeabc", b"\xef\xbb\xbf\xff", b"\x80\x81\xff\xff\xff\x00"])
def test_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        decode(data)


def rows_of(reader_name: str, data: bytes) -> list[Row]:
    try:
        text, _ = decode(data)
        return list({"jsonl": json_rows, "csv": csv_rows, "txt": text_rows}[reader_name](text))
    except BadInput as exc:
        assert exc.message
        return []


KINDS = st.sampled_from(["jsonl", "csv", "txt"])
CELLS = st.one_of(
    st.text(max_size=30), st.sampled_from(["正文", "标题", "网址", "http://a.example/", "=cmd", '"', "\r", "\x00"])
)
TABLES = st.lists(st.lists(CELLS, max_size=6), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "title", "url", "fields", "contacts", "visibility", "标题", "x"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


def a_table(cells: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["正文", "标题"], *cells])
    return out.getvalue().encode("utf-8", "surrogatepass")


@settings(max_examples=400, deadline=None)
@given(
    KINDS,
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")),
        TABLES.map(a_table),
        st.lists(VALUES, max_size=6).map(lambda values: "\n".join(map(json.dumps, values)).encode()),
    ),
)
def test_no_bytes_make_a_reader_fall_over(kind: str, data: bytes) -> None:
    for row in rows_of(kind, data):
        assert (row.listing is None) is bool(row.reason)
        if row.listing is not None:
            assert text_fault(row.listing.title + row.listing.text) is None
            assert row.listing.title.strip() or row.listing.text.strip()


@pytest.mark.parametrize("line", ["1\n", "\n", '{"text":"x"}\n'])
def test_endless_json_lines_are_read_to_a_bound(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_rows, "_MAX_ROWS", 1000)
    rows = list(json_rows(line * 5000))
    assert len(rows) <= 1001
    assert rows[-1].number == 1001
    assert "超过 1000 行" in rows[-1].reason
