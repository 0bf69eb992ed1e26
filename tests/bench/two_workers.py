"""Two crawls at once in one HOME, each of its own host: what both bring beside one, neither disturbing the other."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.config import read_settings
from pipelines.desk import mark_demo, open_desk
from pipelines.records import PageState
from tests.bench.figures import Bench, Figure, Stopwatch
from tests.big_site.recipe import write_recipe
from tests.big_site.running import BigSite, big_site, start
from tests.big_site.site import RUN
from tests.end_to_end.whole_job import MINGCHA

THREADS = 500
#: What the robots.txt of both hosts asks for, in seconds; real sites ask for a hundred times as much.
DELAY = 0.03
#: The clock of the site is read when an answer is made, a little after the request was sent.
_SLACK = 0.8


def two_workers(bench: Bench) -> Iterator[Figure]:
    """One host alone, then two at once in another HOME. Raises RuntimeError when a page was asked for or stored twice
    or a host was asked faster than it said."""
    options = ("--delay", str(DELAY))
    with big_site(THREADS, *options) as first:
        alone = _pages_a_second(bench.home("one-worker"), [first])
    with big_site(THREADS, *options) as first, big_site(THREADS, *options) as second:
        both = _pages_a_second(bench.home("two-workers"), [first, second])
    note = f"whole commands; each host asks for {DELAY} s between requests, kept"
    yield Figure(
        name="crawl.one_worker", title="one worker, one host", unit="pages/s", n=THREADS, values=(alone,), note=note
    )
    yield Figure(
        name="crawl.two_workers", title="two workers, two hosts", unit="pages/s", n=2 * THREADS, values=(both,),
        note=f"{note}; one HOME, no page twice",
    )  # fmt: skip


def _pages_a_second(home: Path, sites: Sequence[BigSite]) -> float:
    mark_demo(home)
    env = {**os.environ, "MINGCHA_HOME": str(home), "MINGCHA_SECOND_TIER": "false"}
    recipes = [write_recipe(home.parent, site.netloc, name=f"{home.name}-{place}") for place, site in enumerate(sites)]
    commands = [
        [MINGCHA, "crawl", "--recipe", str(recipe), "--allow", site.netloc, "--json"]
        for recipe, site in zip(recipes, sites, strict=True)
    ]
    with Stopwatch() as watch:
        children = [start(command, env) for command in commands]
        codes = [child.wait() for child in children]
    if any(codes):
        raise RuntimeError(f"crawls ended with {codes}")
    stored = _stored(home)
    for site in sites:
        asked = site.asked()
        if len(asked) != THREADS or set(asked.values()) != {1}:
            raise RuntimeError(f"{len(asked)} threads asked for, some more than once")
        if site.tell("closest") < _SLACK * (RUN - 1) * DELAY:
            raise RuntimeError(f"{RUN} requests in {site.tell('closest'):.3f} s")
    if len(stored) != THREADS * len(sites) or set(stored.values()) != {1}:
        raise RuntimeError(f"{len(stored)} threads stored, {stored.total()} times")
    return THREADS * len(sites) / watch.seconds


def _stored(home: Path) -> Counter[str]:
    with open_desk(read_settings({}, home=home), create=False) as desk, desk.store.read() as tx:
        captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
    return Counter(one.url for one in captures if one.state is PageState.OK)
