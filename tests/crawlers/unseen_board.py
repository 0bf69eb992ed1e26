"""A Discuz!-type board nobody has seen: a skin of its own, another name in the generator, addresses rewritten, GBK.

All of it is invented. What it shares with the product's templates is what no skin takes away: ids of rows and posts.
"""

from __future__ import annotations

from tests.crawlers.small_site import OPEN

GBK = {"Content-Type": "text/html; charset=gbk"}
FORUM = 58
GONE = "抱歉，指定的主题不存在或已被删除或正在被审核"
PER_PAGE = 6
#: (title, body, fee, phone); the last is nobody's.
OFFERS = (
    ("初二数学一对一，老师上门", "在职老师周末上门辅导初二数学，两小时300元，包提分。", "2小时300元", "13800000017"),
    (
        "小升初英语思维营小班招生",
        "以思维营的名义开英语课，六人一班，周六上午，一期十次共1800元。",
        "1800元",
        "13800000025",
    ),
    ("转让儿童自行车一辆", "八成新，十六寸，自提。", "120元", "13800000033"),
    ("周末一起去河边捡垃圾吗", "志愿活动，自愿参加，带手套。", "", ""),
    ("高一物理化学住家辅导", "假期住家一对一，包吃住，每天六课时，语数外理化都可以。", "每天600元", "13800000041"),
    ("求购二手书桌", "要实木的，孩子写字用。", "", "13800000058"),
    ("寒假托管班附带作业辅导", "托管为名，上午讲下学期语文数学新课，每月2600元。", "每月2600元", "13800000066"),
    ("小区门口新开面馆", "牛肉面十八元一碗，欢迎来尝。", "18元", ""),
)


def board() -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Path → answer of the whole board."""
    pages = {"/robots.txt": OPEN}
    count = -(-len(OFFERS) // PER_PAGE)
    for number in range(1, count + 1):
        rows = list(enumerate(OFFERS, 701))[(number - 1) * PER_PAGE : number * PER_PAGE]
        pages[f"/forum-{FORUM}-{number}.html"] = _answer(_list(rows, number, count))
    pages |= {f"/thread-{tid}-1-1.html": _answer(_thread(tid, offer)) for tid, offer in enumerate(OFFERS, 701)}
    pages["/thread-600-1-1.html"] = _answer(_page("版规", _post(600, "版规", "文明发言，不刷屏。", "", "")))
    pages["/thread-999999999-1-1.html"] = _answer(
        _page(
            "提示信息",
            '<div id="messagetext" class="qs-alert"><p>抱歉，指定的主题不存在或已被删除或正在被审核</p></div>',
        )
    )
    return pages


def _answer(text: str) -> tuple[int, dict[str, str], bytes]:
    return 200, GBK, text.encode("gbk", "xmlcharrefreplace")


def _page(title: str, inside: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="gbk"><title>{title} - 青石桥畔 - Powered by 石桥</title>
<meta name="generator" content="Stonebridge 9"></head><body class="qs-body">
<div class="qs-top"><a href="/">青石桥畔</a><a href="/member.php?mod=logging&amp;action=login">登录</a></div>
<main class="qs-shell">{inside}</main><footer class="qs-foot">虚构的论坛</footer></body></html>"""


def _list(rows: list[tuple[int, tuple[str, str, str, str]]], number: int, count: int) -> str:
    lines = [
        '<tbody id="stickthread_600"><tr><th>'
        '<a class="qs-t s xst" href="thread-600-1-1.html">版规</a></th></tr></tbody>'
    ]
    for tid, (title, *_rest) in rows:
        lines.append(
            f'<tbody id="normalthread_{tid}"><tr class="qs-row"><td class="qs-pic"><img src="/s/{tid % 7}.png"></td>'
            f'<th><em>[生活]</em><a class="qs-t s xst" href="thread-{tid}-1-{number}.html">{title}</a></th>'
            f'<td class="by"><cite><a href="home.php?mod=space&amp;uid=9">桥上人{tid}</a></cite>'
            f'<em><span title="2026-11-{10 + tid % 9}">前几天</span></em></td>'
            '<td class="num"><a>3</a><em>88</em></td>'
            '<td class="by"><cite><a>别人</a></cite><em>今天</em></td></tr></tbody>'
        )
    more = f'<a class="nxt" href="forum-{FORUM}-{number + 1}.html">下一页</a>' if number < count else ""
    pager = f'<div class="pg"><label><span title="共 {count} 页"> / {count} 页</span></label>{more}</div>'
    return _page("生活服务", f'<div id="threadlist" class="qs-list"><table>{"".join(lines)}</table></div>{pager}')


def _thread(tid: int, offer: tuple[str, str, str, str]) -> str:
    return _page(offer[0], _post(tid, *offer))


def _post(tid: int, title: str, body: str, fee: str, phone: str) -> str:
    pairs = "".join(
        f"<tr><th>{label}:</th><td>{value}</td></tr>" for label, value in (("费用", fee), ("联系电话", phone)) if value
    )
    table = f'<div class="typeoption"><table class="cgtl">{pairs}</table></div>' if pairs else ""
    return f"""<section class="qs-card"><h1><span id="thread_subject">{title}</span></h1></section>
<div id="post_{tid}9" class="qs-post">
<div class="authi"><a href="home.php?mod=space&amp;uid=9">桥上人{tid}</a></div>
<div class="qs-main"><em id="authorposton{tid}9">发表于 2026-11-{10 + tid % 9} 10:12:13</em>{table}
<table><tr><td class="t_f" id="postmessage_{tid}9">{body}<font class="jammer">x7Qm{tid}</font></td></tr></table>
</div></div>
<div class="qs-post"><em id="authorposton{tid}10">发表于 2026-11-20 09:00:00</em>
<table><tr><td id="postmessage_{tid}10">楼上的回复，不是信息</td></tr></table></div>"""
