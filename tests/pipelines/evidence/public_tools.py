"""The tools that must all accept a package, and what each says of one, on the package unpacked.

Those in Python are called as their commands call them, without a process of their own: that would be most of the time.
"""

from __future__ import annotations

import contextlib
import gc
import io
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import bagit
import wacz.main
import warcio.cli
from click.testing import CliRunner

import mingcha

TAGS = "tagmanifest-sha256.txt"
_STAMPED = ("openssl", "ts", "-verify", "-CAfile", "tsa-chain.pem")


@dataclass(frozen=True)
class Unpacked:
    """A package, the HOME that trusts it, and the folder it was unpacked to."""

    package: Path
    home: Path
    #: The folder named after the case.
    top: Path

    @classmethod
    def into(cls, folder: Path, package: Path, home: Path) -> Unpacked:
        """Unpacked as anybody would; only for packages of our own making."""
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
            return cls(package, home, folder / archive.namelist()[0].partition("/")[0])

    @property
    def captures(self) -> list[str]:
        """Folders of the captures, as named in the package."""
        return [f"data/captures/{one.name}" for one in sorted((self.top / "data" / "captures").iterdir())]

    @property
    def trusted(self) -> Path:
        return next((self.home / "trust").glob("*.pem"))


def _mingcha(one: Unpacked) -> Iterator[str]:
    asked = CliRunner(env={"MINGCHA_HOME": str(one.home)})
    done = asked.invoke(mingcha.cli, ["verify", str(one.package)], standalone_mode=False)
    if done.exception is not None or done.return_value != 0:
        yield f"{done.output}{done.exception or ''}"


def _own_checker(one: Unpacked) -> Iterator[str]:
    """By the copy that the package itself carries."""
    command = [sys.executable, "-I", "verify.py", str(one.package), "--trust", str(one.trusted)]
    yield from _run(one, *command)


def _bagit(one: Unpacked) -> Iterator[str]:
    yield from bagit_says(one.top)


def bagit_says(top: Path) -> Iterator[str]:
    """What `bagit.py --validate` has against an unpacked package."""
    try:
        bagit.Bag(str(top)).validate()
    except bagit.BagError as exc:
        yield f"bagit.py: {exc}"


def _sums(one: Unpacked) -> Iterator[str]:
    for manifest in ("manifest-sha256.txt", TAGS):
        yield from _run(one, "sha256sum", "--quiet", "-c", manifest)


def _warcio(one: Unpacked) -> Iterator[str]:
    files = [str(one.top / folder / "page.warc.gz") for folder in one.captures]
    yield from _called("warcio", lambda: warcio.cli.main(["check", *files]))


def _wacz(one: Unpacked) -> Iterator[str]:
    for folder in one.captures:
        yield from wacz_says(one.top / folder / "capture.wacz")


def wacz_says(path: Path) -> Iterator[str]:
    """What `wacz validate` has against one file."""
    yield from _called("wacz", lambda: wacz.main.main(["validate", "-f", str(path)]))


def _called(name: str, command: Callable[[], int | None]) -> Iterator[str]:
    """As its console script does: what it returns is its exit code, and what it does not catch ends it with 1."""
    told = io.StringIO()
    # They leave files open, and say so when these are collected.
    with warnings.catch_warnings(action="ignore"), contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            code = command()
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else 1
        except Exception as exc:  # noqa: BLE001  # whatever a tool trips over, it did not accept the file
            code = 1
            told.write(repr(exc))
        gc.collect()
    if code:
        yield f"{name}: {told.getvalue()}"


def _signature(one: Unpacked) -> Iterator[str]:
    signed = ("-sha256", "-verify", "signer.pub.pem", "-signature", f"{TAGS}.sig", TAGS)
    yield from _run(one, "openssl", "dgst", *signed)
    yield from _run(one, "openssl", "verify", "-CAfile", "signer.pem", "signer.pem")


def _stamps(one: Unpacked) -> Iterator[str]:
    pairs = [(f"{TAGS}.tsr", TAGS)]
    pairs += [(f"{folder}/timestamps/own.tsr", f"{folder}/page.warc.gz") for folder in one.captures]
    for token, file in pairs:
        yield from _run(one, *_STAMPED, "-in", token, "-data", file)


#: What each has against a package: nothing, or its words.
TOOLS: dict[str, Callable[[Unpacked], Iterator[str]]] = {
    "mingcha verify": _mingcha,
    "verify.py of the package": _own_checker,
    "bagit.py --validate": _bagit,
    "sha256sum -c": _sums,
    "warcio check": _warcio,
    "wacz validate": _wacz,
    "openssl dgst -verify": _signature,
    "openssl ts -verify": _stamps,
}


def _run(one: Unpacked, *command: str) -> Iterator[str]:
    done = subprocess.run(command, cwd=one.top, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"{command[0]}: {done.stdout}{done.stderr}"
