"""Who looked at a lead, as the audit log has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipelines import clock
from pipelines.records import AuditEvent, Capture, Lead, StoredContact
from pipelines.store import Tx

#: What counts as looking; deciding has a history of its own.
LOOKS = frozenset(
    {"lead.view", "lead.live", "capture.view", "capture.screenshot", "capture.download", "contact.reveal"}
)


@dataclass(frozen=True, kw_only=True)
class Look:
    """The same person doing the same thing on the same day (in China), once or more."""

    user: str
    action: str
    #: The newest.
    at: datetime
    times: int


def looks_at(tx: Tx, lead: Lead, captures: Sequence[Capture], contacts: Sequence[StoredContact]) -> tuple[Look, ...]:
    """Logged looks at the lead, its captures and, from this lead, its contacts; newest first, a day as one."""
    objects = [("lead", str(lead.id))]
    objects += [("capture", capture.id) for capture in captures]
    objects += [("contact", str(contact.id)) for contact in contacts]
    found: dict[tuple[str, str, date], Look] = {}
    for event in reversed(tx.audit.for_objects(objects)):
        if event.action not in LOOKS or not _of_lead(event, lead):
            continue
        key = (event.actor, event.action, clock.local(event.at).date())
        known = found.get(key)
        found[key] = (
            Look(user=event.actor, action=event.action, at=event.at, times=1)
            if known is None
            else replace(known, times=known.times + 1)
        )
    return tuple(found.values())


def _of_lead(event: AuditEvent, lead: Lead) -> bool:
    """A contact may stand under several leads; its reveal names the one it was asked from."""
    return event.object_type != "contact" or event.detail.get("lead") == lead.id
