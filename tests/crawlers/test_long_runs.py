"""What a run holds in memory does not grow with what pages make up."""

from __future__ import annotations

from pathlib import Path

from crawlers.extract import Extracted
from crawlers.job import MOST_ERRORS, Job
from crawlers.source import load_recipe
from crawlers.urls import Site
from crawlers.watch import Watch
from pipelines import clock
from pipelines.records import ExtractedListing
from tests.crawlers.small_site import board_on


def test_errors_and_labels_of_a_long_run_are_bounded(tmp_path: Path) -> None:
    recipe = load_recipe(board_on(tmp_path, "https", 443))
    site = Site.of(recipe)
    assert site is not None
    job = Job(recipe, site, known=lambda _keys: {}, now=clock.now)
    watch = Watch(recipe)
    listing = ExtractedListing(source="s", key="1", url="https://x.example/1", title="题", text="文")
    for number in range(100):
        attrs = {f"标签{30 * number + one}": "值" for one in range(30)}
        watch.posting(listing, Extracted(values={"title": "题"}, attrs=attrs))
    for number in range(MOST_ERRORS + 9):
        job.note_error(f"page {number}")
    assert (len(job.errors), job.errors[0]) == (MOST_ERRORS, "page 0")
    assert len(watch._labels) == 2_000
