"""`mingcha evaluate`: labels read strictly but generously, figures worked out by hand, tables that hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from classifier import assess as assess_module
from classifier.assess import Assessor
from classifier.cli import commands
from classifier.errors import CorpusError
from classifier.evaluation import evaluate
from classifier.figures import Counts, Reliability, f1_interval, wilson
from classifier.labelled import MERGED, Labels, read_labels, read_line
from classifier.tally import MOST_GROUPS, OTHERS, WORST, Tally, one_line
from classifier.training import Trained
from classifier.types import Posting

EVALUATE = next(command for command in commands() if command.name == "evaluate")
ADVERT = "初三数学一对一辅导，每课时150元，电话13812345678"
GOLD = {"kind": "offer", "academic": "yes", "covers": ["home"], "stages": ["junior"], "anxiety": False, "signals": []}


def _row(name: str = "a", text: str = ADVERT, **more: Any) -> str:
    return json.dumps({"id": name, "text": text, "gold": GOLD} | more, ensure_ascii=False)


def _answer(**more: Any) -> dict[str, Any]:
    """An answer as the assessor gives it, of nothing found."""
    return {
        "kind": "other", "academic": {"score": 0.1, "flag": False}, "anxiety": {"score": 0.1, "flag": False},
        "covers": [], "stages": [], "subjects": [], "paid": {"flag": False}, "findings": [], "lead": False,
        "priority": 5,
    } | more  # fmt: skip


@pytest.fixture
def ready(assessor: Assessor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess_module.Assessor, "load", lambda *_: assessor)


# --- labels -----------------------------------------------------------------------------------------------------------


def test_what_a_label_does_not_say_is_not_judged() -> None:
    assert read_labels(None) == Labels()
    assert read_labels({"kind": None}) == Labels()
    assert read_labels({"academic": "amb", "anxiety": "ambiguous", "kind": "amb", "covers": "amb"}) == Labels()


@pytest.mark.parametrize(("value", "academic"), [("yes", True), ("likely", True), ("no", False), (True, True)])
def test_academic_in_every_form(value: object, academic: bool) -> None:
    assert read_labels({"academic": value}).academic is academic
    assert read_labels({"academic": {"flag": academic}}).academic is academic


def test_ad_flags_are_signals_and_two_of_them_one_rule() -> None:
    assert read_labels({"ad_flags": ["guarantee", "late"]}).signals == {"guarantee", "late", MERGED}
    merged = read_labels({"signals": ["AD04", "AD08"], "signals_amb": ["late"]})
    assert merged.signals == {MERGED, "price_bait"}
    assert merged.unsure == {"guarantee", "exaggerated", "late"}
    assert read_labels({"signals": [], "signals_amb": ["AD04"]}).unsure == {"guarantee", "exaggerated", MERGED}


@pytest.mark.parametrize(
    ("more", "lead"),
    [
        ({}, None),
        ({"kind": "article", "academic": "no"}, False),
        ({"kind": "offer", "academic": "likely"}, True),
        ({"kind": "offer", "academic": "no", "anxiety": True}, True),
        ({"kind": "offer", "academic": "no", "anxiety": True, "minors": False}, False),
        ({"kind": "offer", "academic": "no", "anxiety": False}, None),
        ({"kind": "offer", "academic": "no", "anxiety": False, "signals": ["price_bait"]}, False),
        ({"kind": "offer", "academic": "no", "anxiety": False, "signals": ["prepay"], "stages": ["adult"]}, False),
        ({"kind": "offer", "academic": "no", "anxiety": False, "signals": ["prepay"], "minors": True}, True),
        ({"kind": "offer", "academic": "no", "anxiety": False, "signals": ["prepay"]}, None),
        ({"kind": "offer", "academic": "no", "anxiety": False, "signals": ["AD04"]}, None),
        ({"kind": "other", "academic": "no", "lead": True}, True),
    ],
)
def test_lead_is_known_only_where_the_labels_tell(more: dict[str, Any], lead: bool | None) -> None:
    assert read_labels(more).lead is lead


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "不是 JSON"),
        ("[1]", "JSON 对象"),
        ('{"id":"a"}', "text"),
        ('{"text":"a","gold":3}', "gold"),
        ('{"text":"a","gold":{"kind":"poem"}}', "poem"),
        ('{"text":"a","gold":{"kind":["offer"]}}', "kind"),
        ('{"text":"a","gold":{"academic":"perhaps"}}', "perhaps"),
        ('{"text":"a","gold":{"academic":[1]}}', "academic"),
        ('{"text":"a","gold":{"anxiety":1}}', "anxiety"),
        ('{"text":"a","gold":{"covers":"home"}}', "covers"),
        ('{"text":"a","gold":{"covers":["castle"]}}', "castle"),
        ('{"text":"a","gold":{"signals":["AD77"]}}', "AD77"),
        ('{"text":"a","gold":{"signals":[["late"]]}}', "signals"),
        ('{"text":"a","channel":7}', "channel"),
    ],
)
def test_bad_lines_say_what_is_wrong(line: str, says: str) -> None:
    with pytest.raises(CorpusError, match=says):
        read_line(line, 1)


def test_channel_else_platform() -> None:
    assert read_line(_row(channel="sms", platform="chat"), 1).channel == "sms"
    assert read_line(_row(platform="chat"), 1).channel == "chat"
    assert read_line('{"text":"a","id":7}', 1).posting.id == "7"
    assert read_line('{"text":"a"}', 9).posting.id == "第9行"


# --- figures ----------------------------------------------------------------------------------------------------------


def test_wilson_as_in_the_books() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_f1_interval_holds_the_figure_and_narrows() -> None:
    few, many = Counts(hits=8, alarms=2, missed=2, agreed=8), Counts(hits=800, alarms=200, missed=200, agreed=800)
    assert few.f1 == many.f1 == pytest.approx(0.8)
    (low, high), (nearer_low, nearer_high) = f1_interval(few), f1_interval(many)
    assert low < nearer_low < 0.8 < nearer_high < high
    assert f1_interval(few) == (low, high)
    assert f1_interval(Counts(agreed=5)) == (0.0, 1.0)


def test_calibration_error_by_hand() -> None:
    reliability = Reliability()
    for truth in (True, True, False, False):
        reliability.add(0.95, truth)
    for _ in range(4):
        reliability.add(0.05, False)
    assert reliability.error == pytest.approx((4 * 0.45 + 4 * 0.05) / 8)
    reliability.add(1.0, True)
    assert [part["texts"] for part in reliability.to_dict()["bins"]] == [4, 5]  # type: ignore[attr-defined]


def test_tally_by_hand() -> None:
    tally = Tally()
    found = [{"signal": "guarantee", "score": 0.9}, {"signal": "late", "score": 0.7}]
    right = _answer(kind="offer", academic={"score": 0.9, "flag": True}, lead=True, covers=["care"], findings=found)
    gold = GOLD | {"signals": ["AD04"]}
    for number, answer in enumerate((right, right, _answer())):
        tally.add(read_line(_row(f"n{number}", gold=gold, channel=f"c{number}", perturbation="split"), 1), answer)
    tally.add(read_line(json.dumps({"id": "x", "text": "天气", "gold": {"kind": "other", "academic": "no"}}), 1), right)
    figures = tally.to_dict()
    academic = figures["labels"]["academic"]
    assert (academic["precision"], academic["recall"], academic["support"]) == (0.6667, 0.6667, 3)
    assert figures["labels"]["signal:AD04"]["recall"] == 0.6667
    assert "signal:guarantee" not in figures["labels"]  # this file knows the two of AD04 merged only
    assert figures["labels"]["signal:late"]["false_alarms"] == 2
    assert figures["labels"]["cover:home"]["missed"] == 3
    assert figures["labels"]["lead"]["false_alarms"] == 1
    assert figures["lead_share"] == 0.75
    assert figures["kind_confusion"] == {"offer": {"offer": 2, "other": 1}, "other": {"offer": 1}}
    assert set(figures["channels"]) == {"c0", "c1", "c2", "未注明"}
    assert figures["perturbations"]["split"]["texts"] == 3
    assert figures["signals_macro"] == {"f1": None, "signals": []}
    assert [row["id"] for row in figures["worst"]["academic"]] == ["n2", "x"]


def test_macro_takes_only_signals_with_enough_positives() -> None:
    tally = Tally()
    for number in range(6):
        flags = ["late", "exaggerated", *(["loan"] if number < 4 else [])]
        item = read_line(_row(f"n{number}", gold=GOLD | {"signals": flags}), 1)
        # "guarantee" for "exaggerated" is right as one rule, wrong as two
        tally.add(item, _answer(findings=[{"signal": name, "score": 0.9} for name in ("late", "guarantee")]))
    assert tally.whole.signals_macro() == {"f1": 1.0, "signals": ["AD04", "late"]}
    assert tally.whole.answers["signal:exaggerated"].missed == 6


def test_memory_is_bounded_by_groups_and_worst_errors() -> None:
    tally = Tally()
    for number in range(200):
        tally.add(read_line(_row(f"n{number}", channel=f"c{number}"), 1), _answer())
    figures = tally.to_dict()
    assert len(figures["channels"]) == MOST_GROUPS + 1
    assert figures["channels"][OTHERS]["texts"] == 200 - MOST_GROUPS
    assert [row["id"] for row in figures["worst"]["academic"]] == [f"n{number}" for number in range(WORST)]


def test_contacts_are_masked_in_errors() -> None:
    assert one_line("buke jiaoshi") == "buke jiaoshi"
    assert "wanglaoshi" not in one_line("加微信wanglaoshi，补课")
    line = one_line("补课\n加微信 Wang_laoshi88 或 138 1234 5678、１３８００００\u202e" + "很长" * 100)
    assert "\n" not in line and "Wang" not in line and "138" not in line and "\u202e" not in line
    assert len(line) <= 80 and line.endswith("…")


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ready")
def test_command_prints_the_same_figures_twice(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    innocent = json.dumps({"id": "b", "text": "今天天气不错", "gold": {"kind": "other", "academic": "no"}})
    path.write_text("\n".join([_row(channel="sms"), "not json", innocent, _row("c", perturbation="split")]))
    as_json = CliRunner().invoke(EVALUATE, [str(path), "--json"])
    assert as_json.exit_code == 1
    figures = json.loads(as_json.stdout)
    assert (figures["texts"], figures["bad_lines"], figures["faults"]) == (3, 1, [{"line": 2, "error": "不是 JSON"}])
    assert "第 2 行" in as_json.stderr
    assert figures["labels"]["academic"]["support"] == 2
    tables = CliRunner().invoke(EVALUATE, [str(path)])
    assert tables.exit_code == 1
    for words in ("各项判断", "学科类培训", "类型：标注", "期望校准误差", "按渠道", "sms", "按改写方式", "split"):
        assert words in tables.stdout
    assert figures["model"] in tables.stdout
    assert "13812345678" not in tables.stdout


@pytest.mark.usefixtures("ready")
def test_first_tier_alone_answers_less(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(_row())
    result = CliRunner().invoke(EVALUATE, [str(path), "--screen-only", "--json"])
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert set(figures["labels"]) == {"academic", "anxiety", "lead", "kind:offer"}
    assert figures["tiers"] == 1


@pytest.mark.usefixtures("ready")
def test_nothing_to_judge_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("")
    result = CliRunner().invoke(EVALUATE, [str(path)])
    assert result.exit_code == 1
    assert "没有可评测的文本" in result.stderr


def test_texts_without_labels_are_counted_only(assessor: Assessor) -> None:
    lines = ((number, json.dumps({"id": str(number), "text": ADVERT})) for number in range(1, 4))
    figures = evaluate(lines, assessor).to_dict()
    assert figures["texts"] == 3
    assert figures["labels"] == {}
    assert figures["kind_accuracy"] is None


def test_own_texts_get_the_figures_of_their_answers(assessor: Assessor, trained: Trained) -> None:
    chosen = trained.examples[::25]
    rows = [
        json.dumps({"id": e.posting.id, "text": e.posting.text, "gold": {"academic": e.gold.academic}}) for e in chosen
    ]
    figures = evaluate(enumerate(rows, start=1), assessor).to_dict()
    said = assessor.assess([Posting(id=e.posting.id, text=e.posting.text) for e in chosen])
    hits = sum(answer["academic"]["flag"] and e.gold.is_academic for answer, e in zip(said, chosen, strict=True))
    academic = figures["labels"]["academic"]
    assert hits > 5
    assert academic["support"] - academic["missed"] == hits
    assert figures["labels"]["academic"]["texts"] == len(chosen)
