"""Train the model on our corpus: weights on all of it, calibration and thresholds by leaving one writer out.

Lessons (what officers decided) may stand beside the corpus: weights learn from them, calibration, thresholds and the
held-out figures do not, since leads are no fair sample of the field and the figures must stay comparable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, cpu_count, delayed
from sklearn.linear_model import LogisticRegression

from classifier.dataset import CORPUS, Example, corpus_hash, read_corpus
from classifier.document import Document, read
from classifier.embedding import prepare
from classifier.embedding_cache import file_hash, load_corpus_embeddings
from classifier.evidence_columns import evidence
from classifier.features import Vectoriser, grams_of
from classifier.grams import GramIndex
from classifier.learners import MIN_POSITIVES, Lesson, fit_head
from classifier.mingled import HEAD_TAUGHT, WEIGHT, Mingled, mingle
from classifier.model import HEADS, Model, answer, companions, log_odds, temper
from classifier.provenance import code_hash, library_versions
from classifier.second_tier_training import NOTHING_TAUGHT, SecondTrained, Taught, train_second, usable
from classifier.sharpest import SHARP, weigh
from classifier.sharpest_training import train_sharpest
from classifier.types import KINDS

#: Strength of the evidence columns beside the n-grams; by cross-validation on the corpus.
EVIDENCE_WEIGHT = 0.12
#: Heads that gain, on held-out writers, from a second learner on log-odds columns.
TWO_LEARNERS = frozenset({"academic", "anxiety", "minors", "kind:offer", "kind:jobs", "kind:article", "kind:other"})
#: Writers are left out in this many groups.
FOLDS = 5
#: A false alarm weighs this many misses when a threshold is chosen (most of the field is innocent).
FALSE_ALARM_WEIGHT = {"academic": 3.25, "anxiety": 1.1, "minors": 2.5}
#: The same where the second tier has read: it is surer.
FALSE_ALARM_WEIGHT_CLOSE = {**FALSE_ALARM_WEIGHT, "academic": 2.3}
#: Prepared texts to rows of unit length.
Embed = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Apart:
    """A model that saw nothing of some writers, calibration included: what it says of them is held out."""

    model: Model
    writers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model and what its making showed."""

    model: Model
    #: Probabilities for each example from the model that did not see its writer, examples × heads.
    held_out: np.ndarray
    examples: tuple[Example, ...]
    docs: tuple[Document, ...]
    #: What both tiers together say of the same, when there is a second.
    second: SecondTrained | None = None
    #: Only when asked for.
    apart: Apart | None = None


def model_id(folder: Path = CORPUS, lessons: Sequence[Example] = (), *, embedded: bool = False) -> str:
    """The id training would give now: same corpus, lessons (with embeddings or without), code, libraries, same id."""
    versions = ",".join(f"{name}={version}" for name, version in sorted(library_versions().items()))
    made_of = f"{corpus_hash(folder)}|{file_hash(folder)}|{code_hash()}|{versions}"
    if lessons:
        made_of += f"|{lessons_hash(lessons)}|{embedded}"
    return "m-" + hashlib.sha256(made_of.encode()).hexdigest()[:12]


