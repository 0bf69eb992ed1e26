"""Findings on the stored (masked) text: its pieces for print, and the assessment with nothing unmasked in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, kw_only=True)
class Run:
    """Marked pieces that touch as one mark with a number under which its findings are told, or an unmarked piece."""

    text: str
    ids: tuple[str, ...]
    #: From 1; 0 where nothing is marked.
    number: int
    picture: bool
    begins_picture: bool


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


def runs(cut: Sequence[Piece]) -> tuple[Run, ...]:
    """The pieces for print: what stands under several findings piece by piece is one quote, its findings named beside
    it and not within."""
    found: list[Run] = []
    for piece in cut:
        last = found[-1] if found else None
        touches = last is not None and bool(last.ids and piece.ids) and last.picture == piece.picture
        if last is not None and touches and not piece.begins_picture:
            ids = tuple(dict.fromkeys((*last.ids, *piece.ids)))
            found[-1] = replace(last, text=last.text + piece.text, ids=ids)
            continue
        number = sum(bool(run.ids) for run in found) + 1 if piece.ids else 0
        found.append(
            Run(
                text=piece.text,
                ids=piece.ids,
                number=number,
                picture=piece.picture,
                begins_picture=piece.begins_picture,
            )
        )
    return tuple(found)


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
