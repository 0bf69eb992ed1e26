"""The models of a HOME: the shipped base and those taught by its decisions; which is in use, and changing that."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifier import embedding, model_file
from classifier.errors import ModelFileError, ModelMissing, ModelStale
from classifier.frozen import frozen
from pipelines import audit
from pipelines.assessor import learned_models
from pipelines.desk import Desk
from pipelines.errors import Conflict, NotFound, Refused

#: What the shipped model is called beside its id.
BASE = "base"
_ID = re.compile(r"m-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """One model as people see it."""

    id: str
    base: bool
    #: Whether it answers now.
    active: bool
    #: ok | stale (made by another version of the program) | damaged (or made elsewhere)
    state: str
    #: None when it cannot be read.
    made_at: datetime | None = None
    #: Texts of the corpus it learnt from.
    texts: int = 0
    #: Decisions it learnt from.
    lessons: int = 0
    #: Tiers that answer here: 1, or 2 with sentence embeddings.
    tiers: int = 1
    #: Frozen figures by those tiers: academic_f1, anxiety_f1, lead_precision, lead_recall.
    figures: dict[str, float] = field(default_factory=dict)
    #: What was found when it was compared (challenger.py); None for the base.
    comparison: dict[str, Any] | None = None

    @property
    def may_go_live(self) -> bool:
        return self.state == "ok" and (self.base or bool(self.comparison and self.comparison["passed"]))


def list_models(home: Path, shipped: Path = model_file.MODELS) -> tuple[KnownModel, ...]:
    """The base first, then those of this HOME, newest first; unusable ones too, saying so."""
    folder = learned_models(home)
    wanted = model_file.current_id(folder)
    ids = sorted(path.name for path in folder.glob("m-*") if _ID.fullmatch(path.name)) if folder.is_dir() else []
    learned = [_known(folder / one, base=False, active=one == wanted) for one in ids]
    learned.sort(key=lambda one: one.made_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    # A stale model is passed over for the base; a damaged one stops the work (pipelines/assessor.py).
    in_use = wanted is None or any(one.id == wanted and one.state == "stale" for one in learned)
    base_id = model_file.current_id(shipped)
    base = () if base_id is None else (_known(shipped / base_id, base=True, active=in_use),)
    return (*base, *learned)


def tier_of(second: object) -> str:
    """Which frozen figures say how a model answers here: "second" where its second tier can be asked."""
    made_by = second.get("made_by") if isinstance(second, dict) else None
    return "second" if made_by and embedding.available() and embedding.version() == made_by else "first"


def activate(
    desk: Desk, model_id: str, *, actor: str, os_account: str | None = None, shipped: Path = model_file.MODELS
) -> str:
    """Let a model answer from now on: one of this HOME that has passed its comparison, or `base`. Returns its id.

    Raises NotFound, Refused (damaged, foreign, stale, or not passed) or Conflict (it is the one in use).
    """
    models = list_models(desk.home, shipped)
    base = next((one for one in models if one.base), None)
    wanted = next((one for one in models if model_id in (one.id, BASE if one.base else one.id)), None)
    if wanted is None:
        raise NotFound(f"没有模型 {model_id[:40]}；用 mingcha model list 查看")
    folder = learned_models(desk.home)
    if not wanted.base:
        try:
            model_file.load_model(folder / wanted.id)
        except ModelStale as error:
            raise Refused(
                f"模型 {wanted.id} 由其他版本的程序训练，不能启用；请运行 mingcha train --with-decisions"
            ) from error
        except (ModelFileError, ModelMissing) as error:
            raise Refused(f"模型 {wanted.id} 已损坏，或不是在这个数据目录里训练的，不能启用") from error
        if not wanted.may_go_live:
            sentence = wanted.comparison["verdict"] if wanted.comparison else "没有比较记录。"
            raise Refused(f"模型 {wanted.id} 没有通过比较，不能启用：{sentence}")
    before = model_file.current_id(folder)
    if before == (None if wanted.base else wanted.id):
        raise Conflict(f"现用的就是模型 {wanted.id}")
    with desk.store.transaction() as tx:
        audit.record(
            tx,
            actor=actor,
            action="model.activate",
            object_type="model",
            object_id=wanted.id,
            before=before or (base.id if base else None),
            os_account=os_account,
        )
    if wanted.base:
        model_file.point_nowhere(folder)
    else:
        model_file.point_at(wanted.id, folder)
    return wanted.id


def _known(model_dir: Path, *, base: bool, active: bool) -> KnownModel:
    try:
        words = model_file.read_words(model_dir)
    except ModelStale:
        return KnownModel(id=model_dir.name, base=base, active=active and base, state="stale")
    except (ModelFileError, ModelMissing):
        return KnownModel(id=model_dir.name, base=base, active=active, state="damaged")
    report = words["report"]
    learned = report.get("learned")
    tier = tier_of(words["second"])
    made_at = (
        datetime.fromisoformat(learned["made_at"])
        if learned
        else datetime.fromtimestamp((model_dir / "model.json").stat().st_mtime, UTC)
    )
    return KnownModel(
        id=words["id"],
        base=base,
        active=active,
        state="ok",
        made_at=made_at,
        texts=report["texts"],
        lessons=learned["lessons"] if learned else 0,
        tiers=2 if tier == "second" else 1,
        figures=frozen(report, second=tier == "second"),
        comparison=learned["comparison"] if learned else None,
    )
