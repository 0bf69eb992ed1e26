#!/usr/bin/env python3
"""verify.py: checks a Mingcha 明察 evidence package. Needs Python 3.9 or newer and the command openssl, nothing else.

    python3 verify.py PACKAGE.zip|FOLDER --trust CERT.pem [--tsa-ca CA.pem] [--stamps LATER.zip] [--json]

Exit code 0: whole, and signed by a certificate given with --trust; 1: it is not; 2: misused, or openssl is missing.

Take this file from a trusted place (the station's own site, an earlier package, the source repository), not from the
package in doubt: whoever can forge a package can forge the checker in it.
请从可信处取得本文件，不要用待核的包里附带的那份。

Nothing in the package is trusted: no path in it is written to or followed, sizes are bounded, words of it that are
printed are escaped. The same file is part of `mingcha verify`, which checks the bytes once more with other libraries.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO, NamedTuple, NoReturn, Protocol

#: Every fault there is: code → what it means, in Chinese and in English.
FAULTS: dict[str, tuple[str, str]] = {
    "zip.none": ("开头不是 ZIP，不是证据包", "does not begin as a ZIP: not an evidence package"),
    "zip.directory": ("ZIP 目录被改动、截断或附加了内容", "the ZIP directory was altered, cut off or added to"),
    "zip.bytes": ("ZIP 的字节与按内容重建的不一致", "bytes differ from the ZIP rebuilt from its own contents"),
    "zip.empty": ("ZIP 里没有文件", "the ZIP holds no file"),
    "zip.duplicate": ("有重名文件", "two entries have the same name"),
    "zip.name": ("文件名不安全或不规范", "an entry's name is unsafe or not in normal form"),
    "zip.top": ("应只有一个以案件编号命名的顶层文件夹", "there must be one top folder, named by the case"),
    "zip.clash": ("文件名解压时会互相覆盖", "names would overwrite each other when unpacked"),
    "zip.size": ("文件大得不合情理，没有检查", "unreasonably large; not checked"),
    "folder.link": ("文件夹里有链接或特殊文件", "the folder holds a link or a special file"),
    "bag.missing": ("缺少必需的或清单列出的文件", "a required or listed file is missing"),
    "bag.unlisted": ("包里有清单没有列出的文件", "a file that no manifest lists"),
    "bag.hash": ("内容与清单中的 SHA-256 不符", "content differs from the SHA-256 in the manifest"),
    "bag.manifest": ("清单读不出来", "the manifest cannot be read"),
    "bag.declaration": ("BagIt 声明不对", "the BagIt declaration is not the prescribed one"),
    "bag.oxum": ("登记的文件总数或总字节数不符", "the registered number of files or bytes is wrong"),
    "bag.info": ("bag-info.txt 读不出来或与包不符", "bag-info.txt cannot be read or does not fit the package"),
    "sm3.list": ("SM3 清单与载荷文件不对应", "the SM3 list does not name exactly the payload files"),
    "sm3.hash": ("内容与 SM3 清单不符", "content differs from its SM3 in the list"),
    "signature.missing": ("缺少签名，或缺少被签名的清单", "the signature or the signed manifest is missing"),
    "signature.invalid": ("签名与清单或证书不符", "the signature does not fit the manifest or the certificate"),
    "signer.certificate": ("签名证书不是有效的 P-256 自签名证书", "not a valid self-signed P-256 certificate"),
    "signer.key": ("公钥与证书里的不是同一个", "the public key is not the certificate's"),
    "signer.untrusted": ("签名人不在可信名单内", "the signer is not one of the trusted certificates"),
    "case.id": ("案件编号与顶层文件夹不符", "the case id is not the top folder's name"),
    "case.json": ("case.json 读不出来", "case.json cannot be read"),
    "capture.missing": ("采集快照不全", "a capture or one of its files is missing"),
    "capture.unknown": ("采集快照不在案件清单里", "a capture that case.json does not name"),
    "capture.record": ("采集记录读不出来或与文件不符", "the capture's record cannot be read or does not fit"),
    "capture.logged_in": (
        "登录后留存的页面没有批准放入的记载",
        "a page saved by somebody logged in is here without the approval that lets it in",
    ),
    "redaction.list": (
        "略去的文件与清单不符",
        "what was left out is not what the list of redactions says",
    ),
    "capture.pdf": (
        "网页打印件与网页存档里的不是同一份",
        "the printed page is not the one kept in the web archive",
    ),
    "capture.hash": ("内容与采集记录登记的不符", "content differs from what the capture's record says"),
    "warc.damaged": ("不是完好的 WARC 文件", "not a sound WARC file"),
    "warc.digest": ("WARC 记录与其自带校验值不符或没有校验值", "a WARC record has no digest, or a wrong one"),
    "warc.record": ("WARC 里没有采集记录所指的记录", "the WARC does not hold the record the capture names"),
    "wacz.damaged": ("WACZ 不完好", "not a sound WACZ file"),
    "wacz.digest": ("WACZ 缺校验值或校验值不符", "the WACZ lacks a digest, or one is wrong"),
    "wacz.warc": ("WACZ 里的 WARC 与 page.warc.gz 不是同一个", "the WARC in the WACZ is not page.warc.gz"),
    "audit.row": ("不是审计记录", "not an audit row"),
    "audit.hash": ("审计记录与其校验值不符", "an audit row does not have its hash"),
    "audit.order": ("审计记录的序号没有递增", "audit rows are out of order or repeated"),
    "audit.chain": ("相邻审计记录的哈希不衔接", "neighbouring audit rows are not chained"),
    "audit.count": ("审计记录的条数或末条与登记不符", "audit rows were cut off or added"),
    "finding.json": ("findings.json 读不出来或与案件不符", "findings.json cannot be read or does not fit the case"),
    "finding.span": ("疑点所引原文与被研判文字不符", "a finding's words are not at the place it names"),
    "finding.text": ("疑点所引原文不在任何采集文字里", "a finding's words are in no captured text"),
    "time.capture": ("登记的采集时间与 WARC 记录的不同", "the capture's time is not its WARC record's"),
    "time.order": ("日期互相矛盾", "dates contradict each other"),
    "stamp.signature": ("时间戳文件不是封包时的那个", "the stamp is not the one the station sealed"),
    "stamp.missing": ("缺少时间戳", "a time stamp is missing"),
    "stamp.damaged": ("不是时间戳", "not a time-stamp token"),
    "stamp.imprint": ("时间戳不是给这个文件的", "the time stamp is of another file"),
    "stamp.invalid": ("时间戳不是随包证书链所列机构签发", "not stamped by an authority in tsa-chain.pem"),
    "stamp.foreign": ("补充的时间戳不是本包任何文件的", "a later stamp is of no file of this package"),
    "stamp.untrusted": ("没有由所给可信根证书签发的时间戳", "no stamp chains to the CA that was given"),
}

TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = TAG_MANIFEST + ".sig"
STAMP = TAG_MANIFEST + ".tsr"
#: The station's signature of the stamp: parts of a token are under nobody's signature, and no byte here may be free.
STAMP_SIGNATURE = STAMP + ".sig"
MANIFEST = "manifest-sha256.txt"
SM3_LIST = "sm3sums.txt"
TSA_CHAIN = "tsa-chain.pem"
#: The only files no manifest lists: one cannot list itself, the others sign and stamp it.
UNLISTED = frozenset({TAG_MANIFEST, SIGNATURE, STAMP, STAMP_SIGNATURE})
REQUIRED = (
    "bagit.txt",
    "bag-info.txt",
    MANIFEST,
    TAG_MANIFEST,
    SIGNATURE,
    "signer.pem",
    "signer.pub.pem",
    "验证说明.txt",
    "data/case.json",
    "data/findings.json",
    "data/audit.jsonl",
    "data/案件报告.html",
    "data/案件报告.pdf",
)
#: What packages have had since these were added; older ones lack them, which is said and is no fault.
ADDED = {
    SM3_LIST: "国密 SM3 校验值 SM3 sums",
    TSA_CHAIN: "时间戳 time stamps",
    "verify.py": "独立验证程序 the checker",
    "data/证据清单.xlsx": "证据清单 list of evidence",
}
#: What the subject of a station's own time-stamping certificate says.
OWN_STAMP = "自建时间戳，不等于第三方"
#: What a shared copy (共享本) leaves out of the sealed one, with sums; only files that show whole pages.
REDACTIONS = "data/redactions.json"
_WITHHELD = ("page.warc.gz", "capture.wacz", "screenshot.png", "page.pdf")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
CAPTURES = "data/captures/"

_CHUNK = 1 << 20
_MAX_WHOLE = 64 << 20
_MAX_RECORD = 256 << 20
_MAX_UNPACKED = 4 << 30
_MAX_HEADERS = 1 << 20
_MAX_DEPTH = 16
#: Certificates of a package: a chain has a handful of two kilobytes.
_MAX_PEM = 64 << 10
#: Ways of packing whose output can be bounded; bzip2 and LZMA give all they hold at once.
_PLAIN_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Roots that are tried one by one.
_MAX_ROOTS = 8
#: Longer names and messages come from a package that is not ours.
_MAX_SHOWN = 300
#: Clocks of different machines may differ by this.
SLACK = timedelta(minutes=5)
#: Order of the curve P-256: of the two forms of a signature only the one with the smaller s is taken.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Fault(NamedTuple):
    """One thing that is wrong with one file; `message` is a Chinese sentence."""

    code: str
    file: str
    message: str


class Result(NamedTuple):
    """`ok`: no fault but, perhaps, an unknown signer; `trusted`: signed by a certificate that was given."""

    ok: bool
    trusted: bool
    faults: list[Fault]
    #: What was seen and is no fault: parts an older package lacks, stamps and their times.
    notes: list[str]


class Files(Protocol):
    """The files of a package by their names below the top folder."""

    @property
    def top(self) -> str: ...

    @property
    def names(self) -> list[str]: ...

    def size(self, name: str) -> int: ...

    def open(self, name: str) -> BinaryIO: ...

    def read(self, name: str) -> bytes: ...


class LaterStamps(NamedTuple):
    """Stamps that a package got after it was sealed, in a file of their own; it is under nobody's signature, and each
    token must hold by itself."""

    #: Name in that file, SHA-256 of what it says it stamps, the token.
    tokens: list[tuple[str, str, bytes]]
    #: Certificates (DER) of the authorities.
    chain: list[bytes]


class Misuse(Exception):
    """The check cannot be made as asked."""


class Unsound(Exception):
    """A file does not hold; the words say why, in Chinese."""


def verify(path: str, trust: list[str], tsa_ca: list[str], stamps: str = "") -> Result:
    """Check a package (ZIP or unpacked folder); `stamps`: a file of stamps it got later. Raises Misuse."""
    later = later_stamps(stamps) if stamps else None
    trusted_certificates = [one for file in trust for one in certificates_of(_file(file), file)]
    authorities = b"".join(_pem(one) for file in tsa_ca for one in certificates_of(_file(file), file))
    if shutil.which("openssl") is None:
        raise Misuse("没有 openssl 命令；请先安装 openssl (the command openssl is needed)")
    if os.path.isdir(path):
        files, faults = _open_folder(path)
        return _checked(files, faults, trusted_certificates, authorities, later)
    try:
        source = open(path, "rb")  # noqa: SIM115  # closed below
    except OSError as exc:
        raise Misuse(f"读不了 {path}：{exc.strerror} (cannot be read)") from exc
    with source:
        opened, faults = _open_zip(source, os.path.basename(path))
        if opened is None:
            return Result(False, False, [_shown(fault) for fault in faults], [])
        return _checked(opened, faults, trusted_certificates, authorities, later)


def _checked(
    files: Files, faults: list[Fault], trusted: list[bytes], authorities: bytes, later: LaterStamps | None
) -> Result:
    notes = lacking(files)
    huge = [name for name in files.names if _read_whole(name) and files.size(name) > _MAX_WHOLE]
    if huge:
        return Result(False, False, [Fault("zip.size", name, FAULTS["zip.size"][0]) for name in huge], notes)
    faults += bag_faults(files)
    faults += capture_faults(files)
    faults += semantic_faults(files)
    if SM3_LIST in files.names and "sm3" not in hashlib.algorithms_available:
        notes.append("本机的 Python 没有 SM3，未核对 sm3sums.txt (this Python has no SM3; not checked)")
    with tempfile.TemporaryDirectory(prefix="mingcha-verify-") as folder:
        signature, certificate = _signature_faults(files, folder)
        faults += signature
        stamps, told = _stamp_faults(files, folder, authorities, later)
        faults += stamps
        notes += told
    known = certificate is not None and not signature and certificate in trusted
    if certificate is not None and not signature and not known:
        mark = hashlib.sha256(certificate).hexdigest()
        faults.append(
            Fault("signer.untrusted", "signer.pem", f"签名人不在可信名单内，证书指纹 {mark}；请核对后用 --trust 指定")
        )
    shown = list(dict.fromkeys(_shown(fault) for fault in faults))
    return Result(all(fault.code == "signer.untrusted" for fault in shown), known, shown, notes)


def part_for(files: Files) -> str:
    """The department a part goes to with its letter; "" of any other package, and of one that cannot be read."""
    try:
        told = _json(files, "data/case.json").get("part_for", "")
    except (Unsound, LookupError, TypeError, AttributeError):
        return ""
    return told if isinstance(told, str) else ""


def lacking(files: Files) -> list[str]:
    """A sentence for each part that packages have now and this one, being older, does not."""
    names = set(files.names)
    if REDACTIONS in names:
        gone = len(withheld(files))
        part = part_for(files)
        kind = f"随函本（给{part}）" if part else "共享本"
        found = [f"这是{kind}：略去 {gone} 个文件，列在 {REDACTIONS}；完整的在密封本 (a shared copy, {gone} left out)"]
        return found + [f"本包没有 {name}（{what}）" for name, what in ADDED.items() if name not in names]
    found = [f"本包没有 {name}（{what}）：较早的版本导出" for name, what in ADDED.items() if name not in names]
    pages = {name.rsplit("/", 1)[0] for name in names if name.startswith(CAPTURES)}
    if names and not any(name.endswith("/capture.wacz") for name in names) and pages:
        found.append("本包没有 capture.wacz（可回放的网页存档）：较早的版本导出")
    return found


# --- The ZIP: one canonical form, rebuilt from its contents and compared -------------------------------------------

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
#: ZIP64, for what begins past 4 GiB: an entry's extra field, the end record and where that lies.
_FAR = struct.Struct("<2HQ")
_FAR_END = struct.Struct("<4sQ2H2I4Q")
_FAR_PLACE = struct.Struct("<4sIQI")
_ELSEWHERE = 0xFFFFFFFF
_FAR_FROM = _ELSEWHERE


class _Slice(io.RawIOBase):
    """One entry's bytes of the ZIP as a file that cannot leave them."""

    def __init__(self, source: BinaryIO, start: int, size: int) -> None:
        self._source, self._start, self._size, self._at = source, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(begin + offset, 0), self._size)
        return self._at

    def readinto(self, buffer: Any) -> int:
        want = min(len(buffer), self._size - self._at)
        self._source.seek(self._start + self._at)
        data = self._source.read(want)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class ZipFiles:
    """A package in its ZIP."""

    def __init__(self, source: BinaryIO, top: str, entries: dict[str, tuple[int, int]]) -> None:
        self._source, self.top, self._entries = source, top, entries

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def size(self, name: str) -> int:
        return self._entries[name][1]

    def open(self, name: str) -> BinaryIO:
        return io.BufferedReader(_Slice(self._source, *self._entries[name]))

    def read(self, name: str) -> bytes:
        return self.open(name).read()


