"""The queue: leads in the order people work them (priority first, then oldest), filtered, counted, paged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from pipelines.records import Lead, LeadStatus, PageOf, Verdict
from pipelines.store.base import Repo
from pipelines.store.desk_tables import DecisionRow, LeadCodeRow, LeadRow, WithdrawnLeadRow
from pipelines.store.tables import ListingRow, ListingVersionRow

#: Of a number both databases can compare ids with.
_MAX_DIGITS = 9


class LeadQueue(Repo):
    def page(
        self,
        *,
        status: LeadStatus | None = None,
        source: str | None = None,
        code: str | None = None,
        district: str | None = None,
        query: str | None = None,
        after: str | None = None,
        limit: int = 50,
        demo: bool | None = None,
    ) -> PageOf[Lead]:
        """Priority falling, then id rising. `query` looks for the words in title and text of the listing shown;
        `after` is the id of the last lead seen (a lead that has meanwhile left the filter still marks the place)."""
        conditions = _conditions(status, source, code, district, query, demo)
        total = int(self._session.scalar(select(func.count()).select_from(LeadRow).where(*conditions)) or 0)
        place = self._place(after)
        if place is not None:
            conditions.append(tuple_(LeadRow.rank, LeadRow.id) > tuple_(*place))
        leads = self._records(*conditions, limit=limit + 1)
        more = str(leads[limit - 1].id) if len(leads) > limit else None
        return PageOf(items=leads[:limit], next=more, total=total)

    def neighbours(self, lead_id: int, status: LeadStatus | None) -> tuple[int | None, int | None]:
        """The leads before and after this one in the queue of that status (None: of all)."""
        place = self._place(str(lead_id))
        if place is None:
            return None, None
        here = tuple_(*place)
        order = tuple_(LeadRow.rank, LeadRow.id)
        ids = select(LeadRow.id).limit(1)
        if status is not None:
            ids = ids.where(*_of_status(status))
        before = ids.where(order < here).order_by(LeadRow.rank.desc(), LeadRow.id.desc())
        behind = ids.where(order > here).order_by(LeadRow.rank, LeadRow.id)
        return self._session.scalar(before), self._session.scalar(behind)

    def counts(self) -> dict[LeadStatus, int]:
        """Status → number of leads; every status is there."""
        rows = self._session.execute(select(LeadRow.status, func.count()).group_by(LeadRow.status))
        found = {LeadStatus(status): number for status, number in rows}
        withdrawn = int(self._session.scalar(select(func.count()).select_from(WithdrawnLeadRow)) or 0)
        found[LeadStatus.OPEN] = found.get(LeadStatus.OPEN, 0) - withdrawn
        found[LeadStatus.WITHDRAWN] = withdrawn
        return {status: found.get(status, 0) for status in LeadStatus}

    def without_browser_capture(self, limit: int, *, source: str | None = None) -> tuple[Lead, ...]:
        """Undecided leads (of one source or of all) nobody took a picture of yet, in the order of the queue."""
        of_source = () if source is None else (LeadRow.source == source,)
        return self._records(
            *of_source,
            LeadRow.browser_capture_id.is_(None),
            LeadRow.status.in_([LeadStatus.OPEN, LeadStatus.HELD]),
            ~_withdrawn(),
            limit=limit,
        )

    def decided_between(self, start: datetime, end: datetime) -> tuple[Lead, ...]:
        """Leads with a decision made at or after start and before end that still stands (not taken back), by id."""
        undo = aliased(DecisionRow)
        standing = (
            select(DecisionRow.lead_id)
            .where(
                DecisionRow.decided_at >= start,
                DecisionRow.decided_at < end,
                DecisionRow.verdict != Verdict.UNDO,
                ~select(undo.id).where(undo.undoes == DecisionRow.id).exists(),
            )
            .distinct()
        )
        return self._by_id(LeadRow.id.in_(standing))

    def created_between(self, start: datetime, end: datetime) -> tuple[Lead, ...]:
        """Leads that came at or after start and before end, by id."""
        return self._by_id(and_(LeadRow.created_at >= start, LeadRow.created_at < end))

    def ever_taken_on(self) -> tuple[Lead, ...]:
        """Leads that were confirmed or transferred at some time, whatever was decided since, by id."""
        ids = select(DecisionRow.lead_id).where(DecisionRow.verdict.in_([Verdict.CONFIRM, Verdict.TRANSFER]))
        return self._by_id(LeadRow.id.in_(ids))

    def of_operator(self, operator_id: int) -> tuple[Lead, ...]:
        """Leads whose shown listing is this operator's, by id."""
        listings = select(ListingRow.id).where(ListingRow.operator_id == operator_id)
        return self._by_id(LeadRow.listing_id.in_(listings))

    def _place(self, lead_id: str | None) -> tuple[int, int] | None:
        """Where a lead stands in the queue."""
        if lead_id is None or not lead_id.isdecimal() or len(lead_id) > _MAX_DIGITS:
            return None
        rank = self._session.scalar(select(LeadRow.rank).where(LeadRow.id == int(lead_id)))
        return None if rank is None else (rank, int(lead_id))

    def _by_id(self, condition: ColumnElement[bool]) -> tuple[Lead, ...]:
        return tuple(sorted(self._records(condition), key=lambda lead: lead.id))

    def _records(self, *conditions: ColumnElement[bool], limit: int | None = None) -> tuple[Lead, ...]:
        rows = self._session.execute(_LEADS.where(*conditions).limit(limit)).all()
        codes = self._codes([row.id for row, *_ in rows])
        return tuple(
            _record(row, codes.get(row.id, ()), operator, number, bool(withdrawn))
            for row, operator, number, withdrawn in rows
        )

    def _codes(self, lead_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        # In portions: SQLite takes a bounded number of parameters.
        for start in range(0, len(lead_ids), 1000):
            rows = self._session.execute(
                select(LeadCodeRow.lead_id, LeadCodeRow.code)
                .where(LeadCodeRow.lead_id.in_(lead_ids[start : start + 1000]))
                .order_by(LeadCodeRow.lead_id, LeadCodeRow.position)
            )
            for lead_id, code in rows:
                found[lead_id] = (*found.get(lead_id, ()), code)
        return found


def _conditions(
    status: LeadStatus | None,
    source: str | None,
    code: str | None,
    district: str | None,
    query: str | None,
    demo: bool | None,
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if status is not None:
        conditions += _of_status(status)
    if source is not None:
        conditions.append(LeadRow.source == source)
    if district is not None:
        conditions.append(LeadRow.district == district)
    if demo is not None:
        conditions.append(LeadRow.demo == demo)
    if code is not None:
        conditions.append(LeadRow.id.in_(select(LeadCodeRow.lead_id).where(LeadCodeRow.code == code)))
    if query:
        conditions.append(or_(LeadRow.title.icontains(query, autoescape=True), _text_contains(query)))
    return conditions


def _of_status(status: LeadStatus) -> tuple[ColumnElement[bool], ...]:
    if status is LeadStatus.WITHDRAWN:
        return (LeadRow.status == LeadStatus.OPEN, _withdrawn())
    if status is LeadStatus.OPEN:
        return (LeadRow.status == status, ~_withdrawn())
    return (LeadRow.status == status,)


def _withdrawn() -> ColumnElement[bool]:
    return select(WithdrawnLeadRow.lead_id).where(WithdrawnLeadRow.lead_id == LeadRow.id).correlate(LeadRow).exists()


def _text_contains(query: str) -> ColumnElement[bool]:
    return (
        select(ListingVersionRow.id)
        .join(
            ListingRow,
            (ListingRow.id == ListingVersionRow.listing_id) & (ListingRow.version == ListingVersionRow.version),
        )
        .where(ListingRow.id == LeadRow.listing_id, ListingVersionRow.text.icontains(query, autoescape=True))
        .correlate(LeadRow)
        .exists()
    )


def _record(row: LeadRow, codes: tuple[str, ...], operator_id: int | None, duplicates: int, withdrawn: bool) -> Lead:
    return Lead(
        id=row.id,
        cluster_id=row.cluster_id,
        listing_id=row.listing_id,
        assessment_id=row.assessment_id,
        status=LeadStatus.WITHDRAWN if withdrawn else LeadStatus(row.status),
        priority=row.priority,
        title=row.title,
        source=row.source,
        platform=row.platform,
        url=row.url,
        district=row.district,
        codes=codes,
        operator_id=operator_id,
        duplicates=duplicates - 1,
        created_at=row.created_at,
        updated_at=row.updated_at,
        demo=row.demo,
        browser_capture_id=row.browser_capture_id,
        revision=row.revision,
    )


_TWIN = aliased(ListingRow)
#: All of the cluster, itself included; counted at every look, since listings join a cluster without touching its lead.
_DUPLICATES = select(func.count()).where(_TWIN.cluster_id == LeadRow.cluster_id).correlate(LeadRow).scalar_subquery()
#: Made once: spelling it out takes longer than the database takes to answer it.
_LEADS = (
    select(LeadRow, ListingRow.operator_id, _DUPLICATES, _withdrawn())
    .join(ListingRow, ListingRow.id == LeadRow.listing_id)
    .order_by(LeadRow.rank, LeadRow.id)
)
