"""Errors of crawlers. The class docstring is the default message, in Chinese since people read it.

PipelineError
└── CrawlError
    ├── RecipeError            a source.yml that cannot be read; names file and line
    ├── AddressRefused         an address no crawl may reach (private, or outside the source's hosts)
    ├── SourceUnavailable      the source is paused, cooling down, or its origin was not given
    └── BrowserFailed          the browser child died, hung or refused
"""

from __future__ import annotations

from pipelines.errors import PipelineError


class CrawlError(PipelineError):
    """采集失败。"""


class RecipeError(CrawlError):
    """来源配方有误。"""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        place = f"{file}:{line}: " if file else ""
        super().__init__(f"{place}{message}")
        self.file = file
        self.line = line


class AddressRefused(CrawlError):
    """不允许访问这个地址。"""


class SourceUnavailable(CrawlError):
    """来源暂不可采集。"""


class BrowserFailed(CrawlError):
    """浏览器没有完成这一页。"""


class RobotsRefused(BrowserFailed):
    """robots.txt 不允许打开这个网页，或者它转向的网页。"""
