"""Heads of the audit chain kept outside the database: HOME/audit/heads.jsonl, one signed and stamped line each.

Whoever writes the database can write its chain anew, every hash fitting. A head kept elsewhere still says what the
chain was; a copy of the file on another machine or on paper says so even to him who owns the machine.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pipelines import clock
from pipelines.clock import rfc3339
from pipelines.desk import Desk, agency_of
from pipelines.errors import EvidenceError, PipelineError, os_reason
from pipelines.evidence.own_authority import own_authority
from pipelines.evidence.signer import Signer, station_signer, sync_folder
from pipelines.evidence.tsa_client import read_token, request_for
from pipelines.store import Tx
from pipelines.store.types import canonical_json

_log = logging.getLogger(__name__)

#: What the first line names as the one before.
FIRST = "0" * 64
#: How many lines were ever written here, in the database: a file that has fewer was cut.
COUNT = "audit.heads"
#: One is kept at least so often while anybody works.
DAILY = timedelta(hours=20)
#: Rows of which a line tells the beginning of the hash, so that the first one changed can be named.
MAX_ROWS = 10_000
#: Hex digits of each; they only find the place, the whole hash proves it.
ROW_DIGITS = 8
#: Values with which a key is left out of a line.
_SILENT = {"fork": None, "lost": 0}
OCCASIONS = {
    "start": "启动服务",
    "daily": "当日首次登录",
    "self-check": "每日自检",
    "digest.approve": "周报审签",
    "case.export": "导出证据包",
    "asked": "命令要求",
    "restored": "声明恢复备份",
}


@dataclass(frozen=True, kw_only=True)
class Head:
    """The chain's end at one moment, as its line says."""

    #: RFC 3339.
    at: str
    #: One of OCCASIONS.
    occasion: str
    #: Of the last event, and its hash.
    seq: int
    hash: str
    #: The beginnings of the hashes of the events from this one to `seq`, ROW_DIGITS each.
    rows_from: int
    rows: str
    #: SHA-256 of the line before, FIRST in the first.
    before: str
    #: SHA-256 of the station's public key (DER).
    key: str
    #: With `restored`: the last event that the database put back shares with the heads kept before.
    fork: int | None = None
    #: With `restored`: lines that were written once and are not in the file put back.
    lost: int = 0
    #: Over everything above, base64.
    signature: str = ""
    #: Authority → token over everything above and the signature, base64 DER; `own` is the station's.
    stamps: dict[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at).astimezone(UTC)

    @property
    def signed(self) -> bytes:
        """The bytes under the signature."""
        return _spelt(self, without=("signature", "stamps"))

    @property
    def digest(self) -> str:
        """SHA-256 under the time stamps."""
        return hashlib.sha256(_spelt(self, without=("stamps",))).hexdigest()

    @property
    def line(self) -> bytes:
        return _spelt(self, without=()) + b"\n"

    @classmethod
    def read(cls, line: bytes | str) -> Self:
        """A line as it was written. Raises ValueError for anything else."""
        try:
            told = json.loads(line)
            if not isinstance(told, dict):
                raise ValueError("no object")
            head = cls(**told)
            numbers = (head.seq, head.rows_from, head.lost, 0 if head.fork is None else head.fork)
            words = (head.at, head.occasion, head.hash, head.rows, head.before, head.key, head.signature)
            fits = all(type(one) is int for one in numbers) and all(isinstance(one, str) for one in words)
            if not fits or head.moment.year < 2000 or not isinstance(head.stamps, dict):
                raise ValueError("wrong kinds")
            base64.b64decode(head.signature, validate=True)
            for token in head.stamps.values():
                base64.b64decode(token, validate=True)
        except (TypeError, RecursionError, OverflowError) as exc:
            raise ValueError(str(exc)) from exc
        return head


def heads_path(home: Path) -> Path:
    return home / "audit" / "heads.jsonl"


