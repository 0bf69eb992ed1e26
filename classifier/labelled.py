"""Labelled texts of a file to be judged on: read strictly, but what a label does not say is simply not judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from classifier.errors import CorpusError, PostingError
from classifier.types import AD_FLAGS, COVERS, KINDS, STAGES, SUBJECTS, Posting

#: A label on which readers differed; the question is left out for that text.
AMBIGUOUS = frozenset({"amb", "ambiguous"})
#: guarantee and exaggerated are one rule; some labels tell only that.
MERGED = "AD04"
MERGES = frozenset({"guarantee", "exaggerated"})
#: Signals that are labelled by the rule's code, or that the other questions already judge.
_BY_CODE = {"AD05": "exam_insider", "AD06": "endorsement", "AD08": "price_bait", "AD09": "superlative"}
_ELSEWHERE = frozenset({"academic_hidden", "academic_open", "anxiety", "AD01", "AD03"})
_SANCTIONABLE = frozenset({"guarantee", "exam_insider", "endorsement", "superlative"})
_LEAD_ALONE = frozenset({"preschool_academic", "foreign_teacher_abroad", "prepay", "loan"})
_MINORS = frozenset({"preschool", "primary", "junior", "senior"})


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What a label tells of one text; None where it does not, and nothing is judged by it."""

    kind: str | None = None
    academic: bool | None = None
    anxiety: bool | None = None
    paid: bool | None = None
    minors: bool | None = None
    covers: frozenset[str] | None = None
    stages: frozenset[str] | None = None
    subjects: frozenset[str] | None = None
    #: names of AD_FLAGS, and MERGED
    signals: frozenset[str] | None = None
    #: signals left out for this text
    unsure: frozenset[str] = frozenset()
    #: said outright, else worked out from the rest by the contract's rule
    lead: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """One text with its labels; `channel` and `perturbation` are what figures are also given by."""

    posting: Posting
    labels: Labels
    channel: str
    perturbation: str | None = None


def read_line(line: str, number: int) -> Labelled:
    """One line of JSONL; CorpusError says in one sentence what is wrong with it, without the place."""
    try:
        row = json.loads(line)
        posting = Posting.from_dict(_with_id(row, number))
    except PostingError as error:
        raise CorpusError(error.message) from error
    except (ValueError, RecursionError) as error:
        raise CorpusError("不是 JSON") from error
    return Labelled(
        posting=posting,
        labels=read_labels(row.get("gold")),
        channel=_name(row, "channel") or posting.platform or "未注明",
        perturbation=_name(row, "perturbation"),
    )


def _with_id(row: object, number: int) -> object:
    """A row without an id is known by its line; an id may be a number."""
    if not isinstance(row, dict):
        return row
    name = row.get("id", f"第{number}行")
    return row | {"id": str(name) if isinstance(name, int) else name}


