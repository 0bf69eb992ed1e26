"""A batch of pages on its way into the store, and what became of it; both may cross to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawlers.job import Fetched, Outcome, Touched


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Pages to be stored together: all of them or none."""

    outcomes: tuple[Outcome, ...]
    #: Postings seen gone for the first time → since when.
    missing: Mapping[str, datetime]
    #: Postings that were missing and are back, or gone for good.
    found_again: tuple[str, ...]

    @classmethod
    def of(cls, outcomes: list[Outcome], missing: Mapping[str, datetime]) -> Batch:
        """These pages; `missing` are the postings that were missing before."""
        settled = [
            (outcome.key, outcome.sighting)
            for outcome in outcomes
            if isinstance(outcome, (Fetched, Touched)) and outcome.sighting is not None
        ]
        return cls(
            outcomes=tuple(outcomes),
            missing={
                key: since for key, sighting in settled if (since := sighting.missing_since) and key not in missing
            },
            found_again=tuple(key for key, sighting in settled if sighting.missing_since is None and key in missing),
        )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a stored batch brought."""

    new: int
    changed: int
    unchanged: int
    #: Listings that are new or changed, to be assessed.
    moved: tuple[int, ...]
