"""The classified-ads site: two charsets declared, masked phones, twins, promoted rows, a verification page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

from crawlers.sandbox.http_site import Reply, Request
from crawlers.sandbox.markup import lines_of, recent_words, render, static_file, tag_of
from crawlers.sandbox.placement import CATEGORIES, CLOSED_CATEGORY, WALLED_CATEGORY, Fate, Place, Section
from crawlers.sandbox.turnstile import Pace, Turnstile
from crawlers.sandbox.world import FIRST_NOON, World

PAGE_SIZE = 15
#: Categories of the menu, the walled and the closed one last.
MENU = (*CATEGORIES, WALLED_CATEGORY, CLOSED_CATEGORY)

# The byte order mark before the first rule is there on purpose: editors on Windows leave it.
_ROBOTS = """\ufeffUser-agent: *
Crawl-delay: 0.05
Disallow: /vip/
Disallow: /m/vip/
Disallow: /show/
Disallow: /search
"""
_AD = re.compile(r"/x(\d{1,18})\.html$")
_PHONE_LABEL = re.compile("电话|手机|联系|致电")
_PHONE = re.compile(r"1\d{10}")
_FEE_LABEL = re.compile("费|价|租金|报酬|薪|工资|酬谢")


class Ads:
    """Pages of the ads site; `answer` is safe to call from many threads. Its walled section stands at an address of
    its own as well, under another `name`."""

    server = "openresty"

    def __init__(self, world: World, places: Sequence[Place], pace: Pace, *, name: str = "ads") -> None:
        self.name = name
        self._world = world
        self._places = {place.number: place for place in places}
        self._dates = world.dates(places)
        #: Those that other pages lead to; of the walled section only its own list tells.
        self._led_to = [place for place in places if place.section is not WALLED_CATEGORY]
        self.turnstile = Turnstile(pace=pace)
        slug = "|".join(section.slug for section in MENU)
        self._free_routes = (
            (re.compile(r"/robots\.txt"), self._robots),
            (re.compile(r"/static/ads\.css"), lambda _request: static_file("ads.css")),
        )
        self._routes = (
            (re.compile(r"/(?:m/)?"), self._home),
            (re.compile(rf"/(?P<mobile>m/)?(?P<slug>{slug})/"), self._list),
            (re.compile(rf"/(?P<mobile>m/)?(?P<slug>{slug})/x(?P<number>\d+)\.html"), self._ad),
            (re.compile(r"/click"), self._click),
            (re.compile(r"/show/(?P<number>\d+)"), self._phone),
        )

    def answer(self, request: Request) -> Reply:
        for pattern, view in self._free_routes:
            if pattern.fullmatch(request.path):
                return view(request)
        walled = request.path.removeprefix("/m").startswith(f"/{WALLED_CATEGORY.slug}/")
        if not self.turnstile.admits(request.client, walled_section=walled, barred=self._is_barred(request.path)):
            return self._wall(request)
        for pattern, page in self._routes:
            match = pattern.fullmatch(request.path)
            if match:
                return page(request, **match.groupdict())
        return self._html("ads/notice.html", status=404, state="gone", text="您要浏览的网页不存在", more=[])

    def _is_barred(self, path: str) -> bool:
        """Is it the page of an ad that nobody is shown?"""
        match = _AD.search(path)
        place = self._places.get(int(match[1])) if match else None
        return place is not None and place.fate is Fate.CAPTCHA

    def _robots(self, _request: Request) -> Reply:
        return Reply(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8", state="robots", etag="robots-1")

    def _home(self, _request: Request) -> Reply:
        return self._html("ads/home.html", state="list", counts={s.slug: len(self._rows(s)) for s in MENU})

    def _list(self, request: Request, mobile: str | None, slug: str) -> Reply:
        section = next(section for section in MENU if section.slug == slug)
        rows = self._rows(section)
        pages = max(1, -(-len(rows) // PAGE_SIZE))
        asked = request.query.get("page", "1")
        asked_number = max(1, int(asked)) if asked.isdigit() and len(asked) < 7 else 1
        # Beyond the end the last page comes again, and its link to the next page too.
        number = min(asked_number, pages)
        shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        visit = self._world.visit(f"list {slug}")
        return self._html(
            "ads/list.html",
            state=_state_of(section, "list"),
            section=section,
            promoted=self._promoted(section, number, visit),
            rows=[self._row(place, visit, mobile or "") for place in shown],
            hot=self._others(section.slug, visit, 6),
            page=asked_number,
            total=len(rows),
        )

    def _rows(self, section: Section) -> list[Place]:
        """Ads of a category, newest first, members' ads among them although robots.txt forbids their pages; what has
        vanished leaves the list with the second day."""
        places = [
            place
            for place in self._places.values()
            if section in (place.section, place.offered_in) and not (self._world.day == 2 and place.vanishes)
        ]
        return sorted(places, key=lambda place: self._dates[place.posting.id], reverse=True)

    def _row(self, place: Place, visit: int, mobile: str) -> dict[str, object]:
        """A row; one in six links through a tracking tail, one in nine to the mobile twin."""
        chance = self._world.dice("row", place.posting.id, visit)
        path = f"/{mobile}{place.path[1:]}"
        if chance.random() < 1 / 9:
            path = f"/m{place.path}"
        elif chance.random() < 1 / 6:
            path += f"?from=list_{place.section.slug}&tk={chance.randrange(16**8):08x}"
        return {**self._teaser(place), "path": path}

    def _teaser(self, place: Place) -> dict[str, object]:
        posting, at = place.posting, self._dates[place.posting.id]
        fees = [value for label, value in posting.fields.items() if _FEE_LABEL.search(label)]
        return {
            "number": place.number,
            "title": posting.title,
            "path": place.path,
            "district": posting.district,
            "fee": fees[0] if fees else "面议",
            "when": recent_words(at, self._world.noon()) or f"{at:%m-%d}",
            "teaser": posting.body.replace("\n", " ")[:36],
        }

    def _promoted(self, section: Section, page: int, visit: int) -> list[dict[str, object]]:
        """Three rows that lead through /click: two ads that stand in a list anyway, one outside advertiser."""
        if page > 1:
            return []
        chance = self._world.dice("promoted", section.slug, visit)
        own = [place for place in self._led_to if place.fate in (Fate.OK, Fate.ROBOTS) and not place.vanishes]
        rows = [self._teaser(place) for place in chance.sample(own, 2)]
        for row in rows:
            row["path"] = _click(str(row["path"]), chance.randrange(16**8))
        outside = {
            "number": 0,
            "title": "品牌空调以旧换新节",
            "district": "全城",
            "fee": "到店议",
            "when": "推广",
            "teaser": "",
        }
        return [*rows, {**outside, "path": _click("https://promo.example.invalid/lp?c=88", visit)}]

    def _ad(self, request: Request, mobile: str | None, slug: str, number: str) -> Reply:
        place = self._places.get(int(number))
        visit = self._world.visit(f"ad {number}")
        if place is None or place.section.slug != slug:
            return self._html(
                "ads/notice.html", state="gone", text="您要浏览的信息不存在", more=self._others(slug, visit, 5)
            )
        place = place.on_day(self._world.day)
        if place.fate is Fate.GONE:
            text = "该信息已过期，发布者可能已经完成交易"
            return self._html("ads/notice.html", state="gone", text=text, more=self._others(slug, visit, 5))
        posting, at = place.posting, self._dates[place.posting.id]
        edited = bool(place.edit) and self._world.day == 2
        return self._html(
            "ads/ad_mobile.html" if mobile else "ads/ad.html",
            state=_state_of(place.section, "ok"),
            etag=tag_of(self._world.seed, posting.title, posting.body, posting.fields, mobile),
            last_modified=self._world.noon() if edited else min(at, FIRST_NOON),
            place=place,
            canonical=f"{request.origin}{place.path}",
            pairs=[self._pair(place, label, value) for label, value in posting.fields.items()],
            lines=lines_of(posting.body),
            first=f"{at:%Y年%m月%d日 %H:%M}",
            words=recent_words(at, self._world.noon()) or f"{at:%m-%d}",
            views=self._world.dice("views", posting.id).randrange(20, 900) + visit,
            more=self._others(slug, visit, 6, but=place),
        )

    def _pair(self, place: Place, label: str, value: str) -> dict[str, object]:
        """A label with its value; of a phone number only the head, the tail stands behind a link."""
        hidden = bool(_PHONE_LABEL.search(label))
        shown = _PHONE.sub(lambda match: f"{match.group()[:7]}****", value) if hidden else value
        masked = hidden and "*" in shown
        return {"label": label, "value": shown, "show": f"/show/{place.number}" if masked else ""}

    def _others(self, slug: str, visit: int, count: int, but: Place | None = None) -> list[dict[str, object]]:
        """Ads that have nothing to do with the page they stand on; others at every visit."""
        places = [place for place in self._led_to if place.fate is Fate.OK and place is not but]
        chance = self._world.dice("others", slug, but.number if but else 0, visit)
        return [self._teaser(place) for place in chance.sample(places, count)]

    def _click(self, request: Request) -> Reply:
        """On to wherever `u` points, like the real thing; loopback only, so nobody can abuse it."""
        target = request.query.get("u", "/")
        if urlsplit(target).scheme not in ("", "http", "https"):
            return self._html("ads/notice.html", state="gone", text="链接无效", more=[])
        location = quote(target, safe="/:?&=%#.-_~")
        return Reply(
            body=b"",
            content_type="text/html; charset=gb2312",
            status=302,
            state="moved",
            headers=(("Location", location),),
        )

    def _phone(self, _request: Request, number: str) -> Reply:
        tail = f"{int(number) % 10_000:04d}"
        return Reply(
            body=f'{{"tail":"{tail}"}}'.encode(), content_type="application/json; charset=utf-8", state="robots_denied"
        )

    def _wall(self, request: Request) -> Reply:
        serial = self._world.visit("wall")
        ticket = tag_of(self._world.seed, "wall", serial)
        return self._html("ads/wall.html", state="captcha", ticket=ticket, path=request.path, client=request.client)

    def _html(
        self,
        template: str,
        *,
        status: int = 200,
        state: str = "ok",
        etag: str | None = None,
        last_modified: datetime | None = None,
        **values: object,
    ) -> Reply:
        page = render(template, menu=MENU, **values)
        # The header's charset is wrong, the page's meta and its byte order mark are right: browsers believe
        # the mark, programs that believe the header read nonsense.
        return Reply(
            body=page.encode("utf-8-sig"),
            content_type="text/html; charset=gb2312",
            status=status,
            state=state,
            etag=etag,
            last_modified=last_modified,
            headers=(("Cache-Control", "private, max-age=0"),),
        )


def _state_of(section: Section, otherwise: str) -> str:
    return "robots_denied" if section is CLOSED_CATEGORY else otherwise


def _click(target: str, serial: int) -> str:
    return f"/click?u={quote(target, safe='')}&k={serial:08x}"
