"""`mingcha intake`: files of all kinds go in, row by row; what cannot is refused with a reason and stops nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.cli.intake import _files
from pipelines.desk import Desk
from pipelines.errors import BadInput
from pipelines.evidence.warc import read_record
from pipelines.ingest.intake import ReadPage, intake_paths
from pipelines.records import ExtractedListing, PageState
from tests.pipelines.ingest.word_assessor import WordAssessor


@dataclass(frozen=True, kw_only=True)
class Reading:
    state: PageState
    kind: str
    reason: str
    listings: Sequence[ExtractedListing] = field(default=())
    logged_in: str = ""


def intake(
    desk: Desk, *paths: Path, source: str | None = None, read_page: ReadPage | None = None
) -> list[dict[str, Any]]:
    return list(intake_paths(desk, WordAssessor(), paths, source=source, note="举报", read_page=read_page))


def results(rows: list[dict[str, Any]]) -> list[tuple[int | None, str]]:
    return [(row["row"], row["result"]) for row in rows]


def write(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_a_source_is_called_by_a_name_or_by_any_words(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "a.jsonl", '{"text":"小班提分"}')
    for word, result in (("人工导入", "taken"), ("某家长群", "taken"), (" 某家长群 ", "duplicate")):
        assert results(intake(desk, file, source=word)) == [(1, result)], word
    with desk.store.read() as tx:
        titles = {source.title: source.name for source in tx.sources.list()}
    assert set(titles) == {"人工导入", "某家长群"}
    assert titles["人工导入"] == "intake"
    assert re.fullmatch(r"in-[0-9a-f]{12}", titles["某家长群"])  # files are called by it
    for word in ("  ", "长\x00度", "长" * 41, "../x", "leads", "群/组"):
        with pytest.raises(BadInput, match="来源要写代号"):
            intake(desk, file, source=word)


LINES = (
    '{"id":"a","text":"小班提分，电话13912345678"}\n坏行\n{"id":"b","text":"出售九成新钢琴一台"}\n'
    '{"id":"c","text":"小班提分，电话13912345678"}\n'
)


def test_good_rows_go_in_bad_ones_are_listed(any_desk: Desk, tmp_path: Path) -> None:
    rows = intake(any_desk, write(tmp_path, "线索.jsonl", LINES))
    assert results(rows) == [(1, "taken"), (2, "refused"), (3, "taken"), (4, "duplicate")]
    assert rows[0]["listing"] == rows[3]["listing"]
    assert "不是 JSON" in rows[1]["reason"]
    assert all(row["file"].endswith("线索.jsonl") for row in rows)
    with any_desk.store.read() as tx:
        listing = tx.listings.get(rows[0]["listing"])
        source = tx.sources.get("intake")
        leads = tx.leads.page(status=None)
    assert listing is not None
    assert source is not None
    assert (listing.text, listing.url) == ("小班提分，电话139****5678", "file:///%E7%BA%BF%E7%B4%A2.jsonl#row=1")
    assert source.lane == "intake"
    assert [lead.source for lead in leads.items] == ["intake"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_each_row_is_captured_alone_byte_for_byte_and_names_its_file(
    any_desk: Desk, tmp_path: Path, charset: str
) -> None:
    data = LINES.encode(charset)
    rows = intake(any_desk, write(tmp_path, "a.jsonl", data))
    whole = hashlib.sha256(data).hexdigest()
    assert any_desk.blobs.get(whole) == data
    with any_desk.store.read() as tx:
        first = tx.captures.for_listing(rows[0]["listing"])
        (other,) = tx.captures.for_listing(rows[2]["listing"])
    # Lines 1 and 4 say the same: one posting, brought twice.
    assert {capture.environment["row"] for capture in first} == {1, 4}
    for capture in (*first, other):
        number = capture.environment["row"]
        payload = read_record(any_desk.home, capture)
        assert payload.decode(capture.charset) == LINES.split("\n")[number - 1]
        assert payload in data
        assert capture.url.endswith(f"a.jsonl#row={number}")
        assert (capture.method, capture.source) == ("import", "intake")
        noted = capture.environment
        assert (noted["file"], noted["file_sha256"], noted["file_size"]) == ("a.jsonl", whole, len(data))
        assert (noted["note"], noted["visibility_given"]) == ("举报", False)


def test_a_row_of_a_table_may_spread_over_lines_and_its_columns_are_named(desk: Desk, tmp_path: Path) -> None:
    table = '正文,可见范围\r\n"小班提分\r\n电话13912345678",群\r\n出售钢琴一台,\r\n'
    first, second = intake(desk, write(tmp_path, "a.csv", table))
    with desk.store.read() as tx:
        (one,) = tx.captures.for_listing(first["listing"])
        (two,) = tx.captures.for_listing(second["listing"])
    assert read_record(desk.home, one) == '"小班提分\r\n电话13912345678",群'.encode()
    assert read_record(desk.home, two) == "出售钢琴一台,".encode()
    assert (one.environment["visibility_given"], two.environment["visibility_given"]) == (True, False)
    assert one.environment["columns"] == ["正文", "可见范围"]


def test_a_text_file_is_captured_whole(desk: Desk, tmp_path: Path) -> None:
    (row,) = intake(desk, write(tmp_path, "a.txt", "收几个孩子一起写作业，提分"))
    with desk.store.read() as tx:
        (capture,) = tx.captures.for_listing(row["listing"])
    assert read_record(desk.home, capture) == "收几个孩子一起写作业，提分".encode()
    assert "row" not in capture.environment


def test_the_same_file_again_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "正文,网址\n小班提分,https://a.example/1\n出售钢琴一台,\n")
    assert results(intake(desk, path)) == [(2, "taken"), (3, "taken")]
    sizes = {file: file.stat().st_size for file in (desk.home / "warc").rglob("*.gz")}
    assert results(intake(desk, path)) == [(2, "duplicate"), (3, "duplicate")]
    assert sizes == {file: file.stat().st_size for file in (desk.home / "warc").rglob("*.gz")}
    changed = write(tmp_path, "b.csv", "正文,网址\n小班提分涨价,https://a.example/1\n出售钢琴一台,\n")
    assert results(intake(desk, changed)) == [(2, "taken"), (3, "duplicate")]


def test_a_named_source_is_made_or_used(desk: Desk, tmp_path: Path) -> None:
    (row,) = intake(desk, write(tmp_path, "a.txt", "收几个孩子一起写作业，提分"), source="hotline-12345")
    with desk.store.read() as tx:
        listing = tx.listings.get(row["listing"])
    assert listing is not None
    assert listing.source == "hotline-12345"


def test_pages_go_through_the_page_reader(desk: Desk, tmp_path: Path) -> None:
    def read_page(data: bytes, name: str) -> Reading:
        if b"login" in data:
            return Reading(state=PageState.LOGIN_WALL, kind="论坛", reason="页面要求登录")
        items = [
            ExtractedListing(
                source="", key=key, url=f"https://a.example/{key}", title="提分班", text=f"第{key}条" + key * 20
            )
            for key in name.removesuffix(".html").split("-")
        ]
        return Reading(state=PageState.OK, kind="分类信息", reason="有标题和字段表", listings=items)

    rows = intake(
        desk,
        write(tmp_path, "x.html", b"<p>one"),
        write(tmp_path, "y-z.html", b"<p>two"),
        write(tmp_path, "w.html", b"login"),
        read_page=read_page,
    )
    assert results(rows) == [(None, "taken"), (1, "taken"), (2, "taken"), (None, "refused")]
    assert rows[0]["reason"] == "识别为分类信息（正常）：有标题和字段表"
    assert rows[3]["reason"] == "识别为论坛（要求登录）：页面要求登录"
    (no_reader,) = intake(desk, tmp_path / "x.html")
    assert no_reader["result"] == "refused"


@pytest.mark.parametrize(
    ("name", "data", "mend"),
    [
        ("线索.xlsx", b"PK\x03\x04", "另存为“CSV UTF-8"),
        ("旧.xls", b"\xd0\xcf\x11\xe0", "另存为“CSV UTF-8"),
        ("假.csv", b"PK\x03\x04\x14\x00", "内容却是Excel"),
        ("通知.pdf", b"%PDF-1.7", "另存为 .txt"),
        ("通知.txt", b"%PDF-1.7", "内容却是PDF"),
        ("海报.JPG", b"\xff\xd8\xff\xe0", "录成 .txt"),
        ("包.zip", b"PK\x03\x04", "先解压"),
        ("页.mhtml", b"From: x", "仅 HTML"),
        ("线索.json", b"[]", ".jsonl"),
    ],
)
def test_other_files_are_refused_with_the_way_to_bring_them(
    desk: Desk, tmp_path: Path, name: str, data: bytes, mend: str
) -> None:
    row = intake(desk, write(tmp_path, name, data))[0]
    assert row["result"] == "refused"
    assert mend in row["reason"]


def test_what_is_no_file_for_us_is_refused_with_a_reason(desk: Desk, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    paths = {
        tmp_path: "目录",
        tmp_path / "missing.csv": "不存在",
        tmp_path / "dangling.csv": "链接",
        tmp_path / "pipe.jsonl": "不是普通文件",
        write(tmp_path, "empty.csv", b""): "空的",
        write(tmp_path, "blank.jsonl", b"\n\n"): "没有内容",
        write(tmp_path, "a.exe", b"MZ"): "不支持",
        write(tmp_path, "none", b"x"): "不支持",
        write(tmp_path, "nul.txt", b"a\x00b"): "NUL",
        write(tmp_path, "huge.txt", "很长" * 1_000_000): "过长",
        write(tmp_path, "header.csv", b"a,b\n1,2\n"): "表头",
        write(tmp_path, "wide.csv", b"," * 5_000_000): "表头",
        write(tmp_path, "quote.csv", b'"' + b"x" * 5_000_000): "表头",
        Path("a\x00b.csv"): "打不开",
    }
    rows = intake(desk, *paths, write(tmp_path, "fine.txt", "提分班，最后一个"))
    for row, reason in zip(rows, paths.values(), strict=False):
        assert (row["result"], "listing" in row) == ("refused", False)
        assert reason in row["reason"], row
    assert rows[-1]["result"] == "taken"
    assert len(rows) == len(paths) + 1


def test_a_source_of_the_demo_is_no_name_in_a_real_home(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt", "收几个孩子一起写作业，提分")
    with pytest.raises(BadInput, match="演示"):
        intake(desk, file, source="sandbox-board")
    with desk.store.read() as tx:
        assert tx.sources.get("sandbox-board") is None


def test_of_a_folder_nothing_is_dropped_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "sub.html").mkdir()
    (tmp_path / "gone.html").symlink_to(tmp_path / "nowhere")
    (tmp_path / "page_files").mkdir()
    (tmp_path / "a.txt").write_text("x")
    assert [path.name for path in _files((tmp_path,))] == ["a.txt", "gone.html", "sub.html"]


def test_links_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    """On somebody's stick a link may lead to any file of this machine."""
    secret = write(tmp_path, "secret.txt", "初三数学一对一补课")
    link = tmp_path / "ad.txt"
    link.symlink_to(secret)
    (row,) = intake(desk, link)
    assert row["result"] == "refused"
    assert "链接" in row["reason"]


