"""Pages no engine knows: what is a posting and what is not, its words without the frame, its fields."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from crawlers.districts import district_in, district_of_value
from crawlers.pages_reader import PageReading, read_page
from crawlers.states import make_selector
from crawlers.unframed import without_frame
from crawlers.visible import visible_text
from pipelines.clock import SHANGHAI
from pipelines.records import ExtractedListing, PageState

WORDS = "周末在家里带五个孩子，数学和英语轮着讲，每次课后都有小测，成绩发到群里。"


def read(body: str, *, title: str = "桂花巷周末小班 - 河湾生活网", head: str = "") -> PageReading:
    page = f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"
    return read_page(page.encode(), "x.html")


def posting(body: str, **more: str) -> ExtractedListing:
    reading = read(body, **more)
    assert reading.state is PageState.OK, reading.reason
    return reading.listings[0]


def posted(listing: ExtractedListing) -> str:
    return listing.posted_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if listing.posted_at else ""


@pytest.mark.parametrize(
    "frame",
    [
        "<div class=x1><h3>猜你喜欢</h3><p>二手钢琴转让</p><p>河边烧烤</p></div>",
        "<div><b>本月热帖</b><ol><li><a>桥头堵车</a></li><li><a>二手钢琴转让</a></li></ol></div>",
        "<ul><li><a href=1>房产</a></li><li><a href=2>招聘</a></li><li><a href=3>二手钢琴转让</a></li></ul>",
        "<div class='sideBar'>二手钢琴转让</div>",
        "<div id=comment-list><p>二手钢琴转让在哪里看</p></div>",
        "<p>友情提示：要求先汇款的请勿轻信，谨防诈骗，二手钢琴转让同此</p>",
        "<p>豫ICP备1200000X号 二手钢琴转让 版权所有</p>",
        "<div>当前位置：<a>首页</a> &gt; <a>二手钢琴转让</a></div>",
        "<div style='display:none'>二手钢琴转让</div>",
    ],
)
def test_the_frame_is_no_part_of_the_words(frame: str) -> None:
    listing = posting(f"<div class=page>{frame}<h1>桂花巷周末小班</h1><div class=c><p>{WORDS}</p></div>{frame}</div>")
    assert (listing.title, listing.text) == ("桂花巷周末小班", WORDS)


@pytest.mark.parametrize(
    "own",
    [
        "<p>其他说明：自备文具</p>",
        "<p>温馨提示：请提前五分钟到，楼下不好停车</p>",
        "<p>第一步听课→第二步定级→第三步排班</p>",
        "<p>附近小区优先，可以<a href=1>看教室照片</a></p>",
        "<p>扫码加群，当天通过</p>",
    ],
)
def test_what_the_posting_says_in_words_of_a_frame_stays(own: str) -> None:
    listing = posting(f"<h1>桂花巷周末小班</h1><div class=c><p>{WORDS}</p>{own}<p>{WORDS}</p></div>")
    assert visible_text(make_selector(own)) in listing.text


def test_short_lines_beside_the_one_long_paragraph_belong_to_it() -> None:
    listing = posting(
        f"<h1>桂花巷周末小班</h1><div class=c><p>{WORDS}{WORDS}</p>"
        "<p>费用：每小时60元</p><p>电话：13900001234</p></div>"
    )
    assert "费用：每小时60元" in listing.text
    assert (listing.price_raw, listing.contacts) == ("每小时60元", ("13900001234",))


def test_a_page_whose_words_stand_in_what_is_called_a_frame_keeps_them() -> None:
    page = make_selector(f"<body><div class=sidebar><p>{WORDS}</p></div><p>短</p></body>")
    assert WORDS in visible_text(without_frame(page))


@pytest.mark.parametrize(
    ("body", "title", "found"),
    [
        ("<h1><img src=logo.gif></h1><h2>桂花巷周末小班</h2>", "桂花巷周末小班_河湾生活网", "桂花巷周末小班"),
        ("<h1>桂花巷周末小班<a>其它2家分店</a></h1>", "【桂花巷周末小班】地址,电话-河湾点评", "桂花巷周末小班"),
        (
            "<table><tr><td class=bt><b>桂花巷周末小班</b></td></tr></table>",
            "河湾便民网-供求-桂花巷周末小班",
            "桂花巷周末小班",
        ),
        ("<h1><a href=/>河湾社区</a></h1><h2>桂花巷周末小班</h2>", "桂花巷周末小班 - 河湾社区", "桂花巷周末小班"),
        ("<h1><a href=/>河湾人家</a></h1><p>桂花巷周末小班</p>", "桂花巷周末小班 - 便民 - 河湾人家", "桂花巷周末小班"),
        ("", "桂花巷周末小班 - 教育 - 河湾生活网", "桂花巷周末小班"),
    ],
)
def test_the_title_is_that_of_the_posting(body: str, title: str, found: str) -> None:
    assert posting(f"{body}<div class=c><p>{WORDS}</p><p>{WORDS}不收订金。</p></div>", title=title).title == found


@pytest.mark.parametrize(
    ("meta", "head", "moment"),
    [
        ("<div>2026年11月9日 19:44　来自：网页版　浏览：301　[我要纠错]</div>", "", "2026-11-09 19:44"),
        ("<span class=timeago title='2026-11-09T12:53:20.000Z'></span>", "", "2026-11-09 20:53"),
        ("<p>发布时间：2026-11-09 浏览次数：301</p>", "", "2026-11-09 00:00"),
        ("<p>刷新时间：2026年11月9日 07:30　访问 21</p>", "", "2026-11-09 07:30"),
        ("<span data-tooltip='发布于 2026-11-09 22:40'>编辑于 2026-11-12 11:20</span>", "", "2026-11-09 22:40"),
        ("<span title='2026-11-09 08:31:10'>3&nbsp;天前</span>", "", "2026-11-09 08:31"),
        ("<time datetime='2026-11-09T21:07:33+08:00'>7天前</time>", "", "2026-11-09 21:07"),
        ("<p><small>时间:</small>2026-11-09 11:33<small>来源:</small>未知</p>", "", "2026-11-09 11:33"),
        ("<table><tr><td>登记时间：</td><td>2026-11-09 9:41:00</td></tr></table>", "", "2026-11-09 09:41"),
        ("", "<meta name=PubDate content='2026-11-09 17:30'>", "2026-11-09 17:30"),
        ("", '<script type="application/ld+json">{"dateCreated": "2026-11-09T23:08:51"}</script>', "2026-11-09 23:08"),
        # When an account was made, or the offer ends, is not when it was posted.
        ("<p>注册时间：2024-02-11</p><p>有效期至 2026-12-31</p>", "", ""),
    ],
)
def test_when_it_was_posted(meta: str, head: str, moment: str) -> None:
    assert posted(posting(f"<h1>桂花巷周末小班</h1>{meta}<div class=c><p>{WORDS}</p></div>", head=head)) == moment


def test_a_date_without_its_year_is_told_not_guessed() -> None:
    reading = read(f"<h1>桂花巷周末小班</h1><p>11-09 10:26发布</p><div class=c><p>{WORDS}</p></div>")
    assert reading.listings[0].posted_at is None
    assert "11-09 10:26" in reading.unread["posted_at"]


@pytest.mark.parametrize(
    "beside",
    [
        "<a class=btn data-phone=13800004417>查看完整号码</a><span>1380000****</span>",
        "<div class=fix><a href='tel:13800004417'>拨打</a></div>",
        "<div><em>138</em><em>0000</em><em>4417</em></div>",
        "<table><tr><td>联系电话：</td><td>13800004417</td></tr></table>",
    ],
)
def test_a_telephone_behind_a_button_or_a_label(beside: str) -> None:
    foot = "<div class=footer>客服 <a href='tel:13800000001'>13800000001</a></div>"
    assert posting(f"<h1>桂花巷周末小班</h1><div class=c><p>{WORDS}</p></div>{beside}{foot}").contacts == (
        "13800004417",
    )


@pytest.mark.parametrize(
    "pairs",
    [
        "<ul><li><span>区域</span><em>海淀 - 五道口</em></li><li><span>价格</span><em>280元/2小时</em></li></ul>",
        "<li><span>区域：</span><div>海淀 五道口</div></li><li><span>价&nbsp; 格：</span><div>280元/2小时</div></li>",
        "<dl><dt>授课地点</dt><dd>海淀五道口</dd><dd></dd><dt>课时费</dt><dd>280元/2小时</dd></dl>海淀区",
        "<table><tr><th>所在地</th><td>海淀区</td></tr><tr><th>价格</th><td>280元/2小时</td></tr></table>",
    ],
)
def test_pairs_of_label_and_value(pairs: str) -> None:
    listing = posting(f"<h1>桂花巷周末小班</h1>{pairs}<div class=c><p>{WORDS}海淀区见。</p></div>")
    assert listing.price_raw == "280元/2小时"
    assert listing.district.startswith("海淀")
    assert any("280" in value for value in listing.fields.values())


@pytest.mark.parametrize("bar", [" ", " | ", "　"])
def test_several_pairs_in_one_line(bar: str) -> None:
    said = bar.join(("发布人：吴女士", "发布时间：2026-11-03 09:40", "区域：白马镇", "浏览：35次"))
    listing = posting(f"<h1>桂花巷周末小班</h1><div class=meta>{said}</div><div class=c><p>{WORDS}</p></div>")
    assert listing.district == "白马镇"
    assert listing.fields["发布人"] == "吴女士"
    assert posted(listing) == "2026-11-03 09:40"
    assert "浏览" not in listing.fields


def test_lines_of_one_pair_below_the_words_are_told() -> None:
    below = "<p>联系电话：<span class=tel>13712345678</span></p><p>费用：<b>150元/课时</b></p><p>请注意：车停门外</p>"
    listing = posting(f"<h1>桂花巷周末小班</h1><div class=c><p>{WORDS}</p></div>{below}")
    assert listing.price_raw == "150元/课时"
    assert listing.contacts == ("13712345678",)
    assert set(listing.fields) == {"联系电话", "费用"}


def test_a_sentence_with_a_colon_says_no_pairs() -> None:
    told = "跟各位说一声：学费照旧 地点：文化宫后门"
    listing = posting(f"<h1>桂花巷周末小班</h1><div class=c><p>{told}</p><p>{WORDS}</p></div>")
    assert not listing.fields


def test_districts_by_their_own_names() -> None:
    assert district_in("在丛台区陵园路") == "丛台区"
    assert district_in("坐标长沙岳麓，双职工可看") == "岳麓"
    assert district_in("瀍河区槐桥村口") == "瀍河区"
    assert [district_in(text) for text in ("小区里的教室", "和平区、沈河区都有", "开发区", "")] == [""] * 4
    assert district_of_value("浙江 杭州 西湖区") == "西湖区"
    assert district_of_value("海淀 五道口") == "海淀"


NOTE = {
    "title": "拼课还差一个",
    "desc": WORDS,
    "time": 1795009320000,
    "user": {"desc": "一个很长很长的自我介绍写在这里"},
}
OTHERS = [
    {"title": "白菜", "desc": "今年的大白菜丰收了价格便宜大家都在囤着过冬"},
    {"title": "y", "desc": "供暖季停供办理流程请看这里带好身份证"},
]


@pytest.mark.parametrize(
    "script",
    [
        f'<script>window.__INITIAL_STATE__={{"a":undefined,"note":{json.dumps(NOTE)},"recommend":{json.dumps(OTHERS)}}}</script>',
        f"<script>var $render_data = [{json.dumps({'status': NOTE})}][0] || {{}};</script>",
        f'<script type="application/json" id=RENDER_DATA>{quote(json.dumps({"data": NOTE, "list": OTHERS}))}</script>',
    ],
)
def test_the_posting_in_the_data_of_an_empty_page(script: str) -> None:
    listing = posting(f"<div id=app></div>{script}", title="详情")
    assert (listing.title, listing.text, posted(listing)) == ("拼课还差一个", WORDS, "2026-11-18 21:42")


def test_data_with_nothing_but_a_list_are_no_posting() -> None:
    script = f"<script>window.__INITIAL_STATE__={json.dumps({'feed': OTHERS})}</script>"
    assert read(f"<div id=app></div>{script}", title="发现").state is PageState.SHELL


def test_the_head_tells_of_a_posting_but_not_of_a_site() -> None:
    told = f'<meta property="og:title" content="五年级讲题视频转让"><meta property="og:description" content="{WORDS}">'
    reading = read("<div id=app></div><script src=a.js></script>", title="鱼塘", head=told)
    assert reading.listings[0].text == WORDS
    assert "正文可能不全" in reading.reason
    slogan = told.replace("五年级讲题视频转让", "鱼塘 - 身边的二手平台")
    assert read("<div id=app></div><script src=a.js></script>", title="鱼塘", head=slogan).state is PageState.SHELL


SIDE = (
    "<div class=side><h3>热门信息</h3><ul><li><a href=1>初中数学一对一</a></li>"
    "<li><a href=2>小学英语家教</a></li></ul></div>"
)
FAULT = "<h1>502 Bad Gateway</h1><p>源站暂时无法响应</p>" + "<p>The proxy server got no answer.</p>" * 9
DEFAULT = "<h1>Welcome to nginx!</h1>" + "<p>If you see this page, the web server is installed.</p>" * 9
PARKED = "<h1>a.example</h1><p>您正在访问的域名可以转让</p>" + "<p>在线一对一辅导，首课一元，名师答疑</p>" * 9
CITIES = "<h1>请选择城市</h1><p>未能识别您所在的城市</p>" + "<a href=//hz.a.example>杭州</a>" * 40
MOVING = "<h1>小站搬家</h1><p>数据迁移，预计十一月二十五日恢复访问，请各位坛友耐心等待，不要着急。</p>"


@pytest.mark.parametrize(
    ("body", "title", "state"),
    [
        (FAULT, "502", PageState.UNREACHABLE),
        ("<h1>服务器错误</h1><h2>404 - 找不到文件。</h2>", "404 - 找不到文件或目录。", PageState.GONE),
        ("<h2>环境异常</h2><p>完成验证后即可继续访问。</p>", "", PageState.CAPTCHA),
        ("<h2>本条信息仅限VIP会员查看</h2><p>开通会员后可查看联系方式</p>", "家教信息", PageState.PERMISSION),
        ("<h1>网站暂时无法访问</h1><p>该网站未在我公司进行备案，管理员请登录控制台。</p>", "", PageState.MAINTENANCE),
        (DEFAULT, "Welcome to nginx!", PageState.UNKNOWN),
        (PARKED, "a.example 域名出售", PageState.UNKNOWN),
        (CITIES, "请选择城市 - 易帮", PageState.MOVED),
        (MOVING, "青藤", PageState.MAINTENANCE),
        (f"<div class=m><p>呃...你想看的这个话题已经不存在了</p><p>返回首页</p></div>{SIDE}", "提示", PageState.GONE),
        (f"<div class=m><p>该信息还未通过审核，暂时不能查看</p></div>{SIDE}", "信息详情", PageState.UNDER_REVIEW),
        (f"<div class=m><p>抱歉，登录后才能查看本帖内容</p></div>{SIDE}", "提示信息", PageState.LOGIN_WALL),
        ("<div id=slg-container><p>请求存在威胁，已被拦截</p></div>", "", PageState.BLOCKED),
        ('<pre>{"message":"您当前请求存在异常，暂时限制本次访问。"}</pre>', "", PageState.BLOCKED),
        ("<h1>bbs.a.example</h1><p>正在验证您是否是真人。这可能需要几秒钟时间。</p>", "请稍候…", PageState.CAPTCHA),
        ("<script>window._cf_chl_opt={}</script><p>Just a moment...</p>", "Just a moment...", PageState.CAPTCHA),
    ],
)
def test_what_is_no_posting_is_not_taken_for_one(body: str, title: str, state: PageState) -> None:
    reading = read(body, title=title)
    assert (reading.state, reading.listings) == (state, ())


@pytest.mark.parametrize(
    "beside",
    [
        "<form><input type=password name=p>用户登录 <button>登录</button></form>",
        "<div>登录后查看全部 9 条评论</div>",
        "<form><p>请输入验证码 <input name=v></p><textarea></textarea></form>",
        "<p>抱歉，评论已关闭，请先登录</p>",
        "<p>上一篇：该帖子已被删除</p>",
    ],
)
def test_a_prompt_beside_a_readable_posting_is_no_wall(beside: str) -> None:
    listing = posting(f"<h1>桂花巷周末小班</h1><div class=c><p>{WORDS}</p><p>{WORDS}</p></div>{beside}")
    assert WORDS in listing.text
