"""What a finding is called within its assessment, and which of them a decision struck out.

A rule may be touched in two ways at once: AD04 by a promise (its text may break an article with a penalty) and by an
exaggeration (facts are needed). Each is a finding of its own, so each has a name of its own: the rule's code while it
is the only one of that rule, else code and number, the gravest first (AD04.1, AD04.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

#: What a finding may come to, the gravest first. A suspicion that needs facts (无证办学, say) weighs more than a slogan
#: that no penalty stands for.
CONSEQUENCE_ORDER = ("sanctionable", "lead", "cleanup")


@dataclass(frozen=True, kw_only=True)
class Strike:
    """One finding that a decision does not adopt.

    It means the finding of this rule, signal and consequence that the officer had before him: in the same text judged
    again by another model, and in an edited text as long as it rests on no other words. Rows from before findings had
    names hold a rule's code alone (`version` 0) and mean all findings of it.
    """

    #: What the finding was called when it was struck.
    id: str
    code: str = ""
    signal: str = ""
    consequence: str = ""
    #: Which of several alike in all of that.
    nth: int = 1
    #: The listing version that was assessed, and the assessment the officer saw.
    version: int = 0
    assessment: int = 0
    #: The words it rested on, as far as that assessment still has them; looked up there, never kept with a decision.
    words: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.id


def with_ids(findings: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The findings in their order, each with its `id`; ids are unique within the assessment."""
    alike: dict[str, list[int]] = {}
    for place, finding in enumerate(findings):
        alike.setdefault(str(finding["code"]), []).append(place)
    ids: dict[int, str] = {}
    for code, places in alike.items():
        if len(places) == 1:
            ids[places[0]] = code
            continue
        # HT18.1 is a rule of its own: no finding is numbered into the name of another rule.
        free = (name for number in count(1) if (name := f"{code}.{number}") not in alike)
        for place in sorted(places, key=lambda place: (_weight(findings[place]), place)):
            ids[place] = next(free)
    return tuple({**finding, "id": ids[place]} for place, finding in enumerate(findings))


def gravest_first(findings: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """As people read them: the gravest kind first, of each kind in the order given (the classifier's, strongest
    first)."""
    return tuple(sorted(findings, key=_weight))


def strikes_of(
    findings: Sequence[Mapping[str, Any]], ids: Collection[str], *, version: int, assessment: int
) -> tuple[Strike, ...]:
    """The findings of these ids as a decision holds them, in the order of the findings."""
    return tuple(
        Strike(
            id=str(finding["id"]),
            code=key[0],
            signal=key[1],
            consequence=key[2],
            nth=nth,
            version=version,
            assessment=assessment,
            words=words_of(finding),
        )
        for finding, (key, nth) in zip(findings, _keys(findings), strict=True)
        if finding["id"] in ids
    )


def struck_ids(findings: Sequence[Mapping[str, Any]], strikes: Iterable[Strike], version: int) -> tuple[str, ...]:
    """Ids of the findings that these strikes mean, in the order of the findings; what is gone means nothing."""
    said = tuple(strikes)
    return tuple(
        str(finding["id"])
        for finding, key in zip(findings, _keys(findings), strict=True)
        if any(_means(one, finding, key, version) for one in said)
    )


def words_of(finding: Mapping[str, Any]) -> frozenset[str]:
    """The words a finding rests on, each once."""
    return frozenset(str(span["text"]) for span in finding.get("spans", ()) if span.get("text"))


def _means(strike: Strike, finding: Mapping[str, Any], key: tuple[tuple[str, str, str], int], version: int) -> bool:
    if not strike.version:
        return strike.id == str(finding["code"])
    if key != ((strike.code, strike.signal, strike.consequence), strike.nth):
        return False
    return strike.version == version or (bool(words := words_of(finding)) and words <= strike.words)


def _keys(findings: Sequence[Mapping[str, Any]]) -> list[tuple[tuple[str, str, str], int]]:
    """What a finding is, whatever it is called: rule, signal and consequence, and which of several alike."""
    seen: dict[tuple[str, str, str], int] = {}
    keys = []
    for finding in findings:
        key = (str(finding["code"]), str(finding.get("signal", "")), str(finding.get("consequence", "")))
        seen[key] = seen.get(key, 0) + 1
        keys.append((key, seen[key]))
    return keys


def _weight(finding: Mapping[str, Any]) -> int:
    """Gravest first; where that is alike, as the classifier put them."""
    consequence = str(finding.get("consequence", ""))
    return CONSEQUENCE_ORDER.index(consequence) if consequence in CONSEQUENCE_ORDER else len(CONSEQUENCE_ORDER)
