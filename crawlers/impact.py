"""The impact note of a source: what collecting does to its site, judged before the first request, and again whenever
the recipe asks for something else (《网络数据安全管理条例》 article 18).

The measured load is added where the note is read (pipelines.enforcement.impact), so that it is always today's.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from crawlers.middlewares.politeness import LOOPBACK_CONCURRENCY, delay_for
from crawlers.recipe import Recipe
from crawlers.settings import MAX_PAGE_BYTES, MEGABYTE, ROBOTS_TOKEN, user_agent
from crawlers.urls import Site, host_names
from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.words import FIELDS
from pipelines.records import ImpactNote

DAY_S = 86_400
Sections = tuple[tuple[str, tuple[str, ...]], ...]

#: Raise it when the wording of the notes changes in substance: every source then gets a new one.
WORDING = 3
_LANES = {"A": "直接采集", "B": "谨慎采集（随时可能停用）"}
_PRIVACY = {"keep": "保留", "mask": "打码", "hash": "散列", "drop": "不读取"}


def ensure_note(desk: Desk, recipe: Recipe, site: Site) -> ImpactNote:
    """The note that holds for this recipe, made now if there is none: no request goes out before it stands."""
    sections = impact_sections(recipe, site)
    digest = hashlib.sha256(json.dumps([WORDING, sections], ensure_ascii=False).encode()).hexdigest()
    with desk.store.transaction() as tx:
        known = tx.impact_notes.latest(recipe.name)
        if known is not None and known.digest == digest:
            return known
        return tx.impact_notes.add(
            recipe.name, at=clock.now(), digest=digest, hosts=host_names(site), sections=sections
        )


def impact_sections(recipe: Recipe, site: Site) -> Sections:
    """Headings and sentences, all of them from what the recipe and this program really do."""
    return (
        ("采集对象和理由", _object(recipe, site)),
        ("怎样访问", _manner(recipe)),
        ("访问量的上限", _load(recipe, site)),
        ("影响判断", _judgement(recipe, site)),
        ("个人信息", _people(recipe)),
        ("什么时候停", _stops()),
    )


def _object(recipe: Recipe, site: Site) -> tuple[str, ...]:
    reviewed = f"，{recipe.reviewed_on} 核对过网站条款" if recipe.reviewed_on else "，网站条款的核对日期没有写"
    return (
        f"来源：{recipe.title}（{recipe.name}），配方 {recipe.id} 第 {recipe.version} 版，"
        f"通道 {_LANES.get(recipe.lane, recipe.lane)}。",
        f"网站：{'、'.join(sorted(site.hosts))}。",
        f"采集理由和依据：{recipe.legal_note}{reviewed}。",
    )


def _manner(recipe: Recipe) -> tuple[str, ...]:
    mode = "由浏览器打开（网页由脚本生成）" if recipe.fetch.mode == "render" else "普通网页请求"
    return (
        f"只看不登录就能看到的网页，{mode}；不登录，不带 Cookie，不用代理，不解验证码，不伪造请求头。",
        f"每次请求都表明身份：{user_agent(recipe)}；站长可据此联系或在 robots.txt 里点名 {ROBOTS_TOKEN}。",
        "遵守 robots.txt（RFC 9309）：读不到或服务器出错按全部禁止处理，返回 401/403 时停下请人确认；"
        "所依据的那份随网页留存。",
        f"列表页共 {len(recipe.lists)} 类，只从列表进入信息页，不顺着链接乱走；"
        f"每条信息最多取 {recipe.fetch.max_images} 张图片，单个网页不超过 {MAX_PAGE_BYTES // MEGABYTE} MB。",
        _files(recipe),
    )


def _files(recipe: Recipe) -> str:
    rule = recipe.fetch.attachments
    if rule is None:
        return "信息里链接的文件（附件）不下载。"
    return f"信息里链接的 {'、'.join(rule.types)} 文件，每条最多下载 {rule.max} 个，单个不超过 {rule.max_mb} MB。"


def _load(recipe: Recipe, site: Site) -> tuple[str, ...]:
    polite = recipe.polite
    wait = least_delay(recipe, site)
    hours = "、".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in polite.hours)
    pace = f"{_connections(recipe)}，两次请求至少间隔 {wait:g} 秒；"
    if not wait:
        pace = f"本机演示平台：同时最多 {LOOPBACK_CONCURRENCY} 个连接，不设间隔；"
    least, most = _span(recipe.schedule.list.min), _span(recipe.schedule.list.max)
    steps = "、".join(_span(step) for step in recipe.schedule.detail)
    slower = f"{polite.respect_crawl_delay_up_to_s:g}"
    return (
        f"{pace}网站在 robots.txt 里要求更慢的（{slower} 秒以内）照办。",
        f"每天每个主机最多 {polite.max_per_day} 次请求，图片和 robots.txt 都算在内，各来源、各进程合并计算。",
        f"可访问的时段：{hours}（北京时间）。" if hours else "可访问的时段：全天（配方没有限定）。",
        f"列表最快 {least}、最慢 {most}看一次，按新信息出现的快慢自动调整；已知信息在 {steps}后复查，"
        "列表上显示有变化（如标题、回复数）的当次再看。",
        "网站返回 429 或 503 时间隔加倍（最多 8 倍），一天没有再发生才恢复一半。",
    )


def _judgement(recipe: Recipe, site: Site) -> tuple[str, ...]:
    polite = recipe.polite
    open_s = _open_seconds(recipe)
    wait = least_delay(recipe, site)
    if not wait:
        return ("本机演示平台，不经过网络，不影响任何人的网站。", "实测访问量见下面一节，每次打开本页时重新统计。")
    most = min(polite.max_per_day, int(open_s / wait))
    return (
        f"按上限算，一天最多 {most} 次请求，折合平均每 {open_s / max(most, 1):.0f} 秒一次，最快时每 {wait:g} 秒一次，"
        f"{_connections(recipe)}；相当于一位读者不停翻页。",
        "以上是按配方算出的上限，不是网站的实际承受力；"
        "网站小、夜间维护或站长提出异议时，应把 polite 调得更慢，或停用来源。",
        "实测访问量见下面一节，每次打开本页时重新统计。",
    )


def _people(recipe: Recipe) -> tuple[str, ...]:
    read = "、".join(FIELDS.get(name, name) for name in recipe.fields if recipe.privacy.get(name) != "drop")
    special = "；".join(
        f"{FIELDS.get(name, name)}{_PRIVACY.get(value, value)}" for name, value in recipe.privacy.items()
    )
    return (
        f"读取的内容：{read}。" + (f"特别规定：{special}。" if special else ""),
        "联系方式在界面上打码，明文加密存放，查看须有权限并留痕；个人主页、评论、会员列表不采集。",
    )


def _stops() -> tuple[str, ...]:
    return (
        "遇到验证码、拒绝访问或登录墙立即停止，不绕过；来源依次休息 6 小时、24 小时、7 天。",
        "当天次数用完、不在可访问时段、有人按下“全部停止”或暂停来源时，几秒内停止。",
    )


def least_delay(recipe: Recipe, site: Site) -> float:
    """Seconds between two requests when the site asks for nothing slower."""
    host = host_names(site)[0].partition(":")[0]
    polite = recipe.polite
    return delay_for(host, polite.delay_s, None, up_to=polite.respect_crawl_delay_up_to_s)


def _connections(recipe: Recipe) -> str:
    """How many requests are on their way at once."""
    most = recipe.polite.concurrent
    if most == 1:
        return "同一主机同时只有一个连接"
    return f"同一主机同时最多 {most} 个连接（网站要求放慢时只有一个）"


def _open_seconds(recipe: Recipe) -> float:
    """Seconds a day in which the site may be visited; windows that overlap count twice at most to a whole day."""
    if not recipe.polite.hours:
        return DAY_S
    total = sum(
        ((end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)) % 1440 or 1440
        for start, end in recipe.polite.hours
    )
    return min(total * 60, DAY_S)


def _span(span: timedelta) -> str:
    hours = int(span / timedelta(hours=1))
    return f"{hours // 24} 天" if hours and hours % 24 == 0 else f"{hours} 小时" if hours else "0 小时（每次都看）"
