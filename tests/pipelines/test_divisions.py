"""Region codes: real ones are taken, made-up ones refused with the mend, new counties remarked upon."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config import read_settings
from pipelines.desk import mark_demo, open_desk
from pipelines.divisions import NOWHERE, region_fault, region_known, region_remark, region_words
from pipelines.doctor import examine
from pipelines.enforcement.station import set_station, station
from pipelines.enforcement.users import create_user
from pipelines.errors import BadInput, ConfigError
from pipelines.records import Role


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("330102", "浙江省杭州市上城区"),
        ("330100", "浙江省杭州市"),
        ("330000", "浙江省"),
        ("110101", "北京市东城区"),
        ("429004", "湖北省仙桃市"),
        ("441900", "广东省东莞市"),
    ],
)
def test_a_real_code_is_taken_and_named(code: str, place: str) -> None:
    assert (region_fault(code), region_remark(code), region_words(code)) == ("", "", place)


@pytest.mark.parametrize(
    "code", ["999999", "000000", "339900", "330199x", "33010", "３３０１０２", "杭州", "160100", "129900"]
)
def test_a_made_up_code_is_refused_with_the_mend(code: str) -> None:
    assert "330102" in region_fault(code)
    with pytest.raises(ConfigError, match="MINGCHA_REGION"):
        read_settings({"MINGCHA_REGION": code})


def test_a_county_newer_than_the_list_is_taken_and_remarked_upon() -> None:
    assert not region_known("653228")  # of 2024
    assert region_fault("653228") == ""
    assert "和田地区" in region_remark("653228")
    checks = {
        check.name: check for check in examine(read_settings({"MINGCHA_REGION": "653228", "MINGCHA_HOME": "/nowhere"}))
    }
    assert not checks["区划代码"].ok
    checks = {
        check.name: check for check in examine(read_settings({"MINGCHA_REGION": "330102", "MINGCHA_HOME": "/nowhere"}))
    }
    assert checks["区划代码"].ok
    assert "上城区" in checks["区划代码"].message


def test_what_is_typed_at_first_is_checked_the_same_and_only_a_demo_is_nowhere(home: Path, sqlite_url: str) -> None:
    settings = read_settings({}, home=home, database_url=sqlite_url)
    with open_desk(settings) as desk:
        boss = create_user(desk, "boss", "correct-horse-1949", roles=[Role.ADMIN])
        for code in ("999999", NOWHERE):
            with pytest.raises(BadInput, match="GB/T 2260"):
                set_station(desk, region=code, agency="清水县教育局", user=boss)
        set_station(desk, region=" 330102 ", agency="清水县教育局", user=boss)
        assert station(desk).region == "330102"
        mark_demo(home)
        set_station(desk, region=NOWHERE, agency="演示单位", user=boss)
