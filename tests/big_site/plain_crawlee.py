"""The same board read by Crawlee as its documentation has it; its storage stays between starts.

python -m tests.big_site.plain_crawlee HOST:PORT STORAGE
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Any

from tests.big_site.site import FORUMS


async def crawl(site: str, storage: str) -> None:
    from crawlee import ConcurrencySettings
    from crawlee.configuration import Configuration
    from crawlee.crawlers import ParselCrawler
    from crawlee.storage_clients import FileSystemStorageClient

    crawler = ParselCrawler(
        configuration=Configuration(storage_dir=storage, purge_on_start=False),
        storage_client=FileSystemStorageClient(),
        concurrency_settings=ConcurrencySettings(desired_concurrency=4, max_concurrency=4),
        request_handler_timeout=timedelta(seconds=60),
        configure_logging=False,
        respect_robots_txt_file=True,
    )

    @crawler.router.default_handler
    async def read(context: Any) -> None:
        page = context.selector
        title = page.css("#thread_subject::text").get()
        if title is None:
            await context.enqueue_links(selector='tbody[id^="normalthread_"] a.xst')
            await context.enqueue_links(selector="a.nxt")
            return
        post = page.css('td[id^="postmessage_"]')[0]
        await context.push_data(
            {
                "url": context.request.url,
                "title": title,
                "body": "\n".join(part.strip() for part in post.css("::text").getall()),
                "author": page.css("div.authi a::text").get(),
                "posted_at": page.css('em[id^="authorposton"]::text').get(),
            }
        )

    await crawler.run([f"http://{site}/forum-{forum}-1.html" for forum in range(1, FORUMS + 1)])


if __name__ == "__main__":
    asyncio.run(crawl(sys.argv[1], sys.argv[2]))
