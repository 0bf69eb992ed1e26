"""Failure modes 1 to 10: pages that are not what they seem. Numbers and names are those of the failure-mode table."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.errors import SourceUnavailable
from crawlers.rows import ListReading, ListText, read_list
from crawlers.run import crawl_source
from crawlers.spiders import list_detail
from crawlers.urls import Site
from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.words import PAGE_STATES
from pipelines.health.alerts import AGAIN_AFTER
from pipelines.records import HealthVerdict, PageState
from tests.crawlers.conftest import NothingFound
from tests.crawlers.failure_modes.small_board import NAME, board, html, later, listed, message, path, thread
from tests.crawlers.small_site import board_on

WALL = html("<title>安全验证</title><p>您的访问过于频繁，请输入验证码后继续。</p>")
BOGUS = "canary: {bogus: '/thread-999999999-1-1.html'}\n"


def test_01_wall_served_as_200(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1, 2, 3)
        small.pages["/forum-1-1.html"] = WALL
        run = small.crawl()
        assert (run.outcome, run.states) == ("blocked", {"captcha": 1})
        assert small.asked == ["/forum-1-1.html"]
        # The badge says so, with the reason and the run; it is no empty list.
        assert (small.source.state, small.source.last_good_at) == ("captcha", None)
        assert [(row.state, row.run_id) for row in small.states] == [("captcha", run.id)]
        rests = []
        for wait in (timedelta(hours=6), timedelta(hours=24), timedelta(days=7)):
            until = small.source.cooldown_until
            assert until is not None
            rests.append(round((until - clock.now()) / wait, 1))
            with pytest.raises(SourceUnavailable, match="不再访问"):
                small.crawl()
            assert small.asked == []
            moment = until + timedelta(minutes=1)
            clock.pin(lambda moment=moment: moment)  # type: ignore[misc]
            small.crawl()
        assert rests == [1.0, 1.0, 1.0]
        # The host rests, whoever asks for it.
        (tmp_path / "twin").mkdir()
        other = board_on(tmp_path / "twin", "http", small.server.server_port).rename(tmp_path / "other-board")
        with pytest.raises(SourceUnavailable, match="主机"):
            crawl_source(desk, NothingFound(), other, allow=[small.address])


ROWS = listed(1, 2)[2].decode()


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (html(f"<title>安全验证</title><p>您的访问过于频繁，请输入验证码后继续。</p>{ROWS}"), "captcha"),
        (html(f'<div id="messagetext">抱歉，您尚未登录，没有权限访问该版块</div>{ROWS}'), "login_wall"),
        (html(f'<div id="messagetext">站点维护中，请稍候</div>{ROWS}'), "maintenance"),
        (html(ROWS, status=403), "blocked"),
    ],
)
def test_01_rows_are_read_only_off_a_page_that_was_judged_a_list(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: tuple[int, dict[str, str], bytes], state: str
) -> None:
    read: list[str] = []

    def reading(opened: ListText, site: Site) -> ListReading:
        read.append(opened.view.url)
        return read_list(opened, site)

    monkeypatch.setattr(list_detail, "read_list", reading)
    with board(desk, tmp_path) as small:
        small.threads(1, 2)
        small.pages["/forum-1-1.html"] = page
        assert (small.crawl().states, small.asked, read) == ({state: 1}, ["/forum-1-1.html"], [])
    with desk.store.read() as tx:
        assert tx.listings.count() == 0


def test_02_404_shell_imported_as_content(desk: Desk, tmp_path: Path) -> None:
    """A page with every mark of a posting, that the site also shows for what cannot exist."""
    shell = thread(
        "页面走丢了", "你访问的页面找不到了，去首页看看吧。这里有更多精彩内容等着你，下载客户端可以看到更多。"
    )
    with board(desk, tmp_path, BOGUS) as small:
        small.threads(1, 2)
        small.pages[path(999999999)] = shell
        small.pages[path(2)] = shell
        run = small.crawl()
        assert run.states == {"gone": 2, "list": 1, "ok": 1}  # with the second page of the list
        assert small.listing(1) is not None
        assert small.listing(2) is None


def test_03_soft_404_breeds_fake_urls(desk: Desk, tmp_path: Path) -> None:
    lost = html("<h1>本地生活</h1><p>您要找的内容已经搬家，编号 {n}。以下是猜你喜欢：亲子 美食 房产 二手</p>")
    extra = "canary: {bogus: '/thread-999999999-1-1.html', urls: [{url: '/'}]}\n"
    with board(desk, tmp_path, extra) as small:
        small.threads(1, 2)
        small.pages["/"] = small.pages["/forum-1-1.html"]
        small.pages[path(999999999)] = lost
        small.pages[path(2)] = lost
        assert small.crawl().states == {"gone": 2, "list": 1, "ok": 1}  # with the second page of the list
        with desk.store.read() as tx:
            learned = tx.health.soft_not_found(small.address)
        assert learned is not None
        assert learned.kind == "text"
        # Learned once a week, not at every visit.
        assert path(999999999) in small.asked
        small.crawl()
        assert path(999999999) not in small.asked
        later(days=8)
        small.crawl()
        assert path(999999999) in small.asked
        # The home page itself is the error page: the domain is lost, nothing is asked for.
        small.pages["/"] = lost
        run = small.crawl()
        assert (run.outcome, small.asked) == ("failed", ["/"])
        assert "校验页不对" in run.message
        assert small.source.state == "canary"


def test_04_empty_200_without_cookie(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1, 2)
        assert small.crawl().outcome == "finished"
        small.pages["/forum-1-1.html"] = html("<script>load()</script><div id=app></div>")
        run = small.crawl()
        # Not "no advertisements": the run failed, and what was there is still there.
        assert run.outcome == "failed"
        assert run.states["shell"] == 1
        assert (small.count(), small.source.last_good_at is not None) == (2, True)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("抱歉，您尚未登录，没有权限访问该主题", PageState.LOGIN_WALL),
        ("抱歉，本帖要求阅读权限高于 50 才能浏览", PageState.PERMISSION),
    ],
)
def test_05_login_wall_permission_paid_post(desk: Desk, tmp_path: Path, words: str, state: PageState) -> None:
    with board(desk, tmp_path, "schedule: {detail: [1d]}\n") as small:
        small.threads(1, 2)
        small.pages[path(2)] = message(words)
        run = small.crawl()
        # It exists and is not public: noted, not read, the run goes on.
        assert (run.outcome, run.states[str(state)]) == ("finished", 1)
        assert small.page(2).state is state
        assert small.listing(2) is None
        # And it is not asked again and again: neither in the same run nor once the list has dropped it.
        assert small.asked.count(path(2)) == 1
        small.pages["/forum-1-1.html"] = listed(1)
        later(days=2)
        small.crawl()
        assert path(2) not in small.asked


def test_06_layout_drift_zero_rows_no_error(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1, 2, 3)
        small.crawl()
        good = small.source.last_good_at
        # A new skin: the rows are there, their links have another class.
        small.pages["/forum-1-1.html"] = html(small.pages["/forum-1-1.html"][2].decode().replace("xst", "subject"))
        run = small.crawl()
        assert run.outcome == "failed"
        assert "已隔离" in run.message
        assert "一行也读不出来" in run.message
        assert (small.source.state, small.source.last_good_at) == ("quarantined", good)
        assert small.health.verdict is HealthVerdict.QUARANTINED
        assert small.count() == 3
        # The mended page ends it.
        small.pages["/forum-1-1.html"] = listed(1, 2, 3)
        assert small.crawl().outcome == "finished"
        with desk.store.read() as tx:
            assert tx.health.quarantines(NAME) == ()
            assert tx.alerts.open_ones() == ()


def test_07_alert_noise_from_fixed_thresholds(desk: Desk, tmp_path: Path) -> None:
    """94.9 against 95 % is nothing; once a little out of the band is noted; twice is told, once, and again daily."""
    with board(desk, tmp_path, "quality: {coverage: {posted_at: 0.95}}\n") as small:
        small.threads(*range(1, 21))
        small.pages[path(7)] = thread("第7号", "没有日期的一条，四年级语文，周日下午。", posted="某日")
        run = small.crawl()
        assert (run.outcome, small.health.verdict) == ("finished", HealthVerdict.HEALTHY)
        with desk.store.transaction() as tx:
            assert tx.alerts.open_ones() == ()
            tx.alerts.open(NAME, "隔离", clock.now())
            assert [alert.message for alert in tx.alerts.due(clock.now() - AGAIN_AFTER)] == ["隔离"]
            tx.alerts.told(tx.alerts.open_ones()[0].id, clock.now())
            # The same again: one alert, told.
            tx.alerts.open(NAME, "还是隔离", clock.now())
            assert tx.alerts.due(clock.now() - AGAIN_AFTER) == ()
            assert [alert.message for alert in tx.alerts.due(clock.now())] == ["还是隔离"]


def test_08_nested_fields_invisible_to_coverage(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path, "quality: {coverage: {attrs.科目: 0.9}}\n") as small:
        small.threads(*range(1, 9))
        for number in range(1, 9):
            small.pages[path(number)] = thread(
                f"{number}号", f"第{number}个小班，详情面谈。", attrs={"科目": "数学", "年级": "三"}
            )
        assert small.crawl().outcome == "finished"
        assert small.health.figures.shares["coverage.attrs.科目"] == (8, 8)
        # The table is still there; one label of it is not.
        for number in range(1, 9):
            small.pages[path(number)] = thread(f"{number}号", f"第{number}个小班，改了。", attrs={"年级": "三"})
        run = small.crawl()
        assert run.outcome == "failed"
        assert "attrs.科目 只有 0/8 条" in run.message


def test_09_error_page_overwrites_good_baseline(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1, 2)
        small.crawl()
        before = small.page(1)
        for answer, state in (
            (html("<p>维护</p>", 503), PageState.MAINTENANCE),
            (html("<p>错了一半的页面，没有任何认得的标志，文字倒是不少。</p>"), PageState.UNKNOWN),
        ):
            small.pages[path(1)] = answer
            small.crawl()
            after = small.page(1)
            assert after.state is state
            assert (after.signature, after.last_capture_id) == (before.signature, before.last_capture_id)
        # Back again: no change, no new version, no second copy.
        small.threads(1, 2)
        run = small.crawl()
        assert (run.changed, run.unchanged) == (0, 2)
        found = small.listing(1)
        assert found is not None
        assert (found.version, small.page(1)) == (1, small.page(1))
        assert small.page(1).state is PageState.OK
        assert small.page(1).last_capture_id == before.last_capture_id


def test_10_blocked_vs_down_vs_forbidden_confused(desk: Desk, tmp_path: Path) -> None:
    """Declines programs, cannot be reached, is gone, robots.txt unclear: each has a state and words of its own."""
    with board(desk, tmp_path, "schedule: {detail: [30d]}\n") as small:
        seen = []
        for answer in (html("", 521), html("", 500), html("", 404)):
            small.pages["/forum-1-1.html"] = answer
            run = small.crawl()
            seen.append((run.outcome, next(iter(run.states)), small.source.state))
            later(days=8)
        assert seen == [
            ("blocked", "blocked", "blocked"),
            ("failed", "unreachable", "unreachable"),
            ("failed", "gone", "unknown"),
        ]
        small.pages["/robots.txt"] = html("", 403)
        run = small.crawl()
        assert run.outcome == "blocked"
        assert "请人工确认是否允许采集" in run.message
        words = [PAGE_STATES[state] for state in (PageState.BLOCKED, PageState.UNREACHABLE, PageState.GONE)]
        assert len(set(words)) == 3
        assert [row.state for row in small.states] == ["blocked", "unknown", "unreachable", "blocked"]
