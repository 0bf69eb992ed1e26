"""Decisions: rows are only ever added; triggers in the database refuse the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from pipelines.errors import Conflict, NotFound
from pipelines.records import AddedReason, Decision, Strike, Verdict
from pipelines.records.findings import with_ids, words_of
from pipelines.store.base import Repo, pieces
from pipelines.store.desk_tables import DecisionReasonRow, DecisionRow, LeadRow
from pipelines.store.tables import AssessmentRow

_DECISIONS = select(DecisionRow, DecisionReasonRow).outerjoin(
    DecisionReasonRow, DecisionReasonRow.decision_id == DecisionRow.id
)


class Decisions(Repo):
    def add(
        self,
        lead_id: int,
        verdict: Verdict,
        to_department: str | None,
        reason: str,
        user: str,
        os_account: str | None,
        undoes: int | None,
        at: datetime,
        *,
        struck: Sequence[Strike] = (),
    ) -> Decision:
        """Add one. An undo names the decision it takes back, each at most once (Conflict)."""
        if self._get(LeadRow, lead_id) is None:
            raise NotFound(f"没有线索 {lead_id}")
        row = self._session.scalars(
            insert(DecisionRow).returning(DecisionRow),
            [
                {
                    "lead_id": lead_id,
                    "verdict": verdict,
                    "to_department": to_department,
                    "reason": reason,
                    "user": user,
                    "os_account": os_account,
                    "decided_at": at,
                    "undoes": undoes,
                    "struck": [_stored(one) for one in struck] or None,
                }
            ],
        ).one()
        return self._records([(row, None)])[0]

    def add_reason(self, decision_id: int, reason: str, user: str, os_account: str | None, at: datetime) -> Decision:
        """Give a decision without a reason its reason. Raises Conflict when it has one, NotFound."""
        decision = self.get(decision_id)
        if decision is None:
            raise NotFound(f"没有结论 {decision_id}")
        if decision.reason:
            raise Conflict("这条结论已经有理由了。")
        row = self._session.scalars(
            insert(DecisionReasonRow).returning(DecisionReasonRow),
            [{"decision_id": decision_id, "reason": reason, "user": user, "os_account": os_account, "at": at}],
        ).one()
        found = self._get(DecisionRow, decision_id)
        if found is None:
            raise NotFound(f"没有结论 {decision_id}")
        return self._records([(found, row)])[0]

    def get(self, decision_id: int) -> Decision | None:
        row = self._session.execute(_DECISIONS.where(DecisionRow.id == decision_id)).one_or_none()
        return None if row is None else self._records([row])[0]

    def for_lead(self, lead_id: int) -> tuple[Decision, ...]:
        """The lead's history, oldest first."""
        rows = self._session.execute(_DECISIONS.where(DecisionRow.lead_id == lead_id).order_by(DecisionRow.id))
        return self._records(rows)

    def get_many(self, ids: Iterable[int]) -> tuple[Decision, ...]:
        """Those of the ids that exist, oldest first."""
        found: list[Decision] = []
        for portion in pieces(sorted(ids)):
            rows = self._session.execute(_DECISIONS.where(DecisionRow.id.in_(portion)).order_by(DecisionRow.id))
            found.extend(self._records(rows))
        return tuple(found)

    def for_leads(self, lead_ids: Sequence[int]) -> dict[int, tuple[Decision, ...]]:
        """Lead → its history, oldest first; leads without one are missing."""
        found: dict[int, list[Decision]] = {}
        for portion in pieces(lead_ids):
            rows = self._session.execute(_DECISIONS.where(DecisionRow.lead_id.in_(portion)).order_by(DecisionRow.id))
            for decision in self._records(rows):
                found.setdefault(decision.lead_id, []).append(decision)
        return {lead_id: tuple(rows) for lead_id, rows in found.items()}

    def between(self, start: datetime, end: datetime) -> tuple[Decision, ...]:
        """Decided at or after start and before end, undos included, oldest first."""
        rows = self._session.execute(
            _DECISIONS.where(DecisionRow.decided_at >= start, DecisionRow.decided_at < end).order_by(DecisionRow.id)
        )
        return self._records(rows)

    def _records(self, rows: Iterable[Any]) -> tuple[Decision, ...]:
        pairs = [(row, added) for row, added in rows]
        struck = Strikes(self._session).read(row.struck for row, _ in pairs)
        return tuple(_record(row, added, out) for (row, added), out in zip(pairs, struck, strict=True))


class Strikes(Repo):
    """What the column of struck findings holds, with the words they rested on."""

    def read(self, stored: Iterable[Sequence[Any] | None]) -> list[tuple[Strike, ...]]:
        """Of each row its strikes: objects, or the rule codes of rows from before findings had names."""
        rows = [
            [Strike(id=one) if isinstance(one, str) else Strike(**one) for one in struck or ()] for struck in stored
        ]
        words = self._words({one.assessment for row in rows for one in row if one.assessment})
        return [
            tuple(replace(one, words=words.get((one.assessment, one.id), frozenset())) for one in row) for row in rows
        ]

    def _words(self, assessment_ids: Collection[int]) -> dict[tuple[int, str], frozenset[str]]:
        found: dict[tuple[int, str], frozenset[str]] = {}
        for portion in pieces(sorted(assessment_ids)):
            wanted = select(AssessmentRow.id, AssessmentRow.result).where(AssessmentRow.id.in_(portion))
            for assessment_id, result in self._session.execute(wanted):
                for finding in with_ids(result.get("findings", ())):
                    found[assessment_id, str(finding["id"])] = words_of(finding)
        return found


def _stored(strike: Strike) -> dict[str, Any] | str:
    """Without the words: a decision stays when its posting has long been emptied."""
    return {key: value for key, value in asdict(strike).items() if key != "words"} if strike.version else strike.id


def _record(row: DecisionRow, added: DecisionReasonRow | None, struck: tuple[Strike, ...]) -> Decision:
    return Decision(
        id=row.id,
        lead_id=row.lead_id,
        verdict=Verdict(row.verdict),
        to_department=row.to_department,
        reason=row.reason if added is None else added.reason,
        user=row.user,
        os_account=row.os_account,
        decided_at=row.decided_at,
        undoes=row.undoes,
        struck=struck,
        added=None if added is None else AddedReason(user=added.user, at=added.at),
    )
