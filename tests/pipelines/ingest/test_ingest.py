"""Batches: all or nothing, after the WARC is on the disk; duplicates, clusters, contacts and operators."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pipelines.desk import DEMO_MARK, Desk
from pipelines.errors import StoreError
from pipelines.evidence.warc import SourceWarc, Written, open_source_warc, read_record
from pipelines.ingest.ingest import IngestResult, ingest_batch
from pipelines.records import Capture, ExtractedListing, Image
from tests import factories

DAY = date(2026, 5, 4)
LONG = (
    "老城区百货大楼后面新开的托管，主打晚间作业陪伴。孩子放学由我们的人排队接回，吃过点心就开始写作业，"
    "写完一科查一科，错题当场弄懂再订正。另外周六上午有一个半小时的思维游戏，其实就是把课内的难点换个玩法。"
    "一个屋子最多坐六个孩子，两位大人看着。按月交，先来看看环境再定。靠窗的位置还剩两个，想来的早点打招呼。"
)


def posting(key: str = "1", **changes: Any) -> ExtractedListing:
    item = ExtractedListing(
        source="board",
        key=key,
        url=f"https://board.example/thread-{key}.html",
        title="晚间作业陪伴",
        text=LONG,
        fields={"区域": "东城"},
        platform="本地论坛",
    )
    return replace(item, **changes)


def take(desk: Desk, *items: ExtractedListing) -> IngestResult:
    return ingest_batch(desk, [], [(item, None) for item in items], [], sync=lambda: None)


def cluster(desk: Desk, listing_id: int) -> int:
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
    assert listing is not None
    return listing.cluster_id


@pytest.fixture(autouse=True)
def _board(request: pytest.FixtureRequest) -> None:
    name = "any_desk" if "any_desk" in request.fixturenames else "desk"
    desk: Desk = request.getfixturevalue(name)
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source())


def write(warc: SourceWarc) -> tuple[Capture, Written]:
    body = b"<html>page</html>"
    written = warc.write_response("https://board.example/", [], "200 OK", [], body, ip=None, at=factories.NOON)
    capture = factories.capture(
        written.record_id,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        warc_path=written.path,
        warc_offset=written.offset,
        warc_length=written.length,
        warc_record_id=written.record_id,
    )
    return capture, written


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every fsync (of which file or folder) and every COMMIT, in order."""
    seen: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        seen.append("fsync " + Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def committed(_: object) -> None:
        seen.append("COMMIT")

    monkeypatch.setattr(os, "fsync", watched)
    event.listen(Engine, "commit", committed)
    yield seen
    event.remove(Engine, "commit", committed)


def test_warc_file_and_folder_are_on_the_disk_before_the_commit(any_desk: Desk, calls: list[str]) -> None:
    with open_source_warc(any_desk, "board", DAY) as warc:
        capture, _ = write(warc)
        calls.clear()
        ingest_batch(any_desk, [capture], [(posting(), capture.id)], [factories.page("1")], sync=warc.sync)
    assert calls == ["fsync 2026-05-04.warc.gz", "fsync board", "COMMIT"]


def test_a_batch_that_dies_before_the_commit_leaves_nothing(any_desk: Desk) -> None:
    with open_source_warc(any_desk, "board", DAY) as warc:
        kept, first = write(warc)
        ingest_batch(any_desk, [kept], [(posting("1"), kept.id)], [], sync=warc.sync)
    committed = first.offset + first.length
    with open_source_warc(any_desk, "board", DAY) as warc:
        lost, _ = write(warc)
        with pytest.raises(StoreError):  # the second posting names a capture that does not exist
            ingest_batch(any_desk, [lost], [(posting("2"), lost.id), (posting("3"), "nowhere")], [], sync=warc.sync)
    path = any_desk.home / first.path
    assert path.stat().st_size > committed
    with any_desk.store.read() as tx:
        assert tx.captures.get(lost.id) is None
        assert tx.listings.find("board", "2") is None
        assert tx.captures.warc_end(first.path) == committed
    with open_source_warc(any_desk, "board", DAY) as warc:
        assert path.stat().st_size == committed
        again, _ = write(warc)
        ingest_batch(any_desk, [again], [(posting("2"), again.id)], [], sync=warc.sync)
    assert read_record(any_desk.home, kept) == read_record(any_desk.home, again)


def test_a_failing_sync_stores_nothing(desk: Desk) -> None:
    def fails() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        ingest_batch(desk, [], [(posting(), None)], [], sync=fails)
    with desk.store.read() as tx:
        assert tx.listings.count() == 0


def test_the_same_posting_again_is_stored_once(any_desk: Desk) -> None:
    first = take(any_desk, posting(), posting("2", text="另一条信息，内容完全不同"))
    again = take(any_desk, posting(fields={"区域": "东城", "浏览次数": "18"}))
    changed = take(any_desk, posting(text=LONG + "涨价了"))
    assert (first.new, first.changed, first.unchanged) == (2, 0, 0)
    assert (again.new, again.changed, again.unchanged, again.outcomes) == (0, 0, 1, ("unchanged",))
    assert (changed.new, changed.changed, changed.unchanged) == (0, 1, 0)
    assert first.listing_ids[0] == again.listing_ids[0] == changed.listing_ids[0]
    with any_desk.store.read() as tx:
        assert [version.version for version in tx.listings.versions(first.listing_ids[0])] == [1, 2]


def test_a_changed_phone_number_is_a_change(desk: Desk) -> None:
    result = take(desk, posting(text="电话13912345678"), posting(text="电话13912395678"))
    assert result.outcomes == ("new", "changed")


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (posting("2"), True),
        (posting("2", source="ads", url="https://ads.example/2"), True),
        (posting("2", text=LONG.replace("，", ",").replace("还剩两个", "还剩一个")), True),
        (posting("2", district="西城"), True),
        (posting("2", text="出售九成新钢琴一台，搬家带不走，音色好，自提，可以小刀，非诚勿扰，价格面议"), False),
        (posting("2", title="", text="一对一"), False),
    ],
)
def test_near_duplicates_share_a_cluster(desk: Desk, other: ExtractedListing, together: bool) -> None:
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source("ads"))
    one, two = take(desk, posting(), other).listing_ids
    assert (cluster(desk, one) == cluster(desk, two)) is together


