"""Answers compared with labels, text by text: sums only, so that a file of any length takes the same memory."""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from classifier.document import masked
from classifier.figures import Counts, Reliability, wilson
from classifier.labelled import MERGED, MERGES, Labelled, Labels
from classifier.types import AD_FLAGS, COVERS, KINDS, STAGES, SUBJECTS

#: Signals with fewer positives are left out of the mean.
LEAST_POSITIVES = 5
#: Errors kept of each question, and code points shown of each.
WORST = 8
SHOWN = 72
#: Channels told apart; those of a longer file fall under one name.
MOST_GROUPS = 60
OTHERS = "其余"
#: Names of accounts: a long Latin word with a digit or underscore in it, or one behind a word for an account.
_NAMES = re.compile(r"(?=[A-Za-z\d_-]*[\d_])[A-Za-z][\w-]{5,}|(?<=[信号vVxXqQ:：+＋])\s*[A-Za-z][\w-]{5,}", re.ASCII)

Answer = Mapping[str, Any]


@dataclass(kw_only=True)
class Questions:
    """The counts of all questions over one group of texts."""

    texts: int = 0
    leads: int = 0
    answers: dict[str, Counts] = field(default_factory=dict)
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, labels: Labels, answer: Answer) -> None:
        """Judge one answer by what its labels tell."""
        self.texts += 1
        self.leads += answer["lead"]
        self._yes_no("academic", said=answer["academic"]["flag"], truth=labels.academic)
        self._yes_no("anxiety", said=answer["anxiety"]["flag"], truth=labels.anxiety)
        self._yes_no("lead", said=answer["lead"], truth=labels.lead)
        if labels.kind is not None:
            row = self.kinds.setdefault(labels.kind, {})
            row[answer["kind"]] = row.get(answer["kind"], 0) + 1
            for kind in KINDS:
                self._yes_no(f"kind:{kind}", said=answer["kind"] == kind, truth=labels.kind == kind)
        if "findings" in answer:
            self._rest(labels, answer)

    def _rest(self, labels: Labels, answer: Answer) -> None:
        """The questions that only the full assessment answers."""
        self._yes_no("paid", said=answer["paid"]["flag"], truth=labels.paid)
        if labels.academic:
            self._several("cover", COVERS, said=answer["covers"], truth=labels.covers)
            self._several("subject", SUBJECTS, said=answer["subjects"], truth=labels.subjects)
        if labels.kind == "offer":
            self._several("stage", STAGES, said=answer["stages"], truth=labels.stages)
        if labels.signals is not None:
            said = {finding["signal"] for finding in answer["findings"]}
            said |= {MERGED} if said & MERGES else set()
            asked = tuple(signal for signal in (*AD_FLAGS, MERGED) if signal not in labels.unsure)
            self._several("signal", asked, said=said, truth=labels.signals)

    def _yes_no(self, question: str, *, said: bool, truth: bool | None) -> None:
        if truth is not None:
            self.answers.setdefault(question, Counts()).add(said=said, truth=truth)

    def _several(self, group: str, names: tuple[str, ...], *, said: Any, truth: frozenset[str] | None) -> None:
        for name in names:
            self._yes_no(f"{group}:{name}", said=name in said, truth=None if truth is None else name in truth)

    def signals_macro(self) -> dict[str, Any]:
        """Mean F1 of the signals with enough positives; the two of MERGED count as one."""
        counted = {
            name: counts.f1
            for question, counts in self.answers.items()
            if question.startswith("signal:") and (name := question.removeprefix("signal:")) not in MERGES
            if counts.positives >= LEAST_POSITIVES
        }
        mean = sum(counted.values()) / len(counted) if counted else None
        return {"f1": None if mean is None else round(mean, 4), "signals": sorted(counted)}

    def kind_accuracy(self) -> float | None:
        """Share of texts whose kind is right."""
        total = sum(sum(row.values()) for row in self.kinds.values())
        return sum(row.get(kind, 0) for kind, row in self.kinds.items()) / total if total else None

    def to_dict(self, *, full: bool) -> dict[str, Any]:
        """The figures; with `full`, intervals and the kinds taken for one another too."""
        accuracy = self.kind_accuracy()
        silent = {f"signal:{name}" for name in MERGES if not self._positives(name) and self._positives(MERGED)}
        shown = {name: counts for name, counts in self.answers.items() if name not in silent}
        figures: dict[str, Any] = {
            "texts": self.texts,
            "lead_share": round(self.leads / self.texts, 4) if self.texts else 0.0,
            "kind_accuracy": None if accuracy is None else round(accuracy, 4),
            "signals_macro": self.signals_macro(),
            "labels": {
                name: counts.to_dict(intervals=full)
                for name, counts in shown.items()
                if counts.positives or counts.alarms or name in ("academic", "anxiety", "lead")
            },
        }
        if full:
            figures["lead_share_95"] = [round(value, 4) for value in wilson(self.leads, self.texts)]
            figures["kind_confusion"] = {kind: dict(sorted(row.items())) for kind, row in sorted(self.kinds.items())}
        return figures

    def _positives(self, signal: str) -> int:
        """A file that knows only MERGED has positives of it and none of the two."""
        counts = self.answers.get(f"signal:{signal}")
        return counts.positives if counts else 0


