"""Every quote of texts of writers the model has not seen, with its surroundings, to be read by a person:
`python -m tests.classifier.quote_dump --skip 0 --take 400`."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from typing import Any

from classifier.assess import Assessor
from classifier.rulebook import load_rulebook
from tests.classifier.evasion_table import HeldOut

#: Characters shown either side.
AROUND = 12


def quotes(body: str, answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(what it is said to prove, the words in their surroundings) of every span shown to an officer."""
    for finding in answer["findings"]:
        for span in finding["spans"]:
            yield f"{finding['code']} {finding['signal']} {finding['consequence']}", _shown(body, span)
    for table in ("criteria", "article17"):
        for element, found in answer[table].items():
            for span in found["spans"]:
                yield f"{table} {element}", _shown(body, span)
    for span in answer["paid"]["spans"]:
        yield "paid", _shown(body, span)


def _shown(body: str, span: dict[str, Any]) -> str:
    start, end = span["start"], span["end"]
    words = f"{body[max(0, start - AROUND) : start]}⟦{body[start:end]}⟧{body[end : end + AROUND]}"
    return " ".join(words.split())


def main() -> None:
    """Print the texts that have findings, and their quotes."""
    parser = argparse.ArgumentParser(prog="python -m tests.classifier.quote_dump", description=__doc__)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--take", type=int, default=400)
    chosen = parser.parse_args()
    held_out = HeldOut.current()
    examples = list(held_out.examples)
    random.Random(3).shuffle(examples)
    examples = examples[chosen.skip : chosen.skip + chosen.take]
    total = 0
    assessor = Assessor(held_out.assessor._model, load_rulebook(), second_tier=False)
    for example, answer in zip(examples, assessor.assess([e.posting for e in examples]), strict=True):
        body = example.posting.body
        rows = list(quotes(body, answer))
        if not answer["findings"]:
            continue
        total += len(rows)
        print(f"\n## {example.posting.id} {answer['kind']} {'LEAD' if answer['lead'] else ''} {answer['stages']}")
        print(f"{body!r}")
        last = ""
        for what, words in rows:
            print(f"  {'' if what == last else what}\t{words}")
            last = what
    print(f"\n{total} quotes of {len(examples)} texts")


if __name__ == "__main__":
    main()
