"""The rulebook: codes, names, legal basis, departments; read strictly, unverified article numbers never shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from classifier.errors import RulebookError
from classifier.provenance import judging_hash

CONSEQUENCES = ("sanctionable", "cleanup", "lead")
_RULE_KEYS = {"name", "basis", "lead", "supporting", "severity", "consequence", "subcodes"}
_BASIS_KEYS = {"norm", "article", "gist", "status", "from", "until", "for", "mode", "signals"}
#: Whom a basis speaks of when not of everybody.
_AUDIENCES = ("academic", "other", "adults")
#: How classes are given, where a norm is for one way alone.
MODES = ("online", "offline")


@dataclass(frozen=True, kw_only=True)
class Basis:
    """One norm a rule rests on. `verified` means its words were read, not that the facts are found."""

    norm: str
    article: str
    gist: str
    verified: bool
    since: date | None = None
    until: date | None = None
    #: academic | other | adults (courses that no rule on minors' training covers); None speaks of the first two.
    audience: str | None = None
    #: online | offline: classes given so; None speaks of both.
    mode: str | None = None
    #: Only findings of these signals rest on it; empty means all of the rule's.
    signals: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def speaks_of(
        self, signal: str | None, academic: bool | None, *, adults: bool = False, mode: str | None = None
    ) -> bool:
        """Does it carry a finding of this signal on academic (or other) training, given in this mode; None asks about
        any. Of adults' courses only what is said to be of them."""
        if adults or self.audience == "adults":
            fits = adults and self.audience == "adults"
        else:
            fits = academic is None or self.audience is None or (self.audience == "academic") == academic
        given = mode is None or self.mode in (None, mode)
        return fits and given and (signal is None or not self.signals or signal in self.signals)

    def __str__(self) -> str:
        return (
            f"《{self.norm}》{self.article}：{self.gist}"
            if self.verified
            else f"《{self.norm}》（条号待核）：{self.gist}"
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One code of the rulebook."""

    code: str
    name: str
    basis: tuple[Basis, ...]
    lead_department: str
    supporting: tuple[str, ...]
    severity: int
    consequence: str
    #: sub-code suffix → what it covers (HT18 only)
    subcodes: Mapping[str, str]

    def cited(
        self,
        day: date | None = None,
        *,
        signal: str | None = None,
        academic: bool | None = None,
        adults: bool = False,
        mode: str | None = None,
    ) -> tuple[str, ...]:
        """The basis as people read it: in force on the day (all that have not ended when none is given), speaking of
        this signal, of academic or other training and of online or offline classes where that is said."""
        return tuple(
            str(item)
            for item in self.basis
            if (item.in_force(day) if day else item.until is None)
            and item.speaks_of(signal, academic, adults=adults, mode=mode)
        )


@dataclass(frozen=True, kw_only=True)
class SignalRule:
    """Which rule a signal touches and how far that goes."""

    signal: str
    code: str
    consequence: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All rules and signals, with a version made of the file's own and its content."""

    id: str
    effective: date
    rules: Mapping[str, Rule]
    signals: Mapping[str, SignalRule]

    def rule(self, code: str) -> Rule:
        """The rule of a code or sub-code (HT18.3h → HT18)."""
        found = self.rules.get(code.split(".", maxsplit=1)[0])
        if found is None:
            raise RulebookError(f"规则库没有 {code}")
        return found

    def name(self, code: str) -> str:
        """The rule's name, with the sub-code's words when it has one."""
        rule = self.rule(code)
        suffix = code.partition(".")[2]
        return f"{rule.name}——{rule.subcodes[suffix]}" if suffix else rule.name


def _require(condition: bool, where: str, what: str) -> None:
    if not condition:
        raise RulebookError(f"{where}: {what}")


def _day(value: Any, where: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise RulebookError(f"{where}: 日期有误 {value}") from error


def _basis(row: Any, where: str) -> Basis:
    _require(isinstance(row, dict), where, "依据应是一张表")
    _require(set(row) <= _BASIS_KEYS, where, f"不认识的键 {sorted(set(row) - _BASIS_KEYS)}")
    for key in ("norm", "article", "gist"):
        _require(isinstance(row.get(key), str) and bool(row[key]), where, f"缺少 {key}")
    _require(row.get("status") in ("verified", "待核"), where, "status 只能是 verified 或 待核")
    _require(row.get("for") in (None, *_AUDIENCES), where, f"for 只能是 {' 或 '.join(_AUDIENCES)}")
    _require(row.get("mode") in (None, *MODES), where, f"mode 只能是 {' 或 '.join(MODES)}")
    signals = row.get("signals", [])
    _require(isinstance(signals, list) and all(isinstance(one, str) for one in signals), where, "signals 应是一列名称")
    return Basis(
        norm=row["norm"], article=row["article"], gist=row["gist"], verified=row["status"] == "verified",
        since=_day(row.get("from"), where), until=_day(row.get("until"), where), audience=row.get("for"),
        mode=row.get("mode"), signals=tuple(signals),
    )  # fmt: skip


def _rule(code: str, row: Any) -> Rule:
    _require(isinstance(row, dict), code, "应是一张表")
    _require(set(row) <= _RULE_KEYS, code, f"不认识的键 {sorted(set(row) - _RULE_KEYS)}")
    _require(isinstance(row.get("name"), str) and row["name"].startswith("疑似"), code, "name 应以“疑似”开头")
    _require(isinstance(row.get("lead"), str), code, "缺少 lead")
    _require(row.get("severity") in (1, 2, 3, 4, 5), code, "severity 应是 1–5")
    _require(row.get("consequence") in CONSEQUENCES, code, "consequence 有误")
    _require(isinstance(row.get("basis"), list) and bool(row["basis"]), code, "缺少 basis")
    subcodes = row.get("subcodes", {})
    _require(isinstance(subcodes, dict) and all(isinstance(key, str) for key in subcodes), code, "subcodes 有误")
    return Rule(
        code=code, name=row["name"], lead_department=row["lead"], supporting=tuple(row.get("supporting", ())),
        basis=tuple(_basis(item, code) for item in row["basis"]), severity=row["severity"],
        consequence=row["consequence"], subcodes=subcodes,
    )  # fmt: skip


def parse_rulebook(text: str) -> Rulebook:
    """Read a rulebook; anything unknown, missing or contradictory is a RulebookError naming the place."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RulebookError(str(error)) from error
    _require(isinstance(data, dict), "rulebook", "应是一张表")
    known = {"version", "effective", "rules", "signals"}
    _require(set(data) == known, "rulebook", f"键应恰为 {sorted(known)}")
    rules = {code: _rule(code, row) for code, row in data["rules"].items()}
    signals: dict[str, SignalRule] = {}
    for signal, row in data["signals"].items():
        _require(
            isinstance(row, dict) and set(row) == {"code", "consequence", "title"},
            signal,
            "键应为 code consequence title",
        )
        _require(row["code"] in rules, signal, f"没有规则 {row['code']}")
        _require(row["consequence"] in CONSEQUENCES, signal, "consequence 有误")
        signals[signal] = SignalRule(signal=signal, **row)
    for code, rule in rules.items():
        own = {signal for signal, row in signals.items() if row.code == code}
        for item in rule.basis:
            _require(set(item.signals) <= own, code, f"依据所列的 signals {list(item.signals)} 不触及本规则")
    effective = _day(data["effective"], "rulebook")
    _require(effective is not None, "rulebook", "缺少 effective")
    assert effective is not None  # noqa: S101 - told above, for the type checker
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Rulebook(id=f"r-{data['version']}-{mark}", effective=effective, rules=rules, signals=signals)


@cache
def load_rulebook() -> Rulebook:
    """The rulebook that ships with the classifier; its id also names the code that applies it."""
    book = parse_rulebook((resources.files("classifier") / "rulebook.yml").read_text(encoding="utf-8"))
    return replace(book, id=f"{book.id}-{judging_hash()[:4]}")
