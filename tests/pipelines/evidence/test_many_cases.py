"""A thousand generated cases: every one passes both checkers and every public tool; no false alarm. `make soak`."""

from __future__ import annotations

import contextlib
import io
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import pytest
from warcio.checker import Checker

from pipelines.desk import Desk
from pipelines.evidence import standalone
from pipelines.evidence.bundle import export_case
from pipelines.evidence.verify import verify_package
from pipelines.records import Verdict
from tests.pipelines.evidence.seeds import MONDAY, TEXT, add_lead, decide, open_case

CASES = 1000


@pytest.mark.soak
def test_a_thousand_cases_pass_every_check(desk: Desk, tmp_path: Path) -> None:
    check_cases(desk, tmp_path, CASES)


def test_a_few_cases_pass_every_check(desk: Desk, tmp_path: Path) -> None:
    check_cases(desk, tmp_path, 1)


def check_cases(desk: Desk, folder: Path, count: int) -> None:
    chance = random.Random(20260302)
    for number in range(count):
        leads = []
        for part in range(chance.randrange(1, 4)):
            text = TEXT + "".join(chr(chance.choice((0x4E00, 0x20, 0x1F600)) + chance.randrange(80)) for _ in range(50))
            codes = tuple(chance.sample(["HT18.3b", "AD04", "AD03", "HT07"], chance.randrange(1, 5)))
            lead = add_lead(desk, f"{number}-{part}", text=text, codes=codes, screenshot=chance.random() < 0.3)
            decide(desk, lead, Verdict.CONFIRM, at=MONDAY)
            leads.append(lead)
        case = open_case(desk, leads)
        out = export_case(desk, case.id, folder / "case.zip", user="wang")
        check_package(out, desk.home, folder / case.id)
        out.unlink()


def check_package(package: Path, home: Path, top: Path) -> None:
    mine = verify_package(package, home=home)
    assert (mine.ok, mine.trusted, mine.faults) == (True, True, ()), package
    theirs = standalone.verify(str(package), [str(next((home / "trust").glob("*.pem")))], [])
    assert (theirs.ok, theirs.trusted, theirs.faults) == (True, True, []), package
    with zipfile.ZipFile(package) as archive:
        archive.extractall(top.parent)
    bagit.Bag(str(top)).validate()
    tags, stamped = "tagmanifest-sha256.txt", ("openssl", "ts", "-verify", "-CAfile", "tsa-chain.pem")
    commands = [
        ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"],
        ["sha256sum", "--quiet", "-c", tags],
        ["openssl", "dgst", "-sha256", "-verify", "signer.pub.pem", "-signature", f"{tags}.sig", tags],
        [*stamped, "-in", f"{tags}.tsr", "-data", tags],
    ]
    for capture in sorted((top / "data/captures").iterdir()):
        warc = str(capture / "page.warc.gz")
        # A process of its own: the package leaves files open.
        commands.append([str(Path(sys.executable).parent / "wacz"), "validate", "-f", str(capture / "capture.wacz")])
        commands.append([*stamped, "-in", str(capture / "timestamps/own.tsr"), "-data", warc])
        with contextlib.redirect_stdout(io.StringIO()):
            checker = Checker(_Arguments(warc))
            checker.process_all()
            assert checker.exit_value == 0, warc
    for command in commands:
        done = subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


class _Arguments:
    """What `warcio check FILE` would say to its checker."""

    verbose = False

    def __init__(self, file: str) -> None:
        self.inputs = [file]
