"""Lists: every one is ordered and paged; the audit log can be narrowed and says whether its chain holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.audit_log import ChainWatch, days
from pipelines.evidence.heads import heads_path, keep_head
from pipelines.records import AuditFilter, Planned, Role
from review_ui.portions import portion
from tests import factories
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import SOURCE, seed_lead, seed_source, seed_user


def test_a_portion_goes_on_after_the_last_one_seen() -> None:
    rows = list(range(7))
    first = portion(rows, str, None, size=3)
    assert (first.items, first.next, first.total) == ((0, 1, 2), "2", 7)
    last = portion(rows, str, "5", size=3)
    assert (last.items, last.next) == ((6,), None)
    assert portion(rows, str, "none-such", size=9).items == tuple(rows)


def names_of(browser: Browser, path: str, row: str, attribute: str) -> list[list[str]]:
    """What each page of a list holds, following its links to the end."""
    pages = []
    while True:
        page = browser.page(path)
        pages.append([str(one[attribute]) for one in page.select(row)])
        assert (page.find("a", rel="first") is None) is (len(pages) == 1)
        following = page.find("a", rel="next")
        if following is None:
            return pages
        path = str(following["href"])


def test_sources_users_and_tasks_are_paged_by_name(browser_of: Callable[..., Browser], desk: Desk) -> None:
    admin = browser_of("boss", Role.ADMIN, Role.SUPERVISOR)
    now = clock.now()
    with desk.store.transaction() as tx:
        for number in range(55):
            tx.sources.upsert(factories.source(f"s-{number:02d}"))
            tx.users.add(factories.user(f"u{number:02d}"))
        tx.tasks.plan([_crawl(f"s-{number:02d}", now + timedelta(minutes=number)) for number in range(55)], now)
    for path, row, attribute in (
        ("/sources", "tr[data-source]", "data-source"),
        ("/users", "tr[data-user]", "data-user"),
        ("/jobs", '[data-testid="jobs-waiting"] tr[data-job]', "data-job"),
    ):
        pages = names_of(admin, path, row, attribute)
        assert [len(page) == 50 for page in pages] == [True, False], path
        every = [name for page in pages for name in page]
        assert every == sorted(set(every)), path


def _crawl(source: str, due_at: datetime) -> Planned:
    return Planned(name=f"crawl:{source}", kind="crawl", source=source, lock="x", due_at=due_at)


def test_runs_of_jobs_are_paged_newest_first(browser_of: Callable[..., Browser], desk: Desk) -> None:
    admin = browser_of("boss", Role.ADMIN)
    now = clock.now()
    with desk.store.transaction() as tx:
        tx.tasks.plan([Planned(name="assess", kind="assess", source=None, lock="assess", due_at=now)], now)
        for number in range(53):
            run = tx.tasks.claim("assess", "w", now)
            assert run is not None
            tx.tasks.finish(run.id, at=now, outcome="finished", message=f"第 {number} 次")
            tx.tasks.ask("assess", by="boss", at=now)
    table = '[data-testid="jobs-runs"] tbody tr'
    first = admin.page("/jobs")
    rest = admin.page(str(first.select('[data-testid="jobs-runs"] ~ .pager a[rel=next]')[0]["href"]))
    assert (len(first.select(table)), len(rest.select(table))) == (50, 3)
    said = {row.text for row in first.select(table) + rest.select(table)}
    assert len(said) == 53


@pytest.fixture
def logged(desk: Desk) -> None:
    """Two people, two days, three kinds of things."""
    seed_user(desk, "liu", Role.REVIEWER)
    seed_source(desk)
    day = datetime(2026, 3, 2, 1, tzinfo=UTC)
    with desk.store.transaction() as tx:
        tx.audit.append("liu", "lead.view", "lead", "7", {}, day)
        tx.audit.append("liu", "lead.decide", "lead", "7", {"verdict": "confirm"}, day)
        tx.audit.append("wangmin", "lead.decide", "lead", "8", {"verdict": "hold"}, day + timedelta(days=1))
        tx.audit.append("console", "job.ask", "job", f"crawl:{SOURCE}", {}, day + timedelta(hours=14, minutes=59))


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("actor=liu", ["查看线索 7", "作出结论 7"]),
        ("actor=liu&action=lead.decide", ["作出结论 7"]),
        ("type=lead&id=%238", ["作出结论 8"]),
        ("first=2026-03-03&last=2026-03-09", ["作出结论 8"]),
        ("first=2026-03-02&last=2026-03-02&action=job.ask", ["要求立即执行任务 采集 本地论坛"]),
        ("action=lead.view&actor=wangmin", []),
    ],
)
def test_the_audit_log_is_narrowed_by_who_what_which_and_when(
    officer: Browser, desk: Desk, query: str, rows: list[str]
) -> None:
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source(SOURCE, title="本地论坛"))
    page = officer.page(f"/audit?{query}")
    found = [
        f"{row.select('.did')[0].text} {row.select('.what')[0].get_text(' ', strip=True).partition(' ')[2]}"
        for row in page.select("table.audit tbody tr")
    ]
    assert sorted(found) == sorted(rows)
    assert f"{len(rows)} 条符合条件" in page.text
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        field = page.find(attrs={"name": name})
        assert field is not None
        chosen = field.find("option", selected=True) if field.name == "select" else field
        assert chosen is not None
        assert chosen["value"] == value.replace("%23", "#")


@pytest.mark.parametrize("query", ["first=2026-02-30", "last=x", "actor=%00", "id=" + "9" * 200, "first=9999-01-01"])
def test_an_odd_filter_is_no_filter(officer: Browser, query: str) -> None:
    assert "条符合条件" not in officer.page(f"/audit?{query}").text


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=2026-03-09&last=2026-03-02", "起日 2026-03-09 晚于止日 2026-03-02"),
        ("type=lead&id=AJ-2026-0001", "线索的编号是数字（如 12），“AJ-2026-0001”不是"),
        ("type=contact&id=x", "联系方式的编号是数字"),
    ],
)
def test_a_wish_that_no_record_can_answer_is_refused_in_words(officer: Browser, query: str, said: str) -> None:
    response = officer.get(f"/audit?{query}")
    page = BeautifulSoup(response.text, "lxml")
    assert response.status_code == 400
    assert said in page.select("[data-testid=audit-mistake]")[0].text
    assert page.select("table.audit") == []
    field, _, value = query.rsplit("&", maxsplit=1)[-1].partition("=")
    assert page.select(f"[name={field}]")[0]["value"] == value  # to be mended, not typed again


def test_a_transfer_says_where_to(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    lead = seed_lead(desk, "t", "标题", "数学小班")
    officer.submit(f"/leads/{lead.id}/decide", verdict="transfer", to_department="公安机关", revision=lead.revision)
    (row,) = officer.page("/audit?action=lead.decide").select("table.audit tbody tr .detail")
    assert "去向：公安机关" in row.text


def test_a_narrowed_log_keeps_its_filter_over_the_pages(officer: Browser, desk: Desk) -> None:
    with desk.store.transaction() as tx:
        for number in range(205):
            tx.audit.append("liu", "lead.view" if number % 2 else "login", "lead", str(number), {}, clock.now())
    page = officer.page("/audit?action=lead.view")
    following = page.find("a", rel="next")
    assert following is not None
    rest = officer.page(str(following["href"]))
    assert len(rest.select("table.audit tbody tr")) == 2
    assert {row.select(".did")[0].text for row in rest.select("table.audit tbody tr")} == {"查看线索"}
    back = rest.find("a", rel="first")
    assert back is not None
    assert back["href"] == "/audit?action=lead.view"


def test_the_page_says_whether_the_chain_holds(officer: Browser, desk: Desk) -> None:
    with desk.store.transaction() as tx:
        for number in range(3):
            tx.audit.append("liu", "lead.view", "lead", str(number), {}, clock.now())
    whole = officer.page("/audit").find(attrs={"data-testid": "chain"})
    assert whole is not None
    assert whole["data-chain"] == "whole"
    _tamper(desk, "UPDATE audit_events SET actor = 'nobody' WHERE seq = 2")
    broken = officer.page("/audit?check=all").find(attrs={"data-testid": "chain"})
    assert broken is not None
    assert broken["data-chain"] == "broken"
    assert "审计记录 2" in broken.text


def test_the_audit_page_holds_the_chain_against_the_heads_kept_elsewhere(
    browser_of: Callable[..., Browser], desk: Desk
) -> None:
    supervisor = browser_of("liu", Role.SUPERVISOR)
    assert "还没有留存链头" in supervisor.page("/audit").find(attrs={"data-testid": "heads"}).text  # type: ignore[union-attr]
    keep_head(desk, "start")
    told = supervisor.page("/audit").find(attrs={"data-testid": "heads"})
    assert told is not None
    assert "留存 1 个链头" in told.text
    assert "都与数据库相符" in told.text
    with desk.store.transaction() as tx:
        audit.record(tx, actor="liu", action="lead.view", object_type="lead", object_id=1)
    keep_head(desk, "start")
    assert "留存 2 个链头" in supervisor.page("/audit").text
    lines = heads_path(desk.home).read_bytes()
    heads_path(desk.home).write_bytes(lines.replace(b'"occasion":"start"', b'"occasion":"asked"', 1))
    assert "签名不对" in supervisor.page("/audit").text
    heads_path(desk.home).unlink()
    page = supervisor.page("/audit")
    assert page.find(attrs={"data-testid": "chain"})["data-chain"] == "broken"  # type: ignore[index]
    assert "链头缺失" in page.text


def test_a_chain_is_checked_on_from_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_PORTION", 2)
    with desk.store.transaction() as tx:
        for number in range(5):
            tx.audit.append("liu", "lead.view", "lead", str(number), {}, clock.now())
    with desk.store.read() as tx:
        part = audit.verify_on(tx, audit.ChainState(), portions=1)
        assert (part.seq, part.whole, part.faults) == (2, False, ())
        rest = audit.verify_on(tx, part, portions=9)
        assert (rest.seq, rest.whole, rest.faults) == (5, True, ())
    watch = ChainWatch()
    assert watch.look(desk).chain.whole
    _tamper(desk, "DELETE FROM audit_events WHERE seq = 5")
    # The end of the log was cut off after it had been checked: the chain alone could not tell.
    assert watch.look(desk).chain.faults == ("审计记录 5 核对之后又被改动或删除",)
    again = watch.look(desk, again=True)
    assert again.chain.faults == ()
    assert "触发器" in again.faults[0]


def _tamper(desk: Desk, statement: str) -> None:
    """Past the triggers, as somebody with the file in hand would."""
    with desk.store.transaction() as tx:
        session = tx.audit._session
        for (trigger,) in session.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'")
        ).all():
            session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text(statement))


def test_days_of_a_filter_are_chinese_and_inclusive() -> None:
    day = date(2026, 3, 2)
    assert days(day, day) == (datetime(2026, 3, 1, 16, tzinfo=UTC), datetime(2026, 3, 2, 16, tzinfo=UTC))
    assert days(None, None) == (None, None)
    assert not AuditFilter().narrowed
    assert AuditFilter(actor="liu").narrowed
