"""The browser child (`python -m crawlers.browser.child`): orders on stdin, Chromium driven, pages on stdout.

It holds no key, no database and no file of HOME. Chromium's own sandbox is on; each page of a capture is a fresh tab,
the pages of a crawl follow each other in one, emptied in between; a tab may talk to the named hosts only; downloads,
service workers, pop-ups and permissions are off.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page, Playwright, Response, Route, sync_playwright

from crawlers.browser.fence import Fence
from crawlers.browser.particulars import Particulars
from crawlers.browser.protocol import Order, Rendered, Setup, read_line, rendered_to_json, write_line
from crawlers.wire import Wire
from pipelines import clock

VIEWPORT = {"width": 1280, "height": 800}
#: Chromium cannot draw pictures much taller.
MAX_HEIGHT = 15_000
MAX_DOM = 5 * 1024 * 1024
MAX_BODY = 8 * 1024 * 1024
MAX_BODIES = 40 * 1024 * 1024
#: Taller pages are not printed.
_MAX_PRINTED = 60_000
_QUIET_MS = 150
_SETTLE_S = 10.0
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-webgl",
    "--disable-remote-fonts",
    "--disable-notifications",
    "--disable-webrtc",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--deny-permission-prompts",
    "--no-proxy-server",
    "--js-flags=--max-old-space-size=512",
)
#: A tab's own memory, which outlives a page of it; a page without an address of its own may not even be asked.
_FORGET = "() => { try { window.name = ''; sessionStorage.clear(); } catch {} }"
_ALLOWED_KINDS = frozenset({"document", "script", "stylesheet", "image", "font", "xhr", "fetch", "other"})
#: Answers kept beside the page itself: what carries content; for a capture with a picture, all that made the page.
_CONTENT_KINDS = frozenset({"document", "image", "xhr", "fetch"})


@dataclass(kw_only=True)
class Traffic:
    """What one tab asked and got."""

    responses: list[Response] = field(default_factory=list)
    in_flight: int = 0

    @contextmanager
    def watch(self, page: Page) -> Iterator[None]:
        """Keep and count what the tab asks until the block ends; the tab may serve another page afterwards."""
        watched: dict[Any, Callable[[Any], None]] = {
            "response": self._keep,
            "request": lambda _request: self._count(1),
            "requestfinished": lambda _request: self._count(-1),
            "requestfailed": lambda _request: self._count(-1),
        }
        for event, hear in watched.items():
            page.on(event, hear)
        try:
            yield
        finally:
            for event, hear in watched.items():
                page.remove_listener(event, hear)

    def _keep(self, response: Response) -> None:
        self.responses.append(response)

    def _count(self, step: int) -> None:
        self.in_flight += step


class Child:
    """One Chromium, one order at a time."""

    def __init__(self, context: BrowserContext, setup: Setup) -> None:
        self._context = context
        self._setup = setup
        self._hosts = frozenset(setup.hosts)
        self._fence = Fence(setup.hosts)
        #: The empty tab of the last page, while there is one.
        self._kept: Page | None = None

    def open(self, order: Order) -> Rendered:
        """Open a page, wait until it is drawn, and give back all of it. Raises playwright Error."""
        self._fence.set(order.robots)
        page = self._tab(fresh=order.screenshot)
        try:
            traffic = Traffic()
            with traffic.watch(page):
                rendered = self._open(page, traffic, order)
            if not order.screenshot:
                self._keep(page)
            return rendered
        finally:
            self._clear()

    def _open(self, page: Page, traffic: Traffic, order: Order) -> Rendered:
        watch = Particulars(self._context, page) if order.screenshot else None
        page.set_default_timeout(order.timeout_s * 1000)
        try:
            main = page.goto(order.url, wait_until="domcontentloaded", timeout=order.timeout_s * 1000)
        except Error as exc:
            raise Error(self._fence.refused or exc.message) from exc
        if main is None:
            raise Error("no response")
        if refused := self._fence.reason(main.url, page=True):
            # The resolver led a redirect back to the site's own port; the address would be a false one.
            raise Error(refused)
        self._wait_drawn(page, traffic, order)
        for _ in range(order.scrolls):
            if not self._scroll(page, traffic):
                break
        shot = self._screenshot(page, traffic) if order.screenshot else None
        if refused := self._fence.reason(page.url, page=True):
            raise Error(self._fence.refused or refused)
        dom = page.content()
        if len(dom) > MAX_DOM:
            raise Error("page too large")
        pdf = self._pdf(page) if order.screenshot else None
        environment = self._environment()
        if watch is not None:
            environment |= watch.of(main)
        first, others = self._exchanges(main, traffic, _ALLOWED_KINDS if order.screenshot else _CONTENT_KINDS)
        return Rendered(
            final_url=page.url,
            dom=dom,
            text=_text(page.evaluate("() => document.body ? document.body.innerText : ''"))[:200_000],
            title=_text(page.title())[:500],
            main=first,
            others=others,
            screenshot=shot,
            pdf=pdf,
            environment=environment,
        )

    def _tab(self, *, fresh: bool) -> Page:
        """A tab for one page: a new one, or the one of the page before, which saves starting a process for each."""
        if not fresh and self._kept is not None:
            page, self._kept = self._kept, None
            return page
        page = self._context.new_page()
        page.on("popup", lambda popup: popup.close())
        self._fence.watch(self._context, page)
        return page

    def _keep(self, page: Page) -> None:
        """Leave a page that answered, and keep its tab, which remembers nothing, for the next one."""
        try:
            page.evaluate(_FORGET)
            page.goto("about:blank")
        except Error:
            return  # it would not be left: the tab goes with it
        self._kept = page

    def _clear(self) -> None:
        """Nothing of a page outlives its order, not even windows it opened at the last moment."""
        for page in self._context.pages[1:]:
            if page is not self._kept:
                page.close()
        self._context.clear_cookies()

    def _wait_drawn(self, page: Page, traffic: Traffic, order: Order) -> None:
        if order.ready is not None:
            page.wait_for_selector(order.ready, state="attached", timeout=order.timeout_s * 1000)
        self._settle(page, traffic)

    def _settle(self, page: Page, traffic: Traffic) -> None:
        """Until nothing is loading any more, twice in a row, but not for ever."""
        end = time.monotonic() + _SETTLE_S
        calm = 0
        while calm < 2 and time.monotonic() < end:
            page.wait_for_timeout(_QUIET_MS / 2)
            calm = calm + 1 if traffic.in_flight <= 0 else 0

    def _scroll(self, page: Page, traffic: Traffic) -> bool:
        """One step to the bottom; false once the page grows no further."""
        before = _height(page)
        page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")
        for _ in range(3):
            self._settle(page, traffic)
            if _height(page) > before:
                return True
        return False

    def _screenshot(self, page: Page, traffic: Traffic) -> bytes:
        """The whole page as PNG, pictures further down loaded first."""
        self._scroll(page, traffic)
        page.evaluate("() => window.scrollTo(0, 0)")
        height = min(_height(page), MAX_HEIGHT)
        clip: Any = {"x": 0, "y": 0, "width": VIEWPORT["width"], "height": max(height, VIEWPORT["height"])}
        return page.screenshot(full_page=True, type="png", clip=clip, animations="disabled")

    def _pdf(self, page: Page) -> bytes | None:
        """The page as a document, as it looks on the screen; None when it cannot be printed or is out of all bounds."""
        if _height(page) > _MAX_PRINTED:
            return None
        try:
            page.emulate_media(media="screen")
            pdf = page.pdf(format="A4", print_background=True)
        except Error:
            return None
        return pdf if len(pdf) <= MAX_BODY else None

    def _exchanges(self, main: Response, traffic: Traffic, kinds: frozenset[str]) -> tuple[Wire, tuple[Wire, ...]]:
        first = _wire(main, MAX_BODY)
        others: list[Wire] = []
        left = MAX_BODIES
        for response in traffic.responses:
            if response is main or response.request.resource_type not in kinds:
                continue
            try:
                wire = _wire(response, min(MAX_BODY, left))
            except Error:
                continue  # a redirect, or a body the browser has let go of
            left -= len(wire.body)
            others.append(wire)
        return first, tuple(others)

    def _environment(self) -> dict[str, Any]:
        browser = self._context.browser
        return {
            "browser": f"Chromium {browser.version}" if browser else "Chromium",
            "playwright": metadata.version("playwright"),
            "viewport": f"{VIEWPORT['width']}x{VIEWPORT['height']}",
            "user_agent": self._setup.user_agent,
            "timezone": "Asia/Shanghai",
            "locale": "zh-CN",
        }

    def route(self, route: Route) -> None:
        """The inner of two fences (the outer one is the resolver, which also sees redirects)."""
        request = route.request
        parts = urlsplit(request.url)
        allowed = parts.scheme in ("http", "https") and parts.netloc.lower() in self._hosts
        inline = parts.scheme in ("data", "blob") and request.resource_type != "document"
        if (allowed or inline) and request.resource_type in _ALLOWED_KINDS and request.method in ("GET", "HEAD"):
            route.continue_()
        else:
            route.abort("blockedbyclient")


def _height(page: Page) -> int:
    """How tall the page says it is; what scripts put in its place counts as nothing."""
    value = page.evaluate("() => document.documentElement.scrollHeight")
    return int(value) if isinstance(value, int | float) and 0 <= value < 10**9 else 0


def _text(value: object) -> str:
    """A page can give its own elements the names body and title."""
    return value if isinstance(value, str) else ""


def _wire(response: Response, limit: int) -> Wire:
    body = response.body()
    if len(body) > limit:
        raise Error("body too large")
    address = response.server_addr()
    return Wire(
        url=response.url,
        request_headers=tuple((item["name"], item["value"]) for item in response.request.headers_array()),
        status=response.status,
        headers=tuple((item["name"], item["value"]) for item in response.headers_array()),
        body=body,
        ip=address["ipAddress"].strip("[]") if address else None,
        at=clock.now(),
        decoded=True,
    )


def open_context(playwright: Playwright, setup: Setup, *more: str) -> BrowserContext:
    """Chromium with everything off that a capture does not need; `more` are further flags."""
    return playwright.chromium.launch_persistent_context(
        setup.profile,
        executable_path=setup.executable,
        headless=True,
        chromium_sandbox=True,
        args=[*FLAGS, *more, f"--host-resolver-rules={setup.resolver_rules}"],
        user_agent=setup.user_agent,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": VIEWPORT["width"], "height": VIEWPORT["height"]},
        accept_downloads=False,
        service_workers="block",
        permissions=[],
        java_script_enabled=True,
        handle_sigint=False,
    )


def serve(setup: Setup, source: Any, out: Any) -> None:
    """Orders until end of input, or until Chromium is gone."""
    with sync_playwright() as playwright:
        context = open_context(playwright, setup)
        child = Child(context, setup)
        context.route("**/*", child.route)
        context.route_web_socket("**/*", lambda socket: socket.close())
        gone: list[bool] = []
        context.on("close", lambda _context: gone.append(True))
        write_line(out, {"ready": True, "environment": child._environment()})
        while not gone:
            value = read_line(source)
            if value is None:
                break
            try:
                write_line(out, {"ok": True, "page": rendered_to_json(child.open(Order(**value)))})
            except Error as exc:
                write_line(out, {"ok": False, "error": exc.message.splitlines()[0][:300]})
        context.close()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    value = read_line(source)
    if value is not None:
        serve(Setup(**{**value, "hosts": tuple(value["hosts"])}), source, out)


if __name__ == "__main__":
    main()
