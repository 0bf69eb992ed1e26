"""A demo whose rows lie in three weeks, for pictures of digests with a trend: one of its platforms is crawled a week,
and part of what came is decided on, all by the program itself with its clock set back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.browser.capture import capture_page
from pipelines import clock
from pipelines.config import make_home, read_settings
from pipelines.desk import Desk, mark_demo, open_desk
from pipelines.divisions import NOWHERE
from pipelines.enforcement import cases, follow_ups, review
from pipelines.enforcement.station import set_station
from pipelines.records import FollowUpKind, Lead, LeadStatus, User, Verdict
from review_ui.demo import _DEMO_AGENCY, DEMO_USER, demo_login, sandbox_platforms
from tests.weeks_ago import set_back

#: Platform → how many days ago it is crawled; the case is made of the last one's leads.
_WEEKS = {"feed": 14, "ads": 7, "board": 0}
#: What becomes of a week's leads beside those of the case, in order of the queue.
_DECIDED = {
    "feed": ((Verdict.CONFIRM, 5), (Verdict.DISMISS, 3), (Verdict.TRANSFER, 1)),
    "ads": ((Verdict.CONFIRM, 12), (Verdict.DISMISS, 5), (Verdict.TRANSFER, 4)),
    "board": ((Verdict.CONFIRM, 9), (Verdict.DISMISS, 4), (Verdict.TRANSFER, 3), (Verdict.HOLD, 2)),
}


@contextmanager
def demo_of_three_weeks(home: Path) -> Iterator[tuple[Desk, str]]:
    """Such a demo in a new HOME, and the id of its case: of the leads of one operator, with pictures of their pages."""
    # The demo starts its children by the name it was called by, which here is this module's.
    sys.argv[0] = str(Path(sys.executable).with_name("mingcha"))
    settings = read_settings({}, home=home)
    make_home(home)
    mark_demo(home)
    with open_desk(settings) as desk:
        demo_login(desk)
        with desk.store.read() as tx:
            user = tx.users.get(DEMO_USER)
        assert user is not None
        set_station(desk, region=NOWHERE, agency=_DEMO_AGENCY, user=user)
        try:
            with sandbox_platforms(home) as origins:
                for name, days in _WEEKS.items():
                    _crawl(home, name, urlsplit(origins[name]).netloc, days)
                    set_back(days)
                    waiting = _waiting(desk, f"sandbox-{name}")
                    chosen = _of_one_operator(waiting) if days == 0 else []
                    for lead in chosen:
                        capture_page(desk, lead, allow=(urlsplit(origins[name]).netloc,))
                    if days == 0:
                        _follow(desk, user)
                    _decide(desk, user, chosen, [one for one in waiting if one not in chosen], _DECIDED[name])
        finally:
            clock.pin(None)
        yield desk, cases.open_case(desk, [lead.id for lead in chosen], user=user).id


def _crawl(home: Path, name: str, host_port: str, days: int) -> None:
    command = [sys.executable, "-m", "tests.weeks_ago", str(days), "crawl", f"sandbox-{name}", "--allow", host_port]
    # Exit 1 only says that a wall was met, which the demo platforms have on purpose.
    subprocess.run(command, check=False, env={"MINGCHA_HOME": str(home), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})


def _waiting(desk: Desk, source: str) -> list[Lead]:
    with desk.store.read() as tx:
        found = tx.leads.page(limit=200).items
    return [lead for lead in found if lead.status is LeadStatus.OPEN and lead.source == source]


def _of_one_operator(waiting: Sequence[Lead]) -> list[Lead]:
    operators = Counter(lead.operator_id for lead in waiting if lead.operator_id is not None)
    return [lead for lead in waiting if lead.operator_id == operators.most_common(1)[0][0]]


def _decide(
    desk: Desk, user: User, chosen: Sequence[Lead], others: Sequence[Lead], decided: Sequence[tuple[Verdict, int]]
) -> None:
    for lead in chosen:
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=user, reason="与页面截图逐句核对一致")
    rest = iter(others)
    for verdict, times in decided:
        to = "市场监督管理部门" if verdict is Verdict.TRANSFER else None
        for lead in islice(rest, times):
            review.decide(desk, lead.id, verdict=verdict, user=user, reason="已核对页面", to_department=to)


def _follow(desk: Desk, user: User) -> None:
    """What became of some of the weeks before, entered in the last one."""
    today = clock.local(clock.now()).date()
    rows = follow_ups.followed(desk, user=user).rows
    answered = [row for row in rows if row.decision.verdict is Verdict.TRANSFER][:3]
    own = [row for row in rows if row.decision.verdict is Verdict.CONFIRM][:4]
    kinds = (FollowUpKind.RECEIVED, FollowUpKind.FILED, FollowUpKind.RETURNED, *[FollowUpKind.RECTIFIED] * 4)
    for row, kind in zip((*answered, *own), kinds, strict=True):
        paper = f"演示函〔{today.year}〕{row.lead.id} 号" if row in answered else ""
        follow_ups.enter(desk, row.lead.id, kind, user=user, on_day=today, paper=paper)
