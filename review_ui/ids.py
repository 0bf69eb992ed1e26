"""The ids that addresses carry, bounded so that no database refuses them; anything else is no page of ours."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Path, Request

#: What both databases take as a row id.
MAX_ROW_ID = 2**31 - 1

RowId = Annotated[int, Path(ge=1, le=MAX_ROW_ID)]
CaptureId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
CaseId = Annotated[str, Path(pattern=r"^AJ-[0-9]{4}-[0-9]{4,6}$")]
DigestId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,40}$")]
UserName = Annotated[str, Path(pattern=r"^[\w.\-]{2,32}$")]
SourceName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]
TaskName = Annotated[str, Path(pattern=r"^[a-z-]{1,20}(:[a-z0-9-]{1,64})?$")]
FileName = Annotated[str, Path(pattern=r"^[\w.\-（）()]{1,120}$")]

_CURSOR = re.compile(r"[0-9A-Za-z-]{1,40}")
_NAME_CURSOR = re.compile(r"[\w.\-:]{1,100}")


def cursor_of(request: Request) -> str | None:
    """The `after` of a list's address; what cannot be one is the list's beginning."""
    text = request.query_params.get("after", "")
    if not _CURSOR.fullmatch(text) or (text.isdigit() and int(text) > MAX_ROW_ID):
        return None
    return text


def name_cursor_of(request: Request, key: str = "after") -> str | None:
    """The cursor of a list whose rows have names; what cannot be one is the list's beginning."""
    text = request.query_params.get(key, "")
    return text if _NAME_CURSOR.fullmatch(text) else None
