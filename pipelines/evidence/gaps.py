"""待补证据清单: what a case still lacks after the web has been captured."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.evidence.adopted import adopted
from pipelines.evidence.logged_in import left_out_words
from pipelines.evidence.material import CaseMaterial, LeadMaterial
from pipelines.evidence.words import LOGGED_IN
from pipelines.records.rule_words import coded


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing to obtain, and why."""

    what: str
    why: str


#: What no crawl can give (law.md §5.2 groups 人员 主体 分析 文书; the article numbers are the verified ones there).
_ALWAYS = (
    Gap(
        what="两名执法人员重新在线提取",
        why="立案后由两名以上执法人员（记明姓名、执法证号）重新提取一次并与本包比对；页面已删除的，附本包并向平台调证。"
        "《市场监督管理行政处罚程序规定》第二十六条要求注明制作方法、制作时间、制作人。",
    ),
    Gap(
        what="人工审核意见与当事人陈述",
        why="技术监测记录须经审核方可作为证据，并保障当事人查询、陈述、申辩（《行政处罚法》第四十一条）。",
    ),
    Gap(
        what="经营主体身份与资质",
        why="营业执照、统一社会信用代码、办学许可证的有无和范围（附核对时间与截图），法定代表人或行为人身份。",
    ),
    Gap(
        what="场所、人员与组织",
        why="培训场所或平台账号归属、授课人员及资格、在场学生、组织机构与分工；现场检查笔录、询问笔录。",
    ),
    Gap(what="培训内容与方式", why="课程表、教材讲义、授课录像等，用于学科类鉴别。"),
    Gap(what="收费事实", why="收费标准、合同、付款和退费凭证、学员花名册，用于计算违法所得。"),
    Gap(what="广告主体与费用", why="广告主、经营者、发布者各自的信息和所在地，广告费用凭证（涉及广告条款时）。"),
    Gap(what="平台调证", why="发布账号注册信息、发布与修改记录、平台出具的电子证明文件。"),
    Gap(what="当事人确认", why="截屏打印件由当事人核对签名；拒签或无法签名的注明原因。"),
)


_NO_STAMP = Gap(
    what="第三方时间戳",
    why="本包只有本机自建时间戳，不等于第三方；须由可信时间戳机构补做，或另行说明工作站的校时情况。",
)


#: Rules about where something was published → what is missing for them when nobody knows where.
_WHERE = {
    "AD01": (
        "导入的内容没有注明网址，看不出登在哪里。登播要查明媒介（哪个平台、公众号、楼宇或者纸媒）、时间和广告主、"
        "广告发布者，并固定原件（链接、截图、刊播单）；查不到的，只作线索"
    ),
}


def lacking(code: str, url: str) -> str:
    """What this rule lacks on a text that was imported without an address; "" for nothing."""
    return _WHERE.get(code, "") if url.startswith("file:") else ""


def missing_evidence(material: CaseMaterial) -> tuple[Gap, ...]:
    """What this case lacks, its own gaps first."""
    own = []
    bare = [item.lead.id for item in material.leads if item.lead.browser_capture_id is None]
    if bare:
        own.append(Gap(what="整页截图", why=f"线索 {_listed(bare)} 尚无浏览器采集和整页截图。"))
    deleted = [item.lead.id for item in material.leads if item.deleted]
    if deleted:
        own.append(
            Gap(
                what="早期采集快照",
                why=f"线索 {_listed(deleted)} 的部分采集快照在成为线索之前已按期删除，本包不含；"
                "采集时间和校验值见系统记录。",
            )
        )
    left_out = [item.lead.id for item in material.leads if item.left_out]
    if left_out:
        own.append(
            Gap(
                what="登录后留存的页面",
                why=f"线索 {_listed(left_out)} 有页面{LOGGED_IN}，没有放入本包："
                + "；".join(left_out_words(one) for item in material.leads for one in item.left_out)
                + "。须以未登录的访客身份重新采集；确须使用的，由督导写明理由批准放入后重新导出。"
                "疑点所引原文只出自这些页面的，包内没有它的出处。",
            )
        )
    undecided = [item.lead.id for item in material.leads if not item.decisions]
    if undecided:
        own.append(Gap(what="审核结论", why=f"线索 {_listed(undecided)} 尚无人工审核结论。"))
    halves = [item.lead.id for item in material.leads if item.half_shown]
    if halves:
        own.append(Gap(what="联系方式", why=f"线索 {_listed(halves)} 的页面只显示部分号码，完整号码须向平台调取。"))
    anonymous = [item.lead.id for item in material.leads if not item.contacts and not item.half_shown]
    if anonymous:
        own.append(Gap(what="联系方式", why=f"线索 {_listed(anonymous)} 的页面上未提取到联系方式。"))
    imported = [item.lead.id for item in material.leads if any(one.capture.method == "import" for one in item.captures)]
    if imported:
        own.append(
            Gap(
                what="导入材料的来历",
                why=f"线索 {_listed(imported)} 的内容来自人工导入的文件：须说明何人、何时、从何处取得，"
                "并保留原始载体和完整文件。",
            )
        )
    for code, why in _WHERE.items():
        nowhere = (item for item in material.leads if lacking(code, item.lead.url))
        touched = [item.lead.id for item in nowhere if code in _codes(item)]
        if touched:
            own.append(Gap(what=f"登播的媒介和时间（{coded(code)}）", why=f"线索 {_listed(touched)}：{why}。"))
    if not material.third_party_stamps:
        own.append(_NO_STAMP)
    return (*own, *_ALWAYS)


def _codes(item: LeadMaterial) -> set[str]:
    return {str(finding["code"]) for finding in adopted(item.assessment.findings, item.struck)}


def _listed(ids: list[int]) -> str:
    return "、".join(map(str, ids))