def test_two_shops_with_one_boilerplate_stay_apart(desk: Desk) -> None:
    ids = take(
        desk,
        posting("1", text=LONG + "电话13912345678"),
        posting("2", text=LONG + "电话13812345678"),
        posting("3", text=LONG.replace("老城区百货大楼", "新城区人民公园") + "手机 139-1234-5678"),
    ).listing_ids
    one, other, moved = (cluster(desk, listing_id) for listing_id in ids)
    assert one == moved != other


def test_a_reworded_repost_by_the_same_account_is_one(desk: Desk) -> None:
    text = (
        "百货大楼后面那家新托管又来啦，主打晚间写作业陪伴。放学我们的人去接，吃了点心就写，写完一科查一科，"
        "错题当场讲懂。周六上午一个半小时思维游戏，把课内难点换个玩法。一屋子最多坐六个，两位大人看着，按月交。"
    )
    ids = take(
        desk,
        posting("1", poster="百货楼后小屋"),
        posting("2", poster="百货楼后小屋", text=text),
        posting("3", poster="匿名用户", text=text[:80]),
    ).listing_ids
    one, again, nobody = (cluster(desk, listing_id) for listing_id in ids)
    assert one == again != nobody


def test_a_hotline_in_every_posting_links_no_clusters(desk: Desk) -> None:
    letters = "东西南北春夏秋冬梅兰竹菊琴棋书画山水花鸟风霜雨雪金木土火日月星辰松柏桃李杏桂荷柳"
    items = [
        posting(
            str(n),
            text=f"平台热线400-820-8820，{letter * 3}楼{n * 37}室，" + letter.join("甲乙丙丁戊己庚辛壬癸子丑寅卯"),
        )
        for n, letter in enumerate(letters)
    ]
    take(desk, *items)
    near = posting(
        "x",
        text="平台热线400-820-8820，" + "东".join("甲乙丙丁戊己庚辛壬癸子丑寅卯") + "另有不同的话写在这里后面还有一些",
    )
    listing_id = take(desk, near).listing_ids[0]
    assert cluster(desk, listing_id) == max(cluster(desk, n) for n in range(1, listing_id + 1))


