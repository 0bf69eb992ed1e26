"""A challenger taught by the decisions of this HOME, compared with the base and the model in use.

The rule by which it may go live stands in classifier/challenge.py."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier import model_file
from classifier.challenge import TOLERANCE, Comparison, right, teach
from classifier.dataset import CORPUS
from classifier.frozen import frozen
from classifier.model import Model
from classifier.training import model_id
from pipelines import audit, clock
from pipelines.assessor import active_model, assessor_of, embed_for, learned_models
from pipelines.clock import rfc3339
from pipelines.desk import Desk
from pipelines.errors import BadInput, Conflict
from pipelines.learning.lessons import Lessons, collect
from pipelines.learning.models import tier_of

#: The newest of this many lessons is for the examination, the others for learning: one in five.
SHARE_RECENT = 5


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What became of `train --with-decisions`."""

    model: str
    active: str
    base: str
    lessons: Lessons
    #: Lessons it learnt from; the rest were kept for the comparison.
    taught: int
    comparison: Comparison
    base_frozen: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """As the model keeps it and `--json` prints it."""
        return {
            "model": self.model,
            "active": self.active,
            "base": self.base,
            "decided": self.lessons.decided,
            "lessons": self.taught,
            "confirmed": self.lessons.confirmed,
            "dismissed": self.lessons.dismissed,
            "silent": sum(self.lessons.silent.values()),
            "comparison": asdict(self.comparison)
            | {
                "active": self.active,
                "base": self.base,
                "base_frozen": self.base_frozen,
                "tolerance": dict(TOLERANCE),
                "passed": self.comparison.passed,
                "verdict": self.comparison.verdict,
            },
        }


def challenge(desk: Desk, *, actor: str, corpus: Path = CORPUS, shipped: Path = model_file.MODELS) -> Challenge:
    """Train a challenger on the older lessons and compare it on the newest; it is kept in HOME, not put to use.

    The newest lessons are not learnt from: what was compared is what may go live. Raises BadInput when there is nothing
    to learn, Conflict when the same model is in use already or another training runs.
    """
    with _alone(desk):
        lessons = collect(desk)
        if len(lessons.lessons) < 2:
            raise BadInput(
                f"还没有可学的审核结论：已定 {lessons.decided} 条，其中可学 {len(lessons.lessons)} 条"
                "（成立、转办，或写明了与文字有关的排除理由的才可学）"
            )
        recent = max(1, len(lessons.lessons) // SHARE_RECENT)
        older, newest = lessons.lessons[:-recent], lessons.lessons[-recent:]
        base = model_file.load_current(shipped)
        active = active_model(desk.home, shipped)
        embed = embed_for(base, desk.home)
        examples = [lesson.example for lesson in older]
        if model_id(corpus, examples, embedded=embed is not None) == active.id:
            raise Conflict(f"没有新的审核结论可学：与现用模型 {active.id} 所学的相同")
        challenger, report = teach(examples, embed=embed, corpus=corpus)
        decided = [lesson.decided for lesson in newest]
        stored = {model.id: _frozen(desk, model, shipped) for model in (base, active)}
        tier = tier_of({"made_by": challenger.second.made_by} if challenger.second else None)
        own = frozen(report, second=tier == "second")
        done = Challenge(
            model=challenger.id,
            active=active.id,
            base=base.id,
            lessons=lessons,
            taught=len(older),
            base_frozen=_asked(stored[base.id]),
            comparison=Comparison(
                active_frozen=_asked(stored[active.id]),
                challenger_frozen=_asked(own),
                bar={name: max(stored[base.id][name], stored[active.id][name]) for name in TOLERANCE},
                recent=recent,
                active_right=right(assessor_of(active, desk.home), decided),
                challenger_right=right(assessor_of(challenger, desk.home), decided),
            ),
        )
        learned = done.as_dict() | {"made_at": rfc3339(clock.now())}
        model_file.save_model(
            challenger,
            corpus=report["corpus"],
            report=report | {"learned": learned},
            folder=learned_models(desk.home),
            current=False,
        )
    with desk.store.transaction() as tx:
        audit.record(
            tx,
            actor=actor,
            action="model.train",
            object_type="model",
            object_id=challenger.id,
            active=active.id,
            lessons=len(older),
            recent=recent,
            passed=done.comparison.passed,
        )
    return done


def _frozen(desk: Desk, model: Model, shipped: Path) -> dict[str, float]:
    """The frozen figures a model was stored with, by the tier that answers here."""
    learned = learned_models(desk.home) / model.id
    words = model_file.read_words(learned if learned.is_dir() else shipped / model.id)
    return frozen(words["report"], second=tier_of(words["second"]) == "second")


def _asked(figures: dict[str, float]) -> dict[str, float]:
    return {name: figures[name] for name in TOLERANCE}


@contextmanager
def _alone(desk: Desk) -> Iterator[None]:
    folder = learned_models(desk.home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("另一个训练正在这个数据目录里进行，请等它结束") from None
        yield
