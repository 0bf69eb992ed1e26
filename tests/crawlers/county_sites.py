"""Six sites of kinds a county has, with their noise: menus, hot postings, lazy pictures, adverts; nobody's, made here.

A card grid, the table of a school district's forum, a portal of nested divs, a list in a script's JSON, an old phpwind
skin, a WordPress theme with odd classes.
"""

# ruff: noqa: E501  # pages stand as sites write them
from __future__ import annotations

import json
from collections.abc import Callable

from tests.crawlers.handmade_sites import Answers, Handmade, page

#: (title, body, fee, phone, day); invented, the numbers are nobody's.
OFFERS = (
    ("五升六数学提前学小班", "我在城南小区楼下办班，六个孩子一班，先把六年级的分数和比讲完，欢迎带孩子来听一节。", "120元/次", "13800001017", "2026-10-06"),
    ("钢琴陪练，音乐学院在读", "每周可以上门三次，主要陪孩子把当周的作业练熟，不教新曲子，家里要有琴。", "90元/小时", "13800001025", "2026-10-07"),
    ("晚托班招生：接送、晚饭、作业", "学校后门步行两分钟，放学有人接，晚饭两荤一素，作业写完才回家。", "980元/月", "13800001033", "2026-10-08"),
    ("初三物理冲刺辅导，一对一上门", "在职老师，周日白天有空，专讲压轴题，讲不懂不收钱，路远的另加车费。", "260元/小时", "13800001041", "2026-10-09"),
    ("儿童自行车低价转让", "孩子长高了骑不上，前后闸都好用，车筐有点锈，在东门自提。", "80元", "13800001058", "2026-10-10"),
)  # fmt: skip
_HOT = "".join(f'<li><a href="/zt/{n}.shtml">{n}月里大家都在看的专题</a></li>' for n in range(1, 9))
_FOOT = (
    '<div class="foot">版权所有 青溪网 客服热线：13900000000 <a href="/about.html">关于我们</a> 浙ICP备00000000号</div>'
)
_MENU = "".join(f'<a href="/{name}/">{word}</a>' for name, word in (("job", "招聘求职"), ("house", "房屋租售"), ("car", "二手车辆"), ("jy", "教育培训")))  # fmt: skip


def grid() -> Handmade:
    """Cards with lazy pictures, an advert among them, two links a card."""
    cards = "".join(
        f'<div class="col-md-4 item-{n % 3}"><a class="pic" href="/p/{8800 + n}"><img class="lazy" src="/img/blank.gif" '
        f'data-original="/up/{n}.jpg" alt=""></a><div class="txt"><a href="/p/{8800 + n}" target="_blank">{title}</a>'
        f'<p class="sub">{body[:12]}…</p><span class="money">{fee}</span><span class="ago">{n}天前</span></div></div>'
        for n, (title, body, fee, _phone, _day) in enumerate(OFFERS, 1)
    )
    advert = '<div class="col-md-4 ad"><a href="/go?to=88"><img src="/ad/1.jpg" alt="广告"></a></div>'
    pager = '<ul class="pagination"><li class="active"><span>1</span></li><li><a href="/fl/jy?p=2">2</a></li></ul>'
    shown = f'<div class="row grid">{cards}{advert}</div>{pager}<ul class="hot">{_HOT}</ul>'
    details = {
        f"/p/{8800 + n}": f'<div class="crumb"><a href="/">首页</a> &gt; <a href="/fl/jy">教育</a></div>'
        f'<div class="detail-top"><h1 class="tit">{title}</h1><div class="meta">发布：{day}　浏览：{n}7次</div></div>'
        f'<div class="swiper"><img class="lazy" data-original="/up/{n}.jpg" src="/img/blank.gif"></div>'
        f'<dl class="kv"><dt>价格</dt><dd>{fee}</dd><dt>区域</dt><dd>城南街道</dd></dl><div class="intro"><p>{body}</p></div>'
        f'<div class="call"><i class="ico"></i>电话：<b>{phone}</b></div><ul class="hot">{_HOT}</ul>'
        for n, (title, body, fee, phone, day) in enumerate(OFFERS, 1)
    }
    return _site("/fl/jy", {"/fl/jy": shown, "/fl/jy?p=2": shown}, details, "青溪分类")


