"""The commands, as people type them."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from crawlers.cli import commands
from crawlers.errors import CrawlError, SourceUnavailable
from crawlers.run import crawl_source
from crawlers.sandbox.sites import Sandbox
from crawlers.source import SOURCES, load_recipe, source_name
from pipelines import assessor, clock
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound
from tests.crawlers.test_crawl_ads import WALLED


@pytest.fixture(autouse=True)
def _plain_desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))
    monkeypatch.setattr(assessor, "load_assessor", lambda _home: NothingFound())


def run(*words: str) -> Result:
    """One command; its exit code is what it returned, as mingcha.py makes it."""
    command = next(command for command in commands() if command.name == words[0])
    return CliRunner().invoke(command, words[1:], standalone_mode=False)


def test_all_commands_are_there() -> None:
    assert {command.name for command in commands()} >= {"crawl", "capture", "source", "sandbox"}


def test_crawl_prints_the_contract_line(platforms: Sandbox) -> None:
    done = run("crawl", "sandbox-board", "--limit", "2", "--allow", urlsplit(platforms["board"]).netloc, "--json")
    assert done.exception is None
    assert done.return_value == 0
    answer = json.loads(done.stdout)
    assert {"source", "states", "new", "changed", "unchanged", "leads"} <= set(answer)
    assert (answer["source"], answer["new"], answer["leads"]) == ("sandbox-board", 2, 0)
    listed = json.loads(run("source", "list", "--json").stdout)
    rows = {row["name"]: row for row in listed}
    assert set(listed[0]) >= {"name", "lane", "state", "verified", "last_good", "pages", "leads"}
    assert (rows["sandbox-board"]["state"], rows["sandbox-board"]["verified"]) == ("ok", "sandbox")
    assert rows["sandbox-board"]["pages"] > 2
    assert rows["sandbox-feed"]["state"] == "never"


def test_a_blocked_source_is_reported_and_the_exit_is_one(platforms: Sandbox) -> None:
    words = ("crawl", WALLED, "--allow", urlsplit(platforms["life"]).netloc)
    done = run(*words)
    assert done.return_value == 1
    assert "被拦下" in done.stdout
    assert "页面：出现验证码 " in done.stdout
    again = run(*words)
    assert isinstance(again.exception, SourceUnavailable)


@pytest.mark.parametrize(
    "words",
    [
        ("crawl",),
        ("crawl", "nowhere"),
        ("crawl", "sandbox-board"),
        ("crawl", "sandbox-board", "--allow", "127.0.0.1"),
        ("crawl", "sandbox-board", "sandbox-ads", "sandbox-feed", "--allow", "127.0.0.1:1", "--allow", "127.0.0.1:2"),
    ],
)
def test_misuse_is_one_sentence(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exception is not None
    assert isinstance(done.exception, CrawlError) or type(done.exception).__name__ == "UsageError"


def test_one_crawl_of_a_source_at_a_time(desk: Desk) -> None:
    (desk.home / "locks").mkdir()
    with (desk.home / "locks" / "sandbox-board.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(SourceUnavailable, match="正在采集"):
            crawl_source(desk, NothingFound(), "sandbox-board", allow=["127.0.0.1:1"])


def test_a_run_that_was_killed_is_closed_by_the_next(desk: Desk) -> None:
    with pytest.raises(SourceUnavailable):
        crawl_source(desk, NothingFound(), "sandbox-board")
    done = crawl_source(desk, NothingFound(), "sandbox-board", allow=["127.0.0.1:1"])
    assert done.outcome == "failed"
    with desk.store.transaction() as tx:
        killed = tx.runs.start("sandbox-board", clock.now())
    crawl_source(desk, NothingFound(), "sandbox-board", allow=["127.0.0.1:1"])
    with desk.store.read() as tx:
        closed = tx.runs.get(killed.id)
    assert closed is not None
    # Nothing failed at the site, and nothing was stored that could be gone on with.
    assert closed.outcome == "interrupted"
    assert "中断" in closed.message


def test_capture_takes_allow_and_a_source_as_crawl_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def pending(_desk: Desk, limit: int, *, source: str | None, allow: tuple[str, ...], stop: object) -> list[object]:
        asked.append((limit, source, allow))
        return []

    monkeypatch.setattr("crawlers.browser.capture.capture_pending", pending)
    assert (
        run("capture", "--limit", "3", "--source", load_recipe("sandbox-ads").title, "--allow", "10.1.2.3:80").exception
        is None
    )
    assert run("capture").exception is None
    assert asked == [(3, "sandbox-ads", ("10.1.2.3:80",)), (500, None, ())]
    for words in (("--allow", "10.1.2.3"), ("--source", "没有这个")):
        assert isinstance(run("capture", *words).exception, CrawlError)


def test_a_source_may_be_called_by_its_title(tmp_path: Path, desk: Desk) -> None:
    title = load_recipe("sandbox-board").title
    assert source_name(title) == source_name("sandbox-board") == "sandbox-board"
    for number in (1, 2):
        folder = desk.home / "sources" / f"twin-{number}"
        folder.mkdir(parents=True)
        text = (SOURCES / "sandbox-board" / "source.yml").read_text("utf-8").replace(title, "双胞论坛")
        (folder / "source.yml").write_text(text, "utf-8")
    with pytest.raises(CrawlError, match="twin-1、twin-2"):
        source_name("双胞论坛")
    with pytest.raises(CrawlError, match="sandbox-board"):
        source_name("无名论坛")


def test_a_broken_recipe_keeps_its_title_and_shows_its_fault(desk: Desk) -> None:
    good = (SOURCES / "sandbox-board" / "source.yml").read_text("utf-8")
    title = load_recipe("sandbox-board").title
    for name, text in (("torn", good.replace("lane:", "lame:", 1)), ("no-yaml", good + "\n\t- {"), ("empty", "")):
        (desk.home / "sources" / name).mkdir(parents=True)
        (desk.home / "sources" / name / "source.yml").write_text(text, "utf-8")
    rows = {row["name"]: row for row in json.loads(run("source", "list", "--json").stdout)}
    assert {name: rows[name]["title"] for name in ("torn", "no-yaml", "empty")} == {
        "torn": title,
        "no-yaml": title,
        "empty": "empty",
    }
    assert {rows[name]["state"] for name in ("torn", "no-yaml", "empty")} == {"broken"}
    assert "source.lane" in rows["torn"]["fault"]
    told = run("source", "list").stdout
    place = told.index(f"torn  {title}")
    assert "配方有误" in told[place:]
    assert "是不是把它写成了 lame？写成 lane: A" in told[place:]


def test_capture_without_leads_is_quiet() -> None:
    done = run("capture", "--json")
    assert (done.exception, done.return_value, done.stdout) == (None, 0, "")
