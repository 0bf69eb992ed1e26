"""The browser: confined, unprivileged, mortal; and what captures it takes of leads."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from PIL import Image as Picture
from warcio.archiveiterator import ArchiveIterator

from crawlers.addresses import parse_allow
from crawlers.browser import capture_page, capture_pending, launcher
from crawlers.browser.client import Browser
from crawlers.browser.launcher import find_chromium, make_workplace
from crawlers.browser.protocol import Rendered
from crawlers.errors import BrowserFailed, RobotsRefused
from crawlers.run import crawl_source
from crawlers.sandbox.sites import Sandbox, serve_sandbox
from crawlers.source import FILE, SOURCES
from pipelines.desk import Desk
from pipelines.evidence.warc import read_record
from pipelines.evidence.warc_check import check_warcs
from pipelines.records import PageState
from tests.browser import executable_for
from tests.certificate import self_signed
from tests.crawlers.conftest import NothingFound
from tests.crawlers.family import family, own
from tests.crawlers.small_site import HTML, board_on, row, serve, thread_page
from tests.crawlers.test_crawl_board import truth


@pytest.fixture(scope="module")
def shared(poster_folder: Path) -> Iterator[Sandbox]:
    with serve_sandbox(posters=poster_folder) as running:
        yield running


@pytest.fixture(scope="module")
def browser(shared: Sandbox) -> Iterator[Browser]:
    netloc = urlsplit(shared["feed"]).netloc
    with Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1 (+test)") as opened:
        yield opened


def drawn(browser: Browser, url: str, **options: Any) -> Rendered:
    """A page of a host whose robots.txt forbids nothing."""
    return browser.render(url, robots={urlsplit(url).netloc.lower(): ""}, **options)


def processes() -> list[tuple[str, str]]:
    """(account, command line) of every living process of Chromium."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            account = pwd.getpwuid(folder.stat().st_uid).pw_name
        except (OSError, KeyError):
            continue
        if "chromium" in command and "mingcha-browser-" in command and not command.startswith("/bin/sh"):
            found.append((account, command))
    return found


def test_the_feed_is_scrolled_to_its_end(browser: Browser, shared: Sandbox) -> None:
    page = drawn(browser, f"{shared['feed']}/", scrolls=60, ready="#feed[data-state=more], #feed[data-state=end]")
    assert page.dom.count('class="card"') == len(truth("feed"))
    assert "没有更多了" in page.text
    assert page.main.status == 200
    assert page.main.ip == "127.0.0.1"
    assert any("/api/feed?cursor=" in wire.url for wire in page.others)
    assert {row.user_agent for row in shared.log.rows("feed")} == {"MingchaBot/0.1 (+test)"}


def test_sandbox_on_and_no_privileges(browser: Browser, shared: Sandbox) -> None:
    drawn(browser, f"{shared['feed']}/")
    running = processes()
    assert running
    assert not [command for _account, command in running if "--no-sandbox" in command]
    if os.geteuid() == 0:
        assert {account for account, _command in running} == {"nobody"}
    renderers = [one for one in family(browser.pid) if "--type=renderer" in one.command]
    assert renderers
    # Chromium's own sandbox: a filter of system calls, and a user namespace of its own.
    assert {one.status["Seccomp"] for one in renderers} == {"2"}
    assert not {one.namespace("user") for one in renderers} & {own("user")}


@pytest.mark.parametrize(
    "target", ["ads", "http://127.0.0.1:1/", "http://169.254.169.254/", "http://localhost/", "file:///etc/passwd"]
)
def test_nothing_else_can_be_reached(browser: Browser, shared: Sandbox, target: str) -> None:
    before = len(shared.log.rows("ads"))
    with pytest.raises(BrowserFailed):
        drawn(browser, shared.get(target, target), timeout_s=5)
    assert len(shared.log.rows("ads")) == before


def test_a_redirect_to_another_port_does_not_arrive(shared: Sandbox) -> None:
    # The ads site sends visitors wherever they ask; here to the feed's port.
    netloc = urlsplit(shared["ads"]).netloc
    with Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1") as ads:
        before = len(shared.log.rows("feed"))
        target = f"{shared['ads']}/click?u={shared['feed']}/item/0000000000&k=1"
        try:
            page = drawn(ads, target, timeout_s=5)
        except BrowserFailed:
            page = None
        assert page is None or "item" not in page.dom
        assert len(shared.log.rows("feed")) == before


