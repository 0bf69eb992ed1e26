"""WARC files: exact bytes, pairs, digests, locks, crash tails and copies; warcio's own checker is run on them."""

from __future__ import annotations

import gc
import gzip
import hashlib
import random
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines.errors import Conflict, EvidenceError
from pipelines.evidence.warc import LeadWarc, SourceWarc, Written, copy_records, read_record, read_response
from pipelines.records import Capture, PageState

DAY = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 3, 4, 5, 678900, tzinfo=UTC)
BODY = "<html><body>一对一 提分</body></html>".encode("gb18030")


def open_at(home: Path, committed: int = 0) -> SourceWarc:
    warc = SourceWarc(home, "board", DAY)
    warc.truncate_to(committed)
    return warc


def write(warc: SourceWarc | LeadWarc, payload: bytes = BODY, *, decoded: bool = False, **headers: str) -> Written:
    return warc.write_response(
        "http://board.example/thread-1.html?x=1#top",
        [("Host", "board.example"), ("User-Agent", "Mingcha")],
        "200 OK",
        [
            ("Content-Type", "text/html; charset=gbk"),
            *((name.replace("_", "-"), value) for name, value in headers.items()),
        ],
        payload,
        ip="127.0.0.1",
        at=AT,
        decoded=decoded,
    )


def capture_of(written: Written, payload: bytes = BODY, *, method: str = "http", name: str = "c1") -> Capture:
    return Capture(
        id=name,
        source="board",
        url="http://board.example/thread-1.html",
        final_url="http://board.example/thread-1.html",
        captured_at=AT,
        method=method,
        http_status=200,
        state=PageState.OK,
        content_type="text/html",
        charset="gb18030",
        sha256=hashlib.sha256(payload).hexdigest(),
        size=len(payload),
        warc_path=written.path,
        warc_offset=written.offset,
        warc_length=written.length,
        warc_record_id=written.record_id,
    )


