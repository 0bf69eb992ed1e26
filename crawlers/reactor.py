"""The one Twisted reactor of this process, in a thread of its own, so that crawls can follow each other."""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
from collections.abc import Callable
from typing import Any

from scrapy.utils.reactor import install_reactor

from crawlers.errors import CrawlError
from crawlers.resolver import GuardedResolver
from crawlers.settings import TWISTED_REACTOR

_START_SECONDS = 20
_STOP_SECONDS = 5


class ReactorThread:
    """Starts at first use, ends with the process. Its name resolver refuses private addresses."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._reactor: Any = None

    def call(self, work: Callable[[], None]) -> None:
        """Run `work` in the reactor's thread soon. Raises CrawlError if the reactor cannot be started."""
        with self._lock:
            if self._thread is None:
                self._start()
        self._reactor.callFromThread(work)

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="scrapy", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise CrawlError("采集引擎没有启动")
        atexit.register(self._stop)

    def _run(self) -> None:
        # Scrapy speaks to operators through our own reports; its debug chatter is not one.
        for name in ("scrapy", "twisted", "asyncio"):
            logging.getLogger(name).setLevel(logging.ERROR)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        install_reactor(TWISTED_REACTOR)
        from twisted.internet import reactor  # only importable once ours is installed

        self._reactor = reactor
        self._reactor.installNameResolver(GuardedResolver(self._reactor.nameResolver))
        self._reactor.callWhenRunning(self._ready.set)
        self._reactor.run(installSignalHandlers=False)

    def _stop(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._reactor.callFromThread(self._reactor.stop)
            self._thread.join(_STOP_SECONDS)


REACTOR = ReactorThread()
