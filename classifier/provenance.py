"""Which code, lists and libraries an answer depends on; kept apart from training so that assessing needs no trainer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

_LIBRARIES = ("scikit-learn", "numpy", "scipy", "rjieba", "opencc", "ahocorasick-rs")
#: From a text to numbers: a model made by other versions of these is refused.
_LEARNING = (
    "shown.py",
    "fold.py",
    "restore.py",
    "layout.py",
    "disguises.py",
    "hidden.py",
    "plain.py",
    "doubt.py",
    "characters.py",
    "likelihood.py",
    "letters.py",
    "names.py",
    "normalise.py",
    "reported.py",
    "document.py",
    "features.py",
    "evidence.py",
    "items.py",
    "evidence_columns.py",
    "mingled.py",
    "grams.py",
    "segment.py",
    "model.py",
    "learners.py",
    "training.py",
    "embedding.py",
    "array_file.py",
    "attuned.py",
    "engine_file.py",
    "second_tier.py",
    "second_tier_training.py",
    "pieces.py",
    "sharpest.py",
    "sharpest_training.py",
)
_READ = (".py", ".yml", ".tsv")
#: From numbers to findings: these may change under the same model, and then name another rulebook.
_JUDGING = (
    "assess.py",
    "judge.py",
    "schooling.py",
    "one_line.py",
    "line_words.py",
    "stages.py",
    "stories.py",
    "parody.py",
    "pets.py",
    "cantonese.py",
    "atoms.py",
    "page_facts.py",
    "misread.py",
    "frames.py",
    "signal_frames.py",
    "gifts.py",
    "recommenders.py",
    "elements.py",
    "cues.py",
    "dimension_cues.py",
    "operator_cues.py",
    "forms.py",
    "threats.py",
    "sayings.py",
    "witness.py",
    "hearsay.py",
    "lures.py",
    "ahead.py",
    "posts.py",
    "parts.py",
    "remarks.py",
    "aside.py",
    "findings.py",
    "wording.py",
    "explain.py",
    "clauses.py",
    "loudness.py",
    "fright.py",
    "academic_words.py",
    "preschool.py",
    "preschool_cues.py",
    "sense_cues.py",
    "little_ones.py",
    "rulebook.py",
    "evidence.py",
    "criteria.py",
    "criteria.yml",
    "article17.py",
    "compared.py",
    "payments.py",
    "feature_names.py",
    "readings.py",
    *(
        f"values/{name}.py"
        for name in ("clock", "dates", "days_off", "fees", "lessons", "limits", "promises", "records")
    ),
)


def library_versions() -> dict[str, str]:
    """Versions of everything a prediction depends on."""
    return {name: metadata.version(name) for name in _LIBRARIES}


@cache
def code_hash() -> str:
    """SHA-256 over the sources and lists that turn a text into numbers."""
    root = resources.files("classifier")
    entries = [root / part for part in _LEARNING]
    for folder in (root / "rules", root / "lexicon", root / "lexicon" / "themes"):
        entries += sorted((e for e in folder.iterdir() if e.name.endswith(_READ)), key=lambda e: e.name)
    return _digest(entries)


@cache
def judging_hash() -> str:
    """SHA-256 over the sources that turn numbers into findings."""
    root = resources.files("classifier")
    return _digest(root / part for part in _JUDGING)


def _digest(entries: Iterable[Traversable]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return digest.hexdigest()
