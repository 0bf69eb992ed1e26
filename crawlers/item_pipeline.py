"""The only Scrapy item pipeline: hands each outcome to the writer and waits until it is stored."""

from __future__ import annotations

from typing import Any, Self

from scrapy.exceptions import DropItem

from crawlers.job import Job
from pipelines.errors import PipelineError


class StorePipeline:
    """Waiting here is the back-pressure: Scrapy fetches no further while too much is unstored."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.spider.job)

    async def process_item(self, item: Any) -> Any:
        try:
            await self._job.store(item)
        except (OSError, PipelineError) as exc:
            # The writer raises the same to whoever runs the crawl, once; here it would be a trace for every page.
            raise DropItem("not stored", log_level="DEBUG") from exc
        finally:
            self._job.frontier.settle(item.key)
        return item
