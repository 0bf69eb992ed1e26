"""What stands in each field that the 电子数据证据提取笔录 has of one capture: from the records, or a blank for officers
or why there is nothing (未取得). Nothing here says that anything is so: only what was fetched, when and how."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from pipelines.clock import local, local_text
from pipelines.evidence.logged_in import mark_words
from pipelines.evidence.material import CaptureMaterial, LeadMaterial
from pipelines.evidence.record_fields import BY_OFFICERS, NOT_HAD
from pipelines.evidence.stamps import Stamp
from pipelines.evidence.standalone import OWN_STAMP
from pipelines.evidence.station import software
from pipelines.evidence.warc_read import Exchange
from pipelines.evidence.words import METHODS, PAGE_STATES, VISIBILITY
from pipelines.records import Capture
from pipelines.records.quotes import quoted

#: Steps for the officer, each with a tick that only he sets.
_REPEAT = (
    "复现步骤（由执法人员操作，做了的打勾；程序没有做）：\n"
    "□ 一、在没有登录任何账号的浏览器地址栏输入上列网络地址，回车；\n□ {}"
)
_UNCHANGED = "程序没有增删改所取内容，原始字节在 page.warc.gz；只在 text.txt 和本案文书中遮盖了联系方式。"
_NOT_RECORDED = "采集时没有记录（较早版本的程序）"
#: Character sets of which the last holds all the others.
_CHINESE = ("gb2312", "gbk", "gb18030")
_TOLD_HEADERS = ("Date", "Server", "Last-Modified", "ETag")
_LONGEST_HEADER = 80


def capture_words(lead: LeadMaterial, item: CaptureMaterial, stamps: Sequence[Stamp]) -> dict[str, str]:
    """By the keys of CAPTURE_FIELDS."""
    capture = item.capture
    imported = capture.method == "import"
    posted_by = f"，发布昵称 {'、'.join(lead.nicknames)}" if lead.nicknames else ""
    own = _of_a_file(lead, item) if imported else _of_a_page(capture, item.exchange)
    return own | {
        "object": f"{lead.origin if imported else item.source_title}的{'信息' if imported else '网页'}"
        f"{quoted(lead.lead.title or '（无标题）')}（线索 {lead.lead.id}）{posted_by}；"
        f"读出文字 {len(item.text)} 字，见 text.txt",
        "found": f"首次采集 {local_text(lead.listing.first_seen_at)}，"
        f"列入线索 {local_text(lead.lead.created_at)}（均为北京时间）；"
        f"渠道：{'人工导入的文件' if imported else '公开平台的网页'}；"
        f"可见范围：{VISIBILITY.get(lead.visibility, lead.visibility)}。核查期限的起算由执法人员确认",
        "account": _account(lead, item),
        "address": _address(capture),
        "time": _time(capture),
        "clock": _clock(capture, item.exchange) + _stamped(stamps),
        "tool": _tool(capture),
        "machine": _machine(capture),
        "surroundings": _surroundings(capture, item.exchange),
        "integrity": f"内容 {capture.size} 字节，SHA-256：{capture.sha256}\n原始记录 page.warc.gz 的校验值见第三部分",
    }


def _of_a_page(capture: Capture, exchange: Exchange | None) -> dict[str, str]:
    video = f"录像：{NOT_HAD}程序不录像，以截图和网页存档代替。"
    picture = f"{NOT_HAD}程序请求不显示画面，没有整页和分屏截图；同一线索另有浏览器采集的，见该次提取。\n{video}"
    if capture.screenshot_blob:
        printed = _told(capture, "pdf_sha256")
        lines = [f"整页截图 screenshot.png，SHA-256：{capture.screenshot_blob}"]
        lines += [f"网页打印件 page.pdf，SHA-256：{printed}"] if printed else []
        lines += [f"分屏截图：{NOT_HAD}整页截图已含整个页面。", video]
        picture = "\n".join(lines)
    agent = (exchange.asked("User-Agent") if exchange else "") or _told(capture, "user_agent")
    return {
        "steps": _steps(capture),
        "access": f"公开页面，以访客身份访问，未登录。程序没有登录功能，不保存账号和口令；{_credentials(exchange)}",
        "origin": f"浏览器标识：{agent or '请求中没有'}\n出口地址（程序不查询）：{BY_OFFICERS}",
        "server": _server(capture),
        "answer": _answer(capture, exchange),
        "picture": picture,
        "beyond": f"下级落地页：{NOT_HAD}程序没有点击页面上的链接，须要时由执法人员另行提取。\n"
        f"音视频及其文字：{NOT_HAD}程序不下载音视频，页面上有的由执法人员固定并转写。",
        "repeat": f"按上列复现步骤任何人可再次访问；页面以届时所见为准。{_UNCHANGED}",
        "original": "内容存放在平台的服务器上，原始介质不在本单位控制之下，故在线提取复制件；须要时向平台调取。",
    }


def _of_a_file(lead: LeadMaterial, item: CaptureMaterial) -> dict[str, str]:
    capture = item.capture
    row = capture.environment.get("row")
    which = f"{_told(capture, 'file') or '（未记录文件名）'}{f'，第 {row} 行' if row else ''}"
    visible = VISIBILITY.get(lead.visibility, lead.visibility)
    none = f"{NOT_HAD}内容来自人工导入的文件，本程序没有访问网站。"
    return {
        "steps": f"导入文件 {which}。文件从何处、如何取得：{BY_OFFICERS}",
        "access": f"人工导入的文件；可见范围：{visible}。取得时是否登录：{mark_words(item) or BY_OFFICERS}",
        "origin": f"本程序没有访问网站；取得文件时所用的浏览器和出口地址：{BY_OFFICERS}",
        "server": none,
        "answer": none,
        "picture": f"{NOT_HAD}导入的文件没有画面。",
        "beyond": none,
        "repeat": f"本次提取按导入的文件制作，来历由执法人员说明。{_UNCHANGED}",
        "original": f"文件由＿＿＿＿＿＿提供，原始载体：{BY_OFFICERS}",
    }


def _account(lead: LeadMaterial, item: CaptureMaterial) -> str:
    # Of a posting retyped elsewhere, the lead has the account and time of one place alone.
    if item.source_title != lead.source_title:
        return f"平台：{item.source_title}；账号名（发布昵称）、发布时间：{NOT_HAD}程序没有单独读出，见截图和网页存档。"
    posted = lead.listing.posted_at
    names = "、".join(lead.nicknames) or f"{NOT_HAD}页面未标明"
    at = f"{local_text(posted)}（北京时间）" if posted else f"{NOT_HAD}页面未标明"
    return (
        f"平台：{lead.site}；账号名（发布昵称）：{names}；页面所示发布时间：{at}\n"
        f"账号编号、IP 属地：{NOT_HAD}程序没有单独读出，页面有显示的见截图，或者向平台调取。"
    )


def _address(capture: Capture) -> str:
    lines = [capture.url]
    hops = [hop["url"] if isinstance(hop, dict) else hop for hop in [*capture.environment.get("redirects", ())]]
    lines += [f"转到 {address}" for address in hops if isinstance(address, str) and address != capture.url]
    if capture.final_url not in lines:
        lines.append(f"最终地址 {capture.final_url}")
    elif len(lines) == 1 and capture.method != "import":
        lines.append("没有转址（首末地址相同）")
    return "\n".join([*lines, f"包内路径 data/captures/{capture.id}/"])


def _steps(capture: Capture) -> str:
    """What the program did; apart from it, what an officer does to see it again, which nobody has done yet."""
    at, browser = local_text(capture.captured_at), _told(capture, "browser")
    if capture.method == "browser":
        return (
            f"程序于 {at} 以无界面浏览器{f'（{browser}）' if browser else ''}打开上列网络地址"
            + ("，截取整页（见案件报告附图）。\n" if capture.screenshot_blob else "，保存网页。\n")
            + _REPEAT.format("二、由上至下看完，与案件报告附图和网页存档对照。")
        )
    return f"程序于 {at} 以 HTTP GET 请求取得上列网络地址的内容，逐字节存入 WARC，没有使用浏览器。\n" + _REPEAT.format(
        "二、右键“查看网页源代码”，与本次保存的内容对照。"
    )


def _credentials(exchange: Exchange | None) -> str:
    """What a request carried by which a site could know somebody."""
    if exchange is None:
        return f"请求头：{NOT_HAD}本次没有留下请求记录。"
    names = [part.partition("=")[0].strip() for part in exchange.asked("Cookie").split(";") if part.strip()]
    login = "带有 Authorization" if exchange.asked("Authorization") else "没有 Authorization"
    cookies = f"带有网站在访问中发给的 Cookie（名称 {'、'.join(names)}）" if names else "没有 Cookie"
    return f"本次请求{login}，{cookies}（WARC 中的请求记录可查）。"


def _time(capture: Capture) -> str:
    """When it was stored, and of a browser's page when it was asked for and how long that took: a difference is that
    of the two as they are printed."""
    utc = f"{capture.captured_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    stored = f"{local_text(capture.captured_at)}（北京时间，UTC+8；{utc}）"
    if capture.method != "browser":
        return stored if capture.method == "import" else f"{stored}，内容接收完毕之时"
    timing = capture.environment.get("timing")
    known = timing if isinstance(timing, dict) else {}
    took, start = known.get("responseEnd"), known.get("startTime")
    lines = [f"{stored}，网页看完、存下之时"]
    if isinstance(start, int | float) and 0 < start <= capture.captured_at.timestamp() * 1000:
        began, ended = int(start / 10), int(capture.captured_at.timestamp() * 100)
        lines.append(f"{_hundredths(began)} 发出请求，{_hundredths(ended)} 存下，共 {(ended - began) / 100:.2f} 秒")
    if isinstance(took, int | float) and took >= 0:
        lines.append(f"其中网页主文件自发出请求到接收完毕 {took / 1000:.2f} 秒，其余为显示、浏览和截图")
    return "；".join(lines)


def _hundredths(moment: int) -> str:
    """A moment in hundredths of a second since 1970, as a clock shows it here: 10:00:03.25."""
    return f"{local(datetime.fromtimestamp(moment // 100, UTC)):%H:%M:%S}.{moment % 100:02d}"


def _seconds(before: datetime, after: datetime) -> int:
    """Between two moments as they are printed, to the second: the difference must be that of what stands there."""
    return int(after.timestamp()) - int(before.timestamp())


def _clock(capture: Capture, exchange: Exchange | None) -> str:
    """How the clock was kept; beside it, as a hint, what the site's own clock said."""
    state = _station(capture).get("clock")
    known = state if isinstance(state, dict) else {"missing": _NOT_RECORDED}
    offset = known.get("offset_ms")
    if isinstance(offset, int | float):
        ahead = f"{'快' if offset > 0 else '慢'} {abs(offset):g} 毫秒" if offset else "没有偏差"
        said = f"本机系统时钟，由 {known.get('by')} 校时；校时源 {known.get('source')}；采集时查得本机{ahead}"
    else:
        why = known.get("missing", _NOT_RECORDED)
        said = f"本机系统时钟。校时源和偏差：{NOT_HAD}{why}；对照标准时间的偏差：{BY_OFFICERS}"
    return said + _site_clock(capture, exchange)


