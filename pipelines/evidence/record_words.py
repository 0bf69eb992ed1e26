"""What stands in each field of the 电子数据证据提取笔录: from the records, or a blank for the officers, or why there is
nothing. Nothing here says that anything is so: only what was fetched, when and how."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipelines.clock import local_text
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, LeadMaterial
from pipelines.evidence.record_fields import BY_OFFICERS, NOT_HAD
from pipelines.evidence.stamps import Stamp
from pipelines.evidence.standalone import OWN_STAMP
from pipelines.evidence.words import METHODS, PAGE_STATES, VERDICTS, VISIBILITY, actor_name
from pipelines.records import Capture
from pipelines.records.quotes import quoted

_OFFICER = "姓名＿＿＿＿＿＿　执法证号＿＿＿＿＿＿＿＿"
#: Steps for the officer, each with a tick that only he sets.
_REPEAT = (
    "复现步骤（由执法人员操作，做了的打勾；程序没有做）：\n"
    "□ 一、在没有登录任何账号的浏览器地址栏输入上列网络地址，回车；\n□ {}"
)
_UNCHANGED = "程序没有增删改所取内容，原始字节在 page.warc.gz；只在 text.txt 和本案文书中遮盖了联系方式。"
#: Lines of a difference that are told, and characters of each.
_MOST_LINES, _LONGEST = 3, 60


def case_words(material: CaseMaterial) -> dict[str, str]:
    """By the keys of CASE_FIELDS."""
    exported = f"{local_text(material.exported_at)} 由 {actor_name(material.exported_by)}"
    return {
        "number": f"{material.case.title}（疑似）\n案件编号 {material.case.id}，线索 {len(material.leads)} 条",
        "purpose": "固定互联网上公开的、疑似违规校外培训及其广告的信息，供依法核查使用。",
        "place": BY_OFFICERS,
        "officers": f"{_OFFICER}\n{_OFFICER}（由执法人员填写）",
        "maker": f"制作方法见第二部分；{exported} 导出成卷。\n制作人 {BY_OFFICERS}",
        "witness": f"{BY_OFFICERS}\n无当事人、见证人在场的，注明原因：＿＿＿＿＿＿",
        "outside": f"{NOT_HAD}本次没有委托技术机构提取或公证机构公证；如有，由执法人员补填名称、资质和文书号。",
    }


def capture_words(lead: LeadMaterial, item: CaptureMaterial, stamps: Sequence[Stamp]) -> dict[str, str]:
    """By the keys of CAPTURE_FIELDS."""
    capture = item.capture
    posted_by = f"，发布昵称 {'、'.join(lead.nicknames)}" if lead.nicknames else ""
    own = _of_a_file(lead, capture) if capture.method == "import" else _of_a_page(capture)
    return own | {
        "object": f"{lead.origin}的{'信息' if capture.method == 'import' else '网页'}"
        f"{quoted(lead.lead.title or '（无标题）')}（线索 {lead.lead.id}）{posted_by}；"
        f"读出文字 {len(item.text)} 字，见 text.txt",
        "address": _address(capture),
        "origin": f"浏览器标识：{_told(capture, 'user_agent') or '见 WARC 中的请求记录'}\n出口地址：{BY_OFFICERS}",
        "time": _time(capture),
        "clock": f"本机系统时钟。校时源和偏差：{BY_OFFICERS}" + _stamped(stamps),
        "tool": _tool(capture),
        "surroundings": _surroundings(capture),
        "integrity": f"内容 {capture.size} 字节，SHA-256：{capture.sha256}\n原始记录 page.warc.gz 的校验值见第三部分",
    }


def _of_a_page(capture: Capture) -> dict[str, str]:
    picture = f"{NOT_HAD}程序请求不显示画面；同一线索另有浏览器采集的，见该次提取。"
    if capture.screenshot_blob:
        taken = f"整页截图 screenshot.png，SHA-256：{capture.screenshot_blob}"
        picture = f"{taken}\n录像：{NOT_HAD}程序不录像，以截图和网页存档代替。"
    return {
        "steps": _steps(capture),
        "access": "公开页面，以访客身份访问，未登录（程序没有登录功能，不保存账号和口令）",
        "picture": picture,
        "repeat": f"按上列复现步骤任何人可再次访问；页面以届时所见为准。{_UNCHANGED}",
        "original": "内容存放在平台的服务器上，原始介质不在本单位控制之下，故在线提取复制件；须要时向平台调取。",
    }


def _of_a_file(lead: LeadMaterial, capture: Capture) -> dict[str, str]:
    row = capture.environment.get("row")
    which = f"{_told(capture, 'file') or '（未记录文件名）'}{f'，第 {row} 行' if row else ''}"
    visible = VISIBILITY.get(lead.visibility, lead.visibility)
    return {
        "steps": f"导入文件 {which}。文件从何处、如何取得：{BY_OFFICERS}",
        "access": f"人工导入的文件；可见范围：{visible}。取得时是否登录：{BY_OFFICERS}",
        "picture": f"{NOT_HAD}导入的文件没有画面。",
        "repeat": f"本次提取按导入的文件制作，来历由执法人员说明。{_UNCHANGED}",
        "original": f"文件由＿＿＿＿＿＿提供，原始载体：{BY_OFFICERS}",
    }


def package_words(material: CaseMaterial, *, third_party: bool) -> dict[str, str]:
    """By the keys of PACKAGE_FIELDS."""
    reviewed = [
        f"线索 {item.lead.id}：{actor_name(row.user)} {local_text(row.decided_at)} {VERDICTS[row.verdict]}"
        for item in material.leads
        for row in item.decisions[-1:]
    ]
    stamps = "每个 WARC 和全包清单都有第三方时间戳" if third_party else f"时间戳为{OWN_STAMP}"
    return {
        "files": f"采集快照 {len(material.captures)} 次，文件见下表。",
        "sums": "SHA-256（国密 SM3 并列于 sm3sums.txt）。每个文件导出时逐字节计算，列入 manifest-sha256.txt；"
        "任何人可用 sha256sum -c 重算，步骤见《验证说明.txt》。",
        "stamps": f"清单由本工作站证书签名（tagmanifest-sha256.txt.sig）；{stamps}。区块链存证：{NOT_HAD}没有使用。",
        "copies": f"{NOT_HAD}备份份数、封存位置由执法人员填写：＿＿＿＿＿＿。重新提取后与本包的比对结果：＿＿＿＿＿＿",
        "platform": f"{NOT_HAD}尚未向平台调取（协助调查函草稿在案件页）。回函的文号、电子公章、校验值：＿＿＿＿＿＿",
        "machine": material.declaration
        + ("\n人工审核：" + "；".join(reviewed) if reviewed else f"\n人工审核：{BY_OFFICERS}"),
    }


def compared(item: LeadMaterial) -> str:
    """The first and the last capture of one lead against each other; "" with fewer than two."""
    if len(item.captures) < 2:
        return ""
    first, last = item.captures[0], item.captures[-1]
    times = (f"{local_text(one.capture.captured_at)}（{_method(one.capture)}）" for one in (first, last))
    same = (
        "相同。"
        if first.capture.sha256 == last.capture.sha256
        else "不同；广告位、计数也会使其不同，须对照两次的页面。"
    )
    # The words of a browser capture are those of the crawl: nothing to compare.
    words = "" if "browser" in {first.capture.method, last.capture.method} else _words_compared(first.text, last.text)
    return f"线索 {item.lead.id}：{'与 '.join(times)}两次，网页内容的 SHA-256 {same}{words}"


def _words_compared(first: str, last: str) -> str:
    """What is in one text and not in the other, line by line, a few of each."""
    if first == last:
        return "读出的文字相同。"
    before, after = first.splitlines(), last.splitlines()
    gone = [line for line in before if line not in after][:_MOST_LINES]
    new = [line for line in after if line not in before][:_MOST_LINES]
    parts = [
        f"{what}{''.join(quoted(line[:_LONGEST]) for line in lines)}"
        for what, lines in (("少了", gone), ("多了", new))
        if lines
    ]
    return f"读出的文字不同：{'；'.join(parts) or '只是各行的次序不同'}。"


def _address(capture: Capture) -> str:
    lines = [capture.url]
    lines += [f"转到 {address}" for address in [*capture.environment.get("redirects", ())] if isinstance(address, str)]
    if capture.final_url not in lines:
        lines.append(f"最终地址 {capture.final_url}")
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


def _time(capture: Capture) -> str:
    timing = capture.environment.get("timing")
    took = timing.get("responseEnd") if isinstance(timing, dict) else None
    end = f"；内容接收完毕历时 {took / 1000:.2f} 秒" if isinstance(took, int | float) and took >= 0 else ""
    return f"{local_text(capture.captured_at)}（北京时间，UTC+8）{end}"


def _stamped(stamps: Sequence[Stamp]) -> str:
    return "".join(
        f"\n时间戳：{local_text(one.at)}（{OWN_STAMP if one.own else f'第三方 {one.name}'}）" for one in stamps
    )


def _tool(capture: Capture) -> str:
    told = [_told(capture, name) for name in ("browser", "playwright")]
    tools = [told[0], f"Playwright {told[1]}" if told[1] else ""]
    recipe = _recipe(capture)
    parts = ["明察（mingcha）采集程序", *filter(None, tools), recipe]
    return (
        f"{METHODS.get(capture.method, capture.method)}："
        + "；".join(filter(None, parts))
        + "；版本号见 case.json 的 software"
    )


def _recipe(capture: Capture) -> str:
    """The recipe the page was read by: kept as its name and version in JSON."""
    try:
        name, version = json.loads(_told(capture, "recipe") or "null")
    except (TypeError, ValueError):
        return ""
    return f"来源配方 {name} 第 {version} 版"


def _method(capture: Capture) -> str:
    return METHODS.get(capture.method, capture.method)


def _surroundings(capture: Capture) -> str:
    names = (("viewport", "窗口"), ("timezone", "时区"), ("locale", "语言"), ("account", "系统账户（无特权）"))
    parts = [f"{name} {_told(capture, key)}" for key, name in names if _told(capture, key)]
    state = PAGE_STATES.get(capture.state, str(capture.state))
    parts.append(f"页面状态 {state}" + (f"（HTTP {capture.http_status}）" if capture.http_status else ""))
    if capture.server_ip:
        parts.append(f"服务器地址 {capture.server_ip}")
    said_by = "文件类型" if capture.method == "import" else "响应头所称类型"
    parts.append(f"{said_by} {capture.content_type}" if capture.content_type else "")
    parts.append(f"程序读字所用字符集 {capture.charset}" if capture.charset else "")
    return "；".join(filter(None, parts)) + "。响应头等附属信息在 WARC 和 record.json 中"


def _told(capture: Capture, name: str) -> str:
    value = capture.environment.get(name)
    return str(value) if isinstance(value, str | int | float) else ""
