"""The pictures of a posting, fetched with it."""

from __future__ import annotations

from typing import Any

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.job import Job
from pipelines.records import Image

MAX_IMAGE_BYTES = 5 * 1024 * 1024
_IMAGE_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class Pictures:
    """Fetches them for one run, under the same robots.txt, pace and guard as pages."""

    def __init__(self, crawler: Any, job: Job) -> None:
        self._crawler = crawler
        self._job = job

    async def of(self, response: Any, images: tuple[Image, ...]) -> dict[str, bytes]:
        """The pictures of a posting, from the rendered page when it has them, else fetched at the same pace."""
        drawn = {wire.url: wire.body for wire in response.meta.get("others") or () if wire.status == 200}
        found: dict[str, bytes] = {}
        for image in images[: self._job.recipe.fetch.max_images]:
            data = drawn.get(image.url) or await self._fetch(image.url)
            if data is not None and data.startswith(_IMAGE_MAGIC) and len(data) <= MAX_IMAGE_BYTES:
                found[image.url] = data
        return found

    async def _fetch(self, url: str) -> bytes | None:
        request = scrapy.Request(url, callback=NO_CALLBACK, dont_filter=True, meta={"picture": True})
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest:
            return None
        except Exception as exc:  # noqa: BLE001  # a posting without its picture is still a posting
            self._job.note_error(f"图片 {type(exc).__name__}")
            return None
        return bytes(response.body) if response.status == 200 else None
