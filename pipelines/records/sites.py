"""What papers call the site a posting stood on: one name all through, its host once."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipelines.records.captured import Source
from pipelines.records.leads import Lead


def site_name(source: Source | None, lead: Lead) -> str:
    """The name of its source; of what people brought in, the platform they named."""
    if source is None:
        return lead.platform or lead.source
    return (lead.platform if source.by_hand else "") or source.title or source.name


def with_host(name: str, url: str) -> str:
    """三岔口社区（bbs.example.cn）; the name alone where it says the host, or the address has none."""
    host = urlsplit(url).hostname or ""
    return f"{name}（{host}）" if host and host not in name else name
