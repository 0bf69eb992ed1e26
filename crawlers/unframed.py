"""A page without its frame: menus, lists of other postings, comments, notices of the site, told on any site.

A part goes for what it says (the heading above it, a path of links, a warning of the platform), for being made of
links, or for a name people give such parts. None goes that holds the heading or much of what the page says.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from lxml import etree
from parsel import Selector

from crawlers.floors import later_floors
from crawlers.states import NO_XML
from crawlers.visible import BLOCKS, is_hidden, tidy

Element = Any

_SILENT = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "textarea", "select", "option"}
)
_FRAME_TAGS = frozenset({"nav", "footer", "aside", "button"})
#: Words in classes and ids: camel case, hyphens and underscores take them apart.
_FRAME_NAMES = frozenset(
    {
        *("nav", "navbar", "navi", "menu", "footer", "foot", "ft", "sidebar", "aside", "sider", "sidebox", "rightbox"),
        *("crumb", "crumbs", "breadcrumb", "bread", "related", "relate", "relevant", "recommend", "recommends", "rec"),
        *(
            "tuijian",
            "xiangguan",
            "similar",
            "guess",
            "hotsearch",
            "comment",
            "comments",
            "pinglun",
            "reply",
            "replies",
        ),
        *(
            "digg",
            "share",
            "copyright",
            "friendlink",
            "friendlinks",
            "topbar",
            "toolbar",
            "tool",
            "tools",
            "login",
            "qrcode",
            "ad",
            "ads",
        ),
        *(
            "adv",
            "advert",
            "banner",
            "seo",
            "pager",
            "pagination",
            "signature",
            "sign",
            "sigline",
            "fastpost",
            "disclaimer",
        ),
        *("callapp", "download", "statement", "declare"),
    }
)
_NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: What stands above lists of other things.
_HEADS = re.compile(
    r"(猜你|你可能|您可能|看了又看|看过(本|该|此)|浏览(了|过)|大家(都)?(在|喜欢)|友情链接|赞助商|广告|热搜"
    r"|历史浏览|最近浏览)"
    r"|.{0,8}(相关|同类|相似|类似|其[他它]|更多|热门|热点|周边|附近|精彩|热议|本周|本月|栏目|站内).{0,2}"
    r"(推荐|信息|阅读|文章|新闻|问题|帖子|贴子|主题|搜索|链接|商户|商家|家教|教员|热帖|热门|排行|更新|回答|视频"
    r"|作品|笔记|话题|榜|资讯|职位|房源"
    r"|宝贝|商品|店铺|标签|板块|版块).{0,4}\Z"
    r"|(最新|推荐|热点|热门|精彩|同城|分类)(推荐|信息|阅读|文章|帖子|贴子|主题|讨论|发布|动态|资讯|内容|家教"
    r"|教员|学员|需求|话题|商家|分类|评论|回复"
    r"|加入|公告|视频|栏目|专题).{0,3}\Z"
    r"|((全部|网友|用户|发表|我要|精选|最新|写)(评论|留言|点评|回复|跟帖)|评论|留言|点评"
    r"|跟帖)\W{0,3}\d*\W{0,3}(条)?\Z|快速(回复|发帖)|(会员|用户)登录\Z"
    r"|(上|下)一篇|收费参考\Z|快捷导航\Z"
)
#: The same of lists of links alone: words that also stand above a part of a posting.
_LINK_HEADS = re.compile(
    r".{0,8}(相关|同类|相似|类似|其[他它]|更多|热门|热点|周边|附近|精彩|最新|推荐|校园|栏目|公司|学校|站内|本站"
    r"|分类|城市|导航).{0,8}\Z"
)
_HEAD_CHARS = 18
_PATH = re.compile(r"\A\W{0,2}(您?你?(现在|目前)?的?(当前)?所?在?位置|当前位置|现在的?位置|首页\s*[>»›/])")
_ARROWS = re.compile(r"[>»›→]")
_PATH_CHARS = 120
#: What a platform says of itself and to its readers, never the one who posted.
_NOTICE = re.compile(
    r"(温馨|友情|安全|赶集|防骗|风险|郑重|特别)?(提示|提醒|警示|声明|说明).{0,60}(诈骗|骗子|防骗|上当|预付|汇款"
    r"|转账|轻信|举报|核实|真实性|本站|网友发布|与本.{0,4}无关)"
    r"|(先交|预交|先付|押金|定金).{0,14}(小心|当心|谨慎|警惕|骗)|(本站|平台)不(承担|负|对).{0,12}(责任|负责"
    r"|真实)|网友(自行|自己)?(上传|发布|提供).{0,30}(责任|本站|负责)"
    r"|(让您|要求|凡).{0,16}(汇款|预付|转账).{0,30}(谨慎|警惕|轻信|举报|诈骗)|(真实性|合法性).{0,14}(负责|核实)"
    r"|(本站|本网|平台)(仅|只)提供"
    r"|(不代表|并非)(本站|本网|平台).{0,6}(观点|立场)|(转载|版权).{0,12}(注明|所有|归)|ICP[备证]|公网安备"
    r"|增值电信|网站标识码|经营许可证"
    r"|Powered by|All Rights Reserved|Copyright|版权所有|(不良|有害|违法).{0,8}(信息)?.{0,4}举报"
    r"|侵权.{0,6}(删除|投诉|联系)"
    r"|(用户|服务)协议|隐私(政策|协议|声明)|(责任)?编辑[:：].{0,12}\Z|(上|下)一(篇|条|页|个)[:：]?|(分享"
    r"|转发)(到|至|给)[:：]?|扫(一扫|码|描).{0,10}(手机(打开|查看|浏览|访问)|分享)"
    r"|(打开|下载|使用).{0,8}(APP|客户端|小程序)|(您的|你的)?(邮箱|电子邮件)(地址)?不会被公开|请自觉遵守"
    r"|文明(发言|上网)|(收藏|举报|打印)(本页|该信息|本帖|此)?\Z"
    r"|联系我时.{0,20}(看到|看见)|看到的.{0,6}谢谢|(请|登录).{0,8}(登录|注册).{0,6}(后|才).{0,6}(回复|评论|发表|发帖)",
    re.I,
)
_NOTICE_CHARS = 160
#: A page with more elements is looked at up to here: real ones have a few thousand.
_MAX_ELEMENTS = 8000
#: What stands in the foot of a site alone, so that even a page that says little else is without it.
_FOOT = re.compile(
    r"ICP[备证]|公网安备|增值电信|网站标识码|Powered by|All Rights Reserved|版权所有|营业执照.{0,40}许可", re.I
)
#: The share of a page's own words at which a part is no frame whatever it is called, and the share of a part's text
#: that links make where it is a list of other pages.
_MOST, _LINKED, _FEW_LINKS = 0.35, 0.6, 3


def without_frame(page: Selector) -> Selector:
    """A copy of the page without what stands around its content; the page itself stays as it is."""
    if not isinstance(page.root, etree._Element):
        return page
    root = copy.deepcopy(page.root)
    _cut_short(root)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    _drop_hidden(root)
    for floor in later_floors(root):
        _cut(floor)
    texts = _texts(root)
    own = max(1, texts[root][0] - texts[root][1])
    kept = _above_headings(root)
    gone: set[Element] = set()
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is None or not isinstance(element.tag, str) or element.tag in ("body", "html"):
            continue
        if parent in gone:
            gone.add(element)
        elif element.tag in _SILENT or (element not in kept and _is_frame(element, texts, own)):
            gone.add(element)
            _cut(element)
    return Selector(root=root, type="html")


def _cut_short(root: Element) -> None:
    """Leave the first elements of a page that has more than any posting needs."""
    for element in list(root.iter())[:_MAX_ELEMENTS:-1]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _drop_hidden(root: Element) -> None:
    """Parts that are switched off. What is only invisible until a script has run stays, when it is most of the page."""
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element.getparent() is not None and is_hidden(element):
            style = (element.get("style") or "").replace(" ", "")
            if "visibility:hidden" in style and len("".join(element.itertext())) > 200:
                continue
            _cut(element)


def _texts(root: Element) -> dict[Element, tuple[int, int, int]]:
    """Of each element: characters it says, those in links, and how many links: from the leaves up, in one pass."""
    counts: dict[Element, list[int]] = {}
    for element in reversed(list(root.iter())):
        mine = counts.setdefault(element, [0, 0, 0])
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            counts[element] = mine = [0, 0, 0]
        else:
            mine[0] += _size(element.text)
            if element.tag == "a":
                mine[1], mine[2] = mine[0], 1
        parent = element.getparent()
        if parent is not None:
            above = counts.setdefault(parent, [0, 0, 0])
            for place in range(3):
                above[place] += mine[place]
            above[0] += _size(element.tail)
    return {element: (said, linked, links) for element, (said, linked, links) in counts.items()}


def _size(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _above_headings(root: Element) -> set[Element]:
    """Headings that say something, and all that holds them."""
    found: set[Element] = set()
    for heading in root.iter("h1"):
        if _size("".join(heading.itertext())) > 3:
            found |= {heading, *heading.iterancestors()}
    return found


def _is_frame(element: Element, texts: dict[Element, tuple[int, int, int]], own: int) -> bool:
    said, linked, links = texts[element]
    if not said:
        return False
    if said - linked >= _MOST * own:
        return element.tag in BLOCKS and _is_notice(element, said, _FOOT)
    if element.tag in _FRAME_TAGS or _frame_named(element):
        return True
    # Of an article it holds what is said of that; of the page it is its bar.
    if element.tag == "header" and element.getparent().tag == "body":
        return True
    if (links >= _FEW_LINKS and linked >= _LINKED * said) or (links == 2 and linked == said):
        return True
    if element.tag not in BLOCKS:
        return False
    return (
        _is_path(element, said, links)
        or _is_notice(element, said, _NOTICE)
        or _headed_as_frame(element, said, linked, links)
    )


def _is_path(element: Element, said: int, links: int) -> bool:
    if said > _PATH_CHARS:
        return False
    text = tidy("".join(element.itertext()).replace("\n", " "))
    return bool(_PATH.search(text)) or (links > 0 and len(_ARROWS.findall(text)) >= 2)


def _is_notice(element: Element, said: int, words: re.Pattern[str]) -> bool:
    """One paragraph of the platform's own. What holds other blocks is asked block by block."""
    if said > _NOTICE_CHARS or any(one.tag in BLOCKS for one in element.iterdescendants()):
        return False
    return bool(words.search(tidy("".join(element.itertext()).replace("\n", " "))))


def _frame_named(element: Element) -> bool:
    name = f"{element.get('id') or ''} {element.get('class') or ''}"
    parts = [part.lower() for part in _NAME_PARTS.findall(name)]
    return any(part in _FRAME_NAMES for part in (*parts, *map("".join, pairwise(parts))))


def _headed_as_frame(element: Element, said: int, linked: int, links: int) -> bool:
    """Does it begin with the words that stand above lists of other things, and has more than those words?"""
    first = next(_first_words(element), "")
    size = _size(first)
    if not 1 < size <= _HEAD_CHARS or said <= size:
        return False
    if _HEADS.match(first):
        return True
    return links >= _FEW_LINKS and linked * 2 >= said - size and bool(_LINK_HEADS.match(first))


def _first_words(element: Element) -> Iterator[str]:
    for text in element.itertext():
        flat = text.strip(" \t\r\n\u3000·•|★■▪：:【】")
        if flat:
            yield flat


def _cut(element: Element) -> None:
    """Take an element out; what follows it stays."""
    parent = element.getparent()
    tail = NO_XML.sub("", element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = NO_XML.sub("", before.tail or "") + tail
    else:
        parent.text = NO_XML.sub("", parent.text or "") + tail
    parent.remove(element)
