"""Stored pages and screenshots for people to look at: bytes out of the WARC, never rendered; each look is logged."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, may, require
from pipelines.errors import NotFound
from pipelines.evidence.marks import assessed_body
from pipelines.evidence.material import texts_of_cluster
from pipelines.evidence.page_lines import as_text, unpacked
from pipelines.evidence.warc import read_record, read_response
from pipelines.records import Capture, User

#: More than this of a stored page is only for download.
SHOWN_CHARACTERS = 200_000


@dataclass(frozen=True, kw_only=True)
class StoredPage:
    """A stored page as text, contacts in clear: who shows it masks them. One deleted on schedule has none of it.

    A page's source hides a number from any mask (tags or entities between its digits), so `text` is empty for
    whoever may not see contacts in clear.
    """

    capture: Capture
    text: str
    #: Response headers as received; none for imported files.
    headers: tuple[tuple[str, str], ...]
    #: Whether the text was cut for the screen.
    cut: bool
    #: The posting as it was read, contacts masked; empty when nothing was.
    read: str
    #: Whether these words were read off another capture of the same posting (a browser's copy is only looked at).
    read_elsewhere: bool


def stored_page(desk: Desk, capture_id: str, *, user: User) -> StoredPage:
    """The stored page as text. Raises EvidenceError when the bytes are not those that were captured."""
    capture = _seen(desk, capture_id, user=user, action="capture.view")
    if capture.deleted_at is not None:
        # What is left of it: address, time, state, hash.
        return StoredPage(capture=capture, text="", headers=(), cut=False, read="", read_elsewhere=False)
    found = read_response(desk.home, capture)
    data = unpacked(found.payload, found.headers, 4 * SHOWN_CHARACTERS + 4)
    text = as_text(data, capture.charset) if may(user, Action.REVEAL) else ""
    read, elsewhere = _read(desk, capture)
    return StoredPage(
        capture=capture,
        text=text[:SHOWN_CHARACTERS],
        headers=found.headers,
        cut=len(text) > SHOWN_CHARACTERS,
        read=read,
        read_elsewhere=elsewhere,
    )


def _read(desk: Desk, capture: Capture) -> tuple[str, bool]:
    """The words of this capture's postings, else those of the lead it was taken for; whether it is the latter."""
    with desk.store.read() as tx:
        clusters = dict.fromkeys(listing.cluster_id for listing in tx.listings.of_capture(capture.id))
        own = [text for one in clusters if (text := texts_of_cluster(tx, one).get(capture.id))]
        if own or capture.lead_id is None:
            return "\n\n".join(own), False
        lead = tx.leads.get(capture.lead_id)
        assessment = tx.assessments.get(lead.assessment_id) if lead is not None else None
        return (assessed_body(assessment), True) if assessment is not None else ("", False)


def raw_page(desk: Desk, capture_id: str, *, user: User) -> tuple[Capture, bytes]:
    """The stored bytes exactly as captured, for download; they hold contacts in clear. Raises Refused."""
    require(user, Action.REVEAL)
    capture = _seen(desk, capture_id, user=user, action="capture.download")
    _refuse_deleted(capture)
    return capture, read_record(desk.home, capture)


def screenshot(desk: Desk, capture_id: str, *, user: User) -> bytes:
    """The screenshot as PNG; it shows contacts in clear. Raises Refused."""
    require(user, Action.REVEAL)
    return desk.blobs.get(_blob(_seen(desk, capture_id, user=user, action="capture.screenshot")))


def screenshot_blob(desk: Desk, capture_id: str, *, user: User) -> str:
    """Which blob the screenshot is; not logged, since lists show it small beside every lead."""
    return _blob(_seen(desk, capture_id, user=user, action=None))


def _blob(capture: Capture) -> str:
    _refuse_deleted(capture)
    if capture.screenshot_blob is None:
        raise NotFound("这份快照没有截图。")
    return capture.screenshot_blob


def _refuse_deleted(capture: Capture) -> None:
    if capture.deleted_at is not None:
        raise NotFound(f"这份快照的内容已按期删除（{clock.local(capture.deleted_at).date()}），只留采集信息。")


def _seen(desk: Desk, capture_id: str, *, user: User, action: str | None) -> Capture:
    require(user, Action.QUEUE)
    with desk.store.read() as tx:
        capture = tx.captures.get(capture_id)
    if capture is None:
        raise NotFound("没有这份快照。")
    if action:
        with desk.store.transaction() as tx:
            audit.record(tx, actor=user.name, action=action, object_type="capture", object_id=capture_id)
    return capture
