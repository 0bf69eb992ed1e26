"""A head of the audit chain for paper or a supervisor's drawer, and holding the chain against such a copy."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import BadInput, os_reason
from pipelines.evidence.head_check import HeadReport, compare, read_heads
from pipelines.evidence.heads import Head

#: A copy is a few kilobytes a line; years of them.
_MAX_BYTES = 256 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_GROUP = 4


def on_paper(head: Head, *, agency: str) -> str:
    """A head as it is printed and signed for: what it is, and how it is checked."""
    groups = [head.hash[start : start + _GROUP] for start in range(0, len(head.hash), _GROUP)]
    half = len(groups) // 2
    lines = [
        "明察审计链头",
        f"单位：{agency or '（未填写）'}",
        f"时间：{clock.local_text(head.moment)}（北京时间）",
        f"序号：{head.seq}",
        f"链头：{' '.join(groups[:half])}",
        f"      {' '.join(groups[half:])}",
        f"密钥：{head.key}",
        "用途：证明到此号为止的审计记录此后未被改动。请打印或另存于本机以外，由督导保管。",
        "核对：mingcha audit verify --head 存下的文件，或 --head 序号:链头（64 位，可带空格）",
    ]
    return "\n".join(lines)


def check_copy(desk: Desk, copy: str) -> HeadReport:
    """The chain held against a copy: a file (lines of heads.jsonl, or the printed form), or the head itself, with or
    without its number. Raises BadInput for what is no copy of a head."""
    text = _text_of(copy)
    if text.lstrip().startswith("{"):
        read = read_heads(desk, text.encode())
        with desk.store.read() as tx:
            return compare(tx, read, own_file=False)
    wanted, seq = _typed(text)
    with desk.store.read() as tx:
        ends = tx.audit.ends()
        found = tx.audit.with_hash(wanted)
        last = ends[1].seq if ends else 0
        there = seq if seq is not None and found is None and tx.audit.hashes_at([seq]) else None
    if found is not None and seq in (None, found):
        return HeadReport(remarks=(f"与审计记录第 {found} 号相符（现到第 {last} 号）",), kept=1)
    if found is not None:
        return HeadReport(faults=(f"链头是第 {found} 号的，不是所写的第 {seq} 号",), kept=1)
    if there is not None:
        return HeadReport(faults=(f"审计记录第 {there} 号与存下的链头不符：到这一号为止的记录在那以后被改写",), kept=1)
    if seq is not None:
        return HeadReport(
            faults=(
                f"数据库的审计记录只到第 {last} 号，存下的链头是第 {seq} 号的：这是较早的一份数据库（如从备份恢复的），"
                "或末尾的记录被删",
            ),
            kept=1,
        )
    return HeadReport(faults=("审计记录里没有这个链头：那以后被改写过、是较早的一份数据库，或抄写有误",), kept=1)


def _text_of(copy: str) -> str:
    path = Path(copy)
    try:
        if _HASH.search(_bare(copy)) and not path.is_file():
            return copy
        if path.stat().st_size > _MAX_BYTES:
            raise BadInput(f"{copy} 太大，不是审计链头的副本")
        return path.read_text("utf-8-sig")
    except OSError as exc:
        raise BadInput(f"{copy} 读不出来（{os_reason(exc)}）；应为文件，或 64 位的链头") from exc
    except UnicodeDecodeError as exc:
        raise BadInput(f"{copy} 不是审计链头的副本") from exc


def _typed(text: str) -> tuple[str, int | None]:
    """The hash and the number in a typed or printed copy."""
    labelled = re.search(r"链头[:：]\s*((?:[0-9A-Fa-f]{4}\s*){16})", text)
    number = re.search(r"序号[:：]\s*(\d{1,18})", text) or re.match(r"\s*(\d{1,18})\s*[:：]", text)
    found = labelled.group(1) if labelled else text[number.end() :] if number else text
    hashed = _bare(found)
    if not _HASH.fullmatch(hashed):
        raise BadInput("不是审计链头的副本：应有 64 位的链头（0–9、a–f）")
    return hashed, int(number.group(1)) if number else None


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text).lower()
