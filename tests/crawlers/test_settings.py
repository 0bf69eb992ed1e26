"""Scrapy's unsafe defaults, each reversed: as settings, and where it matters against a real server."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from crawlers import settings as ours
from crawlers.middlewares.politeness import delay_for
from crawlers.run import crawl_source
from crawlers.source import load_recipe
from crawlers.spiders import list_detail
from pipelines.desk import Desk
from tests.certificate import self_signed
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

RECIPE = load_recipe("sandbox-board")
EFFECTIVE = Settings(ours.crawl_settings(RECIPE))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("COOKIES_ENABLED", False),
        ("REFERER_ENABLED", False),
        ("HTTPPROXY_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("REDIRECT_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("ROBOTSTXT_OBEY", True),
        ("DOWNLOAD_MAXSIZE", 5 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 30),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("DOWNLOAD_DELAY_JITTER", 0.0),
        ("HTTPCACHE_ENABLED", False),
        ("MEMUSAGE_LIMIT_MB", 2048),
        ("DOWNLOAD_TLS_MIN_VERSION", "TLSv1.2"),
        ("JOBDIR", None),
    ],
)
def test_values(name: str, value: object) -> None:
    assert EFFECTIVE.get(name) == value


def test_walls_are_never_retried() -> None:
    assert not {403, 429, 503} & set(EFFECTIVE.getlist("RETRY_HTTP_CODES"))


@pytest.mark.parametrize("scheme", ["file", "ftp", "s3", "data"])
def test_only_http_is_downloaded(scheme: str) -> None:
    handlers = EFFECTIVE.getwithbase("DOWNLOAD_HANDLERS")
    assert handlers[scheme] is None
    assert handlers["http"] == handlers["https"] == "crawlers.browser.handler.PageHandler"


def test_every_component_exists_and_the_dangerous_ones_are_gone() -> None:
    components = build_component_list(EFFECTIVE.getwithbase("DOWNLOADER_MIDDLEWARES"))
    names = {load_object(path).__name__ for path in components}
    assert {"RobotsMiddleware", "GuardMiddleware", "PolitenessMiddleware", "WallStopMiddleware"} <= names
    assert not {"CookiesMiddleware", "RedirectMiddleware", "HttpProxyMiddleware", "RobotsTxtMiddleware"} & names
    extensions = {load_object(path).__name__ for path in build_component_list(EFFECTIVE.getwithbase("EXTENSIONS"))}
    assert not {"TelnetConsole", "RemoteControl", "FeedExporter"} & extensions


def test_we_say_who_we_are() -> None:
    assert EFFECTIVE["USER_AGENT"] == "MingchaBot/0.1 (+https://example.org/mingcha-demo)"
    by_mail = replace(RECIPE, contact="robot@example.org")
    assert ours.user_agent(by_mail).endswith("(+mailto:robot@example.org)")


@pytest.mark.parametrize(
    ("host", "recipe_delay", "crawl_delay", "expected"),
    [
        ("bbs.example.com", 0.0, None, 3.0),
        ("bbs.example.com", 8.0, None, 8.0),
        ("bbs.example.com", 8.0, 20.0, 20.0),
        ("bbs.example.com", 8.0, 100_000.0, 300.0),
        ("bbs.example.com", 0.0, 0.1, 3.0),
        ("10.0.0.1", 0.0, None, 3.0),
        ("localhost.example.com", 0.0, None, 3.0),
        ("127.0.0.1", 8.0, None, 0.0),
        ("127.0.0.1", 8.0, 0.05, 0.05),
    ],
)
def test_the_floor_holds_for_every_host_but_loopback(
    host: str, recipe_delay: float, crawl_delay: float | None, expected: float
) -> None:
    assert delay_for(host, recipe_delay, crawl_delay, up_to=300.0) == expected


def test_no_recipe_can_lower_the_delay() -> None:
    hasty = replace(RECIPE, polite=replace(RECIPE.polite, delay_s=0.0))
    assert ours.crawl_settings(hasty)["DOWNLOAD_DELAY"] == 3.0


def crawl(desk: Desk, folder: Path, server: Any, *, scheme: str = "http", extra: str = "") -> Any:
    port = server.server_address[1]
    return crawl_source(desk, None, board_on(folder, scheme, port, extra=extra), allow=[f"127.0.0.1:{port}"])


def test_a_certificate_nobody_vouches_for_is_refused(desk: Desk, tmp_path: Path) -> None:
    with serve({"/robots.txt": OPEN}, tls=self_signed(tmp_path)) as server:
        run = crawl(desk, tmp_path, server, scheme="https")
        assert server.asked == []
    assert run.outcome == "failed"
    assert run.states.get("ok") is None


def test_bodies_are_bounded_also_when_compressed(desk: Desk, tmp_path: Path) -> None:
    bomb = gzip.compress(thread_page("字" * 4_000_000))
    answers = {
        "/robots.txt": OPEN,
        "/forum-1-1.html": (200, HTML, (row(1, "/thread-1-1-1.html") + row(2, "/thread-2-1-1.html")).encode()),
        "/thread-1-1-1.html": (200, HTML | {"Content-Encoding": "gzip"}, bomb),
        "/thread-2-1-1.html": (200, HTML, thread_page("x" * 6_000_000)),
    }
    assert len(bomb) < 100_000
    with serve(answers) as server:
        run = crawl(desk, tmp_path, server)
    assert run.states == {"gone": 1, "list": 1, "unreachable": 2}
    assert run.new == 0


def test_redirects_stay_inside(desk: Desk, tmp_path: Path) -> None:
    with serve({"/secret": (200, HTML, thread_page())}) as inside:
        target = f"http://127.0.0.1:{inside.server_address[1]}/secret"
        answers = {
            "/robots.txt": OPEN,
            "/forum-1-1.html": (
                200,
                HTML,
                "".join(row(number, f"/thread-{number}-1-1.html") for number in (1, 2, 3, 4)).encode(),
            ),
            "/thread-1-1-1.html": (302, {"Location": target}, b""),
            "/thread-2-1-1.html": (302, {"Location": "/thread-9-1-1.html"}, b""),
            "/thread-9-1-1.html": (200, HTML, thread_page()),
            "/thread-3-1-1.html": (302, {"Location": "/thread-3-1-1.html"}, b""),
            "/thread-4-1-1.html": (302, {"Location": "file:///etc/passwd"}, b""),
        }
        with serve(answers) as server:
            run = crawl(desk, tmp_path, server)
            loops = sum(path == "/thread-3-1-1.html" for path, _headers in server.asked)
        assert inside.asked == []
    assert run.states["moved"] == 3
    assert run.states["ok"] == 1
    assert loops == ours.MAX_REDIRECTS + 1


def test_no_cookie_no_referer_and_our_name_on_every_request(desk: Desk, tmp_path: Path) -> None:
    page = (200, HTML | {"Set-Cookie": "a=1; path=/"}, row(1, "/thread-1-1-1.html").encode())
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": page, "/thread-1-1-1.html": (200, HTML, thread_page())}
    with serve(answers) as server:
        crawl(desk, tmp_path, server)
        asked = list(server.asked)
    assert {path for path, _headers in asked} >= {"/robots.txt", "/forum-1-1.html", "/thread-1-1-1.html"}
    for _path, headers in asked:
        assert headers["User-Agent"] == "MingchaBot/0.1 (+mailto:robot@example.org)"
        assert not {"Cookie", "Referer", "Authorization"} & set(headers)


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        ((500, {}, b""), "failed", "robots.txt 返回 HTTP 500"),
        ((403, {}, b""), "blocked", "robots.txt 返回 HTTP 403"),
        ((401, {}, b""), "blocked", "robots.txt 返回 HTTP 401"),
        ((200, HTML, "<p>访问过于频繁，请输入验证码</p>".encode()), "blocked", "验证"),
        ((200, {}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"), "failed", "robots.txt 不允许"),
        ((200, {}, b"User-agent: MingchaBot\nDisallow: /forum\n"), "failed", "robots.txt 不允许"),
    ],
)
def test_robots_that_forbid_or_cannot_be_read(
    desk: Desk, tmp_path: Path, answer: tuple[int, dict[str, str], bytes], outcome: str, words: str
) -> None:
    with serve(
        {"/robots.txt": answer, "/forum-1-1.html": (200, HTML, row(1, "/thread-1-1-1.html").encode())}
    ) as server:
        run = crawl(desk, tmp_path, server)
        assert {path for path, _headers in server.asked} == {"/robots.txt"}
    assert run.outcome == outcome
    assert words in run.message


def test_without_robots_everything_is_open_and_its_copy_is_kept(desk: Desk, tmp_path: Path) -> None:
    answers = {"/forum-1-1.html": (200, HTML, row(1, "/thread-1-1-1.html").encode())}
    answers["/thread-1-1-1.html"] = (200, HTML, thread_page())
    with serve(answers) as server:
        run = crawl(desk, tmp_path, server)
    assert run.states == {"gone": 1, "list": 1, "ok": 1}


def test_one_bad_link_does_not_lose_the_list(desk: Desk, tmp_path: Path) -> None:
    rows = row(1, "http://[") + row(2, "thread-2-1-1.html")
    answers = {
        "/robots.txt": OPEN,
        "/forum-1-1.html": (200, HTML, rows.encode()),
        "/thread-2-1-1.html": (200, HTML, thread_page()),
    }
    with serve(answers) as server:
        run = crawl(desk, tmp_path, server)
    assert (run.outcome, run.new, run.states["ok"]) == ("finished", 1, 1)


def test_a_page_we_fall_over_is_told_of(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(list_detail, "read_list", fall)
    with serve({"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, row(2, "thread-2-1-1.html").encode())}) as server:
        run = crawl(desk, tmp_path, server)
    assert "ZeroDivisionError" in run.message
