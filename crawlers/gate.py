"""What each page is, and whether a run may go on after it: the first wall ends it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawlers.job import Job
from crawlers.not_found import is_not_found
from crawlers.place import elsewhere, region_name
from crawlers.states import PageView, Verdict, classify
from crawlers.visible import visible_text
from pipelines.records import WALLS, Page, PageState

#: So many postings in a row that want a login are a wall before the whole source.
LOGIN_WALLS_IN_A_ROW = 3
#: So many postings in a row that moved to another site for good: the whole site did.
MOVES_IN_A_ROW = 3
_FOR_GOOD = frozenset({301, 308})
#: Pages that say of themselves that guests see less.
_GUESTS = re.compile(r"登录后(?:可|才能?|即可)?(?:查看|看到|浏览|显示)(?:更多|全部|完整)|游客(?:只能|仅能?|最多)")


class Gate:
    """Judges the pages of one run in the order they come.

    A verification page or a block stops the source at once. A posting that wants a login is that posting's own affair;
    a list that does, or several postings in a row, stop the source as well.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._login_walls = 0
        self._moves = 0

    def judge(
        self, view: PageView, *, is_list: bool, known: Page | None = None, entries: int | None = None
    ) -> PageState:
        """The state of a page; a list that links to postings is not taken for one. Tells the job when to stop.

        `entries`: how many a page of another format than HTML holds; None when it is HTML, or not of its format.
        """
        rules = [rule for rule in self._job.recipe.states if not (is_list and rule.state is PageState.OK)]
        if entries and view.status == 200:
            return PageState.LIST  # nothing but a list can be read as one
        verdict = self._second_look(classify(view, rules), view, is_list=is_list)
        if entries == 0 and verdict.state is PageState.UNKNOWN:
            return PageState.EMPTY_LIST
        # At once, before anything is stored: nothing more is to be asked for.
        if verdict.state in WALLS:
            self._job.stop_at(verdict.state, verdict.reason)
        elif verdict.state is PageState.MOVED:
            self._moved(view, is_list=is_list)
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
        self._moves = 0

    def _second_look(self, verdict: Verdict, view: PageView, *, is_list: bool) -> Verdict:
        """What a page's own rules cannot know: the host's soft 404, another place than asked for, guests' view."""
        job = self._job
        if verdict.state in (PageState.OK, PageState.LIST):
            if not job.watch.guest_view and _may_be_guests(view.text) and _GUESTS.search(view.text):
                job.watch.guest_view = bool(_GUESTS.search(visible_text(view.selector)))
            there = elsewhere(view.selector, job.recipe.region)
            if there:
                wanted = region_name(job.recipe.region)
                reason = f"网页说的是{there}，配方要的是{wanted}：网址里的条件没有起作用，整页不取"
                job.message = job.message or reason
                return Verdict(state=PageState.UNKNOWN, reason=reason)
        if not is_list and is_not_found(job.watch.not_found, verdict.state, view.selector):
            return Verdict(state=PageState.GONE, reason="与本站对不存在的网址的回答相同")
        return verdict

    def _moved(self, view: PageView, *, is_list: bool) -> None:
        """For good and to another host: the site has moved or was sold, which a person has to look at."""
        if view.status not in _FOR_GOOD or self._job.site.on_site(view.url):
            return
        self._moves += 1
        if is_list or self._moves >= MOVES_IN_A_ROW:
            there = urlsplit(view.url).netloc[:100] or "别处"
            message = (
                f"网站永久跳转到 {there}，已停止采集：请人工核对是否搬家；"
                "确是搬家的，把新主机写进配方的 scope，旧主机写进 scope.old_hosts"
            )
            self._job.stop_at(PageState.MOVED, message)


def _may_be_guests(text: str) -> bool:
    """Cheap: what `_GUESTS` finds holds one of these."""
    return "登录后" in text or "游客" in text
