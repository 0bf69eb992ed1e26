"""Content-addressed store for files: screenshots, pictures, robots.txt copies, digests."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import BadInput, EvidenceError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"(\.[a-z0-9]{1,8})?")


class BlobStore:
    """Files under one folder, each named by the SHA-256 of its bytes; made at the first `put`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes, *, suffix: str = "") -> str:
        """Keep the bytes and give back their SHA-256. When it returns, file and folder are on the disk; the same bytes
        again change nothing, unless the copy on disk was damaged: then it is made whole."""
        if not _SUFFIX.fullmatch(suffix):
            raise BadInput(f"文件后缀 {suffix!r} 不合规范")
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if path.exists():
            if hash_of(path) == sha256 and _touched(path):
                return sha256
        else:
            path = path.with_name(sha256 + suffix)
        _make_folder(path.parent)
        _write_whole(path, data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes, hashed again. Raises EvidenceError when they are gone or no longer the same."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError as exc:
            raise EvidenceError(f"文件 {sha256} 不在存储中") from exc
        if hashlib.sha256(data).hexdigest() != sha256:
            raise EvidenceError(f"文件 {sha256} 的内容已改变，与其 SHA-256 不符")
        return data

    def discard(self, sha256: str, *, unused_since: datetime) -> bool:
        """Remove it, unless somebody put the same bytes at that moment or later: a row that names it may be about to
        commit. False: it stays. When it returns True, no such file is on the disk any more."""
        path = self.path(sha256)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            # Out of the way first: whoever puts it after this finds it gone and writes it anew.
            path.rename(aside)
        except FileNotFoundError:
            return True
        if datetime.fromtimestamp(aside.stat().st_mtime, UTC) >= unused_since:
            aside.replace(path)
            return False
        aside.unlink()
        sync_folder(path.parent)
        return True

    def has(self, sha256: str) -> bool:
        """Whether there is such a file (not whether it is whole: `get` tells)."""
        return self.path(sha256).exists()

    def whole(self, sha256: str) -> bool:
        """Whether its bytes, read once more, are those of its name."""
        try:
            return hash_of(self.path(sha256)) == sha256
        except FileNotFoundError:
            return False

    def names(self) -> set[str]:
        """The SHA-256 of every file there is."""
        found = (path.name.partition(".")[0] for path in self.root.glob("??/*") if not path.name.startswith("."))
        return {name for name in found if _SHA256.fullmatch(name)}

    def path(self, sha256: str) -> Path:
        """Where it lies, or would lie. Refuses anything that is not a SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise BadInput(f"{sha256[:80]!r} 不是 SHA-256")
        bare = self.root / sha256[:2] / sha256
        if bare.exists():
            return bare
        with_suffix = sorted(path for path in bare.parent.glob(f"{sha256}.*") if path.suffix != ".part")
        return with_suffix[0] if with_suffix else bare


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _touched(path: Path) -> bool:
    """Note that it was wanted just now; False when it went away meanwhile."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _make_folder(folder: Path) -> None:
    """The folder and those above it, each entry on the disk."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
