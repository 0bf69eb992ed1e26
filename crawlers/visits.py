"""What a visit of a page means, given what is remembered of it: news, or only that it was there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from crawlers.attachments import linked_files, naming
from crawlers.charset import decode
from crawlers.drawn_words import DRAWN, drawn_words
from crawlers.extract import extract_from, to_listing
from crawlers.job import Job, Refused, Touched
from crawlers.listed import mark_of
from crawlers.page_bound import UNREAD_PART
from crawlers.revisit import due
from crawlers.sightings import APART, CONTENT, Sighting, settle
from crawlers.states import PageView
from crawlers.steps import PageContext
from crawlers.wire import Wire
from pipelines.records import ExtractedListing, Page, PageState


class Visits:
    """Of one run: what is asked for again, what came, and what that says."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._recipe = job.recipe

    def view(self, response: Any) -> tuple[PageView, str]:
        """The page as text, and the charset it really has."""
        target = response.meta.get("moved_to") or response.url
        if response.meta.get("render"):
            return PageView.of(url=target, status=response.status, body=response.body, text=response.text), "utf-8"
        forced = None if self._recipe.fetch.charset == "auto" else self._recipe.fetch.charset
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        decoded = decode(response.body, content_type, forced=forced)
        page = PageView.of(url=target, status=response.status, body=response.body, text=decoded.text)
        return page, decoded.charset

    def sighting(self, key: str, state: PageState, known: Page | None) -> Sighting:
        """What the page counts as now that it was seen in this state."""
        watch, after = self._job.watch, self._recipe.schedule.gone_after
        return settle(state, known, watch.missing.get(key), self._job.now(), after)

    def is_told(self, known: Page, state: PageState, signature: str, sighting: Sighting) -> bool:
        """Does this visit say nothing that is not remembered: the same content, the same error, still missing?"""
        if state in CONTENT:
            # After an error page the same content is no change, and no new copy of it is kept.
            return known.signature == signature and (known.state is state or known.state not in CONTENT)
        return known.state is state or (sighting.missing_since is not None and known.key in self._job.watch.missing)

    def changed(self, known: Page | None, wire: Wire, listing: ExtractedListing | None) -> datetime | None:
        """When a posting last said something else; read by another recipe it may only look so."""
        if known is None or listing is None or self._job.outdated(known):
            return known.changed_at if known is not None else None
        return wire.at

    def posting(self, response: Any, view: PageView, key: str) -> ExtractedListing | None:
        """The posting on a page that looks like one; None when a field it must have is not to be found."""
        context = PageContext(url=view.url, fetched_at=response.meta["wire"].at, text=view.text)
        found = extract_from(view.selector, self._recipe, context, lookups=view.lookups)
        self._job.lacking.update(found.missing)
        if not found.is_posting:
            return None
        url = response.request.url if not response.meta.get("hops") else response.url
        listing = to_listing(found, self._recipe, key=key, url=url)
        beside = {UNREAD_PART: view.left_out, DRAWN: drawn_words(view.selector)}
        listing = replace(listing, fields={**listing.fields, **{label: said for label, said in beside.items() if said}})
        self._job.watch.posting(listing, found)
        rule = self._recipe.fetch.attachments
        if rule is not None:
            linked = linked_files(view, rule)
            response.meta["attachments"] = linked
            listing = naming(listing, linked)
        return listing

    def unread(self, response: Any, key: str, known: Page | None) -> Refused | Touched:
        """A page that the recipe cannot read: noted as such, and no snapshot of it is kept."""
        if known is not None:
            return Touched(key=key, state=PageState.UNKNOWN)
        url = response.meta.get("asked_url") or response.request.url
        return Refused(key=key, url=url, state=PageState.UNKNOWN)

    def forbidden(self, request: Any) -> Refused | Touched:
        """A posting that robots.txt forbids: noted as such, and its row is read all the same."""
        key, state = request.meta["key"], PageState.ROBOTS_DENIED
        marks = mark_of(key, request.meta["mark"], state)
        if request.meta["page"] is not None:
            return Touched(key=key, state=state, marks=marks)
        return Refused(key=key, url=request.url, state=state, marks=marks)

    def wanted(self, page: Page, now: datetime) -> bool:
        """Is a known posting to be asked for: because it is due, was last read by another recipe, or is missing for a
        day, so that a second look decides?"""
        missing = self._job.watch.missing.get(page.key)
        if missing is not None:
            return now - missing >= APART and now - page.last_fetched_at >= APART
        return self._job.outdated(page) or due(page, now, self._recipe.revisit, self._recipe.verify)
