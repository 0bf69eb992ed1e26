"""capture.wacz: a capture as WACZ 1.1.1, which replay tools open; the same capture gives the same bytes.

Written here and not by the wacz package, which judges it in the tests: that package takes dates from the clock and
depends on surt, which is AGPL (docs/decisions/004-wacz-written-here.md).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from warcio.archiveiterator import ArchiveIterator

from pipelines.clock import rfc3339
from pipelines.evidence.bag import sum_of
from pipelines.evidence.canonical_zip import chunks
from pipelines.records import Capture

VERSION = "1.1.1"
_DATE = (1980, 1, 1, 0, 0, 0)
_ARCHIVE = "archive/page.warc.gz"
_PORTS = {"http": 80, "https": 443}


def write_wacz(warc: Path, out: Path, *, capture: Capture, title: str) -> None:
    """Write `out` from the capture's WARC: index, page list, data package and its digest. Raises OSError."""
    index = "".join(f"{line}\n" for line in sorted(_index(warc))).encode()
    pages = _lines(
        {"format": "json-pages-1.0", "id": "pages", "title": "Pages"},
        {"id": capture.id, "url": capture.final_url, "ts": rfc3339(capture.captured_at), "title": title},
    )
    sums = {
        _ARCHIVE: (sum_of(warc), warc.stat().st_size),
        "indexes/index.cdx": (hashlib.sha256(index).hexdigest(), len(index)),
        "pages/pages.jsonl": (hashlib.sha256(pages).hexdigest(), len(pages)),
    }
    package = _document(
        {
            "profile": "data-package",
            "resources": [
                {"name": path.rsplit("/", 1)[1], "path": path, "hash": f"sha256:{value}", "bytes": size}
                for path, (value, size) in sums.items()
            ],
            "title": title or capture.id,
            "mainPageURL": capture.final_url,
            "mainPageDate": rfc3339(capture.captured_at),
            "created": rfc3339(capture.captured_at),
            "wacz_version": VERSION,
            "software": "mingcha",
        }
    )
    digest = _document({"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"})
    with zipfile.ZipFile(out, "w") as archive:
        with warc.open("rb") as source, archive.open(_entry(_ARCHIVE), "w", force_zip64=False) as copy:
            for chunk in chunks(source):
                copy.write(chunk)
        archive.writestr(_entry("indexes/index.cdx"), index)
        archive.writestr(_entry("pages/pages.jsonl"), pages)
        archive.writestr(_entry("datapackage.json"), package)
        archive.writestr(_entry("datapackage-digest.json"), digest)


def _index(warc: Path) -> Iterator[str]:
    """CDXJ: one line a response, revisit or resource: key, 14-digit time, where it lies."""
    with warc.open("rb") as source:
        records = ArchiveIterator(source)
        for record in records:
            record.raw_stream.read()
            if record.rec_type not in {"response", "revisit", "resource"}:
                continue
            headers = record.rec_headers
            url = headers.get_header("WARC-Target-URI") or ""
            http = record.http_headers
            mime = (http.get_header("Content-Type") if http else headers.get_header("Content-Type")) or "unk"
            fields = {
                "url": url,
                "mime": mime.split(";")[0].strip(),
                "status": http.get_statuscode() if http else "200",
                "digest": headers.get_header("WARC-Payload-Digest") or headers.get_header("WARC-Block-Digest") or "",
                "length": str(records.get_record_length()),
                "offset": str(records.get_record_offset()),
                "filename": "page.warc.gz",
            }
            when = "".join(char for char in (headers.get_header("WARC-Date") or "")[:19] if char.isdigit())
            yield f"{sort_key(url)} {when} {json.dumps(fields, ensure_ascii=False)}"


def sort_key(url: str) -> str:
    """The URL with its host turned round (com,example)/path?a=1), as replay tools look it up."""
    parts = urlsplit(url)
    try:
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return url.lower().replace(" ", "%20")
    if not host:
        return url.lower().replace(" ", "%20")
    turned = ",".join(reversed(host.split(".")))
    told = f":{port}" if port and port != _PORTS.get(parts.scheme) else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True))) if parts.query else ""
    key = f"{turned}{told}){parts.path or '/'}" + (f"?{query}" if query else "")
    return key.lower().replace(" ", "%20")


def _entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _DATE)
    made.external_attr = 0o100644 << 16
    made.create_system = 3
    return made


def _lines(*rows: dict[str, Any]) -> bytes:
    out = io.StringIO()
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out.getvalue().encode()


def _document(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
