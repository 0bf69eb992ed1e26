"""Contacts: hidden numbers are found, other numbers are left alone, masks keep lengths and leave nothing in clear."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.personal.contacts import STRONG_KINDS, contact_of_value, find_contacts, mask_text, mask_value
from pipelines.personal.digit_runs import folded
from pipelines.records import Contact


def strong(text: str) -> list[tuple[str, str]]:
    return [(contact.kind, contact.value) for contact in find_contacts(text) if contact.kind in STRONG_KINDS]


def masked(text: str) -> str:
    return mask_text(text, find_contacts(text))


@pytest.mark.parametrize(
    "text",
    [
        "电话13912345678，欢迎咨询",
        "１３９１２３４５６７８",
        "139 1234 5678",
        "139-1234-5678",
        "139.1234.5678",
        "1 3 9 1 2 3 4 5 6 7 8",
        "一三九一二三四五六七八",
        "幺三九 一二三四 五六七八",
        "壹叁玖壹贰叁肆伍陆柒捌",
        "139一二三四5678",
        "l39l2345678",
        "1️⃣3️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
        "①③⑨①②③④⑤⑥⑦⑧",
        "𝟏𝟑𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
        "139\u200b1234\u200b5678",
        "139🌸1234🌸5678",
        "+86 139-1234-5678",
        "008613912345678",
        "一对一13912345678一对一",
        "2026年13912345678",
        "vx同号：139 12 345678",
        "电话前七位1391234，怕被举报分开写，后四位5678",
        "手机前三位是139，中间四位1234，尾号5678",
        "开头139，记一下。后八位：1234 5678",
    ],
)
def test_hidden_mobile_numbers_are_found_and_masked(text: str) -> None:
    assert strong(text) == [("phone", "13912345678")]
    assert strong(masked(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010-62345678", "01062345678"),
        ("(0571)87654321", "057187654321"),
        ("座机：87654321", "87654321"),
        ("400-820-8820", "4008208820"),
        ("4008208820", "4008208820"),
    ],
)
def test_landlines_and_service_numbers(text: str, value: str) -> None:
    assert strong(text) == [("phone", value)]
    assert strong(masked(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "原价 130 1500 2000元",
        "套餐100 130 1500 2000 3000",
        "¥13800 / 15800 / 16800",
        "2021年3号楼1502室，2栋1303",
        "课程编号2023130150，共192课时",
        "订单号 138001380001234",
        "2026-01-02 至 2026-03-04",
        "1对1，1v1，1V3小班，VIP12345",
        "身份证 11010519491231002X",
        "3个月5000元，6个月9000元，12个月15000元",
        "QS前100，985、211院校",
        "加English老师咨询",
        "微信支付20000元",
        "微信群500人",
        "加微信领取Python编程课",
        "加我10000元返现",
        "8:00-12:00 14:00-17:30 18:30-20:30",
        "语文95 数学98 英语99 物理92 化学97",
        "TV5monde V2rayNG",
        "一二三四五六七八九",
        "前3位139元，后4位1999元，最后10位2999元",
        "车牌尾号5678，前20位送1391234积分",
        "前7位1391234",
    ],
)
def test_prices_years_rooms_and_courses_are_no_contacts(text: str) -> None:
    assert strong(text) == []
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("微信：abc_123", ("wechat", "abc_123")),
        ("微信号 mathteacher88", ("wechat", "mathteacher88")),
        ("加薇：teacher_li", ("wechat", "teacher_li")),
        ("V: hello12", ("wechat", "hello12")),
        ("vx：Hello_World", ("wechat", "hello_world")),
        ("绿泡泡 xiaoming88", ("wechat", "xiaoming88")),
        ("加卫星 lily8899", ("wechat", "lily8899")),
        ("wei信abc12345", ("wechat", "abc12345")),
        ("溦信 abc12345", ("wechat", "abc12345")),
        ("w-x: abc12345", ("wechat", "abc12345")),
        ("威❤abc12345", ("wechat", "abc12345")),
        ("v❤️：abc12345", ("wechat", "abc12345")),
        ("weixin:wangls2020", ("wechat", "wangls2020")),
        ("加我 ss1234567", ("wechat", "ss1234567")),
        ("ＱＱ：１２３４５６７８９", ("qq", "123456789")),
        ("QQ群 87654321", ("qq", "87654321")),
        ("邮箱 Teacher.Wang@example.com。", ("email", "teacher.wang@example.com")),
        ("加v13912345678", ("phone", "13912345678")),
    ],
)
def test_ids_after_their_words(text: str, contact: tuple[str, str]) -> None:
    assert strong(text) == [contact]
    assert strong(masked(text)) == []


def test_names_are_found_and_stay_readable() -> None:
    text = "找张老师或欧阳女士，多老师授课，任课老师"
    assert [(c.kind, c.value) for c in find_contacts(text)] == [("name", "张老师"), ("name", "欧阳女士")]
    assert masked(text) == text


def test_offsets_belong_to_the_text_as_given() -> None:
    text = "𠮷祥①③⑨-１２３４-五六七八！微信：abc_123"
    phone, wechat = find_contacts(text)
    assert text[phone.start : phone.end] == "①③⑨-１２３４-五六七八"
    assert text[wechat.start : wechat.end] == "abc_123"
    assert masked(text) == "𠮷祥①③⑨-****-五六七八！微信：a*****3"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13912345678", "139****5678"),
        ("phone", "87654321", "87****21"),
        ("wechat", "abc_123", "a*****3"),
        ("qq", "12345", "1***5"),
        ("email", "teacher@example.com", "t******@example.com"),
        ("name", "张老师", "张老师"),
    ],
)
def test_what_the_screen_shows(kind: str, value: str, shown: str) -> None:
    assert mask_value(kind, value) == shown


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("wechat", "zhang_5566"),
        ("wechat", "1234567"),
        ("qq", "12345678"),
        ("email", "zhang.li@qq.com"),
        ("phone", "13912345678"),
        ("phone", "87654321"),
    ],
)
def test_a_contact_looks_in_its_text_as_it_looks_by_itself(kind: str, value: str) -> None:
    sign = {"wechat": "微信：", "qq": "QQ：", "email": "邮箱 ", "phone": "电话："}[kind]
    text = f"欢迎咨询，{sign}{value}，周末"
    found = find_contacts(text)
    assert [(one.kind, one.value) for one in found] == [(kind, value)]
    assert mask_text(text, found) == f"欢迎咨询，{sign}{mask_value(kind, value)}，周末"


def test_what_is_too_short_or_of_no_known_kind_is_covered_too() -> None:
    assert mask_value("phone", "12") == "**"
    assert mask_value("telegram", "zhang") == "z***g"


@pytest.mark.parametrize(
    ("value", "label", "contact"),
    [
        ("139 1234 5678", "", ("phone", "13912345678")),
        ("abc_123", "微信", ("wechat", "abc_123")),
        ("abc_123", "", ("wechat", "abc_123")),
        ("1234567", "QQ", ("qq", "1234567")),
        ("139****5678", "电话", None),
        ("点击查看", "电话", None),
        ("", "", None),
    ],
)
def test_contacts_a_page_shows_as_fields(value: str, label: str, contact: tuple[str, str] | None) -> None:
    found = contact_of_value(value, label)
    assert (found and (found.kind, found.value)) == contact


#: Pieces that hostile and honest posters write, and anything at all.
PIECES = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789-— .·一二三幺零〇OolI|①②③１３８９️⃣*元", max_size=24),
    st.sampled_from(
        [
            "微信",
            "加我",
            "V：",
            "QQ:",
            "电话",
            "@qq.com",
            "abc_123",
            "13912345678",
            "张老师",
            "\ud800",
            "\x00",
            "\u202e",
            "+86",
        ]
    ),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=400, deadline=None)
@example("13000000000\ufe0f0")
@given(TEXTS)
def test_offsets_lie_inside_and_masks_keep_the_length(text: str) -> None:
    contacts = find_contacts(text)
    position = 0
    for contact in contacts:
        assert contact.start is not None
        assert contact.end is not None
        assert position <= contact.start < contact.end <= len(text)
        position = contact.end
    hidden = mask_text(text, contacts)
    assert len(hidden) == len(text)
    assert all(new in (old, "*") for new, old in zip(hidden, text, strict=True))
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.sub(r"[^0-9*]", "x", folded(hidden)))


DIGITS = [
    "0０零〇洞OⓄ",
    "1１一壹幺①l",
    "2２二贰②",
    "3３三叁③",
    "4４四肆④",
    "5５五伍⑤",
    "6６六陆⑥",
    "7７七柒拐⑦",
    "8８八捌⑧",
    "9９九玖勾⑨",
]
PLAIN = [group[:2] + group[2:4].replace("O", "") for group in DIGITS]


@st.composite
def hidden_phones(draw: st.DrawFn) -> tuple[str, str]:
    number = "1" + draw(st.sampled_from("3456789")) + draw(st.text(alphabet="0123456789", min_size=9, max_size=9))
    sign = draw(st.sampled_from(["", "-", " ", ".", "—", "\u200b", " - "]))
    groups = draw(st.sampled_from([(11,), (3, 4, 4), (4, 3, 4), (3, 8), (1,) * 11]))
    written = [draw(st.sampled_from(PLAIN[int(digit)])) for digit in number]
    parts, position = [], 0
    for size in groups:
        parts.append("".join(written[position : position + size]))
        position += size
    return number, sign.join(parts)


@settings(max_examples=300, deadline=None)
@given(
    hidden_phones(),
    st.sampled_from(["", "电话", "联系我，", "提分班", "哈哈 哈 "]),
    st.sampled_from(["", "，微信同号", "。", "张老师"]),
)
def test_no_hidden_phone_stays_clear(phone: tuple[str, str], before: str, after: str) -> None:
    number, written = phone
    text = before + written + after
    assert ("phone", number) in strong(text), text
    assert all(kind != "phone" for kind, _ in strong(masked(text))), masked(text)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["13912345678", " ", "/", "、", "，", "020-87654321", "张老师", "1", "班"]), max_size=12
    ).map("".join)
)
def test_masking_twice_changes_nothing(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


def test_hostile_lengths_are_read_in_passing() -> None:
    for text in ("1 " * 20_000, "138" * 20_000, "微信" * 20_000, "a" * 60_000 + "@", "一" * 60_000, "QQ " * 20_000):
        assert len(masked(text)) == len(text)


def test_a_contact_without_a_place_masks_nothing() -> None:
    assert mask_text("13912345678", [Contact(kind="phone", value="13912345678")]) == "13912345678"


def test_a_text_that_is_one_long_row_of_digits_is_read_in_one_pass() -> None:
    """Each place once looked back over the whole row: 200 000 characters took minutes."""
    assert strong("1-3 8" * 40_000) == []
