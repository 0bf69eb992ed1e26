"""Three small sites as people make them by hand: no engine, no framework, nothing any recipe of ours knows."""

from __future__ import annotations

from dataclasses import dataclass

Answers = dict[str, tuple[int, dict[str, str], bytes]]
#: (title, body, fee, phone, day); invented, the numbers are nobody's.
OFFERS = (
    (
        "初二数学一对一上门辅导",
        "在职教师周末可上门辅导初二数学，随时可以试听。",
        "200元/小时",
        "13800000017",
        "2026-11-02",
    ),
    ("暑假英语小班开课啦", "三到六年级英语小班，六人一班，每周两次课。", "1800元/期", "13800000025", "2026-11-03"),
    ("转让九成新电动车一辆", "去年买的，骑了不到一千公里，看车在东门。", "900元", "13800000033", "2026-11-04"),
)
_SERVICE = "客服电话：13900000000"


@dataclass(frozen=True)
class Handmade:
    """A site: the address of its list, its answers."""

    list: str
    answers: Answers


def plain() -> Handmade:
    """A list of links and pages of paragraphs, in UTF-8."""
    rows = "".join(
        f'<li><a href="detail{number}.html">{title}</a> <span>{day}</span></li>'
        for number, (title, *_rest, day) in enumerate(OFFERS, 1)
    )
    answers = {"/list.html": page("utf-8", "青溪便民", f"<h1>青溪便民</h1><ul>{rows}</ul><p>{_SERVICE}</p>")}
    for number, (title, body, fee, phone, day) in enumerate(OFFERS, 1):
        inside = (
            f'<h1>{title}</h1><p>发布时间：{day}</p><div class="content">{body}</div><p>价格：{fee}</p>'
            f'<p>电话：{phone}</p><p><a href="list.html">返回列表</a></p><p>{_SERVICE}</p>'
        )
        answers[f"/detail{number}.html"] = page("utf-8", f"{title} - 青溪便民", inside)
    return Handmade("/list.html", answers)


def tables() -> Handmade:
    """Everything in tables without a class, in GBK."""
    menu = '<table><tr><td><a href="{0}index.htm">首页</a></td><td><a href="{0}a.htm">关于</a></td></tr></table>'
    foot = f"<table><tr><td>{_SERVICE}</td></tr></table>"
    rows = "".join(
        f'<tr><td>{number}</td><td><a href="show/{100 + number}.htm">{title}</a></td><td>{day}</td></tr>'
        for number, (title, *_rest, day) in enumerate(OFFERS, 1)
    )
    heads = "<tr><th>编号</th><th>标题</th><th>日期</th></tr>"
    answers = {
        "/index.htm": page("gbk", "石桥信息港", f'{menu.format("")}<table border="1">{heads}{rows}</table>{foot}')
    }
    for number, (title, body, fee, phone, day) in enumerate(OFFERS, 1):
        pairs = (("标题", title), ("发布日期", day), ("费用", fee), ("联系电话", phone), ("内容", body))
        table = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in pairs)
        inside = f'{menu.format("../")}<table border="1">{table}</table>{foot}'
        answers[f"/show/{100 + number}.htm"] = page("gbk", "石桥信息港", inside)
    return Handmade("/index.htm", answers)


def cards() -> Handmade:
    """Cards with three links each whose addresses differ in the query alone, and numbered pages."""
    shown = "".join(
        f'<div class="card {"odd" if number % 2 else "even"}"><a href="view?id={number}&amp;from=list">'
        f'<img src="x{number}.png"></a><h3><a href="view?id={number}&amp;from=list">{title}</a></h3>'
        f'<em class="price">{fee}</em><a href="view?id={number}&amp;from=list">查看详情</a></div>'
        for number, (title, _body, fee, *_rest) in enumerate(OFFERS, 1)
    )
    menu = '<nav><a href="list?cat=1">家教信息</a><a href="list?cat=2">二手信息</a><a href="list?cat=3">招聘</a></nav>'
    pager = '<div><a href="list?page=1">1</a><a href="list?page=2">2</a></div>'
    answers = {
        path: page("utf-8", "卡片墙", f"{menu}<main>{inside}</main>{pager}<footer>{_SERVICE}</footer>")
        for path, inside in (("/list", shown), ("/list?page=1", shown), ("/list?page=2", ""))
    }
    for number, (title, body, fee, phone, day) in enumerate(OFFERS, 1):
        inside = (
            f'{menu}<main><section class="detail"><h2 class="d-title">{title}</h2><i class="date">{day} 10:00</i>'
            f'<div class="d-body"><p>{body}</p><p>欢迎来电。</p></div><b class="d-price">{fee}</b>'
            f'<div class="d-tel">联系电话：{phone}</div></section></main><footer>{_SERVICE}</footer>'
        )
        answers[f"/view?id={number}"] = answers[f"/view?id={number}&from=list"] = page("utf-8", f"{title}_墙", inside)
    return Handmade("/list", answers)


def page(charset: str, title: str, inside: str) -> tuple[int, dict[str, str], bytes]:
    text = f'<html><head><meta charset="{charset}"><title>{title}</title></head><body>{inside}</body></html>'
    # As `python -m http.server` answers: no charset in the header.
    return 200, {"Content-Type": "text/html"}, text.encode(charset)
