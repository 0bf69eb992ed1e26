"""Findings: which rules a judgement touches, with the words, the number compared and one sentence of reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from classifier.academic_words import academic_places, advert_places
from classifier.clauses import MOST_PLACES
from classifier.compared import BY_STAGE, Compared, compare, only_online
from classifier.criteria import content_places
from classifier.document import Document
from classifier.evidence import Place
from classifier.explain import places_of, to_spans
from classifier.forms import form_places
from classifier.frames import gift_told, gift_told_out, only_gift, own_figures
from classifier.judge import RULE_SCORE, Judgement, speaks_of_teaching
from classifier.model import Model
from classifier.payments import paid_places, shows_fee
from classifier.rulebook import Rule, Rulebook
from classifier.stories import seeks_nobody
from classifier.threats import threats
from classifier.types import Finding, Posting, Span

#: Signals that only an advertisement can carry (广告法 and price rules): a group chat or private note is none.
ADVERTISING = frozenset(
    {"anxiety", "guarantee", "exam_insider", "endorsement", "superlative", "exaggerated", "price_bait"}
)
_NAMED_COVERS = ("care", "domestic", "crowdfund", "camp", "family_edu", "consulting", "thinking", "culture")
_SUBCODE: Mapping[str, str] = {
    "online": "1", "home": "2", "consulting": "3a", "culture": "3b", "thinking": "3b", "domestic": "3d",
    "family_edu": "3e", "crowdfund": "3f", "camp": "3g", "care": "3h", "product": "4",
}  # fmt: skip
#: The names under which it is done; home and online say where and how instead.
_COVER_NAME: Mapping[str, str] = {
    "consulting": "教育咨询、升学规划", "culture": "国学、阅读、文化", "thinking": "思维、素养、竞赛",
    "domestic": "家政、住家教师", "family_edu": "家庭教育指导", "crowdfund": "众筹、拼班", "camp": "研学、营地",
    "care": "托管、自习室", "product": "资料、软件、设备",
}  # fmt: skip
_AT_HOME = "在住宅、酒店、咖啡厅等场所"
_ONLINE = "通过线上方式（即时通讯、会议、直播等）"
_AI_ROOM = re.compile(r"ai[^，。\n]{0,4}(?:自习|学习)|智慧学习|智能自习|自习舱")
_PLANNING = re.compile(r"志愿填报|填报志愿|升学规划|学业规划|规划师")
_CONTEST = re.compile(r"竞赛|杯赛|华杯|迎春杯|希望杯|amc|奥赛|等级考")
_DIMENSION_NAMES = {"purpose": "目的", "content": "内容", "method": "方式", "evaluation": "评价"}
_SENTENCE: Mapping[str, str] = {
    "anxiety": "疑似以{quote}等说法渲染家长焦虑、攀比，属广告管控清理范围",
    "guarantee": "疑似以{quote}对升学、成绩或培训效果作出明示或暗示的保证",
    "exam_insider": "疑似以{quote}暗示考试机构、命题人员参与或掌握内部信息",
    "endorsement": "疑似以{quote}借学员、家长、专家或名校的名义作推荐、证明",
    "superlative": "疑似使用绝对化用语{quote}",
    "exaggerated": "疑似以{quote}夸大培训效果，是否属实须查证",
    "price_bait": "疑似以{quote}招揽报名，原价、折扣、名额是否真实须查证",
    "school_link": "疑似以{quote}表示与学校合作、点招或输送生源",
    "teacher_public": "疑似由在职或公办学校教师任教（文字：{quote}），身份须查证",
    "holiday": "疑似占用休息日、节假日或寒暑假开展学科类培训：{note}",
    "preschool_academic": "疑似向学龄前儿童教授学科或小学课程内容：{quote}",
    "foreign_teacher_abroad": "疑似由境外外籍人员授课：{quote}",
    "prepay": "疑似一次性收费的时间跨度、课时或金额超过限额：{note}",
    "late": "疑似培训结束时间过晚：{note}",
    "lesson_length": "疑似线上每课时过长：{note}",
    "loan": "疑似以分期、贷款方式收费：{quote}",
}
#: Anxiety of a text none of whose clauses frightens by itself.
_AS_A_WHOLE = (
    "疑似渲染家长焦虑、攀比：由模型通读全文判断，没有可单独引作证据的字句，语气最重的一句是{quote}，属广告管控清理范围"
)
#: What the words of an academic finding are, by kind: a stage names no content, a loud clause is no proof.
_SHOWN: Mapping[str, str] = {
    "content": "{quote}",
    "way": "{quote}（未点明学科）",
    "stage": "只见学段{quote}，未见学科内容",
    "whole": "由模型通读全文推断，没有可单独引作证据的字句，最接近的一句是{quote}",
}
#: Two signals of AD04 that may rest on the same words; sums and instalments, hours and days are claims of their own.
_ONE_CLAIM = frozenset({"guarantee", "exaggerated"})
#: What a held signal is compared with where no number was read.
_PREPAY_LIMIT = "是否超过3个月、60课时或5000元须核"


def _of_gifts(finding: Finding, basis: tuple[str, ...]) -> tuple[str, ...]:
    """Of AD11, which speaks of gifts and of figures without a source, what speaks of the one found."""
    if finding.code != "AD11":
        return basis
    return tuple(line for line in basis if ("赠" in line) == (finding.signal == "price_bait"))


def _adults_loan(signal: str, judged: Judgement) -> bool:
    """Whether a loan is offered for a course that no rule on minors' training covers."""
    return signal == "loan" and not judged.minors


