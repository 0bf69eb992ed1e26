"""Ten pages as kinds of sites are built that no recipe is for; our own words. What a reader sees stands beside each."""

# ruff: noqa: E501  # pages stand as sites write them
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A page, and what it is to be read as."""

    markup: str
    title: str
    #: Words that must be in its text, and words of its frame that must not.
    says: tuple[str, ...]
    frame: tuple[str, ...] = ()
    day: str = ""
    charset: str = "utf-8"
    fee: str = ""
    phone: str = ""
    district: str = ""
    #: Fields of which it must be said that they could not be read.
    unread: tuple[str, ...] = field(default=())


def _page(title: str, body: str, head: str = "", charset: str = "utf-8") -> str:
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="{charset}"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


NOTICE = Fresh(
    markup=_page(
        "关于规范假期托管服务收费的通知_青溪县教育局",
        """
<div class="header"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/bszn/">办事指南</a></div>
<div class="wz">当前位置：<a href="/">首页</a> &gt; <a href="/tzgg/">通知公告</a></div>
<div class="article"><h2 class="title">关于规范假期托管服务收费的通知</h2>
<div class="info">发布时间：2026-06-28 15:20 &nbsp; 来源：青溪县教育局 &nbsp; 浏览次数：<span id="hits">318</span>次
字体：[<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>]</div>
<div class="TRS_Editor"><p>各学校、各托管机构：</p><p>假期托管服务按每生每天30元收取，伙食费另计，不得开展学科类培训。</p>
<p>家长发现违规收费的，可拨打0571-88006600反映。</p><p align="right">青溪县教育局</p><p align="right">2026年6月28日</p></div>
<div class="fj">附件：<a href="/f/P020260628.docx">托管服务收费公示表.docx</a></div>
<div class="pn">上一篇：<a href="/1.html">关于暑期安全的提醒</a> 下一篇：<a href="/3.html">招生工作问答</a></div></div>
<div class="footer">主办单位：青溪县教育局 电话：0571-88001111 浙ICP备12345678号</div>""",
    ),
    title="关于规范假期托管服务收费的通知",
    says=("假期托管服务按每生每天30元收取", "0571-88006600"),
    frame=("政务公开", "招生工作问答", "ICP备"),
    day="2026-06-28",
    phone="0571-88006600",
)
VUE = Fresh(
    markup=_page(
        "家长圈",
        """<noscript>请开启 JavaScript</noscript><div id="app"></div>
<script>window.__NUXT__={"layout":"default","data":[{"detail":{"id":88123,"title":"五年级数学一对二，老师上门","content":"<p>在职骨干，教了十二年。</p><p>周六上午还有一个名额，一次两小时，每次260元。</p>","createTime":1793412000000,"contactPhone":"13900002222","areaName":"滨江区","user":{"nick":"林老师","title":"认证用户"}},"recommend":[{"title":"书桌转让","content":"九成新的书桌一张，自提，非诚勿扰，谢谢各位家长"},{"title":"拼车","content":"每天早上七点从城西去城东，还有两个座位可以拼车"}]}]};</script>
<script src="/js/app.8f2c.js"></script>""",
    ),
    title="五年级数学一对二，老师上门",
    says=("在职骨干，教了十二年", "每次260元"),
    frame=("书桌", "拼车", "认证用户"),
    day="2026-10-31",
    phone="13900002222",
    district="滨江区",
)
ARTICLE = Fresh(
    markup=_page(
        "小升初衔接班怎么选",
        """
<div class="rich_media"><div class="rich_media_inner"><h1 class="rich_media_title">
小升初衔接班怎么选
</h1><div class="rich_media_meta_list"><span class="rich_media_meta rich_media_meta_text">原创</span>
<span class="rich_media_meta rich_media_meta_nickname"><a href="javascript:void(0);">青禾成长营</a></span>
<em class="rich_media_meta rich_media_meta_text">2026年05月16日 19:30</em></div>
<div class="rich_media_content"><section><p><span>暑假两个月，正是拉开差距的时候。</span></p><p><span>我们的衔接班七月三日开课，二十次课共3200元，老学员减两百。</span></p>
<p><span>报名请加老师：13700003333</span></p></section></div>
<div class="rich_media_tool"><a>阅读原文</a><span>阅读 1024</span><span>赞 31</span></div></div></div>""",
        head='<meta property="og:title" content="小升初衔接班怎么选"><meta property="og:type" content="article">',
    ),
    title="小升初衔接班怎么选",
    says=("二十次课共3200元", "七月三日开课"),
    frame=("阅读 1024",),
    day="2026-05-16",
    fee="3200元",
    phone="13700003333",
)
THREAD = Fresh(
    markup=_page(
        "【求助】高一物理跟不上，有没有靠谱的老师_青溪一中吧",
        """
