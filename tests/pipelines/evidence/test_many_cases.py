"""A thousand generated cases: every one passes both checkers and every public tool; no false alarm. `make soak`.

SOAK_CASES in the environment makes it shorter or longer.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.bundle import export_case
from pipelines.records import Verdict
from tests.pipelines.evidence.public_tools import TOOLS, Unpacked
from tests.pipelines.evidence.seeds import MONDAY, TEXT, add_lead, decide, open_case

CASES = int(os.environ.get("SOAK_CASES", "1000"))
#: Cases between two lines of progress.
_TELL_EVERY = 20


@pytest.mark.soak
def test_a_thousand_cases_pass_every_check(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passed: Counter[str] = Counter()
    begun = clock.now()
    for number, case in enumerate(_refusals(desk, tmp_path, CASES), 1):
        assert case == {}, number
        passed.update(list(TOOLS))
        if number % _TELL_EVERY == 0 or number == CASES:
            with capsys.disabled():
                print(
                    f"{number} of {CASES} cases, {(clock.now() - begun).total_seconds() / number:.1f} s each",
                    flush=True,
                )
    with capsys.disabled():
        print(f"\n{'tool':<26}{'accepted':>10}{'of':>8}")
        for tool in TOOLS:
            print(f"{tool:<26}{passed[tool]:>10}{CASES:>8}")


def test_a_case_passes_every_check(desk: Desk, tmp_path: Path) -> None:
    assert list(_refusals(desk, tmp_path, 1)) == [{}]


def _refusals(desk: Desk, folder: Path, count: int) -> Iterator[dict[str, list[str]]]:
    """For each generated case what each tool has against it."""
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
        unpacked = Unpacked.into(folder / "unpacked", out, desk.home)
        said = {name: list(tool(unpacked)) for name, tool in TOOLS.items()}
        yield {name: words for name, words in said.items() if words}
        out.unlink()
        shutil.rmtree(folder / "unpacked")
