"""What went over the wire; a module of its own, since the browser child needs it and no store, which to load
took most of its start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Wire:
    """One exchange as it went over the wire."""

    url: str
    request_headers: Headers
    status: int
    headers: Headers
    #: Body as received, content coding kept (a browser gives it decoded).
    body: bytes
    ip: str | None
    at: datetime
    decoded: bool = False

    def header(self, name: str) -> str:
        """The first header of that name, or the empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")
