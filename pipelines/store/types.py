"""Column types that give the same Python value back from SQLite and from PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

#: 64-bit on PostgreSQL; on SQLite the spelling that makes a primary key the row id.
WholeNumber = BigInteger().with_variant(Integer(), "sqlite")

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """Text that both engines take: NUL and lone surrogates become U+FFFD, one for one, so that offsets hold."""
    if "\x00" in text:
        text = text.replace("\x00", _REPLACEMENT)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join(_REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value: keys sorted, no spaces, no NaN. What is hashed is spelled like this."""
    return clean(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False))


def as_stored(value: Any) -> Any:
    """A JSON value as it comes back from the store."""
    return json.loads(_spelt(value))


def _spelt(value: Any) -> str:
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


class Words(TypeDecorator[str]):
    """Unicode text of any length, cleaned on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else clean(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, UTC, to the microsecond. Naive times are refused; on SQLite it is text that sorts by time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        value = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return value
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value kept as text, so that the order of keys survives on both engines (JSONB would lose it)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        if value is None:
            return None
        return _spelt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else json.loads(value)
