"""What a run learns of its source's health while it runs: figures for the bands, missing postings, what guests see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from crawlers.charset import is_legible
from crawlers.extract import Extracted
from crawlers.fees import parse_fee
from crawlers.recipe import Recipe
from pipelines.records import ExtractedListing, Page, PageState, RunFigures, SoftNotFound

#: Labels of the page's own table that are counted, at most.
_MAX_LABELS = 30
#: Different labels counted in a run: pages may make theirs up.
_MOST_LABELS = 2_000
_COMPARED = ("title", "body", "posted_at")
#: Of so many postings it is counted how many say something of their own; more say nothing else of the recipe.
_MOST_COMPARED = 10_000


class Watch:
    """Collects; written by the spider's thread alone and read once the crawl is over."""

    def __init__(
        self,
        recipe: Recipe,
        *,
        not_found: SoftNotFound | None = None,
        missing: Mapping[str, datetime] | None = None,
    ) -> None:
        self._recipe = recipe
        #: What the host answers for what cannot exist, as far as it is known.
        self.not_found = not_found
        #: Learned in this run, to be remembered.
        self.learned: SoftNotFound | None = None
        #: Postings seen gone and not yet believed to be → when first.
        self.missing = dict(missing or {})
        #: The pages themselves said that guests see less.
        self.guest_view = False
        #: Why the run was called off before it began; empty when it was not.
        self.called_off = ""
        #: Were all lists read to their end, as far as they answered?
        self.lists_whole = True
        #: Of keys and values only their hashes: a run may be of any length.
        self._rows: set[int] = set()
        self._lists = [0, 0]
        self._postings = 0
        self._have: Counter[str] = Counter()
        self._labels: Counter[str] = Counter()
        self._legible = 0
        self._distinct: dict[str, set[int]] = {name: set() for name in _COMPARED}
        self._compared: Counter[str] = Counter()
        self._again = [0, 0]
        self._outside: dict[str, list[int]] = {}

    def rows(self, keys: set[str], state: PageState) -> None:
        """The rows of one list page, and what it was."""
        self._rows.update(map(hash, keys))
        if state is PageState.LIST:
            self._lists[0] += bool(keys)
            self._lists[1] += 1

    def posting(self, listing: ExtractedListing, found: Extracted) -> None:
        """One posting as it was read, whatever the store makes of it."""
        self._postings += 1
        dates = {"posted_at": found.posted_at.isoformat()} if found.posted_at is not None else {}
        values = {**found.values, **dates}
        if found.images:
            values["images"] = found.images[0]
        if found.attrs:
            values["attrs"] = next(iter(found.attrs))
        self._have.update(name for name in self._recipe.fields if values.get(name))
        labels = list(found.attrs)[:_MAX_LABELS]
        self._labels.update(one for one in labels if one in self._labels or len(self._labels) < _MOST_LABELS)
        self._legible += is_legible(f"{listing.title}\n{listing.text}")
        for name in _COMPARED:
            if values.get(name) and self._compared[name] < _MOST_COMPARED:
                self._compared[name] += 1
                self._distinct[name].add(hash(values[name]))
        self._numbers(values.get("fee", ""))

    def revisited(self, known: Page | None, seen: PageState) -> None:
        """A posting that was there at the last visit, and what it is now."""
        if known is not None and known.state is PageState.OK and known.key not in self.missing:
            self._again[0] += seen is not PageState.GONE
            self._again[1] += 1

    def figures(self, *, read: int, unread: int, newest: datetime | None, now: datetime, whole: bool) -> RunFigures:
        """The run in numbers; `whole` is false when it was cut short, so that rows say nothing."""
        count = self._postings
        shares = {f"coverage.{name}": (self._have[name], count) for name in self._recipe.fields}
        if "fee" in self._recipe.fields:
            shares["coverage.fee.yuan_per_hour"] = (self._have["fee.yuan_per_hour"], count)
        labels = self._labels.most_common(_MAX_LABELS)
        shares |= {f"coverage.attrs.{label}": (number, count) for label, number in labels}
        shares |= {f"distinct.{name}": (len(self._distinct[name]), count) for name, count in self._compared.items()}
        shares["legible"] = (self._legible, count)
        shares["known"] = (read, read + unread)
        shares["lists_with_rows"] = (self._lists[0], self._lists[1])
        shares["still_there"] = (self._again[0], self._again[1])
        age = (now - newest).total_seconds() / 3600 if newest is not None else None
        return RunFigures(
            rows=len(self._rows) if whole and self.lists_whole else None,
            # "Out of none" says nothing.
            shares={name: pair for name, pair in shares.items() if pair[1]},
            newest_age_h=max(0.0, age) if age is not None else None,
            outside={name: (pair[0], pair[1]) for name, pair in self._outside.items()},
        )

    def _numbers(self, fee: str) -> None:
        """Figures of the fee, against the recipe's ranges."""
        parsed = parse_fee(fee) if fee else None
        if parsed is None:
            return
        numbers = {"fee.low": parsed.low, "fee.high": parsed.high, "fee.yuan_per_hour": parsed.yuan_per_hour}
        for name, number in numbers.items():
            if number is None:
                continue
            self._have[name] += 1
            if name in self._recipe.quality.range:
                low, high = self._recipe.quality.range[name]
                pair = self._outside.setdefault(name, [0, 0])
                pair[0] += not low <= number <= high
                pair[1] += 1
