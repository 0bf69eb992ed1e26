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


def test_the_command_line_loads_nothing_heavy() -> None:
    script = f"import sys, mingcha; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
