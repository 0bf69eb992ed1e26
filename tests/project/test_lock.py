"""The lock file and the tree name no index host, no path of one machine, and no secret."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


#: What is installed, what builds it, what installs it → how many packages there are at least.
LOCKS = {"requirements.lock": 100, ".ci/build.lock": 3, ".ci/uv.lock": 1}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_an_exact_version_and_hashes(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if re.match(r"[A-Za-z0-9]", line)]
    assert len(starts) >= LOCKS[name]
    for start in starts:
        assert "==" in lines[start], lines[start]
        assert "--hash=sha256:" in lines[start + 1], lines[start]


def test_setup_installs_nothing_without_hashes_but_the_project_itself() -> None:
    setup = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
    installs = [line for line in setup.splitlines() if " pip install " in line]
    assert len(installs) > 4
    for line in installs:
        assert "--require-hashes" in line or line.split(" pip install ")[1].endswith(
            "--no-deps --no-build-isolation -e . >&2"
        ), line


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
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
