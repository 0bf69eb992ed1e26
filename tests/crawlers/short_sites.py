"""Four handmade sites whose postings say little: other layouts than those of `handmade_sites`, bodies of a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.crawlers.handmade_sites import Answers

#: (title, body, name, town); invented.
SHORT = (
    ("初二数学周末班", "周末上门教初二数学，名额不多。", "李老师", "城关镇"),
    ("小学英语晚托", "一到六年级英语，晚上七点开始。", "王女士", "河西镇"),
    ("转让二手书桌", "书桌九成新，自提，不议价。", "赵先生", "东山乡"),
)


@dataclass(frozen=True)
class ShortSite:
    """A site: its answers, and the author's name as its pages let it be known, if they do."""

    answers: Answers
    names_author: bool


def meta_line() -> ShortSite:
    """Date, author and place on one line of their own, longer than the words of the posting, and a list of pairs."""
    return _site(
        lambda title, body, name, town, day: (
            f'<h1>{title}</h1><div class="meta">发布：{day} 09:30 发布人：{name} 地区：{town}</div>'
            f'<div class="con">{body}</div>'
            '<ul class="kv"><li>科目：<b>数学</b></li><li>收费：<b>200元/小时</b></li></ul>'
        )
    )


def bars() -> ShortSite:
    """The same line without labels, below the words, parted by bars."""
    return _site(
        lambda title, body, name, town, day: (
            f'<div class="box"><h2>{title}</h2><p class="txt">{body}</p>'
            f'<p class="info">{day} 09:30 | {name} | 浙江省青溪县{town} | 浏览 1024 次 | 收藏</p></div>'
        ),
        names_author=False,
    )


def pairs_first() -> ShortSite:
    """Pairs above the words, each a line, one of them long."""
    return _site(
        lambda title, body, name, town, day: (
            f'<div class="hd">{title}</div><div class="side">'
            f"<p>发布人：{name}</p><p>地址：青溪县{town}人民路三十八号院二单元</p>"
            f'<p>发布时间：{day}</p></div><div class="words"><span>{body}</span></div>'
        )
    )


def related() -> ShortSite:
    """Links to other postings below, longer than the words, other ones on each page."""
    return _site(
        lambda title, body, name, town, day: (
            f'<article id="post"><h1>{title}</h1><section class="by">{name} 发布于 {day} {town}</section>'
            f'<section class="say">{body}</section></article><ul class="more"><li><a href="/x{name}">'
            f"大家还看了{name}的另一条很长很长的信息标题</a></li></ul>"
        ),
        names_author=False,
    )


def _site(page: Callable[[str, str, str, str, str], str], *, names_author: bool = True) -> ShortSite:
    days = [f"2026-11-0{number}" for number in range(2, 2 + len(SHORT))]
    rows = "".join(
        f'<li><a href="/info/{number}.html">{title}</a></li>' for number, (title, *_rest) in enumerate(SHORT, 1)
    )
    answers = {"/": _page("青溪小集", f"<ul>{rows}</ul>")}
    for number, ((title, body, name, town), day) in enumerate(zip(SHORT, days, strict=True), 1):
        inside = page(title, body, name, town, day)
        answers[f"/info/{number}.html"] = _page(f"{title} - 青溪小集", f"{inside}<p>青溪小集 版权所有</p>")
    return ShortSite(answers, names_author)


def _page(title: str, inside: str) -> tuple[int, dict[str, str], bytes]:
    text = f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{inside}</body></html>'
    return 200, {"Content-Type": "text/html"}, text.encode()
