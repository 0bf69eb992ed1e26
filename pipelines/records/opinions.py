"""What a second reader said of an uncertain lead: an opinion beside the assessment, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class OpinionOutcome(StrEnum):
    """Whether the second reader gave an opinion that could be used."""

    GIVEN = "given"
    MISSED = "missed"


class OpinionFault(StrEnum):
    """Why there is no opinion."""

    ADDRESS = "address"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    REDIRECT = "redirect"
    DENIED = "denied"
    BUSY = "busy"
    HTTP = "http"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    INVALID = "invalid"


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """One try at a second opinion on one assessment of a lead; rows are only ever added."""

    id: int
    lead_id: int
    #: The assessment whose text was read; offsets of the quotes belong to its body.
    assessment_id: int
    #: The language model as it is named in the settings.
    model: str
    #: Version of the prompt.
    prompt: str
    asked_at: datetime
    outcome: OpinionOutcome
    #: Why it was missed; None when given.
    fault: OpinionFault | None
    #: {"kind", "academic": yes|likely|no, "anxiety", "signals", "instructs", "reason", "quotes": [{"about", "start",
    #: "end", "text"}], "dropped": quotes that do not stand in the text}; None when missed.
    answer: dict[str, Any] | None
