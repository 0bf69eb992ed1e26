"""A lead's own capture: the page as the browser drew it, every answer it was made of, a full-page picture."""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from crawlers.addresses import Endpoint, endpoint_of, parse_allow
from crawlers.archive import write_wire
from crawlers.browser.client import Browser
from crawlers.browser.protocol import Rendered
from crawlers.charset import decode
from crawlers.errors import BrowserFailed, CrawlError, SourceUnavailable
from crawlers.last_recipe import last_recipe
from crawlers.middlewares.politeness import delay_for
from crawlers.middlewares.robots import robots_text
from crawlers.middlewares.wall_stop import cooldown_after
from crawlers.recipe import Recipe
from crawlers.settings import ROBOTS_TOKEN, user_agent
from crawlers.sole import sole
from crawlers.states import PageView, classify
from crawlers.urls import Site, host_names
from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.station import station_facts
from pipelines.evidence.warc import LeadWarc
from pipelines.evidence.warc_format import printed_uri
from pipelines.records import WALLS, Capture, Lead, PageState

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Station:
    """A browser open for one source."""

    recipe: Recipe
    site: Site
    browser: Browser


@dataclass(frozen=True, kw_only=True)
class CaptureReport:
    """What became of one lead's capture; `capture` is None when it failed, and `reason` says why."""

    lead: Lead
    capture: Capture | None
    reason: str = ""


def capture_page(desk: Desk, lead: Lead, *, allow: Sequence[str] = ()) -> Capture:
    """Capture a lead's page now. Raises SourceUnavailable, BrowserFailed, AddressRefused."""
    with open_station(desk, lead.source, allow=allow) as station:
        return _capture(desk, lead, station)


