"""What the browser can say of how a page came: redirects, timings, the certificate it was shown. Runs in the child."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page, Request, Response

#: A page cannot make the record longer than this.
_MOST_HOPS = 20
_TIMES = ("domainLookupStart", "domainLookupEnd", "connectStart", "secureConnectionStart", "connectEnd")
_LATER = ("requestStart", "responseStart", "responseEnd")


class Particulars:
    """Watches one page from before it is opened: the browser tells certificates only to whoever was there."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._session = context.new_cdp_session(page)
        self._session.send("Network.enable")

    def of(self, main: Response) -> dict[str, Any]:
        """JSON: `redirects` (address and status of each hop before the page), `timing` (milliseconds after
        `startTime`, itself since 1970; -1 where there was none) and, over TLS, `tls` with the SHA-256 of each
        certificate shown and what it says."""
        said: dict[str, Any] = {"redirects": _redirects(main.request), "timing": _timing(main.request)}
        if urlsplit(main.url).scheme == "https":
            said["tls"] = self._tls(main)
        return said

    def _tls(self, main: Response) -> dict[str, Any]:
        details: Any = main.security_details() or {}
        names = {"protocol": "protocol", "issuer": "issuer", "subject": "subjectName"}
        names |= {"valid_from": "validFrom", "valid_to": "validTo"}
        said: dict[str, Any] = {name: details.get(key) for name, key in names.items()}
        origin = f"https://{urlsplit(main.url).netloc}"
        try:
            chain = self._session.send("Network.getCertificate", {"origin": origin}).get("tableNames") or []
            said["certificate_sha256"] = [hashlib.sha256(base64.b64decode(one)).hexdigest() for one in chain[:8]]
        except (Error, ValueError):
            said["certificate_sha256"] = []
        return said


def _redirects(request: Request) -> list[dict[str, Any]]:
    hops: list[dict[str, Any]] = []
    before = request.redirected_from
    while before is not None and len(hops) < _MOST_HOPS:
        answer = before.response()
        hops.append({"url": before.url[:2000], "status": answer.status if answer is not None else None})
        before = before.redirected_from
    return hops[::-1]


def _timing(request: Request) -> dict[str, float]:
    found: Any = request.timing
    return {name: round(float(found.get(name, -1)), 1) for name in ("startTime", *_TIMES, *_LATER)}
