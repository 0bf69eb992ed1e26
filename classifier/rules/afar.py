# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Families of teachers who sit in another country (foreign_teacher_abroad): who they are, where, and what brings them here.

Three parts make one: a foreign place or origin, a teacher, and a screen; or a teacher and a stay in such a place. Who has
studied there, been there or come back is none.
"""

from __future__ import annotations

from classifier.rules.families import NEAR, SAME, Family, family

_PLACE = (
    r"(?:英国|美国|美东|美西|加拿大|澳洲|澳大利亚|新西兰|南非|爱尔兰|苏格兰|菲律宾|马来西亚|新加坡|印度(?!神)|印尼|泰国|越南|日本|韩国|俄罗斯|乌克兰|白俄|波兰|捷克|匈牙利|塞尔维亚|法国|德国|西班牙|意大利|葡萄牙|荷兰|瑞典|巴西|墨西哥|肯尼亚|尼日利亚"
    r"|伦敦|利物浦|曼彻斯特|剑桥(?=镇|那|[,。\s]|$)|爱丁堡|格拉斯哥|都柏林|纽约|波士顿|洛杉矶|旧金山|西雅图|芝加哥|休斯[顿敦]|加州|得州|多伦多|温哥华|蒙特利尔|悉尼|墨尔本|布里斯班|珀斯|奥克兰|惠灵顿|马尼拉|宿务|槟城|吉隆坡|曼谷|开普敦|约翰内斯堡|内罗毕"
    r"|巴黎|柏林|慕尼黑|马德里|里斯本|罗马(?!尼亚|字)|华沙|克拉科夫|布拉格|布达佩斯|莫斯科|基辅|东京|大阪|京都|首尔|釜山|canada|ontario|boston|london|manila|sydney|new\s?york|toronto|vancouver)"
)
_FROM = rf"(?:{_PLACE}|欧美|北美|英美|欧洲|海外|境外|国外|外籍|外国|母语|native)"
_TEACHER = r"(?:老师|教师|外教|导师|老外|口语|大师|团队|教练|学生|助教)"
_SCREEN = r"(?:视频|线上|在线(?!等)|连线|屏|直播|连麦|云端|云上|网课|上网|平板|镜头|online|zoom|会议软件|腾讯会|钉钉|隔空|时差|开麦)"
_STAYS = r"(?:在|于|住在?|回了?|去了|嫁到了?|搬到了?|坐标)"
_BEEN = rf"(?!{NEAR}{{0,8}}?(?:读|留学|毕业|过|念|进修|玩|旅|回来|回国))"
_HOME_AGAIN = r"留学(?!生)|毕业|回国|归国|回来|海归"

FAMILIES: tuple[Family, ...] = (
    family("foreign_teacher_abroad", rf"{_FROM}{NEAR}{{0,8}}?{_TEACHER}{SAME}{{0,30}}?{_SCREEN}", unless=_HOME_AGAIN),
    family("foreign_teacher_abroad", rf"{_SCREEN}{SAME}{{0,14}}?{_FROM}{NEAR}{{0,8}}?{_TEACHER}", unless=_HOME_AGAIN),
    family("foreign_teacher_abroad", rf"{_TEACHER}{NEAR}{{0,6}}?{_STAYS}{NEAR}{{0,4}}?{_PLACE}{_BEEN}", unless=_HOME_AGAIN),
    family("foreign_teacher_abroad", rf"[a-z]{{3,10}}(?:老师)?\s*{NEAR}{{0,5}}?(?:人在|回了|去了|嫁到|搬到|住在){NEAR}{{0,4}}?{_PLACE}{_BEEN}", unless=_HOME_AGAIN),
    family("foreign_teacher_abroad", rf"{_TEACHER}{SAME}{{0,8}}?{_SCREEN}{NEAR}{{0,4}}?{_PLACE}", unless=_HOME_AGAIN),
    family("foreign_teacher_abroad", rf"{_PLACE}{_TEACHER}{NEAR}{{0,4}}?(?:每周|每天|一对一|带|陪)", unless=_HOME_AGAIN),
)  # fmt: skip
