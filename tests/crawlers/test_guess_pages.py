"""The pages behind the first of a list, whatever its pager looks like: guessed by the draft, followed by the crawl."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.guess_pages import GuessedPages, guess_pages
from crawlers.lists import ListPage, Lists
from crawlers.rows import ListReading
from crawlers.run import crawl_source
from crawlers.source import load_recipe
from crawlers.states import PageView
from crawlers.urls import Site
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound
from tests.crawlers.handmade_sites import Answers, page
from tests.crawlers.small_site import OPEN, board_on, serve
from tests.crawlers.test_handmade_sites import NAME, new
from tests.crawlers.test_source_tools import fill_in

HOST = "https://x.example"


def guessed(path: str, pager: str, postings: tuple[str, ...] = ()) -> GuessedPages:
    rows = "".join(f'<li><a href="{link}">一条信息的标题</a></li>' for link in postings)
    view = PageView.of(url=HOST + path, status=200, body=b"", text=f"<body><ul>{rows}</ul><p>{pager}</p></body>")
    return guess_pages(view, HOST + path, [HOST + link for link in postings])


def links(*found: tuple[str, str]) -> str:
    return " ".join(f'<a href="{href}">{text}</a>' for text, href in found)


@pytest.mark.parametrize(
    ("path", "pager", "url", "numbered", "first"),
    [
        ("/list/", links(("2", "p2/"), ("3", "p3/")), "/list/", "/list/p{page}/", 1),
        ("/z/index.html", links(("2", "index_2.html"), ("3", "index_3.html")), "/z/index.html", "/z/index_{page}.html", 1),  # noqa: E501
        ("/news.html", links(("[2]", "news_2.html")), "/news.html", "/news_{page}.html", 1),
        ("/l-1.html", links(("1", "l-1.html"), ("2", "l-2.html"), ("9", "l-9.html")), "/l-{page}.html", "", 1),
        ("/l-3.html", links(("1", "l-1.html"), ("2", "l-2.html"), ("4", "l-4.html")), "/l-{page}.html", "", 1),
        ("/list", links(("1", "list?page=1"), ("2", "list?page=2")), "/list", "/list?page={page}", 1),
        ("/i.php?c=3", links(("第2页", "i.php?c=3&pn=2"), ("3", "i.php?c=3&pn=3")), "/i.php?c=3", "/i.php?c=3&pn={page}", 1),  # noqa: E501
        # Pages counted from 0.
        ("/q", links(("2", "q?p=1"), ("3", "q?p=2")), "/q", "/q?p={page}", 0),
        ("/", links(("2", "/page/2"), ("3", "/page/3")), "/", "/page/{page}", 1),
        # Came in on the third page, the first stands elsewhere.
        ("/a/i_3.html", links(("1", "i.html"), ("2", "i_2.html"), ("4", "i_4.html")), "/a/i.html", "/a/i_{page}.html", 1),  # noqa: E501
    ],
)  # fmt: skip
def test_numbered_pages_of_any_shape_are_found(path: str, pager: str, url: str, numbered: str, first: int) -> None:
    found = guessed(path, pager)
    assert (found.next, found.url, found.numbered, found.first) == ("", url, numbered, first)


def test_a_link_to_the_next_page_comes_first_but_only_one_that_leads_somewhere() -> None:
    numbers = links(("2", "/l_2.html"))
    assert guessed("/l.html", numbers + links(("下一页", "/l_2.html"))).next
    for dead in ("javascript:;", "#", "https://other.example/2", "/l.html"):
        assert guessed("/l.html", numbers + links(("下一页", dead))).numbered == "/l_{page}.html"
    assert "»" in guessed("/l.html", links(("»", "/l_2.html"))).next


@pytest.mark.parametrize(
    "pager",
    [
        # Days of a calendar, chapters, postings of the list itself, one lonely figure that is no second page.
        links(*((str(day), f"/2026/11/{day:02}.html") for day in range(1, 29))),
        links(("2", "/info/2.html"), ("3", "/info/3.html")),
        links(("7", "/l_7.html")),
        links(("2", "/shop/2"), ("3", "/forum/3")),
    ],
)
def test_other_numbers_are_no_pages(pager: str) -> None:
    assert guessed("/l.html", pager, ("/info/2.html", "/info/3.html")) == GuessedPages()


def paged(shape: str) -> Answers:
    """Three list pages of two postings each, the first at /zs/; the others by the shape."""
    answers: Answers = {"/robots.txt": OPEN}
    pages = {number: shape.replace("{page}", str(number)) if number > 1 else "/zs/" for number in (1, 2, 3)}
    pager = "".join(f'<a href="{path}">{number}</a>' for number, path in pages.items())
    for number, path in pages.items():
        ids = (10 * number + 1, 10 * number + 2)
        rows = "".join(f'<li><a href="/info/{one}.html">第{one}条信息的标题在这里</a></li>' for one in ids)
        answers[path] = page("utf-8", "青溪便民", f'<ul class="rows">{rows}</ul><div class="pg">{pager}</div>')
        for one in ids:
            inside = (
                f"<h1>第{one}条信息的标题在这里</h1><div class='con'>这是第{one}条信息的正文，说的是转让旧书桌。</div>"
            )
            answers[f"/info/{one}.html"] = page("utf-8", f"第{one}条信息的标题在这里 - 青溪便民", inside)
    return answers


def test_a_drafted_source_reads_every_page_of_its_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = "/zs/p{page}/"
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))
    with serve(paged(shape)) as server:
        done = new(server.server_port, "/zs/")
        assert (done.exception, done.return_value) == (None, 0)
        assert "没有找到“下一页”" not in done.stdout
        fill_in(desk.home / "sources" / NAME)
        crawled = crawl_source(desk, NothingFound(), NAME, allow=[f"127.0.0.1:{server.server_port}"])
        lists = [path for path, _headers in server.asked if path.startswith("/zs/")]
    assert (crawled.outcome, crawled.new) == ("finished", 6)
    assert lists[-3:] == ["/zs/", shape.replace("{page}", "2"), shape.replace("{page}", "3")]


@pytest.mark.parametrize(
    ("number", "pager", "behind"),
    [
        (1, links(("2", "/forum-1-2.html"), ("3", "/forum-1-3.html")), 2),
        (3, links(("1", "/forum-1-1.html"), ("2", "/forum-1-2.html")), None),
        # Of two pages the second links to one other; its own number beside that, and nothing else, is the end.
        (2, '<p><a href="/forum-1-1.html">1</a> <b>2</b> <span>下一页</span> 共2页</p>', None),
        (2, '<p><a href="/forum-1-1.html">1</a> <b>2</b> <a onclick="go(3)">下一页</a></p>', 3),
        (2, '<p><a href="/forum-1-1.html">1</a> <b>2</b> <button>下一页</button></p>', 3),
        (2, '<p><a href="/forum-1-1.html">1</a> <b>2</b> <i>3</i></p>', 3),
        # A pager drawn by a script, and the way back that every page shows, say nothing of what lies behind.
        (3, "", 4),
        (3, links(("返回", "/forum-1-1.html")), 4),
        (3, links(("1", "/forum-2-1.html"), ("2", "/forum-2-2.html")), 4),
    ],
)
def test_the_last_page_of_a_numbered_list_is_known_by_its_pager(
    tmp_path: Path, number: int, pager: str, behind: int | None
) -> None:
    recipe = load_recipe(board_on(tmp_path, "https", 443))
    site = Site.of(recipe)
    assert site is not None
    view = PageView.of(url=site.absolute(f"/forum-1-{number}.html"), status=200, body=b"", text=f"<body>{pager}</body>")
    page = ListPage(rule=0, template=recipe.lists[0].url, number=number)
    found = [ask.place["number"] for ask in Lists(recipe, site).after(page, ListReading(), view)]
    assert found == ([behind] if behind is not None else [])
