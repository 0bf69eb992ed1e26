"""Operators: who stands behind listings, known by the contacts they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, insert, select, text, update

from pipelines.errors import BadInput
from pipelines.records import Operator
from pipelines.store.base import Repo, bare, pieces
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
        self._lock()
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

    def for_many(self, groups: Sequence[tuple[Sequence[int], str]]) -> Sequence[int | None]:
        """`for_contacts` for many (contacts of a posting, name), as if one after the other: the operator of each, None
        for one without contacts."""
        if not any(contact_ids for contact_ids, _name in groups):
            return [None] * len(groups)
        self._lock()
        owners = self._owners({contact_id for contact_ids, _name in groups for contact_id in contact_ids})
        # Ids of operators are told from those of contacts by their sign.
        owned = [[contact_id, -owner] for contact_id, owner in owners.items() if owner is not None]
        root = _joined([*(contact_ids for contact_ids, _name in groups), *owned])
        members: dict[int, list[int]] = {}
        for contact_id in owners:
            members.setdefault(root[contact_id], []).append(contact_id)
        names: dict[int, str] = {}
        for contact_ids, name in groups:
            if contact_ids and name:
                names.setdefault(root[contact_ids[0]], name)
        known = {place: {owners[one] for one in of if owners[one] is not None} for place, of in members.items()}
        new = [place for place, its in known.items() if not its]
        given: dict[int, int] = dict(zip(new, self._new_many([names.get(place, "") for place in new]), strict=True))
        for place, its in known.items():
            if len(its) > 1:
                given[place] = self.for_contacts(members[place], name=names.get(place, ""))
            elif its:
                given[place] = next(one for one in its if one is not None)
        self._hand_over(
            [(one, given[place]) for place, of in members.items() for one in of if owners[one] != given[place]]
        )
        self._name({given[place]: name for place, name in names.items() if place not in new})
        return [given[root[contact_ids[0]]] if contact_ids else None for contact_ids, _name in groups]

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

    def _lock(self) -> None:
        if self._on_postgresql:
            # Two batches that merge the same operators crosswise would otherwise wait for each other for ever.
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_OPERATORS})"))

    def _owners(self, contact_ids: Iterable[int]) -> dict[int, int | None]:
        found: dict[int, int | None] = {}
        for piece in pieces(sorted(contact_ids)):
            columns = bare(ContactRow).c
            rows = self._session.execute(select(columns.id, columns.operator_id).where(columns.id.in_(piece)))
            found.update(rows.all())
        return found

    def _new_many(self, names: Sequence[str]) -> Sequence[int]:
        if not names:
            return []
        added = insert(bare(OperatorRow)).returning(OperatorRow.id, sort_by_parameter_order=True)
        return self._session.scalars(added, [{"name": name} for name in names]).all()

    def _hand_over(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Each contact (first) is the operator's (second)."""
        if pairs:
            columns = bare(ContactRow).c
            given = update(bare(ContactRow)).where(columns.id == bindparam("contact"))
            self._session.execute(
                given.values(operator_id=bindparam("operator")),
                [{"contact": contact_id, "operator": operator_id} for contact_id, operator_id in pairs],
            )

    def _name(self, names: dict[int, str]) -> None:
        """A name for those that have none yet."""
        for piece in pieces(names):
            nameless = select(OperatorRow.id).where(OperatorRow.id.in_(piece), OperatorRow.name == "")
            for operator_id in self._session.scalars(nameless).all():
                self._session.execute(
                    update(OperatorRow).where(OperatorRow.id == operator_id).values(name=names[operator_id])
                )

    def _new(self, name: str) -> int:
        return self._new_many([name])[0]

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


def _joined(groups: Sequence[Sequence[int]]) -> dict[int, int]:
    """Each member of the groups → one member that stands for all it is joined with, by this group or over others."""
    above: dict[int, int] = {}

    def top(one: int) -> int:
        while above.setdefault(one, one) != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for group in groups:
        for other in group:
            above[top(other)] = top(group[0])
    return {one: top(one) for one in above}
