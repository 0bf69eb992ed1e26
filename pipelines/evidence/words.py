"""The Chinese words of packages and reports for codes of the records, and the declaration every one of them carries."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.records import LeadStatus, PageState, Verdict


def declaration(methods: Collection[str]) -> str:
    """What every package and report declares, true to how its pages came in (capture methods)."""
    ways = []
    if not methods or {"http", "browser"} & set(methods):
        ways.append("程序采集公开网页")
    if "import" in methods:
        ways.append("人工导入文件")
    return (
        f"本材料由{'、'.join(ways)}并由程序比对规则后，经人工审核形成，所列均为“疑似”情形，属于技术监测记录和线索，"
        "不是对事实的认定，也不是行政决定。是否违法、适用何种依据，由有权机关依法调查后认定。"
        "标有“待核”的依据条号尚未与正式文本核对，不得直接引用到执法文书。"
    )


#: Of a digest, which counts leads of every kind.
DECLARATION = declaration({"http", "import"})

STATUSES: dict[LeadStatus, str] = {
    LeadStatus.OPEN: "待审",
    LeadStatus.HELD: "待核实",
    LeadStatus.ACCEPTED: "已成立",
    LeadStatus.TRANSFERRED: "已转办",
    LeadStatus.DISMISSED: "已排除",
    LeadStatus.WITHDRAWN: "已撤下",
}

CASE_STATUSES = {"open": "在办", "concluded": "已结案", "withdrawn": "已撤案"}

VERDICTS: dict[Verdict, str] = {
    Verdict.CONFIRM: "线索成立",
    Verdict.DISMISS: "排除",
    Verdict.TRANSFER: "转办/移送",
    Verdict.HOLD: "待核实",
    Verdict.UNDO: "撤销",
}

#: A brought page that seems to have been saved by somebody logged in.
LOGGED_IN = "疑为登录后留存"
CASE_EVENTS = {"joined": "并入", "taken_out": "移出", "concluded": "结案", "withdrawn": "撤案"}

#: Actors that are no user.
ACTORS = {"system": "系统", "console": "命令行", "unknown": "未知用户"}


def actor_name(actor: str) -> str:
    """Who did it, as people say it."""
    return ACTORS.get(actor, actor)


METHODS = {"http": "程序采集", "browser": "浏览器采集", "import": "人工导入文件"}

VISIBILITY = {"public": "公开", "group": "群内可见", "private": "私信", "unknown": "未知（导入时未注明）"}

#: What a finding may come to (性质): these words on every page and paper, in the handbook and on the command line.
CONSEQUENCES = {"sanctionable": "可能涉及罚则", "cleanup": "政策清理", "lead": "须补充事实"}
#: What each of them means.
CONSEQUENCE_MEANINGS = {
    "sanctionable": "文字本身可能触犯有罚则的条款",
    "cleanup": "只违反政策要求，没有单独罚则",
    "lead": "单看文字不够，要到现场或调取资料核实",
}

#: Under what name, where or how it is done (伪装形式), as the classifier's covers; the last two are those of no cover.
COVERS = {
    "consulting": "教育咨询、升学规划名义",
    "culture": "国学、阅读、文化名义",
    "thinking": "思维、素养、竞赛名义",
    "domestic": "家政、住家教师名义",
    "family_edu": "家庭教育指导名义",
    "crowdfund": "众筹、拼班名义",
    "camp": "研学、营地名义",
    "care": "托管、自习室名义",
    "product": "资料、软件、设备名义",
    "home": "住宅、酒店等场所",
    "online": "线上方式",
    "none": "没有伪装，公开招收",
    "other": "未提示学科类培训",
}

PAGE_STATES: dict[PageState, str] = {
    PageState.OK: "正常",
    PageState.LIST: "列表页",
    PageState.EMPTY_LIST: "列表为空",
    PageState.GONE: "已删除",
    PageState.UNDER_REVIEW: "审核中",
    PageState.LOGIN_WALL: "要求登录",
    PageState.PERMISSION: "没有权限",
    PageState.CAPTCHA: "出现验证码",
    PageState.BLOCKED: "拒绝访问",
    PageState.SHELL: "空壳页面",
    PageState.MAINTENANCE: "维护中",
    PageState.MOVED: "已搬迁",
    PageState.ROBOTS_DENIED: "网站不许采集",
    PageState.UNREACHABLE: "连不上",
    PageState.UNKNOWN: "认不出",
}

#: A source shows the state of its last page, or one of its own.
SOURCE_STATES: dict[str, str] = {str(state): word for state, word in PAGE_STATES.items()} | {
    "never": "还没采集过",
    "quarantined": "已隔离",
    "canary": "校验页不对",
    "broken": "配方有误",
    "list": "正常",
}

#: Fields of a posting.
FIELDS = {
    "title": "标题",
    "body": "正文",
    "attrs": "信息表",
    "posted_at": "发布时间",
    "district": "区域",
    "fee": "费用",
    "author": "发布人",
    "org": "机构名称",
    "phone": "电话",
    "wechat": "微信号",
    "images": "图片",
}
