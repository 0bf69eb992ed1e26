"""What numbers and dates add to a judgement's signals: the comparison in words, and signals that rest on it alone.

Hours and sums hardly raise a signal by themselves, since the same numbers stand in rents and timetables: they say what
a held signal compared. Three things are read from values alone, and only of school-subject training: a date written
out that is a day off (holiday), a lesson online of more than half an hour (lesson_length), and a span of hours said of
a class's evenings that ends too late (late).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.document import Document
from classifier.frames import proves
from classifier.judge import Judgement
from classifier.sayings import said
from classifier.types import Hit, Posting, Span
from classifier.values import read_values
from classifier.values.clock import clock
from classifier.values.limits import OFFLINE_END, ONLINE_END, Beyond, beyond
from classifier.values.records import Time, Values

#: Rules for compulsory schooling; what holds in senior schools is the region's to say.
BY_STAGE = frozenset({"holiday", "lesson_length"})
#: Covers that teach on the spot, and words that do; lessons online that are given beside others are not the only ones.
_ON_SITE = frozenset({"home", "care", "camp", "domestic"})
_ON_SITE_WORDS = re.compile(
    r"线下|到店|面授|校区|教室|上门|门店|接送|管饭|午托|晚托|(?:另|也|还|兼|同时|同步)[有可设开能选]{0,2}(?:线上|在线|网课|直播)"
)
_NOTES = 3
#: An evening's lesson by its hours, and hours that are none: when somebody answers the telephone.
_SPAN = re.compile(r"-|~|—|–|～|至|到")
_EVENING = re.compile(r"晚|夜|周[一二三四五六日]|平时|每天|平日|工作日|上课|课时|班")
_OPEN = re.compile(r"营业|咨询|电话|接待|开放|前台|开门|客服|报名时间|面试|门店|值班")
_DAY_OFF = re.compile(r"(?:周[六日][、和]?)+为休息日")
_CLOCK = re.compile(r"(\d\d):(\d\d)")
#: A rule's note on an hour at which lessons begin, and the lesson then added to it.
_BEGINS = "开始，"
_ONE_LESSON = 45
#: Minutes that one lesson may last at all.
_LASTS = range(20, 301)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The comparisons of one text."""

    beyond: tuple[Beyond, ...] = ()
    #: Signals that rest on a value alone.
    added: tuple[str, ...] = ()
    #: Signals a rule held by the stricter limit, which the values show to be kept.
    dropped: tuple[str, ...] = ()
    online: bool = False
    #: The hours read, by which a rule's hour is added up.
    times: tuple[Time, ...] = ()

    @property
    def late_limit(self) -> str:
        """What is said of an end without an hour."""
        return f"{_limit(online=self.online)}后即超时"

    def places(self, signal: str) -> list[tuple[int, int]]:
        """Where a signal's values stand; weekdays and spans of time only support what a rule has found."""
        return [(one.start, one.end) for one in self.beyond if one.signal == signal and one.alone]

    def notes(self, signal: str, doc: Document, spans: Sequence[Span]) -> list[str]:
        """The comparisons behind the places shown, at most three; the rule's own where no value was read."""
        notes: list[str] = []
        shown = [(span.start, span.end) for span in spans]
        for one in self.beyond:
            if one.signal == signal and _overlaps(doc, one.start, one.end, shown):
                notes.append(one.note)
        if not notes:
            hits = [*said(doc.text, signal), *sorted(doc.named(signal), key=lambda hit: -hit.strength)]
            # The reason quotes what is shown: an hour told of other words would not be found in it.
            hits.sort(key=lambda hit: not _overlaps(doc, hit.start, hit.end, shown))
            told = (self._late(hit) if signal == "late" else hit.note for hit in hits)
            notes = [note for note in told if note][:1]
        return _together(list(dict.fromkeys(notes)))[:_NOTES]

    def _late(self, hit: Hit) -> str:
        """A rule's hour with what it was added up from, held against the limit of the mode; "" where that is kept."""
        read = _CLOCK.match(hit.note)
        if read is None:
            return hit.note and self.late_limit
        hour = int(read[1]) * 60 + int(read[2])
        begins = hit.note.startswith(_BEGINS, read.end())
        ends = hour + _ONE_LESSON if begins else hour
        if ends <= (ONLINE_END if self.online else OFFLINE_END):
            return ""
        beyond_limit = f"晚于{_limit(online=self.online)}"
        if begins:
            return f"{clock(hour)}开始，没有写时长，按一课时{_ONE_LESSON}分钟推算{clock(ends)}结束，{beyond_limit}"
        inside = [one for one in self.times if hit.start < one.end and one.start < hit.end]
        for one in inside:
            if one.ends is None and one.begins is not None and ends - one.begins in _LASTS:
                return f"{clock(one.begins)}开始，时长{ends - one.begins}分钟，推算{clock(ends)}结束，{beyond_limit}"
        return f"{clock(ends)}，{beyond_limit}"