def _open_zip(source: BinaryIO, package: str) -> tuple[ZipFiles | None, list[Fault]]:
    source.seek(0)
    begins = source.read(4) == b"PK\x03\x04"
    try:
        entries = _directory(source)
    except Unsound as exc:
        return None, [Fault("zip.directory" if begins else "zip.none", package, str(exc))]
    names = [name for name, _, _ in entries]
    faults = _name_faults(names, package)
    if faults:
        return None, faults
    rows = sorted(entries, key=lambda row: row[0].encode())
    offset, directory = 0, b""
    for name, start, size in rows:
        raw = name.encode()
        short = name.partition("/")[2]
        if start != offset + _LOCAL.size + len(raw):
            return None, [Fault("zip.bytes", short, "文件在 ZIP 里的次序或位置不规范")]
        crc = 0
        for chunk in _chunks(io.BufferedReader(_Slice(source, start, size))):
            crc = zlib.crc32(chunk, crc)
        local = _LOCAL.pack(b"PK\x03\x04", 20, 0x800, 0, 0, 0x21, crc, size, size, len(raw), 0) + raw
        source.seek(offset)
        if source.read(len(local)) != local:
            faults.append(Fault("zip.bytes", short, f"约第 {offset} 字节处与按内容重建的不一致：内容或 ZIP 结构被改动"))
        far = offset >= _FAR_FROM
        extra, needs = (_FAR.pack(1, 8, offset), 45) if far else (b"", 20)
        head = (b"PK\x01\x02", (3 << 8) | 20, needs, 0x800, 0, 0, 0x21, crc, size, size, len(raw), len(extra))
        directory += _CENTRAL.pack(*head, 0, 0, 0, 0o100644 << 16, _ELSEWHERE if far else offset) + raw + extra
        offset = start + size
    directory += _end_of(len(rows), len(directory), offset)
    source.seek(offset)
    if source.read(len(directory) + 1) != directory:
        faults.append(Fault("zip.bytes", package, "ZIP 末尾目录与按内容重建的不一致：ZIP 结构被改动"))
    found = {name.partition("/")[2]: (start, size) for name, start, size in rows}
    return ZipFiles(source, rows[0][0].partition("/")[0], found), faults


