"""A model trained once per run, into a temporary folder: the tests need no var/."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from classifier.assess import Assessor
from classifier.dataset import CORPUS
from classifier.evaluation import report
from classifier.rulebook import load_rulebook
from classifier.training import Trained, train
from tests.made_once import made_once


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four writers of the corpus: enough to behave, little enough to be quick."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("b01", "w01", "w02", "w05"):
        shutil.copy(CORPUS / f"{name}.jsonl", folder)
    return folder


@pytest.fixture(scope="session")
def trained(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return made_once(tmp_path_factory, "trained", lambda: train(small_corpus))


@pytest.fixture(scope="session")
def figures(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is said of that model."""
    return made_once(tmp_path_factory, "trained-figures", lambda: report(trained))


@pytest.fixture(scope="session")
def assessor(trained: Trained) -> Assessor:
    return Assessor(trained.model, load_rulebook())
