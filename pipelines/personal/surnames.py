"""Chinese surnames that are safe to look for: those that are everyday words too (向 和 于是 …) are left out."""

from __future__ import annotations

#: Common single-character surnames.
SINGLE = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "姜范石姚谭廖邹熊陆郝孔白崔康毛邱秦顾侯邵孟龙段雷钱汤尹黎贺赖龚樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛柴"
    "肖尤佟覃卞柯莫耿詹涂聂舒庞鲍左闫辛裴冉闵窦岳骆"
)
#: Surnames of two characters.
DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯")

#: For use inside regular expressions.
PATTERN = "(?:" + "|".join(DOUBLE) + "|[" + "".join(sorted(SINGLE)) + "])"
#: Characters that make "surname + x" an everyday or school word (高数, 方程, 马上), never a given name here.
_NOT_GIVEN = (
    "数语英物化史地政考中初级年满总均科提分课班校师老同们的了是在有和与及等各位个上下到不也都就来去家长孩"
    "程法式向路区街店教育"
)
GIVEN = rf"(?:(?![{_NOT_GIVEN}])[\u4e00-\u9fff]){{1,2}}"
NOT_NAMES = r"(?!周[一二三四五六日末]|许多|黄金|马上|石头|毛笔|田径)"
