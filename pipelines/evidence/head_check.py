"""Is the audit chain still what the heads kept outside the database say it was?

It cannot see what somebody does who owns database, HOME and its key at once; only a head kept elsewhere can
(`mingcha audit verify --head`). A database put back from a backup is named as an older copy, not as tampered.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.errors import ConfigError, Conflict, PipelineError
from pipelines.evidence.heads import FIRST, ROW_DIGITS, Head, count_of, heads_path, keep_head, key_print
from pipelines.evidence.own_authority import own_certificates
from pipelines.evidence.signer import load_certificate, signature_holds
from pipelines.evidence.stamps import OWN_NAME, authority_roots
from pipelines.evidence.tsa_client import MAX_DIFFERENCE, read_token
from pipelines.store import Tx

#: Events newer than the newest head by more than this should have had one: it is kept daily, at the latest.
MAX_AGE = timedelta(hours=36)
#: Of the same kind, told one by one.
_TOLD = 5


@dataclass(frozen=True, kw_only=True)
class HeadReport:
    """What the kept heads say of the chain; sentences in Chinese."""

    #: What does not hold.
    faults: tuple[str, ...] = ()
    #: What an engineer should know though it is none.
    remarks: tuple[str, ...] = ()
    #: Readable lines.
    kept: int = 0
    newest: Head | None = None
    #: The last event that every head kept up to it agrees with; None when nothing disagrees.
    fork: int | None = None
    #: The last event any of them tells of.
    furthest: int = 0


@dataclass(frozen=True, kw_only=True)
class ReadHeads:
    """The lines of one file, each checked by itself."""

    heads: tuple[Head, ...] = ()
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def check_chain(desk: Desk) -> tuple[list[str], HeadReport]:
    """Everything `mingcha audit verify` looks at: the chain from its first event on with the triggers that protect it,
    and the heads."""
    faults = audit.verify_chain(desk.store)
    with desk.store.read() as tx:
        faults += trigger_faults(tx)
        report = compare(tx, read_heads(desk), own_file=True)
    return faults, report


def trigger_faults(tx: Tx) -> list[str]:
    """Rows that are only ever added need their triggers."""
    missing = tx.guards.missing()
    return [f"数据库里只增不改的保护（触发器）不在或被改过：{'、'.join(missing)}"] if missing else []


def declare_restored(desk: Desk, *, actor: str) -> tuple[int, int]:
    """Say that the database was put back from a backup: heads of events it no longer has are given up, which the file
    and the log tell for ever. Returns the last event both share and the last one given up.

    Lines of the file that are gone are given up too. Raises Conflict when the chain itself is broken, or when nothing
    is missing: then there is nothing to declare.
    """
    if faults := audit.verify_chain(desk.store):
        raise Conflict(f"审计链本身不完整，恢复备份解释不了：{faults[0]}")
    with desk.store.read() as tx:
        read = read_heads(desk)
        report = compare(tx, read, own_file=False)
        ends, few = tx.audit.ends(), _too_few(tx, read.heads)
    if ends is None or (report.fork is None and not few):
        raise Conflict("审计记录与留存的链头相符，没有要声明的")
    fork = ends[1].seq if report.fork is None else report.fork
    with desk.store.transaction() as tx:
        audit.record(
            tx,
            actor=actor,
            action="audit.restored",
            object_type="audit",
            object_id=fork,
            given_up=max(fork, report.furthest),
        )
    keep_head(desk, "restored", fork=fork)
    return fork, max(fork, report.furthest)


def read_heads(desk: Desk, written: bytes | None = None, *, sound: set[str] | None = None) -> ReadHeads:
    """The lines of HOME's file, or of a copy, with what is wrong with each: order, signature, time stamps. Lines that
    are `sound` (by their SHA-256) are not looked at again, and those found so are added."""
    copied = written is not None
    if written is None:
        path = heads_path(desk.home)
        try:
            written = path.read_bytes() if path.exists() else b""
        except OSError as exc:
            raise ConfigError(f"审计链头 {path} 读不出来；请检查它的属主和权限") from exc
        written = written[: written.rfind(b"\n") + 1]
    heads: list[Head] = []
    faults: list[str] = []
    before = FIRST
    station = _certificate(desk.home / "secrets" / "station.pem")
    own_roots, roots = own_certificates(desk.home), authority_roots(desk)
    unvouched = 0
    for number, line in enumerate(written.splitlines(), 1):
        digest = hashlib.sha256(line).hexdigest()
        try:
            head = Head.read(line)
        except ValueError:
            faults.append(f"链头第 {number} 行读不出来")
        else:
            if sound is None or digest not in sound:
                found = _line_faults(head, station, own_roots)
                # An authority's certificates change and its setting with them: what it once said is no fault.
                others = sum(bool(_stamp_faults(head, name, roots)) for name in head.stamps if name != OWN_NAME)
                faults += [f"链头第 {number} 行（{_when(head)}）{fault}" for fault in found]
                unvouched += others
                if sound is not None and not found and not others:
                    sound.add(digest)
            if head.before != before and before != FIRST:
                faults.append(f"链头第 {number} 行与上一行不衔接：其间有行被改动或删除")
            elif head.before != before and not copied:
                faults.append(f"链头第 {number} 行不是第一行：它前面的被删除")
            heads.append(head)
        before = digest
    said = f"{unvouched} 个时间戳机构的时间戳按现在的 MINGCHA_TSA_CA 核对不上" if unvouched else ""
    return ReadHeads(heads=tuple(heads), faults=tuple(faults), remarks=(said,) if said else ())


def compare(tx: Tx, read: ReadHeads, *, own_file: bool) -> HeadReport:
    """The heads against the chain; with `own_file` also whether there are as many and as new ones as there should
    be."""
    faults = list(read.faults)
    remarks = list(read.remarks)
    standing: list[Head] = []
    for head in read.heads:
        if head.fork is not None:
            given_up = max((one.seq for one in standing if one.seq > head.fork), default=head.fork)
            standing = [one for one in standing if one.seq <= head.fork]
            gone = f"，原第 {head.fork + 1} 至 {given_up} 号已不在库里" if given_up > head.fork else ""
            lost = f"，链头文件少了 {head.lost} 行" if head.lost else ""
            remarks.append(f"{_when(head)} 声明是从备份恢复的：与此前的链头一致到第 {head.fork} 号{gone}{lost}")
        standing.append(head)
    ends = tx.audit.ends()
    last = ends[1].seq if ends else 0
    found, fork = _disagreement(tx, standing, last)
    if own_file:
        faults += _too_few(tx, read.heads)
        if ends:
            since = read.heads[-1].moment if read.heads else ends[0].at
            faults += _too_old(ends[1].at, since, there=bool(read.heads))
        if read.heads and (first := read.heads[0]).seq > 1:
            remarks.append(f"最早的链头是 {_when(first)} 的第 {first.seq} 号；留存它以前就改过的，链头证明不了")
    return HeadReport(
        faults=(*faults, *found),
        remarks=tuple(remarks),
        kept=len(read.heads),
        newest=read.heads[-1] if read.heads else None,
        fork=fork,
        furthest=max((head.seq for head in standing), default=0),
    )


def _disagreement(tx: Tx, standing: Sequence[Head], last: int) -> tuple[list[str], int | None]:
    """The first event that is not what a head said, or how far a database goes that ends before the newest head."""
    there = tx.audit.hashes_at(sorted({head.seq for head in standing}))
    agreed = 0
    for head in sorted(standing, key=lambda one: one.seq):
        if there.get(head.seq) == head.hash:
            agreed = max(agreed, head.seq)
            continue
        now = tx.audit.hashes(head.rows_from, head.seq)
        upto = range(head.rows_from, min(head.seq, last) + 1)
        wrong = next((seq for seq in upto if now.get(seq, "")[:ROW_DIGITS] != _row(head, seq)), None)
        if wrong is None and head.seq > last:
            newest = max(standing, key=lambda one: one.seq)
            return [
                f"数据库的审计记录只到第 {last} 号，而 {_when(newest)} 留存的链头已到第 {newest.seq} 号，此前的都相符："
                "这是较早的一份数据库（如从备份恢复的），或末尾的记录被删；确是恢复备份的，"
                "请执行 mingcha audit restored 声明"
            ], last
        wrong = wrong or head.seq
        exact = head.rows_from <= agreed + 1
        place = f"第 {wrong} 号" if exact else f"第 {agreed + 1} 至 {wrong} 号之间"
        return [
            f"审计记录{place}起与 {_when(head)} 留存的链头（第 {head.seq} 号）不符：数据库里的记录在那以后被改写，"
            "或是恢复备份后接着写下的；确是后者，请执行 mingcha audit restored 声明"
        ], wrong - 1 if exact else agreed
    return [], None


def _row(head: Head, seq: int) -> str:
    return head.rows[(seq - head.rows_from) * ROW_DIGITS :][:ROW_DIGITS]


def _too_few(tx: Tx, heads: Sequence[Head]) -> list[str]:
    counted = count_of(tx)
    if counted <= len(heads):
        return []
    return [
        f"链头缺失：应留存 {counted} 条，文件里{f'只有 {len(heads)} 条' if heads else '没有'}；"
        "确是从备份恢复的，请执行 mingcha audit restored 声明"
    ]


def _too_old(newest_event: datetime, since: datetime, *, there: bool) -> list[str]:
    if newest_event - since <= MAX_AGE:
        return []
    then = clock.local_text(since)
    told = f"最近一个链头是 {then} 的，此后的记录没有链头作证" if there else f"{then} 以来没有留存过链头"
    return [f"{told}；请查看任务“每日自检”是否照常执行，或执行 mingcha audit heads 留存一个"]


def _line_faults(head: Head, station: x509.Certificate | None, own_roots: Sequence[x509.Certificate]) -> list[str]:
    if station is None:
        return ["没有本机的证书，签名无从核对"]
    if head.key != key_print(station):
        return ["是另一把密钥签的"]
    if not signature_holds(station, head.signed, base64.b64decode(head.signature)):
        return ["签名不对"]
    if OWN_NAME not in head.stamps:
        return ["没有时间戳"]
    return _stamp_faults(head, OWN_NAME, own_roots)


def _stamp_faults(head: Head, name: str, roots: Sequence[x509.Certificate]) -> list[str]:
    try:
        at = read_token(base64.b64decode(head.stamps[name]), head.digest, roots).at
    except PipelineError as exc:
        return [f"的时间戳（{name}）不对：{exc.message}"]
    if abs(at - head.moment) > MAX_DIFFERENCE:
        return [f"的时间戳（{name}）是 {clock.local_text(at)} 的，与所写时间不符"]
    return []


def _certificate(path: Path) -> x509.Certificate | None:
    return load_certificate(path) if path.exists() else None


def _when(head: Head) -> str:
    return clock.local_text(head.moment)