def lessons_hash(lessons: Sequence[Example]) -> str:
    """SHA-256 over what the lessons say, in their order."""
    digest = hashlib.sha256()
    for one in lessons:
        said = sorted((head, answer(head, one.gold)) for head in one.heads or HEADS)
        digest.update(repr((one.posting.body, said, one.writer, one.weight)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _subset(head: str, examples: Sequence[Example]) -> np.ndarray:
    """Which examples a head learns from."""
    return np.array([example.answers(head) for example in examples])


def _fit(
    rows: sp.csr_matrix, asked: np.ndarray, truths: np.ndarray, weight: np.ndarray, mingled: dict[str, Lesson]
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of all heads; `asked`, `truths`: examples × heads; `mingled`: of the heads that they teach."""
    weights, bias = np.zeros((rows.shape[1], len(HEADS))), np.zeros(len(HEADS))
    for column, head in enumerate(HEADS):
        chosen = asked[:, column]
        written = Lesson(rows=rows[chosen], truth=truths[chosen, column], weight=weight[chosen])
        weights[:, column], bias[column] = fit_head(written, mingled.get(head), both=head in TWO_LEARNERS)
    return weights, bias


@dataclass(frozen=True, kw_only=True)
class _Material:
    """All that is learnt from, the corpus first and the lessons after it."""

    examples: Sequence[Example]
    #: of texts of the corpus
    mingled: Sequence[Mingled]
    #: of the examples, and of the mingled texts behind them
    grams: GramIndex
    #: evidence columns of the same
    beside: np.ndarray

    @classmethod
    def of(cls, docs: Sequence[Document], examples: Sequence[Example], mingled: Sequence[Mingled]) -> _Material:
        everything = (*docs, *(one.doc for one in mingled))
        return cls(examples=examples, mingled=mingled, grams=grams_of(everything), beside=evidence(everything))

    def vectoriser(self, chosen: Sequence[int]) -> Vectoriser:
        writers = [self.examples[text].writer for text in chosen]
        return Vectoriser.fit(self.grams, chosen, writers, evidence_weight=EVIDENCE_WEIGHT)

    def rows(self, vectoriser: Vectoriser, chosen: Sequence[int]) -> sp.csr_matrix:
        """The chosen texts as the vectoriser sees them."""
        return vectoriser.rows_of(self.grams, chosen, self.beside)

    def answers(self, chosen: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Who is asked what (texts × heads), what is true, and what each text weighs."""
        examples = [self.examples[text] for text in chosen]
        asked = np.column_stack([_subset(head, examples) for head in HEADS])
        truths = np.array([[answer(head, example.gold) for head in HEADS] for example in examples])
        return asked, truths, np.array([example.weight for example in examples])

    def taught(self, chosen: Sequence[int], vectoriser: Vectoriser) -> dict[str, Lesson]:
        """The mingled texts made of two of the chosen, for each head that learns from them."""
        inside = set(chosen)
        usable = [place for place, one in enumerate(self.mingled) if one.host in inside and one.donor in inside]
        if not usable:
            return {}
        rows = self.rows(vectoriser, [len(self.examples) + place for place in usable])
        truth = np.array([self.mingled[place].academic for place in usable])
        return {HEAD_TAUGHT: Lesson(rows=rows, truth=truth, weight=np.full(len(usable), WEIGHT))}


@dataclass(frozen=True, kw_only=True)
class _Fitted:
    """Weights before calibration."""

    vectoriser: Vectoriser
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def to(cls, material: _Material, choices: Sequence[Sequence[int]]) -> list[_Fitted]:
        """One for each choice of texts, two at a time."""
        vectorisers = [material.vectoriser(chosen) for chosen in choices]
        # Processes: liblinear draws from a generator that threads would share, and answers would differ.
        fitted = Parallel(n_jobs=min(2, cpu_count()), pre_dispatch="n_jobs")(
            delayed(_fit)(
                material.rows(vectoriser, chosen),
                *material.answers(chosen),
                material.taught(chosen, vectoriser),
            )
            for vectoriser, chosen in zip(vectorisers, choices, strict=True)
        )
        return [
            cls(vectoriser=vectoriser, weights=weights, bias=bias)
            for vectoriser, (weights, bias) in zip(vectorisers, fitted, strict=True)
        ]

    def margins(self, material: _Material, chosen: Sequence[int]) -> np.ndarray:
        total: np.ndarray = material.rows(self.vectoriser, chosen) @ self.weights + self.bias
        return total


def _folds(examples: Sequence[Example]) -> np.ndarray:
    """Which group of writers each example belongs to."""
    writers = sorted({example.writer for example in examples})
    return np.array([writers.index(example.writer) % FOLDS for example in examples])


def _fit_all(material: _Material, corpus: int) -> tuple[_Fitted, np.ndarray, _Fitted | None]:
    """Weights from everything; margins for each writer's texts of the corpus (the first so many) from a model trained
    on the others (and all lessons), its vocabulary included; and the first of these models."""
    folds = _folds(material.examples[:corpus])
    lessons = range(corpus, len(material.examples))
    outside = [np.flatnonzero(folds == fold).tolist() for fold in sorted(set(folds))]
    inside = [np.flatnonzero(folds != fold).tolist() for fold in sorted(set(folds))]
    held_out = [texts for texts, others in zip(outside, inside, strict=True) if others]
    choices = [[*others, *lessons] for others in inside if others]
    # The longest first, or one core waits for it at the end.
    whole, *without = _Fitted.to(material, [range(len(material.examples)), *choices])
    margins = np.zeros((corpus, len(HEADS)))
    for fitted, texts in zip(without, held_out, strict=True):
        margins[texts] = fitted.margins(material, texts)
    return whole, margins, without[0] if without else None


def calibrate(margins: np.ndarray, companion: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Platt scaling of a head's held-out margins with its companion beside them: slope, companion's weight, offset."""
    positives = int(truth.sum())
    if positives < MIN_POSITIVES or positives == len(truth):
        return 1.0, 4.0, 0.0
    scaler = LogisticRegression(C=1.0, solver="newton-cholesky")
    scaler.fit(np.column_stack([margins, companion]), truth)
    slope, weight = map(float, scaler.coef_[0])
    return max(slope, 0.05), max(weight, 0.0), float(scaler.intercept_[0])


def _spoken(weighed: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Slope and offset, in log odds, that make answers weighed by others probabilities again; they keep their order."""
    slope, _, offset = calibrate(log_odds(weighed), np.zeros(len(weighed)), truth)
    return (slope, offset) if MIN_POSITIVES <= truth.sum() < len(truth) else (1.0, 0.0)


def choose_threshold(probability: np.ndarray, truth: np.ndarray, *, false_alarm_weight: float = 1.0) -> float:
    """The probability with the best F1, false alarms weighted; the middle of the best plateau, 0.2–0.8."""
    if truth.sum() < MIN_POSITIVES:
        return 0.5
    grid = np.linspace(0.2, 0.8, 61)
    merit = []
    for cut in grid:
        said = probability >= cut
        hit, alarm, missed = (said & truth).sum(), (said & ~truth).sum(), (~said & truth).sum()
        merit.append(2 * hit / max(1.0, 2 * hit + false_alarm_weight * alarm + missed))
    best = np.flatnonzero(np.array(merit) >= max(merit) - 0.002)
    return float(round(grid[best[len(best) // 2]], 3))


def train(
    folder: Path = CORPUS, lessons: Sequence[Example] = (), embed: Embed | None = None, *, apart: bool = False
) -> Trained:
    """Train from a corpus folder; the same inputs give the same model, byte for byte.

    `embed` gives rows for the lessons' prepared texts, made as the corpus's were; without it the second tier does not
    learn from them. With `apart`, one of the models made to hold out a group of writers is kept as well.
    """
    examples = read_corpus(folder)
    docs = tuple(read(example.posting.body) for example in examples)
    lesson_docs = tuple(read(lesson.posting.body) for lesson in lessons)
    mingled = mingle(examples, docs, _folds(examples).tolist())
    material = _Material.of((*docs, *lesson_docs), (*examples, *lessons), mingled)
    fitted, margins, first = _fit_all(material, len(docs))
    name = model_id(folder, lessons, embedded=embed is not None)
    taught = NOTHING_TAUGHT
    if lessons and embed is not None:
        taught = Taught(examples=tuple(lessons), rows=embed([prepare(doc.text) for doc in lesson_docs]))
    trained = _calibrated(name, fitted, examples, docs, margins, folder, taught=taught)
    if not apart or first is None:
        return trained
    folds = _folds(examples)
    inside = np.flatnonzero(folds != folds.min())
    others = tuple(examples[i] for i in inside)
    without = _calibrated(name, first, others, tuple(docs[i] for i in inside), margins[inside], folder, folds[inside])
    kept = {example.writer for example in others}
    left_out = frozenset(example.writer for example in examples) - kept
    return replace(trained, apart=Apart(model=without.model, writers=left_out))


def _calibrated(
    name: str,
    fitted: _Fitted,
    examples: tuple[Example, ...],
    docs: tuple[Document, ...],
    held_out: np.ndarray,
    folder: Path,
    folds: np.ndarray | None = None,
    taught: Taught = NOTHING_TAUGHT,
) -> Trained:
    """Weights made a model: calibration, thresholds and the second tier from the examples' held-out margins."""
    beside = companions(docs)
    slope, weight, offset = np.ones(len(HEADS)), np.zeros(len(HEADS)), np.zeros(len(HEADS))
    truths = np.array([[answer(head, example.gold) for head in HEADS] for example in examples])
    for column, head in enumerate(HEADS):
        chosen = _subset(head, examples)
        slope[column], weight[column], offset[column] = calibrate(
            held_out[chosen, column], beside[chosen, column], truths[chosen, column]
        )
    calibrated = 1 / (1 + np.exp(-np.clip(held_out * slope + beside * weight + offset, -30, 30)))
    academic = HEADS.index("academic")
    spoken = _spoken(temper(calibrated)[:, academic], truths[:, academic])
    probability = temper(calibrated, spoken)
    for column, head in enumerate(HEADS):
        if head.startswith("signal:"):  # no signal without words its rule has found (judge.py)
            probability[:, column] *= beside[:, column] > 0
    thresholds = {
        head: choose_threshold(
            probability[_subset(head, examples), column],
            truths[_subset(head, examples), column],
            false_alarm_weight=FALSE_ALARM_WEIGHT.get(head, 1.0),
        )
        for column, head in enumerate(HEADS)
    }
    model = Model(
        id=name,
        vectoriser=fitted.vectoriser,
        weights=fitted.weights,
        bias=fitted.bias,
        slope=slope,
        companion=weight,
        offset=offset,
        spoken=spoken,
        thresholds=thresholds,
    )
    trained = Trained(model=model, held_out=probability, examples=examples, docs=docs)
    folds = _folds(examples) if folds is None else folds
    return _sharpened(_with_second(trained, folder, folds, taught), folds)


def _with_second(trained: Trained, folder: Path, folds: np.ndarray, taught: Taught) -> Trained:
    """The same with a second tier, when embeddings of the corpus are at hand and not stale."""
    embeddings = load_corpus_embeddings(folder)
    texts = [prepare(doc.text) for doc in trained.docs]
    if embeddings is None or not usable(embeddings, texts):
        return trained
    second = train_second(trained.examples, texts, trained.held_out, folds, embeddings, _choose, taught)
    return replace(trained, model=replace(trained.model, second=second.tier), second=second)


def _sharpened(trained: Trained, folds: np.ndarray) -> Trained:
    """The same with what single lines claim, weighed into the answers on anxiety, whose thresholds are chosen anew."""
    first = trained.held_out
    both = trained.second.held_out if trained.second else first
    sharpest, margins = train_sharpest(trained.examples, trained.docs, folds, first, both)
    column, at = HEADS.index("anxiety"), SHARP.index("anxiety")
    truth = np.array([answer("anxiety", example.gold) for example in trained.examples])
    tables, cuts = [], []
    for table, by in ((first, sharpest.beside_first["anxiety"]), (both, sharpest.beside_both["anxiety"])):
        # Only of what is taken for an offer is the question asked.
        offers = table[:, : len(KINDS)].argmax(axis=1) == KINDS.index("offer")
        joined = table.copy()
        joined[offers, column] = weigh(by, table[offers, column], margins[offers, at])
        tables.append(joined)
        cuts.append(_choose("anxiety", joined[offers, column], truth[offers]))
    model, second = trained.model, trained.second
    if second is not None:
        tier = replace(second.tier, thresholds={**second.tier.thresholds, "anxiety": cuts[1]})
        second = replace(second, tier=tier, held_out=tables[1])
        model = replace(model, second=tier)
    model = replace(model, sharpest=sharpest, thresholds={**model.thresholds, "anxiety": cuts[0]})
    return replace(trained, model=model, held_out=tables[0], second=second)


def _choose(head: str, probability: np.ndarray, truth: np.ndarray) -> float:
    return choose_threshold(probability, truth, false_alarm_weight=FALSE_ALARM_WEIGHT_CLOSE.get(head, 1.0))
