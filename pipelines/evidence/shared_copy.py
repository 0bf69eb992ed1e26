"""The copy of a package to hand on (共享本): without what shows whole pages, where personal data of anybody may stand.

The sealed copy (密封本) has all of it. Both are signed; the shared one lists every file it leaves out with its sum, and
names the sealed one by its sum. What papers and texts print is masked in both alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.evidence.evidence_list import ListedFile
from pipelines.evidence.redaction import Redaction
from pipelines.evidence.standalone import may_be_withheld

#: Facts of a capture that are words of the page as it was, unmasked; and notes of whoever brought a file.
_UNMASKED_FACTS = ("title", "note")
MASKED = (
    "正文、文书中的电话、微信号、QQ 号、邮箱已遮盖（密封本的文书同样遮盖）；各 record.json 不含网页标题原文和导入备注。"
    "程序认得出的第三人姓名（某同学、某妈妈、某女士一类称呼，作者、评论人、学员、家长等栏目）改为“某”，逐项列于 names；"
    "经营者自己的名字和联系人保留。认不出的姓名须在发出前人工核对。"
)
NAME_WHY = "家长、学生、评论者等第三人的姓名，与案件无关"
STAMP_WHY = "网页存档的时间戳，随网页存档在密封本"
WHY = "网页原样，联系方式没有遮盖，可能有评论者、学生等第三人的个人信息"


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """One file the shared copy leaves out."""

    file: str
    size: int
    sha256: str


def withhold(root: Path, listed: Mapping[str, Sequence[ListedFile]]) -> tuple[Withheld, ...]:
    """Delete from a package being made what a shared copy leaves out; `listed` are the files of each capture."""
    gone = []
    for capture_id, files in listed.items():
        for one in files:
            name = f"data/captures/{capture_id}/{one.name}"
            if may_be_withheld(name):
                (root / name).unlink()
                gone.append(Withheld(file=name, size=one.size, sha256=one.sha256))
        stamps = root / "data" / "captures" / capture_id / "timestamps"
        if stamps.is_dir():
            stamps.rmdir()
    return tuple(gone)


def redactions_json(gone: Sequence[Withheld], names: Sequence[Redaction], *, sealed_sha256: str) -> bytes:
    """data/redactions.json: what was left out, why, which sealed copy has it, and which names were covered."""
    told = {
        "format": "mingcha-redactions/1",
        "sealed_sha256": sealed_sha256,
        "masked": MASKED,
        "files": [
            {
                "file": one.file,
                "size": one.size,
                "sha256": one.sha256,
                "why": STAMP_WHY if one.file.endswith(".tsr") else WHY,
            }
            for one in gone
        ],
        "names": [
            {"lead": one.lead, "covered": one.covered, "by": one.why, "times": one.times, "why": NAME_WHY}
            for one in names
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def without_unmasked(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a capture for a shared copy."""
    return {name: value for name, value in environment.items() if name not in _UNMASKED_FACTS}
