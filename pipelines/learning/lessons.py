"""Decisions as lessons: read from the store when training starts, masked, never written anywhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from classifier.challenge import Decided
from classifier.dataset import Example, Gold
from classifier.types import AD_FLAGS, KINDS, Posting
from pipelines.desk import Desk
from pipelines.evidence.adopted import adopted, standing
from pipelines.learning.reasons import Teaching, teaching_of
from pipelines.personal.contacts import find_contacts, mask_text, person_names
from pipelines.personal.privacy import mask_private
from pipelines.records import Decision, Lead, LeadStatus, Listing, StoredAssessment, Strike, Verdict
from pipelines.store import Tx

#: How many ordinary texts a dismissal weighs: a false alarm in our own field is worth more than a text of the corpus.
DISMISSED_WEIGHT = 3.0
CONFIRMED_WEIGHT = 1.0
_DECIDED = (LeadStatus.ACCEPTED, LeadStatus.TRANSFERRED, LeadStatus.DISMISSED)
_PORTION = 500
#: Characters of 老师, 校长 and the like behind a surname.
_TITLE = 2


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One decided lead: what it teaches, and what the officer held."""

    example: Example
    decided: Decided
    at: datetime
    decision_id: int


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """All lessons, in the order of their decisions."""

    lessons: tuple[Lesson, ...]
    #: Leads with a decision that stands (held ones apart).
    decided: int
    #: Dismissals that say nothing of the text: reason → how many ("" without one).
    silent: dict[str, int]

    @property
    def confirmed(self) -> int:
        return sum(lesson.decided.lead for lesson in self.lessons)

    @property
    def dismissed(self) -> int:
        return len(self.lessons) - self.confirmed


def collect(desk: Desk) -> Lessons:
    """The lessons of this HOME. The latest standing decision of a lead counts; undone and held ones do not."""
    found: list[Lesson] = []
    silent: Counter[str] = Counter()
    decided = 0
    with desk.store.read() as tx:
        for lead in _decided_leads(tx):
            left = standing(tx.decisions.for_lead(lead.id))
            if not left or left[-1].verdict is Verdict.HOLD:
                continue
            decided += 1
            decision = left[-1]
            # What the officer saw: a later assessment may say something else.
            shown = tx.assessments.shown_at(lead.listing_id, decision.decided_at) or tx.assessments.get(
                lead.assessment_id
            )
            listing = tx.listings.get(lead.listing_id)
            # Of one whose words were deleted on schedule nothing can be learnt any more; the model keeps what it knows.
            if shown is None or listing is None or not (shown.title or shown.text):
                continue
            lesson = _lesson(lead, listing, shown, decision)
            if lesson is None:
                silent[decision.reason] += 1
            else:
                found.append(lesson)
    found.sort(key=lambda lesson: (lesson.at, lesson.decision_id))
    return Lessons(lessons=tuple(found), decided=decided, silent=dict(silent.most_common()))


def _decided_leads(tx: Tx) -> Iterator[Lead]:
    for status in _DECIDED:
        after: str | None = None
        while True:
            page = tx.leads.page(status=status, after=after, limit=_PORTION)
            yield from page.items
            after = page.next
            if after is None:
                break


def _lesson(lead: Lead, listing: Listing, shown: StoredAssessment, decision: Decision) -> Lesson | None:
    lead_held = decision.verdict in (Verdict.CONFIRM, Verdict.TRANSFER)
    if lead_held:
        gold, heads = _confirmed(shown, decision.struck)
    else:
        teaching = teaching_of(decision.reason)
        if teaching is None:
            return None
        gold, heads = _dismissed(teaching)
    posting = Posting(
        id=f"lead-{lead.id}",
        title=masked(shown.title) or None,
        text=masked(shown.text),
        platform=listing.platform or None,
        url=None,
        visibility=listing.visibility,
    )
    # Texts of one operator are of one hand; n-grams that only one hand uses are not learnt.
    writer = f"operator-{lead.operator_id}" if lead.operator_id else f"cluster-{lead.cluster_id}"
    return Lesson(
        example=Example(
            posting=posting,
            gold=gold,
            writer=writer,
            weight=CONFIRMED_WEIGHT if lead_held else DISMISSED_WEIGHT,
            heads=heads,
        ),
        decided=Decided(posting=posting, lead=lead_held),
        at=decision.decided_at,
        decision_id=decision.id,
    )


def masked(text: str) -> str:
    """The text without contacts and names: those the store keeps as published (张老师) lose the surname."""
    text = mask_private(mask_text(text, find_contacts(text)))
    for name in set(person_names(text)):
        text = text.replace(name, name[-_TITLE:])
    return text


def _confirmed(shown: StoredAssessment, strikes: Iterable[Strike]) -> tuple[Gold, frozenset[str]]:
    """The officer took the lead for one: what the findings he adopted said holds, and a signal all of whose findings
    he struck out is not there. What none of them said stays open; so does whether it is academic, when only how that
    was said to be hidden was struck."""
    said, result = shown.findings, shown.result
    held = {str(finding.get("signal")) for finding in adopted(said, shown.struck(strikes))}
    denied = {str(finding.get("signal")) for finding in said} - held
    academic = bool(result.get("academic", {}).get("flag")) and not any(one.startswith("academic") for one in denied)
    anxiety = bool(result.get("anxiety", {}).get("flag")) and "anxiety" not in denied
    flags = frozenset(held & set(AD_FLAGS))
    heads = {f"kind:{kind}" for kind in KINDS} | {f"signal:{flag}" for flag in flags | denied & set(AD_FLAGS)}
    heads.add("minors")
    if academic:
        heads.add("academic")
    if anxiety or "anxiety" in denied:
        heads.add("anxiety")
    return _gold(kind="offer", academic=academic, anxiety=anxiety, minors=True, flags=flags), frozenset(heads)


def _dismissed(teaching: Teaching) -> tuple[Gold, frozenset[str]]:
    kinds = [head.partition(":")[2] for head in teaching.no if head.startswith("kind:")]
    said = [head.partition(":")[2] for head in teaching.yes if head.startswith("kind:")]
    kind = said[0] if said else next(kind for kind in reversed(KINDS) if kind not in kinds)
    stages = frozenset(head.partition(":")[2] for head in teaching.yes if head.startswith("stage:"))
    gold = _gold(kind=kind, academic=False, anxiety=False, minors=False, flags=frozenset(), stages=stages)
    return gold, teaching.no | teaching.yes


def _gold(
    *,
    kind: str,
    academic: bool,
    anxiety: bool,
    minors: bool,
    flags: frozenset[str],
    stages: frozenset[str] = frozenset(),
) -> Gold:
    return Gold(
        kind=kind,
        academic="yes" if academic else "no",
        covers=frozenset(),
        stages=stages,
        paid=False,
        anxiety=anxiety,
        minors=minors,
        ad_flags=flags,
    )
