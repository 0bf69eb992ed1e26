"""A page is asked as its tree would answer, and its tree not at all where no id or class has the name asked for."""

from __future__ import annotations

from typing import Any

import pytest
from parsel import Selector

from crawlers.lookups import Lookups
from crawlers.visible import says_more_than

PAGE = '<body><div class="a top" id="m-1"><p class="b">x</p><i class="c">y</i></div><td id="post_7">z</td></body>'
QUERIES = (
    *(".a .b", ".a > .c, .none", ".none .b", "#m-1", "#gone", "p", ".a:not(.none) .b", "[id^=post_]", "p:contains(x)"),
    *('//p[@class="b"]', '//p[@class="none"]', '//*[@id="gone"] | //i[@class="c"]', '//div[not(@class="none")]'),
    *('(//div[contains(concat(" ",@class," ")," a ")])[1]//p', '//div[contains(concat(" ",@class," ")," none ")]'),
    *("(//i)[1]/@class", "(//p | //i)[2]", '(//div[.//i[@class="c"]])[1]/i', '(//i[.=")"])[1]', "(//i/@class)[1]"),
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
    assert asked.count('(//div[@id="m-1"])[1]') == 1
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


def test_a_page_is_read_no_further_than_it_takes_to_say_that_it_is_no_wall() -> None:
    page = Selector(text=f"<p>{'字 ' * 11}</p>", type="html")
    assert says_more_than(page, 10)
    assert not says_more_than(page, 11)
