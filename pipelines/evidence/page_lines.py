"""What a stored page says, line by line as a reader sees it, contacts and names of pupils and parents masked.

Of HTML the running text without scripts and styles, one line a block; of JSON one line a value; of plain text its
lines. Nothing is rendered, nothing is fetched.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipelines.evidence.warc_read import ArchivedResponse
from pipelines.personal.contacts import find_contacts, mask_text
from pipelines.personal.privacy import mask_private
from pipelines.records import Capture

#: More of a page is not read, nor more lines of it, nor more of a line.
_MOST_BYTES, MOST_LINES, _LONGEST = 8 << 20, 4000, 400
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object"})
#: Elements that stand within a line; all others begin one.
_INLINE = re.compile(
    "a|abbr|b|bd[io]|big|cite|code|data|del|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|su[bp]|"
    "time|tt|u|var|wbr"
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)


def page_lines(capture: Capture, response: ArchivedResponse) -> tuple[str, ...] | None:
    """The lines, in order, none empty; None for what has no lines to read (a picture, a PDF, an imported file)."""
    kind = capture.content_type.partition(";")[0].strip().lower()
    if capture.method == "import" or not (kind in _HTML or kind == "application/json" or kind.startswith("text/")):
        return None
    body = unpacked(response.payload, response.headers, _MOST_BYTES)[:_MOST_BYTES]
    if kind in _HTML:
        found = _of_html(as_text(body, _charset(capture, body)))
    elif kind == "application/json":
        found = _of_json(as_text(body, capture.charset))
    else:
        found = iter(as_text(body, capture.charset).splitlines())
    lines = []
    for line in found:
        if flat := " ".join(line.split()):
            lines.append(flat[:_LONGEST])
            if len(lines) == MOST_LINES:
                break
    # All at once: a mask is looked for in the context of its neighbours, and keeps every character's place.
    whole = "\n".join(lines)
    return tuple(mask_private(mask_text(whole, find_contacts(whole))).split("\n")) if lines else ()


def as_text(data: bytes, charset: str) -> str:
    """The bytes read with the charset noted at capture; what does not fit is shown as a replacement mark."""
    try:
        return data.decode(charset or "utf-8", errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")


def unpacked(payload: bytes, headers: tuple[tuple[str, str], ...], most: int) -> bytes:
    """The body without gzip or deflate, for reading; never more than `most` bytes, however small it was packed."""
    encodings = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
    if encodings not in (["gzip"], ["x-gzip"], ["deflate"]):
        return payload
    try:
        return zlib.decompressobj(wbits=47).decompress(payload, most)
    except zlib.error:
        # The crawler stores some bodies already unpacked, with the header as it came.
        return payload


def _charset(capture: Capture, body: bytes) -> str:
    if capture.charset:
        return capture.charset
    declared = _META.search(body[:4096])
    return declared[1].decode("ascii") if declared else "utf-8"


def _of_html(text: str) -> Iterator[str]:
    """The running text, a line a block. Iterative: a page may nest as deep as it likes."""
    # The encoding is ours: no meta element says once more how to read it.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace") or b" ", parser)
    if root is None:
        return
    line: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        begins = event == "start"
        unseen = tag in _UNSEEN or _is_hidden(element)
        if unseen:
            hidden += 1 if begins else -1
        if line and not hidden and not unseen and not _INLINE.fullmatch(tag):
            yield "".join(line)
            line = []
        told = element.text if begins else element.tail
        if told and not hidden:
            line.append(told)
    yield "".join(line)


def _is_hidden(element: Any) -> bool:
    """By its own attributes; forums strew such words, others at each visit, against copying (Discuz: jammer)."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None or element.get("class") == "jammer"


def _of_json(text: str) -> Iterator[str]:
    """One line a value, by its path: items[0].title: 数学小班."""
    try:
        stack: list[tuple[str, Any]] = [("", json.loads(text))]
    except (ValueError, RecursionError):
        yield from text.splitlines()
        return
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack += [(f"{path}.{key}" if path else str(key), one) for key, one in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(f"{path}[{place}]", one) for place, one in reversed(list(enumerate(value)))]
        else:
            yield f"{path}: {json.dumps(value, ensure_ascii=False)}"
