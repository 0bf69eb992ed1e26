"""Revisit records, the check of all files against the store, and what is taken out of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from crawlers.run import crawl_source
from pipelines.cli.warc import warc
from pipelines.desk import Desk
from pipelines.evidence.warc_check import check_warcs
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

ETAG = {**HTML, "ETag": '"1"'}


@pytest.fixture
def crawled(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, str, Any]]:
    """A board of two threads, crawled twice: one answers 304 the second time, the list and the other the same bytes."""
    monkeypatch.setattr("crawlers.writer.IDLE_SECONDS", 0.02)
    rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in (1, 2)).encode()
    answers = {
        "/robots.txt": OPEN,
        "/forum-1-1.html": (200, HTML, rows),
        "/thread-1-1-1.html": (200, ETAG, thread_page("正文一")),
        "/thread-2-1-1.html": (200, HTML, thread_page("正文二")),
    }
    with serve(answers) as server:
        port = server.server_address[1]
        folder = board_on(tmp_path, "http", port, extra="schedule: {detail: [0h]}\n")
        assert crawl_source(desk, None, folder, allow=[f"127.0.0.1:{port}"]).new == 2
        answers["/thread-1-1-1.html"] = (304, ETAG, b"")
        run = crawl_source(desk, None, folder, allow=[f"127.0.0.1:{port}"])
        assert (run.new, run.changed, run.unchanged) == (0, 0, 2)
        yield desk, f"http://127.0.0.1:{port}", server


def _file(desk: Desk) -> Path:
    return next(desk.home.glob("warc/test-board/*.warc.gz"))


def test_what_did_not_change_is_a_revisit_record_that_names_its_capture(crawled: tuple[Desk, str, Any]) -> None:
    desk, origin, _server = crawled
    with _file(desk).open("rb") as handle:
        records = [(record.rec_type, record.rec_headers) for record in ArchiveIterator(handle)]
    responses = {headers["WARC-Record-ID"]: headers for kind, headers in records if kind == "response"}
    revisits = {headers["WARC-Target-URI"]: headers for kind, headers in records if kind == "revisit"}
    profiles = {url: headers["WARC-Profile"].rpartition("/")[2] for url, headers in revisits.items()}
    assert profiles[f"{origin}/thread-1-1-1.html"] == "server-not-modified"
    assert profiles[f"{origin}/thread-2-1-1.html"] == "identical-payload-digest"
    assert profiles[f"{origin}/forum-1-1.html"] == "identical-payload-digest"
    for headers in revisits.values():
        original = responses[headers["WARC-Refers-To"]]
        assert headers["WARC-Payload-Digest"] == original["WARC-Payload-Digest"]
        assert headers["WARC-Refers-To-Target-URI"] == original["WARC-Target-URI"]
        assert headers["WARC-Refers-To-Date"] == original["WARC-Date"]
    with desk.store.read() as tx:
        assert len(tx.revisits.in_file(str(_file(desk).relative_to(desk.home)))) == len(revisits)


def test_a_whole_archive_has_no_faults(crawled: tuple[Desk, str, Any]) -> None:
    desk, _origin, _server = crawled
    report = check_warcs(desk)
    assert (report.files, report.faults) == (1, ())
    assert report.rows >= 6


@pytest.mark.parametrize(
    ("harm", "code"),
    [("flip", "damaged"), ("cut", "index"), ("remove", "missing"), ("tail", "tail"), ("swap", "index")],
)
def test_each_fault_is_named(crawled: tuple[Desk, str, Any], harm: str, code: str) -> None:
    desk, _origin, _server = crawled
    path = _file(desk)
    data = bytearray(path.read_bytes())
    if harm == "flip":
        data[len(data) // 2] ^= 0xFF
    elif harm == "cut":
        del data[-200:]
    elif harm == "tail":
        data += b"half a record"
    if harm == "remove":
        path.unlink()
    elif harm == "swap":
        with desk.store.read() as tx:
            one, other = tx.captures.in_file(str(path.relative_to(desk.home)))[-2:]
        start, end = one.warc_offset, one.warc_offset + one.warc_length
        assert end <= other.warc_offset
        # Another record stands where this one was said to lie.
        data[start:end] = bytes(data[other.warc_offset : other.warc_offset + other.warc_length])
        path.write_bytes(data)
    else:
        path.write_bytes(data)
    codes = {fault.code for fault in check_warcs(desk).faults}
    assert code in codes or (harm == "flip" and codes & {"digest", "index"})


def test_the_commands_check_and_take_out(
    crawled: tuple[Desk, str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, origin, _server = crawled
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))
    run = CliRunner()
    checked = run.invoke(warc, ["check", "--json"], standalone_mode=False)
    assert (checked.return_value, json.loads(checked.stdout)["ok"]) == (0, True)
    out = tmp_path / "out"
    url = f"{origin}/thread-1-1-1.html"
    taken = run.invoke(warc, ["extract", url, "--json", "--out", str(out)], standalone_mode=False)
    rows = [json.loads(line) for line in taken.stdout.splitlines()]
    assert [(row_["kind"], row_["status"]) for row_ in rows] == [("capture", 200), ("revisit", 304)]
    assert len({row_["sha256"] for row_ in rows}) == 1
    assert (out / f"{rows[0]['capture']}.html").read_bytes() == thread_page("正文一")
    assert (out / f"{rows[0]['capture']}.warc.gz").is_file()
    with desk.store.read() as tx:
        assert [event.action for event in tx.audit.all()] == ["capture.download"]
    _file(desk).unlink()
    broken = run.invoke(warc, ["check"], standalone_mode=False)
    assert broken.return_value == 1
    assert "文件不在" in broken.stdout
