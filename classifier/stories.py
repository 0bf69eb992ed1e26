# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Stories that hold an advertisement and offer nothing: somebody else's is laughed at, or it stands in a novel or film.

Unlike `reported`, which leaves a marked quotation unread, this looks at the text as a whole: another's advertisement
came to the teller, the teller answers it with something that makes it pointless, and nobody can be reached.
"""

from __future__ import annotations

import re

#: Blanks beside a letter that stands alone.
_LONE = re.compile(r"(?<=[一-龥]) (?=[一-龥](?![一-龥]))|(?<=[^一-龥][一-龥]) (?=[一-龥])")
_SPACED = re.compile(r"[一-龥] [一-龥] [一-龥](?![一-龥])")


def _unspaced(text: str) -> str:
    """A poster's letters set apart, together again: 课 桌 护 脊 书 包."""
    return _LONE.sub("", f"\n{text}")[1:] if _SPACED.search(text) else text


#: How another's advertisement came: received, overheard, shown again and again.
_CAME = re.compile(
    r"(?:又|刚才?|今天|昨天|早上|晚上|天天|每天|一直|刚刚|方才)?[^。！？!?\n]{0,10}?(?:收到|接到|刷到|听到|弹[出窗]|推送|(?:发|塞|递|捡|研究)(?:来|给|了|着)?[^。，,\n]{0,6}传单|传单|小广告|循环(?:播)?|轰炸|打来(?:第|的|电话|一)|来电|短信[里说]|短信又|电梯里|卖课的|推销|骚扰)"
    r"|(?:客服|销售|顾问|机构|对方|电话那头|推销员|培训班|补习班)(?:老师|小姐姐)?\s*[:：]|(?:群里|朋友圈)[^。，,\n]{0,8}(?:盗号|连发|刷屏|有人发)|发帖人|(?:微信)?名叫[“\"「]|自称|冒充|(?:天天|总|每天)[^。，,\n]{0,4}发[“\"「]"
)
#: The teller's answer: no such child, a laugh, another use for the paper.
_POINTLESS = re.compile(
    r"我(?:家|们家)?(?:的)?(?:娃|孩子|儿子|闺女|女儿|宝|崽|猫|狗|他)?[^,，。!?\n]{0,5}?(?:才(?:[一二三四五六七八九十两几\d]+个?(?:月|岁)|出生|满月)|还没(?:出生|对象|结婚|孩子|娃|生)|刚(?:满月|出生|大学毕业)|还在(?:肚子|啃|吃奶)|没(?:有)?(?:孩子|娃|对象|结婚)|单身|未婚|不孕|大学(?:都)?毕业|养的是)"
    r"|养的是(?:猫|狗|鱼|仓鼠|龟)|(?:上个月|去年|早就|已经)(?:刚)?大学毕业|对方(?:就|都)?(?:沉默|挂|把我|愣)|沉默了|把电话挂|挂了(?:我|电话|她|他)?|拉黑|举报了|陷入(?:了)?沉思|啃(?:脚丫|奶瓶|手指)|(?:版主|网信|平台|群主|物业|教育局|有没有人|能不能)[^。!?\n]{0,6}管(?:一?管|管)|我(?:家|们家)不补课|我(?:查|搜)了(?:一?下)?|一[搜查](?:是|才|发现)|哈哈|hhh|笑(?:死|喷|翻|疯|出声)|无语|呵呵|绷不住|真的会谢|救命啊|段子|套路|骗子"
    r"|(?:领|拿|捡)了?(?:两|俩|三|几|一)?[^,，。]{0,6}(?:回家|回去)[^,，。]{0,4}(?:装|垫|擦|包|糊|引火)|(?:垫|擦)(?:桌|泡面|碗|玻璃)|先生一个|你小时候怎么|怎么不教(?:教)?(?:股票|自己|他)|我家(?:猫|狗|鹦鹉)[^,，。]{0,4}都|🤣|😂|😅|🙄|💀"
)
#: Whoever says this wants to be found, or sells: the story is his own advertisement.
_REACHED = re.compile(
    r"\d{7,}|1[3-9]\d[\dx*]{4,}|(?:电话|微信|热线|地址|校区|报名处|客服|vx?|qq|加)\s*[:：是]?\s*[a-z\d]{4,}|地址[:：]|(?:私|滴|戳|扣|踢|加|联系|找|问|敲)(?:一?下)?(?:我|俺|姐|本人|老师|楼主|群主)(?!要|的孩子|说|借|家(?:的)?(?:猫|狗|鸡|鸭|鹦鹉|仓鼠|兔))|扫码|二维码|接龙|评论区|置顶|主页|文末|小黄车|左下角"
    r"|(?:要|想要|需要|感兴趣|有意|心动|想去|想报|想来)的[^。!?\n]{0,12}?(?:私|留|扣|加|滴|来|找|踢|联系|戳|举手|报名|吱|评论)|(?<!不是)(?:我们|咱们|本|咱)(?:这|家|店|班|机构|中心|校|工作室|学堂|书院|课|馆)|我(?:这边|这里|这儿)|退订"
)
#: A piece of fiction or about one, said at its head.
_FICTION = re.compile(
    r"\A.{0,24}?(?:长篇|中篇|短篇|网络|连载)小说|水一?[贴帖]|纯属(?:虚构|搞笑|娱乐)|小笑话|\A.{0,24}?(?:同人文|剧本)[:：]|\A.{0,24}?(?:小说.{0,8}节选|\[网文\]|【网文】|段子[:：|｜]|原创短文|追剧[:：|｜]|观后感|影评|书评|剧透|相声(?:小段|段子)?|小品[:：|｜《]|(?:小说|散文|日记|诗歌)[:：|｜《]|梦见|第[一二三四五六七八九十\d]+[章集](?!.{0,4}(?:课|讲)))"
)


