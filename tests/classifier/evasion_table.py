"""What eight evasions cost on texts of writers the model has not seen: `python -m tests.classifier.evasion_table`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from classifier.assess import Assessor
from classifier.dataset import Example, read_corpus
from classifier.evaluation import labelled
from classifier.model_file import MODELS, current_id, load_model, read_report
from classifier.normalise import normalise
from classifier.rulebook import load_rulebook
from classifier.types import Posting
from classifier.workshop import APART
from tests.evasions import EVASIONS, evade


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Texts of the writers that a model has not seen, and that model."""

    assessor: Assessor
    examples: Sequence[Example]

    @classmethod
    def current(cls, *, every: int = 1) -> HeldOut:
        """Of the model `mingcha train` made last; every so-many-th text of those writers."""
        folder = MODELS / APART / str(current_id())
        model = load_model(folder)
        without = set(read_report(folder)["without"])
        examples = [example for example in read_corpus() if example.writer in without]
        return cls(assessor=Assessor(model, load_rulebook()), examples=examples[::every])

    def answers(self, name: str | None, *, screen: bool) -> list[dict[str, Any]]:
        """What is said of the texts disguised one way, or as they are."""
        postings = [disguised(example.posting, name) for example in self.examples]
        return self.assessor.screen(postings) if screen else self.assessor.assess(postings)

    def cost(self, name: str, plain: Sequence[dict[str, Any]], *, screen: bool) -> Cost:
        """Recall lost and innocent texts newly made leads, against the answers to the plain texts."""
        hidden = self.answers(name, screen=screen)
        guilty = [place for place, example in enumerate(self.examples) if example.gold.is_academic]
        innocent = [place for place, example in enumerate(self.examples) if labelled(example).labels.lead is False]
        return Cost(
            name=name,
            academic_recall_lost=100 * (_share(plain, guilty, "academic") - _share(hidden, guilty, "academic")),
            lead_recall_lost=100 * (_share(plain, guilty, "lead") - _share(hidden, guilty, "lead")),
            false_leads=sum(_said(hidden[place], "lead") for place in innocent),
            false_leads_plain=sum(_said(plain[place], "lead") for place in innocent),
            innocent=len(innocent),
            lost=tuple(p for p in guilty if _said(plain[p], "academic") and not _said(hidden[p], "academic")),
            raised=tuple(p for p in innocent if _said(hidden[p], "lead") and not _said(plain[p], "lead")),
        )


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one evasion costs; recall in percentage points."""

    name: str
    academic_recall_lost: float
    lead_recall_lost: float
    false_leads: int
    false_leads_plain: int
    innocent: int
    #: places of the texts
    lost: tuple[int, ...]
    raised: tuple[int, ...]


def disguised(posting: Posting, name: str | None) -> Posting:
    """The posting with its words hidden in one way, title and text alike."""
    if name is None:
        return posting
    if posting.title is None:
        return replace(posting, text=evade([posting.text], name)[0])
    title, text = evade([posting.title, posting.text], name)
    return replace(posting, title=title, text=text)


def _said(answer: dict[str, Any], question: str) -> bool:
    return bool(answer["lead"] if question == "lead" else answer[question]["flag"])


def _share(answers: Sequence[dict[str, Any]], places: Sequence[int], question: str) -> float:
    return sum(_said(answers[place], question) for place in places) / len(places)


def main() -> None:
    """Print the table, and with --examples the texts lost and raised."""
    parser = argparse.ArgumentParser(prog="python -m tests.classifier.evasion_table", description=__doc__)
    parser.add_argument("--both", action="store_true", help="read closely too (needs the extra embed; slow)")
    parser.add_argument("--examples", type=int, default=0, help="so many texts of each kind")
    chosen = parser.parse_args()
    held_out = HeldOut.current()
    plain = held_out.answers(None, screen=not chosen.both)
    print(f"{len(held_out.examples)} texts of {', '.join(sorted({e.writer for e in held_out.examples}))}")
    print("| evasion | academic recall lost | lead recall lost | false leads (plain) | of innocent |")
    print("|---|---|---|---|---|")
    costs = [held_out.cost(name, plain, screen=not chosen.both) for name in EVASIONS]
    for cost in costs:
        print(
            f"| {cost.name} | {cost.academic_recall_lost:.1f} | {cost.lead_recall_lost:.1f} "
            f"| {cost.false_leads} ({cost.false_leads_plain}) | {cost.innocent} |"
        )
    mean = sum(cost.academic_recall_lost for cost in costs) / len(costs)
    print(f"| mean | {mean:.1f} | {sum(cost.lead_recall_lost for cost in costs) / len(costs):.1f} | | |")
    for cost in costs if chosen.examples else ():
        for title, places in (("LOST", cost.lost), ("RAISED", cost.raised)):
            for place in places[: chosen.examples]:
                posting = disguised(held_out.examples[place].posting, cost.name)
                print(f"\n{cost.name} {title} {posting.id}\n  {posting.body!r}\n  {normalise(posting.body).text!r}")


if __name__ == "__main__":
    main()