def _site_clock(capture: Capture, exchange: Exchange | None) -> str:
    told = exchange.answered("Date") if exchange else ""
    try:
        theirs = parsedate_to_datetime(told)
    except ValueError:
        return ""
    aware = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    apart = _seconds(aware, capture.captured_at)
    differs = f"{'晚' if apart > 0 else '早'} {abs(apart)} 秒" if apart else "相同"
    why = "网页显示、浏览和截图" if capture.method == "browser" else "传输"
    return (
        f"\n网站答复所称时间 {local_text(aware)}，本机所记 {local_text(capture.captured_at)} 与它相比{differs}"
        f"（含{why}的时间，不是校时偏差，只作参照）"
    )


def _stamped(stamps: Sequence[Stamp]) -> str:
    return "".join(
        f"\n时间戳：{local_text(one.at)}（{OWN_STAMP if one.own else f'第三方 {one.name}'}）" for one in stamps
    )


def _tool(capture: Capture) -> str:
    station, told = _station(capture), [_told(capture, name) for name in ("browser", "playwright")]
    made = station.get("software")
    commit = station.get("commit") or f"{NOT_HAD}不是从源代码检出运行的"
    program = f"{made}，提交号 {commit}" if made else f"版本：{_NOT_RECORDED}，导出时为 {software()}"
    parts = [f"明察采集程序（{program}）", told[0], f"Playwright {told[1]}" if told[1] else "", _recipe(capture)]
    return f"{METHODS.get(capture.method, capture.method)}：" + "；".join(filter(None, parts))