def _name(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise CorpusError(f"字段 {key} 应是字符串")
    return value or None


def read_labels(row: object) -> Labels:
    """One gold object; missing keys and None tell nothing, unknown values are a CorpusError."""
    if row is None:
        return Labels()
    if not isinstance(row, dict):
        raise CorpusError("gold 应是一个对象")
    signals, merged_only = _signals(row)
    unsure, _ = _read_signals(row.get("signals_amb", row.get("ad_flags_amb", ())), "signals_amb")
    labels = Labels(
        kind=_one_of(row, "kind", KINDS),
        academic=_academic(row),
        anxiety=_flag(row, "anxiety"),
        paid=_flag(row, "paid"),
        minors=_flag(row, "minors"),
        covers=_several(row, "covers", (*COVERS, "none")),
        stages=_several(row, "stages", STAGES),
        subjects=_several(row, "subjects", SUBJECTS),
        signals=signals,
        unsure=_left_out(signals or frozenset(), unsure, merged_only=merged_only),
        lead=_flag(row, "lead"),
    )
    if labels.lead is not None:
        return labels
    return replace(labels, lead=lead_of(labels))


def lead_of(labels: Labels) -> bool | None:
    """Whether a person should look, by the contract's rule; None when the labels do not tell."""
    if labels.kind is None or labels.academic is None:
        return None
    if labels.kind != "offer":
        return False
    if labels.academic:
        return True
    if labels.anxiety is None:
        return None
    if labels.anxiety:
        return labels.minors is not False  # nothing outside education and training is a lead
    if labels.signals is None:
        return None
    if labels.signals & (_SANCTIONABLE | _LEAD_ALONE):
        return _for_minors(labels)
    in_doubt = (labels.unsure & (_SANCTIONABLE | _LEAD_ALONE)) or MERGED in labels.signals - MERGES
    return None if in_doubt and _for_minors(labels) is not False else False


def _for_minors(labels: Labels) -> bool | None:
    if labels.minors is not None or labels.stages is None:
        return labels.minors
    if labels.stages & _MINORS:
        return True
    return False if labels.stages == {"adult"} else None


def _academic(row: Mapping[str, Any]) -> bool | None:
    value = row.get("academic")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict) and isinstance(value.get("flag"), bool):
        return bool(value["flag"])
    if value in ("yes", "likely", "no"):
        return bool(value != "no")
    if _ambiguous(value):
        return None
    raise CorpusError(f"academic 取值有误：{value}")


def _ambiguous(value: object) -> bool:
    return isinstance(value, str) and value in AMBIGUOUS


def _flag(row: Mapping[str, Any], key: str) -> bool | None:
    value = row.get(key)
    if value is None or isinstance(value, bool):
        return value
    if _ambiguous(value):
        return None
    raise CorpusError(f"{key} 取值有误：{value}")


def _one_of(row: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str | None:
    value = row.get(key)
    if value is None or _ambiguous(value):
        return None
    if value not in allowed:
        raise CorpusError(f"{key} 取值有误：{value}")
    return str(value)


def _strings(value: object, key: str) -> frozenset[str] | None:
    """A list of names; None when it tells nothing or readers differed on it."""
    if value is None or _ambiguous(value):
        return None
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise CorpusError(f"{key} 应是字符串的列表")
    return None if AMBIGUOUS & set(value) else frozenset(value)


def _several(row: Mapping[str, Any], key: str, allowed: Iterable[str]) -> frozenset[str] | None:
    values = _strings(row.get(key), key)
    unknown = sorted((values or frozenset()) - set(allowed))
    if unknown:
        raise CorpusError(f"{key} 取值有误：{'、'.join(unknown)}")
    return values


def _signals(row: Mapping[str, Any]) -> tuple[frozenset[str] | None, bool]:
    """The signals labelled, MERGED added where one of its two is, and whether MERGED stands alone."""
    value = row["signals"] if row.get("signals") is not None else row.get("ad_flags")
    if value is None:
        return None, False
    return _read_signals(value, "signals")


def _read_signals(value: object, key: str) -> tuple[frozenset[str] | None, bool]:
    given = _strings(value, key)
    if given is None:
        return None, False
    named = frozenset(_BY_CODE.get(name, name) for name in given) - _ELSEWHERE
    unknown = sorted(named - {*AD_FLAGS, MERGED})
    if unknown:
        raise CorpusError(f"{key} 取值有误：{'、'.join(unknown)}")
    single = named & MERGES
    return (named | {MERGED} if single else named), MERGED in named and not single


def _left_out(signals: frozenset[str], unsure: frozenset[str] | None, *, merged_only: bool) -> frozenset[str]:
    """What is not judged: what readers differed on, and the two of MERGED when only that is known."""
    left = set(unsure or ())
    if MERGED in left and not left & MERGES:
        left |= MERGES
    if MERGED in signals:
        left.discard(MERGED)
    if merged_only:
        left |= MERGES
    return frozenset(left)