def _end_of(count: int, length: int, start: int) -> bytes:
    """The end of a ZIP whose directory of so many entries and bytes begins there."""
    if start < _FAR_FROM:
        return _END.pack(b"PK\x05\x06", 0, 0, count, count, length, start, 0)
    versions = (_FAR_END.size - 12, (3 << 8) | 20, 45)
    record = _FAR_END.pack(b"PK\x06\x06", *versions, 0, 0, count, count, length, start)
    place = _FAR_PLACE.pack(b"PK\x06\x07", 0, start + length, 1)
    return record + place + _END.pack(b"PK\x05\x06", 0, 0, count, count, length, _ELSEWHERE, 0)


def _directory(source: BinaryIO) -> list[tuple[str, int, int]]:
    """(name, start of content, size) of each entry by the directory at the very end. Raises Unsound."""
    whole = source.seek(0, io.SEEK_END)
    if whole < _END.size:
        raise Unsound("文件太短，不是 ZIP")
    source.seek(whole - _END.size)
    mark, disk, first, here, total, length, start, comment = _END.unpack(source.read(_END.size))
    if mark != b"PK\x05\x06" or disk or first or here != total or comment or length > _MAX_WHOLE:
        raise Unsound("文件末尾不是规范的 ZIP 目录：被截断、改动，或后面附加了内容")
    ends = _END.size
    if start == _ELSEWHERE:
        ends += _FAR_END.size + _FAR_PLACE.size
        source.seek(max(whole - ends, 0))
        far = source.read(_FAR_END.size)
        start = _FAR_END.unpack(far)[-1] if len(far) == _FAR_END.size else -1
    if start < 0 or start + length + ends != whole:
        raise Unsound("ZIP 目录的位置不对：前面或中间插入了内容，或末尾记录被改动")
    source.seek(start)
    data, at, found = source.read(length), 0, []
    for number in range(1, total + 1):
        if at + _CENTRAL.size > len(data):
            raise Unsound(f"ZIP 目录第 {number} 项不完整")
        fields = _CENTRAL.unpack_from(data, at)
        raw = data[at + _CENTRAL.size : at + _CENTRAL.size + fields[10]]
        begin, extra = fields[16], fields[11]
        behind = at + _CENTRAL.size + fields[10]
        if begin == _ELSEWHERE and extra == _FAR.size and behind + extra <= len(data):
            begin = _FAR.unpack_from(data, behind)[2]
        elif extra:
            raw = b""
        plain = not (fields[4] or fields[12]) and fields[8] == fields[9]
        if fields[0] != b"PK\x01\x02" or not 0 < len(raw) <= 512 or len(raw) != fields[10] or not plain:
            raise Unsound(f"ZIP 目录第 {number} 项被改动，或含压缩、附加内容")
        begin += _LOCAL.size + len(raw)
        if begin + fields[9] > start:
            raise Unsound(f"ZIP 目录第 {number} 项的位置或长度被改动")
        try:
            found.append((raw.decode("utf-8"), begin, fields[9]))
        except UnicodeDecodeError as exc:
            raise Unsound(f"ZIP 目录第 {number} 项的文件名不是 UTF-8") from exc
        at = behind + extra
    if at != len(data):
        raise Unsound("ZIP 目录之后有多余内容")
    return found


def _name_faults(names: list[str], package: str) -> list[Fault]:
    if not names:
        return [Fault("zip.empty", package, "ZIP 里没有文件")]
    counted = Counter(names)
    faults = [Fault("zip.duplicate", name, "ZIP 里有重名文件") for name, count in counted.items() if count > 1]
    unsafe = [name for name in names if not _is_safe(name)]
    if unsafe:
        return faults + [Fault("zip.name", name, "文件名不安全或不规范（可能写到包外）") for name in unsafe]
    if len({name.partition("/")[0] for name in names}) > 1:
        faults.append(Fault("zip.top", package, "ZIP 里应只有一个以案件编号命名的顶层文件夹"))
    folded = Counter(name.casefold() for name in counted)
    folders = {name[:at].casefold() for name in names for at, char in enumerate(name) if char == "/"}
    for name in sorted(counted):
        if folded[name.casefold()] > 1 or name.casefold() in folders:
            faults.append(Fault("zip.clash", name, "文件名仅大小写不同，或与文件夹同名，解压时会互相覆盖"))
    return faults


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return (
        1 < len(parts) <= _MAX_DEPTH
        and all(part.strip(" .") == part and part for part in parts)
        and not any(char in '\\:*?"<>|' or unicodedata.category(char)[0] == "C" for char in name)
        and unicodedata.normalize("NFC", name) == name
    )


# --- An unpacked folder --------------------------------------------------------------------------------------------


