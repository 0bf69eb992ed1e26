"""What a capture is made with: how the clock is kept, by what keepers of clocks say of themselves; the commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.evidence.station import commit_of, read_chrony, read_timesyncd, station_facts

CHRONY = """Reference ID    : CB007158 (203.0.113.88)
Stratum         : 3
Ref time (UTC)  : Sun Nov 22 15:00:00 2026
System time     : 0.000421000 seconds slow of NTP time
Leap status     : Normal
"""
TIMESYNCD = """       Server: 203.0.113.5 (ntp.example)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
       Offset: +1.342ms
"""


def test_chrony_is_read() -> None:
    assert read_chrony(CHRONY) == {"by": "chrony", "source": "203.0.113.88", "offset_ms": -0.421}
    fast = read_chrony(CHRONY.replace("slow", "fast"))
    assert fast is not None
    assert fast["offset_ms"] == 0.421
    assert read_chrony(CHRONY.replace("Normal", "Not synchronised")) is None
    assert read_chrony("506 Cannot talk to daemon") is None


@pytest.mark.parametrize(
    ("offset", "ahead"), [("+1.342ms", -1.342), ("-87us", 0.087), ("-1min 2s", 62000.0), ("n/a", None), ("", None)]
)
def test_timesyncd_is_read(offset: str, ahead: float | None) -> None:
    state = read_timesyncd(TIMESYNCD.replace("+1.342ms", offset))
    assert (state and state["offset_ms"]) == ahead
    assert state is None or state["source"] == "203.0.113.5 (ntp.example)"


def test_the_commit_is_that_of_the_checkout(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    git = tmp_path / ".git"
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert commit_of(tmp_path) is None
    (git / "packed-refs").write_text("# pack-refs\nabc123 refs/heads/main\n")
    assert commit_of(tmp_path) == "abc123"
    (git / "refs/heads").mkdir(parents=True)
    (git / "refs/heads/main").write_text("def456\n")
    assert commit_of(tmp_path) == "def456"
    (git / "HEAD").write_text("0123\n")
    assert commit_of(tmp_path) == "0123"


def test_the_clock_is_known_or_the_reason_why_not() -> None:
    facts = station_facts()
    assert facts["software"].startswith("mingcha")
    state = facts["clock"]
    assert state.get("missing") or (state["source"] and isinstance(state["offset_ms"], float))
