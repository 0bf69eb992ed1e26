"""`mingcha intake`: files that people bring in take the same path as crawled pages.

The file itself is kept as a blob. What is captured, as a `resource` record of the source's WARC, is the posting alone:
of a table each row by itself, so that the evidence of one lead never holds the rows of others. Rows without a URL are
known by what they say, so bringing the same file again adds nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from pipelines import audit, clock
from pipelines.desk import Desk, is_demo
from pipelines.errors import BadInput, PipelineError
from pipelines.evidence.station import station_facts
from pipelines.evidence.warc import SourceWarc, open_source_warc, source_warc_path
from pipelines.evidence.words import LOGGED_IN, PAGE_STATES
from pipelines.ingest.assess_pending import Assessor, assess_pending
from pipelines.ingest.dedupe import content_sha256
from pipelines.ingest.ingest import ingest_batch
from pipelines.ingest.intake_columns import MEANT, field_of
from pipelines.ingest.intake_rows import Row, csv_rows, json_rows, text_rows
from pipelines.ingest.intake_text import decode, read_bytes, row_charset, text_fault
from pipelines.records import Capture, ExtractedListing, PageState, Source

#: The source of rows for which none is named.
DEFAULT_SOURCE = "intake"
DEFAULT_TITLE = "人工导入"
#: What the sources of the demo are called.
_DEMO_SOURCES = "sandbox-"
#: The mark of what was brought as saved while logged in.
_SAID_SO = "导入人说明是登录后保存的"
_TITLE = re.compile(r"[^/\\]{1,40}")
#: Columns of a file told of by name.
_SHOWN = 12
#: Rows a transaction: a second or so, as the review pages wait for it.
_BATCH = 200
_CONTENT_TYPES = {
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
}


#: What else people bring, and how it becomes something that can be read.
_HOW_TO_SAVE = {
    "表格": "请在 Excel 或 WPS 里另存为“CSV UTF-8（.csv）”，第一行写列名，再导入",
    "文档": "请把要查的文字另存为 .txt，再导入",
    "图片": "请把图里的文字录成 .txt 再导入，原图自行留存",
    "压缩包": "请先解压，再导入里面的文件",
    "存页": "请用浏览器另存为“网页，仅 HTML（.html）”，再导入",
    "JSON": "请改成一行一个 JSON 对象，后缀用 .jsonl",
}
_KINDS = {
    ".xlsx": "表格", ".xls": "表格", ".xlsm": "表格", ".et": "表格", ".ods": "表格", ".numbers": "表格",
    ".docx": "文档", ".doc": "文档", ".wps": "文档", ".pdf": "文档", ".rtf": "文档", ".odt": "文档", ".md": "文档",
    ".pptx": "文档", ".ppt": "文档", ".eml": "文档",
    ".png": "图片", ".jpg": "图片", ".jpeg": "图片", ".webp": "图片", ".gif": "图片", ".bmp": "图片", ".heic": "图片",
    ".zip": "压缩包", ".rar": "压缩包", ".7z": "压缩包", ".gz": "压缩包", ".tar": "压缩包", ".tgz": "压缩包",
    ".mhtml": "存页", ".mht": "存页", ".json": "JSON",
}  # fmt: skip
#: First bytes that give a file away whatever its name ends in.
_GIVEN_AWAY = (
    (b"PK\x03\x04", "表格", "Excel 表格或压缩包"),
    (b"\xd0\xcf\x11\xe0", "表格", "旧版 Excel 或 Word 文件"),
    (b"%PDF-", "文档", "PDF 文件"),
    (b"\x89PNG", "图片", "图片"),
    (b"\xff\xd8\xff", "图片", "图片"),
    (b"Rar!", "压缩包", "压缩包"),
    (b"\x1f\x8b", "压缩包", "压缩包"),
)


class PageReading(Protocol):
    """What a saved page was taken for: `kind` names it in Chinese, `reason` says by which marks; `logged_in`, by which
    it was saved by somebody logged in, "" for by none."""

    @property
    def state(self) -> PageState: ...

    @property
    def kind(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def listings(self) -> Sequence[ExtractedListing]: ...

    @property
    def logged_in(self) -> str: ...


#: Bytes and file name → what the page was taken for (crawlers.pages_reader.read_page; pipelines may not import it).
ReadPage = Callable[[bytes, str], PageReading]


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file read into rows."""

    name: str
    data: bytes
    content_type: str
    #: Of a table: what its rows are encoded in, one by one.
    charset: str
    #: As what it was read and why, in Chinese.
    taken_for: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What whoever brings the files says of all of them."""

    note: str
    #: Were they saved by somebody logged in?
    logged_in: bool


def intake_paths(
    desk: Desk,
    assessor: Assessor | None,
    paths: Iterable[Path],
    *,
    source: str | None = None,
    note: str = "",
    logged_in: bool = False,
    read_page: ReadPage | None = None,
) -> Iterator[dict[str, Any]]:
    """Take the files in; one dict a row or file: {"file","row","result","listing"?,"reason"?,"taken_for"?}, row None
    for a file, `taken_for` of all that could be read.

    Whatever a file holds, it never stops the others: what cannot be taken is `refused` with a reason in Chinese.
    New postings are assessed at the end (when there is an assessor). What is `logged_in`, or shows it, is marked so; so
    are the captures of a file brought again. Raises only for a source name that cannot be, before anything is read.
    """
    name, title = source_for(source or DEFAULT_SOURCE)
    if name.startswith(_DEMO_SOURCES) and not is_demo(desk):
        raise BadInput(f"{name} 是演示环境的来源，不能用在正式数据目录；请另写来源的代号或名称")
    _ensure_source(desk, name, title)
    for path in paths:
        try:
            file = _read(path, read_page)
            results = _take(desk, file, name, _Said(note=note, logged_in=logged_in))
        except PipelineError as exc:
            yield {"file": _printable(str(path)), "row": None, "result": "refused", "reason": exc.message}
            continue
        for result in results:
            yield {"file": _printable(str(path)), **result, "taken_for": file.taken_for}
    if assessor is not None:
        while assess_pending(desk, assessor).assessed:
            pass


def source_for(word: str) -> tuple[str, str]:
    """Name and title of the source that people call so: a name as it is; Chinese words are a title, whose name (files
    are called by it) follows from them, so that the same words are the same source again.

    Raises BadInput for what is neither.
    """
    if word == DEFAULT_TITLE:
        word = DEFAULT_SOURCE
    try:
        source_warc_path(word, clock.today())
    except PipelineError:
        title = " ".join(word.split())
        if not _TITLE.fullmatch(title) or title.isascii() or not title.isprintable():
            raise BadInput(
                "来源要写代号（小写字母、数字、- 和 _，不能叫 leads）或中文名称（最多 40 个字，不能有 / 和 \\）"
            ) from None
        return f"in-{hashlib.sha256(title.encode()).hexdigest()[:12]}", title
    return word, DEFAULT_TITLE if word == DEFAULT_SOURCE else word


def _ensure_source(desk: Desk, name: str, title: str) -> None:
    with desk.store.transaction() as tx:
        if tx.sources.get(name) is None:
            tx.sources.upsert(
                Source(
                    name=name,
                    title=title,
                    lane="intake",
                    state="never",
                    verified="never",
                    last_good_at=None,
                    cooldown_until=None,
                    paused=False,
                    demo=is_demo(desk),
                )
            )


def _read(path: Path, read_page: ReadPage | None) -> _File:
    """Read a file into rows. Raises BadInput when nothing of it can be taken."""
    suffix = path.suffix.lower()
    content_type = _CONTENT_TYPES.get(suffix)
    data = read_bytes(path)
    if content_type is None:
        how = _HOW_TO_SAVE.get(_KINDS.get(suffix, ""), "可以导入 jsonl、csv、html、txt")
        raise BadInput(f"不支持 {suffix} 的文件；{how}" if suffix else f"不支持没有后缀的文件；{how}")
    for start, kind, name in _GIVEN_AWAY:
        if data.startswith(start):
            raise BadInput(f"后缀是 {suffix}，内容却是{name}；{_HOW_TO_SAVE[kind]}")
    if content_type == "text/html":
        told, page = _page(path, data, read_page)
        return _File(name=path.name, data=data, content_type=content_type, charset="", taken_for=told, rows=page)
    text, charset = decode(data)
    readers = {".jsonl": json_rows, ".csv": csv_rows, ".txt": text_rows}
    rows = tuple(readers[suffix](text))
    if not rows:
        raise BadInput("文件里没有内容")
    told = _taken_for(suffix, charset, rows)
    if rows[0].number is not None:
        charset = row_charset(data, text, charset)
    return _File(
        name=_printable(path.name), data=data, content_type=content_type, charset=charset, taken_for=told, rows=rows
    )


def _taken_for(suffix: str, charset: str, rows: Sequence[Row]) -> str:
    """As what a file of words was read, and by what: its suffix, how many rows were such, which columns they gave."""
    if rows[0].number is None:
        return f"识别为一条文字：后缀 {suffix}，整个文件是一条，编码 {charset}"
    good = [row for row in rows if row.listing is not None]
    columns = list(dict.fromkeys(name for row in good for name in row.columns))
    fields = {name: MEANT[field] for name in columns if (field := field_of(name)) is not None}
    known = [name if name == meant else f"{name} 作{meant}" for name, meant in fields.items()]
    others = [name for name in columns if name not in fields and name != "fields"]
    kind = "一行一条的 JSONL" if suffix == ".jsonl" else "带表头的表格"
    shown = "，".join(known[:_SHOWN]) + (" 等" if len(known) > _SHOWN else "")
    extra = f"，另有 {len(others)} 列{'不理会' if suffix == '.jsonl' else '作为“标签：值”附上'}" if others else ""
    told = f"识别为{kind}：后缀 {suffix}，{len(rows)} 行里 {len(good)} 行读得出，编码 {charset}"
    return f"{told}；列：{shown}{extra}" if columns else told


def _page(path: Path, data: bytes, read_page: ReadPage | None) -> tuple[str, tuple[Row, ...]]:
    """What a page was taken for and why, and its postings. Raises BadInput when it holds none."""
    if read_page is None:
        raise BadInput("这里不能读网页文件")
    page = read_page(data, path.name)
    told = f"识别为{page.kind}（{PAGE_STATES[page.state]}）：{page.reason}"
    if not page.listings:
        raise BadInput(told)
    several = len(page.listings) > 1
    rows = []
    for number, listing in enumerate(page.listings, 1):
        place = number if several else None
        fault = next(filter(None, map(text_fault, (listing.title, listing.text))), None)
        if fault:
            rows.append(Row(number=place, reason=fault))
        else:
            rows.append(Row(number=place, listing=listing, reason=told, logged_in=page.logged_in))
    return told, tuple(rows)


def _take(desk: Desk, file: _File, source: str, said: _Said) -> list[dict[str, Any]]:
    """Store the good rows of a file; what became of each row, in order."""
    listings = {place: _named(row, file, source) for place, row in enumerate(file.rows) if row.listing is not None}
    became = _store(desk, file, source, said, listings) if listings else {}
    results = []
    for place, row in enumerate(file.rows):
        result: dict[str, Any] = {"row": row.number, "result": "refused"}
        if place in became:
            listing_id, outcome = became[place]
            result = {
                "row": row.number,
                "result": "duplicate" if outcome == "unchanged" else "taken",
                "listing": listing_id,
            }
        marked = _logged_in(row, said) if place in became else None
        if reason := "；".join(filter(None, (row.reason, marked and f"{LOGGED_IN}：{marked}"))):
            result["reason"] = reason
        results.append(result)
    return results


def _named(row: Row, file: _File, source: str) -> ExtractedListing:
    """The posting with its key: its URL, or else what it says."""
    if row.listing is None:
        raise BadInput(row.reason)
    listing = row.listing
    said = content_sha256(title=listing.title, text=listing.text, fields=listing.fields, images=listing.images)
    place = f"#row={row.number}" if row.number else ""
    return replace(
        listing,
        source=source,
        key=listing.key or listing.url or f"sha256:{said}",
        url=listing.url or _file_uri(file.name) + place,
    )


def _store(
    desk: Desk, file: _File, source: str, said: _Said, listings: dict[int, ExtractedListing]
) -> dict[int, tuple[int, str]]:
    """Store the postings in batches, what they were read from first; place → (listing id, outcome)."""
    known = _already(desk, file, source, listings)
    became = {place: (listing_id, "unchanged") for place, listing_id in known.items()}
    fresh = [(place, listing) for place, listing in listings.items() if place not in known]
    if said.logged_in and known:
        _mark(desk, file, known.values())
    if not fresh:
        return became
    at = clock.now()
    blob = desk.blobs.put(file.data)
    with open_source_warc(desk, source, clock.local(at).date()) as warc:
        shared: dict[int | None, str] = {}
        for start in range(0, len(fresh), _BATCH):
            batch = fresh[start : start + _BATCH]
            captures: list[Capture] = []
            taken = []
            for place, listing in batch:
                row = file.rows[place]
                # Postings on one saved page share the page; a row of a table has a capture of its own.
                number = row.number if row.raw is not None else None
                if number not in shared:
                    captures.append(_capture(file, row, warc, source=source, said=said, blob=blob, at=at))
                    shared[number] = captures[-1].id
                taken.append((listing, shared[number]))
            result = ingest_batch(desk, captures, taken, [], sync=warc.sync)
            outcomes = zip(result.listing_ids, result.outcomes, strict=True)
            became |= {place: outcome for (place, _), outcome in zip(batch, outcomes, strict=True)}
    return became


def _capture(file: _File, row: Row, warc: SourceWarc, *, source: str, said: _Said, blob: str, at: datetime) -> Capture:
    """The row's bytes (or the whole file, when that is the posting) into the WARC, and where they came from."""
    uri, data, charset = _file_uri(file.name), file.data, file.charset
    noted: dict[str, Any] = {}
    if row.raw is not None:
        uri += f"#row={row.number}"
        data, charset = row.raw.encode(file.charset), file.charset
        # Of a line of JSON its keys stand in it.
        headed = file.content_type == _CONTENT_TYPES[".csv"]
        noted = {"row": row.number, **({"columns": list(row.columns)} if headed else {})}
    written = warc.write_resource(uri, data, file.content_type, at=at)
    return Capture(
        id=clock.new_id(),
        source=source,
        url=uri,
        final_url=uri,
        captured_at=at,
        method="import",
        http_status=None,
        state=PageState.OK,
        content_type=file.content_type,
        charset=charset,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        warc_path=written.path,
        warc_offset=written.offset,
        warc_length=written.length,
        warc_record_id=written.record_id,
        environment={
            "file": file.name,
            **noted,
            # The file as it was brought, kept whole in HOME under this hash.
            "file_sha256": blob,
            "file_size": len(file.data),
            "visibility_given": row.visibility_given,
            "note": said.note,
            "station": station_facts(),
        },
        logged_in=_logged_in(row, said),
    )


