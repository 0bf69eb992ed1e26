"""A command of `mingcha` as it would have run some days ago: `python -m tests.weeks_ago 14 crawl sandbox-feed …`.

Only its clock is set; what it reads, stores and says is what the program does.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from pipelines import clock


def set_back(days: int) -> None:
    """This process's clock goes on from so many days ago."""
    clock.pin(lambda: datetime.now(UTC) - timedelta(days=days))


if __name__ == "__main__":
    set_back(int(sys.argv.pop(1)))
    import mingcha

    mingcha.main()
