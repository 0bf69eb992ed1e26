"""The sources page: what is wrong and since when, what to do, the states over time, coverage beside history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bs4 import Tag

from crawlers.sole import sole
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Breach, HealthVerdict, Role, RunFigures, RunHealth, StateChange
from tests import factories
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import SOURCE, seed_lead, seed_source

SHARES = {"coverage.title": (20, 20), "coverage.fee": (9, 20), "known": (20, 20)}


def record(desk: Desk, verdict: HealthVerdict, shares: dict[str, tuple[int, int]], *breaches: Breach) -> str:
    with desk.store.transaction() as tx:
        run = tx.runs.start(SOURCE, clock.now())
    return finish(desk, run.id, verdict, shares, *breaches)


def finish(
    desk: Desk, run_id: str, verdict: HealthVerdict, shares: dict[str, tuple[int, int]], *breaches: Breach
) -> str:
    with desk.store.transaction() as tx:
        at = clock.now()
        outcome = "failed" if verdict is HealthVerdict.QUARANTINED else "finished"
        tx.runs.finish(
            run_id, at=at, states={"ok": 20}, new=0, changed=0, unchanged=0, leads=0, outcome=outcome, message=""
        )
        tx.health.add_run(
            RunHealth(
                run_id=run_id,
                source=SOURCE,
                at=at,
                figures=RunFigures(rows=60, shares=shares),
                breaches=breaches,
                verdict=verdict,
                guest_view=False,
            )
        )
    return run_id


def test_a_source_in_quarantine_says_why_and_what_to_do(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    for _ in range(6):
        record(desk, HealthVerdict.HEALTHY, SHARES)
    breach = Breach(check="coverage.title", said="读到标题的：本次 0/20，以往 100%", grave=True)
    run_id = record(desk, HealthVerdict.QUARANTINED, SHARES | {"coverage.title": (0, 20)}, breach)
    with desk.store.transaction() as tx:
        for state in ("ok", "quarantined"):
            change = StateChange(
                source=SOURCE, host="h", state=state, reason="原因" * (state != "ok"), run_id=run_id, at=clock.now()
            )
            tx.health.note_state(change)
        tx.alerts.open(SOURCE, "本次采集已隔离", clock.now())
    page = officer.page("/sources")
    assert "本次采集已隔离" in page.select(f'[data-alert="{SOURCE}"]')[0].text
    health = page.select(f'tr[data-health="{SOURCE}"]')[0]
    assert "读到标题的：本次 0/20，以往 100%" in health.text
    assert "提高 version" in health.text
    assert [row.text for row in health.select("tr.breached td")] == ["读到标题的", "0/20", "100%"]
    assert [item.text for item in health.select(".state-log .state")] == ["已隔离", "正常"]
    assert "以往 6 次正常采集" in health.text


def test_a_killed_run_that_was_gone_on_with_is_told_and_looks_like_no_fault(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    none = {"states": {}, "new": 0, "changed": 0, "unchanged": 0, "leads": 0}
    with desk.store.transaction() as tx:
        killed = tx.runs.start(SOURCE, clock.now())
        tx.runs.finish(killed.id, at=clock.now(), **none, outcome="resumed", message="进程中断，此前已存 12 页")
    record(desk, HealthVerdict.HEALTHY, SHARES)
    page = officer.page("/sources")
    told = page.select(f'tr[data-health="{SOURCE}"] .run-log li')
    assert [item.select(".state")[0].text for item in told][:2] == ["完成", "中断，已接续"]
    assert "此前已存 12 页" in told[1].text
    assert page.select(f'tr[data-health="{SOURCE}"] .run-log .bad') == []
    assert page.select("[data-alert]") == []


def test_a_wall_reddens_the_lane_and_a_good_source_is_quiet(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    page = officer.page("/sources")
    assert page.select('td[data-label="通道"] .bad') == []
    assert page.select("[data-alert]") == []
    with desk.store.transaction() as tx:
        tx.sources.set_state(SOURCE, state="captcha")
    assert len(officer.page("/sources").select('td[data-label="通道"] .bad')) == 1


def test_a_source_that_rests_after_a_wall_is_not_offered_to_be_crawled(
    browser_of: Callable[..., Browser], desk: Desk
) -> None:
    admin, source = browser_of("root", Role.ADMIN), seed_source(desk)

    def button() -> Tag:
        row = admin.page("/sources").find("tr", attrs={"data-source": SOURCE})
        assert isinstance(row, Tag)
        found = row.find("button", string="现在采集")
        assert isinstance(found, Tag)
        return found

    assert not button().has_attr("disabled")
    with desk.store.transaction() as tx:
        tx.sources.upsert(replace(source, state="captcha", cooldown_until=clock.now() + timedelta(hours=6)))
    assert button().has_attr("disabled")
    assert "之前不访问" in str(button()["title"])
    with desk.store.transaction() as tx:
        tx.sources.upsert(replace(source, cooldown_until=clock.now() - timedelta(hours=1)))
    assert not button().has_attr("disabled")


def test_leads_of_a_run_in_quarantine_are_marked_until_a_healthy_one(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    with desk.store.transaction() as tx:
        run = tx.runs.start(SOURCE, clock.now())
    lead = seed_lead(desk, "1", "周末数学小班", "六年级数学小班，一期96课时一次交清，保证提30分。")
    finish(desk, run.id, HealthVerdict.QUARANTINED, SHARES, Breach(check="rows", said="列表共 0 行", grave=True))
    other = seed_lead(desk, "2", "初三冲刺班", "初三物理数学小班，周六下午，一次交清，能提分的。")
    shown = officer.page(f"/leads/{lead.id}").select('[data-testid="doubt"]')
    assert "列表共 0 行" in shown[0].text
    assert officer.page(f"/leads/{other.id}").select('[data-testid="doubt"]') == []
    rows = officer.page("/queue").select('[data-testid="lead-row"]')
    assert {row["data-lead-id"]: "待核对" in row.text for row in rows} == {str(lead.id): True, str(other.id): False}
    with desk.store.transaction() as tx:
        tx.health.resolve(SOURCE, clock.now())
    assert officer.page(f"/leads/{lead.id}").select('[data-testid="doubt"]') == []


def test_a_rule_of_the_site_is_grey_and_a_fault_red_and_imports_are_not_crawled(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    states = {"ok": 3, "robots_denied": 5, "login_wall": 1, "permission": 1, "unknown": 2}
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source("intake", lane="intake", state="never"))
        run = tx.runs.start(SOURCE, clock.now())
        figures = {"new": 0, "changed": 0, "unchanged": 0, "leads": 0}
        tx.runs.finish(run.id, at=clock.now(), states=states, outcome="finished", message="", **figures)
    page = officer.page("/sources")
    chips = {str(chip["data-wall"]): chip for chip in page.select(f'tr[data-source="{SOURCE}"] [data-wall]')}
    assert {state: "bad" in chip["class"] for state, chip in chips.items()} == {
        "login_wall": False,
        "permission": False,
        "robots_denied": False,
        "unknown": True,
    }
    assert chips["robots_denied"].text == "网站不许采集 5"
    imported = page.select('tr[data-source="intake"]')[0].text
    assert "不采集" in imported
    assert "还没采集过" not in imported


def test_a_killed_run_nobody_goes_on_with_is_told_as_cut_off_and_one_at_work_is_not(
    officer: Browser, desk: Desk
) -> None:
    seed_source(desk)
    shown = f'tr[data-source="{SOURCE}"] [data-cut]'
    with desk.store.transaction() as tx:
        tx.runs.start(SOURCE, clock.now() - timedelta(minutes=5))
    with sole(desk, SOURCE, []):
        page = officer.page("/sources")
        assert not page.select(shown)
        assert "进行中" in page.select(f'tr[data-source="{SOURCE}"]')[0].text
    row = officer.page("/sources").select(f'tr[data-source="{SOURCE}"]')[0]
    assert "中断" in row.select("[data-cut]")[0].text
    assert "进行中" not in row.text
    with (
        desk.store.transaction() as tx
    ):  # one that begins takes its lock first; its row is not judged in its first moments
        tx.runs.start(SOURCE, clock.now())
    assert not officer.page("/sources").select(shown)
