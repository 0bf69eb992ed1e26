"""The bytes of a crawl: exact answers to the WARC file of source and day, with the rows that name them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from crawlers.job import Fetched, Touched
from crawlers.wire import Wire
from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.station import station_facts
from pipelines.evidence.warc import SourceWarc, Written, open_source_warc
from pipelines.records import Capture, Revisit


class Archive:
    """Writes for one source; nothing is sure to be on disk before `sync`."""

    def __init__(self, desk: Desk, source: str) -> None:
        self._desk = desk
        self._source = source
        self._warc: SourceWarc | None = None
        self._day: date | None = None
        self._robots: dict[bytes, str] = {}

    def close(self) -> None:
        """Close the file of the day, if there is one."""
        if self._warc is not None:
            self._warc.close()

    def revisits(self, touched: list[Touched]) -> list[Revisit]:
        """Records of the answers that brought what a capture already holds: "not modified", or the very same bytes.

        Where only counters or other junk moved there is nothing to name, and nothing is kept but the time."""
        wanted = [one.capture_id for one in touched if one.wire is not None and one.capture_id is not None]
        if not wanted:
            return []
        with self._desk.store.read() as tx:
            known = tx.captures.get_many(wanted)
        found: list[Revisit] = []
        for one in touched:
            capture, wire = known.get(one.capture_id or ""), one.wire
            if capture is None or wire is None:
                continue
            not_modified = wire.status == 304
            if not not_modified and hashlib.sha256(wire.body).hexdigest() != capture.sha256:
                continue
            written = self._warc_of(wire.at).write_revisit(
                wire.url,
                wire.request_headers,
                f"HTTP/1.1 {wire.status}",
                wire.headers,
                of=capture,
                ip=wire.ip,
                at=wire.at,
                not_modified=not_modified,
            )
            found.append(
                Revisit(
                    id=clock.new_id(),
                    source=self._source,
                    url=wire.url,
                    capture_id=capture.id,
                    at=wire.at,
                    http_status=wire.status,
                    warc_path=written.path,
                    warc_offset=written.offset,
                    warc_length=written.length,
                    warc_record_id=written.record_id,
                )
            )
        return found

    def sync(self) -> None:
        """File and folder to the disk, before any row names them."""
        if self._warc is not None:
            self._warc.sync()

    def _warc_of(self, at: datetime) -> SourceWarc:
        """The WARC of the Shanghai day in which the page came."""
        day = clock.local(at).date()
        if self._warc is None or day != self._day:
            if self._warc is not None:
                self._warc.sync()
                self._warc.close()
            self._warc = open_source_warc(self._desk, self._source, day)
            self._day = day
        return self._warc

    def capture(self, fetched: Fetched) -> Capture:
        """Bytes to the WARC, the page's own record last, so that its end is the committed end."""
        wire = fetched.wire
        warc = self._warc_of(wire.at)
        for other in fetched.others:
            write_wire(warc, other)
        written = write_wire(warc, wire)
        return Capture(
            id=clock.new_id(),
            source=self._source,
            url=fetched.url,
            final_url=fetched.final_url,
            captured_at=wire.at,
            method="http",
            http_status=wire.status,
            state=fetched.state,
            content_type=wire.header("content-type")[:200],
            charset=fetched.charset,
            sha256=hashlib.sha256(wire.body).hexdigest(),
            size=len(wire.body),
            warc_path=written.path,
            warc_offset=written.offset,
            warc_length=written.length,
            warc_record_id=written.record_id,
            etag=wire.header("etag") or None,
            last_modified=wire.header("last-modified") or None,
            robots_blob=self._robots_blob(fetched.robots),
            server_ip=wire.ip,
            environment={**fetched.environment, "station": station_facts()},
        )

    def _robots_blob(self, robots: bytes | None) -> str | None:
        if robots is None:
            return None
        if robots not in self._robots:
            self._robots[robots] = self._desk.blobs.put(robots, suffix=".txt")
        return self._robots[robots]


def write_wire(warc: Any, wire: Wire) -> Written:
    """One exchange as a request/response pair."""
    written: Written = warc.write_response(
        wire.url,
        wire.request_headers,
        f"HTTP/1.1 {wire.status}",
        wire.headers,
        wire.body,
        ip=wire.ip,
        at=wire.at,
        decoded=wire.decoded,
    )
    return written
