"""The keys of queue and lead page: the one table that the help box and the officers' handbook show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Key:
    """One or two keys, where they work, and what they do."""

    #: As printed on the keyboard.
    keys: tuple[str, ...]
    #: 队列 | 线索 | 两处 | 转办菜单
    where: str
    does: str


KEYS = (
    Key(keys=("j", "k"), where="两处", does="下一条 / 上一条"),
    Key(keys=("回车",), where="队列", does="打开选中的线索"),
    Key(keys=("1",), where="两处", does="线索成立"),
    Key(keys=("2",), where="两处", does="排除"),
    Key(keys=("Shift+2",), where="两处", does="先选理由再排除：Tab 选中一个，回车才排除"),
    Key(keys=("3",), where="两处", does="打开转办 / 移送菜单"),
    Key(keys=("1–9",), where="转办菜单", does="只选中部门；再按同一数字或按回车才转出"),
    Key(keys=("Esc",), where="转办菜单、理由", does="收起，什么也不转、不排除"),
    Key(keys=("4",), where="两处", does="待核实"),
    Key(keys=("n",), where="线索", does="选中下一条疑点"),
    Key(keys=("x",), where="线索", does="选中的疑点采纳 / 不采纳，随结论记录"),
    Key(keys=("u",), where="两处", does="撤销刚才的结论"),
    Key(keys=("c",), where="两处", does="立案"),
    Key(keys=("o",), where="两处", does="查看留存页面"),
    Key(keys=("?",), where="两处", does="显示或关闭这张表"),
)