#: What an authority found and did; two of them make a report, whatever it quotes.
_MEASURES = re.compile(
    r"曝光台|(?:均已|已被?|被|当场|依法)(?:予以)?(?:关停|取缔|立案|查处|处罚|叫停|查封|约谈)|处以罚款|给予处分|责令|没收违法所得|执法人员|费用已(?:全部)?退|涉及在编|当事人|查处一起|通报批评"
)
#: An ordinary school's own admission.
_ADMISSION = re.compile(r"招生简章|本[区市县]学籍|录取办法|招生计划[:：]|择校费|应届初中毕业生|志愿代码|学费书本费全免")
_FEARLESS = re.compile(r"放心|不会被|没被|不怕|避开|躲")
#: Who asks other parents or pupils, and does not want to be sold anything.
_ASKS_AROUND = re.compile(
    r"求问|(?:想|就想|弱弱)问(?!的)(?:问|一下|下)?|你们呢[?？]|求(?:学[长姐]|已经|大家|过来人|各位|建议|支招|解答|解惑|真相)|(?:你们|大家)(?:呢|家(?:值不值|怎么|都怎么)|平时|都是?怎么)[^。]{0,16}[?？。]?|怎么(?:挑|选|安排的?)(?:[?？ 。\n]|$)|要不要报|该不该(?:焦虑|报|送)|敢不敢送|(?:靠谱|有用|有必要)[吗嘛么]|有没有(?:过来人|同样|从[^。]{0,20}的孩子)|是什么体验|是我笨吗"
    r"|非广告|软文走开|广告(?:勿扰|走开)|只想听真|到底有没有用|聊聊(?:经验|心得|看法)|【讨论】"
)
#: A public house's lecture that costs nothing.
_FREE_TALK = re.compile(
    r"(?:图书馆|博物馆|文化馆|少年宫|科技馆)[^。]{0,40}?(?:讲座|沙龙|展览)[^。]{0,60}?(?:免票|免费(?:入场|参加|开放)|公益)"
)
#: The same that costs nothing, of a house that anybody may enter.
_FREE_HOUSE = re.compile(r"图书馆|博物馆|文化馆|科技馆|群艺馆|社区(?:活动|书)|农家书屋")
_FREE = re.compile(r"免费|免票|公益|无门槛|(?<!\d)0\s*元")
#: A school's word to its own pupils, in its own rooms, for nothing.
_OWN_PUPILS = re.compile(
    r"校牌|校园公告|门卫室|全体(?:学生|同学|师生)|教务处(?:通知)?|年级(?:组|部)(?:通知)?|[初高][一二三]年级通知|回校|到校"
)
_UNPAID = re.compile(r"不(?:再|得|会)?收(?:取)?(?:任何)?费|不补课|不上新课|不收(?:一分)?钱")
#: Nobody sells here, by his own word.
_NO_SALE = re.compile(r"(?:本号|本人|我们?|这里|文末)?不(?:卖|售)(?:任何)?(?:东西|服务|产品|货)|不含培训|不打算报班")
#: Words of a class that is on offer, one of which makes the question an opening and the report a boast.
_ON_OFFER = re.compile(
    r"报名(?!条件)|开班|开课|试听|试课|招生(?!简章)|咨询(?!:招生)|扫码|名额|席位|欢迎|预约|优惠|小班(?!额)|一对[一二三]|私信|找我|可(?:接|带|上门)|我们(?:这|班|机构|中心|校|工作室|有|的|做|只|帮)|本(?:班|校区|中心|机构|馆)|[\d一二三四五六七八九]折|元(?:[/一每]|起)|[一-龥]老师(?:带|主讲|授课|亲)|推荐(?:给|一)|微信|电话|来我家(?!里?借)|三人同行|可以团|每人少|旁听|\d{2,4}(?:一个?[月次节期]|元|块)|(?:一|每)次\d{2,4}|[¥￥]\d|分钟\d{2,}"
)


