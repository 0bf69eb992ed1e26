# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Families of who stands behind an offer: teachers serving in a school (teacher_public), and who set, marked or examined
(exam_insider), told by where they work and what they have done rather than by a title."""

from __future__ import annotations

from classifier.rules.families import COUNT, NEAR, SAME, Family, family

#: A school of the state, by kind or number; 四中, 实小, 某附中, x中的.
_SCHOOL = (
    r"(?:公办|公立|体制内|(?:省|市|区|县)?级?(?:重点|示范性?)(?:高中|中学|初中|小学|校)|[省市区]重点|省示范|附[中小]|实验[中小]学|实[小中]|外国语(?:学校)?|重高|名[初高]中"
    r"|[一二三四五六七八九十]{1,2}中(?![年月旬心班式国等午])|[县镇]中(?!心)|某(?:校|中学|高中|初中|小学|附中|省重点)|[a-z]{1,2}中(?=[的那教正]))"
)
_SUBJECT = r"(?:语文|数学|英语|物理|化学|生物|历史|地理|政治|科学|[语数英])"
_STAFF = r"(?:老师|教师|师资|主讲|讲师|助教)"
#: No longer there, somebody else's, or sought for.
_GONE = r"诚聘|急聘|聘请有|退休|退下来|退了|原先|原是|原来|曾|从前|以前|前任|离职|辞职|不教了|毕业于|招聘|诚聘"
_TOOK_PART = r"(?:命题|出卷|审题|阅卷|命制|改卷|评卷)"
_EXAMINER = r"(?:面试官|考官|评委|招生官)"

FAMILIES: tuple[Family, ...] = (
    # where they teach today
    family("teacher_public", rf"{_STAFF}{SAME}{{0,14}}?来自{NEAR}{{0,8}}?(?:{_SCHOOL}|[所家](?:高中|初中|中学|小学|学校|名[初高]中))", unless=_GONE),
    family("teacher_public", rf"{_STAFF}{SAME}{{0,10}}?[都也均全]?是{NEAR}{{0,4}}?{_SCHOOL}的(?!学生|毕业|家长|学[长姐])", unless=_GONE),
    family("teacher_public", rf"{_SCHOOL}{NEAR}{{0,6}}?(?:任教|教书|教龄|上着课|上课中|教了?{COUNT}年|教{_SUBJECT}(?!辅|材))", unless=_GONE),
    family("teacher_public", rf"(?<!聘)[在于]{NEAR}{{0,5}}?{_SCHOOL}{NEAR}{{0,3}}?(?:上班|当老师|带班|教(?!辅|材|育))", unless=_GONE),
    family("teacher_public", rf"{_SCHOOL}{NEAR}{{0,4}}?(?:那位|那个|姓)(?!家长|同学|学生)", unless=_GONE),
    # how they say it without saying it
    family("teacher_public", r"(?:楼主|本人|老师|我|主讲)\s*[现就]?是?在[职编](?!研|读|人员|mba|硕)", unless=_GONE),
    family("teacher_public", r"(?:备课组长?|年级组长?|班主任|教研组长?)\s*(?:本人|掌勺|下班)|教研员\s*(?:本人|亲自)", unless=_GONE, strength=0.9),
    family("teacher_public", r"(?:校名|学校名字?)(?:就)?不(?:写|说|提|透露|便)|[没未]离(?:开)?(?:过)?岗|正式在编|[a-z一二三四五六七八九]中正式工|(?:平时|平日|白天)[都也]?有自己的班", unless=_GONE, strength=0.9),
    # what they have done
    family("exam_insider", rf"{_TOOK_PART}{NEAR}{{0,3}}?(?:者|老师|教师|小组|成员|专家|组)", unless=r"如何|怎么|阅卷老师(?:的?(?:看|喜欢|眼|最|会|心))|看(?:得|不|懂)"),
    family("exam_insider", rf"(?:参与|参加|命过|出过|干过)(?:过)?{NEAR}{{0,8}}?(?:审题|命题|阅卷|统考的题)", unless=r"招|报名"),
    family("exam_insider", rf"(?:原|前|曾任|做过|当过|是|招生|考级|雅思|托福){NEAR}{{0,6}}?{_EXAMINER}(?!们?(?:看|问|喜欢|不会|最))|面试{_EXAMINER}", unless=r"模拟|怎么|孩子当"),
    family("exam_insider", r"(?:招办|招生办|招考办)(?:的)?(?:人员|出来的|干过|工作过)", strength=0.9),
    family("exam_insider", r"(?:题型|出题)[^,。\n]{0,6}(?:心里有数|摸得透|讲中|门清)|(?:卷子?|题)[^,。\n]{0,6}(?:漏|流|传)出来|出(?:那套|周练)?卷子?的(?:人|老师|先生)", strength=0.9),
    family("exam_insider", r"(?:分班|入学|面谈|面试|选拔|摸底)[^,。\n]{0,4}(?:样卷|原卷|原题)|(?:面|考)出来的原题", strength=0.9),
)  # fmt: skip
