"""A challenger: a model taught by the corpus and by decisions, and whether it may take the place of the one in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from classifier.assess import Embed
from classifier.dataset import CORPUS, Example, corpus_hash
from classifier.evaluation import report
from classifier.frozen import FIGURE_NAMES
from classifier.model import Model
from classifier.training import train
from classifier.types import Posting

#: How much lower than the better of base and model in use each frozen figure may be: within one standard error of the
#: figure on the corpus (0.0075, 0.023, 0.005).
TOLERANCE: Mapping[str, float] = {"academic_f1": 0.006, "anxiety_f1": 0.02, "lead_precision": 0.005}
#: Fewer recent decisions say nothing.
LEAST_RECENT = 20


class Judge(Protocol):
    """What is compared: an Assessor."""

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A text and what an officer held: is it a lead?"""

    posting: Posting
    lead: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Model in use and challenger, side by side."""

    #: figure → value on the frozen evaluation, by the tier that answers here
    active_frozen: Mapping[str, float]
    challenger_frozen: Mapping[str, float]
    #: the better of base and model in use: many small steps down must not add up
    bar: Mapping[str, float]
    #: recent decisions compared
    recent: int
    active_right: int
    challenger_right: int

    @property
    def worse(self) -> tuple[str, ...]:
        """The frozen figures that fell by more than the tolerance."""
        return tuple(name for name in TOLERANCE if self.challenger_frozen[name] < self.bar[name] - TOLERANCE[name])

    @property
    def passed(self) -> bool:
        """Whether the challenger may go live."""
        return self.recent >= LEAST_RECENT and not self.worse and self.challenger_right > self.active_right

    @property
    def verdict(self) -> str:
        """One sentence for people."""
        if self.recent < LEAST_RECENT:
            return f"可用于比较的最近结论只有 {self.recent} 条，至少要 {LEAST_RECENT} 条，新模型不能启用。"
        if self.worse:
            fallen = "、".join(
                f"{FIGURE_NAMES[name]} {self.bar[name]:.3f}→{self.challenger_frozen[name]:.3f}" for name in self.worse
            )
            return f"新模型在固定测评上变差（{fallen}），不能启用；请检查最近的审核结论是否可靠。"
        counted = (
            f"最近 {self.recent} 条结论，新模型判对 {self.challenger_right} 条，现用模型判对 {self.active_right} 条"
        )
        if not self.passed:
            return f"{counted}，没有更好，不能启用。"
        return f"新模型在固定测评上没有变差，{counted}，可以启用。"


def teach(lessons: Sequence[Example], *, embed: Embed | None, corpus: Path = CORPUS) -> tuple[Model, dict[str, Any]]:
    """Train on the corpus and the lessons. Returns the model and its report."""
    trained = train(corpus, lessons, embed)
    return trained.model, report(trained) | {"corpus": corpus_hash(corpus)}


def right(judge: Judge, decided: Sequence[Decided]) -> int:
    """How often a model calls a lead what the officer took for one, and only that."""
    answers = judge.assess([one.posting for one in decided])
    return sum(bool(answer["lead"]) == one.lead for answer, one in zip(answers, decided, strict=True))
