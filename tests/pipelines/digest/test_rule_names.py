"""A rule is called by its findings' name only where they all bear it."""

from __future__ import annotations

from classifier.rulebook import load_rulebook
from pipelines.digest.rule_names import rule_name


def test_findings_of_several_names_are_called_by_the_rule_s() -> None:
    gift, source = "疑似附赠未明示期限或方式", "疑似引证往期成绩未表明出处"
    assert rule_name("AD11", [gift, gift]) == gift
    assert rule_name("AD11", [gift, source]) == load_rulebook().name("AD11")
    assert rule_name("HT18.3a", ["甲", "乙"]) == load_rulebook().name("HT18.3a")
    assert rule_name("ZZ99", ["旧名", "另名"]) == "旧名"