def warcio_check(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def records(path: Path) -> list[tuple[str, str]]:
    with path.open("rb") as handle:
        return [(record.rec_type, record.rec_headers.protocol) for record in ArchiveIterator(handle)]


def test_a_file_opens_with_one_warcinfo_and_holds_pairs(home: Path) -> None:
    with open_at(home) as warc:
        write(warc)
        last = write(warc)
        warc.sync()
    path = home / "warc/board/2026-11-21.warc.gz"
    assert records(path) == [
        ("warcinfo", "WARC/1.1"),
        ("request", "WARC/1.1"),
        ("response", "WARC/1.1"),
        ("request", "WARC/1.1"),
        ("response", "WARC/1.1"),
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert last.offset + last.length == path.stat().st_size
    warcio_check(path)
    with open_at(home, last.offset + last.length) as again:
        write(again)
    assert [kind for kind, _ in records(path)].count("warcinfo") == 1
    warcio_check(path)


def test_request_and_response_name_each_other(home: Path) -> None:
    with open_at(home) as warc:
        written = write(warc)
    with (home / written.path).open("rb") as handle:
        request, response = [record.rec_headers for record in ArchiveIterator(handle)][1:]
    assert response["WARC-Record-ID"] == written.record_id == request["WARC-Concurrent-To"]
    assert request["WARC-Record-ID"] == response["WARC-Concurrent-To"]
    assert response["WARC-IP-Address"] == "127.0.0.1"
    assert response["WARC-Date"] == "2026-11-21T03:04:05.678900Z"
    assert response["WARC-Payload-Digest"].startswith("sha256:")


@pytest.mark.parametrize(
    "payload", [BODY, b"", b"\x00\xff" * 9, gzip.compress(BODY, mtime=0), b"5\r\nnot really chunked", b"x" * 300_000]
)
def test_payload_comes_back_byte_for_byte(home: Path, payload: bytes) -> None:
    with open_at(home) as warc:
        written = write(warc, payload, Content_Encoding="gzip", Transfer_Encoding="chunked")
    assert read_record(home, capture_of(written, payload)) == payload
    warcio_check(home / written.path)


def test_headers_keep_their_bytes_and_those_that_no_longer_fit_are_set_aside(home: Path) -> None:
    name = "附件.doc".encode("gbk").decode("latin-1")
    with open_at(home) as warc:
        written = write(warc, Content_Disposition=name, Content_Encoding="br", Content_Length="7", decoded=True)
    headers = dict(read_response(home, capture_of(written)).headers)
    assert headers["Content-Disposition"].encode("latin-1").decode("gbk") == "附件.doc"
    assert headers["X-Archive-Orig-Content-Encoding"] == "br"
    assert "Content-Encoding" not in headers


def test_a_header_cannot_forge_another(home: Path) -> None:
    with open_at(home) as warc:
        written = write(warc, X_Evil="a\r\nSet-Cookie: b=c\r\n\r\n<html>")
    assert "Set-Cookie" not in dict(read_response(home, capture_of(written)).headers)
    assert read_record(home, capture_of(written)) == BODY


def test_http2_is_kept_as_a_warc_field(home: Path) -> None:
    with open_at(home) as warc:
        written = warc.write_response("https://a.example/空 格", [], "HTTP/2 200", [], BODY, ip=None, at=AT)
    response = read_response(home, capture_of(written))
    assert response.url == "https://a.example/%E7%A9%BA%20%E6%A0%BC"
    assert response.status_line.startswith("HTTP/1.1 200")


def test_the_second_writer_is_told_in_chinese(home: Path) -> None:
    with open_at(home), pytest.raises(Conflict, match="正在被另一个采集进程写入"):
        SourceWarc(home, "board", DAY)
    SourceWarc(home, "board", DAY).close()


def test_nothing_is_written_before_the_committed_end_is_known(home: Path) -> None:
    with SourceWarc(home, "board", DAY) as warc, pytest.raises(EvidenceError):
        write(warc)


def test_the_tail_of_a_crash_is_cut_at_reopening(home: Path) -> None:
    with open_at(home) as warc:
        first = write(warc)
        committed = first.offset + first.length
        write(warc)
    path = home / first.path
    with path.open("ab") as handle:
        handle.write(b"\x1f\x8b\x08 half a member")
    with open_at(home, committed) as warc:
        second = write(warc, b"after the crash")
    assert second.offset > committed
    assert read_record(home, capture_of(first)) == BODY
    assert read_record(home, capture_of(second, b"after the crash")) == b"after the crash"
    warcio_check(path)
    with open_at(home, 0) as warc:
        assert path.stat().st_size == 0
        write(warc)
    warcio_check(path)


def test_a_file_shorter_than_committed_is_refused(home: Path) -> None:
    with open_at(home) as warc:
        write(warc)
    with SourceWarc(home, "board", DAY) as warc, pytest.raises(EvidenceError, match="短于数据库登记"):
        warc.truncate_to(10**6)


@pytest.mark.parametrize("name", ["", "leads", "../x", "A", "a/b", "名", "x" * 65])
def test_unusable_source_names_are_refused(home: Path, name: str) -> None:
    with pytest.raises(EvidenceError):
        SourceWarc(home, name, DAY)


def test_any_changed_byte_of_a_record_is_noticed(home: Path) -> None:
    with open_at(home) as warc:
        written = write(warc)
    path, capture = home / written.path, capture_of(written)
    whole = path.read_bytes()
    silent = []
    for place in range(written.offset, written.offset + written.length):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            payload = read_record(home, capture)
        except EvidenceError:
            continue
        assert payload == BODY  # gzip header bytes (time, system) change nothing that counts
        silent.append(place - written.offset)
    assert all(place < 10 for place in silent), silent
    path.unlink()
    with pytest.raises(EvidenceError):
        read_record(home, capture)


def test_a_capture_cannot_point_outside_home(home: Path) -> None:
    with open_at(home) as warc:
        written = write(warc)
    with pytest.raises(EvidenceError, match="不在数据目录内"):
        read_record(home, capture_of(written._replace(path="warc/../../etc/passwd")))


def test_copies_hold_exactly_the_asked_records_and_are_reproducible(home: Path, tmp_path: Path) -> None:
    with open_at(home) as warc:
        one = write(warc)
        write(warc, b"not asked for")
        three = write(warc, b"third")
    captures = [capture_of(one), capture_of(three, b"third", name="c3")]
    copy_records(home, captures, tmp_path / "page.warc.gz")
    (tmp_path / "again").mkdir()
    copy_records(home, captures, tmp_path / "again/page.warc.gz")
    kinds = [kind for kind, _ in records(tmp_path / "page.warc.gz")]
    assert kinds == ["warcinfo", "request", "response", "request", "response"]
    assert (tmp_path / "page.warc.gz").read_bytes() == (tmp_path / "again/page.warc.gz").read_bytes()
    assert b"not asked for" not in gzip.decompress((tmp_path / "page.warc.gz").read_bytes())
    warcio_check(tmp_path / "page.warc.gz")
    with pytest.raises(EvidenceError, match="已经存在"):
        copy_records(home, captures, tmp_path / "page.warc.gz")


def test_a_damaged_record_is_not_copied(home: Path, tmp_path: Path) -> None:
    with open_at(home) as warc:
        written = write(warc)
    path = home / written.path
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    with pytest.raises(EvidenceError):
        copy_records(home, [capture_of(written)], tmp_path / "page.warc.gz")
    assert list(tmp_path.glob("page*")) == []


def test_a_browser_capture_brings_all_records_of_its_own_file(home: Path, tmp_path: Path) -> None:
    with LeadWarc(home, 7, "c9") as warc:
        write(warc, b"script")
        main = write(warc)
        warc.sync()
    assert main.path == "warc/leads/7/c9.warc.gz"
    copy_records(home, [capture_of(main, method="browser")], tmp_path / "page.warc.gz")
    assert [kind for kind, _ in records(tmp_path / "page.warc.gz")].count("response") == 2
    warcio_check(tmp_path / "page.warc.gz")


def test_imported_files_are_resource_records(home: Path) -> None:
    with open_at(home) as warc:
        written = warc.write_resource("file:///%E8%A1%A8.csv", BODY, "text/csv", at=AT)
    assert read_record(home, capture_of(written)) == BODY
    warcio_check(home / written.path)


def test_copying_a_browser_capture_holds_one_record_in_memory_not_the_file(home: Path, tmp_path: Path) -> None:
    """What warcio held of a file read whole stayed until garbage was collected, and a case is hundreds of files."""
    with LeadWarc(home, 7, "c9") as warc:
        for number in range(12):
            write(warc, random.Random(number).randbytes(1 << 19))
        main = write(warc)
        warc.sync()
    gc.collect()
    tracemalloc.start()
    try:
        copy_records(home, [capture_of(main, method="browser")], tmp_path / "page.warc.gz")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 << 20, peak
