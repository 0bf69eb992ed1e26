"""Rendered feeds: the browser scrolls the list to its end, then draws each item."""

from __future__ import annotations

import scrapy

from crawlers.spiders.list_detail import ListDetailSpider, ListPage


class FeedSpider(ListDetailSpider):
    """Requests go to the browser instead of the network; robots, pace, guard and states are the same."""

    name = "feed"

    def list_request(self, page: ListPage, url: str | None = None) -> scrapy.Request:
        request = super().list_request(page, url)
        request.meta["scrolls"] = self.recipe.fetch.scrolls
        return request
