"""Words that are seen on a page though they stand in no text of it."""

from __future__ import annotations

import pytest

from crawlers.drawn_words import DRAWN, MAX_NAMES, MAX_RULES, drawn_words
from crawlers.page_bound import bounded_text
from crawlers.pages_reader import read_page
from crawlers.states import PageView, make_selector
from crawlers.tag_bound import MAX_ATTRIBUTES
from crawlers.visible import visible_text

AD = "初二数学小班，一对一辅导，每小时200元"
_PARAGRAPHS = (
    "<h1>花草小记</h1>"
    "<p>今天天气很好，我们去公园散步，看见一只小猫在晒太阳，大家都很高兴，回来以后又浇了花，写了一点东西。</p>"
    "<p>植物园的樱花开了，很多人在拍照，孩子们跑来跑去。</p>"
)


@pytest.mark.parametrize(
    ("frame", "is_seen"),
    [
        (f'<iframe srcdoc="{AD}"></iframe>', True),
        (f'<iframe srcdoc="&lt;p&gt;{AD}&lt;/p&gt;" width="600"></iframe>', True),
        (f'<iframe style="display:none" srcdoc="{AD}"></iframe>', False),
        (f'<iframe height=0 srcdoc="{AD}"></iframe>', False),
        (f'<iframe srcdoc="&lt;iframe srcdoc=&quot;{AD}&quot;&gt;"></iframe>', False),
        (f"<noscript>{AD}</noscript>", False),
        (f"<svg><title>图标</title><text>{AD}</text></svg>", True),
        (f"<svg hidden><text>{AD}</text></svg>", False),
    ],
)
def test_what_a_reader_sees_is_read(frame: str, is_seen: bool) -> None:
    page = make_selector(f"<body><p>甲</p>{frame}<p>乙</p></body>")
    assert (AD in visible_text(page)) is is_seen
    assert visible_text(page).startswith("甲")
    assert visible_text(page).endswith("乙")


def test_a_saved_page_whose_posting_is_in_a_frame_is_read_by_everybody() -> None:
    text = f'<title>花草小记</title><body><article>{_PARAGRAPHS}<iframe srcdoc="<p>{AD}</p>"></iframe></article></body>'
    view = PageView.of(url="", status=200, body=text.encode(), text=text)
    assert f"<p>{AD}</p>" in bounded_text(text, view.selector.root)
    assert AD in read_page(text.encode(), "x.html").listings[0].text


def test_a_frames_document_is_bounded_as_the_page_is() -> None:
    many = " ".join(f"a{number}" for number in range(2_000))
    page = make_selector(f"<body><iframe srcdoc='<p {many}>甲</p>'></iframe></body>")
    assert max(len(node.attrib) for node in page.root.iter("*")) <= MAX_ATTRIBUTES
    assert visible_text(page) == "甲"


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (f'.c::before{{content:"{AD}"}}', AD),
        (f".x .c:after {{ color: red;\n content : '{AD}' }}", AD),
        (f'@media screen{{.c::before{{content:"{AD}"}}}}', AD),
        (r'.c::after{content:"\521d\4e8c \6570\5b66 13800138000"}', "初二数学13800138000"),
        (r'.c::after{content:"初二数学" "13800138000"}', "初二数学13800138000"),
        (f'.d::before{{content:"{AD}"}}', ""),
        (f'.c::before{{content:"{AD}";display:none}}', ""),
        (f'/* .c::before{{content:"{AD}"}} */', ""),
        ('.c::before{content:"展开全文"}', ""),
        (r'.c::before{content:"\e601\e602\e603\e604\e605\e606\e607\e608"}', ""),
        (f'.c{{content:"{AD}"}}', ""),
    ],
)
def test_what_a_sheet_writes_beside_an_element_is_told(sheet: str, told: str) -> None:
    head = f"<head><title>花草小记</title><style>{sheet}</style></head>"
    page = f"{head}<body><article>{_PARAGRAPHS}<p class=c></p></article></body>"
    assert drawn_words(make_selector(page)) == told
    assert read_page(page.encode(), "x.html").listings[0].fields.get(DRAWN, "") == told


def test_a_hostile_sheet_is_looked_at_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = f'{"* * .c:nth-child(2), .c" * 50}::before{{content:"{AD}"}}'
    page = make_selector(f"<style>{rule * 1_000}</style>")
    asked: list[str] = []

    def css(_page: object, name: str) -> list[str]:
        asked.append(name)
        return []

    monkeypatch.setattr(type(page), "css", css)
    assert drawn_words(page) == ""
    assert len(asked) <= MAX_RULES * MAX_NAMES
