"""What a browser posted, as plain strings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from pipelines.errors import BadInput
from review_ui.ids import MAX_ROW_ID


@dataclass(frozen=True)
class Form:
    """Fields of a form; asking for one that was not sent gives ""."""

    fields: dict[str, list[str]]

    def text(self, name: str) -> str:
        return self.fields.get(name, [""])[0]

    def texts(self, name: str) -> list[str]:
        return self.fields.get(name, [])

    def number(self, name: str) -> int:
        return as_number(self.text(name))

    def numbers(self, name: str) -> list[int]:
        return [as_number(text) for text in self.texts(name)]


def as_number(text: str) -> int:
    """A whole number a row id or revision can be. Raises BadInput."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_ROW_ID):
        raise BadInput("应为数字。")
    return int(text)


def as_day(text: str, called: str = "日期") -> date:
    """The day of a field that people call so. Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{called}没有填完整，请写年月日，例如 2026-11-16。") from None


async def read_form(request: Request) -> Form:
    """The posted form; files are not taken here."""
    try:
        data = await request.form(max_files=0, max_fields=500)
    except MultiPartException as exc:
        raise HTTPException(status_code=400, detail="表单读不懂。") from exc
    fields: dict[str, list[str]] = {}
    for name, value in data.multi_items():
        if isinstance(value, str):
            # PostgreSQL takes no NUL and no encoding takes half a surrogate pair; no field of ours has either.
            cleaned = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
            fields.setdefault(name, []).append(cleaned)
    return Form(fields)
