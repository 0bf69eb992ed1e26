"""Numbers for the model: TF-IDF of characters and words of the masked text, and evidence from lists and rules."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from classifier.document import Document, masked
from classifier.lexicon import themes
from classifier.rules import RULE_NAMES
from classifier.segment import words

#: Only the beginning of very long texts is read for n-grams.
WINDOW = 1_500
_CHAR = "c"
_WORD = "w"

#: Theme groups that mean something together.
GROUPS: dict[str, tuple[str, ...]] = {
    "subject": (
        "subject_chinese", "subject_maths", "subject_foreign", "subject_science", "subject_arts", "subject_all",
    ),
    "stage": ("stage_preschool", "stage_primary", "stage_junior", "stage_senior"),
    "cover": (
        "cover_consulting", "cover_culture", "cover_thinking", "cover_domestic", "cover_crowdfund", "cover_camp",
        "cover_care", "cover_family_edu", "cover_product",
    ),
    "elsewhere": ("ctx_adult", "ctx_art", "ctx_goods", "ctx_property", "ctx_service"),
}  # fmt: skip
#: Pairs whose meeting in one text matters more than either alone.
PAIRS: tuple[tuple[str, str], ...] = (
    ("subject", "stage"), ("subject", "teach"), ("subject", "paid"), ("subject", "contact"), ("subject", "cover"),
    ("stage", "teach"), ("stage", "cover"), ("stage", "contact"), ("stage", "score"), ("stage", "org"),
    ("homework", "cover_care"), ("homework", "contact"), ("score", "cover"), ("score", "contact"), ("score", "paid"),
    ("stage_k12", "teach"), ("stage_k12", "contact"), ("subject", "elsewhere"), ("stage", "elsewhere"),
    ("teach", "elsewhere"), ("subject", "rule_news"), ("subject", "rule_seek"), ("subject", "rule_jobs"),
    ("teach", "rule_news"), ("subject", "ctx_discuss"), ("stage", "tier_words"), ("tier_words", "org"),
    ("name_school", "contact"), ("cover_care", "elsewhere"), ("subject", "ctx_pure_care"), ("stage", "rule_home"),
    ("rule_fear", "contact"), ("rule_fear", "subject"), ("rule_fear", "rule_news"), ("rule_fear", "ctx_discuss"),
    ("subject", "ctx_adult"), ("teach", "ctx_adult"), ("stage", "ctx_adult"), ("score", "ctx_adult"),
    ("subject", "ctx_goods"), ("teach", "ctx_goods"), ("score", "ctx_goods"), ("subject", "ctx_service"),
    ("subject", "rule_grown_ups"), ("teach", "rule_grown_ups"), ("stage", "rule_grown_ups"),
    ("stage", "rule_paid"), ("subject", "rule_home"), ("subject", "rule_online"), ("stage", "holiday"),
)  # fmt: skip
#: Weight of the two columns that say in one number what many others say together.
STRONG = 3.0
_PERSONS = (
    "我家",
    "我们",
    "你家",
    "您",
    "家长",
    "欢迎",
    "【",
    "】",
    "?",
    "!",
    "#",
    "“",
    "请",
    "吗",
    "元",
    "详",
    "退订",
    "回t",
    "回复t",
)


def _grams(text: str) -> Iterable[str]:
    """Characters 1–3 of the masked text, and words and word pairs, each marked by kind."""
    text = masked(text[:WINDOW])
    for size in (1, 2, 3):
        for start in range(len(text) - size + 1):
            yield _CHAR + text[start : start + size]
    tokens = words(text)
    for token in tokens:
        yield _WORD + token
    for left, right in pairwise(tokens):
        yield f"{_WORD}{left} {right}"


def evidence_names() -> tuple[str, ...]:
    """Names of the evidence columns, in order."""
    names = [f"t:{theme}" for theme in themes()] + [f"n:{theme}" for theme in themes()]
    names += [f"g:{group}" for group in GROUPS]
    names += [f"r:{rule}" for rule in RULE_NAMES] + [f"rn:{rule}" for rule in RULE_NAMES]
    names += [f"p:{left}&{right}" for left, right in PAIRS]
    names += [f"s:{mark}" for mark in _PERSONS]
    return (
        *names,
        "x:offering",
        "x:no_offer",
        "x:matter_no_offer",
        "x:log_length",
        "x:short",
        "x:long",
        "x:hidden",
        "x:subjects",
        "x:lines",
        "x:plain_offer",
        "x:plain_material",
    )


def _evidence(doc: Document) -> list[float]:
    counts = {theme: len({doc.text[a:b] for a, b in doc.words.get(theme, ())}) for theme in themes()}
    rules = Counter(hit.name for hit in doc.hits)
    strongest: dict[str, float] = {}
    for hit in doc.hits:
        strongest[hit.name] = max(strongest.get(hit.name, 0.0), hit.strength)
    on: dict[str, float] = {theme: min(1.0, count) for theme, count in counts.items()}
    groups = {group: sum(counts[member] for member in members) for group, members in GROUPS.items()}
    on |= {group: min(1.0, count) for group, count in groups.items()}
    on |= {f"rule_{rule}": strongest.get(rule, 0.0) for rule in RULE_NAMES}
    text = doc.text
    row = [on[theme] for theme in counts]
    row += [math.log1p(count) / 2 for count in counts.values()]
    row += [math.log1p(count) / 2 for count in groups.values()]
    row += [strongest.get(rule, 0.0) for rule in RULE_NAMES]
    row += [math.log1p(rules[rule]) / 2 for rule in RULE_NAMES]
    row += [on[left] * on[right] for left, right in PAIRS]
    row += [1.0 if mark in text else 0.0 for mark in _PERSONS]
    length = len(text)
    subjects = sum(1 for member in GROUPS["subject"] if counts[member])
    offering = sum(
        on[sign] for sign in ("contact", "rule_paid", "rule_price_bait", "org", "ctx_licensed", "rule_guarantee")
    ) + min(2.0, counts["teach"] / 2)
    silent = float(offering < 1)
    reaches = min(1.0, on["contact"] + on["rule_paid"] + on["rule_price_bait"] + on["rule_guarantee"])
    speaks = 1 - max(on["rule_news"], on["rule_jobs"], on["rule_seek"], on["rule_jobseeker"])
    row += [
        min(1.0, offering / 4),
        silent,
        silent * max(on["subject"], on["stage"]),
        math.log1p(length) / 6,
        float(length < 30),
        float(length > 250),
        float(bool(doc.folded.rewritten)),
        subjects / 3,
        min(1.0, text.count("\n") / 6),
        STRONG * on["class_words"] * reaches * (1 - max(on["elsewhere"], on["rule_grown_ups"])) * speaks,
        STRONG * on["ctx_material"] * (1 - reaches),
    ]
    return row


@dataclass(frozen=True, kw_only=True)
class Vectoriser:
    """A fitted vocabulary; turns documents into rows of one sparse matrix."""

    #: n-grams in column order (without the evidence columns that follow them)
    grams: tuple[str, ...]
    idf: np.ndarray
    evidence_weight: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {gram: column for column, gram in enumerate(self.grams)})

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        groups: Sequence[str],
        *,
        min_texts: int = 2,
        min_groups: int = 2,
        evidence_weight: float,
    ) -> Vectoriser:
        """Learn the n-grams that at least `min_texts` texts of at least `min_groups` writers use."""
        seen: dict[str, int] = {}
        writers: dict[str, set[str]] = {}
        for text, group in zip(texts, groups, strict=True):
            for gram in set(_grams(text)):
                seen[gram] = seen.get(gram, 0) + 1
                writers.setdefault(gram, set()).add(group)
        needed = min(min_groups, len(set(groups)))
        kept = sorted(gram for gram, count in seen.items() if count >= min_texts and len(writers[gram]) >= needed)
        idf = np.array([math.log((1 + len(texts)) / (1 + seen[gram])) + 1 for gram in kept], dtype=np.float64)
        return cls(grams=tuple(kept), idf=idf, evidence_weight=evidence_weight)

    @property
    def width(self) -> int:
        return len(self.grams) + len(evidence_names())

    def transform(self, docs: Sequence[Document]) -> sp.csr_matrix:
        """Rows of the documents: each block of n-grams of unit length, evidence weighted beside them."""
        index: dict[str, int] = self._index  # type: ignore[attr-defined]
        offset = len(self.grams)
        data: list[float] = []
        columns: list[int] = []
        pointers = [0]
        for doc in docs:
            counts = Counter(index[gram] for gram in _grams(doc.text) if gram in index)
            values = [(1 + math.log(count)) * self.idf[column] for column, count in counts.items()]
            norm = math.sqrt(sum(value * value for value in values)) or 1.0
            data += [value / norm for value in values]
            columns += list(counts)
            for place, value in enumerate(_evidence(doc)):
                if value:
                    columns.append(offset + place)
                    data.append(value * self.evidence_weight)
            pointers.append(len(data))
        return sp.csr_matrix((data, columns, pointers), shape=(len(docs), self.width), dtype=np.float64)
