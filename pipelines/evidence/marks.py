"""Findings on the stored (masked) text: its pieces for print, and the assessment with nothing unmasked in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipelines.evidence.adopted import adopted
from pipelines.records import StoredAssessment
from pipelines.records.findings import with_ids


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of text under the same findings (their ids), or under none."""

    text: str
    ids: tuple[str, ...]
    #: Read off a picture, and the first piece of that picture.
    picture: bool = False
    begins_picture: bool = False


def body_of(title: str, text: str) -> str:
    """What span offsets count in: title, line break, text; the text alone without a title."""
    return f"{title}\n{text}" if title else text


def assessed_body(assessment: StoredAssessment) -> str:
    """The text the assessment's spans belong to."""
    return body_of(assessment.title, assessment.text)


def masked_result(assessment: StoredAssessment) -> dict[str, Any]:
    """The assessment with every span's words taken from the stored text, so a masked contact stays masked; each finding
    with its id."""
    body = assessed_body(assessment)
    result = assessment.result
    masked: dict[str, Any] = _masked({**result, "findings": list(with_ids(result.get("findings", ())))}, body)
    return masked


def pieces(
    assessment: StoredAssessment, pictures: Sequence[tuple[int, int]] = (), *, struck: Collection[str] = ()
) -> tuple[Piece, ...]:
    """The assessed text cut where an adopted finding's span or a picture's text begins or ends; joined, that text."""
    body = assessed_body(assessment)
    spans = [
        (span["start"], span["end"], str(finding["id"]))
        for finding in adopted(assessment.findings, struck)
        for span in finding["spans"]
        if 0 <= span["start"] < span["end"] <= len(body)
    ]
    places = [place for start, end, _ in spans for place in (start, end)]
    borders = sorted({0, len(body), *places, *(place for span in pictures for place in span)})
    return tuple(
        Piece(
            text=body[left:right],
            ids=tuple(dict.fromkeys(name for start, end, name in spans if start <= left and right <= end)),
            picture=any(start <= left and right <= end for start, end in pictures),
            begins_picture=any(start == left for start, _end in pictures),
        )
        for left, right in pairwise(borders)
    )


def _masked(value: Any, body: str) -> Any:
    if isinstance(value, list):
        return [_masked(item, body) for item in value]
    if not isinstance(value, dict):
        return value
    if {"start", "end", "text"} <= value.keys():
        words = body[value["start"] : value["end"]]
        changed = words != value["text"]
        return {**value, "text": words, **({"restored": words} if changed and "restored" in value else {})}
    return {key: _masked(item, body) for key, item in value.items()}
