"""A BagIt 1.0 bag: manifests in a fixed order, validated with the bagit library.

bagit.make_bag is not used: it changes the working directory of the whole process (exports run inside the server's
threads) and lists tag files in the order the disk gives them, so the same case would not give the same bytes twice.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import bagit
from cryptography.hazmat.primitives import hashes

from pipelines.errors import EvidenceError
from pipelines.evidence.canonical_zip import chunks
from pipelines.evidence.standalone import DECLARATION, MANIFEST, SM3_LIST, TAG_MANIFEST, UNLISTED


def sha256_of(handle: BinaryIO) -> str:
    """SHA-256 of the rest of a stream, in hex."""
    hasher = hashlib.sha256()
    for chunk in chunks(handle):
        hasher.update(chunk)
    return hasher.hexdigest()


def make_bag(root: Path, *, info: Mapping[str, str]) -> bytes:
    """Turn a folder holding data/ and tag files into a bag; returns the bytes of the tag manifest, to be signed."""
    payload = files_under(root / "data")
    size = sum(path.stat().st_size for path in payload)
    tags = {**info, "Payload-Oxum": f"{size}.{len(payload)}"}
    (root / "bagit.txt").write_bytes(DECLARATION)
    (root / "bag-info.txt").write_bytes("".join(f"{key}: {_one_line(tags[key])}\n" for key in tags).encode())
    (root / MANIFEST).write_bytes(manifest_of(root, payload))
    (root / SM3_LIST).write_bytes(manifest_of(root, payload, digest=sm3_of))
    listed = [path for path in files_under(root) if path.parent == root and path.name not in UNLISTED]
    data = manifest_of(root, listed)
    (root / TAG_MANIFEST).write_bytes(data)
    return data


def check_bag(root: Path) -> None:
    """Validate with the bagit library. Raises EvidenceError."""
    # The library reports through the root logger's handlers as well; the error itself says all.
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    try:
        bagit.Bag(str(root)).validate()
    except (bagit.BagError, OSError, UnicodeDecodeError) as exc:
        raise EvidenceError(f"证据包未通过 BagIt 校验：{exc}") from exc


def manifest_of(root: Path, paths: list[Path], *, digest: Callable[[BinaryIO], str] = sha256_of) -> bytes:
    """Manifest lines `sum  path`, sorted by path, as sha256sum writes and reads them; SHA-256 unless told."""
    rows = sorted((path.relative_to(root).as_posix().encode(), path) for path in paths)
    lines = []
    for name, path in rows:
        with path.open("rb") as handle:
            lines.append(digest(handle).encode() + b"  " + name + b"\n")
    return b"".join(lines)


def parse_manifest(data: bytes) -> dict[str, str]:
    """Path → hash. Raises EvidenceError for a line in another form, a path named twice, or lines out of order."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as exc:
        raise EvidenceError("不是 UTF-8 文本") from exc
    found: dict[str, str] = {}
    for number, line in enumerate(lines[:-1], 1):
        value, gap, name = line[:64], line[64:66], line[66:]
        if len(value) != 64 or set(value) - set("0123456789abcdef") or gap != "  " or not name:
            raise EvidenceError(f"第 {number} 行不是“校验值  文件名”")
        if name in found:
            raise EvidenceError(f"第 {number} 行重复列出 {name}")
        found[name] = value
    if lines[-1] or list(found) != sorted(found, key=str.encode):
        raise EvidenceError("结尾缺换行，或各行没有按文件名排序")
    return found


def parse_info(data: bytes) -> dict[str, str]:
    """bag-info.txt as written by `make_bag`: one `Key: value` a line. Raises EvidenceError."""
    found: dict[str, str] = {}
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as exc:
        raise EvidenceError("不是 UTF-8 文本") from exc
    for line in lines:
        key, colon, value = line.partition(": ")
        if not colon or key in found:
            raise EvidenceError(f"这一行不对：{line[:40]}")
        found[key] = value
    return found


def files_under(folder: Path) -> list[Path]:
    """All plain files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sum_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return sha256_of(handle)


def sm3_of(handle: BinaryIO) -> str:
    """SM3 (GB/T 32905) of the rest of a stream, in hex."""
    hasher = hashes.Hash(hashes.SM3())
    for chunk in chunks(handle):
        hasher.update(chunk)
    return hasher.finalize().hex()


def _one_line(value: str) -> str:
    return " ".join(value.split())