def _recipe(capture: Capture) -> str:
    """The recipe the page was read by: kept as its name and version in JSON."""
    try:
        name, version = json.loads(_told(capture, "recipe") or "null")
    except (TypeError, ValueError):
        return ""
    return f"来源配方 {name} 第 {version} 版"


def _machine(capture: Capture) -> str:
    station = _station(capture)
    if not station:
        return f"主机和系统：{_NOT_RECORDED}；{BY_OFFICERS}"
    account, driver = _told(capture, "account"), _told(capture, "child_account")
    parts = [
        f"主机 {station.get('host') or '（没有名称）'}",
        f"标识 {station['host_id']}" if station.get("host_id") else f"标识：{NOT_HAD}系统没有 machine-id",
        str(station.get("system", "")),
        f"Python {station.get('python')}",
        f"浏览器所用系统账户（无特权）{account}" if account else "",
        f"控制浏览器的进程所用系统账户 {driver}" if driver else "",
    ]
    return "；".join(filter(None, parts))


def _surroundings(capture: Capture, exchange: Exchange | None) -> str:
    names = (("viewport", "窗口"), ("timezone", "时区"), ("locale", "语言"))
    parts = [f"{name} {_told(capture, key)}" for key, name in names if _told(capture, key)]
    if not parts and capture.method == "http":
        language = exchange.asked("Accept-Language") if exchange else ""
        parts = [f"窗口：{NOT_HAD}程序请求不显示画面", f"语言 {language}" if language else f"语言：{NOT_HAD}没有记录"]
    state = PAGE_STATES.get(capture.state, str(capture.state))
    parts.append(f"页面状态 {state}" + (f"（HTTP {capture.http_status}）" if capture.http_status else ""))
    said_by = "文件类型" if capture.method == "import" else "响应头所称类型"
    parts.append(f"{said_by} {capture.content_type}" if capture.content_type else "")
    parts.append(f"程序读字所用字符集 {capture.charset}{_why_charset(capture)}" if capture.charset else "")
    return "；".join(filter(None, parts))


