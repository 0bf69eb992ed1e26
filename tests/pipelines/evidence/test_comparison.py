"""Two captures of a page line by line: which are held against each other, what is told, and that it is bounded."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta

from pipelines.clock import now
from pipelines.evidence.comparison import Comparison, compared, comparison_text, pairs_of
from pipelines.evidence.page_lines import page_lines
from pipelines.evidence.warc_read import ArchivedResponse
from pipelines.records import Capture
from tests.factories import capture


def at(minute: int, method: str) -> Capture:
    made = now() + timedelta(minutes=minute)
    return replace(capture(f"c{minute}"), id=f"c{minute}", captured_at=made, method=method, sha256=f"{minute:064}")


def held(before: list[str], after: list[str], *said: str) -> Comparison:
    one, two = at(0, "http"), at(1, "browser")
    return compared(one, two, {one.id: tuple(before), two.id: tuple(after)}, 4000, said)


def lines_of(page: str, kind: str = "text/html", headers: tuple[tuple[str, str], ...] = ()) -> tuple[str, ...] | None:
    body = page.encode()
    body = zlib.compress(body) if headers else body
    response = ArchivedResponse(url="", status_line="", headers=headers, payload=body)
    return page_lines(replace(at(0, "http"), content_type=kind, charset="utf-8"), response)


def test_the_browser_is_held_against_its_crawl_and_the_first_of_a_kind_against_its_last() -> None:
    http, browser = [at(minute, "http") for minute in (0, 2, 6)], [at(minute, "browser") for minute in (3, 7)]
    every = sorted([*http, *browser], key=lambda one: one.captured_at)
    told = [(first.id, last.id) for first, last in pairs_of(every)]
    assert told == [("c2", "c3"), ("c0", "c6"), ("c3", "c7"), ("c0", "c7")]
    assert pairs_of(every[:1]) == ()
    assert len(pairs_of([http[0], browser[0]])) == 1  # one pair, however many reasons


def test_the_verdict_is_a_plain_sentence_and_each_place_says_where() -> None:
    same = held(["甲", "乙"], ["甲", "乙"])
    assert same.conclusion.startswith("页面文字同一；字节不同")
    assert replace(same, last=same.first).conclusion == "同一：内容逐字节相同。"
    made = held(["题", "数学", "旧价", "尾"], ["题", "新加", "数学", "新价", "尾", "页脚"], "题 数学 旧价")
    assert made.conclusion == (
        "有 3 处不同（多出 2 行，改动 1 行）；信息本身 1 处，信息之外（推荐、计数、栏目等）2 处。"
    )
    assert [place.before for place in made.told] == ["旧价"]
    beside = held(["电话 1380000 **** 00", "浏览 7"], ["电话 1380000 **** 00", "浏览 9"], "电话 1380000****00")
    assert "信息本身的字句同一" in beside.conclusion
    assert [place.words for place in made.places] == [
        "多出（后者第 2 行）：“新加”",
        "改动（第 3 行→第 4 行）：“旧价” → “新价”",
        "多出（后者第 6 行）：“页脚”",
    ]
    one = at(0, "http")
    assert "没有逐行比对" in compared(one, at(1, "http"), {"c0": None, "c1": ()}, 9, ()).conclusion
    told = comparison_text([(7, [made])], shared=False).decode()
    assert "线索 7：" in told
    assert "  2．改动" in told
    shared = comparison_text([(7, [made])], shared=True).decode()
    assert "结论：有 3 处不同" in shared
    assert "新价" not in shared


def test_pages_without_end_are_told_in_part() -> None:
    """Lines that repeat make difflib slow: no more than a bounded number are aligned."""
    many = held([f"旧{place % 150}" for place in range(3900)], [f"新{place % 149}" for place in range(3900)])
    assert "只比对了相异部分的前 1500 行" in many.conclusion
    assert len(many.places) <= 200
    assert "另有" in comparison_text([(7, [many])], shared=False).decode()


def test_lines_are_what_a_reader_sees_with_contacts_masked() -> None:
    page = "<title>题</title><p>甲<b>乙</b><script>x</script><i style='display: none'>隐</i><i class=jammer>扰</i>丙"
    page += "<br>电话 13800005678<style>y</style><li>张梓涵同学"
    assert lines_of(page) == ("题", "甲乙丙", "电话 138****5678", "张**同学")
    assert lines_of(page, headers=(("Content-Encoding", "deflate"),)) == lines_of(page)
    assert lines_of('{"a": [{"b": "微信 abc12345"}, 2]}', "application/json") == ('a[0].b: "微信 a******5"', "a[1]: 2")
    assert lines_of("一\n\n二", "text/plain") == ("一", "二")
    assert lines_of("", "image/png") is None
    assert lines_of("") == ()
    assert len(lines_of("<div>" * 9000 + "<p>行" * 9000) or ()) <= 4000
