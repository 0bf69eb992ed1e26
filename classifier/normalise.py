"""Text as published in, text as meant out: folded, unhidden, every character traceable to the original."""

from __future__ import annotations

from classifier.fold import Folded, fold
from classifier.restore import restore

#: Longer bodies are assessed by their beginning and end; nobody advertises in the middle of a novel.
LIMIT = 20_000


def normalise(raw: str) -> Folded:
    """Fold and restore; any str is taken, lone surrogates and NUL included."""
    return restore(fold(raw[:LIMIT]))