def forum() -> Handmade:
    """The table of a school district's forum: pinned rows, last repliers, replies below the posting."""
    pinned = (
        '<tr class="top"><td>置顶</td><td><a href="rules.asp">本区版规，发帖必读</a></td><td>管理员</td><td>-</td></tr>'
    )
    rows = "".join(
        f'<tr class="tr{n % 2}"><td><img src="/i/folder.gif"></td><td><a href="show.asp?board=6&amp;id={300 + n}">{title}'
        f'</a></td><td><a href="user.asp?u=u{n}">家长{n}</a></td><td>{n}/{n}8</td><td>{day} 21:1{n} | '
        f'<a href="user.asp?u=u{n + 20}">路人{n}</a></td></tr>'
        for n, (title, _body, _fee, _phone, day) in enumerate(OFFERS, 1)
    )
    head = '<tr class="hd"><th></th><th>主题</th><th>作者</th><th>回复/点击</th><th>最后回复</th></tr>'
    pages = '<div class="pages">共 2 页 <b>1</b> <a href="list.asp?board=6&amp;page=2">2</a> <a href="list.asp?board=6&amp;page=2">下一页</a></div>'
    shown = f'<table class="tb" width="98%">{head}{pinned}{rows}</table>{pages}'
    details = {
        f"/bbs/show.asp?board=6&id={300 + n}": f'<table class="tb"><tr><td colspan="2" class="bt"><b>{title}</b></td></tr>'
        f'<tr><td class="who" width="150">家长{n}<br>等级：秀才<br>积分：{n}12</td><td class="say">发表于 {day} 20:0{n}<hr>'
        f'<div class="words">{body}<br>收费：{fee}<br>电话：{phone}</div></td></tr>'
        f'<tr><td class="who">路人{n}<br>等级：童生</td><td class="say">发表于 {day} 21:1{n}<hr><div class="words">帮顶，已经私信楼主了，请回一下。</div></td></tr></table>'
        for n, (title, body, fee, phone, day) in enumerate(OFFERS, 1)
    }
    return _site("/bbs/list.asp?board=6", {"/bbs/list.asp?board=6": shown, "/bbs/list.asp?board=6&page=2": shown}, details, "学区家长论坛", "gbk")  # fmt: skip


def portal() -> Handmade:
    """Life services in nested divs, three blocks of links of which one is the list."""
    rows = "".join(
        f'<div class="blk"><div class="blk-l"><div class="thumb" style="background:url(/t/{n}.jpg)"></div></div>'
        f'<div class="blk-r"><div class="l1"><div class="nm"><a href="/info/jiajiao/20261006{n:04}.html">{title}</a>'
        f'<i class="tag">已认证</i></div></div><div class="l2"><span>城南</span><span>{day}</span></div></div></div>'
        for n, (title, _body, _fee, _phone, day) in enumerate(OFFERS, 1)
    )
    side = "".join(f'<div class="s1"><a href="/shop/{n}.html">商家推荐{n}号店，到店有礼品相送</a></div>' for n in range(1, 4))  # fmt: skip
    more = '<div class="pg"><a href="/info/jiajiao/list_2.html">下一页</a></div>'
    shown = f'<div class="wrap"><div class="main"><div class="box"><div class="bd">{rows}</div></div>{more}</div><div class="side">{side}</div></div>'
    details = {
        f"/info/jiajiao/20261006{n:04}.html": f'<div class="wrap"><div class="main"><div class="box"><div class="ttl"><div>{title}</div></div>'
        f'<div class="attr"><div class="li"><span class="k">发布时间：</span><span class="v">{day}</span></div>'
        f'<div class="li"><span class="k">费用：</span><span class="v">{fee}</span></div>'
        f'<div class="li"><span class="k">联系电话：</span><span class="v">{phone}</span></div></div>'
        f'<div class="cont"><div class="cont-in">{body}</div></div><div class="tip">温馨提示：请先见面再付款，谨防上当受骗，本站不担保。</div></div></div>'
        f'<div class="side">{side}</div></div>'
        for n, (title, body, fee, phone, day) in enumerate(OFFERS, 1)
    }
    return _site("/info/jiajiao/", {"/info/jiajiao/": shown, "/info/jiajiao/list_2.html": shown}, details, "青溪生活")


def scripted() -> Handmade:
    """A list that stands as JSON in a script and is drawn in the browser; its postings are ordinary pages."""
    items = [
        {"id": 70 + n, "title": title, "url": f"/d/{70 + n}.html", "price": fee, "time": day}
        for n, (title, _body, fee, _phone, day) in enumerate(OFFERS, 1)
    ]
    data = json.dumps({"code": 0, "page": {"now": 1, "total": 1}, "list": items}, ensure_ascii=False)
    shown = f'<div id="app"><div class="loading">加载中…</div></div><script>window.__DATA__ = {data};</script><script src="/a.js"></script>'
    details = {
        f"/d/{70 + n}.html": f'<div class="view"><h2>{title}</h2><p class="time">{day} 09:30</p><div class="text"><p>{body}</p></div>'
        f'<p class="fee">收费：{fee}</p><p class="tel">电话：{phone}</p></div>'
        for n, (title, body, fee, phone, day) in enumerate(OFFERS, 1)
    }
    return _site("/m/list", {"/m/list": shown}, details, "青溪圈")


