"""Contacts → operator: whoever shares a phone, a WeChat id, a QQ number or an address of e-mail is one operator, and
whoever gives the same registered name as its own. A posting that only names a business has an operator too."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipelines.ingest.contact_vault import ContactVault, SealedContact
from pipelines.ingest.operator_names import OperatorName
from pipelines.personal.contacts import STRONG_KINDS
from pipelines.store import Tx

#: Kinds that lead to an operator.
LINKING_KINDS = STRONG_KINDS | {"org"}


def keep_contacts(tx: Tx, contacts: Sequence[SealedContact], *, name: str) -> tuple[tuple[int, ...], int | None]:
    """Store the contacts; returns their ids and the operator they lead to. A bare name (张老师) or a
    nickname leads to nobody; the name of a business leads as far as its scope does (seal_organisations)."""
    ids = tx.contacts.upsert_many([(one.kind, one.masked, one.keyed_hash, one.ciphertext) for one in contacts])
    strong = [one_id for one, one_id in zip(contacts, ids, strict=True) if one.kind in LINKING_KINDS]
    unique = tuple(dict.fromkeys(ids))
    return unique, tx.operators.for_contacts(list(dict.fromkeys(strong)), name=name) if strong else None


def keep_many(
    tx: Tx, postings: Sequence[tuple[Sequence[SealedContact], str]]
) -> list[tuple[tuple[int, ...], int | None]]:
    """`keep_contacts` for many (contacts, name), as if one after the other."""
    ids = iter(
        tx.contacts.upsert_many(
            [(one.kind, one.masked, one.keyed_hash, one.ciphertext) for contacts, _name in postings for one in contacts]
        )
    )
    mine = [[(one.kind, next(ids)) for one in contacts] for contacts, _name in postings]
    linking = [list(dict.fromkeys(its for kind, its in pairs if kind in LINKING_KINDS)) for pairs in mine]
    operators = tx.operators.for_many([(its, name) for its, (_contacts, name) in zip(linking, postings, strict=True)])
    unique = [tuple(dict.fromkeys(its for _kind, its in pairs)) for pairs in mine]
    return list(zip(unique, operators, strict=True))


def seal_organisations(
    vault: ContactVault, names: Sequence[OperatorName], *, posting: tuple[str, str], strong: Collection[str]
) -> tuple[SealedContact, ...]:
    """The names of a business in a posting (its source and key), sealed.

    A registered name it calls its own links everywhere. Any other name belongs to whom the posting's strong contacts
    (keyed hashes) or its registered name lead to, else to this posting alone: a shop's sign may hang in many towns,
    and no two shops become one by it.
    """
    sure = {one.name: vault.seal_organisation(one.name, "") for one in names if one.tells_apart}
    anchor = min(strong, default="") or min((one.keyed_hash for one in sure.values()), default="") or "\0".join(posting)
    return tuple(sure.get(one.name) or vault.seal_organisation(one.name, anchor) for one in names)
