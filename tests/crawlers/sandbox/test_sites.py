"""The platforms together: the same every time, log, ports, manners of the HTTP server."""

from __future__ import annotations

import gzip
import socket

import pytest

from crawlers.sandbox.errors import PortTaken, SandboxError
from crawlers.sandbox.sites import serve_sandbox
from pipelines import clock

TOUR = (
    *(("board", f"/forum-{fid}-{page}.html") for fid in (36, 41, 52) for page in (1, 2)),
    *(("ads", f"/jiaoyu/?page={page}") for page in (1, 2)),
    *(("feed", "/api/feed"), ("feed", "/api/feed")),
)


def tour(fetch, places, seed: int) -> list[bytes]:
    """What one walk over the sites brings, origins (whose ports differ) left out."""
    with serve_sandbox(seed=seed) as sandbox:
        stops = [*TOUR, *((p.posting.site, p.path) for p in places.values() if p.posting.id.endswith("4"))]
        return [fetch(sandbox[site], path).body.replace(sandbox[site].encode(), b"") for site, path in stops]


def test_the_same_seed_and_requests_give_the_same_bytes(fetch, places) -> None:
    one, two, other = tour(fetch, places, 1), tour(fetch, places, 1), tour(fetch, places, 2)
    assert one == two
    # Shells and walls are the same under every seed.
    assert sum(a != b for a, b in zip(one, other, strict=True)) > len(one) * 0.75


def test_counters_differ_from_visit_to_visit(sandbox, fetch) -> None:
    for site, path in (("board", "/forum-36-1.html"), ("ads", "/jiaoyu/"), ("feed", "/api/feed")):
        assert fetch(sandbox[site], path).body != fetch(sandbox[site], path).body


def test_the_log_tells_who_asked_for_what_and_got_what(sandbox, fetch) -> None:
    before = clock.now()
    fetch(sandbox["board"], "/forum-36-1.html?x=1", User_Agent="tester/1")
    fetch(sandbox["feed"], "/nothing")
    board, feed = sandbox.log.rows()
    assert (board.site, board.method, board.target, board.user_agent) == (
        *("board", "GET", "/forum-36-1.html?x=1"),
        "tester/1",
    )
    assert (board.status, board.state, feed.status, feed.state) == (200, "list", 404, "gone")
    assert before <= board.at <= feed.at
    assert sandbox.log.rows("feed") == (feed,)
    sandbox.log.clear()
    assert sandbox.log.rows() == ()


def test_a_sandbox_is_a_mapping_of_loopback_origins(sandbox) -> None:
    assert list(sandbox) == ["board", "ads", "feed", "life"]
    assert len(set(sandbox.values())) == 4
    assert all(origin.startswith("http://127.0.0.1:") for origin in sandbox.values())


def test_long_pages_are_packed_for_who_asks(sandbox, fetch) -> None:
    plain = fetch(sandbox["board"], "/forum-52-2.html")
    packed = fetch(sandbox["board"], "/forum-52-2.html", Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"threadlisttableid" in gzip.decompress(packed.body)
    assert packed.headers["Vary"] == "Accept-Encoding"


def test_head_has_the_headers_only_and_static_files_have_validators(sandbox, fetch) -> None:
    for site, path in (("board", "/static/board.css"), ("ads", "/static/ads.css"), ("feed", "/static/item.js")):
        head, get = fetch(sandbox[site], path, "HEAD"), fetch(sandbox[site], path)
        assert head.body == b""
        assert head.headers["Content-Length"] == str(len(get.body))
        assert fetch(sandbox[site], path, If_None_Match=get.headers["ETag"]).status == 304
        assert fetch(sandbox[site], path, If_Modified_Since=get.headers["Last-Modified"]).status == 304
    assert {fetch(sandbox[name], "/").headers["Server"] for name in sandbox} == {"nginx/1.20.1", "openresty", "Tengine"}


def test_posting_to_a_site_is_refused(sandbox, fetch) -> None:
    assert fetch(sandbox["board"], "/member.php", "POST").status == 501


@pytest.mark.parametrize(
    "target", ["/%00", "/forum-36-99999999999999999999.html", "/jiaoyu/?page=-1", "//x", "/%ff?%ff=%ff"]
)
def test_odd_requests_get_an_answer(sandbox, fetch, target: str) -> None:
    for name in sandbox:
        assert fetch(sandbox[name], target).status in (200, 404)


def test_a_taken_port_is_named_and_nothing_is_left_running() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), serve_sandbox(ports=(0, port, 0)):
            pytest.fail("served on a taken port")


def test_only_loopback_is_served_and_ports_are_three_or_four() -> None:
    with pytest.raises(SandboxError, match=r"0\.0\.0\.0"), serve_sandbox(host="0.0.0.0"):  # noqa: S104
        pytest.fail("served the world")
    with pytest.raises(SandboxError, match="3 个端口"), serve_sandbox(ports=(0,)):
        pytest.fail("served one")
    with serve_sandbox(ports=(0, 0, 0)) as sandbox:
        assert list(sandbox) == ["board", "ads", "feed", "life"]


def test_there_are_two_days(sandbox) -> None:
    assert sandbox.day == 1
    with pytest.raises(ValueError, match="3"):
        sandbox.day = 3
