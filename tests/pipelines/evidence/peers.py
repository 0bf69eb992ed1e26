"""What `wacz validate` and `bagit.py` say of a spoilt package, beside our checkers in the soak's table."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

from tests.pipelines.evidence.public_tools import bagit_says, wacz_says

#: What may go wrong when anybody's ZIP is unpacked.
_NOT_UNPACKED = (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError)


class Peers:
    """Asks both on what a package unpacks to; one that does not unpack counts as refused by both, in their favour."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        #: By the file's bytes: a process for each of the same would take an hour.
        self._wacz: dict[str, bool] = {}

    def refuse(self, package: Path) -> set[str]:
        """Which of the two refuse it."""
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            with zipfile.ZipFile(package) as archive:
                archive.extractall(self._folder)  # the library keeps names inside, and writes links as plain files
                top = self._folder / archive.namelist()[0].partition("/")[0]
        except _NOT_UNPACKED:
            return {"wacz validate", "bagit.py"}
        refused = {"bagit.py"} if list(bagit_says(top)) else set()
        captures = sorted(top.glob("data/captures/*/capture.wacz"))
        return refused | ({"wacz validate"} if any(map(self._refuses, captures)) else set())

    def _refuses(self, path: Path) -> bool:
        key = hashlib.sha256(path.read_bytes()).hexdigest()
        if key not in self._wacz:
            self._wacz[key] = bool(list(wacz_says(path)))
        return self._wacz[key]
