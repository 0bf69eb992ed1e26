"""One extracted posting made ready for the store: cleaned, private things masked, contacts sealed, hashed, compared."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.ingest.contact_vault import ContactVault, SealedContact
from pipelines.ingest.dedupe import content_sha256
from pipelines.ingest.near_duplicates import Likeness, Signature, names_in
from pipelines.ingest.operator_names import operator_names
from pipelines.ingest.operators import seal_organisations
from pipelines.personal.contacts import (
    STRONG_KINDS,
    contact_of_value,
    find_contacts,
    mask_text,
    without_contacts,
)
from pipelines.personal.privacy import mask_private
from pipelines.records import Contact, ExtractedListing, Image

#: Posters that are no account of somebody's own.
_NOBODY = re.compile(r"匿名|游客|用户\d*$|网友|会员|管理员|admin|guest|未登录", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class PreparedListing:
    """A posting as it may be stored."""

    #: Contacts masked, private things masked, every text of the length it had.
    item: ExtractedListing
    capture_id: str | None
    contacts: tuple[SealedContact, ...]
    content_sha256: str
    likeness: Likeness
    #: What the poster is called, for an operator whose business has no name.
    operator_name: str


def prepare(vault: ContactVault, item: ExtractedListing, capture_id: str | None) -> PreparedListing:
    """Everything that needs no database, so that transactions stay short."""
    clear = _storable(item)
    found: list[Contact] = []

    def masked(text: str, label: str = "") -> str:
        return _masked(text, found, label)

    title, text = masked(clear.title), masked(clear.text)
    compared = "\n".join(without_contacts(part, find_contacts(part)) for part in (clear.title, clear.text))
    safe = replace(
        clear,
        title=title,
        text=text,
        fields={masked(label): masked(value, label) for label, value in clear.fields.items()},
        images=tuple(replace(image, ocr_text=image.ocr_text and masked(image.ocr_text)) for image in clear.images),
        price_raw=masked(clear.price_raw),
        district=masked(clear.district),
        poster=masked(clear.poster),
        contacts=(),
    )
    found += [contact for value in clear.contacts if (contact := contact_of_value(value)) is not None]
    sealed = seal_all(vault, found)
    account = _account(vault, safe)
    strong = frozenset(contact.keyed_hash for contact in sealed if contact.kind in STRONG_KINDS)
    names = operator_names(safe.title, safe.text, safe.fields)
    organisations = seal_organisations(vault, names, posting=(safe.source, safe.key), strong=strong)
    return PreparedListing(
        item=safe,
        capture_id=capture_id,
        contacts=sealed + account + organisations,
        content_sha256=content_sha256(
            title=safe.title, text=safe.text, fields=safe.fields, images=safe.images, contact_hashes=strong
        ),
        likeness=Likeness(
            signature=Signature.of(mask_private(compared)),
            contacts=strong,
            accounts=frozenset(contact.keyed_hash for contact in account),
            names=names_in(f"{safe.title}\n{safe.text}"),
            district=safe.district,
        ),
        operator_name=safe.poster or next((contact.value for contact in found if contact.kind == "name"), ""),
    )


def masked_with_contacts(text: str) -> tuple[str, list[Contact]]:
    """A text (read off a picture) as it may be stored, and the contacts in it."""
    found: list[Contact] = []
    return _masked(_UNSTORABLE.sub("\ufffd", text), found), found


def seal_all(vault: ContactVault, contacts: list[Contact]) -> tuple[SealedContact, ...]:
    """The contacts sealed, each once."""
    unique = {(contact.kind, contact.value): contact for contact in contacts}
    return tuple(vault.seal(contact) for contact in unique.values())


def _account(vault: ContactVault, item: ExtractedListing) -> tuple[SealedContact, ...]:
    if not item.poster.strip() or _NOBODY.search(item.poster):
        return ()
    return (vault.seal_account(item.source, item.poster.strip()),)


def _masked(text: str, found: list[Contact], label: str = "") -> str:
    """`text` masked; its contacts are added to `found`. A label (电话, 微信) says what a bare value is."""
    if not text:
        return text
    private = mask_private(text)
    before = f"{label}：" if label else ""
    contacts = [
        replace(contact, start=contact.start - len(before), end=contact.end - len(before))
        for contact in find_contacts(before + private)
        if contact.start is not None and contact.end is not None and contact.start >= len(before)
    ]
    found += contacts
    return mask_text(private, contacts)


def _storable(item: ExtractedListing) -> ExtractedListing:
    """NUL and lone surrogates, which no database takes, become U+FFFD; lengths stay."""

    def clean(text: str) -> str:
        return _UNSTORABLE.sub("\ufffd", text)

    return replace(
        item,
        key=clean(item.key),
        url=clean(item.url),
        title=clean(item.title),
        text=clean(item.text),
        fields={clean(label): clean(value) for label, value in item.fields.items()},
        images=tuple(
            Image(url=clean(image.url), blob=image.blob, ocr_text=image.ocr_text and clean(image.ocr_text))
            for image in item.images
        ),
        price_raw=clean(item.price_raw),
        district=clean(item.district),
        poster=clean(item.poster),
        platform=clean(item.platform),
        note=clean(item.note),
    )
