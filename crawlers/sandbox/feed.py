"""The feed: empty HTML shells that our own JavaScript fills from a JSON interface, and posters."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawlers.sandbox.http_site import Reply, Request
from crawlers.sandbox.markup import render, static_file, tag_of
from crawlers.sandbox.placement import CLOSED_STREAM, Fate, Place
from crawlers.sandbox.poster import PosterShelf
from crawlers.sandbox.world import FIRST_NOON, World

PAGE_SIZE = 12
#: A card shows this many characters; the whole text stands on the item's page.
CARD_TEXT = 60

_ROBOTS = """User-agent: *
Disallow: /draft/
Disallow: /api/draft/
"""
_COMMENTS = (
    "好看诶",
    "位置发我一下",
    "已私",
    "这个我懂",
    "我家娃也在你那边上的英语，一节一百五，进步挺大",
    "求同款",
    "明天去",
    "姐妹太会写了",
    "要补数学的可以找我，包中考120",
)
_NICKS = ("阿弦", "芋泥波波", "海风咸咸的", "陈皮", "不吃香菜", "小满", "椰子壳", "七七")
#: Answers that are not the item, by fate: code and words of the interface.
_REFUSALS: Mapping[Fate, tuple[int, str]] = {
    Fate.LOGIN_WALL: (40101, "登录后查看完整内容"),
    Fate.GONE: (40404, "内容不存在或已被作者删除"),
}


class Feed:
    """Pages and JSON interface of the feed; `answer` is safe to call from many threads."""

    name = "feed"
    server = "Tengine"

    def __init__(self, world: World, places: Sequence[Place], shelf: PosterShelf) -> None:
        self._world = world
        self._places = {place.number: place for place in places}
        self._dates = world.dates(places)
        self._shelf = shelf
        self._routes = (
            (re.compile(r"/robots\.txt"), self._robots),
            (re.compile(r"/static/(?P<name>feed\.css|feed\.js|item\.js)"), _static),
            (re.compile(r"/"), self._shell),
            (re.compile(r"/(?P<stream>item|draft)/(?P<key>[0-9a-f]{10})"), self._item_shell),
            (re.compile(r"/draft/"), self._draft_list),
            (re.compile(r"/api/feed"), self._api_feed),
            (re.compile(r"/api/(?P<stream>item|draft)/(?P<key>[0-9a-f]{10})"), self._api_item),
            (re.compile(r"/pic/(?P<key>[0-9a-f]{10})-(?P<number>\d)\.png"), self._picture),
        )

    def answer(self, request: Request) -> Reply:
        for pattern, view in self._routes:
            match = pattern.fullmatch(request.path)
            if match:
                return view(request, **match.groupdict())
        return _html(render("feed/lost.html"), status=404, state="gone")

    def _robots(self, _request: Request) -> Reply:
        return Reply(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8", state="robots", etag="robots-1")

    def _shell(self, _request: Request) -> Reply:
        return _html(render("feed/feed.html"), state="shell")

    def _item_shell(self, _request: Request, stream: str, key: str) -> Reply:
        state = "robots_denied" if stream == CLOSED_STREAM.slug else "shell"
        return _html(render("feed/item.html", stream=stream, key=key), state=state)

    def _draft_list(self, _request: Request) -> Reply:
        drafts = [place for place in self._places.values() if place.section is CLOSED_STREAM]
        return _html(render("feed/drafts.html", drafts=drafts), state="robots_denied")

    def _api_feed(self, request: Request) -> Reply:
        start = self._offset(request.query.get("cursor", ""))
        if start is None:
            return _json({"code": 40012, "msg": "cursor 无效"}, status=400, state="unknown")
        cards = self._cards()
        visit = self._world.visit("feed")
        # Every page but the first begins with the last card of the one before, as feeds that move do.
        shown = cards[max(0, start - 1) : start + PAGE_SIZE]
        more = start + PAGE_SIZE < len(cards)
        data = {
            "items": [self._card(place) for place in shown],
            "more": more,
            "next": self._cursor(start + PAGE_SIZE, visit) if more else None,
        }
        trace = tag_of(self._world.seed, "trace", visit)
        return _json({"code": 0, "msg": "ok", "trace": trace, "data": data}, state="list")

    def _cards(self) -> list[Place]:
        """Newest first, drafts among them; the vanished leave with the second day."""
        places = [place for place in self._places.values() if not (self._world.day == 2 and place.vanishes)]
        return sorted(places, key=lambda place: self._dates[place.posting.id], reverse=True)

    def _card(self, place: Place) -> dict[str, Any]:
        place = place.on_day(self._world.day)
        card: dict[str, Any] = {
            "id": _key(place),
            "href": place.path,
            "author": place.posting.author,
            "created_at": self._millis(place),
            "likes": self._likes(place),
            "edited": bool(place.edit) and self._world.day == 2,
        }
        if place.fate is Fate.ROBOTS:
            return {**card, "kind": "draft", "title": "作者还没写完，先看看草稿", "text": "", "images": []}
        if place.fate is not Fate.OK:
            return {**card, "kind": "post", "title": place.posting.title, "text": "", "images": []}
        text = place.posting.body
        short = text if len(text) <= CARD_TEXT else text[:CARD_TEXT] + "…"
        return {**card, "kind": "post", "title": place.posting.title, "text": short, "images": _pictures(place)[:1]}

    def _api_item(self, _request: Request, stream: str, key: str) -> Reply:
        place = self._places.get(int(key, 16))
        if place is None or place.section.slug != stream:
            return _refusal(Fate.GONE)
        place = place.on_day(self._world.day)
        if place.fate in _REFUSALS:
            return _refusal(place.fate)
        posting = place.posting
        visit = self._world.visit(f"item {posting.id}")
        data = {
            "id": key,
            "title": posting.title,
            "text": posting.body,
            "author": posting.author,
            "district": posting.district,
            "created_at": self._millis(place),
            "images": _pictures(place),
            "likes": self._likes(place),
            "views": self._world.dice("views", posting.id).randrange(100, 9000) + visit,
            "comments": self._comments(place),
            "more": [self._card(other) for other in self._others(place, visit)],
        }
        edited = bool(place.edit) and self._world.day == 2
        return _json(
            {"code": 0, "msg": "ok", "data": data},
            state="robots_denied" if place.fate is Fate.ROBOTS else "ok",
            etag=tag_of(self._world.seed, posting.title, posting.body, posting.images),
            last_modified=self._world.noon() if edited else min(self._dates[posting.id], FIRST_NOON),
        )

    def _comments(self, place: Place) -> list[dict[str, str]]:
        chance = self._world.dice("comments", place.posting.id)
        return [
            {"author": chance.choice(_NICKS), "text": text} for text in chance.sample(_COMMENTS, chance.randrange(4))
        ]

    def _others(self, place: Place, visit: int) -> list[Place]:
        others = [other for other in self._places.values() if other.fate is Fate.OK and other.number != place.number]
        return self._world.dice("more", place.posting.id, visit).sample(others, 3)

    def _picture(self, _request: Request, key: str, number: str) -> Reply:
        place = self._places.get(int(key, 16))
        if place is None or place.fate not in (Fate.OK, Fate.ROBOTS) or int(number) >= len(place.posting.images):
            return _html(render("feed/lost.html"), status=404, state="gone")
        posting = place.posting
        data = self._shelf.poster(posting.images[int(number)], chance=self._world.dice("poster", posting.id, number))
        return Reply(
            body=data,
            content_type="image/png",
            state="image",
            etag=tag_of(data.hex()),
            last_modified=self._dates[posting.id],
            headers=(("Cache-Control", "public, max-age=604800"),),
        )

    def _likes(self, place: Place) -> int:
        base = self._world.dice("likes", place.posting.id).randrange(400)
        return base + self._world.visit(f"likes {place.posting.id}") // 3

    def _millis(self, place: Place) -> int:
        return int(self._dates[place.posting.id].timestamp() * 1000)

    def _cursor(self, offset: int, visit: int) -> str:
        """Where to read on; another token at each visit, which only this feed can read."""
        seal = tag_of(self._world.seed, "cursor", offset, visit)[:8]
        return base64.urlsafe_b64encode(f"{offset}.{visit}.{seal}".encode()).decode().rstrip("=")

    def _offset(self, cursor: str) -> int | None:
        """The place a cursor stands for; 0 for none, None for one this feed never gave out."""
        if not cursor:
            return 0
        try:
            offset, visit, _seal = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(".")
            return int(offset) if self._cursor(int(offset), int(visit)) == cursor else None
        except (ValueError, binascii.Error):
            return None


def _key(place: Place) -> str:
    return f"{place.number:010x}"


def _pictures(place: Place) -> list[str]:
    return [f"/pic/{_key(place)}-{number}.png" for number in range(len(place.posting.images))]


def _static(_request: Request, name: str) -> Reply:
    return static_file(name)


def _refusal(fate: Fate) -> Reply:
    code, words = _REFUSALS[fate]
    return _json({"code": code, "msg": words, "data": None}, state=str(fate))


def _html(page: str, *, status: int = 200, state: str) -> Reply:
    return Reply(
        body=page.encode(),
        content_type="text/html; charset=utf-8",
        status=status,
        state=state,
        headers=(("Cache-Control", "no-cache"),),
    )


def _json(
    value: Mapping[str, Any],
    *,
    status: int = 200,
    state: str,
    etag: str | None = None,
    last_modified: datetime | None = None,
) -> Reply:
    return Reply(
        body=json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(),
        content_type="application/json; charset=utf-8",
        status=status,
        state=state,
        etag=etag,
        last_modified=last_modified,
        headers=(("Cache-Control", "no-cache"),),
    )
