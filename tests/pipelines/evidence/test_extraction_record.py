"""《电子数据证据提取笔录》: no field without words, each with what it rests on, and nothing said that nobody knows."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from docx import Document

from pipelines.desk import Desk
from pipelines.evidence.capture_words import capture_words
from pipelines.evidence.evidence_list import ListedFile
from pipelines.evidence.extraction_record import extraction_record
from pipelines.evidence.material import CaseMaterial, gather_case, with_exchanges
from pipelines.evidence.record_fields import BASES, BY_OFFICERS, CAPTURE_FIELDS, CASE_FIELDS, NOT_HAD, PACKAGE_FIELDS
from pipelines.evidence.record_parts import RECORD, record_parts
from pipelines.evidence.record_words import case_words, compared, package_words
from pipelines.evidence.warc_read import Exchange
from pipelines.records import PageState, Verdict
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide, open_case


@pytest.fixture
def material(desk: Desk) -> CaseMaterial:
    leads = [add_lead(desk, "a", screenshot=True), add_lead(desk, "b")]
    decide(desk, leads[0], Verdict.CONFIRM, at=MONDAY)
    return gather_case(desk, open_case(desk, leads).id, user="system", at=MONDAY + timedelta(hours=1))


def printed(material: CaseMaterial) -> bytes:
    files = (ListedFile(name="page.warc.gz", size=5, sha256="e" * 64),)
    ids = [item.capture.id for item in material.captures]
    return extraction_record(material, dict.fromkeys(ids, files), dict.fromkeys(ids, ()))


def test_extractions_are_counted_in_their_lead(material: CaseMaterial) -> None:
    one, two = material.leads
    twice = replace(two, captures=(*two.captures, replace(two.captures[0], text="又一次")))
    document = Document(io.BytesIO(printed(replace(material, leads=(one, twice)))))
    told = [line.text for line in document.paragraphs if "次提取" in line.text and line.text.startswith("（")]
    first = len(one.captures)
    assert told[first:] == [
        f"（{first + place}）线索 {two.lead.id}，第 {place} 次提取" for place in range(1, len(twice.captures) + 1)
    ]


def test_a_record_is_of_one_operator_on_one_source(desk: Desk) -> None:
    """Nobody signs for another's page; who is unknown is not taken for anybody else who is."""
    leads = [
        add_lead(desk, "a", phone="13800005678"),
        add_lead(desk, "b", phone="13900001111", codes=("HT07",)),
        add_lead(desk, "c", phone="13800005678"),
        add_lead(desk, "d"),
        add_lead(desk, "e"),
    ]
    case = gather_case(desk, open_case(desk, leads).id, user="wang", at=MONDAY + timedelta(hours=1))
    parts = record_parts(case)
    assert [part.leads for part in parts] == ["1、3", "2", "4", "5"]
    assert [part.file for part in parts] == [RECORD.replace(".", f"_0{number}.") for number in (1, 2, 3, 4)]
    other = parts[1]
    words = case_words(other.material, part=other.told)["number"]
    assert "疑似违规开展校外培训\n" in words  # by its own findings, not the advertisements of the others
    assert "线索 1 条（本案第 2 份，共 4 份，只记 未标明名称（电话 139****1111） 在 演示论坛 的信息）" in words
    assert "138****5678" not in "".join(package_words(other.material, third_party=False).values())
    text = "\n".join(line.text for line in Document(io.BytesIO(printed(other.material))).paragraphs)
    assert "线索 2，第 1 次提取" in text
    assert "线索 1，" not in text
    alone = replace(case, leads=(case.leads[0], case.leads[2]))
    assert [(part.file, part.told) for part in record_parts(alone)] == [(RECORD, "")]


def test_a_page_of_two_operators_stands_in_both_records_and_one_retyped_elsewhere_in_its_own(
    material: CaseMaterial,
) -> None:
    one, two = material.leads
    page = one.captures[0]
    parts = record_parts(replace(material, leads=(one, replace(two, captures=(), shared=(page.capture.id,)))))
    assert [[item.capture.id for item in part.material.captures] for part in parts] == [
        [item.capture.id for item in one.captures],
        [page.capture.id],
    ]
    elsewhere = replace(page, source_title="另一网站", capture=replace(page.capture, id="f" * 32))
    file = replace(elsewhere, capture=replace(page.capture, method="import", environment={"file": "群聊.csv"}))
    parts = record_parts(replace(material, leads=(replace(one, captures=(*one.captures, elsewhere, file)),)))
    assert [part.source for part in parts] == ["演示论坛", "另一网站", "导入的文件 群聊.csv"]
    told = capture_words(one, elsewhere, ())
    assert "另一网站的网页" in told["object"]
    assert "平台：另一网站" in told["account"]


