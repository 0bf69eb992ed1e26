"""What is shared by the processes of a run is made by one of them."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from tests.made_once import made_once, run_folder


def test_of_many_who_ask_one_makes_it(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    name = f"many-{tmp_path.name}"
    made: list[int] = []
    found: list[list[int]] = []

    def make() -> list[int]:
        made.append(1)
        return [1, 2, 3]

    asking = [Thread(target=lambda: found.append(made_once(tmp_path_factory, name, make))) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert (made, found) == ([1], [[1, 2, 3]] * 4)


def test_what_failed_is_made_by_the_next(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    name = f"failed-{tmp_path.name}"
    with pytest.raises(ZeroDivisionError):
        made_once(tmp_path_factory, name, lambda: 1 // 0)
    assert made_once(tmp_path_factory, name, lambda: 5) == 5
    assert (run_folder(tmp_path_factory) / f"{name}.pickle").is_file()