class FolderFiles:
    """A package unpacked; links are not followed."""

    def __init__(self, root: str, names: list[str]) -> None:
        self._root, self._names = root, names
        self.top = os.path.basename(os.path.abspath(root))

    @property
    def names(self) -> list[str]:
        return self._names

    def _place(self, name: str) -> str:
        return os.path.join(self._root, *name.split("/"))

    def size(self, name: str) -> int:
        return os.lstat(self._place(name)).st_size

    def open(self, name: str) -> BinaryIO:
        return open(self._place(name), "rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as handle:
            return handle.read()


def _open_folder(root: str) -> tuple[FolderFiles, list[Fault]]:
    names, faults = [], []
    for place, folders, files in os.walk(root, followlinks=False):
        below = os.path.relpath(place, root).replace(os.sep, "/")
        for name in folders + files:
            path, short = os.path.join(place, name), name if below == "." else f"{below}/{name}"
            if os.path.islink(path) or not (os.path.isfile(path) or os.path.isdir(path)):
                faults.append(Fault("folder.link", short, "文件夹里有链接或特殊文件，没有读它"))
            elif name in files:
                names.append(short)
    return FolderFiles(root, sorted(names)), faults


# --- The bag -------------------------------------------------------------------------------------------------------


def bag_faults(files: Files) -> list[Fault]:
    """Every file there, listed once, and as its manifest says."""
    names = set(files.names)
    payload = {name for name in names if name.startswith("data/")}
    faults = [Fault("bag.missing", name, "缺少这个必需的文件") for name in REQUIRED if name not in names]
    for manifest, expected in ((MANIFEST, payload), (TAG_MANIFEST, names - payload - UNLISTED)):
        if manifest not in names:
            continue
        try:
            listed = sums_of(files.read(manifest))
        except Unsound as exc:
            faults.append(Fault("bag.manifest", manifest, f"清单读不出来：{exc}"))
            continue
        faults += [Fault("bag.missing", name, f"{manifest} 列有，包里没有") for name in sorted(set(listed) - expected)]
        faults += [Fault("bag.unlisted", name, f"{manifest} 没有列出") for name in sorted(expected - set(listed))]
        for name in sorted(expected & set(listed)):
            if _hash(files, name, "sha256") != listed[name]:
                faults.append(Fault("bag.hash", name, f"内容与 {manifest} 中的 SHA-256 不符，文件或清单被改动"))
    if "bagit.txt" in names and files.read("bagit.txt") != DECLARATION:
        faults.append(Fault("bag.declaration", "bagit.txt", "BagIt 声明不是规定的两行"))
    if "bag-info.txt" in names:
        info = _info(files)
        size = sum(files.size(name) for name in payload)
        if info.get("Payload-Oxum") != f"{size}.{len(payload)}":
            faults.append(Fault("bag.oxum", "bag-info.txt", "登记的文件总数或总字节数与包内不符"))
        if isinstance(files, FolderFiles):
            files.top = info.get("External-Identifier", files.top)  # people rename folders
        elif info.get("External-Identifier") != files.top:
            faults.append(Fault("bag.info", "bag-info.txt", "登记的案件编号与顶层文件夹不符"))
    return faults


def sums_of(data: bytes) -> dict[str, str]:
    """Path → sum of lines `sum  path`. Raises Unsound for another form, a path twice, or lines out of order."""
    found: dict[str, str] = {}
    lines = _text(data).split("\n")
    for number, line in enumerate(lines[:-1], 1):
        if not re.match(r"[0-9a-f]{64}  .", line) or line[66:] in found:
            raise Unsound(f"第 {number} 行不是“校验值  文件名”，或重复列出")
        found[line[66:]] = line[:64]
    if lines[-1] or list(found) != sorted(found, key=str.encode):
        raise Unsound("结尾缺换行，或各行没有按文件名排序")
    return found


def _info(files: Files) -> dict[str, str]:
    text = files.read("bag-info.txt").decode("utf-8", "replace")
    return {line.partition(": ")[0]: line.partition(": ")[2] for line in text.splitlines()}


# --- Captures: WARC and WACZ ---------------------------------------------------------------------------------------


class WarcRecord(NamedTuple):
    """One record: its headers (names in small letters) and the SHA-256 of its payload."""

    headers: dict[str, str]
    payload_sha256: str


def capture_faults(files: Files) -> list[Fault]:
    """Each capture complete, its WARC records re-hashed, its record telling the same."""
    faults: list[Fault] = []
    folders: dict[str, set[str]] = {}
    for name in files.names:
        if name.startswith(CAPTURES):
            folder, _, file = name[len(CAPTURES) :].partition("/")
            folders.setdefault(folder, set()).add(file)
    try:
        case = _json(files, "data/case.json")
        named = {str(capture) for lead in case["leads"] for capture in lead["captures"]}
        if case["id"] != files.top:
            faults.append(Fault("case.id", "data/case.json", "案件编号与顶层文件夹不符"))
        for folder in sorted(named - set(folders)):
            faults.append(Fault("capture.missing", CAPTURES + folder, "case.json 列有这个采集快照，包里没有"))
        for folder in sorted(set(folders) - named):
            faults.append(Fault("capture.unknown", CAPTURES + folder, "case.json 没有列出这个采集快照"))
    except (Unsound, LookupError, TypeError) as exc:
        faults.append(Fault("case.json", "data/case.json", f"读不出来：{exc}"))
    budget = [may_unpack(files)]
    gone = withheld(files)
    faults += redaction_faults(files, gone)
    faults += log_in_faults(files, folders)
    for folder in sorted(folders):
        there = folders[folder] | {name[len(CAPTURES) + len(folder) + 1 :] for name in gone if _in(name, folder)}
        missing = [file for file in ("page.warc.gz", "record.json", "text.txt") if file not in there]
        faults += [Fault("capture.missing", f"{CAPTURES}{folder}/{file}", "采集快照缺少这个文件") for file in missing]
        if not missing:
            faults += _capture_faults(files, folder, folders[folder], budget, gone)
    return faults


def log_in_faults(files: Files, folders: Iterable[str]) -> list[Fault]:
    """Captures marked as saved by somebody logged in that no supervisor let in, by the log of this package; those that
    case.json says are left out and that are here."""
    faults = []
    try:
        leads = _json(files, "data/case.json")["leads"]
        out = {str(one["capture"]) for lead in leads for one in lead.get("left_out", ())}
        rows = [json.loads(line) for line in files.read("data/audit.jsonl").splitlines() if b"case.put_in" in line]
        let_in = {(row["detail"]["capture"], row["actor"]) for row in rows if row["action"] == "case.put_in"}
    except (Unsound, LookupError, TypeError, AttributeError, ValueError, RecursionError):
        return []  # told elsewhere
    for folder in sorted(folders):
        name = f"{CAPTURES}{folder}/record.json"
        if folder in out:
            faults.append(Fault("capture.logged_in", CAPTURES + folder, "case.json 列为没有放入，却在包里"))
        try:
            mark = _json(files, name).get("logged_in")
            put_in = {} if mark is None else mark["put_in"]
            sound = mark is None or (bool(put_in["reason"]) and (folder, put_in["user"]) in let_in)
        except (LookupError, TypeError):
            sound = False
        except Unsound:
            continue  # told elsewhere
        if not sound:
            faults.append(Fault("capture.logged_in", name, "疑为登录后留存，没有督导批准放入的记载，或审计记录里没有"))
    return faults


def may_unpack(files: Files) -> int:
    """Bytes that the WARCs of a package may unpack to in all: beyond that they are bombs."""
    warcs = (name for name in files.names if name.startswith(CAPTURES) and name.endswith("/page.warc.gz"))
    return max(_MAX_UNPACKED, 8 * sum(map(files.size, warcs)))


def may_be_withheld(name: str) -> bool:
    """Whether a shared copy may leave out this file: what shows a whole page, and the stamps of it."""
    parts = name.split("/")
    if not name.startswith(CAPTURES) or len(parts) not in (4, 5):
        return False
    return parts[3] in _WITHHELD if len(parts) == 4 else parts[3] == "timestamps"


def withheld(files: Files) -> dict[str, str]:
    """File → SHA-256 of what a shared copy says it leaves out; {} for a whole package or a list that cannot be read."""
    if REDACTIONS not in files.names:
        return {}
    try:
        told = _json(files, REDACTIONS)["files"]
        return {str(one["file"]): str(one["sha256"]) for one in told if may_be_withheld(str(one["file"]))}
    except (Unsound, LookupError, TypeError):
        return {}


def redaction_faults(files: Files, gone: dict[str, str]) -> list[Fault]:
    """A list of redactions that cannot be read, names what may not be left out or what is there; a copy that says it is
    a shared one and has no list, or the other way round."""
    names = set(files.names)
    try:
        shared = _json(files, "data/case.json").get("copy") == "shared"
    except (Unsound, LookupError):
        return []  # told elsewhere
    if REDACTIONS not in names:
        return [Fault("redaction.list", REDACTIONS, "case.json 称是共享本，却没有略去清单")] if shared else []
    if not shared:
        return [Fault("redaction.list", REDACTIONS, "有略去清单，case.json 却不称是共享本")]
    try:
        told = [str(one["file"]) for one in _json(files, REDACTIONS)["files"]]
    except (Unsound, LookupError, TypeError):
        return [Fault("redaction.list", REDACTIONS, "读不出来")]
    wrong = sorted({name for name in told if name not in gone or name in names or told.count(name) > 1})
    return [Fault("redaction.list", name, "列为略去，却还在包里，或不是可以略去的文件") for name in wrong]


def _in(name: str, folder: str) -> bool:
    return name.startswith(f"{CAPTURES}{folder}/")


def _capture_faults(
    files: Files, folder: str, present: set[str], budget: list[int], gone: dict[str, str]
) -> list[Fault]:
    name, warc = f"{CAPTURES}{folder}/record.json", f"{CAPTURES}{folder}/page.warc.gz"
    try:
        record = _json(files, name)
        listed = {str(file): str(record["files"][file]["sha256"]) for file in record["files"]}
        identity, sha256 = str(record["warc_record_id"]), str(record["sha256"])
    except (Unsound, LookupError, TypeError) as exc:
        return [Fault("capture.record", name, f"读不出来：{exc}")]
    faults = []
    away = {one[len(CAPTURES) + len(folder) + 1 :]: told for one, told in gone.items() if _in(one, folder)}
    if record.get("id") != folder or set(listed) != (present | set(away)) - {"record.json"}:
        faults.append(Fault("capture.record", name, "登记的编号或文件与这个文件夹不符"))
    for file in sorted(file for file in away if listed.get(file) not in (None, away[file])):
        faults.append(Fault("redaction.list", f"{CAPTURES}{folder}/{file}", "略去清单的 SHA-256 与 record.json 不同"))
    for file in sorted(set(listed) & present):
        if _hash(files, f"{CAPTURES}{folder}/{file}", "sha256") != listed[file]:
            faults.append(Fault("capture.hash", f"{CAPTURES}{folder}/{file}", "内容与 record.json 登记的不符"))
    if "page.warc.gz" in away and "page.warc.gz" not in present:
        return faults
    found, printed = None, ""
    try:
        with files.open(warc) as source:
            for one in warc_records(source, budget):
                if one.headers.get("warc-record-id") == identity:
                    found = one
                if one.headers.get("warc-target-uri") == f"urn:mingcha:{folder}:pdf":
                    printed = one.payload_sha256
    except Unsound as exc:
        code = "warc.digest" if "校验值" in str(exc) else "warc.damaged"
        return [*faults, Fault(code, warc, str(exc))]
    if found is None or found.payload_sha256 != sha256:
        faults.append(Fault("warc.record", warc, "其中没有 record.json 所指的记录，或内容与登记的 SHA-256 不符"))
    pdf = f"{CAPTURES}{folder}/page.pdf"
    if "page.pdf" in present and _hash(files, pdf, "sha256") != printed:
        faults.append(Fault("capture.pdf", pdf, "网页打印件与 page.warc.gz 里的不是同一份"))
    return faults


def warc_records(source: BinaryIO, budget: list[int]) -> Iterator[WarcRecord]:
    """The records of a WARC of one gzip member a record, digests checked. Raises Unsound; never unpacks without end."""
    stream = _Members(source, budget)
    while True:
        head = stream.until_blank_line()
        if head is None:
            return
        lines = head.decode("utf-8", "replace").split("\r\n")
        if not lines[0].startswith("WARC/1."):
            raise Unsound("不是 WARC 记录")
        headers = {line.partition(":")[0].strip().lower(): line.partition(":")[2].strip() for line in lines[1:]}
        length = headers.get("content-length", "")
        if not re.fullmatch(r"[0-9]{1,10}", length) or int(length) > _MAX_RECORD:
            raise Unsound("记录长度不合情理")
        block = {name: hashlib.new(name) for name in ("sha1", "sha256")}
        payload = {name: hashlib.new(name) for name in ("sha1", "sha256")}
        http = headers.get("content-type", "").lower().startswith("application/http")
        rest, left = b"", int(length)
        while left:
            chunk = stream.read(min(left, 1 << 16))
            if not chunk:
                raise Unsound("记录不完整")
            left -= len(chunk)
            for hasher in block.values():
                hasher.update(chunk)
            if http:
                rest += chunk
                end = rest.find(b"\r\n\r\n")
                if end < 0 and len(rest) > _MAX_HEADERS:
                    raise Unsound("记录头大得不合情理")
                if end < 0:
                    continue
                chunk, http, rest = rest[end + 4 :], False, b""
            for hasher in payload.values():
                hasher.update(chunk)
        if stream.read(4) != b"\r\n\r\n" or not stream.at_member_end():
            raise Unsound("记录结尾不对")
        kind = headers.get("warc-type", "")
        given = [("warc-block-digest", block)] + ([] if kind == "revisit" else [("warc-payload-digest", payload)])
        checked = [_digest_holds(headers[name], made) for name, made in given if name in headers]
        if not all(checked) or (not checked and kind in ("response", "resource")):
            raise Unsound(f"一条 {kind} 记录的内容与其自带校验值不符，或没有校验值")
        yield WarcRecord(headers, payload["sha256"].hexdigest())


def _digest_holds(told: str, made: dict[str, Any]) -> bool:
    name, _, value = told.partition(":")
    if name.lower() not in made:
        return False
    digest: bytes = made[name.lower()].digest()
    return value in (base64.b32encode(digest).decode(), digest.hex())


class _Members:
    """The plain bytes of a file of gzip members, read with a bound."""

    def __init__(self, source: BinaryIO, budget: list[int]) -> None:
        self._source, self._budget = source, budget
        self._raw = self._plain = b""
        self._unpacker: Any = None

    def _more(self) -> bool:
        """Unpack a little more; False at the file's end."""
        self._raw = self._raw or self._source.read(1 << 16)
        if not self._raw and (self._unpacker is None or self._unpacker.eof):
            return False
        if self._unpacker is None or self._unpacker.eof:
            self._unpacker = zlib.decompressobj(31)
        try:
            made = self._unpacker.decompress(self._raw, 1 << 16)  # b"" brings what is still inside
        except zlib.error as exc:
            raise Unsound("不是 gzip 数据") from exc
        if not self._raw and not made and not self._unpacker.eof:
            raise Unsound("gzip 数据不完整")
        self._raw = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
        self._budget[0] -= len(made)
        if self._budget[0] < 0:
            raise Unsound("解压后大得不合情理，停止检查")
        self._plain += made
        return True

    def until_blank_line(self) -> bytes | None:
        """The head of a record; None at the end. Raises Unsound."""
        while b"\r\n\r\n" not in self._plain:
            if len(self._plain) > _MAX_HEADERS:
                raise Unsound("记录头大得不合情理，停止检查")
            if not self._more():
                if self._plain:
                    raise Unsound("记录不完整")
                return None
        head, _, self._plain = self._plain.partition(b"\r\n\r\n")
        return head

    def read(self, size: int) -> bytes:
        while len(self._plain) < size and self._more():
            pass
        data, self._plain = self._plain[:size], self._plain[size:]
        return data

    def at_member_end(self) -> bool:
        """Does the gzip member end where the record does?"""
        while not self._plain and self._unpacker is not None and not self._unpacker.eof and self._more():
            pass
        return not self._plain


def wacz_faults(files: Files, name: str, warc: str) -> list[Fault]:
    """A WACZ sound in itself, digests included, and its WARC the very one beside it."""
    try:
        with files.open(name) as source, zipfile.ZipFile(source) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            if len(infos) != len(archive.infolist()):
                return [Fault("wacz.damaged", name, "里面有重名文件")]
            if any(info.compress_type not in _PLAIN_WAYS or info.flag_bits & 1 for info in infos.values()):
                return [Fault("wacz.damaged", name, "里面的文件加密，或用了约定以外的压缩方法")]
            if sum(info.file_size for info in infos.values()) > _MAX_RECORD + files.size(name):
                return [Fault("wacz.damaged", name, "解压后大得不合情理，停止检查")]
            needed = ("datapackage.json", "pages/pages.jsonl", "archive/page.warc.gz")
            missing = [one for one in needed if one not in infos]
            if not {"indexes/index.cdx", "indexes/index.cdx.gz"} & set(infos):
                missing.append("indexes/index.cdx")
            if missing:
                return [Fault("wacz.damaged", name, f"里面缺 {missing[0]}")]
            if "datapackage-digest.json" not in infos:
                return [Fault("wacz.digest", name, "里面缺 datapackage-digest.json")]
            package = archive.read("datapackage.json")
            told = json.loads(archive.read("datapackage-digest.json"))
            if told["path"] != "datapackage.json" or told["hash"] != f"sha256:{hashlib.sha256(package).hexdigest()}":
                return [Fault("wacz.digest", name, "datapackage.json 与其校验值不符")]
            listed = {one["path"]: one for one in json.loads(package)["resources"]}
            if set(listed) != set(infos) - {"datapackage.json", "datapackage-digest.json"}:
                return [Fault("wacz.digest", name, "datapackage.json 列的文件与里面的不同")]
            for path, one in listed.items():
                with archive.open(path) as handle:
                    made = _hash_of(handle, "sha256")
                if one["hash"] != f"sha256:{made}" or one["bytes"] != infos[path].file_size:
                    return [Fault("wacz.digest", name, f"里面的 {path} 与其校验值不符")]
                if path == "archive/page.warc.gz" and made != _hash(files, warc, "sha256"):
                    return [Fault("wacz.warc", name, "里面的 WARC 与 page.warc.gz 不是同一个")]
    except (zipfile.BadZipFile, zlib.error, ValueError, LookupError, TypeError, AttributeError, OSError,
            NotImplementedError, RuntimeError, RecursionError, EOFError) as exc:  # fmt: skip
        return [Fault("wacz.damaged", name, f"不是完好的 WACZ 文件（{type(exc).__name__}）")]
    return []


# --- What the files say of each other; `mingcha verify` uses this part as it stands ---------------------------------


def semantic_faults(files: Files) -> list[Fault]:
    """SM3 sums, WACZ, audit chain, findings against captured texts, dates that contradict."""
    names = set(files.names)
    faults: list[Fault] = []
    if SM3_LIST in names:
        faults += _sm3_faults(files)
    for name in sorted(names):
        if name.startswith(CAPTURES) and name.endswith("/capture.wacz"):
            warc = name.rsplit("/", 1)[0] + "/page.warc.gz"
            faults += wacz_faults(files, name, warc) if warc in names else []
    try:
        case = _json(files, "data/case.json") if "data/case.json" in names else {}
    except Unsound:
        return faults  # told elsewhere
    if "data/audit.jsonl" in names:
        faults += audit_faults(files, case)
    if "data/findings.json" in names:
        faults += finding_faults(files, case)
    return faults + date_faults(files, case)


def _sm3_faults(files: Files) -> list[Fault]:
    try:
        listed = sums_of(files.read(SM3_LIST))
    except Unsound as exc:
        return [Fault("sm3.list", SM3_LIST, f"读不出来：{exc}")]
    payload = {name for name in files.names if name.startswith("data/")}
    faults = [Fault("sm3.list", name, "sm3sums.txt 与载荷文件不对应") for name in sorted(payload ^ set(listed))]
    if "sm3" in hashlib.algorithms_available:
        for name in sorted(payload & set(listed)):
            if _hash(files, name, "sm3") != listed[name]:
                faults.append(Fault("sm3.hash", name, "内容与 sm3sums.txt 不符"))
    return faults


def audit_faults(files: Files, case: dict[str, Any]) -> list[Fault]:
    """Rows rewritten, reordered, inserted or cut off. The extract is not the whole chain, so gaps are normal."""
    name = "data/audit.jsonl"
    faults: list[Fault] = []
    last, last_hash, count = 0, "", 0
    for number, line in enumerate(files.read(name).splitlines(), 1):
        try:
            row = json.loads(line)
            seq, told, before = int(row["seq"]), str(row["hash"]), str(row["prev_hash"])
            fields = {key: value for key, value in row.items() if key != "hash"}
            spelt = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
            made = hashlib.sha256(spelt.encode("utf-8")).hexdigest()
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
            return [*faults, Fault("audit.row", name, f"第 {number} 行不是审计记录")]
        if made != told:
            faults.append(Fault("audit.hash", name, f"第 {number} 行的内容与其校验值不符"))
        if seq <= last:
            faults.append(Fault("audit.order", name, f"第 {number} 行的序号没有递增"))
        elif seq == last + 1 and last_hash and before != last_hash:
            faults.append(Fault("audit.chain", name, f"第 {number} 行与上一行的哈希不衔接"))
        last, last_hash, count = seq, told, count + 1
    anchor = case.get("audit")
    if isinstance(anchor, dict):
        expected = (anchor.get("rows"), anchor.get("last_seq"), anchor.get("last_hash"))
        if expected != (count, last, last_hash):
            faults.append(Fault("audit.count", name, "审计记录的条数或末条与 case.json 登记的不符：被截短或添加"))
    return faults


def _apart(places: Any, length: int) -> list[tuple[int, int]]:
    """Places in order, none over another, so that all of them together are no longer than the text. ValueError."""
    found = [(int(one["start"]), int(one["end"])) for one in places]
    edges = [0, *(edge for place in found for edge in place), length]
    if edges != sorted(edges):
        raise ValueError("places out of order")
    return found


def finding_faults(files: Files, case: dict[str, Any]) -> list[Fault]:
    """Every finding's words stand where it says, and were read off a captured page or picture."""
    name, faults = "data/findings.json", []
    texts = [
        _squeezed(files.read(one).decode("utf-8", "replace"))
        for one in files.names
        if one.startswith(CAPTURES) and one.endswith("/text.txt") and files.size(one) <= _MAX_WHOLE
    ]
    try:
        leads = _json(files, name)["leads"]
        if case and [lead["lead"] for lead in leads] != [lead["id"] for lead in case["leads"]]:
            faults.append(Fault("finding.json", name, "所列线索与 case.json 的不同"))
        # A posting brought in by a table has no page of its own; one that two leads share stands with the first.
        # What was read off a page that is left out is in no text here.
        captured = {one.get("id") for one in case.get("leads", ()) if one.get("captures") and not one.get("left_out")}
        for lead in leads:
            title, text = str(lead["title"]), str(lead["text"])
            body = f"{title}\n{text}" if title else text
            drawn = [_squeezed(body[start:end]) for start, end in _apart(lead.get("pictures", ()), len(body))]
            readable = texts + drawn if lead["lead"] in captured else None
            for finding in lead["assessment"].get("findings", ()):
                for span in finding["spans"]:
                    start, end, words = span["start"], span["end"], span["text"]
                    where = f"线索 {lead['lead']} 的疑点 {finding.get('code')}"
                    if not 0 <= start < end <= len(body) or body[start:end] != words:
                        faults.append(Fault("finding.span", name, f"{where}：所引原文不在它所指的位置"))
                    elif readable is not None and not _is_in(_squeezed(words), readable):
                        faults.append(Fault("finding.text", name, f"{where}：所引原文不在任何采集文字里"))
    except (Unsound, LookupError, TypeError, AttributeError, ValueError) as exc:
        faults.append(Fault("finding.json", name, f"读不出来（{type(exc).__name__}）"))
    return faults


def _is_in(words: str, texts: list[str]) -> bool:
    return any(words in one for one in texts)


def date_faults(files: Files, case: dict[str, Any]) -> list[Fault]:
    """Dates that contradict: a capture's against its WARC record, and what must have come before the export."""
    faults: list[Fault] = []
    exported = _moment(case.get("exported_at"))
    times: list[tuple[str, str, Any]] = [("data/case.json", "立案时间", case.get("opened_at"))]
    try:
        for lead in case.get("leads", ()):
            times.append(("data/case.json", f"线索 {lead['id']} 的产生时间", lead.get("created_at")))
            for row in lead.get("decisions", ()):
                times.append(("data/case.json", f"审核结论 {row.get('id')} 的时间", row.get("decided_at")))
        if "data/findings.json" in files.names:
            for one in _json(files, "data/findings.json")["leads"]:
                times.append(("data/findings.json", f"线索 {one['lead']} 的研判时间", one.get("assessed_at")))
        for number, line in enumerate(files.read("data/audit.jsonl").splitlines(), 1):
            times.append(("data/audit.jsonl", f"第 {number} 行的时间", json.loads(line)["at"]))
    except (Unsound, LookupError, TypeError, AttributeError, ValueError, RecursionError):
        pass  # told elsewhere
    budget = [may_unpack(files)]  # of the package: a bomb in each capture is no more than one
    for name in files.names:
        if name.startswith(CAPTURES) and name.endswith("/record.json"):
            times.append((name, "采集时间", _capture_time(files, name, faults, budget)))
    for file, what, told in times:
        moment = _moment(told)
        if told is not None and moment is None:
            faults.append(Fault("time.order", file, f"{what}不是带时区的时间"))
        elif moment is not None and exported is not None and moment > exported + SLACK:
            faults.append(Fault("time.order", file, f"{what}晚于导出时间"))
    if "bag-info.txt" in files.names and exported is not None:
        day = exported.astimezone(timezone(timedelta(hours=8))).date().isoformat()
        if _info(files).get("Bagging-Date") != day:
            faults.append(Fault("time.order", "bag-info.txt", "Bagging-Date 不是 case.json 的导出日期"))
    return faults


def _capture_time(files: Files, name: str, faults: list[Fault], budget: list[int]) -> Any:
    """The capture's time as registered; a fault when it is not that of its WARC record."""
    try:
        record = _json(files, name)
        warc = name.rsplit("/", 1)[0] + "/page.warc.gz"
        told, identity = record.get("captured_at"), str(record["warc_record_id"])
        if warc not in files.names:
            return told  # a shared copy; that one is missing is told elsewhere
        with files.open(warc) as source:
            for one in warc_records(source, budget):
                if one.headers.get("warc-record-id") != identity:
                    continue
                begun, registered = _moment(one.headers.get("warc-date")), _moment(told)
                if begun is not None and registered is not None and abs(begun - registered) > timedelta(seconds=1):
                    faults.append(Fault("time.capture", name, "登记的采集时间与 WARC 记录的 WARC-Date 不同"))
    except (Unsound, LookupError, TypeError):
        return None  # told elsewhere
    return told


# --- Signature and time stamps, by the command openssl --------------------------------------------------------------


def _signature_faults(files: Files, folder: str) -> tuple[list[Fault], bytes | None]:
    """The faults and the certificate (DER) that package and signature go by."""
    names = set(files.names)
    try:
        certificate = certificates_of(files.read("signer.pem") if "signer.pem" in names else b"", "signer.pem")[0]
    except Misuse:
        return [Fault("signer.certificate", "signer.pem", "没有可读的签名证书")], None
    pem, public = os.path.join(folder, "signer.pem"), os.path.join(folder, "signer.pub")
    _write(pem, _pem(certificate))
    code, key, _ = _openssl("x509", "-in", pem, "-noout", "-pubkey")
    _write(public, key)
    _, about, _ = _openssl("pkey", "-pubin", "-in", public, "-noout", "-text")
    chain, _, _ = _openssl("verify", "-no_check_time", "-CAfile", pem, pem)
    if code or chain or b"NIST CURVE: P-256" not in about:
        return [Fault("signer.certificate", "signer.pem", "证书不是有效的 P-256 自签名证书")], certificate
    faults = []
    if "signer.pub.pem" in names and files.read("signer.pub.pem") != key:
        faults.append(Fault("signer.key", "signer.pub.pem", "公钥与 signer.pem 证书里的不是同一个"))
    if SIGNATURE not in names or TAG_MANIFEST not in names:
        return [*faults, Fault("signature.missing", SIGNATURE, "缺少签名，或缺少被签名的清单")], certificate
    if not _signs(files, SIGNATURE, TAG_MANIFEST, public, folder):
        faults.append(Fault("signature.invalid", SIGNATURE, "签名与清单或证书不符：内容在签名后被改动，或换了签名人"))
    if STAMP in names and (STAMP_SIGNATURE not in names or not _signs(files, STAMP_SIGNATURE, STAMP, public, folder)):
        faults.append(
            Fault(
                "stamp.signature",
                STAMP if STAMP_SIGNATURE in names else STAMP_SIGNATURE,
                "时间戳没有本单位的封签，或封签后被改动",
            )
        )
    return faults, certificate


def _signs(files: Files, signature: str, signed: str, public: str, folder: str) -> bool:
    """Is it the one accepted form of a signature of that file by the key?"""
    one, two = os.path.join(folder, "sig"), os.path.join(folder, "signed")
    _write(one, files.read(signature))
    _write(two, files.read(signed))
    bad, _, _ = _openssl("dgst", "-sha256", "-verify", public, "-signature", one, two)
    return not bad and _one_form(files.read(signature))


def _one_form(signature: bytes) -> bool:
    """Is this the one accepted form: DER of (r, s) with the smaller s?"""
    try:
        numbers, at = [], 2
        for _ in range(2):
            size = signature[at + 1]
            numbers.append(int.from_bytes(signature[at + 2 : at + 2 + size], "big"))
            at += 2 + size
    except IndexError:
        return False
    made = b""
    for number in numbers:
        raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
        made += bytes([2, len(raw)]) + raw
    return bytes([0x30, len(made)]) + made == signature and numbers[1] <= ORDER // 2


def stamped_files(names: set[str]) -> tuple[list[tuple[str, str]], list[Fault]]:
    """(token, file it is of), and a fault for each file that should have one and has none."""
    pairs, faults = [], []
    if TSA_CHAIN not in names:
        return [], []
    if STAMP in names and TAG_MANIFEST in names:
        pairs.append((STAMP, TAG_MANIFEST))
    elif STAMP not in names:
        faults.append(Fault("stamp.missing", STAMP, "缺少清单的时间戳"))
    for warc in sorted(name for name in names if name.startswith(CAPTURES) and name.endswith("/page.warc.gz")):
        folder = warc.rsplit("/", 1)[0] + "/timestamps/"
        tokens = sorted(name for name in names if name.startswith(folder) and name.endswith(".tsr"))
        pairs += [(token, warc) for token in tokens]
        if not tokens:
            faults.append(Fault("stamp.missing", folder, "这个网页存档没有时间戳"))
    return pairs, faults


def stamp_time_faults(times: dict[str, datetime], files: Files) -> list[Fault]:
    """Stamps (token → its time) that contradict captures, export or each other."""
    faults = []
    whole = times.get(STAMP)
    try:
        exported = _moment(_json(files, "data/case.json").get("exported_at"))
    except (Unsound, LookupError):
        exported = None
    if whole is not None and exported is not None and not exported - SLACK <= whole <= exported + timedelta(days=1):
        faults.append(Fault("time.order", STAMP, "清单时间戳的时间与导出时间相差太大"))
    for token, moment in times.items():
        if token == STAMP:
            continue
        try:
            record = _json(files, token.split("/timestamps/")[0] + "/record.json")
        except (Unsound, LookupError):
            continue  # told elsewhere
        captured = _moment(record.get("captured_at"))
        if captured is not None and moment < captured - SLACK:
            faults.append(Fault("time.order", token, "时间戳早于登记的采集时间"))
        if whole is not None and moment > whole + SLACK:
            faults.append(Fault("time.order", token, "时间戳晚于整包的时间戳"))
    return faults


def _stamp_faults(
    files: Files, folder: str, authorities: bytes, later: LaterStamps | None
) -> tuple[list[Fault], list[str]]:
    pairs, faults = stamped_files(set(files.names))
    if not pairs:
        return faults, []
    chain, given, token_file = (os.path.join(folder, one) for one in ("chain.pem", "given.pem", "token"))
    try:
        inside = certificates_of(files.read(TSA_CHAIN), TSA_CHAIN)
    except Misuse:
        return [*faults, Fault("stamp.invalid", TSA_CHAIN, "时间戳证书链读不出来")], []
    _write(chain, b"".join(_pem(one) for one in inside))
    own = os.path.join(folder, "own.pem")
    _write(own, b"".join(_pem(one) for one in inside if OWN_STAMP.encode() in one))
    _write(given, authorities)
    times: dict[str, datetime] = {}
    owned: set[str] = set()
    vouched: dict[str, bool] = {}
    for token, file in pairs:
        if files.size(token) > _MAX_HEADERS:
            faults.append(Fault("stamp.damaged", token, "大得不合情理"))
            continue
        _write(token_file, files.read(token))
        moment = _moment_of(token_file)
        if moment is None:
            faults.append(Fault("stamp.damaged", token, "不是可读的 RFC 3161 时间戳"))
            continue
        times[token] = moment
        asked: tuple[str, ...] = ("ts", "-verify", "-digest", _hash(files, file, "sha256"), "-in", token_file)
        asked += ("-attime", str(int(moment.timestamp())))
        bad, why = _stamped_under(asked, chain)
        if bad and b"imprint" in why:
            faults.append(Fault("stamp.imprint", token, f"不是 {file} 的时间戳：文件或时间戳被换"))
        elif bad:
            faults.append(Fault("stamp.invalid", token, "不是 tsa-chain.pem 所列机构签发，或已被改动"))
        elif os.path.getsize(own) and not _stamped_under(asked, own)[0]:
            owned.add(token)
        if authorities:
            good = not _stamped_under(asked, given, chain)[0]
            vouched[file] = vouched.get(file, False) or good
    failed = {fault.file for fault in faults} & set(times)
    notes = stamp_notes(times, owned, checked=bool(authorities), failed=failed)
    if later is not None:
        digests = {_hash(files, file, "sha256"): file for _, file in pairs}
        faults += _later_faults(later, folder, digests, files, vouched if authorities else None)
        notes.append(later_note(later, checked=bool(authorities)))
    for file in sorted(file for file, good in vouched.items() if not good):
        faults.append(Fault("stamp.untrusted", file, "它的时间戳都不是由 --tsa-ca 所给的机构签发"))
    faults += stamp_time_faults(times, files)
    return faults, notes


def _stamped_under(asked: tuple[str, ...], roots: str, others: str = "") -> tuple[int, bytes]:
    """0 when the token leads to a certificate of that file, `others` standing between; else openssl's words.

    Of several certificates of one name (an authority that changed its key) openssl tries one alone, so each is tried by
    itself when all together did not do.
    """
    between = others or roots
    bad, _, why = _openssl(*asked, "-CAfile", roots, *(("-untrusted", others) if others else ()))
    found = certificates_of(_file(roots), roots) if bad and b"imprint" not in why else []
    for one in found[:_MAX_ROOTS] if len(found) > 1 else []:
        _write(roots + ".one", _pem(one))
        if not _openssl(*asked, "-CAfile", roots + ".one", "-untrusted", between)[0]:
            return 0, b""
    return bad, why


def _moment_of(token_file: str) -> datetime | None:
    """When a token (in an answer) says it was made; None when it cannot be read."""
    bare = token_file + ".bare"
    # The answer around the token is nobody's signature, and its text may say any time: only the token is read.
    code, text, _ = _openssl("ts", "-reply", "-in", token_file, "-token_out", "-out", bare)
    if not code:
        code, text, _ = _openssl("ts", "-reply", "-in", bare, "-token_in", "-text")
    told = re.search(rb"Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT", text)
    if code or told is None:
        return None
    spelt = " ".join((told[1] + b" " + told[2]).decode().split())
    return datetime.strptime(spelt, "%b %d %H:%M:%S %Y").replace(tzinfo=timezone.utc)


# --- Stamps that came later ----------------------------------------------------------------------------------------

_LATER_NAME = re.compile(r"([0-9a-f]{64})/[a-z0-9.-]{1,100}\.tsr")
LATER_GUIDE = "说明.txt"
_MAX_LATER = 20_000


def later_stamps(path: str) -> LaterStamps:
    """The stamps in a file of later ones: a plain ZIP of `<SHA-256 of what is stamped>/<authority>.tsr` and the
    certificates. Raises Misuse."""
    tokens, chain = [], b""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > _MAX_LATER or sum(info.file_size for info in infos) > _MAX_WHOLE:
                raise Misuse(f"{path} 大得不合情理 (unreasonably large)")
            for info in infos:
                if info.compress_type not in _PLAIN_WAYS or info.file_size > _MAX_HEADERS:
                    raise Misuse(f"{path} 不是补充时间戳文件 (no file of later stamps)")
                name = _LATER_NAME.fullmatch(info.filename)
                if not name and info.filename not in (TSA_CHAIN, LATER_GUIDE):
                    raise Misuse(f"{path} 不是补充时间戳文件 (no file of later stamps)")
                with archive.open(info) as handle:
                    data = handle.read(_MAX_HEADERS)
                if name:
                    tokens.append((info.filename, name[1], data))
                elif info.filename == TSA_CHAIN:
                    chain = data
    except OSError as exc:
        raise Misuse(f"读不了 {path}：{exc.strerror} (cannot be read)") from exc
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as exc:
        raise Misuse(f"{path} 不是补充时间戳文件 (no file of later stamps)") from exc
    if not tokens:
        raise Misuse(f"{path} 里没有时间戳 (no stamp)")
    return LaterStamps(tokens, certificates_of(chain, TSA_CHAIN))


def _later_faults(
    later: LaterStamps, folder: str, digests: dict[str, str], files: Files, vouched: dict[str, bool] | None
) -> list[Fault]:
    """`digests`: SHA-256 → stamped file of the package; `vouched` is told which of them an authority given stamped."""
    chain, given, token_file = (os.path.join(folder, one) for one in ("later.pem", "given.pem", "later"))
    _write(chain, b"".join(_pem(one) for one in later.chain))
    faults = []
    for name, sha256, token in later.tokens:
        if sha256 not in digests:
            faults.append(Fault("stamp.foreign", name, FAULTS["stamp.foreign"][0]))
            continue
        _write(token_file, token)
        moment = _moment_of(token_file)
        if moment is None:
            faults.append(Fault("stamp.damaged", name, "不是可读的 RFC 3161 时间戳"))
            continue
        asked = ("ts", "-verify", "-digest", sha256, "-in", token_file, "-attime", str(int(moment.timestamp())))
        bad, why = _stamped_under(asked, chain)
        if bad:
            code = "stamp.imprint" if b"imprint" in why else "stamp.invalid"
            faults.append(Fault(code, name, FAULTS[code][0]))
            continue
        late = later_time_fault(name, digests[sha256], moment, files)
        faults += late
        if vouched is not None and not late:
            good = not _stamped_under(asked, given, chain)[0]
            vouched[digests[sha256]] = vouched.get(digests[sha256], False) or good
    return faults


def later_time_fault(name: str, file: str, moment: datetime, files: Files) -> list[Fault]:
    """A later stamp of something that was not there yet; that it is late is no fault."""
    told, key = (
        ("data/case.json", "exported_at")
        if file == TAG_MANIFEST
        else (file.rsplit("/", 1)[0] + "/record.json", "captured_at")
    )
    try:
        began = _moment(_json(files, told).get(key))
    except (Unsound, LookupError):
        return []  # told elsewhere
    if began is not None and moment < began - SLACK:
        return [Fault("time.order", name, "补充的时间戳早于所盖文件登记的时间")]
    return []


def later_note(later: LaterStamps, *, checked: bool) -> str:
    """What later stamps are worth, in a sentence."""
    whose = "" if checked else "，签发机构未经核对，可用 --tsa-ca 核对"
    return f"另有补充时间戳 {len(later.tokens)} 个{whose} ({len(later.tokens)} later stamps)"


def stamp_notes(
    times: dict[str, datetime], owned: set[str], *, checked: bool, failed: Container[str] = ()
) -> list[str]:
    """What the stamps prove, in a sentence each; a station's own are called so, those that do not hold (`failed`) too.

    Without authorities given from outside (`checked`) nobody has vouched for the others, and that is said.
    """
    notes = []
    foreign = "第三方" if checked else "其他机构（签发机构未经核对，可用 --tsa-ca 核对）"
    if STAMP in times:
        kind = OWN_STAMP if STAMP in owned else f"{foreign}时间戳" if checked else foreign
        kind = "没有通过核验" if STAMP in failed else kind
        notes.append(f"整包时间戳 {times[STAMP].strftime('%Y-%m-%d %H:%M:%S')} UTC（{kind}）")
    rest = [token for token in times if token != STAMP]
    if rest:
        lost = sum(token in failed for token in rest)
        mine = sum(token in owned for token in rest if token not in failed)
        said = f"{foreign} {len(rest) - mine - lost} 个，{OWN_STAMP} {mine} 个"
        notes.append(f"网页存档时间戳 {len(rest)} 个：{said}{f'，没有通过核验 {lost} 个' if lost else ''}")
    return notes


def certificates_of(data: bytes, name: str) -> list[bytes]:
    """The certificates (DER) in a PEM file. Raises Misuse when there is none."""
    found = []
    # A package given by mistake: its own certificate is not to be trusted.
    text = b"" if b"\0" in data or len(data) > _MAX_PEM else data
    for part in text.split(b"-----BEGIN CERTIFICATE-----")[1:]:
        body, end, _ = part.partition(b"-----END CERTIFICATE-----")
        if not end:
            continue
        try:
            found.append(base64.b64decode(b"".join(body.split()), validate=True))
        except binascii.Error:
            continue
    if not found:
        raise Misuse(f"{name} 里没有 PEM 证书 (no PEM certificate)")
    return found


def _pem(certificate: bytes) -> bytes:
    text = base64.encodebytes(certificate).replace(b"\n", b"")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"-----BEGIN CERTIFICATE-----\n" + b"\n".join(lines) + b"\n-----END CERTIFICATE-----\n"


def _openssl(*arguments: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(  # a fixed command; arguments are our own temporary files and hashes
        ["openssl", *arguments],  # the checker's own openssl
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )
    return done.returncode, done.stdout, done.stderr


# --- Small things --------------------------------------------------------------------------------------------------


def _file(path: str) -> bytes:
    try:
        with open(path, "rb") as handle:
            return handle.read(_MAX_WHOLE)
    except OSError as exc:
        raise Misuse(f"读不了 {path}：{exc.strerror} (cannot be read)") from exc


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as handle:
        handle.write(data)


def _read_whole(name: str) -> bool:
    return not name.startswith("data/") or name.endswith((".json", ".jsonl"))


def _chunks(handle: Any) -> Iterator[bytes]:
    return iter(lambda: handle.read(_CHUNK), b"")


def _hash_of(handle: Any, algorithm: str) -> str:
    hasher = hashlib.new(algorithm)
    for chunk in _chunks(handle):
        hasher.update(chunk)
    return hasher.hexdigest()


def _hash(files: Files, name: str, algorithm: str) -> str:
    with files.open(name) as handle:
        return _hash_of(handle, algorithm)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Unsound("不是 UTF-8 文本") from exc


def _json(files: Files, name: str) -> dict[str, Any]:
    if name not in files.names:
        raise Unsound("没有这个文件")
    try:
        value = json.loads(files.read(name))
    except (ValueError, RecursionError) as exc:
        raise Unsound("不是有效的 JSON") from exc
    if not isinstance(value, dict):
        raise Unsound("不是 JSON 对象")
    return value


def _moment(told: Any) -> datetime | None:
    """An RFC 3339 time with its zone; None when it is none."""
    if not isinstance(told, str):
        return None
    spelt = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)", told)
    if spelt is None:
        return None
    try:
        return datetime.fromisoformat(
            f"{spelt[1]}.{(spelt[2] or '0').ljust(6, '0')}{'+00:00' if spelt[3] == 'Z' else spelt[3]}"
        )
    except ValueError:
        return None


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _shown(fault: Fault) -> Fault:
    """Fit for a terminal: words of a hostile package must not steer it, break a line or stop the printing."""
    return Fault(fault.code, plain(fault.file), plain(fault.message))


def plain(text: str) -> str:
    """Words of a hostile package fit for a terminal: they must not steer it, break a line or stop the printing."""
    cut = text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def report(result: Result, *, as_json: bool) -> str:
    """What is printed."""
    if as_json:
        faults = [
            {"code": one.code, "file": one.file, "message": one.message, "english": FAULTS[one.code][1]}
            for one in result.faults
        ]
        told = {"ok": result.ok, "trusted": result.trusted, "faults": faults, "notes": result.notes}
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    lines = [
        "完整性 integrity: " + ("通过 whole" if result.ok else "未通过 NOT whole"),
        "签名人 signer: " + ("可信 trusted" if result.trusted else "不可信 NOT trusted"),
    ]
    for fault in result.faults:
        lines += [f"  {fault.code}  {fault.file}", f"      {fault.message}", f"      {FAULTS[fault.code][1]}"]
    lines += [f"  说明 note: {note}" for note in result.notes]
    return "\n".join(lines) + "\n"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the command line in the words of those who type it."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(
            "用法：python3 verify.py 证据包.zip（或解压后的文件夹）；其他选项见 python3 verify.py --help\n"
            f"命令行不对 / usage error: {message}\n"
        )
        sys.exit(2)


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    parser = _Parser(prog="verify.py", description="核验明察证据包 / checks a Mingcha evidence package")
    parser.add_argument("package", help="证据包 ZIP，或解压后的文件夹 / the ZIP, or the unpacked folder")
    parser.add_argument("--trust", action="append", default=[], metavar="CERT", help="可信的单位证书（PEM）")
    parser.add_argument("--tsa-ca", action="append", default=[], metavar="CERT", help="可信的时间戳机构根证书（PEM）")
    parser.add_argument("--stamps", default="", metavar="LATER", help="补充时间戳文件（ZIP） / stamps that came later")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    asked = parser.parse_args(arguments)
    try:
        result = verify(asked.package, asked.trust, asked.tsa_ca, asked.stamps)
    except Misuse as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    except OSError as exc:
        sys.stderr.write(f"读写出错：{exc}\n")
        return 2
    sys.stdout.write(report(result, as_json=asked.json))
    return 0 if result.ok and result.trusted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
