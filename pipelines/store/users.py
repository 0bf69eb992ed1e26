"""Users: who may log in and as what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from pipelines.errors import Conflict, NotFound
from pipelines.records import Role, User
from pipelines.store.base import Repo
from pipelines.store.desk_tables import UserRoleRow, UserRow


class Users(Repo):
    def get(self, name: str) -> User | None:
        row = self._get(UserRow, name)
        return None if row is None else _record(row, self._roles().get(name, frozenset()))

    def add(self, user: User) -> None:
        """Add one. Raises Conflict when the name is taken (also by a disabled user)."""
        if self._get(UserRow, user.name) is not None:
            raise Conflict(f"用户 {user.name} 已存在")
        values = {
            "name": user.name,
            "password_hash": user.password_hash,
            "disabled": user.disabled,
            "created_at": user.created_at,
            "demo": user.demo,
            "keys_enabled": user.keys_enabled,
            "password_given_at": user.password_given_at,
        }
        self._session.execute(insert(UserRow), [values])
        self._add_roles(user.name, user.roles)

    def list(self) -> tuple[User, ...]:
        """All of them, disabled ones too, by name."""
        roles = self._roles()
        rows = self._session.scalars(select(UserRow))
        users = (_record(row, roles.get(row.name, frozenset())) for row in rows)
        return tuple(sorted(users, key=lambda user: user.name))

    def set_disabled(self, name: str, disabled: bool) -> None:
        self._change(name, disabled=disabled)

    def set_password(self, name: str, password_hash: str, *, given_at: datetime | None) -> None:
        """Another password, its user's own or given by somebody else at this moment."""
        self._change(name, password_hash=password_hash, password_given_at=given_at)

    def rehash(self, name: str, password_hash: str) -> None:
        """The same password under stronger parameters."""
        self._change(name, password_hash=password_hash)

    def set_keys_enabled(self, name: str, enabled: bool) -> None:
        self._change(name, keys_enabled=enabled)

    def set_roles(self, name: str, roles: Iterable[Role]) -> None:
        """These and no others."""
        if self._get(UserRow, name) is None:
            raise NotFound(f"没有用户 {name}")
        self._session.execute(delete(UserRoleRow).where(UserRoleRow.user == name))
        self._add_roles(name, roles)

    def count(self) -> int:
        return int(self._session.scalar(select(func.count()).select_from(UserRow)) or 0)

    def _change(self, name: str, **values: object) -> None:
        changed = self._session.execute(
            update(UserRow).where(UserRow.name == name).values(**values).returning(UserRow.name)
        ).scalar_one_or_none()
        if changed is None:
            raise NotFound(f"没有用户 {name}")

    def _add_roles(self, name: str, roles: Iterable[Role]) -> None:
        values = [{"user": name, "role": role.value} for role in sorted(set(roles))]
        if values:
            self._session.execute(insert(UserRoleRow), values)

    def _roles(self) -> dict[str, frozenset[Role]]:
        """Everybody's roles: a station has a handful of users."""
        found: dict[str, set[Role]] = {}
        for row in self._session.scalars(select(UserRoleRow)):
            found.setdefault(row.user, set()).add(Role(row.role))
        return {name: frozenset(roles) for name, roles in found.items()}


def _record(row: UserRow, roles: frozenset[Role]) -> User:
    return User(
        name=row.name,
        roles=roles,
        password_hash=row.password_hash,
        disabled=row.disabled,
        created_at=row.created_at,
        demo=row.demo,
        keys_enabled=row.keys_enabled,
        password_given_at=row.password_given_at,
    )