def _why_charset(capture: Capture) -> str:
    """Why another character set than the answer named."""
    said = capture.content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    used = capture.charset.lower()
    if not said or said == used:
        return ""
    if capture.method == "browser":
        return f"（浏览器交出的内容已由 {said} 转为 {used}，不是网站发出时的字节）"
    if said in _CHINESE and used in _CHINESE:
        return f"（{_CHINESE[-1]} 包含 {said}，按它读字，文字不变）"
    return f"（与响应头所称的 {said} 不同：按页面自身的声明和内容判断；原字节没有改动）"


def _server(capture: Capture) -> str:
    tls = capture.environment.get("tls")
    if isinstance(tls, dict):
        sums = [str(one) for one in tls.get("certificate_sha256") or ()]
        shown = f"SHA-256 {sums[0]}" if sums else f"指纹：{NOT_HAD}浏览器没有给出"
        issued = f"颁发给 {tls.get('subject')}，由 {tls.get('issuer')} 颁发"
        certificate = f"{tls.get('protocol')}，证书{issued}，{shown}"
    elif urlsplit(capture.final_url).scheme == "https":
        certificate = f"{NOT_HAD}程序请求核对了证书，没有记录；同一线索的浏览器采集有记录"
    else:
        certificate = f"{NOT_HAD}网址为 http，没有证书"
    return (
        f"服务器地址：{capture.server_ip or f'{NOT_HAD}没有记录'}\n"
        f"域名解析：{NOT_HAD}没有单独记录，服务器地址即解析所得\nTLS 证书：{certificate}"
    )


def _answer(capture: Capture, exchange: Exchange | None) -> str:
    if exchange is None:
        return f"HTTP {capture.http_status or '状态没有记录'}；响应头：{NOT_HAD}本次没有留下可列的响应头。"
    told = [f"{name}: {value[:_LONGEST_HEADER]}" for name in _TOLD_HEADERS if (value := exchange.answered(name))]
    rest = f"响应头共 {len(exchange.answer)} 项，全部在 WARC 中"
    return "\n".join([exchange.status_line.strip(), *told, rest])


def _station(capture: Capture) -> dict[str, Any]:
    found = capture.environment.get("station")
    return found if isinstance(found, dict) else {}


def _told(capture: Capture, name: str) -> str:
    value = capture.environment.get(name)
    return str(value) if isinstance(value, str | int | float) else ""
