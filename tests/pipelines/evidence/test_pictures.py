"""Which part of the assessed text was read off pictures: found again from what is stored, never guessed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evidence.marks import Piece, assessed_body, pieces, runs
from pipelines.evidence.pictures import picture_spans
from pipelines.ingest.assess_pending import assessed_text
from pipelines.records import Image, Listing, StoredAssessment
from tests.factories import NOON


def listing(title: str, text: str, fields: dict[str, str], said: list[str | None]) -> Listing:
    images = tuple(Image(url=f"http://a/{n}", blob=None, ocr_text=words) for n, words in enumerate(said))
    return Listing(
        id=1,
        source="s",
        key="k",
        url="",
        platform="",
        cluster_id=1,
        first_seen_at=NOON,
        last_seen_at=NOON,
        demo=False,
        version_id=1,
        version=1,
        capture_id=None,
        title=title,
        text=text,
        fields=fields,
        images=images,
        price_raw="",
        district="",
        posted_at=None,
        visibility="public",
        operator_id=None,
    )


def assessed(one: Listing) -> StoredAssessment:
    title, text = assessed_text(one)
    return StoredAssessment(
        id=1,
        version_id=1,
        model="m",
        rulebook="r",
        created_at=NOON,
        lead=True,
        priority=1,
        result={"findings": []},
        title=title,
        text=text,
    )


WORDS = st.text(alphabet="提分班\n 1a😀", max_size=6)


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS, st.dictionaries(WORDS, WORDS, max_size=2), st.lists(st.none() | WORDS, max_size=3))
def test_every_picture_is_found_where_its_words_stand(
    title: str, text: str, fields: dict[str, str], said: list[str | None]
) -> None:
    one = listing(title, text, fields, said)
    stored = assessed(one)
    body = assessed_body(stored)
    spans = picture_spans(one, stored)
    assert [body[start:end] for start, end in spans] == [words for words in said if words]
    cut = pieces(stored, spans)
    assert "".join(piece.text for piece in cut) == body
    assert "".join(piece.text for piece in cut if piece.picture) == "".join(words for words in said if words)
    assert sum(piece.begins_picture for piece in cut) == len(spans)
    marked = runs(cut)
    assert "".join(run.text for run in marked) == body
    assert sum(run.begins_picture for run in marked) == len(spans)


def test_quotes_that_touch_are_one_mark_under_one_number() -> None:
    cut = [
        Piece(text="上课", ids=()), Piece(text="原价", ids=("AD08",)), Piece(text="3980元", ids=("HT18", "AD08")),
        Piece(text="，", ids=()), Piece(text="今晚截止", ids=("AD08",)),
        Piece(text="图里的字", ids=("AD04",), picture=True, begins_picture=True),
    ]  # fmt: skip
    assert [(run.number, run.text, run.ids) for run in runs(cut) if run.number] == [
        (1, "原价3980元", ("AD08", "HT18")),
        (2, "今晚截止", ("AD08",)),
        (3, "图里的字", ("AD04",)),
    ]


def test_a_text_that_was_assessed_without_its_pictures_marks_nothing() -> None:
    one = listing("题", "手写的正文", {}, ["图里的字"])
    assert picture_spans(one, assessed(replace(one, images=()))) == ()
