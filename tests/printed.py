"""Printed pages as they are laid out: how much of each is filled, and what stands where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weasyprint import HTML

#: Page margins and running heads are boxes without one of these.
IN_BODY = frozenset({"h1", "h2", "h3", "h4", "p", "figcaption", "td", "th", "div", "span", "mark", "sup", "br"})


class PrintedPage:
    """One page of an HTML paper."""

    def __init__(self, page: Any) -> None:
        self._page = page._page_box
        self.boxes: list[Any] = list(self._page.descendants())
        self.words = [box for box in self.boxes if getattr(box, "text", "").strip() and box.element_tag in IN_BODY]

    @property
    def last(self) -> Any:
        """The lowest word."""
        return max(self.words, key=lambda box: box.position_y)

    @property
    def first(self) -> Any:
        """The highest word."""
        return min(self.words, key=lambda box: box.position_y)

    @property
    def filled(self) -> float:
        """Share of the type area's height down to the lowest word or picture."""
        seen = [box for box in self.boxes if box.element_tag in {"img", "svg"}] + [self.last]
        bottom: float = max(box.position_y + box.height for box in seen)
        return round((bottom - self._page.content_box_y()) / self._page.height, 2)

    def tables(self) -> Iterator[Any]:
        """The tables, or parts of tables, on it."""
        yield from (box for box in self.boxes if type(box).__name__ == "TableBox")


def printed_pages(html: str) -> list[PrintedPage]:
    """The pages of this paper."""
    return [PrintedPage(page) for page in HTML(string=html).render().pages]


def without_heading(pages: list[PrintedPage]) -> list[str]:
    """Where a table with a heading row goes on over the page without saying it again, in words; and how it should not
    be: nothing."""
    return [
        f"page {place}: {box.element.get('id') or box.element.get('class')}"
        for place, page in enumerate(pages, 1)
        for box in page.tables()
        if box.element.find("thead") is not None and "th" not in {inner.element_tag for inner in box.descendants()}
    ]
