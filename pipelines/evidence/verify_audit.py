"""The audit extract inside a package: each row still hashes to what the log's chain says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipelines import audit
from pipelines.evidence.faults import Fault
from pipelines.evidence.opened_package import OpenedPackage

_NAME = "data/audit.jsonl"


def audit_faults(package: OpenedPackage) -> Iterator[Fault]:
    """Rows that were rewritten, or not in the log's order. The extract is not the whole chain, so gaps are normal."""
    if _NAME not in package:
        return
    last = 0
    for number, line in enumerate(package.read(_NAME).splitlines(), 1):
        try:
            row = json.loads(line)
            seq, expected = int(row["seq"]), row["hash"]
            actual = audit.row_hash(row)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            yield Fault(code="audit.row", file=_NAME, message=f"第 {number} 行不是审计记录")
            return
        if actual != expected:
            yield Fault(code="audit.hash", file=_NAME, message=f"第 {number} 行的内容与其校验值不符")
        if seq <= last:
            yield Fault(code="audit.order", file=_NAME, message=f"第 {number} 行的序号没有递增")
        last = seq
