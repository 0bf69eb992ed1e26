"""What the files of a package will weigh, asked before anything is staged: no long copying ends in a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.blobs import BlobStore
from pipelines.errors import EvidenceError
from pipelines.evidence.canonical_zip import MAX_FILE
from pipelines.evidence.material import CaseMaterial
from pipelines.records import Capture

#: A WACZ holds its WARC whole, with an index and a list beside it.
_BESIDE = 64 << 20
_GIB = 1 << 30


def refuse_too_large(material: CaseMaterial, home: Path, blobs: BlobStore) -> None:
    """Raises EvidenceError, naming the page, where a single file would be more than the ZIP's form takes."""
    for lead in material.leads:
        for item in lead.captures:
            for what, size in _sizes(item.capture, home, blobs):
                if size > MAX_FILE - _BESIDE:
                    raise EvidenceError(
                        f"线索 {lead.lead.id} 的{what}有 {size / _GIB:.1f} GiB（采集快照 {item.capture.id}），"
                        "证据包里单个文件不能超过 4 GiB，没有开始制作；请把它另用介质封存，"
                        f"把线索 {lead.lead.id} 移出本案或另案处理后再导出"
                    )


def _sizes(capture: Capture, home: Path, blobs: BlobStore) -> Iterator[tuple[str, int]]:
    """The larger files of a capture; a browser's WARC file is of this one page, with all it was made of."""
    path = home / capture.warc_path
    if capture.method == "browser" and path.exists():
        yield "网页原始记录", path.stat().st_size
    else:
        yield "网页原始记录", capture.warc_length
    if capture.screenshot_blob is not None and (picture := blobs.path(capture.screenshot_blob)).exists():
        yield "整页截图", picture.stat().st_size
