"""The rulebook holds every code, says 疑似, and never shows an unverified article as law."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
import yaml

from classifier.errors import RulebookError
from classifier.provenance import judging_hash
from classifier.rulebook import MODES, load_rulebook, parse_rulebook
from classifier.types import SIGNALS

TEXT = (resources.files("classifier") / "rulebook.yml").read_text(encoding="utf-8")
CODES = [
    *(f"HT{number}" for number in ("01", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "18", "99")),
    *(f"AD{number:02d}" for number in range(1, 14)),
]
#: The contract's table.
CONSEQUENCE = {
    "academic_hidden": ("HT18", "sanctionable"), "academic_open": ("HT01", "lead"), "anxiety": ("AD03", "cleanup"),
    "guarantee": ("AD04", "sanctionable"), "exam_insider": ("AD05", "sanctionable"),
    "endorsement": ("AD06", "sanctionable"), "superlative": ("AD09", "sanctionable"), "exaggerated": ("AD04", "lead"),
    "price_bait": ("AD08", "lead"), "teacher_public": ("HT09", "lead"), "school_link": ("HT15", "lead"),
    "holiday": ("HT07", "lead"), "late": ("HT07", "lead"), "preschool_academic": ("HT08", "lead"),
    "foreign_teacher_abroad": ("HT10", "lead"), "prepay": ("HT12", "lead"), "loan": ("HT12", "lead"),
}  # fmt: skip


def test_all_codes_and_signals() -> None:
    book = load_rulebook()
    assert sorted(book.rules) == sorted(CODES)
    assert set(SIGNALS) <= set(book.signals)
    for signal, (code, consequence) in CONSEQUENCE.items():
        assert (book.signals[signal].code, book.signals[signal].consequence) == (code, consequence)
    assert sorted(book.rules["HT18"].subcodes) == ["1", "2", "3a", "3b", "3c", "3d", "3e", "3f", "3g", "3h", "3i", "4"]


def test_unverified_articles_are_never_rendered() -> None:
    seen = 0
    for rule in load_rulebook().rules.values():
        assert rule.name.startswith("疑似")
        assert "违法事实" not in rule.name
        for basis in rule.basis:
            if basis.verified:
                assert "待核" not in str(basis)
            else:
                seen += 1
                assert "条号待核" in str(basis)
                assert basis.article not in str(basis)
    assert seen >= 5


def test_articles_from_memory_are_marked_so() -> None:
    """53号令 beyond articles 17 and 18 was never read in full (law.md §9.16)."""
    for rule in load_rulebook().rules.values():
        for basis in rule.basis:
            if "校外培训行政处罚暂行办法" in basis.norm:
                assert basis.verified == (basis.article in ("第十七条", "第十八条"))


def test_effective_dates_choose_the_article() -> None:
    rule = load_rulebook().rule("AD07")
    old, new = rule.cited(date(2025, 10, 14)), rule.cited(date(2025, 10, 15))
    assert any("第八条" in line for line in old)
    assert not any("第九条" in line for line in old)
    assert any("第九条" in line for line in new)
    assert rule.cited() == new


def test_a_norm_for_other_classes_is_no_basis_for_academic_ones() -> None:
    rule = load_rulebook().rule("HT07")
    holiday = "；".join(rule.cited(signal="holiday", academic=True))
    assert "寒暑假" in holiday
    assert "20:30" not in holiday
    assert "非学科类" not in holiday
    late = "；".join(rule.cited(signal="late", academic=True))
    assert "20:30" in late
    assert "非学科类" not in late
    other = "；".join(rule.cited(signal="late", academic=False))
    assert "非学科类" in other
    assert "作业负担" not in other  # the academic norm


def test_every_finding_that_can_be_made_has_a_basis() -> None:
    book = load_rulebook()
    for signal, row in book.signals.items():
        for academic in (True, False):
            for mode in (None, *MODES):
                cited = book.rule(row.code).cited(signal=signal, academic=academic, mode=mode)
                assert cited, (signal, academic, mode)


def test_a_norm_for_classes_online_is_none_for_those_on_site() -> None:
    book = load_rulebook()
    for code, online in (("HT07", "21:00"), ("HT08", "线上")):
        for academic in (True, False):
            assert online in "".join(book.rule(code).cited(academic=academic, mode="online"))
            assert "线上" not in "".join(book.rule(code).cited(academic=academic, mode="offline"))


def test_subcodes_have_names() -> None:
    book = load_rulebook()
    assert book.name("HT18.3h").endswith("托管、作业辅导、成长中心名义")
    with pytest.raises(RulebookError):
        book.rule("HT77")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["rules"]["AD03"].update(colour="red"),
        lambda d: d["rules"]["AD03"].update(severity=9),
        lambda d: d["rules"]["AD03"].update(consequence="jail"),
        lambda d: d["rules"]["AD03"].update(name="制造焦虑"),
        lambda d: d["rules"]["AD03"].update(basis=[]),
        lambda d: d["rules"]["AD03"]["basis"][0].update(status="sure"),
        lambda d: d["rules"]["AD03"]["basis"][0].update({"from": "soon"}),
        lambda d: d["rules"]["AD03"]["basis"][0].pop("gist"),
        lambda d: d["rules"]["AD03"]["basis"][0].update({"for": "everybody"}),
        lambda d: d["rules"]["AD03"]["basis"][0].update(mode="hybrid"),
        lambda d: d["rules"]["AD03"]["basis"][0].update(signals=["late"]),
        lambda d: d["rules"]["AD03"]["basis"][0].update(signals="anxiety"),
        lambda d: d["signals"]["anxiety"].update(code="AD77"),
        lambda d: d["signals"]["anxiety"].pop("title"),
        lambda d: d.pop("version"),
        lambda d: d.update(extra=1),
    ],
)
def test_strict(change: object) -> None:
    data = yaml.safe_load(TEXT)
    change(data)  # type: ignore[operator]
    with pytest.raises(RulebookError):
        parse_rulebook(yaml.safe_dump(data, allow_unicode=True))


def test_id_names_the_content_and_the_code_that_applies_it() -> None:
    assert load_rulebook().id == f"{parse_rulebook(TEXT).id}-{judging_hash()[:4]}"
    assert parse_rulebook(TEXT + "\n# note\n").id != parse_rulebook(TEXT).id
