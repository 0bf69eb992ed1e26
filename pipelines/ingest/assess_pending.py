"""Assessing what is new: pictures read, texts assessed, leads opened; one transaction a batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from classifier.errors import OcrError
from classifier.types import Posting
from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import EvidenceError
from pipelines.ingest.contact_vault import ContactVault, SealedContact
from pipelines.ingest.operator_names import operator_names
from pipelines.ingest.operators import LINKING_KINDS, keep_contacts, seal_organisations
from pipelines.ingest.prepare import masked_with_contacts, seal_all
from pipelines.ingest.settle import settle
from pipelines.personal.contacts import STRONG_KINDS
from pipelines.records import Contact, Image, Lead, Listing
from pipelines.store import Answer, Tx

_log = logging.getLogger(__name__)

#: Bytes of a picture → the text on it; raises OcrError.
ReadImage = Callable[[bytes], str]


class Assessor(Protocol):
    """What we need of classifier.assess.Assessor."""

    @property
    def model_id(self) -> str: ...

    @property
    def rulebook_id(self) -> str: ...

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, kw_only=True)
class AssessResult:
    """What a batch of assessments brought."""

    assessed: int
    #: Leads that were not there before.
    leads_new: int
    #: Leads opened, opened again or refreshed by this batch, each once.
    leads: tuple[Lead, ...]
    #: Withdrawn leads that are leads again.
    reopened: int = 0
    #: Open leads that another model or rulebook had called so and this one does not.
    withdrawn: int = 0


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A listing with its pictures read."""

    listing: Listing
    #: Contacts found on pictures read just now.
    contacts: tuple[Contact, ...]
    pictures_read: bool


def assess_pending(desk: Desk, assessor: Assessor, *, limit: int = 200, ocr: ReadImage | None = None) -> AssessResult:
    """Assess up to `limit` listings whose newest version this model and rulebook have not seen.

    Pictures are read first when `ocr` is given; one that cannot be read counts as empty. `assessed` is 0 when nothing
    is pending any more.
    """
    with desk.store.read() as tx:
        pending = tx.listings.without_assessment(assessor.model_id, assessor.rulebook_id, limit)
    return assess_listings(desk, assessor, pending, ocr=ocr)


def assess_these(
    desk: Desk, assessor: Assessor, listing_ids: Sequence[int], *, ocr: ReadImage | None = None
) -> AssessResult:
    """As `assess_pending`, of these listings alone."""
    with desk.store.read() as tx:
        pending = tx.listings.without_assessment(assessor.model_id, assessor.rulebook_id, among=listing_ids)
    return assess_listings(desk, assessor, pending, ocr=ocr)


def assess_listings(
    desk: Desk, assessor: Assessor, pending: Sequence[Listing], *, ocr: ReadImage | None = None
) -> AssessResult:
    """Assess these listings in one transaction, and settle their leads."""
    if not pending:
        return AssessResult(assessed=0, leads_new=0, leads=())
    read = [_with_pictures_read(desk, listing, ocr) for listing in pending]
    texts = [assessed_text(one.listing) for one in read]
    results = assessor.assess(
        [
            Posting(
                id=str(one.listing.version_id),
                text=text,
                title=title or None,
                platform=one.listing.platform or None,
                url=one.listing.url or None,
                visibility=one.listing.visibility,
                posted_on=clock.local(one.listing.posted_at or one.listing.first_seen_at).date(),
                explain="leads",
            )
            for one, (title, text) in zip(read, texts, strict=True)
        ]
    )
    at = clock.now()
    vault = ContactVault(desk.keys)
    leads: dict[int, Lead] = {}
    opened = reopened = 0
    with desk.store.transaction() as tx:
        gone = tx.leads.withdrawn_among({one.listing.cluster_id for one in read})
        stored = tx.assessments.add_many(
            [
                Answer(one.listing.version_id, bool(result["lead"]), int(result["priority"]), result, title, text)
                for one, (title, text), result in zip(read, texts, results, strict=True)
            ],
            model=assessor.model_id,
            rulebook=assessor.rulebook_id,
            at=at,
        )
        for one in read:
            _keep_pictures(tx, vault, one)
        found = [(one.listing, answer) for one, answer in zip(read, stored, strict=True) if answer.lead]
        for (listing, _answer), (lead, new) in zip(found, tx.leads.open_many(found, at), strict=True):
            leads[lead.id] = lead
            opened += new
            reopened += listing.cluster_id in gone
            gone.discard(listing.cluster_id)
        withdrawn = settle(tx, (one.listing.cluster_id for one in read), assessor.model_id, assessor.rulebook_id, at)
    return AssessResult(
        assessed=len(pending),
        leads_new=opened,
        leads=tuple(leads.values()),
        reopened=reopened,
        withdrawn=withdrawn,
    )


def assessed_text(listing: Listing) -> tuple[str, str]:
    """Title and text as they go to the classifier: body, fields as `label：value` lines, then what pictures say."""
    lines = [listing.text] if listing.text else []
    lines += [f"{label}：{value}" for label, value in listing.fields.items() if value.strip()]
    lines += [image.ocr_text for image in listing.images if image.ocr_text]
    return listing.title, "\n".join(lines)


def _with_pictures_read(desk: Desk, listing: Listing, ocr: ReadImage | None) -> _Read:
    if ocr is None or all(image.ocr_text is not None or image.blob is None for image in listing.images):
        return _Read(listing=listing, contacts=(), pictures_read=False)
    images: list[Image] = []
    contacts: list[Contact] = []
    for image in listing.images:
        if image.ocr_text is None and image.blob is not None:
            text, found = masked_with_contacts(_picture_text(desk, image.blob, ocr))
            contacts += found
            images.append(replace(image, ocr_text=text))
        else:
            images.append(image)
    return _Read(listing=replace(listing, images=tuple(images)), contacts=tuple(contacts), pictures_read=True)


def _picture_text(desk: Desk, blob: str, ocr: ReadImage) -> str:
    try:
        return ocr(desk.blobs.get(blob))
    except (OcrError, EvidenceError) as exc:
        _log.warning("picture %s not read: %s", blob, exc)
        return ""


def _keep_pictures(tx: Tx, vault: ContactVault, one: _Read) -> None:
    if not one.pictures_read:
        return
    tx.listings.set_images(one.listing.version_id, one.listing.images)
    sealed = seal_all(vault, list(one.contacts))
    sealed += _organisations(tx, vault, one.listing, sealed)
    name = next((contact.value for contact in one.contacts if contact.kind == "name"), "")
    contact_ids, operator_id = keep_contacts(tx, sealed, name=name)
    for contact_id in contact_ids:
        tx.contacts.link(contact_id, one.listing.id)
    if operator_id is None:
        return
    known = [contact.id for contact in tx.contacts.of_listing(one.listing.id) if contact.kind in LINKING_KINDS]
    tx.listings.set_operator(one.listing.id, tx.operators.for_contacts(known, name=name))


def _organisations(
    tx: Tx, vault: ContactVault, listing: Listing, found: Sequence[SealedContact]
) -> tuple[SealedContact, ...]:
    """The names of businesses on the pictures."""
    said = "\n".join(image.ocr_text for image in listing.images if image.ocr_text)
    known = [contact.keyed_hash for contact in tx.contacts.of_listing(listing.id) if contact.kind in STRONG_KINDS]
    strong = [*known, *(contact.keyed_hash for contact in found if contact.kind in STRONG_KINDS)]
    names = operator_names("", said, {})
    return seal_organisations(vault, names, posting=(listing.source, listing.key), strong=strong)
