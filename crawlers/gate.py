"""What each page is, and whether a run may go on after it: the first wall ends it."""

from __future__ import annotations

from crawlers.job import Job
from crawlers.states import PageView, classify
from pipelines.records import WALLS, Page, PageState

#: So many postings in a row that want a login are a wall before the whole source.
LOGIN_WALLS_IN_A_ROW = 3


class Gate:
    """Judges the pages of one run in the order they come.

    A verification page or a block stops the source at once. A posting that wants a login is that posting's own affair;
    a list that does, or several postings in a row, stop the source as well.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._login_walls = 0

    def judge(
        self, view: PageView, *, is_list: bool, known: Page | None = None, entries: int | None = None
    ) -> PageState:
        """The state of a page; a list that links to postings is not taken for one. Tells the job when to stop.

        `entries`: how many a page of another format than HTML holds; None when it is HTML, or not of its format.
        """
        rules = [rule for rule in self._job.recipe.states if not (is_list and rule.state is PageState.OK)]
        if entries and view.status == 200:
            return PageState.LIST  # nothing but a list can be read as one
        verdict = classify(view, rules)
        if entries == 0 and verdict.state is PageState.UNKNOWN:
            return PageState.EMPTY_LIST
        # At once, before anything is stored: nothing more is to be asked for.
        if verdict.state in WALLS:
            self._job.stop_at(verdict.state, verdict.reason)
        elif is_list:
            if verdict.state is PageState.LOGIN_WALL:
                self._job.stop_at(verdict.state, "列表页要求登录，已停止采集")
        elif verdict.state is not PageState.LOGIN_WALL:
            self.passed()
        elif known is None or known.state is not PageState.LOGIN_WALL:
            # Those known to want a login say nothing new; a run may look at nothing but them.
            self._login_walls += 1
            if self._login_walls >= LOGIN_WALLS_IN_A_ROW:
                message = f"连续 {LOGIN_WALLS_IN_A_ROW} 个信息页要求登录，已停止采集"
                self._job.stop_at(verdict.state, message)
        return verdict.state

    def passed(self) -> None:
        """A posting came that wanted no login; lists say nothing of what is behind their links."""
        self._login_walls = 0
