"""What an export that was killed left behind: half packages and folders under HOME/tmp. Swept before the next one."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines import clock

#: What is younger may belong to an export that is still at work.
REST = timedelta(hours=1)
STAGING_PREFIX = "export-"
#: Half a package, as `part_of` names it; nothing of anybody else's looks like this.
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part\Z")


def part_of(out: Path) -> Path:
    """A name of its own, beside `out`, for the file while it is written."""
    return out.with_name(f".{out.name}.{clock.new_id()[:8]}.part")


def staging_of(home: Path) -> Path:
    """The folder in which exports put packages together."""
    return home / "tmp"


def sweep(home: Path, out: Path) -> None:
    """Remove leftovers older than an hour: folders under HOME/tmp, half packages under HOME/exports and beside `out`.
    What cannot be removed stays; that is no reason not to export."""
    before = clock.now() - REST
    for folder in _entries(staging_of(home)):
        if folder.name.startswith(STAGING_PREFIX) and _is_folder(folder) and _last_change(folder) < before:
            shutil.rmtree(folder, ignore_errors=True)
    for place in dict.fromkeys((out.parent, *_entries(home / "exports"))):
        for path in _entries(place):
            if _PART.match(path.name) and _is_file(path) and _modified(path) < before:
                with contextlib.suppress(OSError):
                    path.unlink()


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _last_change(folder: Path) -> datetime:
    """The newest time in the tree: a folder's own does not move while files in it grow."""
    return max(_modified(path) for path in _walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    for place, _folders, files in os.walk(folder):
        yield Path(place)
        yield from (Path(place, name) for name in files)


def _modified(path: Path) -> datetime:
    """When it was last written; what vanishes meanwhile counts as new and is left alone."""
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except OSError:
        return datetime.max.replace(tzinfo=UTC)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
