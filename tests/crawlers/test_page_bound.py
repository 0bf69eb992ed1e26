"""A page made to hold up its readers is read to a bound, and says so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from crawlers.embedded import main_text
from crawlers.page_bound import MAX_NODES, UNREAD_PART
from crawlers.pages_reader import read_page
from crawlers.source import load_engine
from crawlers.states import PageView, classify, make_selector
from crawlers.visits import Visits
from pipelines import clock

_HEAD = "<html><head><title>数学小班招生</title></head><body><article><h1>数学小班招生</h1>"
_HOSTILE = _HEAD + "<p>数学班" * 400_000
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
