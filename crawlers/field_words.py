"""The words and shapes by which a field is known on a page no engine knows."""

from __future__ import annotations

#: Labels people put before what a field says.
LABELS: dict[str, tuple[str, ...]] = {
    "fee": ("费用", "价格", "收费标准", "收费", "学费", "报价", "课时费", "薪资", "薪酬", "单价"),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话号码", "电话", "联系方式"),
    "wechat": ("微信号", "加微信", "微信"),
    "posted_at": (
        "发布时间",
        "发布日期",
        "发表时间",
        "发表于",
        "发布于",
        "更新时间",
        "更新日期",
        "日期",
        "时间",
        "发布",
    ),
    "district": ("所在区域", "所在地区", "所在地", "区域", "地区", "上课地点", "授课地点", "地点", "地址"),
    "author": ("发布人", "发布者", "联系人", "作者", "楼主", "称呼"),
    "org": ("机构名称", "公司名称", "机构", "公司", "单位"),
}
#: Parts of classes and ids that name a field.
CLASSES = {
    "fee": "price|fee|money|cost",
    "phone": "phone|tel|mobile",
    "wechat": "wechat|weixin",
    "posted_at": "date|time|posted",
    "district": "district|area|region|location",
    "author": "author|poster|username|nickname",
    "org": "company|org",
}
#: Labels of what has a block of its own on most sites.
TITLE_LABELS = ("标题", "主题", "题目", "信息标题")
BODY_LABELS = ("详细内容", "内容", "详情", "正文", "信息内容", "说明", "描述", "简介", "备注")
#: Steps behind the pick of a field.
STEPS = {
    "phone": "[text, phone]",
    "wechat": "[text, {re: '([A-Za-z][A-Za-z0-9_-]{4,19}|1\\d{10})'}]",
    "district": "[text, area]",
}
#: CSS of rows, of the label and of the value in a row: how tables of pairs are written.
TABLES = (
    ("tr:not(:has(tr))", "th", "td"),
    # A row that begins with a link is a menu.
    ("tr:not(:has(tr)):not(:has(td:first-child a))", "td:first-child", "td + td"),
    ("dl > div", "dt", "dd"),
    ("li, p, div", "span:first-child", "span + span"),
    ("li, p, div", "label:first-child, b:first-child, strong:first-child", "* + span, * + em, * + a"),
)
