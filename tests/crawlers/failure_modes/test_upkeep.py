"""Failure modes 22 to 28: what goes wrong over months. Numbers and names are those of the failure-mode table."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.addresses import parse_allow
from crawlers.browser.client import Browser
from crawlers.errors import BrowserFailed, RecipeError
from crawlers.middlewares.robots import read_rules
from crawlers.source import load_recipe, source_folders
from pipelines import clock
from pipelines.desk import Desk
from tests.crawlers.failure_modes.small_board import board, html, later, listed, path, thread
from tests.crawlers.small_site import OPEN, board_on, serve

ROOT = Path(__file__).resolve().parents[3]


def test_22_hidden_junk_text(desk: Desk, tmp_path: Path) -> None:
    """Noise inserted anew at each load is no change."""

    def noisy(junk: str) -> str:
        return f'三年级数学班<font class="jammer">{junk}</font><br/><span style="display:none">{junk}</span>周六上午。'

    with board(desk, tmp_path) as small:
        small.threads(1)
        small.pages[path(1)] = thread(body=noisy("x7Qm 2 $k8&"))
        small.crawl()
        found = small.listing(1)
        assert found is not None
        assert "x7Qm" not in found.text
        kept = _captures(desk)
        small.pages[path(1)] = thread(body=noisy("9Zp! e3w"))
        run = small.crawl()
        assert (run.changed, run.unchanged) == (0, 1)
        assert _captures(desk) == kept


def _captures(desk: Desk) -> dict[str, int]:
    """How many captures each WARC file holds; revisit records, which say that nothing changed, are none."""
    with desk.store.read() as tx:
        return {path: len(tx.captures.in_file(path)) for path in tx.captures.warc_paths()}


def test_23_browser_leaks_and_hangs() -> None:
    """Only recipes that ask for it are drawn; a page that never ends is given up in time, and the next one is drawn."""
    modes = {name: load_recipe(name).fetch.mode for name in source_folders()}
    assert [name for name, mode in modes.items() if mode == "render"] == ["sandbox-feed"]
    endless = html("<script>while (true) {}</script>")
    with serve({"/endless": endless, "/fine": html("<h1>好的</h1>")}) as server:
        netloc = f"127.0.0.1:{server.server_port}"
        started = clock.now()
        with Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1 (+test)") as browser:
            with pytest.raises(BrowserFailed):
                browser.render(f"http://{netloc}/endless", timeout_s=1.0, robots={netloc: ""})
            assert "好的" in browser.render(f"http://{netloc}/fine", timeout_s=20.0, robots={netloc: ""}).text
        assert clock.now() - started < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("status", "body", "open_", "shut"),
    [
        # A byte-order mark before the first rule; another encoding in a comment.
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /shut\n", "/x", "/shut"),
        (200, "# 禁止\nUser-agent: *\nDisallow: /shut\n".encode("gb18030"), "/x", "/shut"),
        (404, b"User-agent: *\nDisallow: /\n", "/x", None),
        (500, b"", None, "/x"),
        (503, b"User-agent: *\nAllow: /\n", None, "/x"),
    ],
)
def test_24_robots_txt_misread(status: int, body: bytes, open_: str | None, shut: str | None) -> None:
    rules = read_rules(status, body)
    assert open_ is None or rules.allows(f"https://a.example{open_}")
    assert shut is None or not rules.allows(f"https://a.example{shut}")


def test_24_who_is_not_told_asks_a_person_and_the_copy_used_is_kept(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path, robots=html("", 401)) as small:
        run = small.crawl()
        assert (run.outcome, small.asked) == ("blocked", [])
        assert "请人工确认" in run.message
        small.pages["/robots.txt"] = OPEN
        later(hours=7)
        small.threads(1)
        small.crawl()
        with desk.store.read() as tx:
            capture = tx.captures.get(small.page(1).last_capture_id or "")
        assert capture is not None
        assert desk.blobs.get(capture.robots_blob or "") == OPEN[2]


def test_25_not_modified_never_answered(desk: Desk, tmp_path: Path) -> None:
    """No ETag, no Last-Modified, another counter each time: what is read off the page decides."""
    with board(desk, tmp_path) as small:
        small.threads(1)
        small.pages[path(1)] = thread(head="<script>var views=1</script>")
        small.crawl()
        before = small.page(1)
        small.pages[path(1)] = thread(head="<script>var views=2</script>")
        run = small.crawl()
        assert (run.changed, run.unchanged) == (0, 1)
        assert small.page(1).last_capture_id == before.last_capture_id
        # And where a server has them, they are sent.
        small.pages[path(1)] = (
            200,
            {"ETag": '"v1"', "Content-Type": "text/html"},
            thread(body="改了，周日下午上课。")[2],
        )
        assert small.crawl().changed == 1
        small.crawl()
        sent = [headers.get("If-None-Match") for where, headers in small.server.asked if where == path(1)]
        assert sent == ['"v1"']


def test_26_domain_moves_https_switch_board_merged(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1)
        small.crawl()
        small.pages["/forum-1-1.html"] = html("", 301, Location="https://new-home.example/forum-1-1.html")
        run = small.crawl()
        # Not followed and not taken for an end: a person is asked.
        assert (run.outcome, small.source.state) == ("failed", "moved")
        assert "new-home.example" in run.message
        assert "scope.old_hosts" in run.message
        assert small.asked == ["/forum-1-1.html"]
        assert small.listing(1) is not None
        # One thread that leads elsewhere is that thread's own affair.
        small.threads(1, 2, 3)
        small.pages[path(2)] = html("", 301, Location="https://partner.example/x")
        run = small.crawl()
        assert (run.outcome, run.states["moved"]) == ("finished", 1)


def test_26_old_hosts_are_read_at_the_new_one(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        recipe = small.folder / "source.yml"
        text = recipe.read_text("utf-8")
        recipe.write_text(text.replace("scope: {", "scope: {old_hosts: [www.old-home.example], "), "utf-8")
        small.threads(1)
        small.pages["/forum-1-1.html"] = listed((1, f"http://www.old-home.example{path(1)}"))
        assert small.crawl().new == 1
        assert path(1) in small.asked


def test_27_guests_see_fewer_items_quietly(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1)
        assert small.crawl().message == ""
        assert not small.health.guest_view
        small.pages["/forum-1-1.html"] = listed(1, more="<p>登录后可查看更多主题</p>")
        run = small.crawl()
        assert run.outcome == "finished"
        assert "以访客身份采集，可能不全" in run.message
        assert small.health.guest_view


@pytest.mark.parametrize(
    "line",
    [
        "login: {user: a, password: b}",
        "fetch: {cookies: {sid: x}}",
        "fetch: {proxy: 'http://127.0.0.1:9'}",
        "fetch: {headers: {User-Agent: x}}",
        "fetch: {captcha: solve}",
        "polite: {robots: ignore}",
    ],
)
def test_28_login_or_anti_bot_code_creeping_in_through_recipes(tmp_path: Path, line: str) -> None:
    folder = board_on(tmp_path, "http", 1, extra=line + "\n")
    number = (folder / "source.yml").read_text("utf-8").splitlines().index(line) + 1
    with pytest.raises(RecipeError) as caught:
        load_recipe(folder)
    assert caught.value.line == number


def test_28_no_library_made_to_evade_is_asked_for() -> None:
    evading = re.compile(
        r"patchright|nodriver|undetected|stealth|cloudscraper|curl.cffi|2captcha|ddddocr|aiotieba", re.I
    )
    for name in ("pyproject.toml", "requirements.lock"):
        assert not evading.search((ROOT / name).read_text("utf-8")), name
    imported = re.compile(r"^\s*(?:from|import)\s+(?:patchright|nodriver|cloudscraper|curl_cffi|ddddocr)", re.M)
    assert not [file for file in (ROOT / "crawlers").rglob("*.py") if imported.search(file.read_text("utf-8"))]


def test_all_28_have_a_test() -> None:
    texts = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert {int(number) for number in re.findall(r"def test_(\d\d)_", texts)} == set(range(1, 29))