def test_every_field_has_words_and_required_ones_are_never_missing(material: CaseMaterial) -> None:
    """Captures as they can be: of every method and state, with and without what a browser tells."""
    chance = random.Random(5)
    environments = (
        {},
        {"user_agent": "Bot/1", "recipe": '["bbs/x", 3]', "timing": {"responseEnd": 83.9}, "redirects": ["http://a/b"]},
        {"recipe": "not json", "timing": {"responseEnd": -1.0}, "redirects": [7], "file": "群聊.csv", "row": 4},
    )
    seen = 0
    for _ in range(200):
        lead = chance.choice(material.leads)
        item = chance.choice(lead.captures)
        capture = replace(
            item.capture,
            method=chance.choice(("http", "browser", "import")),
            state=chance.choice(list(PageState)),
            environment=chance.choice(environments),
            http_status=chance.choice((None, 200, 404)),
            server_ip=chance.choice((None, "10.0.0.1")),
            charset=chance.choice(("", "gbk")),
            screenshot_blob=chance.choice((None, "d" * 64)),
        )
        lead = replace(lead, nicknames=chance.choice(((), ("小荷",))), visibility=chance.choice(("public", "unknown")))
        case = replace(material, agency=chance.choice(("", "某局")), leads=chance.choice(((), material.leads)))
        for fields, words in (
            (CASE_FIELDS, case_words(case)),
            (CAPTURE_FIELDS, capture_words(lead, replace(item, capture=capture), ())),
            (PACKAGE_FIELDS, package_words(case, third_party=chance.random() < 0.5)),
        ):
            assert words.keys() == {field.key for field in fields}
            for field in fields:
                assert words[field.key].strip(), field.key
                if field.must:
                    assert not words[field.key].startswith(NOT_HAD), field.key
                    seen += 1
    assert seen == 200 * sum(field.must for field in (*CASE_FIELDS, *CAPTURE_FIELDS, *PACKAGE_FIELDS))


#: law.md 5.2: what a record of a capture should tell → where it does: field of capture, case or package, and words.
SHOULD = {
    "重定向链": ("address", "转到|没有转址"),
    "平台、账号名、账号ID、IP属地": ("account", "平台：.*账号名.*账号编号、IP 属地：未取得：."),
    "发布时间（页面显示）": ("account", r"页面所示发布时间：(\d{4}|未取得：.)"),
    "服务器IP": ("server", r"服务器地址：(\d|未取得：.)"),
    "DNS": ("server", "域名解析：未取得：."),
    "TLS证书指纹": ("server", "TLS 证书：(TLS|未取得：.)"),
    "HTTP状态与响应头": ("answer", "HTTP/1.1|未取得：."),
    "分屏截图": ("picture", "分屏"),
    "录屏": ("picture", "录像：未取得：.|没有画面"),
    "音视频转写": ("beyond", "音视频.*未取得：."),
    "下级落地页": ("beyond", "下级落地页：未取得：."),
    "NTP校时源与偏差": ("clock", "校时源.*未取得：."),
    "可信时间戳": ("stamps", "时间戳"),
    "设备、OS": ("machine", "主机"),
    "浏览器及爬虫版本与提交号": ("tool", "提交号 .|版本：采集时没有记录"),
    "登录状态": ("access", "未登录.*请求|取得时是否登录"),
    "视口、语言": ("surroundings", "窗口|语言|页面状态"),
    "发现时间、渠道、可见范围": ("found", "首次采集 .*列入线索 .*渠道：.*可见范围：."),
    "存储位置、访问日志、移送清单": ("custody", "kept_at.*audit.jsonl.*移送清单"),
    "主体、广告费用证据": ("subject", "广告费用：未取得：."),
    "四性、模型版本": ("analysis", "模型 .*四性"),
    "见证人、拒签注明": ("witness", "见证人"),
}


