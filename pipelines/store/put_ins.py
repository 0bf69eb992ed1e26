"""Which pages saved by somebody logged in were put into a case's packages: rows are only ever added."""

from __future__ import annotations

from sqlalchemy import insert, select

from pipelines.records import PutIn
from pipelines.store.base import Repo
from pipelines.store.put_in_tables import PutInRow

_COLUMNS = ("capture_id", "lead_id", "reason", "user", "at")


class PutIns(Repo):
    def add(self, case_id: str, row: PutIn) -> None:
        """Add one; whether there is one already is for the caller to ask, within this transaction."""
        values = {name: getattr(row, name) for name in _COLUMNS}
        self._session.execute(insert(PutInRow), [values | {"case_id": case_id}])

    def of_case(self, case_id: str) -> dict[str, PutIn]:
        """Capture → who put it in; the first, where two did so at the same moment."""
        rows = self._session.scalars(select(PutInRow).where(PutInRow.case_id == case_id).order_by(PutInRow.id.desc()))
        return {row.capture_id: PutIn(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows}
