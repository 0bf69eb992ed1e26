"""Short names of rules: every rule has one, short, and lists put what has no penalty last."""

from __future__ import annotations

from classifier.rulebook import load_rulebook
from pipelines.records.rule_words import SHORT_NAMES, coded, short_name, told


def test_every_rule_and_sub_rule_has_a_short_name_of_its_own() -> None:
    rules = load_rulebook().rules
    codes = set(rules) | {f"{code}.{sub}" for code, rule in rules.items() for sub in rule.subcodes}
    assert codes == set(SHORT_NAMES)
    assert len(set(SHORT_NAMES.values())) == len(SHORT_NAMES)
    assert max(map(len, SHORT_NAMES.values())) <= 10


def test_a_finding_is_named_by_its_rule_and_an_unknown_code_stays() -> None:
    assert coded("AD04.2") == f"AD04.2 {SHORT_NAMES['AD04']}"
    assert coded("HT18.3a") == f"HT18.3a {SHORT_NAMES['HT18.3a']}"
    assert short_name("HT18.3a.2") == SHORT_NAMES["HT18.3a"]
    assert coded("ZZ01") == "ZZ01"


def test_clean_up_stands_last_in_one_breath() -> None:
    found = [("AD01", "cleanup"), ("HT08", "lead"), ("AD03", "cleanup"), ("HT08", "cleanup")]
    assert told(found) == "HT08 学龄前培训；另有清理提示 AD01 违规登播广告、AD03 制造焦虑"
    assert told(found[:1]) == "AD01 违规登播广告"
    assert told([]) == ""
