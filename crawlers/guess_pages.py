"""The pages behind the first of a list, guessed from its pager: a link to the next, or numbered links of any shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawlers.states import PageView
from crawlers.urls import path_and_query, plain_url
from crawlers.visible import visible_text

#: What a link to the page behind says, wherever that matters.
NEXT_WORDS = ("下一页", "下页", "后一页", "下一頁", "next", "Next")
#: Marks some pagers have in place of words; asked last, since others use them for the last page.
_MARKS = ("›", ">", "»", "→")
_NUMBER = re.compile(r"[\[(【第\s]*(\d{1,4})[\])】页頁\s]*\Z")
_PAGE = "{page}"


@dataclass(frozen=True, kw_only=True)
class GuessedPages:
    """How the pages behind the first are reached; nothing in it when the page names none."""

    #: XPath of the link behind.
    next: str = ""
    #: Address of the first page when it is not the one that was given, or has {page} in it like all others.
    url: str = ""
    #: Address with {page} of the pages behind the first, where the first stands at another.
    numbered: str = ""
    #: Number of the first page in the addresses.
    first: int = 1
    #: Addresses of pages behind the first that the page names.
    behind: tuple[str, ...] = ()


def guess_pages(view: PageView, url: str, postings: Iterable[str]) -> GuessedPages:
    """The pages of the list at `url`; `postings` lead to no page of it. A link to the next page that leads somewhere is
    taken before numbers, numbers before a bare mark."""
    for find in (_by_words, _by_numbers, _by_marks):
        found = find(view, url, frozenset(postings))
        if found is not None:
            return found
    return GuessedPages()


def _by_words(view: PageView, url: str, postings: frozenset[str]) -> GuessedPages | None:
    xpaths = ['//a[@rel="next"]/@href', *(f'//a[contains(normalize-space(.),"{word}")]/@href' for word in NEXT_WORDS)]
    return _followed(view, url, xpaths, postings)


def _by_marks(view: PageView, url: str, postings: frozenset[str]) -> GuessedPages | None:
    return _followed(view, url, [f'//a[normalize-space(.)="{mark}"]/@href' for mark in _MARKS], postings)


def _followed(view: PageView, url: str, xpaths: Iterable[str], postings: frozenset[str]) -> GuessedPages | None:
    """The first that leads to another page of this site: pagers drawn by scripts have links to nowhere."""
    for xpath in xpaths:
        links = [plain_url(href, url) for href in view.selector.xpath(xpath).getall()]
        behind = [link for link in links if link and _same_host(link, url) and link != url and link not in postings]
        if behind:
            return GuessedPages(next=xpath, behind=tuple(dict.fromkeys(behind)))
    return None


def _by_numbers(view: PageView, url: str, postings: frozenset[str]) -> GuessedPages | None:
    """The shape that most of the numbered links share; they must name the second page, or the one behind this."""
    pages = {
        number: link for number, link in _numbered_links(view, url) if link not in postings and _same_host(link, url)
    }
    here = path_and_query(url) or "/"
    shapes: dict[tuple[str, int], set[int]] = {}
    for number, link in pages.items():
        for found in _shapes(path_and_query(link) or "/", number):
            if _belongs(found[0], here):
                shapes.setdefault(found, set()).add(number)
    if not shapes:
        return None
    # Of shapes that say the same the one whose numbers stand for themselves, and whose number stands last.
    (shape, off), numbers = max(
        shapes.items(), key=lambda item: (len(item[1]), item[0][1] == 0, item[0][0].rindex(_PAGE))
    )
    own = next((n for n in range(1, 1000) if _at(shape, n + off) == here), 1)
    if 2 not in numbers and own + 1 not in numbers:
        return None
    first = 1 + off
    behind = tuple(pages[number] for number in sorted(numbers) if number != 1)
    if _at(shape, first) == here or (own > 1 and _leads_to(pages, 1, _at(shape, first))):
        return GuessedPages(url=shape, first=first, behind=behind)
    start = path_and_query(pages[1]) if own > 1 and 1 in pages else here
    if own > 1 and 1 not in pages:
        return GuessedPages(url=shape, first=first, behind=behind)
    return GuessedPages(url=start or "/", numbered=shape, first=first, behind=behind)


def _numbered_links(view: PageView, url: str) -> Iterable[tuple[int, str]]:
    for node in view.selector.css("a[href]"):
        match = _NUMBER.match(visible_text(node))
        link = plain_url(node.attrib["href"].strip(), url)
        if match and link and int(match[1]) > 0:
            yield int(match[1]), link


def _shapes(address: str, number: int) -> Iterable[tuple[str, int]]:
    """The address with {page} for each figure in it that is the number, or one less (pages counted from 0)."""
    for off in (0, -1):
        for match in re.finditer(r"(?<!\d)\d+(?!\d)", address):
            if match[0] == str(number + off):
                yield address[: match.start()] + _PAGE + address[match.end() :], off


def _belongs(shape: str, here: str) -> bool:
    """Is it one of the list's own pages: below its folder, and beginning as its name does or a page's name would?"""
    before, path = shape.partition(_PAGE)[0], here.partition("?")[0]
    if shape.partition("?")[0] == path:
        return True
    folder, _slash, name = path.rpartition("/")
    stem = re.sub(r"\d+\Z", "", name.partition(".")[0])
    if not before.startswith(f"{folder}/"):
        return False
    inside = before[len(folder) + 1 :]
    if not name or stem in ("index", "default", "list", "") or inside.startswith(stem):
        return not re.search(r"\d", inside[len(stem) :] if inside.startswith(stem) else inside)
    return False


def _at(shape: str, number: int) -> str:
    return shape.replace(_PAGE, str(number))


def _leads_to(pages: Mapping[int, str], number: int, address: str) -> bool:
    return number in pages and path_and_query(pages[number]) == address


def _same_host(link: str, url: str) -> bool:
    return urlsplit(link).netloc == urlsplit(url).netloc
