"""The board: a local forum shaped like Discuz! X3, bytes in GBK, walls served as 200, junk text that moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from crawlers.sandbox.http_site import Reply, Request
from crawlers.sandbox.markup import board_date, lines_of, recent_words, render, static_file
from crawlers.sandbox.placement import CLOSED_FORUM, FORUMS, MOVED, Fate, Place, Section
from crawlers.sandbox.threads import Post, Threads
from crawlers.sandbox.world import World

PAGE_SIZE = 20
POSTS_PER_PAGE = 10
#: The notices pinned on top of every forum: number, title, text. Not postings, so not in truth.jsonl.
NOTICES = (
    (
        1001,
        "【版规】发帖前请先看这里",
        "文明发言，不骂街不人肉。\n重复刷屏的只留一帖。\n交易有风险，见面验货，别提前转账。",
    ),
    (1002, "关于清理僵尸马甲的通知", "连续两年没登录的账号将在月底清理，还想留着的回个帖就行。"),
)
#: The forum with the moved row whose address robots.txt forbids.
MOVED_INTO = FORUMS[0]

_ROBOTS = """# 三岔口社区 robots 说明
User-agent: *
Disallow: /api/
Disallow: /data/
Disallow: /source/
Disallow: /install/
Disallow: /template/
Disallow: /config/
Disallow: /uc_client/
Disallow: /uc_server/
Disallow: /admin.php
Disallow: /search.php
Disallow: /member.php
Disallow: /home.php
Disallow: /*?mod=misc*
Disallow: /*?mod=attachment*
Disallow: /*?mod=redirect*
Disallow: /*?mod=post*
Disallow: /*mobile=yes*
Disallow: /forum-88-
Disallow: /neibu/
"""
_MESSAGES = {
    Fate.LOGIN_WALL: "抱歉，您尚未登录，没有权限访问该主题，请登录后继续浏览",
    Fate.PERMISSION: "抱歉，本帖要求阅读权限高于 50 才能浏览",
    Fate.GONE: "抱歉，指定的主题不存在或已被删除",
    Fate.UNDER_REVIEW: "您要查看的主题正在被审核，请稍后再来",
}
_UNKNOWN_THREAD = "抱歉，指定的主题不存在或已被删除或正在被审核"
_UNKNOWN_FORUM = "抱歉，指定的版块不存在"
#: What the forum sends with every page; nobody needs the cookie to read on.
_SESSION_HEADERS = (
    ("X-Powered-By", "PHP/7.4.33"),
    ("Cache-Control", "no-store, private, post-check=0, pre-check=0, max-age=0"),
    ("Expires", "-1"),
    ("Pragma", "no-cache"),
    ("Set-Cookie", "sck_2132_saltkey=Kq3vT0aB; path=/; HttpOnly"),
)


class Board:
    """Pages of the board; `answer` is safe to call from many threads."""

    name = "board"
    server = "nginx/1.20.1"

    def __init__(self, world: World, places: Sequence[Place]) -> None:
        self._world = world
        self._places = {place.number: place for place in places}
        self._dates = world.dates(places)
        self._threads = Threads(world, self._dates)
        self._routes = (
            (re.compile(r"/robots\.txt"), self._robots),
            (re.compile(r"/static/board\.css"), lambda _request: static_file("board.css")),
            (re.compile(r"/(?:index\.php|forum\.html)?"), self._index),
            (re.compile(r"/forum\.php"), self._by_query),
            (re.compile(r"/(?:member|search|home)\.php"), lambda _request: self._message(Fate.LOGIN_WALL)),
            (re.compile(r"/forum-(?P<fid>\d+)-(?P<page>\d+)\.html"), self._forum),
            (re.compile(r"/(?:neibu/)?thread-(?P<tid>\d+)-(?P<page>\d+)-\d+\.html"), self._thread),
        )

    def answer(self, request: Request) -> Reply:
        for pattern, view in self._routes:
            match = pattern.fullmatch(request.path)
            if match:
                return view(request, **match.groupdict())
        return self._html("board/message.html", status=404, state="gone", text="404 您访问的页面不存在", login=False)

    def _robots(self, _request: Request) -> Reply:
        # Old sites save this file in their own charset too: the comment is GBK.
        return Reply(body=_ROBOTS.encode("gbk"), content_type="text/plain", state="robots", etag="6553f100-2c1")

    def _by_query(self, request: Request) -> Reply:
        mod, page = request.query.get("mod"), request.query.get("page", "1")
        number = request.query.get("fid") or request.query.get("tid")
        if mod is None and number is None:
            return self._index(request)
        if number is None or not number.isdigit() or not page.isdigit():
            return self._message(None, _UNKNOWN_THREAD)
        if mod == "forumdisplay":
            return self._forum(request, fid=number, page=page)
        if mod in ("viewthread", "redirect"):
            return self._thread(request, tid=number, page=page)
        return self._message(Fate.LOGIN_WALL)

    def _index(self, _request: Request) -> Reply:
        forums = [
            {"slug": forum.slug, "name": forum.name, "threads": len(self._rows(forum)), "today": today}
            for forum, today in zip((*FORUMS, CLOSED_FORUM), (7, 12, 9, 1), strict=True)
        ]
        return self._html("board/index.html", state="list", forums=forums)

    def _forum(self, _request: Request, fid: str, page: str) -> Reply:
        forum = next((forum for forum in (*FORUMS, CLOSED_FORUM) if forum.slug == fid), None)
        if forum is None:
            return self._message(None, _UNKNOWN_FORUM)
        rows = self._rows(forum)
        pages = max(1, -(-len(rows) // PAGE_SIZE))
        # Like the real thing: a page beyond the last one shows the first again.
        number = int(page) if 1 <= int(page) <= pages else 1
        start = (number - 1) * PAGE_SIZE
        return self._html(
            "board/forum.html",
            state="robots_denied" if forum is CLOSED_FORUM else "list",
            forum=forum,
            rows=[self._row(place) for place in rows[start : start + PAGE_SIZE]],
            notices=[self._notice_row(notice) for notice in NOTICES],
            page=number,
            pages=pages,
        )

    def _rows(self, forum: Section) -> list[Place]:
        """Threads by last reply, newest first; the vanished leave the list with the second day."""
        places = [
            place
            for place in self._places.values()
            if (place.section is forum or (forum is MOVED_INTO and place.posting.id == MOVED))
            and not (self._world.day == 2 and place.vanishes)
        ]
        return sorted(places, key=lambda place: (self._threads.last(place), place.number), reverse=True)

    def _row(self, place: Place) -> dict[str, object]:
        posting, noon = place.posting, self._world.noon()
        chance = self._world.dice("row", posting.id)
        posted, replies = self._dates[posting.id], len(self._threads.reply_times(place))
        last, last_author = self._threads.last(place)
        return {
            "number": place.number,
            "path": place.path,
            "title": posting.title,
            "tag": posting.fields.get("类别", "").split("/")[0],
            "author": posting.author,
            "posted": board_date(posted, clock_time=False),
            "posted_words": recent_words(posted, noon),
            "replies": replies,
            "views": chance.randrange(40, 2600) + 13 * self._world.visit(f"row {posting.id}"),
            "last_author": last_author,
            "last": board_date(last),
            "last_words": recent_words(last, noon),
            "permission": place.fate is Fate.PERMISSION,
            "pages": 2 if replies >= POSTS_PER_PAGE else 1,
        }

    def _notice_row(self, notice: tuple[int, str, str]) -> dict[str, object]:
        return {"number": notice[0], "title": notice[1], "posted": "2026-3-2", "views": 18_000 + notice[0]}

    def _thread(self, _request: Request, tid: str, page: str) -> Reply:
        notice = next((notice for notice in NOTICES if str(notice[0]) == tid), None)
        if notice is not None:
            return self._notice(notice)
        place = self._places.get(int(tid))
        if place is None:
            return self._message(None, _UNKNOWN_THREAD)
        place = place.on_day(self._world.day)
        if place.fate in _MESSAGES:
            return self._message(place.fate)
        return self._posts(place, int(page))

    def _posts(self, place: Place, page: int) -> Reply:
        posting = place.posting
        visit = self._world.visit(f"thread {posting.id}")
        posts = self._threads.posts(place, visit)
        pages = -(-len(posts) // POSTS_PER_PAGE)
        page = page if 1 <= page <= pages else pages
        shown = posts[(page - 1) * POSTS_PER_PAGE : page * POSTS_PER_PAGE]
        return self._html(
            "board/thread.html",
            state="robots_denied" if place.fate is Fate.ROBOTS else "ok",
            forum=place.section,
            tid=place.number,
            path=place.path,
            title=posting.title,
            posts=shown,
            first=page == 1,
            fields=posting.fields,
            district=posting.district,
            edited=board_date(self._world.noon()) if self._world.day == 2 and place.edit else None,
            views=self._world.dice("row", posting.id).randrange(40, 2600) + visit,
            replies=len(posts) - 1,
            related=self._related(place, visit),
            page=page,
            pages=pages,
        )

    def _related(self, place: Place, visit: int) -> list[Place]:
        others = [other for other in self._places.values() if other.fate is Fate.OK and other.number != place.number]
        return self._world.dice("related", place.posting.id, visit).sample(others, 4)

    def _notice(self, notice: tuple[int, str, str]) -> Reply:
        number, title, text = notice
        at = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
        post = Post(number=number, author="版主", at=at, words=None, html=Markup("<br />\n").join(lines_of(text)))
        return self._html(
            "board/thread.html",
            forum=FORUMS[-1],
            tid=number,
            path=f"/thread-{number}-1-1.html",
            title=title,
            posts=[post],
            first=True,
            fields={},
            district="全站",
            edited=None,
            views=18_000 + number,
            replies=0,
            related=[],
            page=1,
            pages=1,
        )

    def _message(self, fate: Fate | None, text: str = "") -> Reply:
        login = fate is Fate.LOGIN_WALL
        state = str(fate) if fate else "gone"
        return self._html("board/message.html", state=state, text=text or _MESSAGES[fate or Fate.GONE], login=login)

    def _html(self, template: str, *, status: int = 200, state: str = "ok", **values: object) -> Reply:
        page = render(template, board_date=board_date, **values)
        return Reply(
            # What GBK cannot write becomes a numeric entity, as forum software does it.
            body=page.encode("gbk", "xmlcharrefreplace"),
            content_type="text/html; charset=gbk",
            status=status,
            state=state,
            headers=_SESSION_HEADERS,
        )
