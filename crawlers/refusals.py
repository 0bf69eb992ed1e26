"""What a page says that is no posting: soft errors, closed sites, parked domains, default pages, choices of a city.

Told by words that stand alike on any site. They are looked for in what is left of the page without its frame
(crawlers.unframed), so that menus and lists beside a message hide it as little as they make one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.running_text import running_length
from crawlers.states import PageView, Verdict, page_title
from pipelines.records import PageState

#: A message has next to nothing to say beside its own words: so much running text at most outside its line.
_BESIDE = 60
#: The words of a refusal stand at the beginning of what a page says.
_LOOKED_AT = 600
#: A line longer than this is a posting's own, whatever words are in it.
_LINE = 120
_POLITE_LINE = 40


@dataclass(frozen=True, kw_only=True)
class _Refusal:
    state: PageState
    kind: str
    reason: str
    words: re.Pattern[str]
    #: Words that make it one wherever they stand in title or heading, however much is beside them.
    heading: re.Pattern[str] | None = None


_REFUSALS: Sequence[_Refusal] = (
    _Refusal(
        state=PageState.UNREACHABLE,
        kind="出错页",
        reason="服务器的出错页，不是信息",
        words=re.compile(
            r"\b50[0234]\b.{0,4}(Bad Gateway|Service|Gateway|Internal)|Bad Gateway|Gateway Time-?out"
            r"|Internal Server Error"
            r"|源站.{0,8}(无法|错误|异常|不可用)|(服务器|系统|网络).{0,6}(繁忙|开小差|错误|异常|出错|崩溃|故障)"
            r"|(页面|网页|服务).{0,4}(出错|异常|暂时?不可用|暂时无法)|数据库(连接)?(错误|失败)|Database Error",
            re.I,
        ),
        heading=re.compile(r"\A\W*(HTTP\s*)?50[0234]\b|Bad Gateway|Gateway Time-?out|Internal Server Error", re.I),
    ),
    _Refusal(
        state=PageState.MAINTENANCE,
        kind="维护页",
        reason="网站在维护或已关闭，不是信息",
        words=re.compile(
            r"(网站|本站|站点|论坛|系统|平台|服务器).{0,10}(维护|升级|改版|关闭|关站|建设中|整改|暂停(访问|服务))"
            r"|(正在|临时|停机)(维护|升级)|(停止|终止)(服务|运营)|(数据|服务器|机房)(迁移|搬迁)|恢复(访问|服务"
            r"|开放)|未备案.{0,20}(无法|不能|阻断)|未.{0,24}(进行|完成|办理)备案|(网站|站点)暂时无法访问|(网站|域名).{0,6}未(完成)?备案"
        ),
    ),
    _Refusal(
        state=PageState.UNKNOWN,
        kind="服务器默认页",
        reason="服务器软件自带的页面，网站没有内容",
        words=re.compile(
            r"Welcome to (nginx|OpenResty|Tengine|CentOS)|(Apache2?|nginx|IIS|Fedora|CentOS)\b.{0,30}(Default"
            r"|Test) Page"
            r"|\AIt works!|successfully installed and working|(站点|网站)创建成功|没有找到站点|站点不存在"
            r"|此?站点.{0,8}(已停用|已暂停|已停止)",
            re.I,
        ),
        heading=re.compile(r"Welcome to (nginx|OpenResty|Tengine)!?\s*\Z|(Default|Test) Page", re.I),
    ),
    _Refusal(
        state=PageState.UNKNOWN,
        kind="域名停放页",
        reason="域名待售或停放的页面，网站已经不在",
        words=re.compile(
            r"域名.{0,10}(可以?转让|出售|待售|停放|过期|到期)|(出售|转让|购买).{0,4}(此|该|本)?域名"
            r"|domain.{0,30}(for sale|parked|expired)|buy this domain",
            re.I,
        ),
        heading=re.compile(r"域名.{0,8}(转让|出售|待售|停放|过期)|domain.{0,30}(for sale|parked)", re.I),
    ),
    _Refusal(
        state=PageState.MOVED,
        kind="选择城市",
        reason="要先选择城市的页面，不是信息；请打开那条信息本身再保存",
        words=re.compile(r"请(先|手动)?选择(您|你)?(所在)?的?(城市|地区|分站|站点)|(选择|切换)(城市|分站|站点)\s*\Z"),
        heading=re.compile(r"\A\W*(请)?(先|手动)?(选择|切换)(您|你)?(所在)?的?(城市|分站|站点)"),
    ),
    _Refusal(
        state=PageState.UNDER_REVIEW,
        kind="提示页",
        reason="页面说内容还在审核",
        words=re.compile(r"(内容|信息|帖子|主题|文章|商品).{0,6}(正在|等待|尚未|未通过|未).{0,3}(审核|审查)|审核中"),
    ),
    _Refusal(
        state=PageState.GONE,
        kind="提示页",
        reason="页面说内容已不存在",
        words=re.compile(
            r"(页面|网页|内容|链接|信息|帖子|主题|文章|笔记|视频|作品|商品|宝贝|微博|话题|回答|问题|资源|贴子"
            r"|您访问的|你要找的)"
            r".{0,14}(不存在|不在(这|了|此)|已?过期|已?失效|已?(被.{0,8})?删除|找不到|未找到|下架|无法(查看"
            r"|展示|浏览)|不可见|隐藏|不见了|走丢|消失)"
            r"|(抱歉|糟糕|哎呀|Oops|啊哦|很遗憾).{0,16}(不存在|找不到|没有找到|删除|走丢|不见了|迷路)"
            r"|404 Not Found|Page Not Found"
            r"|(该|此)(用户|帐号|账号).{0,8}(注销|封禁|不存在)|已(成交|关闭|结束招生).{0,6}(无法|不能|不再)",
            re.I,
        ),
        heading=re.compile(r"\A\W*404\b|(页面|网页|内容|信息|帖子)(不存在|已(被)?删除|找不到|未找到)", re.I),
    ),
    _Refusal(
        state=PageState.BLOCKED,
        kind="拦截页",
        reason="被防护拦下的页面，不是信息",
        words=re.compile(
            r"\A\W*403\b|403 Forbidden|Access (Denied|Forbidden)|(请求|访问|操作|IP|地址).{0,14}(拦截|阻断|阻止"
            r"|拒绝|禁止|封禁|屏蔽|受限)"
            r"|(没有|无)权(限)?访问(此|该|本)?(页面|网页|网站|站点)",
            re.I,
        ),
    ),
    _Refusal(
        state=PageState.PERMISSION,
        kind="提示页",
        reason="页面说没有权限查看",
        words=re.compile(
            r"(没有|无)(足够的?)?权限|无权(访问|查看|浏览|进行)|仅限?(VIP|会员|好友|粉丝|作者|本人|付费).{0,6}(可见|查看|浏览)|(开通|升级|成为)(VIP|会员).{0,6}(查看|浏览|可见)|阅读权限"
        ),
    ),
    _Refusal(
        state=PageState.LOGIN_WALL,
        kind="提示页",
        reason="要求登录的页面",
        words=re.compile(
            r"(请|需要|须|必须|您|你)(先|尚未|还没有?|没有|未)?(先)?(登录|登陆)|(登录|登陆)(后|才能|即可"
            r"|以).{0,4}(查看|可见|继续|访问|浏览|看)"
            r"|没有登录|尚未登录|(扫码|密码|账号|帐号)登录"
        ),
    ),
)


def refusal(view: PageView, main: str, heading: str) -> tuple[Verdict, str] | None:
    """The verdict and its kind in Chinese, of a page whose text without its frame is `main`; None when it says
    something else than a refusal."""
    title = page_title(view)
    lines = main[: _LOOKED_AT * 4].split("\n")
    for rule in _REFUSALS:
        if rule.heading is not None and (rule.heading.search(title) or rule.heading.search(heading)):
            return Verdict(state=rule.state, reason=rule.reason), rule.kind
    for rule in _REFUSALS:
        said = rule.words.search(title) or any(rule.words.search(line) for line in lines if len(line) <= _LINE)
        if said and sum(_running(line, rule) for line in lines) <= _BESIDE:
            return Verdict(state=rule.state, reason=rule.reason), rule.kind
    return None


def _running(line: str, rule: _Refusal) -> int:
    """What a line says beside the words of a refusal, any of them: instructions and apologies go with it."""
    if len(line) <= _LINE and rule.words.search(line):
        return 0
    return 0 if len(line) <= _POLITE_LINE and _POLITE.search(line) else running_length(line)


#: What stands beside a message of any kind.
_POLITE = re.compile(
    r"(返回|回到|进入)(首页|上一页|主页)|刷新|重试|稍后再?|稍候|秒后|自动跳转|联系(管理员|客服|我们)|点击这里"
    r"|浏览器|抱歉|可能的?原因|请(尝试|检查|输入)"
    r"|sorry|thank you|please|server|proxy|URL:|错误(代码|码)|Event ?ID|Request ?ID|Trace ?ID|用户名|密码|注册"
    r"|验证码|记住我|登录|登陆|扫码登|客户端",
    re.I,
)
