"""Contacts → operator: whoever shares a phone, a WeChat id, a QQ number or an address of e-mail is one operator."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.ingest.contact_vault import SealedContact
from pipelines.ingest.contacts import STRONG_KINDS
from pipelines.store import Tx


def keep_contacts(tx: Tx, contacts: Sequence[SealedContact], *, name: str) -> tuple[tuple[int, ...], int | None]:
    """Store the contacts; returns their ids and the operator they lead to. A bare name (张老师) leads to nobody."""
    ids: list[int] = []
    strong: list[int] = []
    for contact in contacts:
        contact_id = tx.contacts.upsert(contact.kind, contact.masked, contact.keyed_hash, contact.ciphertext)
        ids.append(contact_id)
        if contact.kind in STRONG_KINDS:
            strong.append(contact_id)
    unique = tuple(dict.fromkeys(ids))
    return unique, tx.operators.for_contacts(list(dict.fromkeys(strong)), name=name) if strong else None
