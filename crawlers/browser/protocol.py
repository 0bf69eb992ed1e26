"""What client and child say to each other: one JSON object a line, bytes as base64."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Any

from crawlers.wire import Wire

#: A whole answer (page, pictures, screenshot) is never larger.
MAX_LINE = 120 * 1024 * 1024
#: How the child's word for a page begins that robots.txt forbids, and for one that led away.
ROBOTS = "robots.txt"
AWAY = "redirected away from the site"


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The first line a child reads."""

    executable: str
    profile: str
    user_agent: str
    #: netloc values requests may go to.
    hosts: tuple[str, ...]
    #: --host-resolver-rules: each host pinned to the address we checked, everything else unknown.
    resolver_rules: str


@dataclass(frozen=True, kw_only=True)
class Order:
    """One page to open."""

    url: str
    scrolls: int = 0
    ready: str | None = None
    screenshot: bool = False
    timeout_s: float = 25.0
    #: netloc → its robots.txt; None forbids all.
    robots: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A page as the browser drew it."""

    final_url: str
    dom: str
    text: str
    title: str
    main: Wire
    others: tuple[Wire, ...]
    screenshot: bytes | None = None
    #: The page printed; captures with a picture only.
    pdf: bytes | None = None
    environment: dict[str, Any] = field(default_factory=dict)


def write_line(out: IO[bytes], value: Any) -> None:
    out.write(json.dumps(value, ensure_ascii=False, default=_plain).encode("utf-8", "replace") + b"\n")
    out.flush()


def read_line(source: IO[bytes]) -> Any:
    """The next value; None at the end. Raises ValueError for a line that is too long or no JSON."""
    line = source.readline(MAX_LINE + 1)
    if not line:
        return None
    if len(line) > MAX_LINE:
        raise ValueError("line too long")
    return json.loads(line)


def rendered_to_json(page: Rendered) -> dict[str, Any]:
    return asdict(page)


def rendered_from_json(value: dict[str, Any]) -> Rendered:
    """A Rendered from what the child said. Raises ValueError, KeyError or TypeError when it is malformed."""
    return Rendered(
        final_url=str(value["final_url"]),
        dom=str(value["dom"]),
        text=str(value["text"]),
        title=str(value["title"]),
        main=_wire(value["main"]),
        others=tuple(_wire(other) for other in value["others"]),
        screenshot=base64.b64decode(value["screenshot"]["base64"]) if value["screenshot"] else None,
        pdf=base64.b64decode(value["pdf"]["base64"]) if value["pdf"] else None,
        environment=dict(value["environment"]),
    )


def _wire(value: dict[str, Any]) -> Wire:
    return Wire(
        url=str(value["url"]),
        request_headers=tuple((str(name), str(text)) for name, text in value["request_headers"]),
        status=int(value["status"]),
        headers=tuple((str(name), str(text)) for name, text in value["headers"]),
        body=base64.b64decode(value["body"]["base64"]),
        ip=value["ip"],
        at=datetime.fromisoformat(value["at"]),
        decoded=bool(value["decoded"]),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value).__name__}")
