"""Exports that were killed: what they left is swept by the next one, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import NotFound
from pipelines.evidence.bundle import export_case, new_file
from pipelines.evidence.leftovers import part_of, staging_of, sweep

#: Stands still in the middle of an export until it is killed.
_EXPORT = """
import sys, tempfile, time
from pathlib import Path
from pipelines.evidence.bundle import new_file
from pipelines.evidence.leftovers import STAGING_PREFIX, staging_of
home, out = map(Path, sys.argv[1:])
staging_of(home).mkdir(exist_ok=True)
with new_file(out) as part, tempfile.TemporaryDirectory(dir=staging_of(home), prefix=STAGING_PREFIX) as folder:
    part.write_bytes(b"half")
    (Path(folder) / "data").mkdir()
    (Path(folder) / "data" / "page.warc.gz").write_bytes(b"half")
    print("now", flush=True)
    time.sleep(600)
"""


def later() -> None:
    moment = clock.now() + timedelta(hours=1, minutes=1)
    clock.pin(lambda: moment)


def killed_export(home: Path, out: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", _EXPORT, str(home), str(out)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "now\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()


def left(home: Path, folder: Path) -> list[str]:
    return sorted(path.name for path in [*staging_of(home).iterdir(), *folder.iterdir()])


def test_the_next_export_sweeps_what_a_kill_left_once_it_is_an_hour_old(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    out = folder / "case.zip"
    killed_export(desk.home, out)
    assert len(left(desk.home, folder)) == 2
    with pytest.raises(NotFound):
        export_case(desk, "AJ-2026-0001", out, user="wang")
    # It might still be at work.
    assert len(left(desk.home, folder)) == 2
    later()
    with pytest.raises(NotFound):
        export_case(desk, "AJ-2026-0001", folder / "other.zip", user="wang")
    assert left(desk.home, folder) == []


def test_half_packages_of_the_review_ui_are_swept_too(home: Path, tmp_path: Path) -> None:
    folder = home / "exports" / "AJ-2026-0001"
    folder.mkdir(parents=True)
    (staging_of(home) / "export-abc" / "data").mkdir(parents=True)
    part_of(folder / "AJ-2026-0001-1.zip").touch()
    assert len(left(home, folder)) == 2
    later()
    sweep(home, tmp_path / "elsewhere.zip")
    assert left(home, folder) == []


def test_nothing_else_is_touched(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    outside = tmp_path / "outside"
    for place in (folder, outside, staging_of(home), staging_of(home) / "other", home / "exports"):
        place.mkdir()
    (outside / "kept").touch()
    (staging_of(home) / "export-link").symlink_to(outside)
    (staging_of(home) / "export-file").touch()
    (folder / ".linked.zip.0123abcd.part").symlink_to(outside / "kept")
    for name in ("case.zip", "case.zip.part", ".case.zip.part", ".case.zip.0123abcX.part", "x.0123abcd.part"):
        (folder / name).touch()
    before = left(home, folder)
    later()
    sweep(home, folder / "new.zip")
    assert left(home, folder) == before
    assert (outside / "kept").exists()


def test_a_folder_in_which_something_still_grows_is_left_alone(home: Path, tmp_path: Path) -> None:
    place = staging_of(home) / "export-abc"
    (place / "data").mkdir(parents=True)
    (place / "data" / "page.warc.gz").touch()
    later()
    now = clock.now().timestamp()
    os.utime(place / "data" / "page.warc.gz", (now, now))
    sweep(home, tmp_path / "out.zip")
    assert place.exists()
    os.utime(place / "data" / "page.warc.gz", (0, 0))
    sweep(home, tmp_path / "out.zip")
    assert not place.exists()


def test_a_folder_that_is_not_there_stops_nothing(home: Path, tmp_path: Path) -> None:
    sweep(home, tmp_path / "missing" / "out.zip")


def test_a_file_is_written_under_the_name_that_is_swept(tmp_path: Path) -> None:
    with new_file(tmp_path / "案件.zip") as part:
        assert len(part.name) == len(part_of(tmp_path / "案件.zip").name)
        assert part.name.startswith(".案件.zip.")