<div class="nav_wrap"><a href="/f?kw=qx">看贴</a><a>图片</a><a>吧主推荐</a></div>
<h3 class="core_title_txt" title="高一物理跟不上，有没有靠谱的老师">高一物理跟不上，有没有靠谱的老师</h3>
<div class="p_postlist"><div class="l_post"><div class="d_author"><a class="p_author_name" href="/home/1">海棠花开</a><div class="l_badge">12</div></div>
<div class="d_post_content_main"><div class="d_post_content">孩子高一物理只考了四十多分，想在城西找个老师，周日补两小时，一次200以内都行，有推荐的请留言，谢谢大家。</div>
<div class="core_reply_tail"><span class="tail-info">来自Android客户端</span><span class="tail-info">1楼</span><span class="tail-info">2026-09-27 21:14</span></div></div></div>
<div class="l_post"><div class="d_author"><a class="p_author_name" href="/home/2">路过的风</a></div>
<div class="d_post_content_main"><div class="d_post_content">我家找的大学生，效果一般。</div>
<div class="core_reply_tail"><span class="tail-info">2楼</span><span class="tail-info">2026-09-28 08:02</span></div></div></div></div>
<div class="footer">使用前必读 贴吧协议 隐私政策</div>""",
    ),
    title="高一物理跟不上，有没有靠谱的老师",
    says=("孩子高一物理只考了四十多分", "一次200以内都行"),
    frame=("贴吧协议", "吧主推荐", "我家找的大学生"),
    day="2026-09-27",
)
H5 = Fresh(
    markup=_page(
        "钢琴陪练 - 同城便民",
        """
<header class="hd"><a href="/">返回</a><span>信息详情</span></header>
<div class="tit"><h1>钢琴陪练 考级冲刺</h1><p class="time">发布：2026/7/8 11:06　浏览：77</p></div>
<ul class="attr"><li><label>类别：</label>家教</li><li><label>价格：</label>150元/小时</li><li><label>区域：</label>城北区</li><li><label>联系人：</label>周老师</li></ul>
<div class="con">音乐学院毕业，陪练八年，上门或到琴房都可以，一节四十五分钟，先试一节再决定。</div>
<div class="tel"><a href="tel:13600004444">13600004444</a></div>
<footer><a href="/m/">首页</a><a href="/m/post">发布</a><a href="/m/my">我的</a></footer>""",
        head='<meta name="viewport" content="width=device-width,initial-scale=1">',
        charset="gbk",
    ),
    title="钢琴陪练 考级冲刺",
    says=("音乐学院毕业，陪练八年",),
    frame=("返回",),
    day="2026-07-08",
    charset="gbk",
    fee="150元/小时",
    phone="13600004444",
    district="城北区",
)
FORUM = Fresh(
    markup=_page(
        "暑期英语小班招生，附课程表 - 家在青溪 - Powered by NodeBoard",
        """
<nav><a href="/">首页</a><a href="/c/1">教育</a></nav>
<div class="topic"><div class="topic-head"><h1>暑期英语小班招生，附课程表</h1><div class="by"><a href="/u/9">晴天妈妈</a> 发表于 2026-06-20 09:41:07 · 最后回复 2026-07-01 10:00:00</div></div>
<div class="topic-body markdown"><p>六人一班，七月一日起，每周三次，整期十八次课1980元，教材另收60元。</p><p>地点在城东区幸福路12号二楼。</p>
<p>课程表和协议：<a href="/upload/1.pdf">暑期课程表.pdf</a> <a href="/upload/2.xlsx">收费明细.xlsx</a></p></div></div>
<div class="replies"><div class="reply"><a href="/u/3">木木</a><p>请问有三年级的班吗？</p><time>2026-06-21 12:00</time></div></div>""",
    ),
    title="暑期英语小班招生，附课程表",
    says=("整期十八次课1980元", "幸福路12号二楼"),
    frame=("Powered by",),
    day="2026-06-20",
    district="城东区",
)
FONT = Fresh(
    markup=_page(
        "初中数学一对一 提分快 - 城西家教 - 便民网",
        """
<div class="crumb"><a>便民网</a> &gt; <a>家教</a> &gt; <a>城西家教</a></div>
<div class="detail-title"><h1>初中数学一对一 提分快</h1><div class="infor">2026-08-02 发布 <em>16</em>人浏览</div></div>
<div class="price"><span class="strongbox">\ue8d1\ue4b3\ue8d1</span> 元/小时</div>
<ul class="info"><li><span>联系人：</span>何老师</li><li><span>区域：</span>城西区</li></ul>
<section class="desc"><h2>详情描述</h2><div>本人师范大学数学系毕业，带过三届毕业班，擅长几何和函数，可以上门，试听满意再交钱。</div></section>
<div class="warn">便民网提醒：凡是收取押金、要求转账的都有诈骗嫌疑。</div>""",
        head="<style>@font-face{font-family:'fangchan';src:url('data:application/font-ttf;charset=utf-8;base64,AAEAAAALAIAAAwAwR1NVQg==')}.strongbox{font-family:'fangchan'}</style>",
    ),
    title="初中数学一对一 提分快",
    says=("带过三届毕业班",),
    frame=("收取押金",),
    day="2026-08-02",
    district="城西区",
    unread=("fee",),
)
COMPANY = Fresh(
    markup=_page(
        "初三冲刺班-青溪启帆教育咨询有限公司",
        """
