"""Who stands behind postings: contacts and the operator they make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A phone, WeChat id, QQ number or name found in a listing."""

    #: phone | wechat | qq | email; name (张老师), account (the nickname it was posted by), org (name of a business)
    kind: str
    #: In clear; never stored like this.
    value: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, kw_only=True)
class StoredContact:
    """A contact as kept: masked for the screen, keyed hash for linking, ciphertext for the logged reveal."""

    id: int
    kind: str
    masked: str
    keyed_hash: str
    ciphertext: bytes


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who stands behind listings: contacts and names seen together."""

    id: int
    #: The name of the business if one was found, else what the poster or a contact is called.
    name: str
    contacts: tuple[StoredContact, ...]
    listings: int
    leads: int

    @property
    def organisations(self) -> tuple[str, ...]:
        """Names of the business, each once, in the order they became known."""
        return tuple(dict.fromkeys(contact.masked for contact in self.contacts if contact.kind == "org"))
