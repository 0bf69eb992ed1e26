"""A page made to hold up its readers is read to a bound, and says so."""

from __future__ import annotations

import random
import re
from types import SimpleNamespace
from typing import Any

import pytest

from crawlers import tag_bound
from crawlers.embedded import json_ld, main_text
from crawlers.page_bound import MAX_NODES, UNREAD_PART, bounded_text
from crawlers.pages_reader import read_page
from crawlers.source import load_engine
from crawlers.states import PageView, classify, make_selector
from crawlers.tag_bound import MAX_ATTRIBUTES, REFUSED, bounded_markup
from crawlers.visits import Visits
from pipelines import clock

_HEAD = "<html><head><title>数学小班招生</title></head><body><article><h1>数学小班招生</h1>"
_HOSTILE = _HEAD + "<p>数学班" * 3 * MAX_NODES
_WHOLE = _HEAD + "<p>数学班，周末上课。</p>" * 500


def _view(text: str) -> PageView:
    return PageView.of(url="http://site.example/", status=200, body=text.encode(), text=text)


def test_no_reader_gets_more_than_the_bound_and_the_reasons_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr("trafilatura.extract", lambda text, **_options: given.append(text))
    view = _view(_HOSTILE)
    assert sum(1 for _node in view.selector.root.iter()) == MAX_NODES
    assert main_text(view.text, view.selector) == ""
    assert given[0].count("<p>") < MAX_NODES
    reason = classify(view, ()).reason
    assert f"只读了前 {MAX_NODES} 个" in reason
    assert "个没有读" in reason
    assert f"只读了前 {MAX_NODES} 个" in read_page(_HOSTILE.encode(), "x.html").reason


def test_what_stands_before_the_cut_is_kept_in_order() -> None:
    page = make_selector("<div><p>甲</p>乙<b>丙</b></div>" + "<i>丁</i>" * MAX_NODES + "<p>戊</p>")
    words = page.xpath("string(/html)").get() or ""
    assert words.startswith("甲乙丙丁")
    assert "戊" not in words


def test_a_page_nested_too_deep_says_that_its_depths_were_not_read() -> None:
    assert "嵌套太深" in read_page((_HEAD + "<div>数学" * 1000).encode(), "x.html").reason


_MANY = " ".join(f"a{number}=1" for number in range(3_000))


@pytest.mark.parametrize(
    "hostile",
    [
        f"<p {_MANY}>",
        f"<p {_MANY}",
        f"<!-- <p a=' --> <p {_MANY}>",
        f"<script>var a=' <p a=\\'</script> <p {_MANY}>",
        f"<p x='<q y=\"1\" {_MANY} b' {_MANY}>",
        f"<p x='<q y=\"1\" {_MANY} b' {' '.join(_MANY.split()[:200])} c='1' {' '.join(_MANY.split()[200:400])}>",
        "<p " * 3_000,
    ],
)
def test_no_parser_gets_a_tag_of_thousands_of_attributes(hostile: str) -> None:
    page = f"{_HEAD}<p>周末上课</p>{hostile}"
    view = _view(page)
    assert max(len(node.attrib) for node in view.selector.root.iter("*")) <= MAX_ATTRIBUTES
    assert "属性多得反常" in view.left_out or "无法在限度内读取" in view.left_out
    assert view.left_out in classify(view, ()).reason
    assert view.left_out in read_page(page.encode(), "x.html").reason
    for_others = bounded_text(page, view.selector.root)  # who parse for themselves
    assert bounded_markup(for_others) == (for_others, "")


def test_words_beside_such_a_tag_are_read() -> None:
    view = _view(f"{_HEAD}<p>周末上课</p><p {_MANY}>初三数学</p><p>一对一</p>")
    assert "".join(view.selector.xpath("//p/text()").getall()) == "周末上课初三数学一对一"


def test_scripts_that_only_look_so_are_read_as_they_were() -> None:
    words = " ".join(["words"] * 400)
    page = f'{_HEAD}<script type="application/ld+json">{{"a": "i <n {words}"}}</script><p>周末</p>'
    view = _view(page)
    assert view.left_out == ""
    assert json_ld(view.selector) == [{"a": f"i <n {words}"}]


def test_markup_of_tags_within_tags_without_end_is_refused() -> None:
    tangled = "<p/a=" * 20_000
    assert bounded_markup(tangled) == ("", REFUSED)
    assert REFUSED in read_page(tangled.encode(), "x.html").reason


def test_a_page_that_was_read_whole_says_nothing_of_it() -> None:
    view = _view(_WHOLE)
    assert view.left_out == ""
    assert "没有读的" not in read_page(_WHOLE.encode(), "x.html").reason
    assert main_text(view.text, view.selector).count("数学班") == 500


def test_a_crawled_posting_says_what_of_its_page_was_not_read() -> None:
    page = (
        '<div class="viewad-header"><h1>数学小班</h1></div><div class="viewad-meta"></div>'
        '<div class="viewad-text">三年级数学小班。</div>'
    )
    recipe = load_engine("classifieds")
    watch = SimpleNamespace(posting=lambda *_told: None)
    job: Any = SimpleNamespace(recipe=recipe, lacking=set(), watch=watch)
    wire = SimpleNamespace(at=clock.now())
    request = SimpleNamespace(url="http://site.example/1")
    response = SimpleNamespace(meta={"wire": wire}, request=request)
    whole = Visits(job).posting(response, _view(page), "1")
    cut = Visits(job).posting(response, _view(page + "<i>x</i>" * MAX_NODES), "1")
    assert whole is not None
    assert cut is not None
    assert UNREAD_PART not in whole.fields
    assert "没有读" in cut.fields[UNREAD_PART]
    assert cut.text == whole.text


def test_usual_tags_are_passed_over_without_another_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the markup: with bounds so small that random texts go beyond them."""
    monkeypatch.setattr(tag_bound, "_SOME", re.compile(rf"(?:{tag_bound._ATTRIBUTE}){{0,3}}+"))
    monkeypatch.setattr(tag_bound, "_USUAL", re.compile(tag_bound._USUAL.pattern.replace("{0,60}", "{0,2}")))
    pieces = ("<a", "<b ", "</a>", ">", " ", "=", '"', "'", "x", "y=1", 'c="d"', "e='f'", "/", "<", "字", "\n", '="')
    draw = random.Random(5)
    texts = ["".join(draw.choices(pieces, k=draw.randint(3, 22))) for _ in range(3000)]
    quick = [_swollen(text) for text in texts]
    monkeypatch.setattr(tag_bound._Look, "_behind_usual", lambda look: look.at)
    assert quick == [_swollen(text) for text in texts]
    assert any(quick)


def _swollen(text: str) -> list[tuple[int, int]]:
    look = tag_bound._Look(text)
    return list(iter(look.swollen, None))
