"""Who gets the verification page of the ads site: who does not wait, and everybody after a few pages of one section."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True, kw_only=True)
class Pace:
    """At most `requests` within `seconds`; who asks faster sees the wall until it has been quiet for `hold` seconds."""

    requests: int = 100
    seconds: float = 2.0
    hold: float = 30.0
    #: Pages of the walled section that a client gets to see.
    section_pages: int = 3


@dataclass(kw_only=True)
class Turnstile:
    """Counts by client address; safe to use from many threads."""

    pace: Pace
    #: Seconds that only ever grow; tests put their own in.
    timer: Callable[[], float] = time.monotonic
    _recent: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _walled_until: dict[str, float] = field(default_factory=dict)
    _section: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def admits(self, client: str, *, walled_section: bool, barred: bool = False) -> bool:
        """May this client see the page it asks for? Counts the request. Who asks for a page of the walled section that
        is `barred` sees no other page of it any more."""
        now = self.timer()
        with self._lock:
            if not self._in_pace(client, now):
                return False
            if not walled_section:
                return True
            self._section[client] += self.pace.section_pages + 1 if barred else 1
            return self._section[client] <= self.pace.section_pages

    def reset(self) -> None:
        """Forget every client."""
        with self._lock:
            self._recent.clear()
            self._walled_until.clear()
            self._section.clear()

    def _in_pace(self, client: str, now: float) -> bool:
        recent = self._recent[client]
        recent.append(now)
        while recent and recent[0] <= now - self.pace.seconds:
            recent.popleft()
        if len(recent) > self.pace.requests or now < self._walled_until.get(client, now):
            self._walled_until[client] = now + self.pace.hold
            return False
        return True
