"""Which pages of lists are asked for: the first of each, those inside one, the one behind."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from crawlers.recipe import Recipe
from crawlers.rows import ListReading
from crawlers.states import PageView
from crawlers.urls import Site, page_numbers, path_and_query
from crawlers.walk import Walk
from pipelines.records import Ask

#: How far above its links a pager is looked for, and a number in it that counts nothing else.
_PAGER_DEPTH = 3
_BARE_NUMBER = re.compile(r"(?<![\w.])第?\s?(\d{1,6})\s?页?(?![\w.])")


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of one list."""

    #: Its place among the recipe's lists.
    rule: int
    #: The rule's URL with its variables filled in, {page} left.
    template: str
    number: int
    #: The rule's address of the pages behind the first, likewise; '' when they have the first one's shape.
    numbered: str = ""
    walk: Walk = field(default_factory=Walk)

    def to_dict(self) -> dict[str, Any]:
        """As the frontier keeps it."""
        return {
            "rule": self.rule,
            "template": self.template,
            "number": self.number,
            "numbered": self.numbered,
            "walk": self.walk.to_dict(),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        return cls(**{**value, "walk": Walk.from_dict(value["walk"])})


class Lists:
    """The lists of one recipe at the address it is crawled at."""

    def __init__(self, recipe: Recipe, site: Site) -> None:
        self._recipe = recipe
        self._site = site

    def first(self) -> Iterator[Ask]:
        """The first page of each list, or of the first list where one is enough."""
        for place in range(len(self._recipe.lists))[: 1 if self._recipe.use == "first" else None]:
            yield from self.of(place)

    def of(self, place: int) -> Iterator[Ask]:
        """The first page of a list for every combination of variables; those it does not use do not repeat it."""
        rule = self._recipe.lists[place]
        names = list(self._recipe.vars)
        for values in itertools.product(*self._recipe.vars.values()):
            template, numbered = rule.url, rule.numbered or ""
            for name, value in zip(names, values, strict=True):
                template = template.replace(f"{{{name}}}", value)
                numbered = numbered.replace(f"{{{name}}}", value)
            yield self.ask(ListPage(rule=place, template=template, number=rule.first, numbered=numbered))

    def ask(self, page: ListPage, url: str | None = None) -> Ask:
        """A page of a list, to be asked for."""
        address = url or self._site.absolute(page.template.replace("{page}", str(page.number)))
        key = f"list:{address.split('//', 1)[-1].partition('/')[2] or '/'}"
        return Ask(key=key, url=address, kind="list", place=page.to_dict())

    def instead_of(self, page: ListPage) -> Iterator[Ask]:
        """Where one list is enough: the next one of the recipe, when the first page of this could not be read."""
        if self._recipe.use != "first" or page.number != self._recipe.lists[page.rule].first:
            return
        if page.rule + 1 < len(self._recipe.lists):
            yield from self.of(page.rule + 1)

    def inside(self, page: ListPage, reading: ListReading) -> Iterator[Ask]:
        """The lists that a list names (a sitemap index), as many as the rule may read."""
        most = self._recipe.lists[page.rule].max_pages
        for number, url in enumerate(reading.lists[:most], start=page.number + 1):
            if self._site.in_scope(url):
                yield self.ask(replace(page, number=number), url)

    def _is_last(self, page: ListPage, view: PageView) -> bool:
        """Does the page link to numbered pages before it and to none behind? A pager drawn by scripts says nothing, nor
        does one link to the first page, which may be the way back that all pages show: but where a pager holds nothing
        else than such links and the number of this page, they are all there are."""
        address = page.numbered or page.template
        before, behind = re.escape(path_and_query(self._site.absolute(address))).split(re.escape("{page}"), 1)
        shape = re.compile(f"{before}(\\d{{1,6}}){behind.replace(re.escape('{page}'), '.*')}")
        numbers: dict[Any, int] = {}
        for node in view.selector.css("a[href]"):
            match = shape.fullmatch(path_and_query(self._site.absolute(node.attrib["href"], view.url)))
            if match:
                numbers[node.root] = int(match[1])
        if not numbers or max(numbers.values()) > page.number:
            return False
        if len(set(numbers.values())) >= (1 if page.numbered else 2):
            return True
        shown = page.number - self._recipe.lists[page.rule].first + 1
        return shown > 1 and any(_names_the_last(link, numbers, shown) for link in numbers)

    def after(self, page: ListPage, reading: ListReading, view: PageView) -> Iterator[Ask]:
        """The following page of a list; none at its end: no link, a stop rule or the bound of pages reached."""
        rule = self._recipe.lists[page.rule]
        if page.number - rule.first + 1 >= rule.max_pages or (rule.next is not None and not reading.next):
            return
        following = replace(page, number=page.number + 1, template=page.numbered or page.template)
        if page_numbers(following.template):
            if reading.next or rule.format != "html" or not self._is_last(page, view):
                yield self.ask(following)
            return
        link = self._site.absolute(reading.next, view.url) if reading.next else ""
        if link and self._site.in_scope(link):
            yield self.ask(following, link)


def _names_the_last(link: Any, numbers: Mapping[Any, int], shown: int) -> bool:
    """Is the link in a pager that has the number of its page beside it, none higher, and no other link?"""
    for box in itertools.islice(link.iterancestors(), _PAGER_DEPTH):
        words = " ".join(box.xpath(".//text()[not(ancestor::a or ancestor::script)]"))
        said = [int(match[1]) for match in _BARE_NUMBER.finditer(words)]
        if said:
            scripted = bool(box.xpath(".//button | .//*[@onclick]"))
            return max(said) == shown and not scripted and all(other in numbers for other in box.iter("a"))
    return False
