"""What a fetched page is, decided before anything is read off it. `ok` needs a positive marker; else `unknown`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from lxml import etree
from parsel import Selector

from crawlers.drawn_words import unfold_frames
from crawlers.embedded import json_text, read_json, search
from crawlers.lookups import Lookups
from crawlers.page_bound import cut_tree, told
from crawlers.recipe import StateRule
from crawlers.tag_bound import bounded_markup
from crawlers.visible import says_more_than, visible_text
from pipelines.records import PageState

#: States only a page served with 200 can be in.
_NEEDS_200 = frozenset({PageState.OK, PageState.LIST, PageState.EMPTY_LIST})
#: What a status alone says, when no rule of the recipe knew the page.
_BY_STATUS = {
    401: PageState.LOGIN_WALL,
    403: PageState.BLOCKED,
    404: PageState.GONE,
    410: PageState.GONE,
    412: PageState.BLOCKED,
    418: PageState.BLOCKED,
    429: PageState.BLOCKED,
    432: PageState.BLOCKED,
    461: PageState.BLOCKED,
    471: PageState.BLOCKED,
    503: PageState.MAINTENANCE,
    521: PageState.BLOCKED,
}
#: Walls that stand at the same places whatever the site: asked before the recipe, so that none can overlook them.
_WALL_URL = re.compile(
    r"antibot|antispider|verifycode|wappass\.|/captcha|sec\.douban|/sorry/|validate\?|deny\.do|/cdn-cgi/challenge", re.I
)
_WALL_TEXT = re.compile(
    r"访问(过于|太)频繁|请?输入(图中|下图中?的?)?验证码|验证码(校验|中间页)|人机(验证|校验|识别)|滑动验证"
    r"|安全验证|异常访问|访问异常|非法访问"
    r"|(拖动|按住|滑动).{0,6}滑块|GatewayUrl|检测到.{0,8}(异常|机器)|(验证|确认|证明)(您|你)?(是否)?(是|为"
    r"|不是)(否是)?(真人|人类|机器人?)"
    r"|环境异常|(完成|通过)验证后|(检查|验证)(您|你)的?(连接|浏览器|网络)|连接的安全性|浏览器(安全)?(检查|验证)|(依次|顺序)点[击选]|(请"
    r"|需要?)完成.{0,6}验证"
    r"|Checking your browser|Verify(ing)? (that )?you are (a )?human"
)
#: Words of a field of many a login or comment form, too: a wall has little else to say.
_FORM_TEXT = re.compile(r"请?输入(图中|下图中?的?)?验证码")
_FORM_WALL_CHARS = 250
#: What challenges that draw themselves by script carry, whatever language they speak.
_CHALLENGE = re.compile(r"_cf_chl_opt|cf-browser-verification|id=[\"']?slg-(container|title|warning)")
#: What protections say when they turn a request away.
_BLOCK_TEXT = re.compile(
    r"(请求|访问|操作|IP地址|IP).{0,14}(拦截|阻断|阻止|拒绝|封禁|屏蔽)|(拦截|阻断)(了|您|你)?.{0,6}(请求|访问)"
    r"|网站防火墙|防火墙.{0,6}(拦截|阻)"
    r"|(请求|操作)(存在|出现)?(异常|风险)|(限制|禁止)(了|您|你|本次|当前)?.{0,4}访问|Web应用防火墙"
    r"|存在(安全)?(威胁|风险).{0,10}(请求|访问|拦截)"
    r"|Access Denied|403 Forbidden|Request (was |has been )?blocked",
    re.I,
)
#: A refusal has this many characters at most.
_BLOCK_MAX_CHARS = 300
_RELOAD = re.compile(r"document\.cookie\s*=[^<]{0,400}location\.(reload|href|replace)", re.S)
#: A wall is a small page; an article about captchas is not.
_WALL_MAX_CHARS = 600
_SHELL_MAX_CHARS = 20
#: Characters no tree may hold; some arrive as numeric entities and are cut by libxml2 itself.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class PageView:
    """A page as the state rules look at it."""

    url: str
    status: int
    size: int
    text: str
    selector: Selector
    #: What of it was not read, in Chinese; '' when all was.
    left_out: str = ""
    #: What the selector was parsed from; '' when that is not known.
    markup: str = ""

    @cached_property
    def lookups(self) -> Lookups:
        """What is looked for on it: many rules and fields ask for the same nodes."""
        return Lookups(self.selector, self.markup)

    @classmethod
    def of(cls, *, url: str, status: int, body: bytes, text: str) -> PageView:
        selector, left_out, text, markup = _parsed(text)
        size = len(body)
        return cls(url=url, status=status, size=size, text=text, selector=selector, left_out=left_out, markup=markup)


def make_selector(text: str) -> Selector:
    """A parsel Selector that survives anything; what is nested too deep for libxml2's own bound is cut off, and what
    follows the nodes that `page_bound` allows."""
    return _parsed(text)[0]


def _parsed(text: str) -> tuple[Selector, str, str, str]:
    """The page, what of it was left out, its markup as far as any parser may see it, and as this one saw it."""
    clean = NO_XML.sub("", text)
    bounded, of_tags = bounded_markup(clean)
    root, parser = _tree(bounded)
    if "srcdoc" in bounded:
        unfold_frames(root, lambda written: _tree(bounded_markup(NO_XML.sub("", written))[0])[0])
    left_out = "；".join(filter(None, (of_tags, told(cut_tree(root, bounded), parser))))
    return Selector(root=root, type="html"), left_out, text if bounded == clean else bounded, bounded


def _tree(markup: str) -> tuple[Any, Any]:
    """The root of any markup, and the parser that knows what it met."""
    body = markup.encode("utf-8", "replace").strip() or b"<html/>"
    parser = etree.HTMLParser(recover=True, encoding="utf-8", huge_tree=False)
    try:
        root = etree.fromstring(body, parser=parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        root = etree.fromstring(b"<html/>", parser=etree.HTMLParser())
    return root, parser


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The state and the reason, in Chinese, for people who ask why."""

    state: PageState
    reason: str


