"""The verification page: for the impatient, and for everybody in one section."""

from __future__ import annotations

from bs4 import BeautifulSoup

from crawlers.sandbox.placement import WALLED_CATEGORY, Fate
from crawlers.sandbox.sites import serve_sandbox
from crawlers.sandbox.turnstile import Pace, Turnstile


class Watch:
    """A clock that goes when told."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_who_waits_is_never_walled_and_who_does_not_stays_walled_until_quiet() -> None:
    watch = Watch()
    gate = Turnstile(pace=Pace(requests=3, seconds=1.0, hold=10.0), timer=watch)
    for _ in range(20):
        watch.time += 0.5
        assert gate.admits("patient", walled_section=False)
    assert [gate.admits("hasty", walled_section=False) for _ in range(5)] == [True, True, True, False, False]
    watch.time += 9.0
    assert not gate.admits("hasty", walled_section=False)
    assert gate.admits("patient", walled_section=False)
    watch.time += 10.5
    assert gate.admits("hasty", walled_section=False)


def test_the_section_is_walled_after_its_pages_however_long_one_waits() -> None:
    watch = Watch()
    gate = Turnstile(pace=Pace(section_pages=3), timer=watch)
    answers = []
    for _ in range(6):
        watch.time += 3600
        answers.append(gate.admits("patient", walled_section=True))
    assert answers == [True, True, True, False, False, False]
    assert gate.admits("patient", walled_section=False)
    gate.reset()
    assert gate.admits("patient", walled_section=True)


def test_who_asks_for_a_barred_page_sees_no_other_of_its_section() -> None:
    gate = Turnstile(pace=Pace(section_pages=9), timer=Watch())
    asked = [False, False, True, False]
    assert [gate.admits("x", walled_section=True, barred=barred) for barred in asked] == [True, True, False, False]
    assert gate.admits("x", walled_section=False)


def test_at_its_own_address_the_newest_of_the_section_come_before_the_wall(sandbox, fetch, places) -> None:
    section = sorted((p for p in places.values() if p.section is WALLED_CATEGORY), key=lambda p: -p.number)
    shown = [place for place in section if place.fate is Fate.OK]
    assert section[: len(shown)] == shown
    assert 0 < len(shown) < len(section)
    first = BeautifulSoup(fetch(sandbox["life"], "/shenghuo/").text("utf-8-sig"), "lxml")
    rows = [row["data-no"] for row in first.select("li.wt-item:not(.wt-top)")]
    assert rows == [str(place.number) for place in section]
    for place in section:
        fetch(sandbox["life"], place.path)
    assert [row.state for row in sandbox.log.rows("life")] == ["list", *["ok"] * len(shown), *["captcha"] * 6]
    # The other sections lead nowhere near it.
    assert "/shenghuo/x" not in fetch(sandbox["ads"], "/jiaoyu/").text("utf-8-sig")
    assert sandbox.log.rows("ads", state="captcha") == ()


def test_the_section_turns_into_a_wall_at_the_same_address_as_200(sandbox, fetch, places) -> None:
    ad = places["s3-010"]
    targets = ["/shenghuo/", ad.path, f"/m{ad.path}", "/shenghuo/", ad.path, "/jiaoyu/"]
    answers = [fetch(sandbox["ads"], target) for target in targets]
    assert [answer.status for answer in answers] == [200] * 6
    assert ["访问过于频繁" in answer.text("utf-8-sig") for answer in answers] == [*[False] * 3, True, True, False]
    assert ad.posting.body[:12] not in answers[4].text("utf-8-sig")
    assert len(answers[4].body) < 3000
    assert [row.state for row in sandbox.log.rows("ads")] == ["list", "ok", "ok", "captcha", "captcha", "list"]
    assert len(sandbox.log.rows("ads", state="captcha")) == 2
    sandbox.reset_walls()
    assert "访问过于频繁" not in fetch(sandbox["ads"], "/shenghuo/").text("utf-8-sig")


def test_a_hurried_visitor_is_walled_everywhere_but_at_robots_txt(fetch) -> None:
    with serve_sandbox(pace=Pace(requests=5, seconds=3600.0)) as sandbox:
        pages = [fetch(sandbox["ads"], "/jiaoyu/") for _ in range(7)]
        assert ["请输入验证码" in page.text("utf-8-sig") for page in pages] == [*[False] * 5, True, True]
        assert fetch(sandbox["ads"], "/robots.txt").body.startswith(b"\xef\xbb\xbfUser-agent")
        assert "请输入验证码" not in fetch(sandbox["board"], "/").text("gb18030")
