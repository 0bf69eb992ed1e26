"""What a reader wrote is believed as far as it is of the asked shape, and quotes only as they stand in the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.types import AD_FLAGS, KINDS
from pipelines.opinions.answer import _Answer, read_answer
from pipelines.opinions.faults import AnswerFault, Invalid, NotJson
from pipelines.opinions.prompt import ABOUT, ACADEMIC, MAX_QUOTES, MAX_REASON, SCHEMA, messages
from tests.pipelines.opinions.model_server import GOOD

TEXT = "滨河花园，六年级数学小班，一期96课时一次交清。电话***********"
READ = {
    "kind": "offer",
    "academic": "yes",
    "anxiety": False,
    "signals": ["prepay"],
    "instructs": False,
    "reason": "写明六年级数学小班并一次交清。",
    "quotes": [{"about": "academic", "start": 5, "end": 12, "text": "六年级数学小班"}],
    "dropped": 0,
}


def written(**changes: Any) -> str:
    return json.dumps(GOOD | changes, ensure_ascii=False)


@pytest.mark.parametrize(
    "content",
    [
        written(),
        f"```json\n{written()}\n```",
        f"<think>先看价格 {{不是这个}}</think>\n\n{written()}",
        f"好的，结果如下：\n{written()}\n希望有帮助。",
        written(unasked="x", decision="dismiss"),
        written(signals=["prepay", "prepay"]),
    ],
)
def test_the_object_is_found_among_what_models_write_around_it(content: str) -> None:
    assert read_answer(content, TEXT) == READ


@pytest.mark.parametrize(
    "content", ["", "我认为是学科类培训。", "}{", written()[:-20], "{'kind': 'offer'}", "{" * 9000]
)
def test_what_is_no_json_is_refused(content: str) -> None:
    with pytest.raises(NotJson):
        read_answer(content, TEXT)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "advert"},
        {"kind": None},
        {"academic": "YES"},
        {"academic": True},
        {"anxiety": "false"},
        {"anxiety": 1},
        {"signals": ["guarantee", "crime"]},
        {"signals": "guarantee"},
        {"signals": ["late"] * 500},
        {"quotes": [{"about": "status", "text": "小班"}]},
        {"quotes": ["小班"]},
        {"instructs": "no"},
        {"reason": 5},
    ],
)
def test_words_outside_the_closed_lists_refuse_the_whole(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_answer(written(**changes), TEXT)
    missing = {key: value for key, value in GOOD.items() if key not in changes}
    if set(changes) & {"kind", "academic", "anxiety", "signals"}:
        with pytest.raises(Invalid):
            read_answer(json.dumps(missing), TEXT)


def test_quotes_that_do_not_stand_in_the_text_are_dropped_and_counted() -> None:
    quotes = [
        {"about": "prepay", "text": "96课时一次交清"},
        {"about": "academic", "text": "包过重点高中"},
        {"about": "academic", "text": "六年级 数学小班"},
        {"about": "academic", "text": "班"},
        {"about": "academic", "text": "****"},
        {"about": "academic", "text": ""},
        {"about": "academic", "text": TEXT * 5},
    ]
    read = read_answer(written(quotes=quotes), TEXT)
    assert read["quotes"] == [{"about": "prepay", "start": 15, "end": 23, "text": "96课时一次交清"}]
    assert read["dropped"] == 6
    many = read_answer(written(quotes=[{"about": "academic", "text": "小班"}] * 30), TEXT)
    assert (len(many["quotes"]), many["dropped"]) == (MAX_QUOTES, 30 - MAX_QUOTES)


def test_the_reason_is_one_printable_line_without_contacts() -> None:
    read = read_answer(written(reason="\x1b[2J加微信：wang_laoshi9\n张老师电话13812345678\u202e" + "好" * 900), TEXT)
    assert read["reason"].isprintable()
    assert len(read["reason"]) == MAX_REASON
    assert "13812345678" not in read["reason"]
    assert "张老师" not in read["reason"]
    assert "wang_laoshi9" not in read["reason"]


def test_the_schema_asks_for_what_is_read() -> None:
    properties = SCHEMA["properties"]
    assert set(properties) == set(SCHEMA["required"]) == set(_Answer.model_fields)
    assert properties["kind"]["enum"] == list(KINDS)
    assert properties["academic"]["enum"] == list(ACADEMIC)
    assert properties["signals"]["items"]["enum"] == list(AD_FLAGS)
    assert properties["quotes"]["items"]["properties"]["about"]["enum"] == list(ABOUT)


def test_the_prompt_names_every_word_of_the_closed_lists() -> None:
    system, asked = messages("文本")
    assert [word for word in (*KINDS, *ACADEMIC, *ABOUT, *SCHEMA["required"]) if word not in system["content"]] == []
    assert "文本" in asked["content"]


def test_the_fence_is_another_one_each_time() -> None:
    fences = {messages("文本")[1]["content"] for _ in range(20)}
    assert len(fences) == 20


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from([*KINDS, *ACADEMIC, *ABOUT, "小班"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*GOOD, "text", "about"]), inner),
    max_leaves=20,
)


@given(
    content=st.text()
    | _JSON.map(json.dumps)
    | st.fixed_dictionaries({}, optional={key: _JSON | st.just(GOOD[key]) for key in GOOD}).map(
        lambda changes: json.dumps(GOOD | changes)
    )
)
def test_whatever_is_written_is_an_opinion_of_the_asked_shape_or_a_fault(content: str) -> None:
    try:
        read = read_answer(content, TEXT)
    except AnswerFault:
        return
    assert set(read) == set(READ)
    assert read["kind"] in KINDS
    assert read["academic"] in ACADEMIC
    assert set(read["signals"]) <= set(AD_FLAGS)
    assert all(TEXT[quote["start"] : quote["end"]] == quote["text"] for quote in read["quotes"])
    assert all(quote["about"] in ABOUT for quote in read["quotes"])
