"""Contacts of a lead in clear: who may, and that it was asked; the key itself is ingest's."""

from __future__ import annotations

from pipelines import audit
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import NotFound
from pipelines.records import StoredContact, User
from pipelines.store import Tx


def find(desk: Desk, lead_id: int, contact_id: int, *, user: User) -> StoredContact:
    """The contact, when it belongs to this lead. Raises Refused or NotFound."""
    require(user, Action.REVEAL)
    with desk.store.read() as tx:
        return _of_lead(tx, lead_id, contact_id)


def note_reveal(desk: Desk, lead_id: int, contact_id: int, *, user: User) -> None:
    """Log that the user asked to see this contact in clear; to be called before it is shown."""
    require(user, Action.REVEAL)
    with desk.store.transaction() as tx:
        contact = _of_lead(tx, lead_id, contact_id)
        audit.record(
            tx,
            actor=user.name,
            action="contact.reveal",
            object_type="contact",
            object_id=str(contact.id),
            lead=lead_id,
        )


def _of_lead(tx: Tx, lead_id: int, contact_id: int) -> StoredContact:
    lead = tx.leads.get(lead_id)
    if lead is not None:
        for listing in tx.listings.in_cluster(lead.cluster_id):
            for contact in tx.contacts.of_listing(listing.id):
                if contact.id == contact_id:
                    return contact
    raise NotFound("这条线索没有这个联系方式。")