def test_an_unreadable_file_is_refused(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", "x")

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pipelines.ingest.intake_text.os.open", denied)
    assert "打不开" in intake(desk, path)[0]["reason"]


def test_a_file_name_that_is_no_utf8(desk: Desk, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("提分班", encoding="utf-8")
    (row,) = intake(desk, path)
    assert row["result"] == "taken"
    assert row["file"].endswith("?.txt")


def test_many_rows_go_in_batches(desk: Desk, tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"第 {n} 条出售信息"}) + "\n" for n in range(450))
    rows = intake(desk, write(tmp_path, "a.jsonl", lines))
    assert results(rows) == [(n, "taken") for n in range(1, 451)]
    with desk.store.read() as tx:
        assert tx.listings.count() == 450
        assert len(tx.listings.without_assessment("word-1", "rules-1", 10)) == 0


LINE = st.one_of(
    st.text(max_size=40),
    st.text(max_size=40).map(lambda text: json.dumps({"text": text})),
    st.sampled_from(['{"text":"提分班"}', '{"text":"\\ud83d"}', '{"text":"a","url":"http://[::1"}', "{}", '"x"']),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(suffix=st.sampled_from([".jsonl", ".csv", ".txt"]), data=st.lists(LINE, max_size=4).map("\n".join))
def test_whatever_a_file_holds_every_row_gets_an_answer(desk: Desk, tmp_path: Path, suffix: str, data: str) -> None:
    rows = intake(desk, write(tmp_path, "any" + suffix, data.encode("utf-8", "surrogatepass")))
    assert rows
    for row in rows:
        assert row["result"] in {"taken", "duplicate", "refused"}
        assert ("listing" in row) is (row["result"] != "refused")
        assert row["result"] != "refused" or re.search("[\u4e00-\u9fff]", row["reason"])


def test_real_texts_when_this_machine_has_them(desk: Desk, tmp_path: Path) -> None:
    folder = os.environ.get("MINGCHA_TEST_DATA")
    if not folder:
        return  # tests/conftest.py says so
    heads = []
    for path in sorted(Path(folder).glob("dev/*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)[:150]
        heads.append((write(tmp_path, path.name, b"".join(lines)), len(lines)))
    rows = intake(desk, *(path for path, _ in heads))
    assert {row["result"] for row in rows} <= {"taken", "duplicate"}
    assert len(rows) == sum(number for _, number in heads)
    assert {row["result"] for row in intake(desk, *(path for path, _ in heads))} == {"duplicate"}


def test_pages_saved_while_logged_in_bear_a_mark_by_who_brings_them_or_by_themselves(
    desk: Desk, tmp_path: Path
) -> None:
    def read_page(data: bytes, _name: str) -> Reading:
        said = data.decode()
        item = ExtractedListing(source="", key=said, url="", title="小班", text=f"{said}小班提分")
        mark = "页面上有“退出”链接，没有登录入口" if "退出" in said else ""
        return Reading(state=PageState.OK, kind="论坛", reason="信息页", listings=[item], logged_in=mark)

    def take(name: str, said: str, *, logged_in: bool = False) -> tuple[str, str | None]:
        file = write(tmp_path, name, said)
        (row,) = intake_paths(desk, None, [file], read_page=read_page, logged_in=logged_in)
        with desk.store.read() as tx:
            (capture,) = tx.captures.for_listing(row["listing"])
        return row.get("reason", ""), capture.logged_in

    assert take("a.html", "甲") == ("识别为论坛（正常）：信息页", None)
    reason, mark = take("b.html", "乙退出")
    assert mark == "页面上有“退出”链接，没有登录入口"
    assert f"疑为登录后留存：{mark}" in reason
    assert take("c.txt", "丙小班提分", logged_in=True)[1] == "导入人说明是登录后保存的"
    # Forgotten the first time: the very same file brought again bears the mark, and the log knows.
    assert take("a.html", "甲", logged_in=True)[1] == "导入人说明是登录后保存的"
    assert take("a.html", "甲")[1] == "导入人说明是登录后保存的"
    with desk.store.read() as tx:
        assert [one.action for one in tx.audit.page().items if one.object_type == "capture"] == ["capture.logged_in"]
