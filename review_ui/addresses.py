"""Addresses inside this site: safe return paths, and queue filters as a query string."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from pipelines.enforcement.filters import Filters
from pipelines.records import LeadStatus

#: The status filter that means every status.
ALL = "all"
_MAX_VALUE = 100


def safe_path(path: str | None, default: str = "/queue") -> str:
    """`path` when it stays on this site, else `default`: no open redirect."""
    if not path or len(path) > 500 or not path.startswith("/") or path.startswith("//"):
        return default
    if any(char in path for char in "\\\r\n\t\0") or not path.isprintable():
        return default
    try:
        parts = urlsplit(path)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else path


def read_filters(query: str) -> Filters:
    """The filters of a query string; what is unknown is ignored."""
    values = {key: kept for key, value in _pairs(query) if (kept := _printable(value)[:_MAX_VALUE].strip())}
    status = values.get("status", LeadStatus.OPEN.value)
    known = {one.value: one for one in LeadStatus}
    return Filters(
        status=None if status == ALL else known.get(status, LeadStatus.OPEN),
        source=values.get("source"),
        code=values.get("code"),
        district=values.get("district"),
        query=values.get("q"),
    )


def write_filters(filters: Filters, **changes: str | None) -> str:
    """The query string of these filters, with `changes` applied; empty for the plain queue of open leads."""
    values: dict[str, str | None] = {
        "status": filters.status.value if filters.status else ALL,
        "source": filters.source,
        "code": filters.code,
        "district": filters.district,
        "q": filters.query,
    }
    values |= changes
    if values["status"] == LeadStatus.OPEN:
        del values["status"]
    return urlencode({key: value for key, value in values.items() if value})


def with_query(path: str, query: str) -> str:
    """`path?query`, or the path alone."""
    return f"{path}?{query}" if query else path


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, max_num_fields=50)
    except ValueError:
        return []


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
