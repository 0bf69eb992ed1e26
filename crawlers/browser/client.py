"""The parent's side of the browser: starts the child, gives it orders, restarts it when it dies, hangs or is old."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crawlers.addresses import Endpoint, endpoint_of, resolve_public
from crawlers.browser.launcher import Workplace, accounts, make_workplace, start_child
from crawlers.browser.protocol import MAX_LINE, ROBOTS, Order, Rendered, Setup, rendered_from_json
from crawlers.errors import BrowserFailed, RobotsRefused

#: A child serves this many pages, then a fresh one takes over: browsers leak.
PAGES_PER_CHILD = 150
START_SECONDS = 40.0
#: Hard limit over everything one page may take, on top of its own time-out and scrolling.
GRACE_SECONDS = 60.0
_CHUNK = 1 << 20


class Browser:
    """A browser confined to some hosts; safe to use from many threads, one page at a time."""

    def __init__(
        self, *, hosts: Iterable[str], allowed: Sequence[Endpoint], user_agent: str, hidden: Sequence[Path] = ()
    ) -> None:
        """`hidden`: folders that the child has no business in (HOME)."""
        self._hosts = tuple(sorted(hosts))
        self._allowed = tuple(allowed)
        self._user_agent = user_agent
        self._hidden = tuple(hidden)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()
        self._pages = 0
        self._buffer = b""
        self.place: Workplace | None = None
        #: What the child said of itself, and under which accounts it and Chromium run.
        self.environment: dict[str, Any] = {}
        self._accounts: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def render(
        self,
        url: str,
        *,
        scrolls: int = 0,
        ready: str | None = None,
        screenshot: bool = False,
        timeout_s: float = 25.0,
        robots: Mapping[str, str | None],
    ) -> Rendered:
        """Draw a page, as far as robots.txt (of each host, None: all is forbidden) lets us. Raises BrowserFailed
        (RobotsRefused when it does not let us); the next call starts with a fresh browser if this one is broken."""
        order = Order(
            url=url, scrolls=scrolls, ready=ready, screenshot=screenshot, timeout_s=timeout_s, robots=dict(robots)
        )
        with self._lock:
            for last in (False, True):
                try:
                    return self._ask(order)
                except _ChildGone as exc:
                    complaint = self._complaint()
                    self._stop()
                    if isinstance(exc, _TooSlow):
                        # A page that loops for ever does so every time: once is enough.
                        raise BrowserFailed(f"浏览器没有完成 {url[:200]}：{exc}") from exc
                    if last:
                        raise BrowserFailed(f"浏览器两次没有完成 {url[:200]}：{exc}{complaint}") from exc
        raise BrowserFailed  # not reached

    def close(self) -> None:
        """End the child and remove its folder."""
        with self._lock:
            self._stop()

    def _ask(self, order: Order) -> Rendered:
        if self._child is None or self._child.poll() is not None or self._pages >= PAGES_PER_CHILD:
            self._stop()
            self._start()
        self._pages += 1
        self._send(asdict(order))
        answer = self._receive(order.timeout_s + GRACE_SECONDS + 2 * order.scrolls)
        if not answer.get("ok"):
            error = str(answer.get("error", ""))
            if error.startswith(ROBOTS):
                raise RobotsRefused(f"robots.txt 不允许，浏览器没有打开 {order.url[:200]}（{error[:300]}）")
            if "closed" in error or "crashed" in error.lower():
                raise _ChildGone(error)
            raise BrowserFailed(f"浏览器打不开 {order.url[:200]}：{error}")
        try:
            page = rendered_from_json(answer["page"])
        except (KeyError, TypeError, ValueError) as exc:
            raise _ChildGone("答复不完整") from exc
        return replace(page, environment={**page.environment, **self._accounts})

    def _start(self) -> None:
        self.place = make_workplace(self._stack, hidden=self._hidden)
        self._child = start_child(self.place)
        self._buffer = b""
        self._pages = 0
        setup = Setup(
            executable=self.place.executable,
            profile=str(self.place.profile),
            user_agent=self._user_agent,
            hosts=self._hosts,
            resolver_rules=resolver_rules(self._hosts, self._allowed),
        )
        self._send(asdict(setup))
        hello = self._receive(START_SECONDS)
        if not hello.get("ready"):
            raise _ChildGone("浏览器没有启动")
        self._accounts = accounts(self.place, self._child)
        self.environment = {**hello.get("environment", {}), **self._accounts}

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            # End of input lets it close Chromium itself; what does not go is killed with all it started.
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(5)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._stack.close()
        self._stack = ExitStack()

    def _complaint(self) -> str:
        """The last line the child left on its stderr."""
        with contextlib.suppress(OSError):
            if self.place is not None:
                lines = (self.place.folder / "stderr").read_bytes()[-4000:].decode("utf-8", "replace").split("\n")
                return next((f"（{line.strip()[:200]}）" for line in reversed(lines) if line.strip()), "")
        return ""

    def _send(self, value: dict[str, Any]) -> None:
        child = self._child
        if child is None or child.stdin is None:
            raise _ChildGone("浏览器没有启动")
        try:
            child.stdin.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
            child.stdin.flush()
        except OSError as exc:
            raise _ChildGone("浏览器进程已退出") from exc

    def _receive(self, seconds: float) -> dict[str, Any]:
        """The next line, within that time."""
        child = self._child
        if child is None or child.stdout is None:
            raise _ChildGone("浏览器没有启动")
        end = time.monotonic() + seconds
        parts = [self._buffer]
        size = len(self._buffer)
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise _TooSlow(f"{seconds:.0f} 秒内没有完成")
                data = os.read(child.stdout.fileno(), _CHUNK)
                if not data:
                    raise _ChildGone("浏览器进程已退出")
                parts.append(data)
                size += len(data)
                if size > MAX_LINE:
                    raise _ChildGone("答复太大")
        line, _, self._buffer = b"".join(parts).partition(b"\n")
        try:
            value = json.loads(line)
        except ValueError as exc:
            raise _ChildGone("答复无法读取") from exc
        if not isinstance(value, dict):
            raise _ChildGone("答复无法读取")
        return value


class _ChildGone(BrowserFailed):
    """浏览器进程不可用。"""


class _TooSlow(_ChildGone):
    """浏览器没有在限定时间内答复。"""


def resolver_rules(hosts: Iterable[str], allowed: Sequence[Endpoint]) -> str:
    """Chromium's host rules: each host leads to the address checked just now, at that port; nothing else resolves.

    Raises AddressRefused when a host points to a private address that was not allowed.
    """
    rules = []
    for netloc in sorted(hosts):
        # A host without a port is served on 80 and 443; one with a port on that port alone.
        endpoint = endpoint_of(f"https://{netloc}")
        address = resolve_public(endpoint, allowed)
        shown = f"[{address}]" if ":" in address else address
        explicit = netloc.rpartition(":")[2].isdigit() and ":" in netloc
        rules.append(f"MAP {endpoint[0]} {shown}:{endpoint[1]}" if explicit else f"MAP {endpoint[0]} {shown}")
    return ", ".join([*rules, "MAP * ~NOTFOUND"])
