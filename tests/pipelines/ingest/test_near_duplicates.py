"""Re-posts that were retyped are found; advertisements that only look alike stay apart."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest.near_duplicates import Likeness, Signature, jaccard, names_in, same_posting

LONG = (
    "老城区百货大楼后面新开的托管，主打晚间作业陪伴。孩子放学由我们的人排队接回，吃过点心就开始写作业，"
    "写完一科查一科，错题当场弄懂再订正。另外周六上午有一个半小时的思维游戏，其实就是把课内的难点换个玩法。"
    "一个屋子最多坐六个孩子，两位大人看着。按月交，先来看看环境再定。靠窗的位置还剩两个，想来的早点打招呼。"
)
RETYPED = (
    "【急】老城区百货大楼后边新开托管，主打晚间作业陪伴！孩子放学由我们的人排队接回，吃过点心就开始写作业，"
    "写完一科查一科，错题当场弄懂再订正。另外，周六上午有一个半小时的思维游戏，其实就是把课内难点换个玩法~"
    "一个屋子最多坐六个孩子，两位大人看着。按月交，先来看看环境再定。靠窗的位置还剩一个，想来的早点打招呼。"
)
BOILERPLATE = (
    "专注中小学生学习习惯养成多年，师资力量雄厚，环境温馨，小班教学，个性化方案，定期反馈学习情况，"
    "让孩子爱上学习。学校位于{place}，交通方便。由{name}亲自带班，现在报名有优惠，欢迎各位家长前来参观试听，名额有限，报满为止。"
)


REWORDED = (
    "百货大楼后面那家新托管又来啦，主打晚间写作业陪伴。放学我们的人去接，吃了点心就写，写完一科查一科，"
    "错题当场讲懂。周六上午一个半小时思维游戏，把课内难点换个玩法。一屋子最多坐六个，两位大人看着，按月交。"
    "靠窗还剩一个位置，早点打招呼。"
)


def like(text: str, *, contacts: tuple[str, ...] = (), accounts: tuple[str, ...] = (), district: str = "") -> Likeness:
    return Likeness(
        signature=Signature.of(text),
        contacts=frozenset(contacts),
        accounts=frozenset(accounts),
        names=names_in(text),
        district=district,
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (like(LONG), like(LONG)),
        (like(LONG), like("★★★" + LONG.replace("，", ", ").replace("。", "\n"))),
        (like(LONG, contacts=("p1",)), like(RETYPED, contacts=("p1", "p2"))),
        (like(LONG, contacts=("p1",), district="东城"), like(RETYPED, contacts=("p1",), district="西城")),
        (like(LONG + "电话找我", contacts=("p1",)), like(LONG[:120], contacts=("p1",))),
        (like(LONG, accounts=("a1",)), like(REWORDED, accounts=("a1",), contacts=("p1",))),
        (like("收两个三四年级的孩子晚上一起写作业，管饭", contacts=("p1",)),
         like("收两个三四年级孩子晚上一起写作业，管饭", contacts=("p1",))),
    ],
)  # fmt: skip
def test_retyped_reposts_are_one(one: Likeness, other: Likeness) -> None:
    assert same_posting(one, other)
    assert same_posting(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same boilerplate of two shops: other people, other telephones, other districts
        (like(BOILERPLATE.format(place="东门街小学对面", name="张老师")),
         like(BOILERPLATE.format(place="东门街小学对面", name="李老师"))),
        (like(BOILERPLATE.format(place="东门街", name="我们"), contacts=("p1",)),
         like(BOILERPLATE.format(place="东门街", name="我们"), contacts=("p2",))),
        (like("【启明】" + BOILERPLATE.format(place="南门", name="名师")),
         like("【博学】" + BOILERPLATE.format(place="南门", name="名师"))),
        (like(BOILERPLATE.format(place="南门", name="名师"), district="东城"),
         like(BOILERPLATE.format(place="南门", name="名师"), district="西城")),
        (like(LONG), like(REWORDED)),
        (like(LONG, accounts=("a1",)), like(REWORDED, accounts=("a2",))),
        # one operator, two different offers
        (like(LONG, contacts=("p1",)),
         like("出售九成新钢琴一台，搬家带不走，音色好，自提，可小刀，价格面议，晚上联系。", contacts=("p1",))),
        # short texts of one pattern
        (like("数学一对一，上门，经验丰富，价格面议"), like("英语一对一，上门，经验丰富，价格面议")),
        (like("一对一"), like("一对一")),
        (like(""), like("")),
    ],
)  # fmt: skip
def test_lookalikes_stay_apart(one: Likeness, other: Likeness) -> None:
    assert not same_posting(one, other)
    assert not same_posting(other, one)


def test_a_signature_survives_the_store() -> None:
    signature = Signature.of(LONG)
    assert Signature.from_bytes(signature.to_bytes()) == signature
    assert len(signature.to_bytes()) == 4 * (1 + len(signature.long) + len(signature.pairs))


def test_a_signature_is_the_one_that_older_stores_hold() -> None:
    """Of the same text, whatever is made faster: signs fall away, numbers of every kind stay."""
    kept = Signature.of("初二数学小班，暑假提前学！Ｔel ①③⑧ ㎡ Ⅷ 周六 9:00—11:00，一次 200 元。").to_bytes()
    assert hashlib.sha256(kept).hexdigest() == "d018691810104b09d0308cc171937d512fbc74c7b84235493351e31e3525ed29"


def test_keys_do_not_change_between_runs() -> None:
    assert Signature.of(LONG).keys[0] == "008d4c690a21cf2272"
    assert len(set(Signature.of(LONG).keys)) == 32


def test_a_retyped_text_shares_bands_and_an_unrelated_one_does_not() -> None:
    keys = set(Signature.of(LONG).keys)
    assert keys & set(Signature.of(RETYPED).keys)
    assert not keys & set(Signature.of(BOILERPLATE).keys)


def test_long_texts_are_compared_by_a_sketch() -> None:
    rng = random.Random(7)
    long = "".join(chr(0x4E00 + rng.randrange(3000)) for _ in range(30_000))
    one, other = Signature.of(long), Signature.of(long[: len(long) // 2])
    assert len(one.long) == 2048
    assert 0.45 < jaccard(one.long, other.long) < 0.55


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_jaccard_is_a_share_and_symmetric(one: str, other: str) -> None:
    a, b = Signature.of(one), Signature.of(other)
    assert 0.0 <= jaccard(a.long, b.long) == jaccard(b.long, a.long) <= 1.0
    assert not a.pairs or jaccard(a.pairs, a.pairs) == 1.0
    assert Signature.from_bytes(a.to_bytes()) == a


def test_band_keys_are_those_of_the_stores_there_are() -> None:
    """Made by datasketch 2.0.0 (affine32, seed 1): other keys would find no posting that is stored."""
    keys = Signature.of(LONG).keys
    assert keys[:2] == ("008d4c690a21cf2272", "014f2876f1b52da51e")
    assert hashlib.sha256("".join(keys).encode()).hexdigest()[:16] == "7c1f4a48ad8a038e"
