"""Chinese names for the values people meet on the pages."""

from __future__ import annotations

from pipelines.evidence import words
from pipelines.evidence.words import CASE_STATUSES, SOURCE_STATES
from pipelines.jobs import KIND_NAMES
from pipelines.learning import FIGURE_NAMES
from pipelines.records import operators

CONSEQUENCES = words.CONSEQUENCES

CONSEQUENCE_MEANINGS = words.CONSEQUENCE_MEANINGS

METHODS = words.METHODS

#: Beside those that stand for an operator, what a posting says of itself.
CONTACT_KINDS = {**operators.CONTACT_KINDS, "name": "称呼", "org": "名称"}

LANES = {"A": "直接采集", "B": "谨慎采集", "C": "截图导入", "D": "接口", "intake": "人工导入"}

STATES = SOURCE_STATES

HEALTH = {"healthy": "与以往相符", "suspect": "留意", "quarantined": "已隔离", "unjudged": "未评"}

OUTCOMES = {
    "running": "进行中",
    "finished": "完成",
    "blocked": "被拒",
    "failed": "失败",
    "stopped": "按要求停下",
    "interrupted": "中断",
    "resumed": "中断，已接续",
}

JOBS = KIND_NAMES

JOB_OUTCOMES = {
    "running": "进行中",
    "finished": "完成",
    "failed": "失败",
    "lost": "中断，已接管",
    "stopped": "按要求停下",
}

#: States an officer need not worry about.
GOOD_STATES = frozenset({"ok", "list", "empty_list", "gone", "never"})

KINDS = {"offer": "提供服务", "seek": "求购求教", "jobs": "招聘求职", "article": "文章", "other": "其他"}

HEADS = {"academic": "学科类", "anxiety": "焦虑"}

STAGES = {
    "preschool": "学前",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中",
    "adult": "成人",
    "unknown": "学段不明",
}

SUBJECTS = {
    "chinese": "语文",
    "maths": "数学",
    "foreign_language": "外语",
    "physics": "物理",
    "chemistry": "化学",
    "biology": "生物",
    "history": "历史",
    "geography": "地理",
    "politics": "道德与法治",
    "all": "全科",
    "none": "未见学科",
}

#: What a second reader answers to: is it training in school subjects.
ACADEMIC_OPINIONS = {"yes": "疑似学科类", "likely": "有迹象，不完整", "no": "未见学科类"}

MODEL_STATES = {"ok": "可用", "stale": "已过期（程序已更新）", "damaged": "已损坏或外来"}

FIGURES = FIGURE_NAMES

AUDIT_ACTIONS = {
    "login": "登录",
    "login.failed": "登录失败",
    "login.throttled": "登录被限制",
    "logout": "退出",
    "lead.view": "查看线索",
    "lead.decide": "作出结论",
    "lead.undo": "撤销结论",
    "lead.reason": "补写理由",
    "lead.opinion": "征求第二意见",
    "lead.follow_up": "登记办理情况",
    "lead.follow_up_undo": "撤销办理情况",
    "lead.letter": "生成文书草稿",
    "lead.live": "打开原网址提示页",
    "capture.view": "查看留存页面",
    "capture.download": "下载留存页面",
    "capture.screenshot": "查看截图",
    "capture.logged_in": "标为登录后留存",
    "contact.reveal": "查看联系方式明文",
    "case.open": "立案",
    "case.join": "并入案件",
    "case.take_out": "移出案件",
    "case.close": "结束案件",
    "case.view": "查看案件",
    "case.put_in": "批准放入登录后留存的页面",
    "case.export": "导出证据包",
    "case.download": "下载证据包",
    "case.letter": "生成文书草稿",
    "case.stamps": "补时间戳",
    "digest.create": "生成周报",
    "digest.download": "下载周报",
    "digest.approve": "审签周报",
    "digest.send": "发送周报",
    "digest.send_failed": "周报没有发成",
    "user.create": "新建用户",
    "user.disable": "停用用户",
    "user.enable": "启用用户",
    "user.password": "更改口令",
    "user.keys": "更改快捷键设置",
    "settings.station": "更改单位设置",
    "model.train": "训练并比较模型",
    "model.activate": "启用模型",
    "reassess.start": "开始重新研判",
    "reassess.finish": "重新研判完成",
    "job.ask": "要求立即执行任务",
    "job.stop": "停止全部任务",
    "job.go": "恢复全部任务",
    "retention.run": "按期删除",
    "retention.file": "按期删除采集文件",
    "retention.blobs": "按期删除图片等文件",
    "retention.listings": "按期清空信息",
    "audit.restored": "声明恢复备份",
    "source.pause": "暂停来源",
    "source.resume": "恢复来源",
}

#: Files of a digest, by what they open with.
FILE_KINDS = {"docx": "Word", "html": "网页", "json": "JSON 数据", "pdf": "PDF", "xlsx": "Excel"}

VERDICTS = {str(verdict): word for verdict, word in words.VERDICTS.items()}

#: What happened to a digest.
DIGEST_EVENTS = {"approved": "审签", "sent": "发送", "failed": "没有发成"}


CASE_STATUS = CASE_STATUSES

CASE_EVENTS = words.CASE_EVENTS

#: Actors of the audit log that are no user.
ACTORS = words.ACTORS

OBJECT_TYPES = {
    "lead": "线索",
    "case": "案件",
    "capture": "快照",
    "contact": "联系方式",
    "digest": "周报",
    "user": "用户",
    "source": "来源",
    "settings": "设置",
    "listing": "信息",
    "model": "模型",
    "job": "任务",
    "warc": "采集文件",
    "audit": "审计记录",
}


def name(table: dict[str, str], value: object) -> str:
    """The Chinese name, or the value itself when it has none yet."""
    return table.get(str(value), str(value))
