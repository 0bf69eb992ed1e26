"""Folders that only root may enter, with the program in them: how an account without privileges gets to the program
there, and to nothing else."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from crawlers.browser.mounts import Step

_PROJECT = Path(__file__).resolve().parents[2]
_MOUNTS = Path(__file__).with_name("mounts.py")
#: Told to a Python of that account, to know that it starts and finds what the child needs.
_TRY = "import crawlers.browser.protocol, playwright"
_TRY_SECONDS = 60.0
#: Of steps at one path: what lies in the cover comes after it.
_ORDER = ("cover", "bind", "link")


class NoWayIn(Exception):
    """这台机器不允许，或者允许了也不能用；原因在消息里。"""


def reachable(account: pwd.struct_passwd, *paths: Path) -> bool:
    """Can the account enter all folders above these files, and read them?"""
    return all(_open_to(account, step) for path in paths for step in (path, *path.parents))


def _open_to(account: pwd.struct_passwd, path: Path) -> bool:
    mode = path.stat()
    own = mode.st_uid == account.pw_uid
    needed = (0o500 if own else 0o005) if path.is_dir() else (0o400 if own else 0o004)
    return mode.st_mode & needed == needed


def program() -> tuple[Path, ...]:
    """All that a child of ours needs of this program: Python, its packages, our own; not the folder they lie in, where
    var/ is, and what else somebody keeps there."""
    prefixes = dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix))
    return (*(path for path in map(Path, prefixes) if path.is_dir()), _PROJECT / "crawlers", _PROJECT / "pipelines")


def plan(account: pwd.struct_passwd, needed: Iterable[Path], hidden: Iterable[Path]) -> tuple[Step, ...]:
    """What to lay out so that the account gets to the folders it needs: closed ones on the way, and hidden ones, are
    covered; into the covers comes what is needed. In the order of the paths, so that no step undoes one before."""
    needed = tuple(needed)
    ways = {way for path in needed for way in (path, path.resolve())}
    covers = {closed for way in ways if (closed := _closed_above(account, way)) is not None}
    covers |= {path.resolve() for path in hidden if path.is_dir()}
    wanted: list[Step] = [("cover", str(path), "") for path in covers]
    wanted += [("bind", str(real), "") for real in {path.resolve() for path in needed}]
    # A name for it that leads through links: those in a covered folder are gone with the rest.
    wanted += [("link", str(path), str(path.resolve())) for path in set(needed) if path != path.resolve()]
    steps: list[Step] = []
    for kind, path, to in sorted(wanted, key=lambda step: (Path(step[1]).parts, _ORDER.index(step[0]))):
        above = next((done[0] for done in reversed(steps) if Path(path).is_relative_to(done[1])), "")
        if (above != "cover") if kind == "cover" else (above == "cover"):
            steps.append((kind, path, to))
    return tuple(steps)


def _closed_above(account: pwd.struct_passwd, path: Path) -> Path | None:
    """The first folder from the top that the account may not enter."""
    return next((step.resolve() for step in (*reversed(path.parents), path) if not _open_to(account, step)), None)


def way_in(steps: Sequence[Step], drop: Sequence[str]) -> tuple[str, ...]:
    """The words before a command that start it there, without privileges. Raises NoWayIn when the machine does not let
    us (a container without CAP_SYS_ADMIN), or what is needed cannot be read there either."""
    words = (sys.executable, "-I", "-S", str(_MOUNTS), json.dumps(steps), *drop)
    _try(words)
    return words


@cache
def _try(words: tuple[str, ...]) -> None:
    """Once is enough for a way that is open; one that is not may be another time."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(_PROJECT)}
    try:
        done = subprocess.run(
            (*words, sys.executable, "-c", _TRY),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            timeout=_TRY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise NoWayIn(type(exc).__name__) from exc
    if done.returncode != 0:
        said = os.fsdecode(done.stderr).strip().splitlines()
        raise NoWayIn(said[-1][:200] if said else f"exit {done.returncode}")
