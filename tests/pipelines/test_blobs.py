"""Blobs: named by their hash, on the disk when `put` returns, hashed again when read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.blobs import BlobStore
from pipelines.errors import BadInput, EvidenceError

DATA = b"\x89PNG page"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "home" / "blobs")


def test_bytes_come_back_under_their_hash(blobs: BlobStore) -> None:
    assert not blobs.has(SHA)
    assert blobs.put(DATA, suffix=".png") == SHA
    assert blobs.put(DATA) == SHA
    assert blobs.get(SHA) == DATA
    assert blobs.has(SHA)
    assert [path.name for path in blobs.root.rglob("*") if path.is_file()] == [f"{SHA}.png"]
    assert blobs.path(SHA).stat().st_mode & 0o777 == 0o600
    assert blobs.path(SHA).parent.stat().st_mode & 0o777 == 0o700


def test_file_is_synced_then_named_then_folder_synced(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs.put(b"folders exist")
    calls: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def record_fsync(descriptor: int) -> None:
        target = Path(f"/proc/self/fd/{descriptor}").readlink()
        calls.append("sync folder" if target.is_dir() else f"sync {target.suffix}")
        fsync(descriptor)

    def record_replace(path: Path, target: Path) -> Path:
        calls.append(f"rename {path.suffix}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "replace", record_replace)
    (blobs.root / SHA[:2]).mkdir(exist_ok=True)
    blobs.put(DATA)
    assert calls == ["sync .part", "rename .part", "sync folder"]


def test_a_changed_file_is_refused_and_made_whole_by_the_next_put(blobs: BlobStore) -> None:
    blobs.put(DATA, suffix=".png")
    blobs.path(SHA).write_bytes(b"\x89PNG pagf")
    with pytest.raises(EvidenceError, match="已改变"):
        blobs.get(SHA)
    assert blobs.put(DATA) == SHA
    assert blobs.get(SHA) == DATA


def test_a_missing_file_is_named(blobs: BlobStore) -> None:
    with pytest.raises(EvidenceError, match=SHA):
        blobs.get(SHA)


def test_a_failed_write_leaves_nothing(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _target: Path) -> Path:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put(DATA)
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == []


@settings(max_examples=200)
@given(st.text(max_size=80) | st.sampled_from(["../../etc/passwd", SHA.upper(), SHA + "\n", SHA[:-1], f"{SHA}/.."]))
def test_only_a_hash_names_a_file(name: str) -> None:
    for ask in (BlobStore(Path("nowhere")).path, BlobStore(Path("nowhere")).get, BlobStore(Path("nowhere")).has):
        with pytest.raises(BadInput):
            ask(name)


@pytest.mark.parametrize("suffix", ["png", "/x", ".p/g", "..", ".PNG", ".png\n"])
def test_odd_suffixes_are_refused(blobs: BlobStore, suffix: str) -> None:
    with pytest.raises(BadInput):
        blobs.put(DATA, suffix=suffix)
