"""How our WARC records are written: version 1.1, SHA-256 digests, headers byte for byte on one line each."""

from __future__ import annotations

import io
import re
import uuid
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from pipelines import clock

Headers = Sequence[tuple[str, str]]

#: Extension field of a response record: bytes of the request record just before it.
REQUEST_LENGTH = "Mingcha-Request-Length"
_SOFTWARE = "mingcha (warcio)"


def printed_uri(capture_id: str) -> str:
    """What the page as the browser printed it is called in a capture's WARC."""
    return f"urn:mingcha:{capture_id}:pdf"


class ExactHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """HTTP headers written byte for byte (Latin-1 as HTTP reads them), never percent-encoded."""

    def to_ascii_bytes(self, filter_func: Callable[..., Any] | None = None) -> bytes:
        text: str = self.to_str(filter_func)
        return text.encode("latin-1", "backslashreplace") + b"\r\n"


#: What a revisit record says of the bytes it stands for.
SAME_BYTES = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
#: warcio compresses at 9, which takes twice the time for one byte in a hundred.
_LEVEL = 6


class Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's writer with SHA-256 digests, one gzip member a record."""

    def __init__(self, out: Any) -> None:
        super().__init__(out, gzip=False, warc_version="WARC/1.1")

    def write_record(self, record: Any, params: Any = None) -> None:  # noqa: ARG002  # warcio's signature
        plain = io.BytesIO()
        self._write_warc_record(plain, record)
        member = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        self.out.write(member.compress(plain.getbuffer()) + member.flush())

    @staticmethod
    def _create_digester() -> Any:
        return Digester("sha256")


def warcinfo(writer: Any, filename: str, record_id: str, at: datetime) -> Any:
    """The record a file opens with."""
    info = {"software": _SOFTWARE, "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
    record = writer.create_warcinfo_record(filename, info)
    record.rec_headers.replace_header("WARC-Record-ID", record_id)
    record.rec_headers.replace_header("WARC-Date", clock.rfc3339(at))
    return record


def new_record_id() -> str:
    """A new WARC-Record-ID."""
    return f"<urn:uuid:{uuid.UUID(hex=clock.new_id(), version=4)}>"


def target_uri(url: str) -> str:
    """A URL that fits a WARC header: one line, no spaces, UTF-8."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]-._|<>{}^`\\\"", errors="replace")


def request_target(url: str) -> str:
    """What a request line asks for: path and query."""
    rest = url.partition("#")[0].split("://", 1)[-1]
    slash = re.search(r"[/?]", rest)
    path = rest[slash.start() :] if slash else "/"
    return path if path.startswith("/") else "/" + path


def one_line(value: str) -> str:
    """The value with every run of white space made one space."""
    return " ".join(value.replace("\x00", " ").split())


def clean(headers: Headers) -> list[tuple[str, str]]:
    """Headers on one line each (folded lines joined), so that none can forge another."""
    return [(one_line(name).replace(":", ""), re.sub(r"[\r\n\x00]+", " ", value)) for name, value in headers]


def fitting(headers: list[tuple[str, str]], *, decoded: bool) -> list[tuple[str, str]]:
    """Set aside headers that describe the body on the wire and not the body we hold (de-chunked, maybe decoded)."""
    aside = {"transfer-encoding"} | ({"content-encoding", "content-length"} if decoded else set())
    return [(f"X-Archive-Orig-{name}" if name.lower() in aside else name, value) for name, value in headers]
