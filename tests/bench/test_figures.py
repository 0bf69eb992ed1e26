"""The bench reports what was measured, survives a broken part, and uses no texts but ours unless told where."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.bench.__main__ import GROUPS, measure, report
from tests.bench.figures import Bench, Figure, repeated, rounded
from tests.bench.table import table
from tests.bench.texts import LENGTH, mixed, real, sized

ONE = Figure(name="a", title="a thing", unit="s", n=7, values=(3.0, 1.0, 2.0))


def _good(_bench: Bench) -> Iterator[Figure]:
    yield ONE


def _half_broken(_bench: Bench) -> Iterator[Figure]:
    yield ONE
    raise RuntimeError("no such server")


def _asserts(_bench: Bench) -> Iterator[Figure]:
    assert not _bench.test_data, "exit code 2"
    yield ONE
    raise AssertionError("exit code 2")


def test_a_broken_group_is_reported_and_the_others_are_measured(tmp_path: Path) -> None:
    bench = Bench(folder=tmp_path, test_data=None)
    groups = {"first": _half_broken, "second": _asserts, "third": _good}
    figures, failures = measure(bench, groups, Console(file=io.StringIO()))
    assert figures == [ONE] * 3
    assert [(failure.group, failure.reason) for failure in failures] == [
        ("first", "RuntimeError: no such server"),
        ("second", "AssertionError: exit code 2"),
    ]
    written = report(figures, failures, {"date": "2026-05-04"})
    assert written["date"] == "2026-05-04"
    assert written["failures"][0]["group"] == "first"
    assert written["figures"][0] == {
        "name": "a", "title": "a thing", "unit": "s", "n": 7, "repetitions": 3,
        "min": 1.0, "median": 2.0, "max": 3.0, "note": "",
    }  # fmt: skip


def test_repetitions_end_when_patience_does() -> None:
    assert len(repeated(lambda: None)) == 3
    assert len(repeated(lambda: None, 5)) == 5


@given(st.floats(min_value=0.001, max_value=1e9))
def test_figures_keep_three_digits(value: float) -> None:
    assert abs(rounded(value) - value) <= max(0.5, value * 0.005)


@given(st.text())
def test_every_text_gets_the_same_length(text: str) -> None:
    assert len(sized(text)) == LENGTH
    assert sized(text).startswith(text[:LENGTH])


def test_only_our_own_texts_are_used_unless_a_folder_is_named(tmp_path: Path) -> None:
    postings = mixed(50)
    assert len({posting.id for posting in postings}) == 50
    assert len({posting.text for posting in postings}) > 40
    assert real(None, 10) == real(tmp_path, 10) == []
    (tmp_path / "dev").mkdir()
    rows = '{"id":"x","text":"明天停水"}\n{"id":"y","text":"两点开会"}\n'
    (tmp_path / "dev" / "negatives_dev.jsonl").write_text(rows, encoding="utf-8")
    assert [posting.text for posting in real(tmp_path, 1)] == ["明天停水"]
    assert len(real(tmp_path, 10)) == 2


def test_the_table_shows_every_figure_and_the_machine() -> None:
    about = {
        "date": "2026-05-04", "seconds": 9, "versions": {"mingcha": "0.1.0", "commit": "abc", "python": "3.11"},
        "machine": {"cpu": "Some CPU", "cores": 2, "memory_gib": 8.0, "system": "Debian",
                    "load_before": [0.1], "load_after": [0.2]},
    }  # fmt: skip
    out = io.StringIO()
    Console(file=out, width=200).print(table([ONE], about))
    for words in ("a thing", "2", "Some CPU", "load before 0.1"):
        assert words in " ".join(out.getvalue().split())


def test_every_figure_is_explained() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "bench.md").read_text(encoding="utf-8")
    assert [name for name in GROUPS if f"**{name}**" not in text] == []