def old_skin() -> Handmade:
    """A phpwind board with a skin of its own: neither ids nor classes that the engine's recipe goes by."""
    rows = "".join(
        f'<tr align="center" class="tr3 t_one"><td><a href="read.php?tid={4400 + n}" target="_blank"><img src="images/wind/thread/topicnew.gif"></a></td>'
        f'<td align="left"><h3><a href="read.php?tid={4400 + n}">{title}</a></h3></td><td><a href="u.php?action=show&amp;uid={n}">镇上人{n}</a><div class="f10">{day}</div></td>'
        f'<td>{n} / {n}3</td><td><a href="read.php?tid={4400 + n}&amp;page=e#a">{day} 18:0{n}</a><br>by: 过客</td></tr>'
        for n, (title, _body, _fee, _phone, day) in enumerate(OFFERS, 1)
    )
    pages = '<div class="pages"><b>1</b><a href="thread.php?fid=9&amp;page=2">2</a><a href="thread.php?fid=9&amp;page=2">下一页</a></div>'
    shown = f'<div class="t z"><table cellspacing="0"><tr><td class="h">便民信息</td></tr>{rows}</table></div>{pages}<div>Powered by PHPWind v7.5</div>'
    details = {
        f"/read.php?tid={4400 + n}": f'<div class="t t2"><table><tr class="tr1 r_one"><th class="r_two"><b>镇上人{n}</b><div>级别：新手上路</div></th>'
        f'<th class="tbody_one"><div class="tipad"><span class="gray">发表于：{day} 10:2{n}</span></div><h1 class="subj">{title}</h1>'
        f'<div class="tpc_words">{body}<br>价格：{fee}，电话：{phone}</div></th></tr></table></div><div>Powered by PHPWind v7.5</div>'
        for n, (title, body, fee, phone, day) in enumerate(OFFERS, 1)
    }
    return _site("/thread.php?fid=9", {"/thread.php?fid=9": shown, "/thread.php?fid=9&page=2": shown}, details, "古镇论坛", "gbk")  # fmt: skip


def odd_theme() -> Handmade:
    """A WordPress theme whose classes are made by a builder; its JSON interface is switched off."""
    rows = "".join(
        f'<article class="elementor-post elementor-grid-item post-{n}{n} post type-post"><div class="elementor-post__card">'
        f'<a class="elementor-post__thumbnail__link" href="/2026/10/0{n}/offer-{n}{n}/"><img loading="lazy" src="data:image/gif;base64,R0" data-src="/wp-content/{n}.webp"></a>'
        f'<div class="elementor-post__text"><h3 class="elementor-post__title"><a href="/2026/10/0{n}/offer-{n}{n}/">{title}</a></h3>'
        f'<div class="elementor-post__excerpt"><p>{body[:20]}…</p></div><a class="elementor-post__read-more" href="/2026/10/0{n}/offer-{n}{n}/">阅读全文 »</a></div></div></article>'
        for n, (title, body, _fee, _phone, _day) in enumerate(OFFERS, 1)
    )
    pages = '<nav class="elementor-pagination"><span class="page-numbers current">1</span><a class="page-numbers" href="/category/jy/page/2/">2</a></nav>'
    shown = f'<div class="elementor elementor-771"><section class="e-con"><div class="elementor-posts-container">{rows}</div>{pages}</section></div><aside><ul>{_HOT}</ul></aside>'
    details = {
        f"/2026/10/0{n}/offer-{n}{n}/": f'<div class="elementor elementor-802"><section class="e-con"><div class="elementor-widget-theme-post-title"><h1 class="elementor-heading-title">{title}</h1></div>'
        f'<ul class="elementor-post-info"><li><span class="elementor-icon-list-text">{day}</span></li></ul>'
        f'<div class="elementor-widget-theme-post-content"><div class="elementor-widget-container"><p>{body}</p><p>学费：{fee}</p><p>电话：{phone}</p></div></div></section></div><aside><ul>{_HOT}</ul></aside>'
        for n, (title, body, fee, phone, day) in enumerate(OFFERS, 1)
    }
    return _site("/category/jy/", {"/category/jy/": shown, "/category/jy/page/2/": ""}, details, "青溪教育圈")


ALL: tuple[Callable[[], Handmade], ...] = (grid, forum, portal, scripted, old_skin, odd_theme)


def _site(at: str, lists: dict[str, str], details: dict[str, str], name: str, charset: str = "utf-8") -> Handmade:
    titles = dict(zip(details, (offer[0] for offer in OFFERS), strict=True))
    answers: Answers = {
        path: page(
            charset,
            f"{titles[path]} - {name}" if path in titles else name,
            f'<div class="top">{_MENU}</div>{inside}{_FOOT}',
        )
        for path, inside in (lists | details).items()
    }
    return Handmade(at, answers)
