"""A page is asked as its tree would answer, and its tree not at all where no id or class has the name asked for."""

from __future__ import annotations

from typing import Any

import pytest
from parsel import Selector

from crawlers.lookups import Lookups
from crawlers.short_paths import short_path
from crawlers.visible import says_more_than

PAGE = '<body><div class="a top" id="m-1"><p class="b">x</p><i class="c">y</i></div><td id="post_7">z</td></body>'
QUERIES = (
    *(".a .b", ".a > .c, .none", ".none .b", "#m-1", "#gone", "p", ".a:not(.none) .b", "[id^=post_]", "p:contains(x)"),
    *('//p[@class="b"]', '//p[@class="none"]', '//*[@id="gone"] | //i[@class="c"]', '//div[not(@class="none")]'),
    *('(//div[contains(concat(" ",@class," ")," a ")])[1]//p', '//div[contains(concat(" ",@class," ")," none ")]'),
    *("(//i)[1]/@class", "(//p | //i)[2]", '(//div[.//i[@class="c"]])[1]/i', '(//i[.=")"])[1]', "(//i/@class)[1]"),
    *(".a > .b, .c", ".a.top", ".a:first-child", "#m-1 .b", '.b:contains(" | #x")', "i, #m-1", ".a, #post_7, .b"),
    *('(//*[@id="m-1"])[1]', "(//p)[1]", '(//*[contains(@class,"b")])[2]', '(//div[@class="none"])[1]'),
    *('//*[starts-with(@id,"post_")]', 'string(//*[@id="gone"])', 'count(//*[@id="gone"])', '//i[@class="n" or 1]'),
)


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_looked_up_is_what_the_tree_holds(query: str) -> None:
    page = Selector(text=PAGE, type="html")
    ask = "xpath" if "/" in query else "css"
    wanted = [one.get() for one in getattr(page, ask)(query)]
    assert [one.get() for one in getattr(Lookups(page), ask)(query)] == wanted


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("markup", [PAGE, PAGE.replace('"m-1"', '"&#109;-1"').replace('"b"', '"&#98;"')])
def test_markup_that_is_known_changes_no_answer(query: str, markup: str) -> None:
    page = Selector(text=markup, type="html")
    ask = "xpath" if "/" in query else "css"
    wanted = [one.get() for one in getattr(page, ask)(query)]
    assert [one.get() for one in getattr(Lookups(page, markup), ask)(query)] == wanted


def test_what_several_fields_ask_for_inside_of_one_element_is_looked_for_once() -> None:
    asked: list[str] = []

    class Noted(Selector):
        def xpath(self, query: str, *args: Any, **kwargs: Any) -> Any:
            asked.append(query)
            return super().xpath(query, *args, **kwargs)

    looked = Lookups(Noted(text=PAGE, type="html"), PAGE)
    assert [one.get() for ask in ("p", "i/@class") for one in looked.xpath(f'(//div[@id="m-1"])[1]/{ask}')] == [
        '<p class="b">x</p>',
        "c",
    ]
    assert sum("m-1" in query for query in asked) == 1
    assert looked.xpath('(//div[@id="m-2"])[1]/p') == []
    assert not any("m-2" in query for query in asked)


def test_the_tree_is_not_walked_for_what_no_name_on_it_can_match() -> None:
    class Walked(Selector):
        def xpath(self, query: str, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError(query)

    looked = Lookups(Walked(text=PAGE, type="html"))
    assert looked.css("#gone") == looked.css(".a .none, #gone") == looked.xpath('//p[@class="none"]') == []
    with pytest.raises(AssertionError):
        looked.css(".a")


SHORTER = {
    "descendant-or-self::*[@id = 'x']": "descendant-or-self::*/@id[. = 'x']/..",
    "descendant-or-self::*[@id = 'x'] | descendant-or-self::*[@id = 'y']/descendant::p": (
        "descendant-or-self::*/@id[. = 'x']/.. | descendant-or-self::*/@id[. = 'y']/../descendant::p"
    ),
    '(//p[@class="a"])[2]': '/descendant::p[@class="a"][2]',
}
#: What a place or a further condition decides stays.
AS_THEY_ARE = (
    *("descendant-or-self::*[@id = 'x'][1]", "//p[descendant-or-self::*[@id = 'x']]", "(//p[2])[1]", "(//p//i)[1]"),
    *("descendant-or-self::*[@id = 'x']/p[. = ' | ']", "(//p[@class])[1]", "(//p[@class='a' and 1])[1]"),
)


@pytest.mark.parametrize("query", [*SHORTER, *AS_THEY_ARE])
def test_paths_are_shortened_where_nothing_else_is_meant(query: str) -> None:
    assert short_path(query) == SHORTER.get(query, query)


def test_words_that_are_hidden_or_no_text_make_a_page_say_no_more() -> None:
    beside = (
        "<head><title>题</title><script>var x = 1;</script></head><style>p {}</style><!-- 注 -->"
        "<div style='display: none'>藏<i>藏</i></div><div hidden>藏</div><svg><text>画</text></svg>"
    )
    page = Selector(text=f"<html>{beside}<p style='color: red'>{'字' * 11}</p></html>", type="html")
    assert says_more_than(page, 10)
    assert not says_more_than(page, 11)


def test_a_page_that_says_much_is_known_to_be_no_wall() -> None:
    page = Selector(text=f"<p>{'字 ' * 11}</p>", type="html")
    assert says_more_than(page, 10)
    assert not says_more_than(page, 11)
