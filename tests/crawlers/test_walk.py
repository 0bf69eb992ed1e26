"""When a list ends, rule by rule; and on a site whose pages never do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.errors import RecipeError
from crawlers.recipe import Stop
from crawlers.rows import ListReading, Row
from crawlers.run import crawl_source
from crawlers.source import read_recipe
from crawlers.walk import Walk
from crawlers.yaml_tree import parse_tree
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, row, serve, thread_page
from tests.crawlers.test_source import GOOD

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NEVER = Stop(no_new_keys=None, same_signature=False, total_reached=False)


def rows(count: int, *, days_old: int | None = None) -> list[Row]:
    posted = None if days_old is None else NOW - timedelta(days=days_old)
    return [Row(key=str(n), url=f"/{n}", posted=posted) for n in range(count)]


def step(walk: Walk, *, fresh: int, known: int = 0, signature: str = "", days_old: int | None = None) -> Walk:
    return walk.after(rows(5, days_old=days_old), fresh=fresh, known=known, signature=signature or f"{walk.rows}")


@pytest.mark.parametrize(
    ("stop", "pages", "reading"),
    [
        (Stop(), [{"fresh": 0}], ListReading()),
        (Stop(no_new_keys=2), [{"fresh": 0}, {"fresh": 0}], ListReading()),
        (Stop(no_new_keys=None, all_known=2), [{"fresh": 5, "known": 5}, {"fresh": 5, "known": 5}], ListReading()),
        (Stop(no_new_keys=9), [{"fresh": 5, "signature": "a"}, {"fresh": 0, "signature": "a"}], ListReading()),
        (Stop(), [{"fresh": 5}, {"fresh": 5}], ListReading(total=10)),
        (Stop(), [{"fresh": 5}, {"fresh": 5}], ListReading(total_pages=2)),
        (Stop(older_than=timedelta(days=30)), [{"fresh": 5}, {"fresh": 5, "days_old": 31}], ListReading()),
    ],
)
def test_a_rule_ends_the_list_at_its_page_and_not_before(
    stop: Stop, pages: list[dict[str, Any]], reading: ListReading
) -> None:
    walk = Walk()
    for number, page in enumerate(pages, 1):
        walk = step(walk, **page)
        assert walk.ended(stop, number, reading, NOW) is (number == len(pages))
        assert not walk.ended(NEVER, number, reading, NOW)


def test_new_rows_begin_the_count_anew_and_dates_are_the_newest_of_the_page() -> None:
    walk = step(step(step(Walk(), fresh=0), fresh=1), fresh=0)
    assert not walk.ended(Stop(no_new_keys=2), 3, ListReading(), NOW)
    mixed = Walk().after([*rows(1, days_old=90), *rows(1, days_old=2)], fresh=2, known=0, signature="x")
    assert not mixed.ended(Stop(older_than=timedelta(days=30)), 1, ListReading(), NOW)


LIST = """\
discover:
  lists: [{{url: '/f?page={{page}}', rows: {{css: tr}}, link: {{css: a, attr: href}}, stop: {stop}}}]
"""


def stop_of(words: str) -> Stop:
    text = GOOD[: GOOD.index("discover")] + LIST.format(stop=words)
    return read_recipe(parse_tree(text.encode(), "example/source.yml"), "example").lists[0].stop


def test_stop_rules_are_read() -> None:
    assert stop_of("[no_rows, 'no_new_keys:2', same_signature, total_reached, 'older_than:P60D', max_pages]") == Stop(
        no_new_keys=2, older_than=timedelta(days=60)
    )
    assert stop_of("['all_known:3']") == Stop(no_new_keys=None, all_known=3, same_signature=False, total_reached=False)
    for words, told in (("[soon]", "没有停止规则 soon"), ("['older_than:x']", "6h"), ("['all_known:x']", "停止规则")):
        with pytest.raises(RecipeError, match=told):
            stop_of(words)


def endless(posts: int) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Pages that always show a next one: behind the last the first is shown again."""
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {"/robots.txt": OPEN}
    for number in range(1, 40):
        first = ((number - 1) % posts) * 3
        lines = "".join(row(n, f"/thread-{n}-1-1.html") for n in range(first + 1, first + 4))
        pages[f"/forum-1-{number}.html"] = (200, HTML, f"<table>{lines}</table><a class=nxt href=x>下一页</a>".encode())
    return pages | {f"/thread-{n}-1-1.html": (200, HTML, thread_page(str(n))) for n in range(1, posts * 3 + 1)}


@pytest.mark.parametrize(("stop", "lists"), [("", 4), ("stop: ['no_new_keys:2']", 5), ("stop: [max_pages]", 8)])
def test_pages_that_never_end_are_left(desk: Desk, tmp_path: Path, stop: str, lists: int) -> None:
    with serve(endless(3)) as server:
        folder = tmp_path / "endless"
        folder.mkdir()
        (folder / "source.yml").write_text(
            f"""\
recipe: {{id: bbs/endless, version: 1, extends: discuz-x, engine: discuz}}
source: {{name: 无尽, kind: forum, lane: A, contact: robot@example.org, legal_note: test}}
scope: {{base: 'http://127.0.0.1:{server.server_port}'}}
discover:
  lists:
    - url: '/forum-1-{{page}}.html'
      rows: {{css: 'tbody[id^=normal]'}}
      link: {{css: a, attr: href}}
      max_pages: 8
      {stop}
""",
            encoding="utf-8",
        )
        run = crawl_source(desk, NothingFound(), folder, allow=[f"127.0.0.1:{server.server_port}"])
    assert (run.states, run.new) == ({"list": lists, "ok": 9}, 9)


def test_a_second_run_stops_where_the_store_knows_everything(desk: Desk, tmp_path: Path) -> None:
    with serve(endless(6)) as server:
        folder = tmp_path / "familiar"
        folder.mkdir()
        (folder / "source.yml").write_text(
            f"""\
recipe: {{id: bbs/familiar, version: 1, extends: discuz-x, engine: discuz}}
source: {{name: 熟悉, kind: forum, lane: A, contact: robot@example.org, legal_note: test}}
scope: {{base: 'http://127.0.0.1:{server.server_port}'}}
discover:
  lists:
    - url: '/forum-1-{{page}}.html'
      stop: ['no_new_keys:1', 'all_known:2']
      rows: {{css: 'tbody[id^=normal]'}}
      link: {{css: a, attr: href}}
""",
            encoding="utf-8",
        )
        where = [f"127.0.0.1:{server.server_port}"]
        first = crawl_source(desk, NothingFound(), folder, allow=where)
        second = crawl_source(desk, NothingFound(), folder, allow=where)
    assert (first.states["list"], first.new) == (7, 18)
    assert (second.states["list"], second.new) == (2, 0)