def _limit(*, online: bool) -> str:
    return f"线上{clock(ONLINE_END)}" if online else f"线下{clock(OFFLINE_END)}"


def _taught_then(text: str, one: Beyond) -> bool:
    """Whether an hour is an evening lesson's: a span, on a day or an evening that is named, and no shop's hours."""
    before = text[max(0, one.start - 14) : one.end]
    return bool(_SPAN.search(text[one.start : one.end]) and _EVENING.search(before)) and not _OPEN.search(before)


def _together(notes: list[str]) -> list[str]:
    """周六为休息日 beside 周六、周日为休息日 says nothing more."""
    days = "、".join(
        dict.fromkeys(day for day in ("周六", "周日") for note in notes if day in note and note.endswith("为休息日"))
    )
    rest = [note for note in notes if not _DAY_OFF.fullmatch(note)]
    return [f"{days}为休息日", *rest] if days and len(rest) < len(notes) else notes


def compare(posting: Posting, doc: Document, judged: Judgement) -> Compared:
    """Read the values of an offer to minors and compare them with the rules that hold for it."""
    online = only_online(doc, judged)
    values = read_values(doc.text)
    found = tuple(
        one
        for one in beyond(values, online=online, on=posting.posted_on)
        if proves(one.signal, doc.text, one.start, one.end)
    )
    if not judged.academic:
        found = tuple(one for one in found if one.signal not in BY_STAGE)
    signals = {one.signal for one in found if one.alone}
    added: tuple[str, ...] = tuple(signal for signal in ("holiday", "lesson_length") if signal in signals)
    if judged.academic and any(one.signal == "late" and one.alone and _taught_then(doc.text, one) for one in found):
        added = (*added, "late")
    if judged.academic and any(one.signal == "prepay" and one.alone and "含赠送" in one.note for one in found):
        added = (*added, "prepay")  # what is given on top is taken ahead with what is paid
    dropped = ("late",) if online and not _late_online(doc, values, found) else ()
    return Compared(beyond=found, added=added, dropped=dropped, online=online, times=values.times)


def only_online(doc: Document, judged: Judgement) -> bool:
    """Whether lessons are online and nowhere else."""
    return "online" in judged.covers and not _ON_SITE & set(judged.covers) and not _ON_SITE_WORDS.search(doc.text)


def _late_online(doc: Document, values: Values, found: Sequence[Beyond]) -> bool:
    """Whether anything ends after 21:00; a rule's hit without an hour is believed unless a value says the hour."""
    if any(one.signal == "late" for one in found):
        return True
    for hit in doc.named("late"):
        hour = _CLOCK.match(hit.note)
        if hour and int(hour[1]) * 60 + int(hour[2]) > ONLINE_END:
            return True
        told = any(time.ends is not None and time.start < hit.end and hit.start < time.end for time in values.times)
        if not hour and not told:
            return True
    return False


def _overlaps(doc: Document, start: int, end: int, shown: Sequence[tuple[int, int]]) -> bool:
    span = doc.folded.span(start, end)
    return any(low < span.end and span.start < high for low, high in shown)