def _mode(finding: Finding, doc: Document, judged: Judgement) -> str | None:
    """How the classes of a finding are given: an hour is held against one limit, that of its mode; of other findings
    both modes where the text offers both."""
    if only_online(doc, judged):
        return "online"
    return None if "online" in judged.covers and finding.signal != "late" else "offline"


def _cited(rule: Rule, finding: Finding, doc: Document, judged: Judgement) -> tuple[str, ...]:
    """The basis that speaks of this finding, of this training, how it is given and its pupils."""
    return rule.cited(
        signal=finding.signal,
        academic=judged.academic,
        adults=_adults_loan(finding.signal, judged),
        mode=_mode(finding, doc, judged),
    )


#: Article 18's places by the words that say them.
_PLACES = (
    (
        "住宅",
        re.compile(
            r"家|屋|住|居民|单元|栋|客厅|书房|餐桌|饭桌|别墅|公寓|上门|小区|门头|门面|招牌|不挂牌|入户|车库|阁楼|地下室|宿舍|入府|到府|府上"
        ),
    ),
    ("酒店", re.compile("酒店|宾馆|民宿")),
    ("咖啡厅、茶楼", re.compile("咖啡|茶")),
)


def _at(said: str) -> str:
    """The places the words name; all that article 18 lists where none were read."""
    named = [place for place, words in _PLACES if words.search(said)]
    return f"在{'、'.join(named)}等场所" if said and named else _AT_HOME


def _name_of(cover: str, said: str) -> str:
    if cover == "family_edu" and said and not re.search(r"家庭|家长课堂|父母|指导师", said):
        return "习惯养成、亲子陪伴"
    return _COVER_NAME[cover]


def _forms(covers: Sequence[str], said: str = "") -> str:
    """The covers in one phrase, by the words that said them: 以国学、阅读、文化和托管、自习室名义，通过线上方式."""
    names = "和".join(_name_of(cover, said) for cover in covers if cover in _COVER_NAME)
    parts = [f"以{names}名义"] if names else []
    parts += [words for cover, words in (("home", _at(said)), ("online", _ONLINE)) if cover in covers]
    return "，".join(parts)


def _quote(spans: Sequence[Span], most: int = 3) -> str:
    """The words as published, with what they say where the spelling hid it: “辅 寻（还原：辅导）”."""
    words: list[str] = []
    for span in spans:
        word, meant = _short(span.text), _short(span.restored)
        if not _as_written(word, meant):
            word = f"{word}（还原：{meant}）" if word else meant
        if word and word not in words:
            words.append(word)
    return "、".join(f"“{word}”" for word in words[:most]) or "全文"


#: Signs of one sense: a multiplication sign for a masked letter, 束脩 as it was written for two thousand years.
_SAME = str.maketrans("×✕✖╳脩", "xxxx修")
_GAP = re.compile(r"[\u4e00-\u9fff]{2,}(?:[ \u3000][\u4e00-\u9fff]{2,})+")


def _as_written(word: str, meant: str) -> bool:
    """Whether what was read is what stands there; a blank between whole words of a list hides nothing."""
    plain, said = (unicodedata.normalize("NFKC", one).lower().translate(_SAME) for one in (word, meant))
    if plain == said:
        return True
    return _GAP.fullmatch(word) is not None and re.sub(r"\s", "", word) == re.sub(r"\s", "", meant)


def _repaired(doc: Document, judged: Judgement) -> str:
    """Said where every word of content is read out of a disguise: who quotes it must look at the original."""
    spans = to_spans(doc.folded, judged.criteria["content"])
    if not spans or any("".join(span.text.lower().split()) == "".join(span.restored.split()) for span in spans):
        return ""
    return "（学科字句均由隐写还原，须对照原文核实）"


