"""Memory: where tests keep their files when there is room for them, and how much of it a process holds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_DISK = Path("/tmp")
_ROOM = 2 * 1024**3


def roomy_folder() -> Path:
    """A folder with a short name. Tests sync every file they store, which on a disk is most of their time."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return _DISK
    runs_programs = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    return _MEMORY if runs_programs and shutil.disk_usage(_MEMORY).free >= _ROOM else _DISK


def resident() -> int:
    """Bytes of memory that this process holds now (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
