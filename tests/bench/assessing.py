"""The classifier: training, texts a second beside bare segmentation, latency of a single text."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import rjieba

from classifier.assess import Assessor
from classifier.dataset import corpus_hash
from classifier.evaluation import report
from classifier.model_file import save_model
from classifier.rulebook import load_rulebook
from classifier.training import train
from classifier.types import Posting
from tests.bench.figures import TIMES, Bench, Figure, Stopwatch, rates, repeated, seconds_of
from tests.bench.texts import mean_length, mixed, real

TEXTS = 1500
SINGLE_TEXTS = 200


def training(bench: Bench) -> Iterator[Figure]:
    """What `mingcha train` does when it has to: features, cross-validation, thresholds, held-out report, file."""
    texts: list[int] = []

    def make() -> None:
        trained = train()
        save_model(trained.model, corpus=corpus_hash(), report=report(trained), folder=bench.folder / "models")
        texts.append(len(trained.examples))
        # Straight from memory: a model file is refused once the code around it is edited.
        bench.left["assessor"] = Assessor(trained.model, load_rulebook())

    seconds = repeated(make)
    yield Figure(
        name="train", title="train the model", unit="s", n=texts[-1], values=seconds, note="n = texts learnt from"
    )


def assessing(bench: Bench) -> Iterator[Figure]:
    """Both tiers and the first alone, on our texts and, where there are any, on real ones."""
    assessor = own_assessor(bench)
    ours = mixed(TEXTS)
    yield from _batch(assessor, ours, name="assess", on=f"our texts, {mean_length(ours)} chars")
    yield from _single(assessor, ours[:: TEXTS // SINGLE_TEXTS])
    theirs = real(bench.test_data, TEXTS)
    if theirs:
        yield from _batch(assessor, theirs, name="assess-real", on=f"real texts, mean {mean_length(theirs)} chars")


def own_assessor(bench: Bench) -> Assessor:
    """The model trained by this bench, as it was then; if that failed, the one in use."""
    found = bench.left.get("assessor")
    return found if isinstance(found, Assessor) else Assessor.load(None)


def _batch(assessor: Assessor, postings: Sequence[Posting], *, name: str, on: str) -> Iterator[Figure]:
    texts = [posting.body for posting in postings]
    jieba = load_jieba()
    works: dict[str, tuple[str, Callable[[], object]]] = {
        "full": ("assess", lambda: assessor.assess(postings)),
        "screen": ("assess --screen-only", lambda: assessor.screen(postings)),
        "rjieba": ("rjieba.cut alone", lambda: [rjieba.cut(text) for text in texts]),
        "jieba": ("jieba.lcut alone", lambda: [jieba.lcut(text) for text in texts]),
    }
    assessor.assess(postings[:20])
    # Round by round, so that a busy minute of the machine falls on all of them.
    rounds = [{key: seconds_of(work) for key, (_, work) in works.items()} for _ in range(TIMES)]
    spent = {key: tuple(one[key] for one in rounds) for key in works}
    for key, (title, _) in works.items():
        yield Figure(
            name=f"{name}.{key}.rate", title=title, unit="texts/s", n=len(texts), values=rates(len(texts), spent[key]),
            note=on,
        )  # fmt: skip
    for tier in ("full", "screen"):
        for cutter in ("rjieba", "jieba"):
            yield Figure(
                name=f"{name}.{tier}.over.{cutter}",
                title=f"{works[tier][0]} ÷ {works[cutter][0].removesuffix(' alone')}",
                unit="× time",
                n=len(texts),
                values=tuple(one[tier] / one[cutter] for one in rounds),
                note=on,
            )


def load_jieba() -> Any:
    """The reference segmenter with its dictionary loaded; imported here because old escapes in it warn."""
    with warnings.catch_warnings(action="ignore"):
        import jieba
    jieba.setLogLevel("ERROR")
    jieba.initialize()
    return jieba


def _single(assessor: Assessor, postings: Sequence[Posting]) -> Iterator[Figure]:
    values = []
    for posting in postings:
        with Stopwatch() as watch:
            assessor.assess([posting])
        values.append(1000 * watch.seconds)
    yield Figure(
        name="assess.single", title="assess one text", unit="ms", n=1, values=tuple(values), note="each its own call"
    )
