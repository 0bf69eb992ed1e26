"""Make the current model: train when corpus, code or libraries changed, else only point at what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from classifier.dataset import CORPUS, corpus_hash
from classifier.errors import ModelFileError, ModelMissing
from classifier.evaluation import report
from classifier.model_file import MODELS, load_model, point_at, save_model
from classifier.training import model_id, train


def make_current(corpus: Path = CORPUS, folder: Path = MODELS) -> dict[str, Any]:
    """Returns {"model", "trained": bool, …held-out figures when trained}."""
    wanted = model_id(corpus)
    try:
        load_model(folder / wanted)
    except (ModelMissing, ModelFileError):
        trained = train(corpus)
        figures = report(trained)
        save_model(trained.model, corpus=corpus_hash(corpus), report=figures, folder=folder)
        heads = figures["heads"]
        return {
            "model": wanted,
            "trained": True,
            "texts": figures["texts"],
            "kind_accuracy": figures["kind_accuracy"],
            "academic_f1": heads["academic"]["f1"],
            "anxiety_f1": heads["anxiety"]["f1"],
        }
    point_at(wanted, folder)
    return {"model": wanted, "trained": False}
