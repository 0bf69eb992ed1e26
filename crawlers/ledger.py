"""What hosts are asked: counted for the day's budget and the impact notes, and slowed when a site asks for it.

Kept in the store, so that neither a kill nor a second source on the same host makes anybody forget.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipelines import clock
from pipelines.desk import Desk

#: Statuses by which a server says that it is too much.
TOO_MUCH = frozenset({429, 503})
#: A host is asked at most so many times slower than usual, and goes one halving back for each day without complaint.
SLOWEST = 8
RECOVERS_AFTER = timedelta(days=1)
#: Complaints within this time are one.
ONE_COMPLAINT = timedelta(hours=1)
#: Counts are written this often; a kill loses no more.
FLUSH_S = 1.0


def recovered(factor: int, slowed_at: datetime | None, now: datetime) -> int:
    """How much slower than usual a host is still asked: half as much less for each day since it complained."""
    if slowed_at is None or factor <= 1:
        return 1
    return max(1, factor >> max(0, (now - slowed_at) // RECOVERS_AFTER))


class HostLedger:
    """The hosts of one crawl. The reactor's thread notes, the writer's thread flushes."""

    def __init__(self, desk: Desk, hosts: Iterable[str]) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, date]] = Counter()
        self._bytes: Counter[tuple[str, date]] = Counter()
        self._flushed = time.monotonic()
        now = clock.now()
        self._hosts = tuple(sorted(set(hosts)))
        with desk.store.read() as tx:
            paces = {host: tx.hosts.pace(host) for host in self._hosts}
            #: Requests to these hosts today, whatever asked them.
            self.spent_today = tx.hosts.spent(self._hosts, clock.local(now).date())
        self._factors = {host: recovered(pace.factor, pace.slowed_at, now) for host, pace in paces.items()}
        self._slowed = {host: pace.slowed_at for host, pace in paces.items()}
        self._complaints: dict[str, str] = {}

    def factor(self, host: str) -> int:
        """How many times the usual delay this host gets."""
        return self._factors.get(host, 1)

    def asked(self, host: str) -> None:
        """One request goes out."""
        with self._lock:
            self._requests[host, clock.today()] += 1

    def answered(self, host: str, status: int, size: int) -> None:
        """An answer came; a complaint halves the pace from here on."""
        with self._lock:
            self._bytes[host, clock.today()] += size
            if status in TOO_MUCH:
                self._slow(host, f"HTTP {status}")

    def _slow(self, host: str, reason: str) -> None:
        now, before = clock.now(), self._slowed.get(host)
        if before is not None and abs(now - before) < ONE_COMPLAINT:
            return
        self._factors[host] = min(SLOWEST, 2 * self.factor(host))
        self._slowed[host] = now
        self._complaints[host] = reason

    def flush(self, *, force: bool = False) -> None:
        """Write what was noted, at most once a second unless forced. Raises StoreError."""
        if not force and time.monotonic() - self._flushed < FLUSH_S:
            return
        with self._lock:
            requests, self._requests = self._requests, Counter()
            sizes, self._bytes = self._bytes, Counter()
            complaints, self._complaints = self._complaints, {}
        self._flushed = time.monotonic()
        if not (requests or sizes or complaints):
            return
        with self._desk.store.transaction() as tx:
            for host, day in sorted({*requests, *sizes}):
                tx.hosts.spend(host, day, requests=requests[host, day], bytes_=sizes[host, day])
            for host, reason in complaints.items():
                tx.hosts.set_pace(host, factor=self._factors[host], at=self._slowed[host], reason=reason)
