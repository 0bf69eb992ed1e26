"""A source whose recipe cannot be read any more: said where people look at sources, until somebody has mended it."""

from __future__ import annotations

from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Source, StateChange
from pipelines.store import Tx

#: The state of a source by whose recipe nothing can be read.
BROKEN = "broken"


def note_broken(desk: Desk, source: Source, fault: str) -> None:
    """The source is broken from now on, with an alert that names the line. Written once, however often it is asked."""
    message = f"配方有误，不再采集：{fault}。改好后自动恢复"[:500]
    with desk.store.transaction() as tx:
        if source.state == BROKEN and message in [one.message for one in tx.alerts.open_ones()]:
            return
        if source.state != BROKEN:
            _set_state(tx, source, BROKEN, message)
        tx.alerts.open(source.name, message, clock.now())


def note_mended(desk: Desk, source: Source) -> None:
    """The recipe can be read again: what the source was before holds, until its next crawl says more."""
    if source.state != BROKEN:
        return
    with desk.store.transaction() as tx:
        before = [change.state for change in tx.health.states(source.name, 5) if change.state != BROKEN]
        _set_state(tx, source, next(iter(before), "never"), "配方已改好")
        tx.alerts.close(source.name, clock.now())


def _set_state(tx: Tx, source: Source, state: str, reason: str) -> None:
    host = next((change.host for change in tx.health.states(source.name, 1)), "")
    tx.sources.set_state(source.name, state=state, cooldown_until=source.cooldown_until)
    change = StateChange(source=source.name, host=host, state=state, reason=reason, run_id=None, at=clock.now())
    tx.health.note_state(change)
