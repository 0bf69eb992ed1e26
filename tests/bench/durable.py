"""The durable crawl beside plain Scrapy and Crawlee on the same board: throughput, processor time a page, and what
kills cost."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.config import read_settings
from pipelines.desk import mark_demo, open_desk
from pipelines.records import PageState
from tests.bench.figures import TIMES, Bench, Figure, Stopwatch
from tests.big_site.recipe import NAME, write_recipe
from tests.big_site.running import BigSite, big_site, kill_in_flight
from tests.end_to_end.whole_job import MINGCHA, ROOT

#: Enough that the durable crawl's second process, which starts within the crawl, does more than start.
THREADS = 4000
KILLS = 6
#: A kill costs the same on any board.
KILLED_THREADS = 600
#: Starting a program costs the same however many pages follow; it is measured on a board of one thread, and taken off.
_START = 1


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to crawl the board; the folder holds what it stores, and stays between its starts."""

    name: str
    title: str

    def command(self, site: BigSite, folder: Path) -> list[str]:
        if self.name == "durable":
            recipe = folder / NAME
            source = recipe if recipe.exists() else write_recipe(folder, site.netloc)
            return [MINGCHA, "crawl", "--recipe", str(source), "--allow", site.netloc, "--json"]
        program = [sys.executable, "-m", f"tests.big_site.plain_{self.name}", site.netloc]
        if self.name == "scrapy":
            return [*program, str(folder / "out.jsonl"), str(folder / "job")]
        return [*program, str(folder / "storage")]

    def env(self, folder: Path) -> dict[str, str]:
        if self.name != "durable":
            return {**os.environ}
        home = folder / "home"
        if not home.exists():
            home.mkdir(mode=0o700)
            mark_demo(home)
        return {**os.environ, "MINGCHA_HOME": str(home), "MINGCHA_SECOND_TIER": "false"}

    def stored(self, folder: Path) -> Counter[str]:
        """Thread → how often it is among what was stored."""
        if self.name == "durable":
            with open_desk(read_settings({}, home=folder / "home"), create=False) as desk, desk.store.read() as tx:
                captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
            return Counter(one.url for one in captures if one.state is PageState.OK)
        if self.name == "scrapy":
            lines = (folder / "out.jsonl").read_text("utf-8", "replace").splitlines()
        else:
            items = sorted((folder / "storage" / "datasets" / "default").glob("0*.json"))
            lines = [path.read_text("utf-8", "replace") for path in items]
        found: Counter[str] = Counter()
        for line in lines:
            try:
                found[json.loads(line)["url"]] += 1
            except ValueError:
                continue  # torn by a kill: the item is lost
        return found


def contenders() -> list[Contender]:
    """Crawlee only where somebody has installed it: it is no dependency of ours."""
    found = [
        Contender(name="durable", title="durable crawl"),
        Contender(name="scrapy", title="plain Scrapy (JOBDIR, JSON lines)"),
    ]
    if importlib.util.find_spec("crawlee") is not None:
        found.append(Contender(name="crawlee", title="Crawlee (file storage)"))
    return found


def durable(bench: Bench) -> Iterator[Figure]:
    """Round by round, so that a busy minute of the machine falls on all of them."""
    entrants = contenders()
    spent: dict[str, list[float]] = {one.name: [] for one in entrants}
    walls: dict[str, list[float]] = {one.name: [] for one in entrants}
    with big_site(THREADS) as site, big_site(_START) as empty:
        for number in range(TIMES):
            for one in entrants:
                start, waited = _measure(one, empty, bench.home(f"{one.name}-start-{number}"), _START)
                whole, wall = _measure(one, site, bench.home(f"{one.name}-{number}"), THREADS)
                spent[one.name].append(1000 * (whole - start) / THREADS)
                walls[one.name].append(THREADS / (wall - waited))
        for one in entrants:
            yield Figure(
                name=f"crawl.{one.name}.cpu", title=f"{one.title}: processor", unit="ms/page", n=THREADS,
                values=tuple(spent[one.name]), note="of all its processes, start taken off; 25 kB pages, a tenth leads",
            )  # fmt: skip
            yield Figure(
                name=f"crawl.{one.name}.pages", title=f"{one.title}: speed", unit="pages/s", n=THREADS,
                values=tuple(walls[one.name]), note="by the clock, start taken off; says little on a busy machine",
            )  # fmt: skip
        for one in entrants[1:]:
            rate = tuple(100 * ours / theirs for ours, theirs in zip(walls["durable"], walls[one.name], strict=True))
            work = tuple(100 * theirs / ours for ours, theirs in zip(spent["durable"], spent[one.name], strict=True))
            yield Figure(
                name=f"crawl.durable.of.{one.name}", title=f"durable crawl ÷ {one.title}", unit="% of its rate",
                n=THREADS, values=rate, note="by the clock; asked for: 80 of Scrapy's, 130 of Crawlee's",
            )  # fmt: skip
            yield Figure(
                name=f"crawl.durable.work.of.{one.name}", title=f"durable crawl ÷ {one.title}, work",
                unit="% of its rate", n=THREADS, values=work,
                note="by processor time of all processes, as if there were one processor",
            )  # fmt: skip
    with big_site(KILLED_THREADS) as site:
        for one in entrants:
            yield from _figures_of_kills(one, site, bench.home(f"{one.name}-killed"))


def _measure(one: Contender, site: BigSite, folder: Path, threads: int) -> tuple[float, float]:
    """Processor and wall seconds of one whole crawl."""
    command, env = one.command(site, folder), one.env(folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Stopwatch() as watch:
        _run(command, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if len(one.stored(folder)) != threads:
        raise RuntimeError(f"{one.title} stored {len(one.stored(folder))} of {threads} threads")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, watch.seconds


def _run(command: Sequence[str], env: Mapping[str, str]) -> None:
    subprocess.run(command, env=dict(env), cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def killed(one: Contender, site: BigSite, folder: Path, *, threads: int, kills: int) -> tuple[int, int, int]:
    """SIGKILL with a request in flight, again and again, then one undisturbed start to the end: kills, lost, and stored
    twice. One that believes itself done after a kill cannot be killed as often."""
    draw = random.Random(7)
    command, env = one.command(site, folder), one.env(folder)
    most = max(21, threads // (kills + 1))
    met = sum(kill_in_flight(site, command, env, draw.randrange(20, most)) for _ in range(kills))
    _run(command, env)
    stored = one.stored(folder)
    return met, threads - len(stored), sum(count - 1 for count in stored.values())


def _figures_of_kills(one: Contender, site: BigSite, folder: Path) -> Iterator[Figure]:
    kills, lost, twice = killed(one, site, folder, threads=KILLED_THREADS, kills=KILLS)
    note = f"{kills} × SIGKILL with a request in flight, then left to finish"
    yield Figure(
        name=f"crawl.{one.name}.lost",
        title=f"{one.title}: lost",
        unit="pages",
        n=KILLED_THREADS,
        values=(lost,),
        note=note,
    )
    yield Figure(
        name=f"crawl.{one.name}.twice", title=f"{one.title}: stored twice", unit="pages", n=KILLED_THREADS,
        values=(twice,), note=note,
    )  # fmt: skip