def _short(words: str) -> str:
    """Words fit for a sentence: one line, nothing unprintable, no longer than can be said."""
    words = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return words if len(words) <= 24 else words[:24] + "…"


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
        # The basis that speaks of this finding: a norm for other classes is none for academic ones.
        found = [
            replace(one, basis=_of_gifts(one, _cited(rule, one, doc, judged)))
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
            why = f"疑似公开招收学科类培训学员：{_quote(spans)}{_repaired(doc, judged)}；有无办学许可须查证"
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
        vague = "" if not paid or shows_fee(doc, asked) else f"；收费只见{_quote(paid, 2)}等字样，未见金额"
        if not judged.paid:
            missing.append("收费")
        elif not paid:
            believed.append("收费")
        form = _forms(tuple(forms), " ".join(doc.text[slice(*place)] for places in forms.values() for place in places))
        met = "、".join(_DIMENSION_NAMES[name] for name, places in judged.criteria.items() if places)
        if missing or believed or short or vague:
            only = "仅" if short else ""
            seen = f"四维中{only}{met}有文字证据" if met else "四维均未见文字证据"
            if set(judged.stages) == {"preschool"}:
                seen = "学龄前不以四维认定，看是否教授小学课程"
            unseen = f"；文字中未见{'、'.join(missing)}" if missing else ""
            thin = f"；{'、'.join(believed)}由模型推断，没有可引的字句" if believed else ""
            shown = f"{_SHOWN[kind].format(quote=_quote(spans))}{_repaired(doc, judged)}"
            why = f"疑似{form}开展学科类培训：{shown}；{seen}{unseen}{thin}{vague}，建议核查"
            return self._make("academic_hidden", "HT99", judged.academic_score, spans, why)
        code = f"HT18.{primary_subcode(tuple(forms), doc.text)}"
        under = to_spans(doc.folded, [place for places in forms.values() for place in places], 3)
        why = (
            f"疑似{form}（{_quote(under, 2)}）有偿开展学科类培训：{_quote(spans)}{_repaired(doc, judged)}；"
            f"收费见{_quote(paid, 2)}；"
            f"四维中{met}有文字证据"
        )
        return self._make("academic_hidden", code, judged.academic_score, tuple(sorted({*under, *spans, *paid})), why)

    def _banned(self, doc: Document, judged: Judgement, signal: str, score: float) -> Finding:
        if judged.academic:
            places: Sequence[Place] = academic_places(self._model, doc, judged.criteria, 3).places
        else:
            places = advert_places(self._model, doc)
        spans = to_spans(doc.folded, places, 3)
        why = f"疑似在公开渠道登播面向未成年人的校外培训广告：{_quote(spans)}；属政策清理范围"
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
            places = [*compared.places(signal), *(line or places_of(self._model, doc, signal))]
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
            quote = _quote(spans)
            notes = compared.notes(signal, doc, spans)
            if not notes and signal in ("prepay", "late"):
                notes = [_PREPAY_LIMIT if signal == "prepay" else compared.late_limit]
            sentence = _AS_A_WHOLE if quiet and not line else _SENTENCE[signal]
            why = sentence.format(quote=quote, note=f"{quote}（{'；'.join(notes)}）" if notes else quote)
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
        why = f"疑似以附赠{_quote(spans)}招揽报名，{asked}、是否兑现须查证"
        return replace(self._make("price_bait", "AD11", score, spans, why, "lead"), name=name)

    def _figures(self, score: float, spans: tuple[Span, ...]) -> Finding:
        """A rate that the shop itself has counted: nobody recommends, but a figure must have its source (第十一条)."""
        why = f"疑似以{_quote(spans)}引证自行统计的数据，未见出处，是否真实、准确须查证"
        return replace(self._make("endorsement", "AD11", score, spans, why, "lead"), name="疑似引证数据未表明出处")

    def _broker(self, doc: Document) -> Iterator[Finding]:
        content = content_places(doc) if not seeks_nobody(doc.text) else ()
        tutoring = any(word in doc.text for word in ("家教", "一对一", "辅导", "住家", "补课", "补习", "陪读", "上门"))
        if content and tutoring:
            spans = to_spans(doc.folded, content, 3)
            why = f"疑似家教供需信息：{_quote(spans)}；所在平台或中介是否撮合学科类培训，建议核查"
            yield self._make("broker", "HT14", 0.5, spans, why)
