"""Cases: leads of one operator taken on; a lead is in one case at most, and a case's history is only added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, text, tuple_, update

from pipelines import clock
from pipelines.errors import BadInput, Conflict, NotFound
from pipelines.records import Case, CaseEvent, CaseEventKind, PageOf
from pipelines.store.base import Repo, pieces
from pipelines.store.desk_tables import CaseEventRow, CaseLeadRow, CaseRow, LeadRow
from pipelines.store.schema import LOCK_CASES
from pipelines.store.tables import ListingRow

#: State of a lead that is in a case now.
_IN = "in"


class Cases(Repo):
    def open(
        self, lead_ids: Sequence[int], title: str, user: str, at: datetime, demo: bool, together: str = ""
    ) -> Case:
        """A new case, numbered per year in China (AJ-2026-0001); `together`: why these leads are in one, where that is
        not plain. Raises Conflict naming a lead that is in a case,
        NotFound naming one that does not exist."""
        wanted = sorted(set(lead_ids))
        if not wanted:
            raise BadInput("案件至少要有一条线索")
        self._take_turns()
        self._refuse_taken(wanted)
        year = clock.local(at).year
        last = select(func.max(CaseRow.number)).where(CaseRow.year == year)
        number = int(self._session.scalar(last) or 0) + 1
        case_id = f"AJ-{year}-{number:04d}"
        values = {
            "id": case_id,
            "year": year,
            "number": number,
            "title": title,
            "status": "open",
            "opened_by": user,
            "opened_at": at,
            "demo": demo,
        }
        self._session.execute(insert(CaseRow), [values])
        rows = [{"case_id": case_id, "lead_id": lead_id, "state": _IN} for lead_id in wanted]
        self._session.execute(insert(CaseLeadRow), rows)
        if together:
            for lead_id in wanted:
                self._note(case_id, CaseEventKind.JOINED, lead_id, together, user, at)
        return self._records(self._session.scalars(select(CaseRow).where(CaseRow.id == case_id)))[0]

    def join(self, case_id: str, lead_ids: Sequence[int], user: str, at: datetime, together: str = "") -> Case:
        """Add leads to a case. Raises Conflict naming a lead that is in a case or a case that has ended, NotFound."""
        wanted = sorted(set(lead_ids))
        self._take_turns()
        self._refuse_ended(case_id)
        self._refuse_taken(wanted)
        for lead_id in wanted:
            row = self._get(CaseLeadRow, (case_id, lead_id))
            if row is None:
                self._session.execute(insert(CaseLeadRow), [{"case_id": case_id, "lead_id": lead_id, "state": _IN}])
            else:
                self._set_state(_IN, CaseLeadRow.case_id == case_id, CaseLeadRow.lead_id == lead_id)
            self._note(case_id, CaseEventKind.JOINED, lead_id, together, user, at)
        return self._one(case_id)

    def take_out(self, case_id: str, lead_id: int, reason: str, user: str, at: datetime) -> Case:
        """Take a lead out of a case; its row stays, and says so. Raises Conflict for the last one, or one not in it."""
        self._take_turns()
        self._refuse_ended(case_id)
        inside = self._one(case_id).lead_ids
        if lead_id not in inside:
            raise Conflict(f"线索 {lead_id} 不在案件 {case_id} 里")
        if len(inside) == 1:
            raise Conflict(f"案件 {case_id} 只剩这一条线索，不能移出；整案不办的请撤案")
        self._set_state("taken_out", CaseLeadRow.case_id == case_id, CaseLeadRow.lead_id == lead_id)
        self._note(case_id, CaseEventKind.TAKEN_OUT, lead_id, reason, user, at)
        return self._one(case_id)

    def close(self, case_id: str, kind: CaseEventKind, reason: str, user: str, at: datetime) -> Case:
        """End a case; the leads of a withdrawn one are free again. Raises Conflict when it has ended already."""
        self._take_turns()
        self._refuse_ended(case_id)
        if kind is CaseEventKind.WITHDRAWN:
            self._set_state("released", CaseLeadRow.case_id == case_id, CaseLeadRow.state == _IN)
        self._session.execute(update(CaseRow).where(CaseRow.id == case_id).values(status="closed"))
        self._note(case_id, kind, None, reason, user, at)
        return self._one(case_id)

    def events(self, case_id: str) -> tuple[CaseEvent, ...]:
        """What happened to the case, oldest first; leads it was opened with, where that was given a reason, joined at
        that moment."""
        rows = self._session.scalars(
            select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(CaseEventRow.id)
        )
        return tuple(_event(row) for row in rows)

    def ongoing(self, limit: int) -> tuple[Case, ...]:
        """Those that have not ended, newest first."""
        newest = (
            select(CaseRow)
            .where(CaseRow.status == "open")
            .order_by(CaseRow.year.desc(), CaseRow.number.desc())
            .limit(limit)
        )
        return tuple(self._records(self._session.scalars(newest)))

    def get(self, case_id: str) -> Case | None:
        found = self._records(self._session.scalars(select(CaseRow).where(CaseRow.id == case_id)))
        return found[0] if found else None

    def list(self) -> tuple[Case, ...]:
        """All of them, newest first."""
        newest = select(CaseRow).order_by(CaseRow.year.desc(), CaseRow.number.desc())
        return tuple(self._records(self._session.scalars(newest)))

    def page(self, after: str | None = None, limit: int = 50) -> PageOf[Case]:
        """Newest first; `after` is the id of the last one seen."""
        wanted = select(CaseRow).order_by(CaseRow.year.desc(), CaseRow.number.desc()).limit(limit + 1)
        last = None if after is None else self._get(CaseRow, after)
        if last is not None:
            wanted = wanted.where(tuple_(CaseRow.year, CaseRow.number) < tuple_(last.year, last.number))
        found = self._records(self._session.scalars(wanted))
        total = int(self._session.scalar(select(func.count()).select_from(CaseRow)) or 0)
        return PageOf(items=tuple(found[:limit]), next=found[limit - 1].id if len(found) > limit else None, total=total)

    def of_lead(self, lead_id: int) -> Case | None:
        """The case the lead is in."""
        case_id = self.of_leads((lead_id,)).get(lead_id)
        return None if case_id is None else self.get(case_id)

    def of_leads(self, lead_ids: Sequence[int]) -> dict[int, str]:
        """Lead → the case it is in; leads in none are missing."""
        wanted = select(CaseLeadRow.lead_id, CaseLeadRow.case_id).where(CaseLeadRow.state == _IN)
        return {
            row.lead_id: row.case_id
            for portion in pieces(lead_ids)
            for row in self._session.execute(wanted.where(CaseLeadRow.lead_id.in_(portion)))
        }

    def _one(self, case_id: str) -> Case:
        found = self.get(case_id)
        if found is None:
            raise NotFound(f"没有案件 {case_id}")
        return found

    def _take_turns(self) -> None:
        """Numbers are given out and leads change hands one transaction after the other; SQLite has one writer."""
        if self._on_postgresql:
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_CASES})"))

    def _refuse_taken(self, wanted: Sequence[int]) -> None:
        known = set(self._session.scalars(select(LeadRow.id).where(LeadRow.id.in_(wanted))))
        for lead_id in wanted:
            if lead_id not in known:
                raise NotFound(f"没有线索 {lead_id}")
        taken = self.of_leads(wanted)
        if taken:
            first = min(taken)
            raise Conflict(f"线索 {first} 已在案件 {taken[first]} 中")

    def _refuse_ended(self, case_id: str) -> None:
        closing = self._one(case_id).closing
        if closing is not None:
            how = "已撤案" if closing.kind is CaseEventKind.WITHDRAWN else "已结案"
            raise Conflict(f"案件 {case_id} {how}，不能再改")

    def _set_state(self, state: str, *conditions: ColumnElement[bool]) -> None:
        self._session.execute(update(CaseLeadRow).where(*conditions).values(state=state))

    def _note(
        self, case_id: str, kind: CaseEventKind, lead_id: int | None, reason: str, user: str, at: datetime
    ) -> None:
        values = {"case_id": case_id, "kind": kind, "lead_id": lead_id, "reason": reason, "user": user, "at": at}
        self._session.execute(insert(CaseEventRow), [values])

    def _records(self, rows: Iterable[CaseRow]) -> Sequence[Case]:
        found = tuple(rows)
        ids = [row.id for row in found]
        leads: dict[str, dict[int, int | None]] = {}
        pairs = self._session.execute(
            select(CaseLeadRow.case_id, CaseLeadRow.lead_id, ListingRow.operator_id)
            .join(LeadRow, LeadRow.id == CaseLeadRow.lead_id)
            .join(ListingRow, ListingRow.id == LeadRow.listing_id)
            .where(CaseLeadRow.case_id.in_(ids), CaseLeadRow.state != "taken_out")
            .order_by(CaseLeadRow.lead_id)
        )
        for case_id, lead_id, operator_id in pairs:
            leads.setdefault(case_id, {})[lead_id] = operator_id
        endings = self._session.scalars(
            select(CaseEventRow).where(
                CaseEventRow.case_id.in_(ids),
                CaseEventRow.kind.in_([CaseEventKind.CONCLUDED, CaseEventKind.WITHDRAWN]),
            )
        )
        closings = {row.case_id: _event(row) for row in endings}
        return tuple(_record(row, leads[row.id], closings.get(row.id)) for row in found)


def _record(row: CaseRow, leads: dict[int, int | None], closing: CaseEvent | None) -> Case:
    """The case's operator is the one all its leads share, else none."""
    operators = set(leads.values())
    return Case(
        id=row.id,
        title=row.title,
        status=row.status if closing is None else closing.kind.value,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        lead_ids=tuple(leads),
        operator_id=operators.pop() if len(operators) == 1 else None,
        demo=row.demo,
        closing=closing,
    )


def _event(row: CaseEventRow) -> CaseEvent:
    return CaseEvent(
        id=row.id,
        case_id=row.case_id,
        kind=CaseEventKind(row.kind),
        lead_id=row.lead_id,
        reason=row.reason,
        user=row.user,
        at=row.at,
    )
