"""Keeps the exact bytes and headers of each answer, before Scrapy decompresses it."""

from __future__ import annotations

from typing import Any

from crawlers.wire import Headers, Wire
from pipelines import clock


class WireMiddleware:
    """Sits next to the downloader; the rendered pages of the browser bring their own."""

    def process_response(self, request: Any, response: Any) -> Any:
        if "wire" not in request.meta or not request.meta.get("render"):
            request.meta["wire"] = Wire(
                url=request.url,
                request_headers=flat(request.headers),
                status=response.status,
                headers=flat(response.headers),
                body=response.body,
                ip=str(response.ip_address) if response.ip_address else None,
                at=clock.now(),
            )
        return response


def flat(headers: Any) -> Headers:
    """Scrapy's headers as (name, value) pairs, one a line."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )
