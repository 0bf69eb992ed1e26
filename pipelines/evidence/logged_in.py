"""Pages saved by somebody logged in: how papers and files of a package tell of them, let in or left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.clock import local_text, rfc3339
from pipelines.evidence.material import CaptureMaterial
from pipelines.evidence.words import LOGGED_IN, actor_name
from pipelines.records import Capture

#: What becomes of one that nobody put in.
STAYS_OUT = "没有督导批准，不放入证据包"


def mark_words(item: CaptureMaterial) -> str:
    """The mark of a capture in a package, and who let it in and why; "" for one without a mark."""
    if item.capture.logged_in is None:
        return ""
    one = item.put_in
    let = f"由 {actor_name(one.user)} 于 {local_text(one.at)} 批准放入，理由：{one.reason}" if one else STAYS_OUT
    return f"{LOGGED_IN}（{item.capture.logged_in}）；{let}"


def mark_facts(item: CaptureMaterial) -> dict[str, Any]:
    """What record.json says of it; nothing of a capture without a mark."""
    one = item.put_in
    if item.capture.logged_in is None or one is None:
        return {}
    told = {"user": one.user, "at": rfc3339(one.at), "reason": one.reason}
    return {"logged_in": {"mark": LOGGED_IN, "why": item.capture.logged_in, "put_in": told}}


def left_out_facts(captures: Sequence[Capture]) -> list[dict[str, Any]]:
    """What case.json says of those that stay out: which, and why."""
    return [
        {
            "capture": one.id,
            "url": one.final_url,
            "captured_at": rfc3339(one.captured_at),
            "sha256": one.sha256,
            "size": one.size,
            "mark": LOGGED_IN,
            "why": one.logged_in,
        }
        for one in captures
    ]


def left_out_words(one: Capture) -> str:
    """One that stays out, as papers tell of it."""
    row = f" 第 {one.environment['row']} 行" if one.environment.get("row") else ""
    file = one.environment.get("file")
    where = f"导入的文件 {file}{row}" if file else one.final_url
    return f"{where}（{local_text(one.captured_at)} 导入，采集快照 {one.id}）：{one.logged_in}"
