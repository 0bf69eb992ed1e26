"""The jobs page, its buttons, the buttons of the sources page, and the impact note."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import Tag

from pipelines import clock
from pipelines.desk import Desk, mark_demo
from pipelines.jobs.waits import Ground, wait_of
from pipelines.records import Planned, Role, Task
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import SOURCE, seed_source

CRAWL = f"crawl:{SOURCE}"


@pytest.fixture
def planned(desk: Desk) -> None:
    """A source with its crawl, and a check of ourselves that has failed twice."""
    seed_source(desk)
    now = clock.now()
    tasks = [
        Planned(name=CRAWL, kind="crawl", source=SOURCE, lock="host:x", due_at=now.replace(year=2040)),
        Planned(name="self-check", kind="self-check", source=None, lock="self-check", due_at=now),
    ]
    with desk.store.transaction() as tx:
        tx.sources.upsert(replace(next(iter(tx.sources.list())), lane="A"))
        tx.tasks.plan(tasks, now)
        for _ in range(2):
            run = tx.tasks.claim("self-check", "w", now)
            assert run is not None
            tx.tasks.finish(run.id, at=now, outcome="failed", message="磁盘空间：剩余 0.5 GiB")


@pytest.fixture
def admin(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of("chen", Role.ADMIN)


def _rows(browser: Browser, table: str) -> dict[str, Tag]:
    found = browser.page("/jobs").find("table", attrs={"data-testid": table})
    return (
        {} if found is None else {str(row["data-job"]): row for row in found.find_all("tr", attrs={"data-job": True})}
    )


@pytest.mark.usefixtures("planned")
def test_the_page_shows_what_waits_and_what_failed_and_why(admin: Browser) -> None:
    failed, waiting = _rows(admin, "jobs-failed"), _rows(admin, "jobs-waiting")
    assert set(failed) == {"self-check"}
    assert "磁盘空间" in failed["self-check"].text
    assert "2040-" in waiting[CRAWL].text
    assert "没有任务进程在运行" in admin.page("/jobs").text


@pytest.mark.usefixtures("planned")
def test_what_waits_says_for_what_and_since_when(admin: Browser, desk: Desk) -> None:
    assert "按计划自动进行" in admin.page("/jobs").text
    admin.submit(f"/jobs/{CRAWL}/run")
    page = admin.page("/jobs")
    assert "等待 1 · 其中排队中 1" in " ".join(page.text.split())
    said = " ".join(_rows(admin, "jobs-waiting")[CRAWL].select('td[data-label="等什么"]')[0].text.split())
    assert said.startswith("排队中 等任务进程启动")
    assert re.search(r"自 20\d\d-\d\d-\d\d \d\d:\d\d.*chen.*要求的", said)
    mark_demo(desk.home)
    # Nothing is done by itself in a demo, and the page says one thing about it.
    page = admin.page("/jobs")
    assert "没有开启自动计划" in page.text
    assert "按计划自动进行" not in page.text
    assert page.text.count("自动计划") == 1


def test_every_reason_to_wait_has_its_words() -> None:
    now = clock.now()
    free = Ground(now=now, planned=True, stopped=False, workers=1, busy={})
    task = Task(
        name="crawl:a",
        kind="crawl",
        source=None,
        lock="host:a",
        due_at=now,
        not_before=None,
        asked_by=None,
        state="waiting",
        attempts=0,
        run_id=None,
        worker="",
        beat=0,
        created_at=now,
    )
    later = now + timedelta(hours=1)
    told = [
        wait_of(task, free, paused=True),
        wait_of(replace(task, due_at=later), free, paused=False),
        wait_of(replace(task, due_at=None), free, paused=False),
        wait_of(task, replace(free, stopped=True), paused=False),
        wait_of(task, replace(free, busy={"host:a": "快照 某站"}), paused=False),
        wait_of(task, replace(free, workers=0), paused=False),
        wait_of(task, free, paused=False),
        wait_of(task, replace(free, planned=False), paused=False),
        wait_of(replace(task, asked_by="chen"), replace(free, planned=False), paused=False),
    ]
    words = [one.what for one in told if one is not None]
    assert len(words) == len(told)
    assert len(set(words)) == 8  # who asked waits for a worker like any other
    assert [one.queued for one in told if one] == [False, False, False, True, True, True, True, False, True]
    assert "快照 某站" in words[4]
    assert wait_of(replace(task, state="running"), free, paused=False) is None


@pytest.mark.usefixtures("planned")
def test_run_now_and_retry_put_a_task_first(admin: Browser, desk: Desk) -> None:
    assert admin.submit("/jobs/self-check/run") == "/jobs"
    assert admin.submit(f"/jobs/{CRAWL}/run", back="/sources") == "/sources"
    with desk.store.read() as tx:
        assert [(task.name, task.asked_by) for task in tx.tasks.due(clock.now())] == [
            ("self-check", "chen"),
            (CRAWL, "chen"),
        ]
    assert "排队中" in _rows(admin, "jobs-waiting")[CRAWL].text


@pytest.mark.usefixtures("planned")
def test_everything_stops_and_goes_on_by_a_button(admin: Browser, desk: Desk) -> None:
    admin.submit("/jobs/stop")
    page = admin.page("/jobs")
    assert "全部任务已停止" in page.find(attrs={"data-testid": "jobs-stopped"}).text  # type: ignore[union-attr]
    assert page.find(attrs={"data-testid": "jobs-stop"}) is None
    with desk.store.read() as tx:
        stopped = tx.tasks.stopped()
        assert stopped is not None
        assert stopped.by == "chen"
    admin.submit("/jobs/go")
    with desk.store.read() as tx:
        assert tx.tasks.stopped() is None


@pytest.mark.usefixtures("planned")
def test_a_source_is_paused_and_resumed_on_the_sources_page(admin: Browser, desk: Desk) -> None:
    def cell() -> str:
        row = admin.page("/sources").find("tr", attrs={"data-source": SOURCE})
        assert row is not None
        found = row.find("td", attrs={"data-label": "下次"})
        assert found is not None
        return found.get_text(strip=True)

    assert cell().startswith("2040-")
    assert admin.submit(f"/sources/{SOURCE}/pause") == "/sources"
    assert cell() == "已暂停"
    with desk.store.read() as tx:
        source = tx.sources.get(SOURCE)
        assert source is not None
        assert source.paused
    assert admin.submit(f"/sources/{SOURCE}/resume", back="/jobs") == "/jobs"
    assert cell().startswith("2040-")


@pytest.mark.usefixtures("planned")
def test_officers_see_and_admins_act(browser_of: Callable[..., Browser]) -> None:
    officer = browser_of("li", Role.OFFICER)
    page = officer.page("/jobs")
    assert page.find_all("form", action=lambda path: bool(path) and path.startswith("/jobs")) == []
    assert "任务管理" in officer.page_after_refusal("/jobs/stop")


def test_the_impact_note_is_printable_and_holds_the_measured_load(admin: Browser, desk: Desk) -> None:
    seed_source(desk)
    assert admin.get(f"/sources/{SOURCE}/impact").status_code == 404
    now = clock.now()
    with desk.store.transaction() as tx:
        tx.impact_notes.add(
            SOURCE,
            at=now,
            digest="a",
            hosts=["bbs.example.org"],
            sections=[("访问量的上限", ["每天最多 600 次请求。"])],
        )
        tx.hosts.spend("bbs.example.org", clock.local(now).date(), requests=240, bytes_=3 * 1024 * 1024)
        tx.hosts.set_pace("bbs.example.org", factor=2, at=now, reason="HTTP 429")
    text = admin.page(f"/sources/{SOURCE}/impact").text
    for words in ("第十八条", "每天最多 600 次请求。", "240 次请求、3.0 MB", "平均每 360 秒一次", "HTTP 429", "评估人"):
        assert words in text