def key_print(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key, which stays when the agency is renamed and the certificate made anew."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key).hexdigest()


def keep_head(desk: Desk, occasion: str, *, outside: bool = False, fork: int | None = None) -> Head | None:
    """Write down where the chain ends now; the newest line when it says so already, less than DAILY ago, and None for
    an empty log. With `outside` the configured authorities stamp it too (seconds each). Raises EvidenceError when the
    file cannot be written, ConfigError for damaged keys."""
    try:
        with _open(desk.home) as handle:
            return _append(desk, handle, occasion, outside=outside, fork=fork)
    except OSError as exc:
        raise EvidenceError(f"审计链头写不进 {heads_path(desk.home)}：{os_reason(exc)}") from exc


def note_head(desk: Desk, occasion: str) -> None:
    """The same behind something that is done and stays done: what hinders is logged, and the self-check will miss the
    head."""
    try:
        keep_head(desk, occasion)
    except PipelineError as exc:
        _log.warning("audit head not kept: %s", exc.message, extra={"occasion": occasion})


def note_daily(desk: Desk) -> None:
    """Keep one when the newest is older than DAILY."""
    newest = newest_head(desk.home)
    if newest is None or clock.now() - newest.moment > DAILY:
        note_head(desk, "daily")


def newest_head(home: Path) -> Head | None:
    """The last readable line."""
    try:
        return _newest(heads_path(home).read_bytes().splitlines())
    except OSError:
        return None


def _newest(lines: Sequence[bytes]) -> Head | None:
    for line in reversed(lines):
        try:
            return Head.read(line)
        except ValueError:
            continue
    return None


@contextmanager
def _open(home: Path) -> Iterator[int]:
    path = heads_path(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # web, worker and commands take turns
        yield handle
    finally:
        os.close(handle)


def _append(desk: Desk, handle: int, occasion: str, *, outside: bool, fork: int | None) -> Head | None:
    size = os.fstat(handle).st_size
    written = os.pread(handle, size, 0)
    whole = written[: written.rfind(b"\n") + 1]
    if len(whole) < size:  # somebody was killed while writing this line, which nobody has counted
        os.ftruncate(handle, len(whole))
    lines = whole.splitlines()
    newest = _newest(lines)
    with desk.store.read() as tx:
        ends = tx.audit.ends()
        if ends is None:
            return None
        last = ends[1]
        fresh = newest is not None and clock.now() - newest.moment < DAILY
        if newest is not None and fresh and fork is None and (newest.seq, newest.hash) == (last.seq, last.hash):
            return newest
        before = fork if fork is not None else newest.seq if newest is not None else 0
        begin = before + 1 if before < last.seq else last.seq
        begin = max(begin, last.seq - MAX_ROWS + 1)
        rows = tx.audit.hashes(begin, last.seq)
        agency = agency_of(desk, tx)
        counted = count_of(tx)
    signer = station_signer(desk.home, agency=agency)
    head = _signed(
        Head(
            at=rfc3339(clock.now()),
            occasion=occasion,
            seq=last.seq,
            hash=last.hash,
            rows_from=begin,
            rows="".join(rows.get(seq, "")[:ROW_DIGITS].ljust(ROW_DIGITS, "-") for seq in range(begin, last.seq + 1)),
            before=hashlib.sha256(lines[-1]).hexdigest() if lines else FIRST,
            key=key_print(signer.certificate),
            fork=fork,
            lost=max(0, counted - len(lines)) if fork is not None else 0,
        ),
        signer,
    )
    head = replace(head, stamps=_stamps(desk, head.digest, agency=agency, outside=outside))
    _write(handle, head.line, at=len(whole))
    sync_folder(heads_path(desk.home).parent)
    # Lines that are gone stay missing, until somebody declares what became of them.
    before_it = len(lines) if fork is not None else max(counted, len(lines))
    with desk.store.transaction() as tx:
        tx.settings.set(COUNT, str(before_it + 1))
    return head


def count_of(tx: Tx) -> int:
    """How many lines the database knows to have been written."""
    told = tx.settings.get(COUNT) or "0"
    return int(told) if told.isdecimal() else 0


def _write(handle: int, line: bytes, *, at: int) -> None:
    try:
        left = line
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, at)
        raise


def _signed(head: Head, signer: Signer) -> Head:
    return replace(head, signature=base64.b64encode(signer.sign(head.signed)).decode("ascii"))


def _stamps(desk: Desk, digest: str, *, agency: str, outside: bool) -> dict[str, str]:
    if outside:
        from pipelines.evidence.stamps import Stamper  # loads httpx, which the web needs not

        return {one.name: _text(one.token) for one in Stamper(desk, agency=agency).stamp([digest])[digest]}
    own = own_authority(desk.home, agency=agency)
    request, nonce = request_for(digest)
    return {"own": _text(read_token(own.answer(request), digest, [own.certificate], nonce=nonce).der)}


def _text(token: bytes) -> str:
    return base64.b64encode(token).decode("ascii")


def _spelt(head: Head, *, without: tuple[str, ...]) -> bytes:
    """Keys that say nothing are left out, so that a key of a later version leaves the lines of this one as signed."""
    told = {name: value for name, value in asdict(head).items() if name not in without}
    for name, silent in _SILENT.items():
        if told[name] == silent:
            del told[name]
    return canonical_json(told).encode()
