"""The fields of what commands give out as JSON: one table that the tests hold against the outputs and the handbook
(docs/使用手册.md) prints."""

from __future__ import annotations

#: `mingcha leads --json`: one object a lead under "leads", beside "next", the cursor for --after.
LEADS = {
    "id": "线索编号",
    "status": "状态：open 待审，held 待核实，accepted 成立，dismissed 排除，transferred 转办，withdrawn 撤下",
    "priority": "优先级，0–100",
    "title": "标题",
    "source": "来源代号",
    "url": "网址；导入的文件为 file:///文件名#row=行号",
    "codes": "触及的规则代号，最重的在前；疑点全部不采纳的规则不在内",
    "created_at": "列入线索的时间（UTC，RFC 3339）",
    "demo": "是否演示数据",
}

#: `mingcha lead ID --json`: beside those of the list.
LEAD = {
    "district": "区县",
    "duplicates": "同一内容共有几条",
    "assessed_title": "研判时的标题（联系方式已打码）",
    "assessed_text": "研判时的正文（联系方式已打码）；疑点的位置从“标题+换行+正文”的第一个字数起",
    "assessment": "研判结果，字段同 mingcha assess；每条疑点另有 id 疑点编号",
    "struck": "现有结论不采纳的疑点编号",
    "decisions": "审核结论，早的在前",
    "follow_ups": "办理情况的登记，含撤销，早的在前",
    "opinions": "第二意见，新的在前",
    "captures": "留存页面，新的在前",
}

#: `mingcha intake --json`: one line a row or file.
INTAKE = {
    "file": "文件",
    "row": "行号，从 1 数起（表头是第 1 行）；整个文件是一条的为空",
    "result": "taken 已入库，duplicate 库里已有，refused 未收",
    "listing": "信息编号（收下的才有）",
    "reason": "未收的原因，或网页被认作什么；疑为登录后留存的，凭什么",
    "taken_for": "这个文件被认作什么、凭什么（后缀、读得出的行数、编码、各列当作什么；读不了的文件没有）",
}

#: `mingcha assess`: one line out for each line in.
ASSESS = {
    "id": "照抄输入的 id",
    "kind": "offer 招揽，seek 求购，jobs 招聘求职，article 文章，other 其他",
    "academic": "学科类培训：score 得分 0–1，flag 是否",
    "covers": "用什么名义（咨询、托管、研学…）",
    "stages": "学段",
    "subjects": "学科",
    "paid": "是否收费：flag，spans 依据的字句",
    "anxiety": "制造焦虑：score，flag",
    "findings": "疑点：code 代号，name 名称，consequence 性质，basis 依据，lead_department 牵头，spans 字句，why 理由",
    "criteria": "四维鉴别：purpose 目的，content 内容，method 方式，evaluation 评价",
    "article17": "三要件：place 场所，staff 人员，organisation 机构；null 是未见",
    "remarks": "两张表旁的说明：criteria 指南不适用的学段，article17 住所等不是专门培训场所",
    "lead": "是否应由人看",
    "priority": "优先级，0–100",
    "model": "模型版本",
    "rulebook": "规则库版本",
}

#: The digest's JSON file.
DIGEST = {
    "format": "格式版本",
    "mark": "演示数据写“演示”",
    "declaration": "声明",
    "first_day": "起始日",
    "last_day": "截止日",
    "made_at": "生成时间",
    "made_by": "制作人",
    "agency": "单位名称",
    "region": "区划代码",
    "demo": "是否演示数据",
    "total": "合计",
    "waiting": "期末尚未审核的",
    "decision_rows": "期内结论（含撤销）条数",
    "undos": "其中撤销",
    "transfers": "转办去向",
    "by_code": "按规则",
    "by_cover": "按伪装形式（名义、场所、方式）",
    "by_consequence": "按性质",
    "cleanup_beside": "在更重的疑点之外还含政策清理提示的线索数",
    "by_district": "按区县",
    "by_platform": "按平台",
    "by_operator": "按经营主体",
    "market": "归市场监管部门的线索",
    "series": "期别：week 周报，month 通报，quarter 季报，空为任意起止",
    "erratum": "更正第几号，0 是首次",
    "reason": "更正原因",
    "changes": "更正了什么：what 项目，was 原，now 现",
    "late_leads": "补报线索：前期应报、该期出刊后才到的",
    "late_decisions": "补报审核操作",
    "taken_back": "前期所报结论已变的线索数",
    "unaudited": "审计日志中没有记录的结论编号",
    "lines": "线索清单：各个数字数的就是这些",
    "operators_new": "首次出现的经营主体",
    "operators_repeat": "此前已有线索的经营主体",
    "follow_ups": "本期登记的办理情况：holds 是否有效，late 是否补报",
    "handled": "按办理情况：本期登记的线索数",
    "follow_ups_taken_back": "前期登记、本期撤销的办理情况",
    "taken_on": "截至期末已成立或已转办的线索数",
    "rectified": "其中已登记整改的",
    "rectified_shown": "登记整改之后页面仍是原内容的线索",
    "progress": "截至期末各地区：成立或转办、有办理情况、已有结果、登记整改的线索数",
    "held": "截至期末成立或转办的线索清单，上面这些数数的就是它们",
    "pending": "转办后没有登记任何办理情况、结论也未再变动的线索",
    "gone": "成立或转办后页面已不在的线索",
    "trend": "与前期比较，本期在最后",
    "collection": "各来源的采集记录与空白",
}

#: Command as typed → its fields.
EXPORTS: dict[str, dict[str, str]] = {
    "mingcha leads --json": LEADS,
    "mingcha lead 编号 --json": LEAD,
    "mingcha intake --json": INTAKE,
    "mingcha assess": ASSESS,
    "周报的 json 文件": DIGEST,
}
