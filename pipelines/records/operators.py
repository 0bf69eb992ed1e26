"""Who stands behind postings: contacts and the operator they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: What a page that names no business is said to do; a nickname or a phone is no 主体.
NO_NAME = "未标明名称"
#: Kind of contact → what it is called. In this order they stand beside a name or in its place.
CONTACT_KINDS = {
    "account": "发布昵称",
    "phone": "电话",
    "wechat": "微信",
    "qq": "QQ",
    "email": "邮箱",
}
#: Of each kind so many are told.
_MOST = 3


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
    #: The name of the business if one was found, else what the poster or a contact is called; for people to read there
    #: is `known_as`.
    name: str
    contacts: tuple[StoredContact, ...]
    listings: int
    leads: int

    @property
    def organisations(self) -> tuple[str, ...]:
        """Names of the business, each once, in the order they became known."""
        return tuple(dict.fromkeys(contact.masked for contact in self.contacts if contact.kind == "org"))

    @property
    def known_as(self) -> str:
        """Who it is, as every page and paper says it."""
        return known_as(self.contacts)


def known_as(contacts: Iterable[StoredContact]) -> str:
    """Who stands behind what these (masked) contacts came from, the same words on every page and paper: the names the
    business gives itself, else that it gives none; beside it nicknames and contacts, each called what it is."""
    there = tuple(contacts)
    names = _told(there, "org") or NO_NAME
    beside = "，".join(f"{name} {told}" for kind, name in CONTACT_KINDS.items() if (told := _told(there, kind)))
    return f"{names}（{beside}）" if beside else names


def _told(contacts: Iterable[StoredContact], kind: str) -> str:
    found = list(dict.fromkeys(one.masked for one in contacts if one.kind == kind))
    return "、".join(found[:_MOST]) + (f" 等 {len(found)} 个" if len(found) > _MOST else "")