_HOSTILE = {
    "/popups": "<script>for (let i = 0; i < 5; i++) window.open('/late' + i)</script>words",
    "/late": "<script>setInterval(() => fetch('/still-here'), 20)</script>",
    "/clobber": "<img name=body><img name=documentElement><img name=title>words",
    "/height": "<script>Object.defineProperty(Element.prototype, 'scrollHeight', {get: () => 'tall'})</script>words",
    "/nan": "<script>Object.defineProperty(Element.prototype, 'scrollHeight', {get: () => NaN})</script>words",
    "/dialogs": "<script>alert(1); confirm(2); onbeforeunload = () => 'stay'</script>words",
    "/loop": "<script>setTimeout(() => { for (;;); }, 50)</script>words",
    "/fine": "<p>words",
    "/remember": "<script>document.write('words', sessionStorage.seen, window.name, document.cookie);"
    "sessionStorage.seen = window.name = 'seen'; document.cookie = 'seen=1'; onbeforeunload = () => 'stay';"
    "setInterval(() => fetch('/still-here'), 300)</script>",
    "/worker": "<p>words<script>navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
    ".then(() => document.body.append('registered'), () => document.body.append('refused'))</script>",
    "/sw.js": "self.addEventListener('fetch', () => 0)",
    "/inward": "<p>words<script>fetch('/hop').then(() => document.body.append('reached'))"
    ".catch(() => document.body.append('not reached'))</script>",
}


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[Browser, str, list[tuple[str, dict[str, str]]]]]:
    """A browser, the origin of a site that fights it, and what the site was asked."""
    pages = {path: (200, {"Content-Type": "text/html"}, body.encode()) for path, body in _HOSTILE.items()}
    pages |= {f"/late{number}": pages["/late"] for number in range(5)}
    pages["/sw.js"] = (200, {"Content-Type": "text/javascript"}, pages["/sw.js"][2])
    pages["/hop"] = (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")
    pages["/file"] = (200, {"Content-Disposition": 'attachment; filename="a.zip"'}, b"PK")
    pages["/one"] = (302, {"Location": "/two"}, b"")
    pages["/two"] = (301, {"Location": "/fine"}, b"")
    pages["/away"] = (302, {"Location": "http://127.0.0.1:18999/fine"}, b"")
    with serve(pages) as site:
        netloc = f"127.0.0.1:{site.server_port}"
        with Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1") as opened:
            yield opened, f"http://{netloc}", site.asked


@pytest.mark.parametrize("path", ["/popups", "/clobber", "/height", "/nan", "/dialogs", "/fine"])
def test_a_hostile_page_is_still_captured(hostile: tuple[Browser, str, Any], path: str) -> None:
    browser, origin, _asked = hostile
    page = drawn(browser, origin + path, screenshot=True)
    assert "words" in page.dom
    assert page.screenshot is not None
    assert page.screenshot.startswith(b"\x89PNG")


def test_windows_a_page_opened_do_not_outlive_it(hostile: tuple[Browser, str, list[Any]]) -> None:
    browser, origin, asked = hostile
    drawn(browser, origin + "/popups")
    asked.clear()
    drawn(browser, origin + "/fine")
    assert {path for path, _headers in asked} <= {"/fine", "/favicon.ico"}


def test_pages_of_a_crawl_know_nothing_of_each_other(hostile: tuple[Browser, str, list[Any]]) -> None:
    browser, origin, asked = hostile
    for _ in range(2):
        assert drawn(browser, origin + "/remember").text == "wordsundefined"
    asked.clear()
    page = drawn(browser, origin + "/fine")
    assert [urlsplit(wire.url).path for wire in page.others if "favicon" not in wire.url] == []
    assert {path for path, _headers in asked} <= {"/fine", "/favicon.ico"}


def test_a_redirect_off_the_site_is_not_told_under_a_false_address(hostile: tuple[Browser, str, Any]) -> None:
    browser, origin, _asked = hostile
    with pytest.raises(BrowserFailed, match="redirected away"):
        drawn(browser, origin + "/away")


def test_no_service_worker_is_installed(hostile: tuple[Browser, str, Any]) -> None:
    browser, origin, _asked = hostile
    assert "registered" not in drawn(browser, origin + "/worker").text


def test_a_redirect_inside_a_page_does_not_lead_inward(hostile: tuple[Browser, str, Any]) -> None:
    browser, origin, _asked = hostile
    assert drawn(browser, origin + "/inward").text.split() == ["words", "not", "reached"]


def test_a_download_is_no_page_and_leaves_no_file(hostile: tuple[Browser, str, Any]) -> None:
    browser, origin, _asked = hostile
    with pytest.raises(BrowserFailed):
        drawn(browser, origin + "/file")
    assert browser.place is not None
    assert not list(browser.place.folder.rglob("*.zip"))


def test_a_capture_says_how_the_page_came(hostile: tuple[Browser, str, Any]) -> None:
    browser, origin, _asked = hostile
    page = drawn(browser, origin + "/one", screenshot=True)
    assert page.environment["redirects"] == [
        {"url": origin + "/one", "status": 302},
        {"url": origin + "/two", "status": 301},
    ]
    assert page.environment["timing"]["responseEnd"] >= page.environment["timing"]["requestStart"] >= 0
    # Asked for before it was stored, by one clock: papers tell what lies between.
    assert 0 <= page.main.at.timestamp() * 1000 - page.environment["timing"]["startTime"] < 60_000
    assert page.pdf is not None
    assert page.pdf.startswith(b"%PDF-")


def test_the_certificate_is_named_by_its_digest(tmp_path: Path) -> None:
    """In this process, with a browser that takes this one certificate, which no child of ours would."""
    from playwright.sync_api import sync_playwright

    from crawlers.browser.child import Child, open_context
    from crawlers.browser.client import resolver_rules
    from crawlers.browser.launcher import make_workplace
    from crawlers.browser.protocol import Order, Setup

    both = self_signed(tmp_path)
    made = x509.load_pem_x509_certificate(both.read_bytes())
    der = serialization.Encoding.DER
    digest = hashlib.sha256(made.public_bytes(der)).hexdigest()
    # As Chromium wants the key named.
    spki = made.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
    key_digest = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    with serve({"/": (200, {"Content-Type": "text/html"}, b"<p>words")}, tls=both) as site, ExitStack() as stack:
        netloc = f"127.0.0.1:{site.server_port}"
        place = make_workplace(stack)
        setup = Setup(
            executable=executable_for(place.folder, place.profile),
            profile=str(place.profile),
            user_agent="MingchaBot/0.1",
            hosts=(netloc,),
            resolver_rules=resolver_rules([netloc], [parse_allow(netloc)]),
        )
        trust = f"--ignore-certificate-errors-spki-list={key_digest}"
        with sync_playwright() as playwright:
            context = open_context(playwright, setup, trust)
            page = Child(context, setup).open(Order(url=f"https://{netloc}/", screenshot=True, robots={netloc: ""}))
            context.close()
    tls = page.environment["tls"]
    assert tls["certificate_sha256"] == [digest]
    assert tls["protocol"] == "TLS 1.3"
    assert page.main.ip == "127.0.0.1"


def test_a_page_that_never_answers_is_tried_once(
    hostile: tuple[Browser, str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.browser.client.GRACE_SECONDS", 1.0)
    browser, origin, asked = hostile
    drawn(browser, origin + "/fine")
    asked.clear()
    with pytest.raises(BrowserFailed):
        drawn(browser, origin + "/loop", timeout_s=1.5)
    assert [path for path, _headers in asked if path == "/loop"] == ["/loop"]


def test_a_killed_browser_is_replaced(browser: Browser, shared: Sandbox) -> None:
    drawn(browser, f"{shared['feed']}/")
    first, place = browser.pid, browser.place
    assert first is not None
    assert place is not None
    os.killpg(first, signal.SIGKILL)
    assert "小檐" in drawn(browser, f"{shared['feed']}/").title
    assert browser.pid not in (None, first)
    assert not place.folder.exists()


def test_the_folder_of_a_killed_crawl_is_removed_by_the_next_browser() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with ExitStack() as stack:
        parent = make_workplace(stack).folder.parent
        left, living = (parent / f"mingcha-browser-{pid}-left" for pid in (gone.pid, os.getppid()))
        for folder in (left, living):
            (folder / "profile" / "Default").mkdir(parents=True)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        with ExitStack() as other:
            make_workplace(other)
        assert not left.exists()
        assert living.exists()


def test_closing_leaves_no_process_and_no_folder(shared: Sandbox) -> None:
    netloc = urlsplit(shared["feed"]).netloc
    with Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1") as opened:
        drawn(opened, f"{shared['feed']}/")
        place, pid = opened.place, opened.pid
    assert place is not None
    assert not place.folder.exists()
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 1
    assert not [command for _account, command in processes() if str(place.folder) in command]


def test_a_browser_found_on_path_after_the_fixed_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "_BINARIES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserFailed, match="没有找到 Chromium"):
        find_chromium()
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert find_chromium() == str(tmp_path / name)
    monkeypatch.setattr(launcher, "_BINARIES", ("/not/there", shutil.which("sh", path=os.defpath)))
    assert find_chromium() == shutil.which("sh", path=os.defpath)


def test_leads_of_the_feed_get_their_captures(desk: Desk, shared: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "short-feed"
    folder.mkdir()
    text = (SOURCES / "sandbox-feed" / FILE).read_text("utf-8")
    assert "scrolls: 60" in text
    (folder / FILE).write_text(text.replace("scrolls: 60", "scrolls: 1"), encoding="utf-8")
    run = crawl_source(desk, NothingFound(""), folder, limit=4, allow=[urlsplit(shared["feed"]).netloc])
    assert run.outcome == "finished"
    with desk.store.read() as tx:
        leads = tx.leads.without_browser_capture(100)
        listings = [tx.listings.get(lead.listing_id) for lead in leads]
    assert len(leads) == run.leads > 0
    for listing in listings:
        assert listing is not None
        assert all(image.blob is not None and desk.blobs.get(image.blob)[:4] == b"\x89PNG" for image in listing.images)
    reports = list(capture_pending(desk, 2))
    assert [report.reason for report in reports] == [""] * min(2, len(leads))
    capture = reports[0].capture
    assert capture is not None
    assert (capture.method, capture.state, capture.lead_id) == ("browser", PageState.OK, reports[0].lead.id)
    assert capture.environment["browser"].startswith("Chromium ")
    # The pages drawn by the crawl say it too.
    with desk.store.read() as tx:
        drawn_before = [one for one in tx.captures.for_listing(reports[0].lead.listing_id) if one.id != capture.id]
    assert drawn_before
    accounts = {"nobody"} if os.geteuid() == 0 else {pwd.getpwuid(os.geteuid()).pw_name}
    assert {one.environment["account"] for one in (capture, *drawn_before)} == accounts
    assert all(one.environment["child_account"] for one in (capture, *drawn_before))
    json.dumps(capture.environment)
    assert b"item.js" in read_record(desk.home, capture)
    with Picture.open(desk.blobs.path(capture.screenshot_blob or "")) as picture:
        assert picture.format == "PNG"
        assert picture.width == 1280
    with (desk.home / capture.warc_path).open("rb") as handle:
        targets = [record.rec_headers.get_header("WARC-Target-URI") or "" for record in ArchiveIterator(handle)]
    assert f"warc/leads/{capture.lead_id}/" in capture.warc_path
    assert any("/api/item/" in target for target in targets)
    assert {f"urn:mingcha:{capture.id}:dom", f"urn:mingcha:{capture.id}:pdf"} <= set(targets)
    assert capture.environment["redirects"] == []
    assert check_warcs(desk).faults == ()
    with desk.store.read() as tx:
        lead = tx.leads.get(reports[0].lead.id)
    assert lead is not None
    assert lead.browser_capture_id == capture.id
    again = capture_page(desk, lead)
    assert again.id != capture.id
    assert shared.forbidden_fetches() == ()


FORBIDDEN = {
    "/redirected": (302, {"Location": "/secret/1"}, b""),
    "/moved": (200, HTML, b"<p>words</p><script>location.replace('/secret/2')</script>"),
    "/asks": (200, HTML, b"<p>words</p><img src=/secret/3.png><script>fetch('/secret/4').catch(() => 0)</script>"),
    "/secret/1": (200, HTML, b"<p>secret</p>"),
    "/secret/2": (200, HTML, b"<p>secret</p>"),
}


def test_nothing_that_robots_forbid_is_asked_for_whoever_asks() -> None:
    with serve(FORBIDDEN) as site:
        netloc = f"127.0.0.1:{site.server_address[1]}"
        robots = {netloc: "User-agent: *\nDisallow: /secret\n"}
        with Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1") as opened:
            for path in ("/secret/1", "/redirected", "/moved"):
                with pytest.raises(RobotsRefused, match=r"robots\.txt 不允许"):
                    opened.render(f"http://{netloc}{path}", robots=robots, timeout_s=5)
            page = opened.render(f"http://{netloc}/asks", robots=robots, timeout_s=5)
            assert page.text == "words"
            assert [wire.url for wire in page.others] == []
            for unread in ({netloc: None}, {}):
                with pytest.raises(RobotsRefused):
                    opened.render(f"http://{netloc}/asks", robots=unread, timeout_s=5)
        assert [path for path, _headers in site.asked if path.startswith("/secret")] == []
        assert [path for path, _headers in site.asked].count("/asks") == 1


def test_a_rendered_source_takes_no_page_that_robots_forbid(desk: Desk, tmp_path: Path) -> None:
    rows = "".join(row(number, path) for number, path in enumerate(("/redirected", "/fine"), 1))
    answers = {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /secret\n"),
        "/forum-1-1.html": (200, HTML, f"<table>{rows}</table>".encode()),
        "/fine": (200, HTML, thread_page("words")),
        "/redirected": (302, {"Location": "/secret/1"}, b""),
        "/secret/1": (200, HTML, thread_page("secret")),
    }
    with serve(answers) as site:
        port = site.server_address[1]
        folder = board_on(tmp_path, "http", port, extra="fetch: {mode: render}\n")
        run = crawl_source(desk, NothingFound(), folder, allow=[f"127.0.0.1:{port}"])
        assert [path for path, _headers in site.asked if path.startswith("/secret")] == []
    assert run.new == 1
    assert run.states[PageState.ROBOTS_DENIED] == 1
