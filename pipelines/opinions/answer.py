"""What came back, believed only as far as it is of the asked shape: closed lists, and quotes that stand in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from classifier.types import AD_FLAGS, KINDS
from pipelines.opinions.faults import Invalid, NotJson
from pipelines.opinions.masking import outgoing
from pipelines.opinions.prompt import ABOUT, ACADEMIC, MAX_QUOTE, MAX_QUOTES, MAX_REASON

#: Models that think aloud do so before they answer.
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)


def _one_of(words: Sequence[str]) -> AfterValidator:
    """The word is one of a closed list."""

    def check(word: str) -> str:
        if word not in words:
            raise ValueError("not in the list")
        return word

    return AfterValidator(check)


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Quote(_Strict):
    about: Annotated[str, _one_of(ABOUT)]
    text: str


class _Answer(_Strict):
    """Unknown keys are ignored, unknown words in a closed list refuse the whole."""

    kind: Annotated[str, _one_of(KINDS)]
    academic: Annotated[str, _one_of(ACADEMIC)]
    anxiety: bool
    signals: Annotated[list[Annotated[str, _one_of(AD_FLAGS)]], Field(max_length=4 * len(AD_FLAGS))]
    quotes: Annotated[list[_Quote], Field(max_length=200)] = []
    instructs: bool = False
    reason: str = ""


def read_answer(content: str, sent: str) -> dict[str, Any]:
    """The opinion in what the reader wrote about the text `sent` (shape: records.Opinion.answer).

    Fences, thoughts and chatter around the object are passed over; quotes that do not stand in the text are dropped and
    counted. Raises NotJson or Invalid.
    """
    try:
        answer = _Answer.model_validate_json(_object_in(content))
    except ValidationError as exc:
        if any(error["type"] == "json_invalid" for error in exc.errors()):
            raise NotJson from exc
        raise Invalid from exc
    kept = [found for quote in answer.quotes[:MAX_QUOTES] if (found := _found(quote, sent)) is not None]
    return {
        "kind": answer.kind,
        "academic": answer.academic,
        "anxiety": answer.anxiety,
        "signals": list(dict.fromkeys(answer.signals)),
        "instructs": answer.instructs,
        "reason": _sentence(answer.reason),
        "quotes": kept,
        "dropped": len(answer.quotes) - len(kept),
    }


def _object_in(content: str) -> str:
    bare = _THOUGHTS.sub("", content)
    start, end = bare.find("{"), bare.rfind("}")
    if start < 0 or end < start:
        raise NotJson
    return bare[start : end + 1]


def _found(quote: _Quote, sent: str) -> dict[str, Any] | None:
    words = quote.text.strip()
    start = sent.find(words) if 2 <= len(words) <= MAX_QUOTE and words.strip("* ") else -1
    if start < 0:
        return None
    return {"about": quote.about, "start": start, "end": start + len(words), "text": words}


def _sentence(reason: str) -> str:
    """One printable line, contacts and names masked: a reader may make some up."""
    line = " ".join("".join(char if char.isprintable() else " " for char in reason).split())
    line = outgoing(line)
    return line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…"