def capture_pending(
    desk: Desk,
    limit: int = 100,
    *,
    source: str | None = None,
    allow: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[CaptureReport]:
    """Capture the undecided leads that have no picture yet, of one source or source by source, one report each.

    A source whose page turns out to be a wall is left alone from there on, and rests.
    """
    with desk.store.read() as tx:
        leads = tx.leads.without_browser_capture(limit, source=source)
    by_source: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        by_source[lead.source].append(lead)
    for name, waiting in by_source.items():
        try:
            with open_station(desk, name, allow=allow) as station:
                yield from _capture_all(desk, waiting, station, stop)
        except CrawlError as exc:
            yield CaptureReport(lead=waiting[0], capture=None, reason=exc.message)
        if stop():
            return


def _capture_all(
    desk: Desk, waiting: Sequence[Lead], station: Station, stop: Callable[[], bool]
) -> Iterator[CaptureReport]:
    host, _port = endpoint_of(station.site.origin)
    polite = station.recipe.polite
    pause = delay_for(host, polite.delay_s, None, up_to=polite.respect_crawl_delay_up_to_s)
    for number, lead in enumerate(waiting):
        if stop():
            return
        if number and pause:
            time.sleep(pause)
        try:
            capture = _capture(desk, lead, station)
        except BrowserFailed as exc:
            yield CaptureReport(lead=lead, capture=None, reason=exc.message)
            continue
        yield CaptureReport(lead=lead, capture=capture)
        if capture.state in WALLS:
            return


@contextmanager
def open_station(desk: Desk, source: str, *, allow: Sequence[str] = ()) -> Iterator[Station]:
    """A browser confined to a source's hosts. Raises SourceUnavailable for one that rests, is paused or unknown."""
    recipe = last_recipe(desk, source)
    with desk.store.read() as tx:
        known = tx.sources.get(source)
        # A demo source is where its last crawl found it; nothing else private is ever opened.
        origin = tx.settings.get(f"crawl.origin.{source}") if recipe.demo else None
    if known is not None and (known.paused or (known.cooldown_until and known.cooldown_until > clock.now())):
        raise SourceUnavailable(f"来源 {source} 已暂停或在冷却中，不截图")
    site = Site.of(recipe, origin)
    if site is None:
        raise SourceUnavailable(f"不知道演示来源 {source} 的地址；请先采集一次")
    allowed: tuple[Endpoint, ...] = tuple(parse_allow(value) for value in allow)
    if origin is not None:
        allowed = (*allowed, endpoint_of(origin))
    with (
        sole(desk, "", host_names(site)),
        Browser(hosts=site.hosts, allowed=allowed, user_agent=user_agent(recipe), hidden=[desk.home]) as browser,
    ):
        yield Station(recipe=recipe, site=site, browser=browser)


def _capture(desk: Desk, lead: Lead, station: Station) -> Capture:
    if not station.site.in_scope(lead.url):
        raise BrowserFailed(f"线索 {lead.id} 的网址不在来源范围内，不截图")
    robots_blob = _robots_blob(desk, lead)
    robots = robots_text(desk.blobs.get(robots_blob)) if robots_blob is not None else ""
    if not Protego.parse(robots).can_fetch(lead.url, ROBOTS_TOKEN):
        raise BrowserFailed(f"robots.txt 不允许访问线索 {lead.id} 的网址")
    page = station.browser.render(
        lead.url,
        ready=station.recipe.fetch.ready,
        screenshot=True,
        timeout_s=TIMEOUT_SECONDS,
        robots={urlsplit(lead.url).netloc.lower(): robots},
    )
    view = PageView.of(
        url=page.final_url, status=page.main.status, body=page.dom.encode("utf-8", "replace"), text=page.dom
    )
    state = classify(view, station.recipe.states).state
    capture = _keep(desk, lead, station, page, state, robots_blob)
    if state in WALLS:
        _rest(desk, lead.source, state)
    return capture


def _keep(
    desk: Desk, lead: Lead, station: Station, page: Rendered, state: PageState, robots_blob: str | None
) -> Capture:
    """Bytes first (blob, WARC, both synced), then one transaction."""
    capture_id = clock.new_id()
    picture = desk.blobs.put(page.screenshot, suffix=".png") if page.screenshot else None
    with LeadWarc(desk.home, lead.id, capture_id) as warc:
        # The page's own record comes last: its end is the end of what counts.
        for other in page.others:
            write_wire(warc, other)
        dom = page.dom.encode("utf-8", "replace")
        warc.write_resource(f"urn:mingcha:{capture_id}:dom", dom, "text/html; charset=utf-8", at=page.main.at)
        if page.pdf is not None:
            warc.write_resource(printed_uri(capture_id), page.pdf, "application/pdf", at=page.main.at)
        written = write_wire(warc, page.main)
        warc.sync()
    capture = Capture(
        id=capture_id,
        source=lead.source,
        url=lead.url,
        final_url=page.final_url,
        captured_at=page.main.at,
        method="browser",
        http_status=page.main.status,
        state=state,
        content_type=page.main.header("content-type")[:200],
        charset=decode(page.main.body, page.main.header("content-type")).charset,
        sha256=hashlib.sha256(page.main.body).hexdigest(),
        size=len(page.main.body),
        warc_path=written.path,
        warc_offset=written.offset,
        warc_length=written.length,
        warc_record_id=written.record_id,
        etag=page.main.header("etag") or None,
        last_modified=page.main.header("last-modified") or None,
        screenshot_blob=picture,
        robots_blob=robots_blob,
        server_ip=page.main.ip,
        lead_id=lead.id,
        environment={
            **station.browser.environment,
            **page.environment,
            "title": page.title,
            "responses": len(page.others) + 1,
            "dom_sha256": hashlib.sha256(dom).hexdigest(),
            "pdf_sha256": hashlib.sha256(page.pdf).hexdigest() if page.pdf is not None else None,
            "text_sha256": hashlib.sha256(page.text.encode("utf-8", "replace")).hexdigest(),
            "recipe": json.dumps([station.recipe.id, station.recipe.version]),
            "station": station_facts(),
        },
    )
    with desk.store.transaction() as tx:
        tx.captures.add(capture)
        if state not in WALLS:
            tx.leads.set_browser_capture(lead.id, capture.id)
    return capture


def _robots_blob(desk: Desk, lead: Lead) -> str | None:
    """The robots.txt in force when the page was last fetched."""
    with desk.store.read() as tx:
        captures = tx.captures.for_listing(lead.listing_id)
    there = (one for one in reversed(captures) if one.deleted_at is None)
    return next((one.robots_blob for one in there if one.robots_blob), None)


def _rest(desk: Desk, source: str, state: PageState) -> None:
    with desk.store.transaction() as tx:
        tx.sources.set_state(source, state=str(state), cooldown_until=clock.now() + cooldown_after(0))
