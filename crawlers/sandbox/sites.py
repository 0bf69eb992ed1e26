"""All platforms together: start them, look at their log, move them to the second day, stop them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from protego import Protego

from crawlers.sandbox.ads import Ads
from crawlers.sandbox.board import Board
from crawlers.sandbox.errors import SandboxError
from crawlers.sandbox.feed import Feed
from crawlers.sandbox.http_site import LocalSite, LoggedRequest, Pages, Request, RequestLog
from crawlers.sandbox.placement import place_postings
from crawlers.sandbox.poster import PosterShelf, find_font
from crawlers.sandbox.postings import SITES, load_postings
from crawlers.sandbox.turnstile import Pace
from crawlers.sandbox.world import World

LOOPBACK = ("127.0.0.1", "localhost")
#: Every platform in the order of its port. The last is the walled section of the ads site at an address of its own: a
#: wall lets a host rest, and only that source is to rest.
PLATFORMS = (*SITES, "life")
#: Pages of the walled section that a visitor of its own address gets to see, should none of them be a barred one.
_LIFE_PAGES = 12


class Sandbox(Mapping[str, str]):
    """The running platforms: site name to origin. What it knows beyond that is never served over HTTP."""

    def __init__(self, sites: Sequence[LocalSite], pages: Mapping[str, Pages], world: World, log: RequestLog) -> None:
        self._sites = {site.name: site for site in sites}
        self._pages = pages
        self._world = world
        #: Every request to any of the sites.
        self.log = log

    def __getitem__(self, name: str) -> str:
        return self._sites[name].origin

    def __iter__(self) -> Iterator[str]:
        return iter(self._sites)

    def __len__(self) -> int:
        return len(self._sites)

    @property
    def day(self) -> int:
        """1 or 2; set it to move on: five postings are edited and five are gone on the second day."""
        return self._world.day

    @day.setter
    def day(self, value: int) -> None:
        self._world.day = value

    def reset_walls(self) -> None:
        """The ads site forgets who asked too much, at both addresses."""
        for pages in self._pages.values():
            if isinstance(pages, Ads):
                pages.turnstile.reset()

    def robots_txt(self, name: str) -> str:
        """The site's robots.txt as text, asked for off the record."""
        origin = self[name]
        reply = self._pages[name].answer(Request(path="/robots.txt", query={}, origin=origin, client="inside"))
        return reply.body.decode("gbk" if name == "board" else "utf-8-sig")

    def forbidden_fetches(self) -> tuple[LoggedRequest, ...]:
        """Requests so far that robots.txt forbids; a lawful crawler leaves none."""
        rules = {name: Protego.parse(self.robots_txt(name)) for name in self}
        return tuple(
            row for row in self.log.rows() if not rules[row.site].can_fetch(self[row.site] + row.target, row.user_agent)
        )


@contextmanager
def serve_sandbox(
    *,
    seed: int = 1,
    host: str = "127.0.0.1",
    ports: Sequence[int] = (0, 0, 0, 0),
    pace: Pace | None = None,
    posters: Path | None = None,
) -> Iterator[Sandbox]:
    """Serve board, ads, feed and life until the block ends; port 0 takes a free one, and so does life when three ports
    are given, as by those who knew three platforms.

    `pace` sets when the ads site puts up its verification page; `posters` keeps drawn posters for the next time.
    Raises PortTaken, NoFont, and SandboxError for a host that is not loopback.
    """
    if host not in LOOPBACK:
        raise SandboxError(f"演示平台只在本机提供，不能监听 {host}")
    if len(ports) not in (len(SITES), len(PLATFORMS)):
        raise SandboxError(f"需要 {len(SITES)} 个端口（{'、'.join(SITES)}），可加第 4 个（life），给了 {len(ports)} 个")
    with ExitStack() as stack:
        folder = posters or Path(stack.enter_context(TemporaryDirectory(prefix="mingcha-posters-")))
        folder.mkdir(parents=True, exist_ok=True)
        world, log = World(seed), RequestLog()
        pages = _pages(world, pace or Pace(), PosterShelf(folder, find_font()))
        sites = []
        for name, port in zip(PLATFORMS, (*ports, 0), strict=False):
            site = LocalSite(pages[name], host=host, port=port, log=log)
            stack.callback(site.close)
            sites.append(site)
        yield Sandbox(sites, pages, world, log)


def _pages(world: World, pace: Pace, shelf: PosterShelf) -> dict[str, Pages]:
    places = place_postings(load_postings())
    own = {name: [place for place in places if place.posting.site == name] for name in SITES}
    return {
        "board": Board(world, own["board"]),
        "ads": Ads(world, own["ads"], pace),
        "feed": Feed(world, own["feed"], shelf),
        "life": Ads(world, own["ads"], replace(pace, section_pages=_LIFE_PAGES), name="life"),
    }
