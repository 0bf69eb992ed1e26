"""How good the answers are: on a file of labelled texts, and held out on our own corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed

from classifier.assess import BATCH, Assessor
from classifier.dataset import Example
from classifier.errors import CorpusError
from classifier.figures import Counts, Reliability
from classifier.labelled import MERGED, MERGES, Labelled, Labels, lead_of, read_line
from classifier.model import HEADS, Scores, answer
from classifier.rulebook import load_rulebook
from classifier.tally import Tally
from classifier.training import Trained
from classifier.types import KINDS

#: Of the report below: another number, and `mingcha train` makes the model's report anew.
REPORT = 2
#: Bad lines are all counted, this many told of.
TOLD = 100
#: A pool of figures is that of probabilities; these heads are asked for their calibration.
_CALIBRATED = ("academic", "anxiety")


@dataclass(kw_only=True)
class Evaluation:
    """What a run over a file brought."""

    tally: Tally = field(default_factory=Tally)
    model: str
    rulebook: str
    screen_only: bool
    read_closely: int = 0
    bad: int = 0
    #: (line, what is wrong), the first TOLD
    faults: list[tuple[int, str]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As `mingcha evaluate --json` prints it."""
        return {
            "model": self.model,
            "rulebook": self.rulebook,
            "tiers": 1 if self.screen_only or not self.read_closely else 2,
            "read_closely": self.read_closely,
            "bad_lines": self.bad,
            "faults": [{"line": line, "error": error} for line, error in self.faults],
            **self.tally.to_dict(),
        }


def evaluate(lines: Iterable[tuple[int, str]], assessor: Assessor, *, screen_only: bool = False) -> Evaluation:
    """Judge every readable line of a file; the others are listed. Holds one batch of texts at a time."""
    before = assessor.read_closely
    run = Evaluation(
        model=assessor.screen_id if screen_only else assessor.model_id,
        rulebook=assessor.rulebook_id,
        screen_only=screen_only,
    )
    readable = _readable(lines, run)
    while batch := list(islice(readable, BATCH)):
        postings = [item.posting for item in batch]
        answers = assessor.screen(postings) if screen_only else assessor.assess(postings)
        for item, said in zip(batch, answers, strict=True):
            run.tally.add(item, said)
    run.read_closely = assessor.read_closely - before
    return run


def _readable(lines: Iterable[tuple[int, str]], run: Evaluation) -> Iterator[Labelled]:
    for number, line in lines:
        try:
            yield read_line(line, number)
        except CorpusError as error:
            run.bad += 1
            if len(run.faults) < TOLD:
                run.faults.append((number, error.message))


def count(said: np.ndarray, truth: np.ndarray) -> Counts:
    """Compare answers with labels."""
    said, truth = said.astype(bool), truth.astype(bool)
    return Counts(
        hits=int((said & truth).sum()),
        alarms=int((said & ~truth).sum()),
        missed=int((~said & truth).sum()),
        agreed=int((~said & ~truth).sum()),
    )


def labelled(example: Example) -> Labelled:
    """A text of our corpus as if read from a file; its channel is its writer."""
    gold = example.gold
    labels = Labels(
        kind=gold.kind,
        academic=gold.is_academic,
        anxiety=gold.anxiety,
        paid=gold.paid,
        minors=gold.minors,
        covers=gold.covers,
        stages=gold.stages,
        signals=gold.ad_flags | ({MERGED} if gold.ad_flags & MERGES else frozenset()),
    )
    return Labelled(posting=example.posting, labels=replace(labels, lead=lead_of(labels)), channel=example.writer)


def report(trained: Trained) -> dict[str, Any]:
    """Held-out figures of every head (each writer judged by a model that never saw them), and of the answers that the
    assessor would give from the same probabilities."""
    nothing = np.zeros(len(trained.examples), dtype=bool)
    tiers = [(trained.held_out, nothing)]
    if trained.second is not None:
        tiers.append((trained.second.held_out, trained.second.read))
    # Each puts every text before the judge again.
    first, *second = Parallel(n_jobs=min(len(tiers), cpu_count()))(delayed(_figures)(trained, *tier) for tier in tiers)
    figures: dict[str, Any] = {"format": REPORT} | first
    if trained.second is not None:
        figures["second"] = second[0] | {"read": round(float(trained.second.read.mean()), 3)}
    return figures


def _figures(trained: Trained, held_out: np.ndarray, read: np.ndarray) -> dict[str, Any]:
    """Figures of held-out probabilities; those of the texts read are compared with the second tier's thresholds."""
    rows: dict[str, Any] = {}
    examples = trained.examples
    model = trained.model
    for column, head in enumerate(HEADS):
        chosen = np.array([example.gold.is_academic or not head.startswith("cover:") for example in examples])
        truth = np.array([answer(head, example.gold) for example in examples])
        said = held_out[:, column] >= np.where(read, model.close.thresholds[head], model.thresholds[head])
        figure = count(said[chosen], truth[chosen])
        rows[head] = {
            "f1": round(figure.f1, 3),
            "precision": round(figure.precision, 3),
            "recall": round(figure.recall, 3),
            "positives": figure.positives,
        }
    for head in _CALIBRATED:
        rows[head]["ece"] = round(_calibration_error(held_out[:, HEADS.index(head)], head, examples), 4)
    said_kind = held_out[:, : len(KINDS)].argmax(axis=1)
    true_kind = np.array([KINDS.index(example.gold.kind) for example in examples])
    return {
        "texts": len(examples),
        "writers": sorted({example.writer for example in examples}),
        "kind_accuracy": round(float((said_kind == true_kind).mean()), 3),
        "heads": rows,
        "answers": _answers(trained, held_out, read),
    }


def _calibration_error(probability: np.ndarray, head: str, examples: Sequence[Example]) -> float:
    """How far held-out probabilities are from what came true, before the judge lowers any."""
    reliability = Reliability()
    for value, example in zip(probability, examples, strict=True):
        reliability.add(float(value), answer(head, example.gold))
    return reliability.error


def _answers(trained: Trained, held_out: np.ndarray, read: np.ndarray) -> dict[str, Any]:
    """What the assessor would have answered, compared with the labels."""
    assessor = Assessor(trained.model, load_rulebook())
    tally = Tally()
    for example, doc, row, closely in zip(trained.examples, trained.docs, held_out, read, strict=True):
        scores = Scores(probability=dict(zip(HEADS, map(float, row), strict=True)))
        tally.add(labelled(example), assessor.given(example.posting, doc, scores, closely=bool(closely)))
    whole = tally.to_dict()
    return {
        key: whole[key] for key in ("texts", "lead_share", "kind_accuracy", "signals_macro", "labels", "calibration")
    }
