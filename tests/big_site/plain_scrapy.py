"""What the durable crawl is compared with: the same board, the same fields, Scrapy as its tutorial has it.

python -m tests.big_site.plain_scrapy HOST:PORT OUT.jsonl [JOBDIR]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

from tests.big_site.site import FORUMS


class BoardSpider(scrapy.Spider):
    """List pages, postings, JSON lines."""

    name = "board"
    site = ""

    async def start(self) -> Any:
        for forum in range(1, FORUMS + 1):
            yield scrapy.Request(f"http://{self.site}/forum-{forum}-1.html", callback=self.parse_list, priority=10)

    def parse_list(self, response: Any) -> Iterator[scrapy.Request]:
        for link in response.css('tbody[id^="normalthread_"] a.xst::attr(href)').getall():
            yield response.follow(link, callback=self.parse_thread)
        following = response.css("a.nxt::attr(href)").get()
        if following:
            yield response.follow(following, callback=self.parse_list, priority=10)

    def parse_thread(self, response: Any) -> Iterator[dict[str, Any]]:
        post = response.css('td[id^="postmessage_"]')[0]
        cells = response.css(".typeoption table.cgtl tr")
        yield {
            "url": response.url,
            "title": response.css("#thread_subject::text").get(),
            "body": "\n".join(part.strip() for part in post.css("::text").getall()),
            "author": response.css("div.authi a::text").get(),
            "posted_at": response.css('em[id^="authorposton"]::text').get(),
            "fields": {cell.css("th::text").get(): cell.css("td::text").get() for cell in cells},
            "images": post.css("img::attr(file)").getall(),
        }


def main(site: str, out: str, jobdir: str | None) -> None:
    process = CrawlerProcess(
        {
            "FEEDS": {out: {"format": "jsonlines", "overwrite": False}},
            "ROBOTSTXT_OBEY": True,
            "LOG_ENABLED": False,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
            "JOBDIR": jobdir,
        }
    )
    BoardSpider.site = site
    process.crawl(BoardSpider)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
