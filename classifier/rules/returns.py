# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Families of what comes back: money or lessons when it fails (guarantee), gains by so many points in so little time
(exaggerated), results that hang on the wall or are counted in last year's pupils (endorsement), little ones who are taught
letters (preschool_academic)."""

from __future__ import annotations

from classifier.rules.families import COUNT, NEAR, SAME, Family, family

_SOON = r"[一二三四五六七八九十两\d]{1,3}(?:天|周|次课|节课|个?星期|个?礼拜)"

FAMILIES: tuple[Family, ...] = (
    # what is given when it fails
    family("guarantee", r"(?:挂科|考?不过|没过|挂了)[^,。\n]{0,3}?(?:包补|再?补训|免费[重补再学]|接着(?:听|学|练)|(?:明|下)(?:年|次|期)(?:接着|再|继续|免费))", deniable=False),
    family("guarantee", r"(?:学不会|不学会|没学会|记不住|写不好|背不出|提不了分)[^,。\n]{0,4}?(?:不收|退|免费|不要钱|找我)", deniable=False),
    family("guarantee", r"(?:不到|低于|达不到|上不了|考不上)[^,。\n]{0,8}?(?:[退赔免]|不收)(?!休|烧|租)", unless=r"课|岁|成班|开班|人数|人", deniable=False, strength=0.9),
    family("guarantee", r"教到会(?!员)|保(?:你|您)?(?:家)?(?:娃|孩子)[会能]|包你?(?:娃|孩子)能", unless=r"材料|保姆|保险", strength=0.9),
    # gains in no time
    family("exaggerated", rf"{_SOON}[^,。\n]{{0,4}}?[涨提加][^,。\n]{{0,2}}?[一二三四五六七八九十\d]{{1,3}}(?!元|块|节|课|天|人|点)", unless=r"价|费|元|薪|工资|学费", strength=0.9),
    family("exaggerated", rf"{_SOON}[^,。\n]{{0,3}}?(?:换一手|背熟|改掉|逆袭|搞定)|比(?:计算器|计算机|电脑)[^,。]{{0,4}}?快|超[越过]计算器"),
    # results that can be seen and counted
    family("endorsement", r"(?:成绩单|喜报|奖状|锦旗|录取通知书|感谢信)[^。\n]{0,6}?(?:[贴挂晒]|墙)|(?:家长|学员|雇主|客户|妈妈)(?:的)?(?:评价|好评|晒单|来信|感言|留言)", unless=r"自选|执照|批评|差评", strength=0.85),
    family("endorsement", r"(?:[万千百\d])(?:多|余|几)?[个户组位]?(?:家庭|家长|妈妈|宝妈|学员)(?:的)?(?:见证|走过来|信赖|在用|的选择|认可)", strength=0.85),
    family("endorsement", rf"(?:去年|上学期|上[届期]|今年(?!计划|准备|打算|还|再|只|招)|往[年届期]|前年|历年|历届|本校){SAME}{{0,16}}?{COUNT}[多余]?[个位名]?(?:娃|孩子|学生|同学|学员|人|小朋友|家庭|家){SAME}{{0,12}}?(?:进步|提高|涨|往前|上了|考[上进]|进了|录取|通过|过了|达线|上线|拿了|入选)", unless=r"招|想|争取|目标|全[市省县区]", strength=0.85),
    # little ones who are taught letters
    family("preschool_academic", rf"(?:拼音|识字)[、和+](?:拼音|识字|口算)|(?:中大班|大班|学龄前|蒙学班|童蒙班){NEAR}{{0,20}}?(?:拼[音读]|识[三四五六七八九十百\d]*字|认字|写名字|口算|加减|珠心算|外教|英语)", unless=r"不教|没有|一年级|小学", strength=0.85),
)  # fmt: skip
