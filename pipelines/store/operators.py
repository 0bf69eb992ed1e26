"""Operators: who stands behind listings, known by the contacts they share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select, text, update

from pipelines.errors import BadInput
from pipelines.records import Operator
from pipelines.store.base import Repo
from pipelines.store.contacts import stored_contact
from pipelines.store.desk_tables import LeadRow
from pipelines.store.schema import LOCK_OPERATORS
from pipelines.store.tables import ContactRow, ListingRow, OperatorRow


class Operators(Repo):
    def for_contacts(self, contact_ids: Sequence[int], *, name: str) -> int:
        """The operator any of these contacts belongs to; several become one (the oldest), none makes a new one.
        Afterwards all these contacts are theirs. A name is kept once known."""
        if not contact_ids:
            raise BadInput("没有联系方式，无法归并经营主体")
        if self._on_postgresql:
            # Two batches that merge the same operators crosswise would otherwise wait for each other for ever.
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_OPERATORS})"))
        owners = self._session.scalars(
            select(ContactRow.operator_id)
            .where(ContactRow.id.in_(contact_ids), ContactRow.operator_id.is_not(None))
            .distinct()
            .order_by(ContactRow.operator_id)
        ).all()
        known = [owner for owner in owners if owner is not None]
        operator_id = known[0] if known else self._new(name)
        for other in known[1:]:
            self._merge(other, operator_id)
        self._session.execute(update(ContactRow).where(ContactRow.id.in_(contact_ids)).values(operator_id=operator_id))
        if name:
            self._session.execute(
                update(OperatorRow).where(OperatorRow.id == operator_id, OperatorRow.name == "").values(name=name)
            )
        return operator_id

    def get(self, operator_id: int) -> Operator | None:
        """With counts; the id of a merged operator gives the one it became."""
        row = self._get(OperatorRow, operator_id)
        while row is not None and row.merged_into is not None:
            row = self._get(OperatorRow, row.merged_into)
        return None if row is None else self._record(row)

    def list(self, *, limit: int = 50) -> tuple[Operator, ...]:
        """Those with the most leads first."""
        leads = func.count(LeadRow.id)
        rows = self._session.scalars(
            select(OperatorRow)
            .join(ListingRow, ListingRow.operator_id == OperatorRow.id)
            .join(LeadRow, LeadRow.listing_id == ListingRow.id)
            .group_by(OperatorRow.id, OperatorRow.name, OperatorRow.merged_into)
            .order_by(leads.desc(), OperatorRow.id)
            .limit(limit)
        ).all()
        return tuple(self._record(row) for row in rows)

    def _new(self, name: str) -> int:
        return self._session.scalars(insert(OperatorRow).returning(OperatorRow.id), [{"name": name}]).one()

    def _merge(self, other: int, into: int) -> None:
        """Everything of `other` becomes that of `into`; the row stays as a signpost."""
        for table in (ContactRow, ListingRow):
            self._session.execute(update(table).where(table.operator_id == other).values(operator_id=into))
        name = self._session.scalars(select(OperatorRow.name).where(OperatorRow.id == other)).one()
        self._session.execute(
            update(OperatorRow).where(OperatorRow.id == into, OperatorRow.name == "").values(name=name)
        )
        self._session.execute(update(OperatorRow).where(OperatorRow.merged_into == other).values(merged_into=into))
        self._session.execute(update(OperatorRow).where(OperatorRow.id == other).values(merged_into=into))

    def _record(self, row: OperatorRow) -> Operator:
        contacts = self._session.scalars(
            select(ContactRow).where(ContactRow.operator_id == row.id).order_by(ContactRow.id)
        ).all()
        organisation = next((contact.masked for contact in contacts if contact.kind == "org"), "")
        listings = select(func.count()).select_from(ListingRow).where(ListingRow.operator_id == row.id)
        leads = (
            select(func.count())
            .select_from(LeadRow)
            .join(ListingRow, ListingRow.id == LeadRow.listing_id)
            .where(ListingRow.operator_id == row.id)
        )
        return Operator(
            id=row.id,
            name=organisation or row.name,
            contacts=tuple(stored_contact(contact) for contact in contacts),
            listings=int(self._session.scalar(listings) or 0),
            leads=int(self._session.scalar(leads) or 0),
        )
