"""Each class of the tamper corpus is refused by both checkers, which name it; the large run is `make soak`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipelines.evidence import standalone
from tests.pipelines.evidence.packages import Package
from tests.pipelines.evidence.tampering import CLASSES

#: Of each class in the large run.
_MANY = 40


def test_the_corpus_has_the_classes_it_must_have() -> None:
    assert len(CLASSES) >= 40


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_class_is_refused_and_named_by_both(package: Package, name: str) -> None:
    _refused(package, name, seed=1)


@pytest.mark.soak
def test_forty_of_each_class_are_refused_and_named_by_both(package: Package) -> None:
    for name in sorted(CLASSES):
        for seed in range(_MANY):
            _refused(package, name, seed=seed)


def _refused(package: Package, name: str, *, seed: int) -> None:
    data, expected = CLASSES[name](package, random.Random(f"{name} {seed}"))
    assert data != package.data
    mine = package.check(data)
    assert not (mine.ok and mine.trusted), (name, seed)
    assert {fault.code for fault in mine.faults} & expected, (name, seed, mine.faults)
    trusted = [str(path) for path in (package.home / "trust").glob("*.pem")]
    theirs = standalone.verify(str(Path(package.folder) / "tampered.zip"), trusted, [])
    assert not (theirs.ok and theirs.trusted), (name, seed)
    assert {fault.code for fault in theirs.faults} & expected, (name, seed, theirs.faults)
    assert all(fault.code in standalone.FAULTS for fault in theirs.faults)