def test_nothing_is_stored_in_clear(any_desk: Desk) -> None:
    item = posting(
        title="一对一 13912345678",
        text="找张老师 １３９－１２３４－５６７８，微信：abc_123，恭喜王雨桐同学考了98分 \x00\ud800",
        fields={"联系电话": "87654321", "微信": "teacher_li"},
        price_raw="5000，电联13812345678",
        poster="13712345678",
        contacts=("186 1234 5678",),
        images=(Image(url="https://a/1.png", blob=None, ocr_text="vx：hello_world1"),),
    )
    listing_id = take(any_desk, item).listing_ids[0]
    with any_desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
        contacts = tx.contacts.of_listing(listing_id)
        assert listing is not None
        operator = tx.operators.get(listing.operator_id or 0)
    assert listing.title == "一对一 139****5678"
    assert listing.text == "找张老师 １３９－****－５６７８，微信：a*****3，恭喜王**同学考了98分 \ufffd\ufffd"
    assert listing.fields == {"联系电话": "87****21", "微信": "t********i"}
    assert listing.price_raw == "5000，电联138****5678"
    assert listing.images[0].ocr_text == "vx：h**********1"
    assert {contact.masked for contact in contacts} == {
        "139****5678", "a*****3", "87****21", "t********i", "138****5678", "137****5678", "186****5678", "h**********1",
        "张老师",
    }  # fmt: skip
    assert operator is not None
    assert operator.name == "137****5678"


def test_whoever_shares_a_contact_is_one_operator(any_desk: Desk) -> None:
    ids = take(
        any_desk,
        posting("1", text="甲店 13912345678 张老师"),
        posting("2", text="乙店 微信：abc_1234 张老师"),
        posting("3", text="丙店 139 1234 5678 加微信：abc_1234"),
        posting("4", text="丁店 13812345678 张老师"),
        posting("5", text="没有联系方式 张老师"),
    ).listing_ids
    with any_desk.store.read() as tx:
        listings = [tx.listings.get(listing_id) for listing_id in ids]
        owners = [
            operator.id
            if listing and listing.operator_id and (operator := tx.operators.get(listing.operator_id))
            else None
            for listing in listings
        ]
    assert owners[0] == owners[1] == owners[2] is not None
    assert owners[3] not in {owners[0], None}
    assert owners[4] is None


def test_a_business_is_named_and_only_its_own_registered_name_links(any_desk: Desk) -> None:
    sign, registered = "公司名称：小荷学堂\n园长：张老师", "公司名称：朗朗教育咨询有限公司"
    ids = take(
        any_desk,
        # No way to reach anybody: the name alone makes the operator.
        posting("1", text=f"甲班 {sign}", poster="豆豆老师", fields={}),
        # The same sign elsewhere may be another shop, with a telephone or without.
        posting("2", text=f"乙班 {sign}", fields={}),
        posting("3", text=f"丙班 13912345678\n{sign}", fields={}),
        posting("4", text=f"丁班 13812345678\n{sign}", fields={}),
        # A registered name that a business calls its own does link; one merely mentioned does not.
        posting("5", text=f"戊班 13712345678\n{registered}", fields={}),
        posting("6", text="己班", fields={"公司名称": "朗朗教育咨询有限公司"}),
        posting("7", text="庚班 13612345678\n与朗朗教育咨询有限公司合作办班", fields={}),
    ).listing_ids
    with any_desk.store.read() as tx:
        listings = [tx.listings.get(listing_id) for listing_id in ids]
        operators = [tx.operators.get(listing.operator_id or 0) if listing else None for listing in listings]
        kinds = {contact.kind: contact.masked for contact in tx.contacts.of_listing(ids[0])}
    assert all(operators)
    owners = [operator.id for operator in operators if operator]
    assert len(set(owners[:4])) == 4
    assert owners[4] == owners[5] != owners[6]
    assert [operator.name for operator in operators if operator] == ["小荷学堂"] * 4 + ["朗朗教育咨询有限公司"] * 3
    # The nickname is kept apart from names and from what one can be reached by.
    assert kinds == {"org": "小荷学堂", "account": "豆豆老师", "name": "张老师"}


def test_demo_rows_are_marked(desk: Desk) -> None:
    (desk.home / DEMO_MARK).touch()
    listing_id = take(desk, posting()).listing_ids[0]
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
    assert listing is not None
    assert listing.demo


def test_an_empty_batch_is_nothing(desk: Desk) -> None:
    synced: list[bool] = []
    assert ingest_batch(desk, [], [], [], sync=lambda: synced.append(True)).listing_ids == ()
    assert synced == [True]
