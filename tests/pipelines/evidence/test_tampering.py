"""Each class of the tamper corpus is refused by both checkers, which name it; the large run is `make soak`.

SOAK_TAMPERS in the environment is how many of each class that makes.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from pipelines.evidence import standalone
from tests.pipelines.evidence.packages import Package
from tests.pipelines.evidence.peers import Peers
from tests.pipelines.evidence.tampering import CLASSES, Tampered, inside

#: Of each class in the large run.
TAMPERS = int(os.environ.get("SOAK_TAMPERS", "40"))
_COLUMNS = ("mingcha verify", "verify.py", "wacz validate", "bagit.py")


def test_the_corpus_has_the_classes_it_must_have() -> None:
    assert len(CLASSES) >= 40


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_class_is_refused_and_named_by_both(package: Package, name: str) -> None:
    tampered = CLASSES[name](package, random.Random(f"{name} 1"))
    assert _found(package, tampered) == {"mingcha verify", "verify.py"}, name


def test_what_the_station_seals_again_is_no_alarm(package: Package) -> None:
    assert _found(package, (inside(package, {}), set())) == set()


def test_the_peers_see_a_changed_file_and_not_a_forged_one(package: Package) -> None:
    """So the soak's table says of them what they say."""
    peers = Peers(package.folder / "peers")
    said = {}
    for name in ("change_a_file", "insider_empties_a_warc"):
        _found(package, CLASSES[name](package, random.Random(f"{name} 1")))
        said[name] = peers.refuse(package.folder / "tampered.zip")
    assert "bagit.py" in said["change_a_file"]
    assert said["insider_empties_a_warc"] == set()


@pytest.mark.soak
def test_forty_of_each_class_are_refused_and_named_by_both(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    peers = Peers(package.folder / "peers")
    with capsys.disabled():
        print("".join(f"{word:<{width}}" for word, width in zip(("\nclass", *_COLUMNS, "of"), _WIDTHS, strict=True)))
    missed = []
    for name in sorted(CLASSES):
        found = Counter()
        for seed in range(TAMPERS):
            ours = _found(package, CLASSES[name](package, random.Random(f"{name} {seed}")))
            if len(ours) < 2:
                missed.append((name, seed, ours))
            found.update(ours | peers.refuse(package.folder / "tampered.zip"))
        _tell(name, found, capsys)
    alarms = Counter()
    for _ in range(TAMPERS):
        alarms.update(_found(package, (inside(package, {}), set())))
        alarms.update(peers.refuse(package.folder / "tampered.zip"))
    _tell("(false alarms: sealed anew by the station)", alarms, capsys)
    assert missed == []
    assert not alarms


_WIDTHS = (46, 16, 12, 15, 10, 4)


def _tell(name: str, found: Counter[str], capsys: pytest.CaptureFixture[str]) -> None:
    words = (name, *(found[column] for column in _COLUMNS), TAMPERS)
    with capsys.disabled():
        print("".join(f"{word:<{width}}" for word, width in zip(words, _WIDTHS, strict=True)), flush=True)


def _found(package: Package, tampered: Tampered) -> set[str]:
    """Which of our checkers refuse it and name one of the faults expected; of a good one, which refuse it at all."""
    data, expected = tampered
    assert data != package.data
    mine = package.check(data)
    trusted = [str(path) for path in (package.home / "trust").glob("*.pem")]
    theirs = standalone.verify(str(Path(package.folder) / "tampered.zip"), trusted, [])
    assert all(fault.code in standalone.FAULTS for fault in theirs.faults)
    results = {"mingcha verify": mine, "verify.py": theirs}
    return {
        name
        for name, result in results.items()
        if not (result.ok and result.trusted) and (not expected or {fault.code for fault in result.faults} & expected)
    }
