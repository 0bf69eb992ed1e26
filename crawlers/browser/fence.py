"""What the browser may ask for: the source's hosts, and there what robots.txt lets us, whoever asks: the page itself,
its scripts and pictures, and each hop of a redirect."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, CDPSession, Error, Page
from protego import Protego

from crawlers.browser.protocol import AWAY, ROBOTS
from crawlers.settings import ROBOTS_TOKEN

#: Kinds of request, as Chromium's protocol calls the ones that open a page.
_PAGES = "Document"


class Fence:
    """The hosts of a source and their robots.txt, held against each request of a tab."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(hosts)
        self._robots: Mapping[str, str | None] = {}
        self._rules: dict[str, Any] = {}
        #: Why a page of this order was refused, the first one; None while none was.
        self.refused: str | None = None

    def set(self, robots: Mapping[str, str | None]) -> None:
        """From now on: netloc → robots.txt; None forbids all."""
        self.refused = None
        if robots != self._robots:  # else read already: they are those of the page before
            self._robots = robots
            self._rules = {netloc: None if text is None else Protego.parse(text) for netloc, text in robots.items()}

    def reason(self, url: str, *, page: bool) -> str | None:
        """Why this is not asked for. Of a host whose robots.txt nobody has read only what belongs to another's page is
        asked for."""
        netloc = urlsplit(url).netloc.lower()
        if netloc not in self._hosts:
            return f"{AWAY}: {url[:200]}"
        if netloc not in self._rules:
            return f"{ROBOTS}: {url[:200]}" if page else None
        rules = self._rules[netloc]
        allowed = rules is not None and rules.can_fetch(url, ROBOTS_TOKEN)
        return None if allowed else f"{ROBOTS}: {url[:200]}"

    def watch(self, context: BrowserContext, page: Page) -> None:
        """Hold every request of a tab against the rules. Playwright's own routes do not see the hops of a redirect."""
        session = context.new_cdp_session(page)
        session.on("Fetch.requestPaused", lambda event: self._decide(session, event))
        session.send("Fetch.enable", {"patterns": [{"urlPattern": "http*"}]})

    def _decide(self, session: CDPSession, event: Mapping[str, Any]) -> None:
        page = event.get("resourceType") == _PAGES
        reason = self.reason(event["request"]["url"], page=page)
        if page and self.refused is None:
            self.refused = reason
        try:
            if reason is None:
                session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
            else:
                session.send("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "BlockedByClient"})
        except Error:
            return  # the tab has gone, and its request with it
