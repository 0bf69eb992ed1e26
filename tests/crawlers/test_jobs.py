"""The jobs of a source: planned from what the store knows, carried out like a crawl by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import jobs
from crawlers.addresses import check_endpoint
from crawlers.errors import AddressRefused
from crawlers.impact import impact_sections
from crawlers.last_recipe import last_recipe
from crawlers.run import crawl_source
from crawlers.source import load_recipe
from crawlers.urls import Site
from pipelines import assessor, clock
from pipelines.desk import Desk
from pipelines.records import Planned, TaskRun
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page


def _answers() -> dict[str, tuple[int, dict[str, str], bytes]]:
    page = row(1, "/thread-1-1-1.html") + row(2, "/thread-2-1-1.html")
    threads = {f"/thread-{n}-1-1.html": (200, HTML, thread_page(f"正文{n}")) for n in (1, 2)}
    return {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, page.encode()), **threads}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Path]]:
    """A demo board (jobs may reach no other private address) and its recipe; assessed by nobody."""
    monkeypatch.setattr(assessor, "load_assessor", lambda _settings: NothingFound())
    with serve(_answers()) as server:
        folder = board_on(tmp_path, "http", server.server_address[1], extra="schedule: {detail: [1d, 30d]}\n")
        recipe = folder / "source.yml"
        text = recipe.read_text("utf-8").replace("legal_note: test", "legal_note: test, demo: true")
        port = server.server_address[1]
        recipe.write_text(text.replace(f"{{base: 'http://127.0.0.1:{port}'}}", "{}"), encoding="utf-8")
        yield server, folder


def task_run(kind: str) -> TaskRun:
    now = clock.now()
    return TaskRun(
        id="r",
        task=f"{kind}:test-board",
        kind=kind,
        source="test-board",
        worker="",
        asked_by=None,
        started_at=now,
        ended_at=None,
        outcome="running",
        message="",
    )


def planned(desk: Desk) -> dict[str, Planned]:
    return {one.kind: one for one in jobs.plan_sources(desk, clock.now())}


def never() -> bool:
    return False


def test_a_source_joins_the_plan_with_its_first_crawl(desk: Desk, site: tuple[Any, Path]) -> None:
    server, folder = site
    assert planned(desk) == {}
    place = f"127.0.0.1:{server.server_address[1]}"
    run = crawl_source(desk, None, folder, allow=[place])
    plan = planned(desk)
    assert set(plan) == {"crawl", "recheck", "capture"}
    assert {one.lock for one in plan.values()} == {f"host:{place}"}
    visit = plan["crawl"].due_at
    assert visit is not None
    assert timedelta(hours=5) < visit - run.started_at < timedelta(hours=7)  # 6 h, a tenth either way
    again = plan["recheck"].due_at
    assert again == run.started_at + timedelta(days=1)
    # No lead waits for a picture.
    assert plan["capture"].due_at is None
    with desk.store.transaction() as tx:
        tx.sources.set_state("test-board", state="captcha", cooldown_until=clock.now() + timedelta(days=7))
    rest = planned(desk)["crawl"].due_at
    assert rest is not None
    assert rest - clock.now() > timedelta(days=6)
    # A recipe that cannot be read any more keeps no task, and the source says so with its rest left as it is.
    good = (folder / "source.yml").read_text("utf-8")
    (folder / "source.yml").write_text("recipe: {}", encoding="utf-8")
    for _ in range(2):
        assert planned(desk) == {}
    with desk.store.read() as tx:
        broken, alerts, states = tx.sources.get("test-board"), tx.alerts.open_ones(), tx.health.states("test-board", 9)
    assert broken is not None
    assert broken.cooldown_until is not None
    assert (broken.state, len(alerts), [one.state for one in states]) == ("broken", 1, ["broken", "ok"])
    assert "source.yml:1: recipe.id：缺少 id" in alerts[0].message
    (folder / "source.yml").write_text(good, encoding="utf-8")
    assert set(planned(desk)) == {"crawl", "recheck", "capture"}
    with desk.store.read() as tx:
        mended = tx.sources.get("test-board")
        assert tx.alerts.open_ones() == ()
    assert mended is not None
    assert mended.state == "ok"


def test_crawl_and_recheck_do_what_they_say(desk: Desk, site: tuple[Any, Path]) -> None:
    server, folder = site
    crawl_source(desk, None, folder, allow=[f"127.0.0.1:{server.server_address[1]}"], limit=1)
    done = jobs.crawl(desk, task_run("crawl"), never)
    assert (done.outcome, done.message) == ("finished", "新 1，有变 0，未变 1，线索 0")
    server.asked.clear()
    assert jobs.recheck(desk, task_run("recheck"), never).message == "没有到期要复查的信息"
    assert server.asked == []
    later = clock.now() + timedelta(days=1, minutes=1)
    clock.pin(lambda: later)
    server.answers["/thread-2-1-1.html"] = (200, HTML, thread_page("改成收费班"))
    done = jobs.recheck(desk, task_run("recheck"), never)
    assert done.message == "新 0，有变 1，未变 1，线索 0"
    # No list was read, only what was due.
    assert sorted(path for path, _headers in server.asked) == [
        "/robots.txt",
        "/thread-1-1-1.html",
        "/thread-2-1-1.html",
    ]
    with desk.store.read() as tx:
        pages = tx.pages.get_many("test-board", ["1", "2"])
    assert pages["1"].changed_at is None
    assert pages["2"].changed_at == later
    # What changed is looked at after a day again, what did not later.
    clock.pin(lambda: later + timedelta(days=1, minutes=1))
    server.asked.clear()
    jobs.recheck(desk, task_run("recheck"), never)
    assert [path for path, _headers in server.asked if "thread" in path] == ["/thread-2-1-1.html"]


def test_a_wall_is_no_failure_of_the_job_and_a_dead_site_is(desk: Desk, site: tuple[Any, Path]) -> None:
    server, folder = site
    crawl_source(desk, None, folder, allow=[f"127.0.0.1:{server.server_address[1]}"])
    server.answers["/forum-1-1.html"] = (500, HTML, b"")
    assert jobs.crawl(desk, task_run("crawl"), never).outcome == "failed"
    server.answers["/forum-1-1.html"] = (403, HTML, b"")
    done = jobs.crawl(desk, task_run("crawl"), never)
    assert done.outcome == "finished"
    assert done.message.startswith("被拒，来源休息")
    with desk.store.transaction() as tx:
        tx.sources.set_state("test-board", state="ok")
    assert jobs.crawl(desk, task_run("crawl"), lambda: True).outcome == "stopped"


def test_no_picture_is_taken_where_no_lead_waits(desk: Desk, site: tuple[Any, Path]) -> None:
    _server, folder = site
    assert folder.is_dir()
    assert jobs.capture(desk, task_run("capture"), never).message == "没有要取快照的线索"


def test_the_impact_note_comes_before_the_first_request_and_follows_the_recipe(
    desk: Desk, site: tuple[Any, Path]
) -> None:
    server, folder = site
    server.answers["/robots.txt"] = (500, {}, b"")  # nothing but robots.txt is ever asked
    place = f"127.0.0.1:{server.server_address[1]}"
    crawl_source(desk, None, folder, allow=[place])
    crawl_source(desk, None, folder, allow=[place])
    with desk.store.read() as tx:
        (first,) = tx.impact_notes.list("test-board")
        assert first.made_at <= tx.runs.list("test-board", 5)[-1].started_at
    assert first.hosts == (place,)
    recipe = folder / "source.yml"
    recipe.write_text(recipe.read_text("utf-8") + "polite: {max_per_day: 50}\n", encoding="utf-8")
    crawl_source(desk, None, folder, allow=[place])
    with desk.store.read() as tx:
        second, before = tx.impact_notes.list("test-board")
    assert before == first
    assert "每天每个主机最多 50 次请求" in str(second.sections)
    assert last_recipe(desk, "test-board").polite.max_per_day == 50


def test_the_note_says_the_load_that_the_recipe_allows(tmp_path: Path) -> None:
    extra = "polite: {delay_s: 10, max_per_day: 600, hours: '00:00-06:00'}\nprivacy: {author: drop, phone: mask}\n"
    recipe = load_recipe(board_on(tmp_path, "https", 443, extra=extra))
    site = Site.of(recipe, None)
    assert site is not None
    public = Site(origin="https://bbs.example.org", hosts=frozenset({"bbs.example.org"}), recipe=recipe)
    text = "\n".join(line for _heading, lines in impact_sections(recipe, public) for line in lines)
    for words in (
        "两次请求至少间隔 10 秒",
        "最多 600 次请求",
        "00:00–06:00（北京时间）",
        "一天最多 600 次请求，折合平均每 36 秒一次",
        "电话打码",
    ):
        assert words in text
    assert "发布人、" not in text


def test_the_jobs_page_gives_no_advice_that_nobody_can_follow_there() -> None:
    with pytest.raises(AddressRefused) as caught:
        check_endpoint(("127.0.0.1", 18555), ())
    said = jobs._for_pages(caught.value.message)
    assert "--allow" not in said
    assert said.startswith("不访问内部地址 127.0.0.1:18555；")
    assert said.endswith("请工程师在命令行采集")
