"""What an operator is called: a nickname or a phone is no name."""

from __future__ import annotations

from pipelines.records.operators import StoredContact, known_as


def contact(kind: str, masked: str) -> StoredContact:
    return StoredContact(id=1, kind=kind, masked=masked, keyed_hash="", ciphertext=b"")


def test_a_business_is_called_by_its_name_and_nobody_by_a_nickname() -> None:
    account, phone = contact("account", "圆规老郑"), contact("phone", "138****5085")
    assert known_as([phone, account]) == "未标明名称（发布昵称 圆规老郑，电话 138****5085）"
    assert known_as([phone, contact("org", "小荷学堂"), phone]) == "小荷学堂（电话 138****5085）"
    assert known_as([]) == known_as([contact("name", "张老师")]) == "未标明名称"


def test_many_are_counted() -> None:
    names = [contact("org", f"学堂{number}") for number in range(5)]
    assert known_as(names) == "学堂0、学堂1、学堂2 等 5 个"
