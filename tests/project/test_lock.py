"""The lock file and the tree name no index host, no path of one machine, and no secret."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


def test_every_locked_package_has_an_exact_version_and_hashes() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if re.match(r"[A-Za-z0-9]", line)]
    assert len(starts) > 100
    for start in starts:
        assert "==" in lines[start], lines[start]
        assert "--hash=sha256:" in lines[start + 1], lines[start]


def test_lock_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links", text)


def test_no_tracked_file_names_a_path_of_one_machine_or_an_index_host() -> None:
    forbidden = re.compile(
        rb"/(farm|wo" + rb"rk)/|\.libra" + rb"ry/|files\.pythonhosted|/root/\.pyenv|pypi\.org/simple"
    )
    found = [str(p.relative_to(ROOT)) for p in _tracked() if p.is_file() and forbidden.search(p.read_bytes())]
    assert found == []


def test_no_tracked_file_holds_a_private_key() -> None:
    pattern = re.compile(rb"-----BEGIN (EC |RSA )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{40}")
    assert [str(p) for p in _tracked() if p.is_file() and pattern.search(p.read_bytes())] == []
