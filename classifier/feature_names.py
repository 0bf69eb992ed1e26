# ruff: noqa: E501 (tables of words read better unbroken)
"""What the model's columns are called in front of people, and which of them spoke loudest about a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.document import Document
from classifier.evidence_columns import evidence_names
from classifier.model import HEADS, Model

#: Features shown of one head.
MOST = 10
_THEMES = {
    "subject": "学科", "subject_chinese": "语文", "subject_maths": "数学", "subject_foreign": "外语",
    "subject_science": "理科", "subject_arts": "文科", "subject_all": "全科、文化课", "homework": "作业辅导",
    "stage": "学段", "stage_preschool": "学前", "stage_primary": "小学", "stage_junior": "初中", "stage_senior": "高中",
    "stage_k12": "中小学生", "teach": "教学", "score": "成绩", "org": "机构名称", "contact": "联系方式",
    "class_words": "班型", "purpose": "目的", "method": "方式", "evaluation": "评价", "cover": "马甲名义",
    "cover_consulting": "咨询", "cover_culture": "国学文化", "cover_thinking": "思维素养", "cover_domestic": "家政",
    "cover_crowdfund": "众筹拼班", "cover_camp": "研学营地", "cover_care": "托管自习", "cover_family_edu": "家庭教育",
    "cover_product": "资料设备", "cover_online": "线上", "cover_home": "上门住家", "anxiety": "焦虑话术", "ctx_adult": "成人课程", "ctx_art": "艺体", "ctx_goods": "商品", "ctx_property": "房产",
    "ctx_service": "生活服务", "ctx_news": "新闻通报", "ctx_notice": "学校通知", "ctx_seek": "求购", "ctx_jobs": "招聘",
    "ctx_discuss": "讨论", "ctx_pure_care": "只托管不教学", "ctx_licensed": "许可备案", "ctx_material": "学习资料",
    "elsewhere": "其他行业", "holiday": "休息日", "tier_words": "分层班", "name_school": "学校名",
}  # fmt: skip
_RULES = {
    "paid": "收费", "price_bait": "价格诱导", "prepay": "预收", "loan": "分期贷款", "holiday": "休息日", "late": "结束过晚",
    "guarantee": "保证承诺", "exaggerated": "夸大", "exam_insider": "命题内部", "endorsement": "推荐证明",
    "superlative": "绝对化", "teacher_public": "在职教师", "school_link": "学校合作", "foreign_teacher_abroad": "境外外教",
    "preschool_academic": "学前学科", "home": "住宅等场所", "online": "线上", "fear": "渲染焦虑", "fear_rivalry": "攀比", "fear_hesitation": "催逼", "fear_lateness": "错过、来不及",
    "fear_ruin": "后果恐吓", "news": "新闻语气",
    "seek": "求购语气", "jobs": "招聘语气", "jobseeker": "求职语气", "quote": "引语",
    "grown_ups": "成年学员",
}  # fmt: skip
_OTHER = {
    "offering": "像在招揽", "no_offer": "没有招揽迹象", "matter_no_offer": "有学科词而无招揽", "log_length": "文字长短",
    "short": "很短", "long": "很长", "hidden": "有隐写", "subjects": "科目数", "lines": "行数", "plain_offer": "明白的招生",
    "plain_material": "单纯的学习资料",
    "item": "列有学科辅导一项", "items": "学科辅导的项数", "item_by_adult": "学科辅导与成人课程并列",
    "item_by_art": "学科辅导与艺体并列", "item_by_care": "学科辅导与托管并列", "item_by_trade": "学科辅导与买卖服务并列",
    "item_adult_only": "只有成人的辅导项目", "item_short": "短文列有学科辅导",
}  # fmt: skip


def readable(column: str) -> str:
    """A column's name for people: “数学” for what stands in the text, words for what lists and rules saw."""
    kind, colon, name = column.partition(":")
    if not colon or len(kind) > 2:
        return f"“{column}”"
    match kind:
        case "t" | "n" | "g":
            return f"词表：{_part(name)}"
        case "r" | "rn":
            return f"规则：{_RULES.get(name, name)}"
        case "p":
            return "同时出现：" + "＋".join(_part(part) for part in name.split("&"))
        case "s":
            return f"“{name}”"
        case _:
            return f"特点：{_OTHER.get(name, name)}"


def _part(name: str) -> str:
    if name.startswith("rule_"):
        return _RULES.get(name.removeprefix("rule_"), name)
    return _THEMES.get(name, _RULES.get(name, name))


def top_features(model: Model, doc: Document, heads: Sequence[str], most: int = MOST) -> list[dict[str, Any]]:
    """The columns that moved each head most, largest first: {"head", "feature", "weight"}, weight in log-odds.

    Of the first tier: the second reads meaning and has no words to point at. N-grams stand as in the text read, numbers
    levelled to 0; the same words as characters and as a word count together.
    """
    row = model.vectoriser.transform([doc]).tocsr()
    grams, evidence = model.vectoriser.grams, evidence_names()
    names = [
        _shown(grams[index]) if index < len(grams) else readable(evidence[index - len(grams)])
        for index in row.indices.tolist()
    ]
    values = row.data.tolist()
    return [one for head in heads for one in _loudest(model, head, names, values, row.indices, most)]


def _loudest(
    model: Model, head: str, names: Sequence[str], values: Sequence[float], columns: np.ndarray, most: int
) -> list[dict[str, Any]]:
    place = HEADS.index(head)
    total: dict[str, float] = {}
    for name, value, weight in zip(names, values, model.weights[columns, place].tolist(), strict=True):
        if name:
            total[name] = total.get(name, 0.0) + value * weight
    scale = float(model.slope[place])
    ranked = sorted(total.items(), key=lambda item: (-abs(item[1]), item[0]))[:most]
    return [
        {"head": head, "feature": name, "weight": round(weight * scale, 3)}
        for name, weight in ranked
        if abs(weight * scale) >= 0.005
    ]


def _shown(gram: str) -> str:
    """What a column of n-grams is called; '' for signs alone."""
    words = gram[1:]
    return f"“{words}”" if any(map(str.isalnum, words)) else ""