<div class="top">欢迎来到青溪启帆教育咨询有限公司官网！ 服务热线：400-800-1234</div>
<ul class="menu"><li><a href="/">网站首页</a></li><li><a href="/about">关于我们</a></li><li><a href="/course">课程中心</a></li><li><a href="/contact">联系我们</a></li></ul>
<div class="main"><div class="left"><h3>课程分类</h3><a>小学</a><a>初中</a><a>高中</a></div>
<div class="right"><h1>初三冲刺班</h1><div class="time">时间：2026-03-01 来源：本站 点击：55</div>
<div class="content"><p>面向初三学生，语数英物化五科同步，考前九十天集训，一科4800元。</p><p>小班不超过十人，结课签约保分，未达目标退还一半学费。</p><p>咨询：0571-86007700，地址：上城区望江路8号。</p></div></div></div>
<div class="foot">版权所有 青溪启帆教育咨询有限公司 浙ICP备2026000001号 技术支持：云建站</div>""",
        head='<meta name="keywords" content="初三冲刺班,中考"><meta name="description" content="初三冲刺班，考前九十天集训">'
        '<meta name="baidu-site-verification" content="codeva-abc"><script type="application/ld+json">{"@context":"https://ziyuan.baidu.com/contexts/cambrian.jsonld","@id":"http://qifan.example/c/3.html","title":"初三冲刺班","pubDate":"2026-03-01T08:30:00","upDate":"2026-03-02T08:30:00"}</script>',
    ),
    title="初三冲刺班",
    says=("一科4800元", "结课签约保分"),
    frame=("技术支持", "联系我们"),
    day="2026-03-01",
    phone="0571-86007700",
    district="上城区",
)
DEAL = Fresh(
    markup=_page(
        "【4店通用】启明书法 硬笔暑假班十次课团购 - 城里有什么",
        """
<div class="top-nav"><a>城里有什么</a><a>美食</a><a>学习培训</a></div>
<div class="breadcrumb"><a>青溪</a> &gt; <a>学习培训</a> &gt; <a>启明书法</a></div>
<div class="deal-info"><h1>硬笔暑假班十次课</h1><h2 class="sub">仅售399元，价值800元的硬笔书法课，节假日通用</h2>
<div class="price"><span class="price-display">¥399</span><span class="price-original">门店价 ¥800</span></div><p>有效期：2026-07-01至2026-08-31</p></div>
<div class="shop"><p>启明书法（城南店）</p><p>地址：余杭区文化路66号</p><p>电话：0571-87008800</p></div>
<div class="block"><h3>团购详情</h3><p>每次九十分钟，纸笔由店里提供，适合六到十二岁的孩子，需提前一天电话预约。</p></div>
<div class="block"><h3>购买须知</h3><p>未使用随时退，过期自动退，不与其他优惠同享。</p></div>
<div class="review"><h3>网友点评</h3><p>老师很有耐心，孩子愿意去。</p></div>""",
    ),
    title="硬笔暑假班十次课",
    says=("每次九十分钟", "适合六到十二岁的孩子"),
    frame=("美食",),
    fee="399",
    phone="0571-87008800",
    district="余杭区",
)
COLUMN = Fresh(
    markup=_page(
        "我家三年级的数学是这样补上来的 - 专栏",
        """
<div id="internationalHeader"><a>首页</a><a>番剧</a><a>直播</a></div>
<div class="article-container"><div class="article-header"><h1 class="title">我家三年级的数学是这样补上来的</h1>
<div class="article-read-panel"><span class="publish-text">2026-04-09 22:17</span><span>3456阅读 · 88喜欢 · 12评论</span></div></div>
<div class="up-info"><a class="up-name">书桌旁的阿宁</a><span>粉丝：1.2万</span></div>
<div class="article-content"><div id="read-article-holder"><p>一开始也请过家教，一小时180元，补了三个月不见起色。</p><p>后来我们把错题一道一道抄下来，每天晚上只讲两道，讲完让他再讲给我听。</p><p>到了期末，从七十多分到了九十一分。</p></div></div>
<div class="article-action"><span>点赞</span><span>投币</span><span>收藏</span></div><div class="comment">评论区 请先登录后发表评论</div></div>
<script>window.__INITIAL_STATE__={"cvid":1234,"readInfo":{"id":1234,"title":"我家三年级的数学是这样补上来的","summary":"一开始也请过家教，一小时180元，补了三个月不见起色。后来我们把错题","publish_time":1775744220}}</script>""",
    ),
    title="我家三年级的数学是这样补上来的",
    says=("把错题一道一道抄下来", "从七十多分到了九十一分"),
    frame=("投币", "番剧", "请先登录"),
    day="2026-04-09",
)
PAGES = {
    "notice": NOTICE, "vue": VUE, "article": ARTICLE, "thread": THREAD, "h5": H5,
    "forum": FORUM, "font": FONT, "company": COMPANY, "deal": DEAL, "column": COLUMN,
}  # fmt: skip
