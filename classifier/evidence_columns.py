"""Evidence columns: what lists and rules found in a text, alone and together, as numbers beside its n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from classifier.document import Document
from classifier.items import school_items
from classifier.lexicon import themes
from classifier.rules import RULE_NAMES
from classifier.rules.prefilter import scanned

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
_OFFERING = ("contact", "rule_paid", "rule_price_bait", "org", "ctx_licensed", "rule_guarantee")
_REACHING = ("contact", "rule_paid", "rule_price_bait", "rule_guarantee")
_OTHER_SPEAKERS = ("rule_news", "rule_jobs", "rule_seek", "rule_jobseeker")
_WHOLE_TEXT = (
    "x:offering", "x:no_offer", "x:matter_no_offer", "x:log_length", "x:short", "x:long", "x:subjects", "x:lines",
    "x:plain_offer", "x:plain_material",
)  # fmt: skip
#: School-subject teaching named as an item, by itself and beside other matters.
_ITEMS = (
    "x:item", "x:items", "x:item_by_adult", "x:item_by_art", "x:item_by_care", "x:item_by_trade", "x:item_adult_only",
    "x:item_short",
)  # fmt: skip
_SHORT = 160


def evidence_names() -> tuple[str, ...]:
    """Names of the evidence columns, in order."""
    names = [f"t:{theme}" for theme in themes()] + [f"n:{theme}" for theme in themes()]
    names += [f"g:{group}" for group in GROUPS]
    names += [f"r:{rule}" for rule in RULE_NAMES] + [f"rn:{rule}" for rule in RULE_NAMES]
    names += [f"p:{left}&{right}" for left, right in PAIRS]
    names += [f"s:{mark}" for mark in _PERSONS]
    return (*names, *_WHOLE_TEXT, *_ITEMS)


@cache
def _places() -> tuple[dict[str, int], dict[str, int], np.ndarray, dict[str, int], np.ndarray]:
    """Column of each theme and rule, themes × groups membership, column of each sign, and the pairs' columns."""
    theme_at = {theme: column for column, theme in enumerate(themes())}
    rule_at = {rule: column for column, rule in enumerate(RULE_NAMES)}
    member = np.zeros((len(theme_at), len(GROUPS)))
    for column, members in enumerate(GROUPS.values()):
        member[[theme_at[theme] for theme in members], column] = 1
    signs = [*theme_at, *GROUPS, *(f"rule_{rule}" for rule in RULE_NAMES)]
    sign_at = {sign: column for column, sign in enumerate(signs)}
    pairs = np.array([[sign_at[left], sign_at[right]] for left, right in PAIRS])
    return theme_at, rule_at, member, sign_at, pairs


def evidence(docs: Sequence[Document]) -> np.ndarray:
    """The evidence columns of each document, documents × evidence_names()."""
    theme_at, rule_at, member, sign_at, pairs = _places()
    counts = np.zeros((len(docs), len(theme_at)))
    strength = np.zeros((len(docs), len(rule_at)))
    times = np.zeros((len(docs), len(rule_at)))
    marks = np.zeros((len(docs), len(_PERSONS)))
    for row, doc in enumerate(docs):
        text = doc.text
        for theme, found in doc.words.items():
            counts[row, theme_at[theme]] = len({text[start:end] for start, end in found})
        for hit in doc.hits:
            column = rule_at[hit.name]
            strength[row, column] = max(strength[row, column], hit.strength)
            times[row, column] += 1
        marks[row] = [mark in text for mark in _PERSONS]
    groups = counts @ member
    on = np.hstack([np.minimum(1, counts), np.minimum(1, groups), strength])
    return np.hstack(
        [
            on[:, : len(theme_at)],
            np.log1p(counts) / 2,
            np.log1p(groups) / 2,
            strength,
            np.log1p(times) / 2,
            on[:, pairs[:, 0]] * on[:, pairs[:, 1]],
            marks,
            _whole_text(docs, counts, on, sign_at),
            np.array([_items(doc) for doc in docs], dtype=np.float64).reshape(len(docs), len(_ITEMS)),
        ]
    )


def _whole_text(docs: Sequence[Document], counts: np.ndarray, on: np.ndarray, sign_at: dict[str, int]) -> np.ndarray:
    """The columns that say in one number what many others say together."""

    def sign(name: str) -> np.ndarray:
        column: np.ndarray = on[:, sign_at[name]]
        return column

    length = np.array([len(doc.text) for doc in docs])
    lines = np.array([doc.text.count("\n") for doc in docs])
    subjects = (counts[:, [sign_at[theme] for theme in GROUPS["subject"]]] > 0).sum(axis=1)
    offering = sum(sign(name) for name in _OFFERING) + np.minimum(2, counts[:, sign_at["teach"]] / 2)
    silent = (offering < 1).astype(float)
    reaches = np.minimum(1, sum(sign(name) for name in _REACHING))
    speaks = 1 - np.max([sign(name) for name in _OTHER_SPEAKERS], axis=0)
    here = 1 - np.maximum(sign("elsewhere"), sign("rule_grown_ups"))
    return np.column_stack(
        [
            np.minimum(1, offering / 4),
            silent,
            silent * np.maximum(sign("subject"), sign("stage")),
            np.log1p(length) / 6,
            length < 30,
            length > 250,
            subjects / 3,
            np.minimum(1, lines / 6),
            STRONG * sign("class_words") * reaches * here * speaks,
            STRONG * sign("ctx_material") * (1 - reaches),
        ]
    )


def _items(doc: Document) -> tuple[float, ...]:
    """The columns of one document that say whether school-subject teaching is named as an item, and beside what."""
    with scanned(doc.text, doc.scan):
        found = list(school_items(doc))
    if not found:
        return (0.0,) * len(_ITEMS)
    clean = {doc.text[start:end] for start, end, clean in found if clean}
    named = bool(clean)
    return (
        named,
        np.log1p(len(clean)) / 2,
        named and "ctx_adult" in doc.words,
        named and "ctx_art" in doc.words,
        named and "cover_care" in doc.words,
        named and ("ctx_goods" in doc.words or "ctx_service" in doc.words),
        not named,
        named and len(doc.text) < _SHORT,
    )