def only_told(text: str) -> bool:
    """Whether a text only tells of an advertisement or of teaching: a joke about somebody else's, fiction, a report of
    what an authority did, a question to other parents, counsel by who sells nothing.
    """
    text = _unspaced(text)
    if _REACHED.search(text):
        return False
    if _FICTION.search(text):
        return True
    if len(set(_ADMISSION.findall(text))) >= 2:
        return True
    if len(set(_MEASURES.findall(text))) >= 2 and not _FEARLESS.search(text):
        return True
    if _FREE_TALK.search(text) and not _ON_OFFER.search(text):
        return True
    if _FREE_HOUSE.search(text) and _FREE.search(text) and not _ON_OFFER.search(text):
        return True
    if _OWN_PUPILS.search(text) and _UNPAID.search(text) and not _ON_OFFER.search(text):
        return True
    if (_ASKS_AROUND.search(text) or _NO_SALE.search(text)) and not _ON_OFFER.search(text):
        return True
    return bool(_CAME.search(text)) and bool(_POINTLESS.search(text))


#: Things sold, and how.
_GOODS = re.compile(
    r"练习册|同步册|点读[机笔]|口算(?:天天练|本|题卡)|课本|教辅|教具|玩具|绘本|精装|[全整]套|词典|辞典|学习桌|正姿椅|字帖|打印|复印|胶装|五三|藏书|书店|(?:护脊|减负|双肩|儿童|新款)[^，。]{0,3}书包|文具盒|(?<!送)实验盒|教师用书|凝胶糖|营养|u盘|电子版|笔记本"
)
_SOLD = re.compile(
    r"正版|包邮|小黄车|\d{1,2}本\d|团购价|二手|转让|便宜出|清仓|现货|到手|打包|零卖|整箱|按本|\d{1,3}(?:\.\d{1,2})?(?:元|块)|[1-9]\d?\.\d|三盒|木质|装订|面交|不邮寄|(?:元|块)\s?(?:/)?[一两三四五六][只个套盒件]|来家里挑"
)
_BY_PERSON = re.compile(
    r"老师(?!给|藏|用书|推荐)|教师(?!用书)|名师|辅导(?!书)|讲(?!义|题本)|(?<!全)班(?!级|里|上)|授课|补[课习]|直播|网课|一对一|答疑|陪|批改|课时|带(?:你|孩子|学|读)|会员|营(?!养|业)|课(?!本|外|标|桌|[^一-龥]?课?练|文)|教孩子|每周|每晚|每天|上午|国学|启蒙馆|精读|领着|原成员|两小时|沙龙|琴|教你|学习机|咨询|伴学|测评"
)


