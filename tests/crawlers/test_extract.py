"""Fields off a board's page: what people see, nothing hidden, nothing of others."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.extract import extract, to_listing
from crawlers.recipe import FIELD_NAMES, FieldRule, Pick, Step
from crawlers.source import load_engine
from crawlers.states import make_selector
from crawlers.steps import PageContext, run_steps, string_of
from crawlers.visible import visible_text
from pipelines.records import ExtractedListing

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
第二行<span style="display:none">x7Qm</span><div class="quote">桃子 发表于 2026-11-19 09:00<br>别人的话</div>
<div class="quote">自己框起来的话</div>
<img src="none.gif" file="data/a.jpg"></td></tr>
<tr><td id="postmessage_10">别人的回复，联系 13900000000</td></tr></table></body></html>
"""


def test_a_thread() -> None:
    found = extract(PAGE, RECIPE, CONTEXT)
    listing = to_listing(found, RECIPE, key="7", url=CONTEXT.url)
    assert listing.title == "收几个 放学的孩子"
    assert listing.text == "第一行\n第二行\n自己框起来的话"
    assert listing.fields == {"费用": "2小时300", "联系电话": "13800004417", "区域": "浙江省 杭州市 西湖区"}
    assert listing.price_raw == "2小时300"
    assert listing.district == "西湖区"
    assert listing.contacts == ("13800004417",)
    assert listing.poster == "槐花香"
    assert listing.posted_at == datetime(2026, 11, 20, 2, 12, 13, tzinfo=UTC)
    assert [image.url for image in listing.images] == ["https://bbs.example.com/data/a.jpg"]


@pytest.mark.parametrize(
    ("parts", "wanted", "copied"),
    [
        ((".a",), "xzv", True),
        ((".none", "i:first-child"), "xzv", True),
        (("b:contains(v)", ".none"), "xyz", True),
        (("i + b",), "xyz", True),
        # What stands beside the node is no part of it.
        (("u + p",), "xyzv", True),
        ((".none", "b:contains(q)", '[style*="display:none"]', "u"), "xyzv", False),
    ],
)
def test_a_node_is_copied_only_where_a_part_of_it_may_be_dropped(
    parts: tuple[str, ...], wanted: str, copied: bool
) -> None:
    node = make_selector("<div><u>w</u><p>x<i class='a'>y</i>z<b>v</b></p></div>").css("p")[0]
    (left,) = run_steps([Step(name="drop", arg=parts)], [node], CONTEXT)
    assert string_of(left) == wanted
    assert (left is not node) is copied
    assert string_of(node) == "xyzv"


def test_dropping_parts_leaves_the_page_as_it_was() -> None:
    assert extract(PAGE, RECIPE, CONTEXT) == extract(PAGE, RECIPE, CONTEXT)


def test_privacy_of_a_recipe() -> None:
    strict = dataclasses.replace(RECIPE, privacy={"author": "drop", "phone": "mask"})
    listing = to_listing(extract(PAGE, strict, CONTEXT), strict, key="7", url=CONTEXT.url)
    assert listing.poster == ""
    assert listing.contacts == ()


KINDS = {
    "title": lambda listing: listing.title,
    "body": lambda listing: listing.text,
    "attrs": lambda listing: listing.fields,
    "posted_at": lambda listing: listing.posted_at,
    "district": lambda listing: (listing.district, listing.fields.get("区域")),
    "fee": lambda listing: (listing.price_raw, listing.fields.get("费用")),
    "author": lambda listing: listing.poster,
    "org": lambda listing: listing.fields.get("机构") or listing.fields.get("机构名"),
    "phone": lambda listing: (listing.contacts, listing.fields.get("联系电话")),
    "wechat": lambda listing: (listing.contacts, listing.fields.get("微信")),
    "images": lambda listing: listing.images,
}
#: The page with an organisation and a WeChat id in its table as well.
FULL = PAGE.replace(
    "<tr><th>区域", "<tr><th>微信</th><td>huaihua_88</td></tr><tr><th>机构名</th><td>槐花班</td></tr><tr><th>区域"
)


def read_with(privacy: dict[str, str]) -> ExtractedListing:
    fields = RECIPE.fields | {"org": FieldRule(name="org", picks=(Pick(labels=("机构名",)),))}
    recipe = dataclasses.replace(RECIPE, fields=fields, privacy=privacy)
    return to_listing(extract(FULL, recipe, CONTEXT), recipe, key="7", url=CONTEXT.url)


@pytest.mark.parametrize("name", FIELD_NAMES)
def test_drop_takes_any_field_out_and_nothing_tells_it_all_the_same(name: str) -> None:
    kept, dropped = repr(KINDS[name](read_with({}))), repr(KINDS[name](read_with({name: "drop"})))
    assert kept != dropped
    words = {"district": "西湖区", "fee": "300", "phone": "13800004417", "wechat": "huaihua_88", "org": "槐花班"}
    assert words.get(name, "\x00") not in repr(read_with({name: "drop"}))
    assert words.get(name, "") in repr(read_with({}))


@pytest.mark.parametrize(
    ("name", "clear", "masked"),
    [
        ("author", "槐花香", "槐**"),
        ("phone", "13800004417", "138****4417"),
        ("wechat", "huaihua_88", "hua***a_88"),
        ("org", "槐花班", "槐**"),
    ],
)
def test_mask_keeps_enough_to_recognise_also_in_the_table(name: str, clear: str, masked: str) -> None:
    assert clear in repr(read_with({}))
    found = repr(read_with({name: "mask"}))
    assert clear not in found
    assert masked in found


def test_dropping_the_table_drops_what_stands_in_it_only() -> None:
    found = read_with({"attrs": "drop"})
    assert (found.fields, found.contacts, found.district) == ({}, (), "")
    assert (found.title, found.poster) == ("收几个 放学的孩子", "槐花香")


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
