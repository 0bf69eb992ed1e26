"""The classifier for rooms that may not import it themselves: crawlers hand it to the ingest functions unopened."""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from classifier import embedding
from classifier.assess import FIRST_TIER, Assessor, Embed
from classifier.crew import settle, usable_cores
from classifier.document import read
from classifier.embedding_cache import RunCache
from classifier.embedding_shelf import EmbeddingShelf
from classifier.errors import ModelFileError, ModelMissing, ModelStale
from classifier.model import Model
from classifier.model_file import MODELS, current_id, load_current, load_model
from classifier.ocr import read_image
from classifier.rulebook import load_rulebook
from pipelines.config import Settings

__all__ = [
    "Assessor",
    "Thresholds",
    "active_model",
    "assessor_of",
    "learned_models",
    "load_assessor",
    "load_thresholds",
    "make_room",
    "read_ahead",
    "read_image",
    "usable_cores",
]

_log = logging.getLogger(__name__)

#: Objects between two looks for what refers to itself: rows and answers do, and keep a page's texts with them.
_YOUNG = 20_000

BACK_TO_BASE = "请运行 mingcha model activate base 改用随程序的模型，或运行 mingcha train --with-decisions 重新训练"


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Head → probability from which it is held, for texts read by the first tier alone and for those read closely."""

    first: Mapping[str, float]
    close: Mapping[str, float]

    def of(self, model_id: str) -> Mapping[str, float]:
        """Those that an assessment with this model id was held against."""
        return self.first if model_id.endswith(FIRST_TIER) else self.close


def learned_models(home: Path) -> Path:
    """Where the models of this HOME lie, made of the corpus and its decisions; HOME may be `var/`, whose `models/` is
    the shipped base's."""
    return home / "learned"


def active_model(home: Path | None, shipped: Path = MODELS) -> Model:
    """The model in use: HOME's active one, else the base.

    One that an older program made is passed over with a warning; a damaged or foreign one is a ModelFileError, since
    somebody may have put it there.
    """
    active = current_id(learned_models(home)) if home is not None else None
    if home is None or active is None:
        return load_current(shipped)
    try:
        return load_model(learned_models(home) / active)
    except ModelStale as error:
        _log.warning("%s；%s。暂用随程序的模型", error.message, BACK_TO_BASE)
        return load_current(shipped)
    except (ModelFileError, ModelMissing) as error:
        raise ModelFileError(f"数据目录中启用的模型 {active} 缺失、已损坏或不属于这里；{BACK_TO_BASE}") from error


def assessor_of(model: Model, home: Path | None, *, second_tier: bool = True) -> Assessor:
    """An assessor with this model; its embeddings are kept in HOME/cache between runs. Without the second tier its
    answers carry the id of the first."""
    embed = embed_for(model, home) if second_tier else None
    return Assessor(model, load_rulebook(), embed=embed, second_tier=second_tier)


def embed_for(model: Model, home: Path | None) -> Embed | None:
    """Embeddings as the model's second tier was trained with; None where it has none or they cannot be made here."""
    if home is None or model.second is None or not embedding.available():
        return None
    embedder = embedding.Embedder()
    if embedder.version != model.second.made_by:
        return None
    shelf = EmbeddingShelf(home / "cache" / "embeddings.sqlite", made_by=f"{embedding.PACKAGE}-{embedder.version}")
    return RunCache(embedder, shelf=shelf).rows


def load_assessor(settings: Settings) -> Assessor:
    """The assessor with the model in use in this HOME. Raises ModelMissing or ModelFileError naming the mend."""
    home = settings.home_path
    return assessor_of(active_model(home), home, second_tier=settings.second_tier)


def read_ahead() -> None:
    """Make ready what reading needs whatever the text and the model: a process copied after that has it, too."""
    read("暑假数学一对一，每课时 200 元，电话 13800000000")


def make_room() -> None:
    """Make garbage collection fit a process that stores and assesses from here on: what is loaded by now stays and is
    not looked through again."""
    settle()
    gc.set_threshold(_YOUNG, 10, 10)


def load_thresholds(home: Path | None = None) -> Thresholds:
    """Those of the model in use in this HOME. Raises ModelMissing or ModelFileError naming the mend."""
    model = active_model(home)
    return Thresholds(first=model.thresholds, close=model.close.thresholds)
