"""Failure modes 11 to 21: what is read off pages that are what they seem. Numbers and names are those of the table."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image as Picture

from crawlers.dates import parse_date
from crawlers.extract import UNREADABLE
from crawlers.fees import parse_fee
from pipelines.desk import Desk
from pipelines.records import HealthVerdict, PageState
from tests.crawlers.failure_modes.small_board import NAME, board, html, later, listed, path, thread

SEEN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("charset", "declared"),
    # Declared wrongly in the page itself, wrongly by the server, and not at all.
    [("utf-8", "gb2312"), ("gb18030", "utf-8"), ("gb18030", "")],
)
def test_11_wrong_charset(desk: Desk, tmp_path: Path, charset: str, declared: str) -> None:
    words = "小学三年级数学周末辅导班，名额不多，请尽快电话联系老师报名。"
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    with board(desk, tmp_path) as small:
        small.threads(1)
        status, _headers, body = thread("周末数学小班", words, head=meta)
        small.pages[path(1)] = (status, {"Content-Type": "text/html"}, body.decode().encode(charset))
        small.crawl()
        found = small.listing(1)
        assert found is not None
        assert (found.title, found.text) == ("周末数学小班", words)
        with desk.store.read() as tx:
            capture = tx.captures.get(small.page(1).last_capture_id or "")
        assert capture is not None
        assert capture.charset == charset


def test_12_pagination_never_ends(desk: Desk, tmp_path: Path) -> None:
    """Every number of page is answered, always with the same rows and a link to the next."""
    with board(desk, tmp_path) as small:
        small.threads(1, 2, 3)
        for number in range(1, 60):
            small.pages[f"/forum-1-{number}.html"] = listed(
                1, 2, 3, more=f'<a class=nxt href="/forum-1-{number + 1}.html">下页'
            )
        run = small.crawl()
        assert run.outcome == "finished"
        assert [where for where in small.asked if "forum" in where] == ["/forum-1-1.html", "/forum-1-2.html"]


def test_13_calendars_path_loops_sort_permutations(desk: Desk, tmp_path: Path) -> None:
    """Only rows of lists are followed; what permutes one address is one posting."""
    with board(desk, tmp_path) as small:
        small.threads(1)
        small.pages["/forum-1-1.html"] = listed(
            (1, path(1)),
            (1, f"{path(1)}?extra=page%3D1&mobile=2"),
            more='<a href="/calendar?day=2026-03-03">明天</a><a href="/a/a/a/a/a/">环</a>'
            '<a href="/forum-1-1.html?orderby=views">按热度</a>',
        )
        small.pages[path(1)] = thread(
            body='三年级数学班。<a href="/thread-2-1-1.html">相关</a><a href="/b/b/b/">环</a>'
        )
        run = small.crawl()
        assert run.new == 1
        assert sorted(small.asked) == ["/forum-1-1.html", "/forum-1-2.html", path(1)]


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<meta name="location" content="province=江苏;city=苏州;coord=120.6,31.3">',
        '<div class="breadcrumb"><a>苏州家教</a></div>',
    ],
)
def test_14_wrong_filter_slug_falls_back_to_the_whole_city(desk: Desk, tmp_path: Path, elsewhere: str) -> None:
    with board(desk, tmp_path) as small:
        recipe = small.folder / "source.yml"
        recipe.write_text(recipe.read_text("utf-8").replace("source: {", "source: {region: '330106', "), "utf-8")
        small.threads(1, 2)
        small.pages["/forum-1-1.html"] = listed(1, 2, head=elsewhere)
        run = small.crawl()
        assert (run.outcome, run.states) == ("failed", {"unknown": 1})
        assert "苏州市" in run.message
        assert "杭州市" in run.message
        assert small.asked == ["/forum-1-1.html"]
        # The right place, named as people name it, is none of that.
        small.pages["/forum-1-1.html"] = listed(1, 2, head='<meta name="location" content="province=浙江;city=杭州">')
        assert small.crawl().new == 2


def test_15_duplicates_tracking_links_twins_reposts(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        text = (
            "本人十五年教龄，小学三年级到六年级数学一对一，周末两天都可以，地点在滨河花园，费用面议，欢迎家长来电咨询。"
        )
        small.pages["/forum-1-1.html"] = listed((1, f"{path(1)}?from=ad"), (1, path(1)), (2, path(2)))
        small.pages[path(1)] = thread("数学一对一", text)
        small.pages[path(2)] = thread("数学一对一", text + "！")
        small.crawl()
        first, second = small.listing(1), small.listing(2)
        assert first is not None
        assert second is not None
        # The tracking link is the same posting; the one put up again is another, kept, in the same cluster.
        assert small.count() == 2
        assert first.cluster_id == second.cluster_id


def test_16_sidebar_and_recommended_ads_mixed_in(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path) as small:
        small.threads(1, 2)
        aside = "".join(f'<li><a class="xst" href="{path(n)}">热帖{n}</a></li>' for n in (8, 9))
        small.pages["/forum-1-1.html"] = listed(1, 2, more=f"<ul class=hot>{aside}</ul>")
        # The same row again on the next page is no new posting.
        small.pages["/forum-1-2.html"] = listed(2, 3)
        small.pages[path(3)] = thread("第3号", "第三个班，英语，周日。")
        run = small.crawl()
        assert run.new == 3
        assert sorted(where for where in small.asked if "thread" in where) == [path(1), path(2), path(3)]
        assert small.health.figures.rows == 3


def test_17_deleted_expired_ads(desk: Desk, tmp_path: Path) -> None:
    """Gone only after two sightings a day apart; what was archived stays, with when it was last seen."""
    with board(desk, tmp_path) as small:
        small.threads(1, 2)
        small.crawl()
        kept = small.page(1)
        small.pages[path(1)] = html('<div id="messagetext">抱歉，指定的主题不存在或已被删除或正在被审核</div>')
        small.crawl()
        with desk.store.read() as tx:
            first_missed = tx.health.missing(NAME, ["1"])["1"]
        assert small.page(1).state is PageState.OK
        # Again an hour later is the same sighting.
        later(hours=1)
        small.crawl()
        assert path(1) not in small.asked
        assert small.page(1).state is PageState.OK
        later(hours=24)
        small.crawl()
        gone, listing = small.page(1), small.listing(1)
        assert gone.state is PageState.GONE
        assert (gone.last_capture_id, gone.signature) == (kept.last_capture_id, kept.signature)
        assert listing is not None
        assert listing.last_seen_at <= first_missed
        # Missing for a while and there again: nothing happened.
        small.pages[path(2)] = html("", 404)
        small.crawl()
        later(hours=25)
        small.threads(1, 2)
        small.crawl()
        assert small.page(2).state is PageState.OK
        with desk.store.read() as tx:
            assert tx.health.missing(NAME, ["1", "2"]) == {}


@pytest.mark.parametrize(
    ("words", "expected", "precision"),
    [
        ("3小时前", "2026-03-02T09:00:00+00:00", "minute"),
        ("发表于 2026-3-1 09:30", "2026-03-01T01:30:00+00:00", "minute"),
        ("11-03", "2025-11-02T16:00:00+00:00", "day"),
        ("一周前", "2026-02-23T12:00:00+00:00", "month"),
        ("上周五", "2026-02-26T16:00:00+00:00", "day"),
        # The future, and before there was such a thing.
        ("2026-03-09 10:00", None, None),
        ("1998-01-01", None, None),
    ],
)
def test_18_date_wrong(words: str, expected: str | None, precision: str | None) -> None:
    found = parse_date(words, SEEN)
    assert (found and found.moment.isoformat(), found and found.precision) == (expected, precision)


def test_18_the_date_is_the_authors_not_the_last_replys(desk: Desk, tmp_path: Path) -> None:
    reply = '<em id="authorposton9">发表于 2026-3-9 08:00</em><table><td id="postmessage_9">顶</td></table>'
    with board(desk, tmp_path) as small:
        small.threads(1)
        status, headers, body = thread(posted="2026-3-2 10:00")
        small.pages[path(1)] = (status, headers, body + reply.encode())
        small.crawl()
        found = small.listing(1)
        assert found is not None
        assert found.posted_at == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "low", "per_hour"),
    [
        ("2小时300元", 300.0, 150.0),
        ("¥1.2万", 12000.0, None),
        ("200-300元", 200.0, None),
        ("150元/小时", 150.0, 150.0),
        # A lesson is no hour unless the text says how long it is.
        ("80元每课时", 80.0, None),
    ],
)
def test_19_price_unit_wrong(words: str, low: float, per_hour: float | None) -> None:
    found = parse_fee(words)
    assert found is not None
    assert (found.low, found.yuan_per_hour) == (low, per_hour)
    assert found.raw in words.replace("￥", "¥")


def test_19_prices_out_of_the_recipes_range_are_a_breach(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path, "quality: {range: {fee.yuan_per_hour: [20, 2000]}}\n") as small:
        small.threads(*range(1, 6))
        for number in range(1, 6):
            small.pages[path(number)] = thread(f"{number}号", f"第{number}个班。", attrs={"费用": "2550元/小时"})
        run = small.crawl()
        assert run.outcome == "failed"
        assert "超出配方的范围" in run.message
        found = small.listing(1)
        assert found is not None
        assert found.price_raw == "2550元/小时"


def test_20_text_only_in_images(desk: Desk, tmp_path: Path) -> None:
    out = io.BytesIO()
    Picture.new("RGB", (40, 40), "#ffffff").save(out, "PNG")
    with board(desk, tmp_path, "fetch: {max_images: 2}\n") as small:
        small.threads(1)
        images = "".join(f'<img src="none.gif" file="/poster{number}.png">' for number in range(4))
        small.pages[path(1)] = thread("暑期招生", images)
        for number in range(4):
            small.pages[f"/poster{number}.png"] = (200, {"Content-Type": "image/png"}, out.getvalue())
        small.crawl(ocr=lambda _data: "暑期奥数班 每期1800元")
        found = small.listing(1)
        assert found is not None
        # Within the recipe's budget; what was recognised stands apart from what was written.
        assert sum("poster" in where for where in small.asked) == 2
        assert [image.ocr_text for image in found.images[:2]] == ["暑期奥数班 每期1800元"] * 2
        assert "奥数" not in found.text


def test_21_font_obfuscated_digits(desk: Desk, tmp_path: Path) -> None:
    font = "<style>@font-face{font-family:'own';src:url('data:font/ttf;base64,AAEAAAALAIAAAwAw')}</style>"
    with board(desk, tmp_path) as small:
        small.threads(1, 2, 3)
        # Odd Han and private-use signs where figures are; then old characters on a page without such a font.
        small.pages[path(1)] = thread("1号", "第一个班。", attrs={"费用": "驋龒0元/小时", "科目": "数学"}, head=font)
        small.pages[path(2)] = thread("2号", "第二个班。", attrs={"费用": "\ue123\ue2355元", "联系电话": "13800001111"})
        small.pages[path(3)] = thread("3号", "補習班，第三個。", attrs={"费用": "150元/小时"}, head=font)
        small.crawl()
        fees = [(one.price_raw, one.fields.get(UNREADABLE, "")) for n in (1, 2, 3) if (one := small.listing(n))]
        assert [fee for fee, _why in fees] == ["", "", "150元/小时"]
        assert ["费用" in why for _fee, why in fees] == [True, True, False]
        assert "请看截图" in fees[0][1]
        # It counts as not read, so that a site that begins with it is noticed.
        assert small.health.figures.shares["coverage.fee"] == (1, 3)
        assert small.health.verdict is HealthVerdict.HEALTHY
