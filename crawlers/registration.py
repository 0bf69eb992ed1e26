"""A source's row in the store: what its recipe says, beside what runs and checks have found out."""

from __future__ import annotations

from crawlers.recipe import Recipe
from pipelines.records import Source
from pipelines.store import Tx


def register(tx: Tx, recipe: Recipe) -> None:
    """The row as the recipe says; what was found out stays. Another recipe than the one checked was never verified."""
    known = tx.sources.get(recipe.name)
    checked = known is not None and tx.settings.get(_checked_key(recipe)) == recipe.digest
    verified = known.verified if known is not None and checked else "never"
    _upsert(tx, recipe, known, "sandbox" if recipe.demo else verified)


def register_checked(tx: Tx, recipe: Recipe, day: str) -> None:
    """The same of a recipe that was found right on the live site that day."""
    _upsert(tx, recipe, tx.sources.get(recipe.name), day)
    tx.settings.set(_checked_key(recipe), recipe.digest)


def _upsert(tx: Tx, recipe: Recipe, known: Source | None, verified: str) -> None:
    tx.sources.upsert(
        Source(
            name=recipe.name,
            title=recipe.title,
            lane=recipe.lane,
            state=known.state if known else "never",
            verified=verified,
            last_good_at=known.last_good_at if known else None,
            cooldown_until=known.cooldown_until if known else None,
            paused=known.paused if known else False,
            demo=recipe.demo,
            retain_days=recipe.retain_days,
        )
    )


def _checked_key(recipe: Recipe) -> str:
    return f"crawl.verified.{recipe.name}"
