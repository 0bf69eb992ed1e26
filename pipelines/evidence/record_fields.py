"""The fields of the 电子数据证据提取笔录 and what each rests on: the one table that the record is printed by and tested
against.

Articles are those whose words were read (law-additions.md 2.4); the criminal rules apply by analogy (类推参考). The
Interim Provisions of 2024 speak of the same fields, their articles from 第五条 on were not read and stay 待核.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Short name → (full name with its article, how it applies).
BASES: dict[str, tuple[str, str]] = {
    "程序规定26": ("《市场监督管理行政处罚程序规定》第二十六条", "电子数据的制作方法、制作时间、制作人"),
    "程序规定18": ("《市场监督管理行政处罚程序规定》第十八条", "线索的核查期限"),
    "行政处罚法41": ("《行政处罚法》第四十一条", "技术监控记录须经审核，保障当事人查询、陈述、申辩"),
    "行政处罚法42": ("《行政处罚法》第四十二条", "执法人员不得少于两人"),
    "广告办法16": ("《互联网广告管理办法》第十六条", "平台保全证据、提供发布者身份和修改、交易信息"),
    "广告办法21": ("《互联网广告管理办法》第二十一条第四项", "截屏、录屏、网页留存、拍照、录音、录像"),
    "广告办法22": ("《互联网广告管理办法》第二十二条", "技术监测记录资料可以作为证据"),
    "两高一部14": ("《关于办理刑事案件收集提取和审查判断电子数据若干问题的规定》第十四条", "类推参考"),
    "两高一部15": ("《关于办理刑事案件收集提取和审查判断电子数据若干问题的规定》第十五条", "类推参考"),
    "检察规定30": ("《人民检察院办理网络犯罪案件规定》第三十条", "类推参考"),
    "检察规定31": ("《人民检察院办理网络犯罪案件规定》第三十一条", "类推参考"),
    "检察规定37": ("《人民检察院办理网络犯罪案件规定》第三十七条", "类推参考"),
    "公安程序66": ("《公安机关办理刑事案件程序规定》第六十六条", "类推参考"),
    "刑诉法解释112": (
        "《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第一百一十二条",
        "类推参考",
    ),
    "在线诉讼16–18": ("《人民法院在线诉讼规则》第十六条至第十八条", "类推参考"),
    "信息网络意见14": ("《关于办理信息网络犯罪案件适用刑事诉讼程序若干问题的意见》第十四条", "类推参考"),
    "待核": ("《市场监督管理行政执法电子数据取证暂行规定》", "第五条以下未与正式文本核对，条号待核"),
}

#: What only the officers know; a blank to write on.
BY_OFFICERS = "＿＿＿＿＿＿（由执法人员填写）"
#: What is not there, with the reason after it.
NOT_HAD = "未取得："


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of the record."""

    key: str
    name: str
    #: Short names, keys of BASES.
    basis: tuple[str, ...]
    #: It must be filled, by the program or by hand; one that need not may be 未取得 with the reason.
    must: bool


def _field(key: str, name: str, *basis: str, must: bool = True) -> Field:
    return Field(key=key, name=name, basis=basis, must=must)


#: Of the case.
CASE_FIELDS = (
    _field("number", "案由、案件编号", "两高一部14"),
    _field("purpose", "事由和目的", "待核"),
    _field("place", "提取地点", "两高一部14"),
    _field("officers", "执法人员及执法证号（两名）", "行政处罚法42", "程序规定26"),
    _field("maker", "制作人、制作时间", "程序规定26"),
    _field("witness", "当事人（持有人）或见证人", "两高一部14", "两高一部15"),
    _field("outside", "技术机构或公证", "待核", must=False),
)
#: Of each capture.
CAPTURE_FIELDS = (
    _field("object", "提取对象、内容概述", "两高一部14", "检察规定37"),
    _field("found", "发现时间、渠道、可见范围", "程序规定18"),
    _field("account", "平台、账号、发布时间", "检察规定37", "广告办法16", must=False),
    _field("address", "网络地址、存储路径", "检察规定37"),
    _field("steps", "进入步骤", "检察规定37"),
    _field("access", "访问方式、登录状态", "检察规定37"),
    _field("origin", "出口地址、浏览器标识", "检察规定37"),
    _field("time", "提取日期和时间", "检察规定37", "两高一部14", "程序规定26"),
    _field("clock", "校时源和偏差", "检察规定37"),
    _field("tool", "工具、版本和方法", "检察规定37", "程序规定26"),
    _field("machine", "设备、操作系统", "检察规定37"),
    _field("surroundings", "系统环境、附属信息", "检察规定37"),
    _field("server", "服务器、域名解析、证书", "检察规定37", must=False),
    _field("answer", "响应状态和响应头", "检察规定37", must=False),
    _field("integrity", "完整性校验值", "检察规定37", "两高一部14"),
    _field("picture", "截图、录像", "检察规定37", "广告办法21", must=False),
    _field("beyond", "下级页面、音视频", "程序规定26", must=False),
    _field("repeat", "可重现性和增删改说明", "检察规定30"),
    _field("original", "不能取得原始介质的原因", "公安程序66", "程序规定26"),
)
#: Of the package.
PACKAGE_FIELDS = (
    _field("files", "提取结果（清单另列）", "两高一部14", "刑诉法解释112"),
    _field("sums", "校验算法和计算过程", "检察规定37", "两高一部14"),
    _field("stamps", "数字签名、时间戳", "检察规定30", "在线诉讼16–18", must=False),
    _field("copies", "备份、封存和比对", "检察规定31", must=False),
    _field("platform", "平台调证", "信息网络意见14", "广告办法16", must=False),
    _field("custody", "保管、访问和移交", "检察规定31"),
    _field("subject", "主体、资质、广告费用", "广告办法16", must=False),
    _field("analysis", "研判版本、逐项判断", "广告办法22"),
    _field("machine", "技术监测声明和人工审核", "广告办法22", "行政处罚法41"),
)