def classify(page: PageView, rules: Sequence[StateRule]) -> Verdict:
    """The state of a page: common walls, then the recipe's rules in order, then the status, then `unknown`. The reason
    tells what of the page was not read."""
    verdict = _classify(page, rules)
    return replace(verdict, reason=f"{verdict.reason}；{page.left_out}") if page.left_out else verdict


def _classify(page: PageView, rules: Sequence[StateRule]) -> Verdict:
    wall = find_wall(page)
    if wall is not None:
        return wall
    for rule in rules:
        if rule.state in _NEEDS_200 and page.status != 200:
            continue
        if _holds(rule, page):
            return Verdict(state=rule.state, reason=f"符合配方里 {rule.state} 的条件")
    if page.status in _BY_STATUS:
        return Verdict(state=_BY_STATUS[page.status], reason=f"HTTP {page.status}")
    if 300 <= page.status < 400:
        return Verdict(state=PageState.MOVED, reason=f"HTTP {page.status}，跳转到来源之外")
    if page.status >= 500:
        return Verdict(state=PageState.UNREACHABLE, reason=f"HTTP {page.status}")
    if is_shell(page):
        return Verdict(state=PageState.SHELL, reason="页面只有脚本，没有文字")
    return Verdict(state=PageState.UNKNOWN, reason="没有任何正面标志，不解析")


def find_wall(page: PageView) -> Verdict | None:
    """A verification or anti-bot page, whatever its status and address; None when it is not one."""
    if _WALL_URL.search(page.url):
        return Verdict(state=PageState.CAPTCHA, reason="地址是验证页")
    if page.size < 3000 and _RELOAD.search(page.text):
        return Verdict(state=PageState.BLOCKED, reason="只写 Cookie 并重新载入的防护页")
    # Cheap first: most pages say more than a wall does.
    if says_more_than(page.selector, _WALL_MAX_CHARS):
        return None
    seen = visible_text(page.selector)
    if len(seen) > _WALL_MAX_CHARS:
        return None
    said = f"{page_title(page)}\n{seen}"
    if len(seen) <= _BLOCK_MAX_CHARS and _BLOCK_TEXT.search(said):
        return Verdict(state=PageState.BLOCKED, reason="防护页面说请求被拦下")
    # A form to write comments in asks for a code, too.
    comments = bool(page.selector.css("form textarea"))
    is_challenge = "GatewayUrl" in page.text or bool(_CHALLENGE.search(page.text))
    if is_challenge or _is_wall_text(said, comments=comments):
        return Verdict(state=PageState.CAPTCHA, reason="要求验证的页面")
    return None


def _is_wall_text(said: str, *, comments: bool) -> bool:
    """Words of a wall; those that label a field of any form only where little else is said and no comment is wanted."""
    if _WALL_TEXT.search(_FORM_TEXT.sub("", said)):
        return True
    return not comments and len(said) <= _FORM_WALL_CHARS and bool(_FORM_TEXT.search(said))


def is_shell(page: PageView) -> bool:
    """Scripts and next to no text: the content comes by JavaScript or not at all."""
    seen = len(visible_text(page.selector))
    return seen < _SHELL_MAX_CHARS and (not seen or bool(page.selector.css("script")))


def page_title(page: PageView) -> str:
    return (page.selector.xpath("string(//title)").get() or "").strip()


def _holds(rule: StateRule, page: PageView) -> bool:
    if rule.status and page.status not in rule.status:
        return False
    if rule.max_bytes is not None and page.size > rule.max_bytes:
        return False
    if rule.url is not None and not rule.url.search(page.url):
        return False
    if rule.title is not None and not rule.title.search(page_title(page)):
        return False
    if not all(page.lookups.css(css) for css in rule.css):
        return False
    if rule.xpath is not None and not page.lookups.xpath(rule.xpath):
        return False
    if rule.jmes is not None:
        # Of a JSON page the text condition is on what was found.
        found = [json_text(item) for item in search(rule.jmes, read_json(page.text))]
        return any(rule.text is None or rule.text.search(text) for text in found)
    if rule.text is None:
        return True
    if rule.css:
        return any(rule.text.search(visible_text(node)) for node in page.lookups.css(rule.css[0]))
    return bool(rule.text.search(visible_text(page.selector)) or rule.text.search(page.text[:20000]))