@dataclass(kw_only=True)
class Tally:
    """Everything `mingcha evaluate` tells of a file."""

    whole: Questions = field(default_factory=Questions)
    channels: dict[str, Questions] = field(default_factory=dict)
    perturbations: dict[str, Questions] = field(default_factory=dict)
    calibration: dict[str, Reliability] = field(default_factory=dict)
    #: question → heap of (confidence, minus the text's place, place in the text, the error)
    _worst: dict[str, list[tuple[float, int, int, dict[str, Any]]]] = field(default_factory=dict)
    _mistakes: int = 0

    def add(self, item: Labelled, answer: Answer) -> None:
        """Judge one answer, for the whole and for the groups it belongs to."""
        self.whole.add(item.labels, answer)
        _group(self.channels, item.channel).add(item.labels, answer)
        if item.perturbation is not None:
            _group(self.perturbations, item.perturbation).add(item.labels, answer)
        for question in ("academic", "anxiety"):
            truth: bool | None = getattr(item.labels, question)
            if truth is not None:
                self.calibration.setdefault(question, Reliability()).add(answer[question]["score"], truth)
                score = answer[question]["score"]
                self._mistake(question, item, answer[question]["flag"], truth, 1 - score if truth else score)
        if item.labels.lead is not None:
            score = answer["priority"] / 100
            self._mistake("lead", item, answer["lead"], item.labels.lead, 1 - score if item.labels.lead else score)
        if item.labels.signals is not None:
            for finding in answer.get("findings", ()):
                name = finding["signal"]
                if name in AD_FLAGS and name not in item.labels.unsure:
                    self._mistake(f"signal:{name}", item, True, name in item.labels.signals, finding["score"])

    def _mistake(self, question: str, item: Labelled, said: bool, truth: bool, confidence: float) -> None:
        if said == truth:
            return
        row = {
            "question": question,
            "said": said,
            "confidence": round(confidence, 4),
            "id": item.posting.id,
            "text": one_line(item.posting.body),
        }
        kept = self._worst.setdefault(question.partition(":")[0], [])
        # the earlier text first among equals: the same file gives the same list
        self._mistakes += 1
        heapq.heappush(kept, (round(confidence, 4), -self.whole.texts, self._mistakes, row))
        if len(kept) > WORST:
            heapq.heappop(kept)

    def to_dict(self) -> dict[str, Any]:
        """All figures, as `mingcha evaluate --json` prints them."""
        return {
            **self.whole.to_dict(full=True),
            "calibration": {name: part.to_dict() for name, part in self.calibration.items()},
            "channels": _ordered(self.channels),
            "perturbations": _ordered(self.perturbations),
            "worst": {
                question: [entry[-1] for entry in sorted(kept, key=lambda entry: entry[:2], reverse=True)]
                for question, kept in sorted(self._worst.items())
            },
        }


def _group(groups: dict[str, Questions], name: str) -> Questions:
    if name not in groups and len(groups) >= MOST_GROUPS:
        name = OTHERS
    return groups.setdefault(name, Questions())


def _ordered(groups: Mapping[str, Questions]) -> dict[str, Any]:
    return {name: groups[name].to_dict(full=False) for name in sorted(groups)}


def one_line(body: str) -> str:
    """A text's beginning on one line, contacts and anything like them masked."""
    shown = " ".join(_NAMES.sub("§", masked(body[: 4 * SHOWN])).split())
    printable = "".join(char if char.isprintable() else "�" for char in shown)
    return printable if len(printable) <= SHOWN else printable[: SHOWN - 1] + "…"
