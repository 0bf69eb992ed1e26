"""Sealed contacts: linkable, revealable with this HOME's keys alone, never in clear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.desk import Desk, Keys
from pipelines.errors import Refused
from pipelines.ingest.contact_vault import ContactVault
from pipelines.records import Contact, StoredContact

PHONE = Contact(kind="phone", value="13912345678", start=3, end=14)


def stored(vault: ContactVault) -> StoredContact:
    sealed = vault.seal(PHONE)
    return StoredContact(
        id=1, kind=sealed.kind, masked=sealed.masked, keyed_hash=sealed.keyed_hash, ciphertext=sealed.ciphertext
    )


def test_equal_contacts_have_equal_hashes_and_different_ciphertexts(desk: Desk) -> None:
    vault = ContactVault(desk.keys)
    one, other = vault.seal(PHONE), vault.seal(replace(PHONE, start=None, end=None))
    assert one.keyed_hash == other.keyed_hash != vault.seal(replace(PHONE, kind="wechat")).keyed_hash
    assert one.ciphertext != other.ciphertext
    assert b"139" not in one.ciphertext
    assert one.masked == "139****5678"


def test_only_this_home_reveals(desk: Desk) -> None:
    contact = stored(ContactVault(desk.keys))
    assert ContactVault(desk.keys).reveal(contact) == "13912345678"
    with pytest.raises(Refused):
        ContactVault(Keys(contact_hmac=b"h" * 32, contact_key=b"k" * 32)).reveal(contact)
    with pytest.raises(Refused):
        ContactVault(desk.keys).reveal(replace(contact, kind="wechat"))
    with pytest.raises(Refused):
        ContactVault(desk.keys).reveal(replace(contact, ciphertext=b""))
