"""What every command loads: `mingcha` is typed often, and each library it loads in vain is waited for each time."""

from __future__ import annotations

import subprocess
import sys

from tests.end_to_end.whole_job import ROOT

#: Loaded by the commands that use them, and only then.
HEAVY = (
    "scrapy",
    "twisted",
    "numpy",
    "scipy",
    "alembic",
    "fastapi",
    "docx",
    "weasyprint",
    "playwright",
    "PIL",
    "rjieba",
    "httpx",
)
#: Prints what of it is loaded: with the command, then by whoever looks for near-duplicates.
SCRIPT = f"""
import sys, mingcha
print([name for name in {HEAVY!r} if name in sys.modules])
from pipelines.ingest.near_duplicates import Signature
assert Signature.of("暑假数学一对一补课，小学初中都可以，电话联系").keys
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_command_line_loads_nothing_heavy_and_sketches_of_postings_only_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['numpy']"]
