"""Small invented sites, one an engine, made of what the engine's own templates print and nothing else."""

from __future__ import annotations

import json
from typing import Any

from tests.crawlers.small_site import HTML, OPEN

Answers = dict[str, tuple[int, dict[str, str], bytes]]
TEXT = "周末班开课，小学数学思维课，两小时300元，地点在河西街道，有意者请在帖子里留言。" * 3
JSON = {"Content-Type": "application/json; charset=utf-8"}
XML = {"Content-Type": "application/xml; charset=utf-8"}


def html(text: str, *, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, HTML, f"<!DOCTYPE html><html>{text}</html>".encode()


def jsons(value: Any, *, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, JSON, json.dumps(value, ensure_ascii=False).encode()


def xml(text: str) -> tuple[int, dict[str, str], bytes]:
    return 200, XML, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def discuz_7() -> Answers:
    """Two threads and a notice, as forumdisplay and viewthread of 7.2 print them."""
    rows = "".join(
        f'<tbody id="{kind}_{tid}"><tr><th class="subject"><label></label>'
        f'<span id="thread_{tid}"><a href="viewthread.php?tid={tid}&amp;extra=page%3D1">题目{tid}</a></span></th>'
        f'<td class="author"><cite><a href="space.php?uid=7">桥边人</a></cite><em>2026-11-1{tid}</em></td>'
        '<td class="lastpost"><em><a>2026-11-21 09:00</a></em></td></tr></tbody>'
        for kind, tid in (("stickthread", 1), ("normalthread", 2), ("normalthread", 3))
    )
    thread = """<div id="postlist" class="mainbox viewthread"><div id="post_91"><table id="pid91"><tr>
<td class="postauthor"></td><td class="postcontent"><div class="postinfo"><div class="authorinfo">
<a href="space.php?uid=7" class="posterlink">桥边人</a><em id="authorposton91">发表于 2026-11-12 10:30</em></div></div>
<div class="postmessage firstpost"><div id="threadtitle"><h1>题目{tid}</h1></div>
<div class="typeoption"><table><tr><th>区域</th><td>某市 河西区</td></tr></table></div>
<table><tr><td class="t_msgfont" id="postmessage_91">{text}<img src="images/none.gif" file="attachments/{tid}.jpg">
<span style="display:none">x7Qm</span></td></tr></table></div></td></tr></table></div>
<div id="post_92"><table><tr><td class="t_msgfont" id="postmessage_92">别人的回复</td></tr></table></div></div>"""
    listed = f'<body><div id="threadlist"><table id="forum_5">{rows}</table></div></body>'
    answers = {"/forumdisplay.php?fid=5&filter=0&orderby=dateline&page=1": html(listed), "/robots.txt": OPEN}
    answers["/viewthread.php?tid=2"] = html(f"<body>{thread.format(tid=2, text=TEXT)}</body>")
    answers["/viewthread.php?tid=3"] = html("<body><div class='wrap'>指定的主题不存在或已被删除，请返回。</div></body>")
    return answers


def phpwind() -> Answers:
    """Two threads and a pinned one, as thread_maincommon and read of 8.7 print them."""
    rows = "".join(
        f'<tr class="tr3"><td class="icon"></td><td class="subject" id="td_{tid}">{pin}'
        f'<a href="read.php?tid={tid}&amp;fpage=1" id="a_ajax_{tid}" class="subject_t f14">题目{tid}</a></td>'
        f'<td class="author"><a href="u.php?uid=3">桥边人</a><p>2026-11-1{tid}</p></td>'
        '<td class="author"><a>别人</a><p><a>2026-11-21</a></p></td></tr>'
        for tid, pin in ((1, '<img src="images/wind/file/headtopic_1.gif">'), (2, ""), (3, ""))
    )
    read = f"""<div class="read_t" id="readfloor_tpc"><div class="r_name"><a href="u.php?uid=3">桥边人</a></div>
<div class="tipTop"><span title="2026-11-12 10:30:15">发表于: 2026-11-12 10:30</span></div>
<h1 id="subject_tpc" class="read_h1">题目2</h1><div class="tpc_content"><div class="f14" id="read_tpc">{TEXT}
<img src="attachment/a.jpg"></div></div></div>
<div class="read_t" id="readfloor_99"><div id="read_99">回复</div></div>"""
    wall = '<head><title>提示信息 - Powered by phpwind</title><meta name="generator" content="phpwind 8.7"></head>'
    return {
        "/robots.txt": OPEN,
        "/thread.php?fid=9&page=1": html(f'<body><table><tbody id="threadlist">{rows}</tbody></table></body>'),
        "/read.php?tid=2": html(f"<body>{read}</body>"),
        "/read.php?tid=3": html(f"{wall}<body>您没有登录或者您没有权限访问此页面</body>"),
    }


def _post(number: int, *, block: bool = False) -> str:
    """A single post as WordPress prints it: by a classic theme, or in blocks."""
    moment = f"2026-11-1{number}T08:00:00+08:00"
    head = f'<title>文章{number} - 桥边小站</title><meta property="article:published_time" content="{moment}">'
    if block:
        inside = (
            f'<h1 class="wp-block-post-title">文章{number}</h1><div class="wp-block-post-content"><p>{TEXT}</p>'
            '<img data-src="/wp-content/uploads/a.jpg" src="data:image/gif;base64,R0"></div>'
        )
    else:
        inside = (
            f'<article id="post-{number}" class="post-{number} post type-post hentry">'
            f'<h1 class="entry-title">文章{number}</h1>'
            f'<span class="author vcard"><a class="fn">小站</a></span><div class="entry-content"><p>{TEXT}</p>'
            '<div class="sharedaddy">分享到</div></div></article>'
        )
    return f'<head>{head}</head><body class="post-template-default single single-post postid-{number}">{inside}</body>'


def wordpress(*, interface: bool = True, feed: bool = True, sitemap: bool = True) -> Answers:
    """Two posts; the interface, the feed and the sitemap may be switched off, as plugins do."""
    closed = jsons({"code": "rest_forbidden", "message": "x", "data": {"status": 401}}, status=401)
    base = "/wp-json/wp/v2/posts?per_page=20&page={}&_fields=id,link,title,date"
    posts = [
        {"id": n, "link": f"/archives/{n}/", "title": {"rendered": f"文章&#8211;{n}"}, "date": f"2026-11-1{n}T08:00:00"}
        for n in (1, 2)
    ]
    behind = jsons({"code": "rest_post_invalid_page_number", "message": "x", "data": {"status": 400}}, status=400)
    items = "".join(
        f"<item><title>文章{n}</title><link>/archives/{n}/</link>"
        f"<pubDate>Wed, 1{n} Nov 2026 00:00:00 +0000</pubDate></item>"
        for n in (1, 2)
    )
    index = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/wp-sitemap-posts-post-1.xml</loc></sitemap></sitemapindex>'
    urls = "".join(f"<url><loc>/archives/{n}/</loc><lastmod>2026-11-1{n}</lastmod></url>" for n in (1, 2))
    rows = "".join(
        f'<article class="post hentry"><h2 class="entry-title"><a href="/archives/{n}/">文章{n}</a></h2></article>'
        for n in (1, 2)
    )
    missing = html('<body class="error404"><h1>找不到</h1></body>', status=404)
    return {
        "/robots.txt": OPEN,
        base.format(1): jsons(posts) if interface else closed,
        base.format(2): behind,
        "/feed/": xml(f"<rss version='2.0'><channel><title>桥边小站</title>{items}</channel></rss>")
        if feed
        else missing,
        "/wp-sitemap.xml": xml(index) if sitemap else missing,
        "/wp-sitemap-posts-post-1.xml": xml(
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        ),
        "/?paged=1": html(f'<body class="home blog">{rows}</body>'),
        "/?paged=2": missing,
        "/archives/1/": html(_post(1)),
        "/archives/2/": html(_post(2, block=True)),
    }


def article(number: int) -> tuple[int, dict[str, str], bytes]:
    """An article told in JSON-LD."""
    told = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "桥边学堂"},
            {
                "@type": "NewsArticle",
                "headline": f"通知{number}",
                "datePublished": f"2026-11-1{number}T08:00:00+08:00",
                "author": [{"name": "教务处"}],
                "articleBody": TEXT,
            },
        ],
    }
    script = f'<script type="application/ld+json">{json.dumps(told, ensure_ascii=False)}</script>'
    return html(f"<head><title>通知{number}</title>{script}</head><body><h1>通知{number}</h1><p>{TEXT}</p></body>")


