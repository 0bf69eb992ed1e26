"""`make soak`: hundreds of SIGKILLs with a request in flight, and a browser that opens thousands of pages.

SOAK_KILLS (shared out among spider, browser, job, worker and scheduler), SOAK_THREADS and SOAK_PAGES in the
environment make it shorter or longer. What plain Scrapy and Crawlee make of the same board and some of the kills
stands beside it in the table at the end.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.addresses import parse_allow
from crawlers.browser.client import PAGES_PER_CHILD, Browser
from crawlers.errors import BrowserFailed
from pipelines.config import read_settings
from pipelines.desk import mark_demo, open_desk
from pipelines.evidence.warc_check import check_warcs
from pipelines.records import PageState
from tests.bench.durable import contenders, killed
from tests.big_site.recipe import NAME, write_recipe
from tests.big_site.running import BigSite, big_site, browser_of, held, kill, kill_in_flight, resident, start
from tests.big_site.site import ENDLESS, FIRST_TID
from tests.end_to_end.whole_job import MINGCHA
from tests.faults.served import Served, free_port

pytestmark = pytest.mark.soak

THREADS = int(os.environ.get("SOAK_THREADS", "3000"))
ALL_KILLS = int(os.environ.get("SOAK_KILLS", "300"))
#: Of the spider's whole process group; of a browser under a crawl that lives; of the processes of `mingcha serve`.
BROWSER_KILLS = ALL_KILLS // 4
SERVE_KILLS = ALL_KILLS // 4
KILLS = ALL_KILLS - BROWSER_KILLS - SERVE_KILLS
#: The others need no hundred kills to show what they do.
BESIDE_KILLS = max(5, min(20, ALL_KILLS // 15))
PAGES = int(os.environ.get("SOAK_PAGES", "10000"))


@pytest.fixture(scope="module")
def table() -> Iterator[list[tuple[str, int, int, int, int]]]:
    """(what was killed, kills, threads, lost, stored twice); printed at the end (`make soak` shows what is printed)."""
    rows: list[tuple[str, int, int, int, int]] = []
    yield rows
    print(f"\n{'killed':44}{'kills':>7}{'pages':>8}{'lost':>7}{'twice':>7}")
    for name, *figures in rows:
        print(f"{name:44}{figures[0]:>7}{figures[1]:>8}{figures[2]:>7}{figures[3]:>7}")


def _home(path: Path) -> dict[str, str]:
    path.mkdir(mode=0o700)
    mark_demo(path)
    return {**os.environ, "MINGCHA_HOME": str(path), "MINGCHA_SECOND_TIER": "false"}


def _command(folder: Path, site: BigSite) -> list[str]:
    return [MINGCHA, "crawl", "--recipe", str(folder), "--allow", site.netloc, "--json"]


def _check(env: dict[str, str], threads: int) -> None:
    """0 lost, 0 twice, the archive whole."""
    home = Path(env["MINGCHA_HOME"])
    with open_desk(read_settings({}, home=home, second_tier=False), create=False) as desk:
        with desk.store.read() as tx:
            keys = {str(FIRST_TID + number) for number in range(threads)}
            assert {key for key in keys if tx.listings.find(NAME, key) is None} == set()
            assert tx.listings.count() == threads
            captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
            urls = Counter(one.url for one in captures if one.state is PageState.OK)
            assert tx.frontier.count_done(NAME) == 0
        assert len(urls) == threads
        assert set(urls.values()) == {1}
        assert check_warcs(desk).faults == ()


def test_spider_killed_again_and_again(tmp_path: Path, table: list[tuple[str, int, int, int, int]]) -> None:
    draw = random.Random(20261122)
    with big_site(THREADS) as site:
        folder = write_recipe(tmp_path, site.netloc)
        env = _home(tmp_path / "home")
        kills = round_ = 0
        while kills < KILLS:
            if kill_in_flight(site, _command(folder, site), env, draw.randrange(1, 2 * THREADS // KILLS + 8)):
                kills += 1
                continue
            # It came to its end: checked, and the next one begins.
            _check(env, THREADS)
            round_ += 1
            env = _home(tmp_path / f"home-{round_}")
        subprocess.run(_command(folder, site), env=env, check=True, stdout=subprocess.DEVNULL)
        _check(env, THREADS)
        again = {path: count - 1 - round_ for path, count in site.asked().items() if count > 1 + round_}
    asked = sum(again.values())
    table.append((f"Mingcha: spider ({asked} asked for again)", kills, THREADS * (round_ + 1), 0, 0))
    # Only what was in flight or not yet stored is asked for again: less than a window a kill.
    assert asked <= kills * 60


def test_browser_killed_again_and_again(tmp_path: Path, table: list[tuple[str, int, int, int, int]]) -> None:
    """The crawl itself goes on; what its browser was drawing is drawn again."""
    draw = random.Random(1)
    threads = 5 * BROWSER_KILLS
    with big_site(threads) as site:
        folder = write_recipe(tmp_path, site.netloc)
        recipe = folder / "source.yml"
        recipe.write_text(recipe.read_text("utf-8") + "fetch: {mode: render}\n", encoding="utf-8")
        env = _home(tmp_path / "home")
        kills = 0
        child = start(_command(folder, site), env)
        try:
            while child.poll() is None and kills < BROWSER_KILLS:
                site.tell(f"hold?n={draw.randrange(1, 6)}")
                if not held(site, child):
                    break
                # robots.txt comes without a browser.
                victim = browser_of(child.pid)
                if victim is not None:
                    os.killpg(victim, signal.SIGKILL)
                    kills += 1
                site.tell("go")
            site.tell("go")
            assert child.wait() == 0
        finally:
            kill(child)
        # A page whose browser was killed twice over is given up and named by that run; the next one brings it.
        subprocess.run(_command(folder, site), env=env, check=True, stdout=subprocess.DEVNULL)
        _check(env, threads)
    table.append(("Mingcha: browser, the crawl lives", kills, threads, 0, 0))
    assert kills == BROWSER_KILLS


def test_processes_of_serve_killed_again_and_again(tmp_path: Path, table: list[tuple[str, int, int, int, int]]) -> None:
    """The job that crawls, its worker and the scheduler above them, in turn; what is killed comes back by itself, the
    scheduler as systemd would bring it back."""
    draw = random.Random(3)
    victims = Counter[str]()
    with big_site(THREADS) as site:
        folder = write_recipe(tmp_path, site.netloc, demo=True)
        env = {**_home(tmp_path / "home"), "MINGCHA_PORT": str(free_port())}
        subprocess.run([*_command(folder, site), "--limit", "1"], env=env, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([MINGCHA, "jobs", "list"], env=env, check=True, stdout=subprocess.DEVNULL)
        served = Served(env, NAME)
        try:
            while sum(victims.values()) < SERVE_KILLS:
                site.tell(f"hold?n={draw.randrange(1, 2 * THREADS // SERVE_KILLS + 8)}")
                # Asked for by a person, since a task whose process died again and again waits longer each time.
                served.ask()
                if not served.until(lambda: bool(site.tell("held")) or served.rests()) or not site.tell("held"):
                    site.tell("go")
                    continue
                victim = ("job", "worker", "scheduler")[sum(victims.values()) % 3]
                served.kill(victim)
                victims[victim] += 1
                site.tell("go")
            served.ask()
            assert served.until(served.rests)
        finally:
            served.end()
        subprocess.run(_command(folder, site), env=env, check=True, stdout=subprocess.DEVNULL)
        _check(env, THREADS)
    for victim, count in victims.items():
        table.append((f"Mingcha: {victim} of mingcha serve", count, THREADS, 0, 0))
    assert sum(victims.values()) == SERVE_KILLS


def test_the_others_on_the_same_board(tmp_path: Path, table: list[tuple[str, int, int, int, int]]) -> None:
    """Plain Scrapy with JOBDIR, and Crawlee where somebody has installed it; ours again, under the very same kills."""
    with big_site(THREADS) as site:
        for one in contenders():
            kills, lost, twice = killed(one, site, _made(tmp_path / one.name), threads=THREADS, kills=BESIDE_KILLS)
            table.append((f"{one.title}, beside", kills, THREADS, lost, twice))
            if one.name == "durable":
                assert (kills, lost, twice) == (BESIDE_KILLS, 0, 0)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_the_browser_does_not_grow(tmp_path: Path) -> None:
    """Thousands of pages in one run, an endless one now and then: no hang, and memory stays.

    A child grows until its pages are up and a fresh one takes over, so whole lives of children are compared: the
    second tenth of the run (in a short run the first child) with the last tenth.
    """
    del tmp_path
    span = max(PAGES // 10, PAGES_PER_CHILD)
    begin = span if 3 * span <= PAGES else 0
    endless = min(1000, max(2, PAGES // 3))
    warm: list[int] = []
    late: list[int] = []
    with big_site(1000) as site:
        hosts = [site.netloc]
        allowed: dict[str, str | None] = {site.netloc: ""}
        with Browser(hosts=hosts, allowed=[parse_allow(site.netloc)], user_agent="MingchaBot/0.1") as browser:
            for number in range(PAGES):
                if number % endless == endless // 2:
                    began = time.monotonic()
                    with pytest.raises(BrowserFailed):
                        browser.render(f"http://{site.netloc}{ENDLESS}-{number}", timeout_s=3, robots=allowed)
                    assert time.monotonic() - began < 60
                browser.render(f"http://{site.netloc}/thread-{FIRST_TID + number % 1000}-1-1.html", robots=allowed)
                if begin <= number < begin + span:
                    warm.append(resident(os.getpid()) + _family(browser.pid))
                elif number >= PAGES - span:
                    late.append(resident(os.getpid()) + _family(browser.pid))
    before, after = sum(warm) / len(warm), sum(late) / len(late)
    stuck = PAGES // endless
    print(
        f"{PAGES} pages and {stuck} endless ones: {before / 2**20:.0f} MiB after warm-up, {after / 2**20:.0f} MiB at"
        f" the end ({100 * after / before - 100:+.1f} %)"
    )
    assert after <= 1.10 * before


def _family(pid: int | None) -> int:
    """Resident memory of a process and all it started."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents.setdefault(int((folder / "stat").read_text().rpartition(")")[2].split()[1]), []).append(
                int(folder.name)
            )
        except OSError:
            continue
    total, open_ = 0, [pid] if pid is not None else []
    while open_:
        one = open_.pop()
        open_ += parents.get(one, [])
        try:
            total += resident(one)
        except OSError:
            continue
    return total
