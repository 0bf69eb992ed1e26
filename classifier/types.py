"""The records of the classifier: what goes in (Posting) and what its steps hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from classifier.errors import PostingError

KINDS = ("offer", "seek", "jobs", "article", "other")
COVERS = (
    "consulting", "culture", "thinking", "domestic", "crowdfund", "camp",
    "care", "family_edu", "online", "home", "product",
)  # fmt: skip
STAGES = ("preschool", "primary", "junior", "senior", "adult", "unknown")
SUBJECTS = (
    "chinese", "maths", "foreign_language", "physics", "chemistry", "biology",
    "history", "geography", "politics", "all", "none",
)  # fmt: skip
#: Signals an advertisement carries beside the academic ones; names are the contract's.
AD_FLAGS = (
    "guarantee", "exam_insider", "endorsement", "superlative", "exaggerated", "price_bait", "school_link",
    "teacher_public", "holiday", "preschool_academic", "foreign_teacher_abroad", "prepay", "late", "loan",
)  # fmt: skip
#: Signals that rest on a number compared alone; the model has no head for them.
COMPARED = ("lesson_length",)
SIGNALS = ("academic_hidden", "academic_open", "anxiety", *AD_FLAGS, *COMPARED)
VISIBILITIES = ("public", "group", "private")


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One text to assess, as found; nothing in it is changed."""

    id: str
    text: str
    title: str | None = None
    platform: str | None = None
    url: str | None = None
    #: public | group | private; None is taken as public. Only public things are advertisements.
    visibility: str | None = None
    #: When it was published or first seen; tells the year of a date that names none.
    posted_on: date | None = None
    #: never | leads | always: whether the answer also says what moved the model and which values were read.
    explain: Literal["never", "leads", "always"] = "never"

    @property
    def body(self) -> str:
        """What the spans belong to: title and text with one line break between, or the text alone."""
        return f"{self.title}\n{self.text}" if self.title else self.text

    @property
    def is_public(self) -> bool:
        return self.visibility in (None, "public")

    @classmethod
    def from_dict(cls, row: object) -> Posting:
        """Read one parsed input line; unknown keys are ignored, anything else odd is a PostingError."""
        if not isinstance(row, dict):
            raise PostingError("一行应是一个 JSON 对象")
        for key in ("id", "text"):
            if not isinstance(row.get(key), str):
                raise PostingError(f"缺少字符串字段 {key}")
        for key in ("title", "platform", "url", "visibility"):
            if row.get(key) is not None and not isinstance(row[key], str):
                raise PostingError(f"字段 {key} 应是字符串")
        visibility = row.get("visibility")
        if visibility is not None and visibility not in VISIBILITIES:
            raise PostingError(f"visibility 只能是 {'、'.join(VISIBILITIES)}")
        return cls(
            id=row["id"],
            text=row["text"],
            title=row.get("title") or None,
            platform=row.get("platform"),
            url=row.get("url"),
            visibility=visibility,
            posted_on=_day(row.get("posted_at")),
        )


def _day(value: object) -> date | None:
    """The day of an ISO date or time; anything else is as good as none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, order=True)
class Span:
    """Code points [start, end) of the body as given; `restored` is what they say once unhidden."""

    start: int
    end: int
    text: str
    restored: str

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text, "restored": self.restored}


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One place a rule or a word list fired, in offsets of the restored text."""

    name: str
    start: int
    end: int
    #: 0..1, how sure the rule alone is.
    strength: float = 1.0
    #: What was read and compared, in Chinese, e.g. "192课时，超过60课时".
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule touched, with its words and its reason."""

    signal: str
    code: str
    name: str
    score: float
    severity: int
    consequence: str
    basis: tuple[str, ...]
    lead_department: str
    spans: tuple[Span, ...]
    why: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "signal": self.signal,
            "code": self.code,
            "name": self.name,
            "score": round(self.score, 4),
            "severity": self.severity,
            "consequence": self.consequence,
            "basis": list(self.basis),
            "lead_department": self.lead_department,
            "spans": [span.to_dict() for span in self.spans],
            "why": self.why,
        }
