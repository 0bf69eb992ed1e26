"""Rendered feeds: the browser scrolls the list to its end, then draws each item."""

from __future__ import annotations

import scrapy

from crawlers.spiders.list_detail import ListDetailSpider
from pipelines.records import Ask


class FeedSpider(ListDetailSpider):
    """Requests go to the browser instead of the network; robots, pace, guard and states are the same."""

    name = "feed"

    def list_request(self, ask: Ask) -> scrapy.Request:
        request = super().list_request(ask)
        request.meta["scrolls"] = self.recipe.fetch.scrolls
        return request