@pytest.mark.parametrize("method", ["http", "browser", "import"])
def test_what_the_law_says_should_be_told_is_told_or_the_reason_why_not(material: CaseMaterial, method: str) -> None:
    lead = material.leads[0]
    item = lead.captures[0]
    exchange = Exchange(request=(("User-Agent", "Bot/1"),), status_line="HTTP/1.1 200", answer=(("Date", "x"),))
    capture = replace(item.capture, method=method, screenshot_blob="d" * 64 if method == "browser" else None)
    told = case_words(material) | package_words(material, third_party=False)
    told |= capture_words(lead, replace(item, capture=capture, exchange=exchange if method != "import" else None), ())
    for what, (key, words) in SHOULD.items():
        of_a_file = method == "import" and (told[key].startswith(NOT_HAD) or key == "address")
        assert of_a_file or re.search(words, told[key], re.DOTALL), (what, told[key])


def test_the_clock_is_told_with_its_source_and_offset(material: CaseMaterial) -> None:
    lead = material.leads[0]
    item = lead.captures[0]
    at = MONDAY - timedelta(seconds=3)
    answer = (("Date", format_datetime(at, usegmt=True)),)
    exchange = Exchange(request=(), status_line="HTTP/1.1 200", answer=answer)
    state = {"by": "chrony", "source": "203.0.113.8", "offset_ms": -0.421}
    late = MONDAY + timedelta(
        microseconds=900_000
    )  # printed to the second: the difference is that of what stands there
    capture = replace(item.capture, captured_at=late, environment={"station": {"clock": state}})
    told = capture_words(lead, replace(item, capture=capture, exchange=exchange), ())["clock"]
    assert "由 chrony 校时；校时源 203.0.113.8；采集时查得本机慢 0.421 毫秒" in told
    assert "所称时间 2026-03-02 09:59:57，本机所记 2026-03-02 10:00:00 与它相比晚 3 秒（含传输的时间" in told
    assert BY_OFFICERS not in told


def test_the_time_of_a_browsers_page_adds_up_from_request_to_store(material: CaseMaterial) -> None:
    lead = material.leads[0]
    item = lead.captures[1]
    began = (MONDAY - timedelta(seconds=8)).timestamp() * 1000 + 900
    for timing, told in (
        (
            {"startTime": began, "responseEnd": 1234.0},
            "，网页看完、存下之时；09:59:52.90 发出请求，10:00:00.50 存下，共 7.60 秒；"
            "其中网页主文件自发出请求到接收完毕 1.23 秒",
        ),
        ({"responseEnd": 1234.0}, "，网页看完、存下之时；其中网页主文件自发出请求到接收完毕 1.23 秒"),
        ({"startTime": -1.0, "responseEnd": -1.0}, "，网页看完、存下之时"),
    ):
        at = MONDAY + timedelta(milliseconds=509)
        capture = replace(item.capture, captured_at=at, environment={"timing": timing})
        words = capture_words(lead, replace(item, capture=capture), ())["time"]
        assert words.partition("UTC）")[2].startswith(told)
    crawl = replace(item, capture=replace(item.capture, method="http"))
    assert capture_words(lead, crawl, ())["time"].endswith("UTC），内容接收完毕之时")


def test_that_nobody_was_logged_in_is_shown_by_the_request(material: CaseMaterial) -> None:
    lead = material.leads[0]
    item = lead.captures[0]
    for header, words in (
        (("Accept", "*/*"), "没有 Authorization，没有 Cookie"),
        (("Cookie", "salt=secret; sid=x"), "Cookie（名称 salt、sid）"),
        (("authorization", "Basic secret"), "带有 Authorization"),
    ):
        exchange = Exchange(request=(header,), status_line="HTTP/1.1 200", answer=())
        told = capture_words(lead, replace(item, exchange=exchange), ())["access"]
        assert words in told
        assert "secret" not in told


def test_another_character_set_than_the_answers_is_explained(material: CaseMaterial) -> None:
    lead = material.leads[0]
    for method, said, used, why in (
        ("http", "text/html; charset=gbk", "gb18030", "gb18030 包含 gbk"),
        ("browser", 'text/html; charset="GBK"', "utf-8", "已由 gbk 转为 utf-8"),
        ("http", "text/html; charset=utf-8", "gb18030", "与响应头所称的 utf-8 不同"),
        ("http", "text/html; charset=utf-8", "utf-8", ""),
    ):
        item = lead.captures[0]
        capture = replace(item.capture, method=method, content_type=said, charset=used)
        told = capture_words(lead, replace(item, capture=capture), ())["surroundings"]
        assert (why in told) if why else ("字符集 utf-8（" not in told)