def rss() -> Answers:
    entries = "".join(
        f'<entry><title>通知{n}</title><link rel="self" href="/x"/><link href="/news/{n}.html"/>'
        f"<published>2026-11-1{n}T08:00:00+08:00</published></entry>"
        for n in (1, 2)
    )
    atom = xml(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>桥边学堂</title>{entries}</feed>')
    return {"/robots.txt": OPEN, "/atom.xml": atom, "/news/1.html": article(1), "/news/2.html": article(2)}


def json_feed() -> Answers:
    def page(numbers: tuple[int, ...], following: str | None) -> tuple[int, dict[str, str], bytes]:
        items = [
            {
                "id": f"n{n}",
                "url": f"/news/{n}.html",
                "title": f"通知{n}",
                "date_published": f"2026-11-1{n}T08:00:00+08:00",
            }
            for n in numbers
        ]
        value = {"version": "https://jsonfeed.org/version/1.1", "title": "桥边学堂", "items": items}
        return jsons(value | ({"next_url": following} if following else {}))

    return {
        "/robots.txt": OPEN,
        "/feed.json": page((1,), "/feed-2.json"),
        "/feed-2.json": page((2,), None),
        "/news/1.html": article(1),
        "/news/2.html": article(2),
    }


def article_site() -> Answers:
    """A list the site's recipe knows, and articles in <article> alone."""
    told = f"<h1>招生通知</h1><time datetime='2026-11-12 08:00'>前天</time><p>{TEXT}</p><img src='/a.png'>"
    body = f"<article>{told}</article>"
    return {
        "/robots.txt": OPEN,
        "/list.html": html("<body><ul class='news'><li><a href='/a/1.html'>招生通知</a></li></ul></body>"),
        "/a/1.html": html(f"<head><title>招生通知</title></head><body><nav>首页</nav>{body}</body>"),
    }


def tutor_exchange() -> Answers:
    rows = "".join(
        f"<tr><td>某老师{n}</td><td>数学</td><td>150元/小时</td>"
        f'<td><a href="/Home/Kujy/showjy/userid/{n}">查看</a></td></tr>'
        for n in (1, 2)
    )
    heads = "<tr><th>姓名</th><th>可授科目</th><th>薪资要求</th><th>详细信息</th></tr>"
    table = f"<table class='table_n'>{heads}{rows}</table>"
    one = """<h1>教员信息</h1><table><tr><td>姓名</td><td>某老师</td></tr>
<tr><td>可授科目</td><td>小学数学、初中物理</td></tr>
<tr><td>薪资要求</td><td>150元/小时</td></tr><tr><td>授课区域</td><td>某市 河西区</td></tr></table>"""
    return {
        "/robots.txt": OPEN,
        "/Home/Kujy/kujy": html(f"<head><title>教员库</title></head><body>{table}</body>"),
        "/Home/Kujy/showjy/userid/1": html(f"<body>{one}</body>"),
        "/Home/Kujy/showjy/userid/2": html("<body><p>该教员信息已删除，请看看别的教员。</p></body>"),
    }


def weixin_album() -> Answers:
    items = "".join(
        f'<li class="album__list-item" data-title="文章{n}"'
        f' data-link="/s?__biz=b&amp;mid=1&amp;idx=1&amp;sn=00{n}f"></li>'
        for n in (1, 2)
    )
    page = f"""<body><div id="js_article"><h1 class="rich_media_title" id="activity-name">文章</h1>
<a id="js_name">桥边学堂</a><em id="publish_time">2026-11-12 08:00</em>
<div class="rich_media_content" id="js_content"><p>{TEXT}</p><img data-src="/mmbiz/a.png"></div></div></body>"""
    gone = '<body><div class="weui-msg"><h2>该内容已被发布者删除</h2></div></body>'
    return {
        "/robots.txt": OPEN,
        "/mp/appmsgalbum?__biz=b&action=getalbum&album_id=77": html(f"<body><ul>{items}</ul></body>"),
        "/s?__biz=b&mid=1&idx=1&sn=001f": html(page),
        "/s?__biz=b&mid=1&idx=1&sn=002f": html(gone),
    }
