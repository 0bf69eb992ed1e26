"""Run by root as a script (`python -I -S mounts.py STEPS COMMAND …`): lays folders out anew, then becomes the command.

What is laid out is seen by this process and what comes of it alone, in a mount namespace that is gone with the last of
them. The same process goes on as the command: who started it has its process id and may kill it as ever. It must stand
alone, since it is run before anything of the project may be within reach.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

#: From <sched.h> and <sys/mount.h>; Python knows them from 3.12 on at the earliest.
_NEW_NAMESPACE = 0x0002_0000
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_PROGRAMS = 1, 2, 4, 8
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 32, 4096, 16384, 1 << 18
#: Folders and links only; a megabyte is more than they ever take.
_EMPTY = "mode=755,size=1m,nr_inodes=1k"

#: What to do to a path, "cover", "bind" or "link"; the path; where a link leads.
Step = tuple[str, str, str]


def lay_out(steps: Sequence[Step]) -> None:
    """Cover folders with empty ones, lay into those what may be seen, make both read-only. Raises OSError."""
    _call("unshare", _NEW_NAMESPACE)
    # Or everybody on this machine would have their folders covered.
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    # Taken hold of as long as there is a way to them.
    held = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for kind, path, _to in steps if kind == "bind"}
    mask = os.umask(0o022)
    for kind, path, to in steps:
        if kind == "cover":
            _mount("tmpfs", path, "tmpfs", _NO_SUID | _NO_DEVICES | _NO_PROGRAMS, _EMPTY)
        elif kind == "bind":
            os.makedirs(path, exist_ok=True)  # noqa: PTH103  # pathlib is not needed for anything else here
            _mount(f"/proc/self/fd/{held[path]}", path, None, _BIND)
            _mount(None, path, None, _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEVICES)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            os.symlink(to, path)  # noqa: PTH211
    for kind, path, _to in steps:
        if kind == "cover":
            _mount(None, path, None, _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEVICES | _NO_PROGRAMS)
    for descriptor in held.values():
        os.close(descriptor)
    os.umask(mask)


def _mount(what: str | None, where: str, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (what, where, kind, options)]
    _call("mount", *words[:3], ctypes.c_ulong(flags), words[3])


def _call(name: str, *arguments: object) -> None:
    """A function of the C library that answers 0, or why not."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def main() -> NoReturn:
    try:
        lay_out([(kind, path, to) for kind, path, to in json.loads(sys.argv[1])])
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606  # that is what we are for; no shell is wanted
    except OSError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