def test_what_the_program_knows_is_written_and_not_pointed_at(desk: Desk) -> None:
    """From the WARC itself, as an export reads it."""
    lead = add_lead(desk, "a")
    case = open_case(desk, [lead])
    material = with_exchanges(gather_case(desk, case.id, user="wang", at=MONDAY), desk.home)
    (item,) = material.captures
    assert item.exchange is not None
    assert item.exchange.asked("host") == "127.0.0.1:1"
    assert item.exchange.answered("content-type") == "text/html; charset=utf-8"
    station = {"software": "mingcha 9.9", "commit": "c0ffee", "host": "gzz-1", "system": "Debian", "python": "3.11"}
    capture = replace(item.capture, environment={"station": station})
    told = capture_words(material.leads[0], replace(item, capture=capture), ())
    assert "mingcha 9.9，提交号 c0ffee" in told["tool"]
    assert "主机 gzz-1" in told["machine"]
    assert not [words for words in told.values() if "见 case.json" in words or "见 WARC 中的请求记录" in words]


def test_what_only_officers_know_is_left_to_them(material: CaseMaterial) -> None:
    case = case_words(material)
    lead = material.leads[0]
    words = capture_words(lead, lead.captures[0], ())
    assert all(BY_OFFICERS in text for text in (case["place"], case["witness"], words["clock"], words["origin"]))
    assert case["officers"].count("执法证号") == 2
    file = replace(lead.captures[0], capture=replace(lead.captures[0].capture, method="import"))
    imported = capture_words(lead, file, ())
    assert BY_OFFICERS in imported["steps"]
    assert "未登录" not in imported["access"]


def test_the_steps_say_what_the_program_did_and_leave_the_rest_to_tick(material: CaseMaterial) -> None:
    lead = material.leads[0]
    told = [capture_words(lead, item, ())["steps"].split("复现步骤") for item in lead.captures]
    (crawl, again), (browser, _) = told
    assert "HTTP GET" in crawl
    assert "没有使用浏览器" in crawl
    assert "无界面浏览器" in browser
    assert "地址栏" not in crawl + browser
    assert again.count("□") == 2
    assert "程序没有做" in again


def test_the_file_has_a_row_a_field_with_its_basis_and_every_short_name_in_full(material: CaseMaterial) -> None:
    document = Document(io.BytesIO(printed(material)))
    rows = [tuple(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    for fields, times in ((CASE_FIELDS, 1), (CAPTURE_FIELDS, len(material.captures)), (PACKAGE_FIELDS, 1)):
        for field in fields:
            told = [row for row in rows if row[0] == field.name]
            assert len(told) == times, field.name
            assert {row[2] for row in told} == {"、".join(field.basis)}
    legend = {row[0]: row[1] for row in rows if row[0] in BASES and len(row) == 3}
    assert legend == {name: full for name, (full, _) in BASES.items()}
    text = "\n".join([*(line.text for line in document.paragraphs), *(cell for row in rows for cell in row)])
    assert text.count("（签名）") == 4
    assert "条号待核" in text
    assert "疑似" in text
    assert "e" * 64 in text
    for claim in ("属实", "违法事实清楚", "认定其", "{{"):
        assert claim not in text
    heads = [section.text for part in document.sections for section in part.header.paragraphs]
    assert heads == ["程序预填 · 须经执法人员核对、补填并签名"]


def test_equal_material_gives_equal_bytes_and_a_demo_says_so(material: CaseMaterial) -> None:
    assert printed(material) == printed(material)
    demo = Document(io.BytesIO(printed(replace(material, demo=True, record_title="电子数据提取笔录"))))
    assert demo.paragraphs[0].text == "电子数据提取笔录"
    assert demo.sections[0].header.paragraphs[0].text == "演示数据 · 不得作为证据使用"


def test_captures_are_told_apart_line_by_line(desk: Desk, material: CaseMaterial) -> None:
    lead = with_exchanges(material, desk.home).leads[0]
    (told,) = compared(lead)
    assert "（程序采集）与 2026-" in told
    assert "两次，有 2 处不同（少了 1 行，改动 1 行）；信息本身 2 处。改动（第 1 行→第 1 行）：" in told
    assert told.endswith("全文见 data/逐行比对.txt。")
    assert compared(lead, shared=True) == [told[: told.index("。改动") + 1]]
    outside = tuple(replace(one, told=(), of_posting=0) for one in lead.comparisons)
    (told,) = compared(replace(lead, comparisons=outside))
    assert told.endswith("信息本身的字句同一。逐行见 data/逐行比对.txt。")
    assert compared(replace(lead, comparisons=())) == []
