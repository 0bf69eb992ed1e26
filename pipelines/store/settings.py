"""Settings people make in the interface: region, agency."""

from __future__ import annotations

from pipelines.store.base import Repo
from pipelines.store.desk_tables import SettingRow


class SettingsTable(Repo):
    def get(self, key: str) -> str | None:
        row = self._get(SettingRow, key)
        return None if row is None else row.value

    def set(self, key: str, value: str) -> None:
        statement = self._insert(SettingRow).values(key=key, value=value)
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )
