"""`mingcha demo` end to end at its edges: a taken port, and that no child outlives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from tests.end_to_end.whole_job import MINGCHA, ROOT, Run


def test_a_taken_port_is_exit_2_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = Run(home=tmp_path / "home", environ={"MINGCHA_PORT": str(port)})
        done = subprocess.run([MINGCHA, "demo"], env=run.env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "MINGCHA_PORT=" in done.stderr
    assert not run.home.exists()


def test_killed_in_the_middle_it_leaves_no_sandbox_behind(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = Run(home=tmp_path / "home", environ={"MINGCHA_PORT": str(port)})
    child = subprocess.Popen(
        [MINGCHA, "demo"], env=run.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    line = child.stderr.readline()
    while line and "正在采集" not in line:
        line = child.stderr.readline()
    sandbox = _sandbox_of(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=60)
    _wait_until_gone(sandbox)


def _sandbox_of(parent: int) -> int:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == parent and b"sandbox" in (entry / "cmdline").read_bytes():
            return int(entry.name)
    raise AssertionError("no sandbox child")


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _wait_until_gone(pid: int) -> None:
    """A zombie that nobody reaped counts as gone; pidfd would need the parent's right."""
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        signal.sigtimedwait((), 0.05)
    raise AssertionError("the sandbox outlived its parent")
