"""The assessing thread of a crawl: everything stored is assessed at the end, and what it raises ends the crawl."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import crawl_source
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

THREADS = range(1, 41)


class _Refusing(NothingFound):
    def assess(self, items: Sequence[Any]) -> list[dict[str, Any]]:
        raise RuntimeError(f"{len(items)} texts refused")


def _answers() -> dict[str, tuple[int, dict[str, str], bytes]]:
    rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in THREADS)
    threads = {f"/thread-{number}-1-1.html": (200, HTML, thread_page(f"正文{number}")) for number in THREADS}
    return {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, rows.encode()), **threads}


def test_what_assessing_raises_ends_the_crawl_and_the_next_one_assesses_the_rest(desk: Desk, tmp_path: Path) -> None:
    with serve(_answers()) as server:
        board = board_on(tmp_path, "http", server.server_address[1])
        allow = [f"127.0.0.1:{server.server_address[1]}"]
        with pytest.raises(RuntimeError, match="texts refused"):
            crawl_source(desk, _Refusing(), board, allow=allow)
        with desk.store.read() as tx:
            stored = tx.listings.count()
            assert 0 < stored == tx.listings.count_without_assessment("test", "test")
        run = crawl_source(desk, NothingFound(word="正文"), board, allow=allow)
        with desk.store.read() as tx:
            assert tx.listings.count() == len(THREADS)
            assert tx.listings.count_without_assessment("test", "test") == 0
    assert run.leads == len(THREADS)
