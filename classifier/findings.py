"""Findings: which rules a judgement touches, with the words, the number compared and one sentence of reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from classifier.academic_words import academic_places, advert_places
from classifier.clauses import MOST_PLACES, closed
from classifier.compared import BY_STAGE, Compared, compare, only_online
from classifier.criteria import content_places
from classifier.document import Document
from classifier.evidence import Place
from classifier.explain import places_of, to_spans
from classifier.forms import form_places
from classifier.gifts import gift_told, gift_told_out, only_gift, own_figures
from classifier.judge import RULE_SCORE, Judgement
from classifier.model import Model
from classifier.payments import paid_places, shows_fee
from classifier.rulebook import Rule, Rulebook
from classifier.schooling import speaks_of_teaching
from classifier.stories import seeks_nobody
from classifier.threats import threats
from classifier.types import Finding, Posting, Span
from classifier.wording import (
    AS_A_WHOLE,
    DIMENSION_NAMES,
    PREPAY_LIMIT,
    SENTENCE,
    SHOWN_AS,
    forms_said,
    price_asked,
    quoted,
)

#: Signals that only an advertisement can carry (广告法 and price rules): a group chat or private note is none.
ADVERTISING = frozenset(
    {"anxiety", "guarantee", "exam_insider", "endorsement", "superlative", "exaggerated", "price_bait"}
)
_NAMED_COVERS = ("care", "domestic", "crowdfund", "camp", "family_edu", "consulting", "thinking", "culture")
_SUBCODE: Mapping[str, str] = {
    "online": "1", "home": "2", "consulting": "3a", "culture": "3b", "thinking": "3b", "domestic": "3d",
    "family_edu": "3e", "crowdfund": "3f", "camp": "3g", "care": "3h", "product": "4",
}  # fmt: skip
_AI_ROOM = re.compile(r"ai[^，。\n]{0,4}(?:自习|学习)|智慧学习|智能自习|自习舱")
_PLANNING = re.compile(r"志愿填报|填报志愿|升学规划|学业规划|规划师")
_CONTEST = re.compile(r"竞赛|杯赛|华杯|迎春杯|希望杯|amc|奥赛|等级考")
#: Two signals of AD04 that may rest on the same words; sums and instalments, hours and days are claims of their own.
_ONE_CLAIM = frozenset({"guarantee", "exaggerated"})


def _of_gifts(finding: Finding, basis: tuple[str, ...]) -> tuple[str, ...]:
    """Of AD11, which speaks of gifts and of figures without a source, what speaks of the one found."""
    if finding.code != "AD11":
        return basis
    return tuple(line for line in basis if ("赠" in line) == (finding.signal == "price_bait"))


def _adults_loan(signal: str, judged: Judgement) -> bool:
    """Whether a loan is offered for a course that no rule on minors' training covers."""
    return signal == "loan" and not judged.minors


def _mode(finding: Finding, judged: Judgement, *, online: bool) -> str | None:
    """How the classes of a finding are given: an hour is held against one limit, that of its mode; of other findings
    both modes where the text offers both."""
    if online:
        return "online"
    return None if "online" in judged.covers and finding.signal != "late" else "offline"


def _cited(rule: Rule, finding: Finding, judged: Judgement, *, online: bool) -> tuple[str, ...]:
    """The basis that speaks of this finding, of this training, how it is given and its pupils."""
    return rule.cited(
        signal=finding.signal,
        academic=judged.academic,
        adults=_adults_loan(finding.signal, judged),
        mode=_mode(finding, judged, online=online),
    )


def _repaired(doc: Document, judged: Judgement) -> str:
    """Said where every word of content is read out of a disguise: who quotes it must look at the original."""
    spans = to_spans(doc.folded, judged.criteria["content"])
    if not spans or any("".join(span.text.lower().split()) == "".join(span.restored.split()) for span in spans):
        return ""
    return "（学科字句均由隐写还原，须对照原文核实）"


def primary_subcode(covers: Sequence[str], text: str) -> str:
    """The HT18 sub-code of the strongest named cover, else of place, means or other."""
    for cover in [*(c for c in covers if c in _NAMED_COVERS), *covers]:
        if cover == "care" and _AI_ROOM.search(text):
            return "3i"
        if cover == "thinking" and _CONTEST.search(text):
            return "3c"
        if cover == "consulting" and _PLANNING.search(text):
            return "3e"
        if cover in _SUBCODE:
            return _SUBCODE[cover]
    return "4"


def _to_adults(finding: Finding) -> Finding:
    """A loan for an adults' course: grave for nobody, and not the education office's matter."""
    return replace(
        finding,
        name="成人培训以分期、贷款方式收费",
        severity=2,
        lead_department="市场监督管理部门",
        why=f"{finding.why}；面向成人，不适用中小学生培训收费规定，是否如实告知须查证",
    )


