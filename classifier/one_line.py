"""What one line of an offer claims where no rule has found words for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from classifier.document import Document
from classifier.evidence import Place
from classifier.frames import proves
from classifier.line_words import names_claim
from classifier.model import Model, Scores
from classifier.pieces import columns, pieces_of
from classifier.sharpest import SHARP, SURE_ALONE, Reading, Sharpest

_FLAGS = tuple(head.partition(":")[2] for head in SHARP if head.startswith("signal:"))


def read_lines(model: Model, doc: Document) -> Reading | None:
    """The loudest pieces of an offer; None of a model that weighs whole texts only."""
    return model.sharpest.read(doc.text) if model.sharpest else None


def frightens(model: Model, scores: Scores, line: Reading | None) -> float:
    """Anxiety's probability, the loudest piece weighed in."""
    if line is None or model.sharpest is None:
        return scores["anxiety"]
    return model.sharpest.weighed("anxiety", scores["anxiety"], line.margins["anxiety"])


def claims(
    model: Model, scores: Scores, doc: Document, line: Reading | None, held: Collection[str]
) -> Iterator[tuple[str, float, Place]]:
    """Signals not yet `held` that one line makes nearly certain: each with its probability and the loudest line that
    speaks for itself: claims rather than not, names what it claims, and does not deny it or tell it of others."""
    if line is None or model.sharpest is None:
        return
    for flag in _FLAGS:
        head = f"signal:{flag}"
        if flag in held or line.margins[head] < 0:
            continue
        score = model.sharpest.weighed(head, scores[head], line.margins[head])
        if score < SURE_ALONE:
            continue
        for place in _loud(model.sharpest, doc.text, head, line.places[head]):
            if names_claim(flag, doc.text[slice(*place)]) and proves(flag, doc.text, *place):
                yield flag, score, place
                break


def _loud(sharpest: Sharpest, text: str, head: str, loudest: Place) -> Iterator[Place]:
    """The pieces that rather claim than not, the loudest first: it may be the one that leads up to the claim."""
    yield loudest
    places = pieces_of(text)
    margins = sharpest.margins([columns(text[start:end]) for start, end in places])[:, SHARP.index(head)]
    for at in np.argsort(-margins, kind="stable"):
        if margins[at] < 0:
            return
        if places[at] != loudest:
            yield places[at]
