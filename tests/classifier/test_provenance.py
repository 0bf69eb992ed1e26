"""Every module an answer depends on has its part in the model's id or the rulebook's."""

from __future__ import annotations

import ast
from pathlib import Path

import classifier
from classifier.provenance import _JUDGING, _LEARNING

ROOT = Path(classifier.__file__).parent
#: Ways in and out, files and words for faults: none of them changes an answer.
CARRIERS = {
    "__init__.py",
    "embedding_cache.py",
    "embedding_shelf.py",
    "errors.py",
    "model_file.py",
    "provenance.py",
    "types.py",
    "dataset.py",
    "labelled.py",
    "ocr.py",
    "ocr_child.py",
    "workshop.py",
}


def imported(module: Path) -> set[Path]:
    """The classifier's own modules that one imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        for name in names:
            if name.split(".")[0] == "classifier":
                place = ROOT.joinpath(*name.split(".")[1:])
                found |= {one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()}
    return found


def test_every_module_that_answers_is_part_of_an_id() -> None:
    reached, waiting = set[Path](), {ROOT / "assess.py"}
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting |= imported(module) - reached
    named = {ROOT / part for part in (*_LEARNING, *_JUDGING)}
    left = {
        str(module.relative_to(ROOT))
        for module in reached - named
        if module.name not in CARRIERS and module.parent.name not in {"rules", "lexicon"}
    }
    assert len(reached) > 30
    assert not left