class Reporter:
    """Turns judgements into findings under one model and rulebook."""

    def __init__(self, model: Model, rulebook: Rulebook) -> None:
        self._model = model
        self._rulebook = rulebook

    def findings(self, posting: Posting, doc: Document, judged: Judgement) -> tuple[Finding, ...]:
        """All findings, strongest first."""
        found = [*self._academic(posting, doc, judged), *self._signals(posting, doc, judged)]
        if judged.kind in ("seek", "jobs"):
            found += self._broker(doc)
        online = only_online(doc, judged) if found else False
        # The basis that speaks of this finding: a norm for other classes is none for academic ones.
        found = [
            replace(one, basis=_of_gifts(one, _cited(rule, one, judged, online=online)))
            for one in found
            for rule in (self._rulebook.rule(one.code),)
        ]
        return tuple(sorted(found, key=lambda f: (-f.severity * f.score, f.code, f.signal)))

    def _make(
        self, signal: str, code: str, score: float, spans: tuple[Span, ...], why: str, consequence: str | None = None
    ) -> Finding:
        rule = self._rulebook.rule(code)
        return Finding(
            signal=signal,
            code=code,
            name=self._rulebook.name(code),
            score=score,
            severity=rule.severity,
            consequence=consequence or rule.consequence,
            basis=rule.cited(),
            lead_department=rule.lead_department,
            spans=spans,
            why=why,
        )

    def _academic(self, posting: Posting, doc: Document, judged: Judgement) -> Iterator[Finding]:
        if not judged.academic:
            if judged.kind == "offer" and judged.minors and posting.is_public:
                yield self._banned(doc, judged, "advert_banned", 0.5)
            return
        words = academic_places(self._model, doc, judged.criteria)
        spans = to_spans(doc.folded, words.places, 8)
        hidden = judged.covers != ("none",)
        if not hidden and words.kind == "content" and speaks_of_teaching(doc):
            why = f"疑似公开招收学科类培训学员：{quoted(spans)}{_repaired(doc, judged)}；有无办学许可须查证"
            yield self._make("academic_open", "HT01", judged.academic_score, spans, why)
            if posting.is_public:
                yield self._banned(doc, judged, "academic_open", judged.academic_score)
            return
        yield self._hidden(doc, judged, words.kind, spans, hidden=hidden)

    def _hidden(self, doc: Document, judged: Judgement, kind: str, spans: tuple[Span, ...], *, hidden: bool) -> Finding:
        # The model may believe in a form or a fee; only words bear it out.
        missing, believed = [], []
        forms = form_places(doc, judged.covers)
        if not hidden:
            missing.append("假借的名义、场所或线上方式")
        elif not forms:
            believed.append("名义、场所或线上方式")
        short = judged.criteria_met < 2
        asked = paid_places(doc) if judged.paid else []
        paid = to_spans(doc.folded, asked, 2)
        vague = "" if not paid or shows_fee(doc, asked) else f"；收费只见{quoted(paid, 2)}等字样，未见金额"
        if not judged.paid:
            missing.append("收费")
        elif not paid:
            believed.append("收费")
        form = forms_said(
            tuple(forms), " ".join(doc.text[slice(*place)] for places in forms.values() for place in places)
        )
        met = "、".join(DIMENSION_NAMES[name] for name, places in judged.criteria.items() if places)
        if missing or believed or short or vague:
            only = "仅" if short else ""
            seen = f"四维中{only}{met}有文字证据" if met else "四维均未见文字证据"
            if set(judged.stages) == {"preschool"}:
                seen = "学龄前不以四维认定，看是否教授小学课程"
            unseen = f"；文字中未见{'、'.join(missing)}" if missing else ""
            thin = f"；{'、'.join(believed)}由模型推断，没有可引的字句" if believed else ""
            shown = f"{SHOWN_AS[kind].format(quote=quoted(spans))}{_repaired(doc, judged)}"
            why = f"疑似{form}开展学科类培训：{shown}；{seen}{unseen}{thin}{vague}，建议核查"
            return self._make("academic_hidden", "HT99", judged.academic_score, spans, why)
        code = f"HT18.{primary_subcode(tuple(forms), doc.text)}"
        under = to_spans(doc.folded, [place for places in forms.values() for place in places], 3)
        why = (
            f"疑似{form}（{quoted(under, 2)}）有偿开展学科类培训：{quoted(spans)}{_repaired(doc, judged)}；"
            f"收费见{quoted(paid, 2)}；"
            f"四维中{met}有文字证据"
        )
        return self._make("academic_hidden", code, judged.academic_score, tuple(sorted({*under, *spans, *paid})), why)

    def _banned(self, doc: Document, judged: Judgement, signal: str, score: float) -> Finding:
        if judged.academic:
            places: Sequence[Place] = academic_places(self._model, doc, judged.criteria).places
        else:
            places = advert_places(self._model, doc)
        spans = to_spans(doc.folded, places, 3)
        why = f"疑似在公开渠道登播面向未成年人的校外培训广告：{quoted(spans)}；属政策清理范围"
        return self._make(signal, "AD01", score, spans, why)

    def _signals(self, posting: Posting, doc: Document, judged: Judgement) -> Iterator[Finding]:
        scored = dict(judged.signals)
        if judged.anxiety:
            scored["anxiety"] = judged.anxiety_score
        compared = compare(posting, doc, judged) if judged.minors else Compared()
        for signal in compared.dropped:
            scored.pop(signal, None)
        for signal in compared.added:
            scored.setdefault(signal, RULE_SCORE)
        # The gravest first: a promise it has shown is not told of again as a mere exaggeration.
        promised: list[Place] = []
        grave = sorted(scored, key=lambda name: self._rulebook.signals[name].consequence != "sanctionable")
        for signal, score in ((name, scored[name]) for name in grave):
            if signal in ADVERTISING and not posting.is_public:
                continue
            quiet = signal == "anxiety" and not threats(doc)
            line = [judged.lines[signal]] if signal in judged.lines and (quiet or signal != "anxiety") else []
            compared_with = [(start, closed(doc.text, start, end)) for start, end in compared.places(signal)]
            places = [*compared_with, *(line or places_of(self._model, doc, signal))]
            spans = to_spans(doc.folded, places, MOST_PLACES)
            if signal in _ONE_CLAIM:
                spans = tuple(one for one in spans if not any(one.start < to and at < one.end for at, to in promised))
                promised += [(one.start, one.end) for one in spans]
            if not spans:  # no words bear it out
                continue
            if signal == "price_bait" and (gifts := tuple(span for span in spans if only_gift(span.restored))):
                if any(not gift_told_out(span.restored) for span in gifts):
                    yield self._gift(score, tuple(span for span in gifts if not gift_told_out(span.restored)))
                spans = tuple(span for span in spans if span not in gifts)
                if not spans:
                    continue
            if signal == "endorsement" and all(own_figures(span.restored) for span in spans):
                yield self._figures(score, spans)
                continue
            rule = self._rulebook.signals[signal]
            quote = quoted(spans)
            notes = compared.notes(signal, doc, spans)
            if not notes and signal in ("prepay", "late"):
                notes = [PREPAY_LIMIT if signal == "prepay" else compared.late_limit]
            sentence = AS_A_WHOLE if quiet and not line else SENTENCE[signal]
            note = f"{quote}（{'；'.join(notes)}）" if notes else quote
            why = sentence.format(quote=quote, note=note, asked=price_asked(quote))
            if signal in BY_STAGE and set(judged.stages) == {"senior"}:
                why += "；高中阶段以本地规定为准"
            made = self._make(signal, rule.code, score, spans, why, rule.consequence)
            yield _to_adults(made) if _adults_loan(signal, judged) else made

    def _gift(self, score: float, spans: tuple[Span, ...]) -> Finding:
        """A gift is no false price: whether its kind, number and time are said is a matter of 广告法 第八条."""
        if all(gift_told(span.restored) for span in spans):
            asked, name = "品种、数量已写明，期限、方式是否明示", "疑似附赠未明示期限或方式"
        else:
            asked, name = "所赠的品种、数量、期限是否明示", "疑似附赠未明示品种、数量或期限"
        why = f"疑似以附赠{quoted(spans)}招揽报名，{asked}、是否兑现须查证"
        return replace(self._make("price_bait", "AD11", score, spans, why, "lead"), name=name)

    def _figures(self, score: float, spans: tuple[Span, ...]) -> Finding:
        """A rate that the shop itself has counted: nobody recommends, but a figure must have its source (第十一条)."""
        why = f"疑似以{quoted(spans)}引证自行统计的数据，未见出处，是否真实、准确须查证"
        return replace(self._make("endorsement", "AD11", score, spans, why, "lead"), name="疑似引证数据未表明出处")

    def _broker(self, doc: Document) -> Iterator[Finding]:
        content = content_places(doc) if not seeks_nobody(doc.text) else ()
        tutoring = any(word in doc.text for word in ("家教", "一对一", "辅导", "住家", "补课", "补习", "陪读", "上门"))
        if content and tutoring:
            spans = to_spans(doc.folded, content, 3)
            why = f"疑似家教供需信息：{quoted(spans)}；所在平台或中介是否撮合学科类培训，建议核查"
            yield self._make("broker", "HT14", 0.5, spans, why)
