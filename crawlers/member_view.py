"""By what a saved page shows that somebody was logged in when it was saved. Only plain marks count: a page that offers
a log-in beside its log-out has both for everybody, and shows one by a script."""

from __future__ import annotations

import re
from typing import Any

from crawlers.states import PageView
from crawlers.visible import is_hidden

_CONTROLS = ("a", "button")
_LOG_OUT = frozenset(
    {"退出登录", "退出登陆", "退出账号", "退出帐号", "安全退出", "注销登录", "登出", "logout", "signout", "logoff"}
)
_LOG_OUT_ADDRESS = re.compile(
    r"action=(?:log_?out|quit)\b|[/?&=_-](?:log|sign)_?-?(?:out|off)\b|[/?&=]login_?out\b", re.I
)
_LOG_IN = re.compile(
    r"(?:请|立即|快速|会员|用户|账号|帐号|密码|先|去|点击)?登[录陆](?:[/|、或]?(?:免费)?注册)?|(?:免费)?注册[/|、或]?登[录陆]|log-?in|sign-?in",
    re.I,
)
#: What Discuz! writes into each page: the number of the member it was made for, 0 for a guest.
_MEMBER_NUMBER = re.compile(r"\bdiscuz_uid\s*=\s*['\"]?[1-9]\d*\b")
#: What stands in these is shown to nobody, or only where scripts do not run.
_UNSEEN = frozenset({"template", "noscript", "script", "head"})


def member_marks(view: PageView) -> str:
    """The marks in Chinese; "" when there is none, or one beside a way to log in. Names nobody."""
    if _MEMBER_NUMBER.search(view.text):
        return "页面是给会员看的（discuz_uid 不是 0）"
    found = ""
    for node in view.selector.root.iter(*_CONTROLS):
        words = "".join("".join(node.itertext()).split())
        if _LOG_IN.fullmatch(words) and _is_seen(node):
            return ""
        if not found and _logs_out(node, words) and _is_seen(node):
            found = f"页面上有{f'“{words[:8]}”' if words else '退出登录的'}链接，没有登录入口"
    return found


def _logs_out(node: Any, words: str) -> bool:
    return words.lower() in _LOG_OUT or bool(_LOG_OUT_ADDRESS.search(node.get("href") or ""))


def _is_seen(node: Any) -> bool:
    around = (node, *node.iterancestors())
    return not any(isinstance(one.tag, str) and (one.tag in _UNSEEN or is_hidden(one)) for one in around)
