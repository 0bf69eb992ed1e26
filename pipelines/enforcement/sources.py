"""How the sources are doing, in one row each."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.records import CrawlRun, PageState, Source, User
from pipelines.store import Tx

#: What the sources page counts besides postings.
_NOT_HAD = (
    PageState.LOGIN_WALL,
    PageState.PERMISSION,
    PageState.CAPTCHA,
    PageState.BLOCKED,
    PageState.ROBOTS_DENIED,
    PageState.UNREACHABLE,
    PageState.UNKNOWN,
)


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One source with its counts and newest run."""

    source: Source
    pages: int
    leads: int
    run: CrawlRun | None

    @property
    def walls(self) -> tuple[tuple[str, int], ...]:
        """Pages of the newest run that could not be had or read: (state, how many)."""
        states = self.run.states if self.run is not None else {}
        return tuple((state.value, states[state]) for state in _NOT_HAD if states.get(state))


def overview(desk: Desk, *, user: User) -> tuple[SourceRow, ...]:
    """Every source by name."""
    require(user, Action.SOURCES)
    with desk.store.read() as tx:
        pages, leads = tx.stats.pages_by_source(), tx.stats.leads_by("source")
        return tuple(
            SourceRow(
                source=source,
                pages=pages.get(source.name, 0),
                leads=leads.get(source.name, 0),
                run=tx.runs.latest(source.name),
            )
            for source in tx.sources.list()
        )


def source_titles(tx: Tx) -> dict[str, str]:
    """Name → what people call the source."""
    return {source.name: source.title or source.name for source in tx.sources.list()}
