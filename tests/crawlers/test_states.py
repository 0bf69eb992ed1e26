"""Page states: decided before extraction, `ok` only with a positive mark."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import load_engine
from crawlers.states import PageView, classify
from pipelines.records import PageState

DISCUZ = load_engine("discuz-x").states


def state_of(html: str, *, status: int = 200, url: str = "https://bbs.example.com/thread-1-1-1.html") -> PageState:
    return classify(PageView.of(url=url, status=status, body=html.encode(), text=html), DISCUZ).state


def message(text: str, body_class: str = "pg_message") -> str:
    return f"<html><body class='{body_class}'><div id='messagetext'><p>{text}</p></div></body></html>"


THREAD = "<html><body><span id='thread_subject'>题</span><table><td id='postmessage_1'>正文</td></table></body></html>"


@pytest.mark.parametrize(
    ("html", "state"),
    [
        (THREAD, PageState.OK),
        (message("抱歉，指定的主题不存在或已被删除或正在被审核"), PageState.GONE),
        (message("您要查看的主题正在被审核，请稍后再来"), PageState.UNDER_REVIEW),
        (message("抱歉，您尚未登录，没有权限访问该主题", "pg_logging"), PageState.LOGIN_WALL),
        (message("抱歉，本帖要求阅读权限高于 50 才能浏览"), PageState.PERMISSION),
        ("<table><tbody id='normalthread_1'><tr><td>x</td></tr></tbody></table>", PageState.LIST),
        ("<p>普通的一页，谁也不认得它，但文字不少，足够多的字。</p>", PageState.UNKNOWN),
        ("<html><script>var a=1</script></html>", PageState.SHELL),
        ("", PageState.SHELL),
        ("<p>您的访问过于频繁，请输入验证码后继续。</p>", PageState.CAPTCHA),
        ("<div id='@@xxzlGatewayUrl' style='display:none'>x</div>", PageState.CAPTCHA),
        ("<script>document.cookie='a=1';document.location.reload();</script>", PageState.BLOCKED),
    ],
)
def test_pages_served_as_200(html: str, state: PageState) -> None:
    assert state_of(html) is state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (401, PageState.LOGIN_WALL),
        (403, PageState.BLOCKED),
        (404, PageState.GONE),
        (410, PageState.GONE),
        (429, PageState.BLOCKED),
        (500, PageState.UNREACHABLE),
        (503, PageState.MAINTENANCE),
        (521, PageState.BLOCKED),
        (302, PageState.MOVED),
    ],
)
def test_a_status_speaks_when_no_rule_does_and_never_says_ok(status: int, state: PageState) -> None:
    assert state_of("<p>x</p>", status=status) is state
    assert state_of(THREAD, status=status) is state


def test_a_wall_is_seen_by_its_address() -> None:
    assert state_of(THREAD, url="https://callback.example.com/antibot/verifycode?x=1") is PageState.CAPTCHA


def test_an_article_about_captchas_is_none() -> None:
    article = THREAD.replace("正文", "为什么网站总要我输入验证码？" + "这是一篇很长的文章。" * 100)
    assert state_of(article) is PageState.OK


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_nothing_without_the_mark_is_ever_ok(html: str) -> None:
    assert state_of(html) not in (PageState.OK, PageState.LIST)
