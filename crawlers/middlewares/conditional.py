"""Asks "has it changed?" when we hold a validator of the page."""

from __future__ import annotations

from typing import Any

from pipelines.records import Page, PageState


class ConditionalMiddleware:
    """Only pages whose last known state was `ok` are asked about: for all others the answer itself matters."""

    def process_request(self, request: Any) -> None:
        page: Page | None = request.meta.get("page")
        if page is None or page.state is not PageState.OK or request.meta.get("hops") or request.meta.get("render"):
            return
        if page.etag:
            request.headers.setdefault("If-None-Match", page.etag)
        if page.last_modified:
            request.headers.setdefault("If-Modified-Since", page.last_modified)
