"""An audit row in Chinese: the log keeps ids and codes, people read names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.enforcement.permissions import ROLE_NAMES
from pipelines.enforcement.review import VERDICT_NAMES
from pipelines.evidence.followed import FOLLOW_UPS
from pipelines.records import AuditEvent
from pipelines.records.rule_words import coded
from review_ui import names

#: In the order they are read in.
_KEYS = {
    "verdict": "结论",
    "department": "去向",
    "struck": "不采纳",
    "decision": "结论编号",
    "assessment": "研判编号",
    "case": "案件",
    "undoes": "撤销结论",
    "follow_up": "办理情况编号",
    "became": "办理情况",
    "takes_back": "撤销办理情况",
    "leads": "线索",
    "together": "合办不明主体",
    "lead": "线索",
    "capture": "采集快照",
    "how": "方式",
    "reason": "理由",
    "package": "文件",
    "file": "密封本",
    "shared_file": "共享本",
    "sha256": "证据包校验值",
    "shared_sha256": "共享本校验值",
    "stamps_sha256": "补盖时间戳文件校验值",
    "letter": "文书",
    "letter_sha256": "文书校验值",
    "certificate": "签名证书",
    "first_day": "起",
    "last_day": "止",
    "files": "文件",
    "roles": "角色",
    "enabled": "快捷键",
    "opinion": "第二意见编号",
    "outcome": "结果",
    "model": "模型",
    "active": "当时现用",
    "before": "原来现用",
    "rulebook": "规则库",
    "scope": "范围",
    "lessons": "学习的结论",
    "recent": "比较的结论",
    "passed": "通过比较",
    "os_account": "系统账号",
    "tried": "输入的用户名（只记首尾）",
    "listings": "待研判",
    "assessed": "已研判",
    "opened": "新线索",
    "reopened": "恢复待审",
    "withdrawn": "撤下",
    "left": "未做完",
    "file_sha256": "删除的文件的校验值",
    "size": "字节",
    "records": "采集记录",
    "marked_at": "标记时间",
    "blobs": "图片等文件",
    "emptied": "清空的信息",
    "versions": "版本",
    "contacts": "联系方式",
    "operators": "经营主体",
    "busy": "留待下次",
    "finished": "做完",
    "alone": "生成与审签为同一人",
    "given_up": "原来到第几号",
}
_VALUES: dict[str, dict[str, str]] = {
    "verdict": {verdict.value: text for verdict, text in VERDICT_NAMES.items()},
    "became": {kind.value: text for kind, text in FOLLOW_UPS.items()},
    "roles": {role.value: text for role, text in ROLE_NAMES.items()},
    "how": names.CASE_EVENTS,
    "enabled": {"True": "打开", "False": "关闭"},
    "passed": {"True": "是", "False": "否"},
    "finished": {"True": "是", "False": "否"},
    "alone": {"True": "是"},
    "together": {"True": "是"},
    "outcome": {"given": "已给出", "missed": "未取得"},
    "scope": {"all": "全部", "changed": "模型或规则库变了的", "model-changed": "模型变了的"},
}
_OBJECTS = {
    ("settings", "station"): "单位设置",
    ("job", "all"): "全部",
    ("job", "retention"): "清理到期数据",
    ("user", "unknown"): "未知用户",
}
#: Rule codes or ids of findings.
_CODED = frozenset({"struck", "codes"})
#: A hash is named by its beginning; the whole one is in the title.
_HASH, _SHOWN = 64, 12


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One key of a row's detail, for reading; `whole` holds what was shortened."""

    key: str
    value: str
    whole: str = ""


def actor_name(actor: str) -> str:
    """Who did it; the program and the command line have names of their own."""
    return names.name(names.ACTORS, actor)


def who(event: AuditEvent) -> str:
    """Who did it, as the log can know: a command asks for no password, so its account of the system stands first and
    the user it named is whom it acted for."""
    account = event.detail.get("os_account")
    if not account or event.actor == "system":
        return actor_name(event.actor)
    typed = f"{names.ACTORS['console']} {account}"
    return typed if event.actor == "console" else f"{typed} 以 {actor_name(event.actor)} 名义"


def object_name(object_type: str, object_id: str, titles: Mapping[str, str] | None = None) -> str:
    """What the row is about, when its id is a word and no number of ours; else the id. `titles` names the sources."""
    known = titles or {}
    if object_type == "source":
        return known.get(object_id, object_id)
    kind, _, source = object_id.partition(":")
    if object_type == "job" and kind in names.JOBS:
        return f"{names.JOBS[kind]} {known.get(source, source)}".strip()
    return _OBJECTS.get((object_type, object_id), object_id)


def details(detail: dict[str, Any]) -> list[Detail]:
    """The row's details in the order they are read in; a key without a name keeps its own and stands last."""
    order = list(_KEYS)
    place = {key: (order.index(key) if key in _KEYS else len(order), key) for key in detail}
    return [_detail(key, detail[key]) for key in sorted(detail, key=place.__getitem__)]


def _detail(key: str, value: Any) -> Detail:
    items = list(value) if isinstance(value, list | tuple) else [value]
    words = [coded(str(item)) if key in _CODED else names.name(_VALUES.get(key, {}), item) for item in items]
    short = [f"{word[:_SHOWN]}…" if len(word) == _HASH else word for word in words]
    whole = "、".join(words) if short != words else ""
    return Detail(key=_KEYS.get(key, key), value="、".join(short), whole=whole)
