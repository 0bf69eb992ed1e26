"""Forums: the list-and-detail spider, with a thread always read from its first page."""

from __future__ import annotations

import re

from crawlers.spiders.list_detail import ListDetailSpider

_THREAD = re.compile(r"(/thread-\d+)-\d+-\d+(\.html)")
_PAGE = re.compile(r"([?&])page=\d+&?")


class ForumSpider(ListDetailSpider):
    """The posting is the first post; rows may link to any page of the thread."""

    name = "forum"

    def detail_url(self, url: str) -> str:
        return _PAGE.sub(r"\1", _THREAD.sub(r"\1-1-1\2", url)).rstrip("?&")
