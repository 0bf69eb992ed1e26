"""Every stored byte read again, nightly: pages (WARC), pictures and other files by their sums, packages made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.desk import Desk
from pipelines.evidence.bag import sum_of
from pipelines.evidence.exported import exported_of
from pipelines.evidence.warc_check import check_warcs

#: What the next crawl cuts off; nothing is lost by it.
_HARMLESS = "tail"


def stored_faults(desk: Desk, stopping: Callable[[], bool]) -> Iterator[str]:
    """What is gone or no longer as it was stored, a sentence each; ends early when it is to stop."""
    for fault in check_warcs(desk).faults:
        if fault.code != _HARMLESS:
            yield f"{fault.file}：{fault.message}"
    with desk.store.read() as tx:
        named = tx.captures.blobs()
    for name in sorted(named | desk.blobs.names()):
        if stopping():
            return
        if not desk.blobs.whole(name) and (desk.blobs.has(name) or _still_named(desk, name)):
            yield f"blobs 里的文件 {name[:12]}… 不在或者内容已改变；请从备份恢复"
    for path in sorted((desk.home / "exports").glob("*/*.zip")):
        if stopping():
            return
        # Only what the log knows; a package that was moved away is no fault.
        with desk.store.read() as tx:
            made = exported_of(path.parent.name, tx.audit.for_objects([("case", path.parent.name)]))
        if path.name in {one.file for one in made} and sum_of(path) not in {one.sha256 for one in made}:
            yield f"证据包 {path.name} 与导出时的校验值不符；请从备份恢复，或重新导出"


def _still_named(desk: Desk, name: str) -> bool:
    """Asked again: it may have been deleted on schedule since."""
    with desk.store.read() as tx:
        return name in tx.captures.blobs()
