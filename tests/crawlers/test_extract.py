"""Fields off a board's page: what people see, nothing hidden, nothing of others."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.extract import PageContext, extract, to_listing
from crawlers.source import load_engine
from crawlers.states import make_selector
from crawlers.visible import visible_text

RECIPE = load_engine("discuz-x")
CONTEXT = PageContext(
    url="https://bbs.example.com/thread-7-1-1.html", fetched_at=datetime(2026, 11, 21, 15, tzinfo=UTC)
)
PAGE = """
<html><body>
<h1><span id="thread_subject">收几个&nbsp;放学的孩子</span></h1>
<div class="authi"><a>槐花香</a></div>
<em id="authorposton9">发表于 <span title="2026-11-20 10:12:13">昨天 10:12</span></em>
<div class="typeoption"><table class="cgtl"><tr><th>费用:</th><td>2小时300 </td></tr>
<tr><th>联系电话：</th><td>13800004417</td></tr>
<tr><th>区域:</th><td>浙江省 杭州市 西湖区</td></tr></table></div>
<table><tr><td id="postmessage_9"><i class="pstatus">本帖最后由 x 编辑</i>
第一行<font class="jammer">$k8& 包过</font><br>
第二行<span style="display:none">x7Qm</span><div class="quote">引用</div>
<img src="none.gif" file="data/a.jpg"></td></tr>
<tr><td id="postmessage_10">别人的回复，联系 13900000000</td></tr></table></body></html>
"""


def test_a_thread() -> None:
    found = extract(PAGE, RECIPE, CONTEXT)
    listing = to_listing(found, RECIPE, key="7", url=CONTEXT.url)
    assert listing.title == "收几个 放学的孩子"
    assert listing.text == "第一行\n第二行"
    assert listing.fields == {"费用": "2小时300", "联系电话": "13800004417", "区域": "浙江省 杭州市 西湖区"}
    assert listing.price_raw == "2小时300"
    assert listing.district == "西湖区"
    assert listing.contacts == ("13800004417",)
    assert listing.poster == "槐花香"
    assert listing.posted_at == datetime(2026, 11, 20, 2, 12, 13, tzinfo=UTC)
    assert [image.url for image in listing.images] == ["https://bbs.example.com/data/a.jpg"]


def test_dropping_parts_leaves_the_page_as_it_was() -> None:
    assert extract(PAGE, RECIPE, CONTEXT) == extract(PAGE, RECIPE, CONTEXT)


def test_privacy_of_a_recipe() -> None:
    strict = dataclasses.replace(RECIPE, privacy={"author": "drop", "phone": "mask"})
    listing = to_listing(extract(PAGE, strict, CONTEXT), strict, key="7", url=CONTEXT.url)
    assert listing.poster == ""
    assert listing.contacts == ()


def test_a_masked_number_is_no_contact() -> None:
    masked = PAGE.replace("<td>13800004417", "<td>1380000****")
    assert to_listing(extract(masked, RECIPE, CONTEXT), RECIPE, key="7", url=CONTEXT.url).contacts == ()


def test_required_fields_are_missed() -> None:
    assert extract("<p>x</p>", RECIPE, CONTEXT).missing == ("title",)


def test_very_deep_pages_do_not_end_the_process() -> None:
    deep = "<div>" * 50_000 + "x" + "</div>" * 50_000
    assert visible_text(make_selector(deep)) in ("", "x")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_page_can_be_read(text: str) -> None:
    found = extract(PAGE.replace("第一行", text), RECIPE, CONTEXT)
    assert isinstance(to_listing(found, RECIPE, key="7", url=CONTEXT.url).text, str)
