"""Posts of the board: the ad itself, what others answered, and the junk text strewn between the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from markupsafe import Markup

from crawlers.sandbox.markup import lines_of, recent_words
from crawlers.sandbox.placement import Place
from crawlers.sandbox.world import FIRST_NOON, World

_JUNK_WORDS = ("一对一", "包过", "提分", "全科", "名师", "考前", "$k8&", "x7Qm", "| Z", "*9fT", "{dY", "原版", "复制")
_NICKS = (
    "月下老王",
    "小城一粒沙",
    "骑驴看账本",
    "桥头豆浆",
    "路人丙",
    "默默潜水",
    "西街阿宽",
    "木子林",
    "晴耕",
    "二狗他叔",
)

#: What the author says below a posting that was edited, and how long before noon.
_TOLD = "一楼有补充，看一楼。"
_TOLD_BEFORE_NOON = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One post of a thread as the page shows it."""

    number: int
    author: str
    at: datetime
    #: 昨天 09:05 within a week, else None.
    words: str | None
    html: Markup


class Threads:
    """The posts of every thread; the junk in them differs with each visit, the rest only with the seed."""

    def __init__(self, world: World, dates: Mapping[str, datetime]) -> None:
        self._world = world
        self._dates = dates
        self._replies = (Path(__file__).parent / "replies.txt").read_text("utf-8").splitlines()

    def posts(self, place: Place, visit: int) -> list[Post]:
        """The ad first, then the answers in order of time."""
        ad = self._post(place, 0, place.posting.author, self._dates[place.posting.id], place.posting.body, visit)
        chance = self._world.dice("answers", place.posting.id)
        times = self._answers(place)
        texts = chance.sample(self._replies, len(times))
        answers = [
            self._post(place, floor, chance.choice(_NICKS), at, text, visit)
            for floor, (at, text) in enumerate(zip(times, texts, strict=True), start=1)
        ]
        told = self.reply_times(place)[len(times) :]
        own = [self._post(place, len(times) + 1, place.posting.author, at, _TOLD, visit) for at in told]
        return [ad, *answers, *own]

    def reply_times(self, place: Place) -> list[datetime]:
        """When it was answered, oldest first; who edits a posting says so below it, on the second day."""
        told = [self._world.noon() - _TOLD_BEFORE_NOON] if self._is_told(place) else []
        return [*self._answers(place), *told]

    def _is_told(self, place: Place) -> bool:
        return bool(place.edit) and self._world.day == 2

    def _answers(self, place: Place) -> list[datetime]:
        """When others answered; one thread in forty runs over to a second page."""
        chance = self._world.dice("replies", place.posting.id)
        count = 14 if chance.random() < 0.025 else chance.choice((0, 0, 1, 1, 2, 3, 4, 6))
        # Of the first day: what was answered by then stays where it was.
        start, span = self._dates[place.posting.id], FIRST_NOON - self._dates[place.posting.id]
        gaps = sorted(chance.random() ** 2 for _ in range(count))
        return [start + timedelta(seconds=int(span.total_seconds() * gap * 0.98)) for gap in gaps]

    def last(self, place: Place) -> tuple[datetime, str]:
        """Time and nick of the newest post."""
        times = self.reply_times(place)
        if not times:
            return self._dates[place.posting.id], place.posting.author
        if self._is_told(place):
            return times[-1], place.posting.author
        return times[-1], self._world.dice("last", place.posting.id).choice(_NICKS)

    def _post(self, place: Place, floor: int, author: str, at: datetime, text: str, visit: int) -> Post:
        return Post(
            number=place.number * 20 + floor,
            author=author,
            at=at,
            words=recent_words(at, self._world.noon()),
            html=_jammed(lines_of(text), self._world.dice("jam", place.number, floor, visit)),
        )


def _jammed(lines: Sequence[Markup], chance: Random) -> Markup:
    """The lines with junk at their ends that a reader does not see."""
    return Markup("<br />\n").join(line + _junk(chance) for line in lines)


def _junk(chance: Random) -> Markup:
    """Nothing, or a few words in one of the two disguises forum software uses."""
    words = " ".join(chance.choice(_JUNK_WORDS) for _ in range(chance.randrange(1, 4)))
    template = chance.choice(("", '<font class="jammer">{}</font>', '<span style="display:none">{}</span>'))
    return Markup(template).format(words)  # noqa: S704  # our own three templates
