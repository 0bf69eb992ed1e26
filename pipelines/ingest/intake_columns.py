"""The columns of imported tables and the keys of imported JSON lines: one table that the reader reads by and the
handbook (docs/使用手册.md) prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Column:
    """One thing a row may hold."""

    field: str
    #: What people read of it.
    meaning: str
    #: Headers and keys people give it, compared in lower case and without spaces; the first is the one we write.
    headers: tuple[str, ...]


COLUMNS = (
    Column(
        field="text",
        meaning="正文；正文和标题至少要有一个",
        headers=("正文", "text", "body", "content", "内容", "文本", "描述", "详情", "信息内容", "广告内容", "文案"),
    ),
    Column(field="title", meaning="标题", headers=("标题", "title", "subject", "题目", "信息标题", "主题")),
    Column(
        field="url",
        meaning="网址，以 http:// 或 https:// 开头；同一网址再次导入算同一条的新版本",
        headers=("网址", "url", "link", "href", "链接", "信息链接", "原文链接", "网页地址", "信息网址"),
    ),
    Column(
        field="platform", meaning="平台名称", headers=("平台", "platform", "site", "网站", "来源平台", "来源")
    ),
    Column(
        field="price_raw",
        meaning="价格，原文照写",
        headers=("价格", "price", "fee", "费用", "收费", "学费", "收费标准"),
    ),
    Column(
        field="district",
        meaning="区县或地点",
        headers=("区县", "district", "area", "区域", "地区", "所在区", "所在地", "县区"),
    ),
    Column(
        field="poster",
        meaning="发布人的昵称或账号",
        headers=("发布人", "poster", "author", "user", "发布者", "作者", "昵称", "账号", "发帖人", "用户"),
    ),
    Column(
        field="posted_at",
        meaning="发布时间，如 2026-03-01 或 2026-03-01 08:30（没写时区按北京时间）；认不出的原样留在“发布时间”一栏",
        headers=(
            "发布时间", "posted_at", "date", "time", "published", "发布日期", "日期", "时间", "发帖时间",
        ),
    ),
    Column(
        field="visibility",
        meaning="谁看得到：公开（public）、群聊（group）、私聊（private）；不写，报告里是“未知”",
        headers=("可见范围", "visibility", "公开范围", "可见性"),
    ),
    Column(
        field="contacts",
        meaning="联系方式；入库时打码，明文加密另存。JSONL 里可以是一个列表",
        headers=(
            "电话", "contacts", "contact", "phone", "tel", "mobile", "wechat", "手机", "手机号", "联系电话", "联系方式",
            "微信", "微信号",
        ),
    ),
    Column(field="id", meaning="序号，只为您自己对照，不入库", headers=("编号", "id", "序号")),
)  # fmt: skip


#: What we call each thing a row may hold.
MEANT = {column.field: column.headers[0] for column in COLUMNS}


def field_of(header: str) -> str | None:
    """What a column with this header holds; None for one we have no name for."""
    return _FIELDS.get("".join(header.split()).lower())


_FIELDS = {header: column.field for column in COLUMNS for header in column.headers}