#: Said of the thing itself: 是玩具,不是课; 没有老师讲.
_NO_LESSON = re.compile(
    r"(?:不是|不含|不带|没有|没|无)(?:任何)?(?:网|视频|直播)?(?:课程?|老师|班|教学|辅导)(?:讲|教|带|陪)?|(?:外教|老师|名师)推荐"
)


#: A kitchen, whatever stood at its address before.
_KITCHEN = re.compile(r"烧烤|烤鱼|火锅|串串|奶茶(?!钱)|餐厅|饭店开|小吃|面馆")
_OPENS = re.compile(r"开业|营业时间|进店|满\d+减|外卖")
_ADDRESS = re.compile(r"(?:地址|位置)[:：][^\n]*")


def only_goods(text: str) -> bool:
    """Whether books, paper, things or meals are sold and nobody teaches."""
    text = _NO_LESSON.sub("", _unspaced(text))
    if _KITCHEN.search(text) and _OPENS.search(text) and not _BY_PERSON.search(_ADDRESS.sub("", text)):
        return True
    return bool(_GOODS.search(text)) and bool(_SOLD.search(text)) and not _BY_PERSON.search(text)


#: Who says it teaches nothing, or bids that nobody ask for it.
_REFUSAL = re.compile(
    r"(?:不许|不准|禁止|严禁|不得|一律不许|请勿|谢绝|不要|别)(?:再|在群里|在本群|在这儿)*(?:发布?|刷|推|打|贴)[^。!?\n]{0,12}?(?:补课|辅导|托管|家教|培训|冲刺|招生|学习班|补习|广告)"
    r"|免费\s*不上课|谢绝[^，。,\n]{0,6}(?:约课|补课|家教|上课)|(?:不(?:能|可以|得|许|要|需要?|用|必))(?:(?:要求|让)[^，。,\n]{0,4}(?:辅导|讲题|教)|[^，。,\n]{0,2}(?:辅导|讲题))"
    r"|(?:仅|只)(?:做|供|提供|限)?咨询[,， ]?不(?:授课|上课|补课|讲课)|只[催看陪管吃][^，。,\n]{0,4}不(?:讲|教|辅导|补)|(?:我们?|本人|学校)[^，。,\n]{0,4}不(?:办|开)[^，。,\n]{0,4}班|我?(?:也|从来?|一直)?(?<!带)不带学生"
    r"|(?:严禁|杜绝|防止|反对|拒绝|去|治理)[^，。,\n]{0,6}小学化|(?:[我本]园|我们园|园里)[^。\n]{0,12}不(?:提前)?(?:教|学|讲)(?!会)|坚持[“\"]?零起点"
)
#: A clause that says who does not teach, tells of others, or of teaching at school.
_NOT_OURS = re.compile(
    r"不(?!错|同|过|仅|只|但|光|单|少|断|限|止)|别(?!墅|处|人家)|勿|谢绝|禁止|严禁|有人|有户|人家|让阿姨|邻居|隔壁|别家|那家|零起点|(?:在|是)[^，。,\n]{0,4}(?:学校|中学|小学|一中|二中)[^，。,\n]{0,3}教|班主任|晚自习到家"
)
#: Words that teach, one of which in any other clause is an offer whatever is denied beside it.
_TEACHES = re.compile(
    r"补[课习差弱]|辅导|家教|授课|上课|讲[题解透课练]|[教练](?!育|练|师|室|材|具|龄|委)|错题|刷题|同步|预习|默写|背诵|作文|计算|口算|应用题|衔接|冲刺|答疑|试卷|练习|提[分优高升]|培优|小班|开班|课[时程]|试听|名师|老师带|(?:可以|能|再|还)带|带[一二两三四五\d]|拼读|思维|阅读|拼音|识字|数学|英语|语文|物理|化学|学科|押题|专题|题"
)
_CLAUSE = re.compile(r"[，。！？；,!?;\n]|(?<=[一-龥])\s+(?=[一-龥(])")
_QUOTED = re.compile(r"“[^”]{2,80}”|\"[^\"]{2,80}\"|「[^」]{2,80}」")


