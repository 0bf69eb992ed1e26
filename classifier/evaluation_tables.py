"""An evaluation as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classifier.types import KINDS

_GROUPS = {"kind": "类型", "cover": "外衣", "stage": "学段", "subject": "学科", "signal": "疑点"}
_NAMES = {
    "academic": "学科类培训", "anxiety": "制造焦虑", "lead": "线索", "paid": "收费",
    "offer": "招揽", "seek": "求购", "jobs": "招聘", "article": "文章", "other": "其他",
    "consulting": "咨询", "culture": "文化", "thinking": "思维", "domestic": "家政", "crowdfund": "众筹",
    "camp": "营地", "care": "托管", "family_edu": "家庭教育", "online": "线上", "home": "居家",
    "product": "产品", "none": "无",
    "preschool": "学龄前", "primary": "小学", "junior": "初中", "senior": "高中", "adult": "成人", "unknown": "不明",
    "guarantee": "保证效果", "exam_insider": "命题考试人员", "endorsement": "推荐证明", "superlative": "绝对化用语",
    "exaggerated": "夸大", "price_bait": "价格诱导", "school_link": "与学校关联", "teacher_public": "在职教师",
    "holiday": "节假日", "preschool_academic": "学龄前学科", "foreign_teacher_abroad": "境外外教", "prepay": "预收费",
    "late": "超时", "loan": "培训贷", "AD04": "AD04（保证与夸大）",
    "chinese": "语文", "maths": "数学", "foreign_language": "外语", "physics": "物理", "chemistry": "化学",
    "biology": "生物", "history": "历史", "geography": "地理", "politics": "政治", "all": "全科",
}  # fmt: skip

Titled = tuple[str, Table]


def name_of(question: str) -> str:
    """A question's name in Chinese: 疑点·预收费."""
    group, _, value = question.partition(":")
    return f"{_GROUPS[group]}·{_NAMES.get(value, value)}" if value else _NAMES.get(group, group)


def show(console: Console, figures: Mapping[str, Any]) -> None:
    """Print all tables."""
    console.print(_summary(figures))
    tables = [_labels(figures), _confusion(figures), *_calibration(figures)]
    for key, title in (("channels", "按渠道"), ("perturbations", "按改写方式")):
        if figures[key]:
            tables.append(_groups(title, figures[key]))
    if figures["worst"]:
        tables.append(_worst(figures))
    for title, table in tables:
        console.print(Text("\n" + title, style="bold"))  # a table's own title breaks at the table's width
        console.print(table)


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f}"


def _range(value: float, interval: list[float]) -> str:
    return f"{_percent(value)}（{_percent(interval[0])}–{_percent(interval[1])}）"


def _summary(figures: Mapping[str, Any]) -> Text:
    macro = figures["signals_macro"]
    tier = f"第二层读了 {figures['read_closely']} 条" if figures["tiers"] == 2 else "只有第一层作答"
    lines = [
        f"模型 {figures['model']}，规则库 {figures['rulebook']}；{tier}。",
        f"评测 {figures['texts']} 条，另有 {figures['bad_lines']} 行不可读。"
        "以下比率均为百分数，括号内为 95% 区间；误报、漏报是条数。",
        f"成为线索：{_range(figures['lead_share'], figures['lead_share_95'])}；"
        f"类型判对：{_percent(figures['kind_accuracy'])}；"
        f"疑点宏平均 F1：{_percent(macro['f1'])}（正例不少于 5 条的 {len(macro['signals'])} 种，保证与夸大合并）。",
    ]
    return Text("\n".join(lines))


def _table(*columns: str) -> Table:
    """A table whose first column is a name and whose others are numbers."""
    table = Table()
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _labels(figures: Mapping[str, Any]) -> Titled:
    table = _table("判断", "正例", "查准率", "查全率", "F1", "误报", "漏报")
    for question, row in figures["labels"].items():
        table.add_row(
            name_of(question),
            f"{row['support']}/{row['texts']}",
            _range(row["precision"], row["precision_95"]),
            _range(row["recall"], row["recall_95"]),
            _range(row["f1"], row["f1_95"]),
            str(row["false_alarms"]),
            str(row["missed"]),
        )
    return "各项判断", table


def _confusion(figures: Mapping[str, Any]) -> Titled:
    table = _table("标注", *(_NAMES[kind] for kind in KINDS))
    for kind, row in figures["kind_confusion"].items():
        table.add_row(_NAMES[kind], *(str(row.get(said, 0)) for said in KINDS))
    return "类型：标注（行）与判断（列）", table


def _calibration(figures: Mapping[str, Any]) -> Iterator[Titled]:
    for question, part in figures["calibration"].items():
        title = f"校准：{name_of(question)}，期望校准误差（ECE）{part['ece']:.3f}"
        table = _table("分数段", "条数", "平均分数", "实际为真")
        for row in part["bins"]:
            table.add_row(
                f"{row['from']:.1f}–{row['to']:.1f}", str(row["texts"]), _percent(row["said"]), _percent(row["true"])
            )
        yield title, table


def _groups(title: str, groups: Mapping[str, Any]) -> Titled:
    names = ("学科查准", "学科查全", "学科F1", "焦虑F1", "线索查全", "误作线索")
    table = _table("名称", "条数", "成为线索", "类型判对", *names, "疑点宏F1")
    for name, part in groups.items():
        labels = part["labels"]
        table.add_row(
            name,
            str(part["texts"]),
            _percent(part["lead_share"]),
            _percent(part["kind_accuracy"]),
            *(_cell(labels, *cell) for cell in (
                ("academic", "precision"), ("academic", "recall"), ("academic", "f1"), ("anxiety", "f1"),
                ("lead", "recall"),
            )),
            str(labels["lead"]["false_alarms"]) if "lead" in labels else "—",
            _percent(part["signals_macro"]["f1"]),
        )  # fmt: skip
    return title, table


def _cell(labels: Mapping[str, Any], question: str, figure: str) -> str:
    """A figure of a group; recall and F1 of a question without positives say nothing."""
    row = labels.get(question)
    if row is None or (not row["support"] and figure != "precision"):
        return "—"
    return _percent(row[figure])


def _worst(figures: Mapping[str, Any]) -> Titled:
    table = Table()
    for column in ("判断", "错法", "把握", "编号", "文本"):
        table.add_column(column, no_wrap=column != "文本", overflow="fold")
    for rows in figures["worst"].values():
        for row in rows:
            table.add_row(
                name_of(row["question"]),
                "误报" if row["said"] else "漏报",
                _percent(row["confidence"]),
                Text(row["id"]),
                Text(row["text"]),
            )
    return "最有把握的错误（联系方式与数字已遮盖）", table
