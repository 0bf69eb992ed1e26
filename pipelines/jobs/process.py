"""Processes: who a worker is, whether it lives, and children that do not outlive their parent."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
#: Field 22 of /proc/PID/stat, counted behind the name, which may hold spaces.
_START_TIME = 19


def process_id() -> str:
    """This process among all machines and boots: host/boot/pid/start."""
    return f"{socket.gethostname()}/{_boot()}/{os.getpid()}/{_started(os.getpid())}"


def lives(process: str) -> bool | None:
    """Is that process alive? None: it is another machine's, of which only its beats can tell."""
    parts = process.rsplit("/", 3)
    if len(parts) < len(("host", "boot", "pid", "start")) or parts[0] != socket.gethostname():
        return None
    _host, boot, pid, started = parts
    return boot == _boot() and _started(int(pid)) == started


def dies_with_us(command: Sequence[str]) -> list[str]:
    """The command, made to be killed at once when the thread that starts it ends, however that happens."""
    setpriv = shutil.which("setpriv")  # util-linux; `make setup` sees to it
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else list(command)


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()[:8]
    except OSError:
        return "-"


def _started(pid: int) -> str:
    """When a process started, in ticks since boot; empty when there is none, or only a dead one nobody has buried."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[_START_TIME]