#: Grown-ups are taught how to help, and children expressly are not.
_FOR_PARENTS = re.compile(
    r"(?:教|带|给|讲给|陪)(?:妈妈|宝妈|爸爸|家长|父母|大人)们?|(?:妈妈|家长|父母)[^，。\n]{0,3}(?:班|课)"
)
_NOT_CHILDREN = re.compile(
    r"不是?(?:给|教|带|收)(?:孩子|娃|宝宝|小朋友|学生)(?:们)?(?:上|讲|教|来|补|,|，|。|$)|教的?是(?:大人|家长|妈妈)|(?:孩子|娃)不(?:用)?(?:上课|参加|来)"
)


def refuses(text: str) -> bool:
    """Whether a text says that nothing is taught, or bans such posts, and no clause of it teaches all the same.

    不搞补课,只练思维 is a cover and stays an offer; 只催不讲 beside meals is none of teaching.
    """
    if _FOR_PARENTS.search(text) and _NOT_CHILDREN.search(text):
        return True
    if not _REFUSAL.search(text):
        return False
    rest = _CLAUSE.split(_REFUSAL.sub("不", _QUOTED.sub("", text)))
    return not any(_TEACHES.search(part) and not _NOT_OURS.search(part) for part in rest)


#: A parent who writes to a teacher, and what about.
_NOTE = re.compile(
    r"\A\s*[一-龥]{1,3}老师(?:您?好)?[,，:：!！。 ][^\n]{0,60}?(?:请[^，。,\n]{0,4}假|来不了|去不了|晚[点些]到|发烧|没写完|忘(?:了)?带)"
    r"|\A\s*[一-龥]{1,3}老师(?:您?好|[早晚中][上午]好)?[,，:：!！。 ][^\n]{0,40}?(?:太|真|非常)?(?:谢谢|感谢|辛苦)(?:您|老师)"
)
#: A parent who looks for a teacher, by asking around.
_ASKS = re.compile(
    r"认不认识|有(?:没有|谁)?认识[^。!?\n]{0,8}(?:教|老师|家教)|谁(?:认识|知道)[^。!?\n]{0,10}(?:教|老师|家教)|帮(?:我|忙)(?:问问|打听|留意|物色|找找)|(?:诚|急|跪|蹲|想)?(?:求|找|寻)(?:一?[位个名份])[^，。,!?\n]{0,10}(?:老师|家教|大学生|阿姨|外教|陪练)|\A寻\s?老\s?师|想找个?老师|(?:教|补)[^，。,!?\n]{0,10}(?:老师|家教)(?:您|你)?(?:认得|认识|知道|有)(?:不|吗|么)|(?:您|你)认(?:识|得)[^，。,!?\n]{0,14}老师[吗么不]|还带人[不吗没]|推个微信我|算我一个|(?:替|帮)(?:朋友|亲戚|同事|[一二三四五几]个家长)[^，。]{0,6}(?:找|问)"
)
_OWN_CHILD = re.compile(
    r"我(?:家|们家)?(?:的)?(?:那个|这个|老[大二]|娃|孩子|儿子|女儿|闺女|崽|小子)|家里(?:娃|孩子|小子)|两个孩子|我们家[一二三四五六初高]|朋友家孩子|\A娃|我是[^，。,!?\n]{1,8}(?:妈妈?|爸爸?|家长|奶奶|爷爷)(?![^，。]{0,3}推荐)|帮[一二三四五几]个家长|我(?:家)?(?:丫头|老公|弟|妹)|女\s?儿\s?[一二三四五六初高]|本人(?:艺考生|初|高)|孩子[他她]?[爸妈]"
)
#: Whoever asked once and has found, sells or recommends.
_HAS_FOUND = re.compile(
    r"后来|终于|幸好|多亏|自从|推荐给|效果|找到了|名额|席位|报名|试听|开班|[班课](?:费|时)|我们(?:这|家|班|机构|中心)|我(?:这边|这里|这儿|带|教)|(?:私|滴|加|联系)(?:一?下)?我|扫码|咨询|欢迎"
)


