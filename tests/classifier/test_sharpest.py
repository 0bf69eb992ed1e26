"""Pieces of a text, and what one of them claims."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.dataset import Example, Gold
from classifier.document import read
from classifier.model import HEADS, Model, Scores
from classifier.one_line import claims
from classifier.pieces import COLUMNS, MOST_PIECES, columns, pieces_of
from classifier.sharpest import SHARP, Sharpest
from classifier.sharpest_training import MIN_POSITIVES, train_sharpest
from classifier.types import Posting

_PLAIN = (
    "教室在菜场二楼", "每班六个人", "周三傍晚上课", "老师姓葛", "门口能停车", "自带水杯", "先打电话再来",
    "讲义不另收钱", "空调刚换过", "楼下有文具店", "九月头一周开课", "一次一个半小时",
)  # fmt: skip
_CLAIMS = ("校长点头就能把名字递进去", "跟分校说好了留着名额", "名字由我们递进实验校", "实验校那边给我们留名额")
_HEAD = "signal:school_link"


def _examples(claiming: int) -> list[Example]:
    """As many texts that claim as that do not, all of the same plain lines."""
    gold = {"covers": frozenset(), "stages": frozenset(), "paid": False, "anxiety": False, "minors": True}
    made = []
    for number in range(2 * claiming):
        lines = [_PLAIN[(number * 5 + step * 7) % len(_PLAIN)] for step in range(6)]
        flags = frozenset[str]()
        if number % 2:
            lines[number % 6], flags = _CLAIMS[number // 2 % 4], frozenset({"school_link"})
        made.append(
            Example(
                posting=Posting(id=str(number), text="。".join(lines)),
                gold=Gold(kind="offer", academic="yes", ad_flags=flags, **gold),
                writer=f"w{number // 2 % 5}",
            )
        )
    return made


@pytest.fixture(scope="module")
def sharpest() -> tuple[Sharpest, np.ndarray]:
    examples = _examples(60)
    folds = np.array([int(one.writer[1]) for one in examples])
    docs = [read(one.posting.body) for one in examples]
    unsure = np.full((len(examples), len(HEADS)), 0.3)
    return train_sharpest(examples, docs, folds, unsure, unsure)


def test_the_line_that_claims_is_found_though_no_label_names_it(sharpest: tuple[Sharpest, np.ndarray]) -> None:
    tier, margins = sharpest
    text = "教室在菜场二楼。自带水杯。实验校那边名字我们递进去。周三傍晚上课。"
    reading = tier.read(text)
    assert text[slice(*reading.places[_HEAD])] == "实验校那边名字我们递进去"
    assert reading.margins[_HEAD] > 0 > tier.read("教室在菜场二楼。自带水杯。周三傍晚上课。").margins[_HEAD]
    claims = np.arange(len(margins)) % 2 == 1
    assert margins[claims, SHARP.index(_HEAD)].min() > margins[~claims, SHARP.index(_HEAD)].max()


def test_where_the_loudest_only_leads_up_the_line_that_names_the_claim_is_quoted(
    sharpest: tuple[Sharpest, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    tier, _ = sharpest
    model = cast("Model", SimpleNamespace(sharpest=tier))
    doc = read("教室在菜场二楼。实验校那边给我们留名额。校长点头就能把名字递进去。自带水杯。")
    scores = Scores(probability={**dict.fromkeys(HEADS, 0.0), _HEAD: 0.999})
    line = tier.read(doc.text)
    loudest = doc.text[slice(*line.places[_HEAD])]

    def quoted() -> list[str]:
        return [doc.text[slice(*place)] for flag, _, place in claims(model, scores, doc, line, ()) if flag in _HEAD]

    assert quoted() == [loudest]
    monkeypatch.setattr("classifier.one_line.names_claim", lambda _flag, said: said != loudest)
    assert set(quoted()) == {"实验校那边给我们留名额", "校长点头就能把名字递进去"} - {loudest}
    monkeypatch.setattr("classifier.one_line.names_claim", lambda _flag, _said: False)
    assert quoted() == []


def test_a_certain_line_lifts_the_answer_and_a_plain_text_lowers_it(sharpest: tuple[Sharpest, np.ndarray]) -> None:
    tier, _ = sharpest
    assert tier.weighed(_HEAD, 0.3, 3.0) > 0.8 > 0.2 > tier.weighed(_HEAD, 0.3, -3.0)


def test_a_question_with_too_few_answers_is_left_to_the_whole_text(sharpest: tuple[Sharpest, np.ndarray]) -> None:
    tier, _ = sharpest
    assert MIN_POSITIVES > 0
    assert tier.weighed("anxiety", 0.4, 9.0) == pytest.approx(0.4)


def test_the_same_texts_give_the_same_weights(sharpest: tuple[Sharpest, np.ndarray]) -> None:
    examples = _examples(60)
    folds = np.array([int(one.writer[1]) for one in examples])
    unsure = np.full((len(examples), len(HEADS)), 0.3)
    again, _ = train_sharpest(examples, [read(one.posting.body) for one in examples], folds, unsure, unsure)
    assert np.array_equal(again.weights, sharpest[0].weights)


def test_another_shape_is_refused(sharpest: tuple[Sharpest, np.ndarray]) -> None:
    tier, _ = sharpest
    with pytest.raises(ValueError, match="shapes"):
        Sharpest(weights=tier.weights[:9], bias=tier.bias, beside_first=tier.beside_first, beside_both=tier.beside_both)
    with pytest.raises(ValueError, match="weighings"):
        Sharpest(weights=tier.weights, bias=tier.bias, beside_first={}, beside_both=tier.beside_both)


@given(st.text(alphabet=st.one_of(st.sampled_from("。，！？\n 、孩子0a"), st.characters(codec="utf-8")), max_size=300))
def test_pieces_lie_in_order_inside_the_text(text: str) -> None:
    places = pieces_of(text)
    assert len(places) <= MOST_PIECES
    assert bool(places) == bool(text.strip())
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))
    for start, end in places:
        found = columns(text[start:end])
        assert all(0 <= column < COLUMNS for column in found)
        assert list(found) == sorted(set(found))


def test_a_long_sentence_is_cut_at_its_commas_and_a_short_one_is_not() -> None:
    short = "实验校那边给我们留名额，来不来。"
    assert [short[slice(*place)] for place in pieces_of(short)] == ["实验校那边给我们留名额，来不来"]
    long = "，".join(_PLAIN)
    cut = [long[slice(*place)] for place in pieces_of(long)]
    assert "".join(cut) == long
    assert max(map(len, cut)) <= 28
