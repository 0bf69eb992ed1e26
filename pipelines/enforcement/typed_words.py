"""What people type into a field of one line."""

from __future__ import annotations

from pipelines.errors import BadInput

#: Characters of a reason that stands in a case's history.
MAX_REASON = 300


def one_line(text: str, most: int, what: str) -> str:
    """The words in one line, single spaces between them, nothing unprintable. Raises BadInput, naming the field, when
    more than `most` characters are left."""
    cleaned = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(cleaned) > most:
        raise BadInput(f"{what}最多 {most} 字。")
    return cleaned