#: A seeker says so at once, and may well bid that one call.
_SEEKS_FIRST = re.compile(
    r"\A\W{0,3}(?:诚|急|跪|有偿)?(?:求|找|寻)(?:一?[位个名份])?[^，。\n]{0,10}(?:老师|家教|外教|阿姨|陪练)(?!的|与|说)"
)
_PAYS = re.compile(
    r"给我(?:儿子|女儿|孩子|老公|娃|家)|陪我|酬劳|时薪我们|我们?(?:可|能|愿)?出|日结|面议|管(?:晚?饭|饭)"
)


#: A household's job, told by whom it wants and what it pays or asks for: 住家育儿嫂, 月薪8500, 月休四天.
_WANTED = re.compile(
    r"(?:育儿(?:嫂|师)|育婴[师嫂]|月嫂|保姆|住家阿姨|白班阿姨|不住家阿姨|做饭阿姨|钟点工|带(?:宝|娃|孩子?)阿姨|阿姨(?=[,，。\s]|辅导|带|做)|管家阿姨|住家保姆)"
)
_NANNYS = re.compile(
    r"月薪|工资|薪资|底薪|待遇|月休|休息?[一二三四\d]天|包吃住|上户|下户|雇主|东家|招聘|急招|诚聘|急聘|求职|找工作|做饭|家务|保洁|打扫|洗衣|健康证|身体健康|从业|持证|面试|试工|宝宝[一二三四五\d]"
)
_TEACHES_HERE = re.compile(r"开班|招生|小班|每课时|每节|试听|我们机构|一期|上课时间|[/一每](?:课时|节课?)")


_HIRING = re.compile(r"招聘|急招|诚聘|急聘|雇主找|东家找")
#: One who offers herself as nanny and teaches school subjects is article 18's own cover, and stays an offer.
_OFFERS_LESSONS = re.compile(
    r"英语|语文|数学|课本|作业|错题|单元卷|读背|[一两二三]门|年级|本科|师范|专[八四]|小学|初中|高中|辅导|大学"
)


def asked_or_noted(text: str) -> str:
    """ "jobs" for a household's job, "seek" where a parent asks around for a teacher, "other" for a note to one, "" where neither is plain."""
    if _SEEKS_FIRST.match(text) and _PAYS.search(text):
        return "seek"
    wanted = _WANTED.search(text) and len(set(_NANNYS.findall(text))) >= 2 and not _TEACHES_HERE.search(text)
    if wanted and (_HIRING.search(text) or not _OFFERS_LESSONS.search(text)):
        return "jobs"
    if _HAS_FOUND.search(text):
        return ""
    if _NOTE.search(text):
        return "other"
    return "seek" if _ASKS.search(text) and _OWN_CHILD.search(text) else ""


#: A parent who tells or asks of children, and wants no tutor.
_NOT_SOUGHT = re.compile(
    r"求不推|别推课|不(?:求|找|请|需要|想找|想请)(?:家教|老师|辅导)|(?:老公|老婆|婆婆|公公|他爸|她爸|孩子爸|我妈|同事|有人)(?:说|让|劝|非要|建议)[^，。,]{0,4}(?:请|找|报)|推(?:课|销)的?(?:我)?(?:直接)?(?:举报|拉黑|绕道|走开)"
)


def seeks_nobody(text: str) -> bool:
    """Whether a text that asks or complains says that no tutor is wanted, or that others want one."""
    return _NOT_SOUGHT.search(text) is not None
