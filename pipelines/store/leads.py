"""Leads: one a cluster, its status moved only against the revision the officer saw."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import aliased

from pipelines import clock
from pipelines.errors import BadInput, Conflict, NotFound
from pipelines.records import Lead, LeadStatus, Listing, StoredAssessment, Strike, Verdict
from pipelines.store.base import bare
from pipelines.store.decisions import Strikes
from pipelines.store.desk_tables import DecisionRow, LeadCodeRow, LeadRow, WithdrawnLeadRow
from pipelines.store.lead_queue import LeadQueue
from pipelines.store.tables import AssessmentRow

_UNDECIDED = (LeadStatus.OPEN, LeadStatus.HELD)

#: A title made of a text is cut here.
_TITLE_WORDS = 36


class Leads(LeadQueue):
    def get(self, lead_id: int) -> Lead | None:
        return next(iter(self._records(LeadRow.id == lead_id)), None)

    def get_many(self, lead_ids: Sequence[int]) -> dict[int, Lead]:
        """Those of the ids that exist."""
        return {lead.id: lead for lead in self._records(LeadRow.id.in_(lead_ids))}

    def by_cluster(self, cluster_id: int) -> Lead | None:
        return next(iter(self._records(LeadRow.cluster_id == cluster_id)), None)

    def withdrawn_among(self, cluster_ids: Collection[int]) -> set[int]:
        """Those of the clusters whose lead is withdrawn."""
        return set(
            self._session.scalars(
                select(LeadRow.cluster_id)
                .join(WithdrawnLeadRow, WithdrawnLeadRow.lead_id == LeadRow.id)
                .where(LeadRow.cluster_id.in_(cluster_ids))
            )
        )

    def resting_on_others(self, cluster_ids: Collection[int], model: str, rulebook: str) -> list[int]:
        """Those of the clusters whose lead is undecided and rests on what another model or rulebook said."""
        return list(
            self._session.scalars(
                select(LeadRow.cluster_id)
                .join(AssessmentRow, AssessmentRow.id == LeadRow.assessment_id)
                .where(
                    LeadRow.cluster_id.in_(cluster_ids),
                    LeadRow.status == LeadStatus.OPEN,
                    or_(AssessmentRow.model != model, AssessmentRow.rulebook != rulebook),
                )
                .order_by(LeadRow.cluster_id)
            )
        )

    def open_for(self, listing: Listing, assessment: StoredAssessment, at: datetime) -> tuple[Lead, bool]:
        """The lead of this listing's cluster, and whether it is new. A known one keeps its status. It follows a new
        assessment of the listing it shows; it changes over to another listing of its cluster only while undecided,
        not yet captured, and when that one weighs more. A withdrawn one is open again, showing this listing."""
        return self.open_many([(listing, assessment)], at)[0]

    def open_many(self, shown: Sequence[tuple[Listing, StoredAssessment]], at: datetime) -> list[tuple[Lead, bool]]:
        """`open_for` for many, one after the other; each lead as all of them leave it."""
        opened = [self._open(listing, assessment, at) for listing, assessment in shown]
        leads = self.get_many(list(dict.fromkeys(lead_id for lead_id, _new in opened)))
        return [(leads[lead_id], new) for lead_id, new in opened]

    def _open(self, listing: Listing, assessment: StoredAssessment, at: datetime) -> tuple[int, bool]:
        added = self._session.scalar(
            self._insert(LeadRow)
            .values(
                cluster_id=listing.cluster_id,
                status=LeadStatus.OPEN,
                source=listing.source,
                created_at=at,
                demo=listing.demo,
                browser_capture_id=None,
                revision=1,
                **_shown(listing, assessment, at),
            )
            .on_conflict_do_nothing(index_elements=["cluster_id"])
            .returning(LeadRow.id)
        )
        if added is not None:
            # Nobody has decided on it, so that nothing of it is struck.
            self._add_codes(added, assessment, ())
            return int(added), True
        wanted = select(LeadRow).where(LeadRow.cluster_id == listing.cluster_id).with_for_update()
        row = self._session.scalars(wanted).one()
        if self._unmark(row.id) or _takes_over(row, listing, assessment):
            self.show(row.id, listing, assessment, at)
        return row.id, False

    def show(self, lead_id: int, listing: Listing, assessment: StoredAssessment, at: datetime) -> None:
        """Let the lead show this listing and what is said of it."""
        values = _shown(listing, assessment, at)
        self._session.execute(update(LeadRow).where(LeadRow.id == lead_id).values(source=listing.source, **values))
        self.refresh_codes(lead_id, assessment)

    def refresh_codes(self, lead_id: int, assessment: StoredAssessment) -> None:
        """Let the lead carry the codes of its assessment that its standing decision leaves."""
        self._session.execute(delete(LeadCodeRow).where(LeadCodeRow.lead_id == lead_id))
        self._add_codes(lead_id, assessment, self._struck(lead_id))

    def withdraw(self, lead_id: int, assessment: StoredAssessment, at: datetime) -> bool:
        """Take an open lead out of the queue because of this newer assessment; False if it is not open any more."""
        locked = select(LeadRow.status).where(LeadRow.id == lead_id).with_for_update()
        if self._session.scalar(locked) != LeadStatus.OPEN:
            return False
        added = self._session.scalar(
            self._insert(WithdrawnLeadRow)
            .values(lead_id=lead_id, assessment_id=assessment.id, at=at)
            .on_conflict_do_nothing(index_elements=["lead_id"])
            .returning(WithdrawnLeadRow.lead_id)
        )
        return added is not None

    def _unmark(self, lead_id: int) -> bool:
        """No longer withdrawn; whether it was."""
        gone = delete(WithdrawnLeadRow).where(WithdrawnLeadRow.lead_id == lead_id).returning(WithdrawnLeadRow.lead_id)
        return self._session.scalar(gone) is not None

    def set_status(self, lead_id: int, status: LeadStatus, revision: int) -> Lead:
        """Move the lead. Raises Conflict if its revision is no longer the given one, NotFound if it is not there."""
        moved = self._session.execute(
            update(LeadRow)
            .where(LeadRow.id == lead_id, LeadRow.revision == revision)
            .values(status=status, revision=revision + 1, updated_at=clock.now())
            .returning(LeadRow.id)
        ).scalar_one_or_none()
        lead = self.get(lead_id)
        if lead is None:
            raise NotFound(f"没有线索 {lead_id}")
        if moved is None:
            raise Conflict("这条线索刚被他人处理过，请刷新后再试")
        # What a person has decided is no longer the machine's to take away.
        return (self.get(lead_id) or lead) if self._unmark(lead_id) else lead

    def set_browser_capture(self, lead_id: int, capture_id: str) -> None:
        """The newest browser capture of the lead; earlier ones stay among its captures."""
        done = self._session.execute(
            update(LeadRow).where(LeadRow.id == lead_id).values(browser_capture_id=capture_id).returning(LeadRow.id)
        ).scalar_one_or_none()
        if done is None:
            raise NotFound(f"没有线索 {lead_id}")

    def _struck(self, lead_id: int) -> tuple[Strike, ...]:
        """What the standing decision does not adopt."""
        undo = aliased(DecisionRow)
        found = self._session.scalar(
            select(DecisionRow.struck)
            .where(
                DecisionRow.lead_id == lead_id,
                DecisionRow.verdict != Verdict.UNDO,
                ~select(undo.id).where(undo.undoes == DecisionRow.id).exists(),
            )
            .order_by(DecisionRow.id.desc())
            .limit(1)
        )
        return Strikes(self._session).read([found])[0]

    def _add_codes(self, lead_id: int, assessment: StoredAssessment, strikes: Sequence[Strike]) -> None:
        struck = assessment.struck(strikes) if codes_of(assessment) and strikes else ()
        codes = dict.fromkeys(str(one["code"]) for one in assessment.findings if one["id"] not in struck)
        if codes:
            self._session.execute(
                insert(bare(LeadCodeRow)),
                [{"lead_id": lead_id, "position": position, "code": code} for position, code in enumerate(codes)],
            )


def codes_of(assessment: StoredAssessment) -> tuple[str, ...]:
    """Rule codes of an assessment, strongest first, each once."""
    findings = assessment.result.get("findings", [])
    if not all(isinstance(finding, dict) and finding.get("code") for finding in findings):
        raise BadInput(f"研判 {assessment.id} 的疑点缺少规则代码")
    return tuple(dict.fromkeys(str(finding["code"]) for finding in findings))


def _takes_over(row: LeadRow, listing: Listing, assessment: StoredAssessment) -> bool:
    if row.listing_id == listing.id:
        return row.assessment_id != assessment.id
    undecided = row.status in _UNDECIDED and row.browser_capture_id is None
    return undecided and assessment.priority > row.priority


def _first_words(text: str) -> str:
    """What a posting without a title is called in lists."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "（只有图片）")
    return line if len(line) <= _TITLE_WORDS else line[:_TITLE_WORDS] + "…"


def _shown(listing: Listing, assessment: StoredAssessment, at: datetime) -> dict[str, object]:
    return {
        "listing_id": listing.id,
        "assessment_id": assessment.id,
        "priority": assessment.priority,
        "rank": -assessment.priority,
        "title": listing.title or _first_words(listing.text),
        "platform": listing.platform,
        "url": listing.url,
        "district": listing.district,
        "updated_at": at,
    }
