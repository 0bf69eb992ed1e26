"""The feed: shells without content, a JSON interface with moving cursors, posters."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from crawlers.sandbox.placement import Fate
from crawlers.sandbox.poster import PosterShelf, draw_poster, find_font
from crawlers.sandbox.world import World


@pytest.fixture
def api(sandbox, fetch):
    return lambda target: json.loads(fetch(sandbox["feed"], target).body)


def read_feed(api) -> tuple[list[list[dict]], list[str]]:
    pages, cursors, cursor = [], [], ""
    for _ in range(50):
        data = api(f"/api/feed?cursor={cursor}")["data"]
        pages.append(data["items"])
        if not data["more"]:
            assert data["next"] is None
            return pages, cursors
        cursor = data["next"]
        cursors.append(cursor)
    raise AssertionError("the feed never ends")


def test_shells_hold_no_posting_and_load_our_own_script_only(sandbox, fetch, places) -> None:
    shells = [fetch(sandbox["feed"], "/").text()]
    for place in places.values():
        if place.posting.site == "feed" and place.fate is Fate.OK:
            shell = fetch(sandbox["feed"], place.path).text()
            assert place.posting.body[:10] not in shell
            shells.append(shell)
    for shell in shells:
        assert shell.count("<script") == 1
        assert 'src="/static/' in shell
        assert "http" not in shell.replace("http-equiv", "")


def test_the_feed_pages_to_its_end_and_shows_everything(api, places) -> None:
    pages, _ = read_feed(api)
    ids = [card["id"] for page in pages for card in page]
    expected = {f"{place.number:010x}" for place in places.values() if place.posting.site == "feed"}
    assert set(ids) == expected
    assert [after[0]["id"] for after in pages[1:]] == [before[-1]["id"] for before in pages[:-1]]
    assert len(ids) == len(expected) + len(pages) - 1


def test_cursors_move_from_visit_to_visit_and_foreign_ones_are_refused(sandbox, fetch, api) -> None:
    first, second = read_feed(api), read_feed(api)
    assert set(first[1]).isdisjoint(second[1])
    assert [[card["id"] for card in page] for page in first[0]] == [[card["id"] for card in page] for page in second[0]]
    for cursor in ("12", "MTIuMS5hYmNkZWYwMQ", "%FF", "é", "A" * 5000):
        answer = fetch(sandbox["feed"], "/api/feed?cursor=" + cursor.replace("é", "%C3%A9"))
        assert answer.status == 400, cursor


def test_an_item_has_its_text_pictures_and_others_comments(api, places) -> None:
    place = next(p for p in places.values() if p.posting.picture_only and p.fate is Fate.OK)
    one, two = (api(f"/api{place.path}")["data"] for _ in range(2))
    assert one["images"] == [f"/pic/{place.number:010x}-{n}.png" for n in range(len(place.posting.images))]
    assert (one["views"] + 1, one["text"]) == (two["views"], two["text"])
    assert all(card["id"] != one["id"] for card in one["more"])
    assert not any(line in json.dumps(one, ensure_ascii=False) for line in place.posting.images[0] if len(line) > 5)


def test_items_nobody_may_see_say_so_in_the_interface(sandbox, fetch, api, places) -> None:
    for place in places.values():
        if place.posting.site != "feed" or place.fate not in (Fate.LOGIN_WALL, Fate.GONE):
            continue
        answer = api(f"/api{place.path}")
        assert answer["data"] is None
        assert answer["code"] == {Fate.LOGIN_WALL: 40101, Fate.GONE: 40404}[place.fate]
        if place.posting.images:
            assert fetch(sandbox["feed"], f"/pic/{place.number:010x}-0.png").status == 404
    assert api("/api/item/0123456789")["code"] == 40404


def test_drafts_are_linked_but_closed_to_robots(sandbox, api, places) -> None:
    pages, _ = read_feed(api)
    drafts = {card["href"] for page in pages for card in page if card["kind"] == "draft"}
    assert drafts == {p.path for p in places.values() if p.posting.site == "feed" and p.fate is Fate.ROBOTS}
    assert sandbox.forbidden_fetches() == ()
    draft = drafts.pop()
    assert api(f"/api{draft}")["code"] == 0
    assert [row.target for row in sandbox.forbidden_fetches()] == [f"/api{draft}"]


def test_posters_are_png_with_validators_and_the_same_every_time(sandbox, fetch, places) -> None:
    place = places["s5-001"]
    target = f"/pic/{place.number:010x}-0.png"
    answer = fetch(sandbox["feed"], target)
    assert answer.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(answer.body)) as image:
        assert image.format == "PNG"
        assert image.width == 720
        assert len(image.getcolors(100_000)) > 10
    assert fetch(sandbox["feed"], target).body == answer.body
    assert fetch(sandbox["feed"], target, If_None_Match=answer.headers["ETag"]).status == 304
    assert fetch(sandbox["feed"], target.replace("-0.png", "-9.png")).status == 404


def test_posters_depend_on_lines_and_seed_and_are_kept(tmp_path: Path) -> None:
    font = find_font()
    draws = [draw_poster(("周末", "一起读书"), font=font, chance=World(seed).dice("p")) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    shelf = PosterShelf(tmp_path, font)
    first = shelf.poster(("一行",), chance=World(1).dice("q"))
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"kept")
    assert shelf.poster(("一行",), chance=World(1).dice("q")) == b"kept" != first


def test_the_second_day_edits_one_item_and_takes_one_away(sandbox, api, places) -> None:
    before = api(f"/api{places['s5-088'].path}")["data"]["text"]
    sandbox.day = 2
    assert api(f"/api{places['s5-088'].path}")["data"]["text"] == f"{before}\n（编辑过：评论看不过来，晚点一起回。）"
    assert api(f"/api{places['s5-060'].path}")["code"] == 40404
    pages, _ = read_feed(api)
    assert f"{places['s5-060'].number:010x}" not in {card["id"] for page in pages for card in page}