def _logged_in(row: Row, said: _Said) -> str | None:
    """By what a row is taken for saved by somebody logged in: by who brings it, before what it shows."""
    return _SAID_SO if said.logged_in else row.logged_in or None


def _mark(desk: Desk, file: _File, listing_ids: Iterable[int]) -> None:
    """The captures that this very file gave before bear the mark from now on: it was forgotten then."""
    sha256 = hashlib.sha256(file.data).hexdigest()
    with desk.store.transaction() as tx:
        of_all = {one.id: one for listing_id in set(listing_ids) for one in tx.captures.for_listing(listing_id)}
        unmarked = [name for name, one in of_all.items() if one.logged_in is None]
        wanted = [name for name in unmarked if of_all[name].environment.get("file_sha256") == sha256]
        tx.captures.mark_logged_in(wanted, _SAID_SO)
        for name in wanted:
            audit.record(tx, actor="console", action="capture.logged_in", object_type="capture", object_id=name)


def _already(desk: Desk, file: _File, source: str, listings: dict[int, ExtractedListing]) -> dict[int, int]:
    """Rows that bring nothing new: place → listing id. Those with a URL may have changed, unless the very same file
    was here before."""
    same_file = desk.blobs.has(hashlib.sha256(file.data).hexdigest())
    with desk.store.read() as tx:
        found = {
            place: tx.listings.find(source, listing.key)
            for place, listing in listings.items()
            if same_file or listing.key.startswith("sha256:")
        }
    return {place: listing.id for place, listing in found.items() if listing is not None}


def _file_uri(name: str) -> str:
    return "file:///" + quote(name, safe="")


def _printable(name: str) -> str:
    """A file name that is not UTF-8 on the disk, so that it can be printed and stored."""
    return name.encode("utf-8", "replace").decode()
