"""Whom a lead is laid to, in the words of all pages and papers: its operator, or what its posting alone says."""

from __future__ import annotations

from pipelines.records import Lead, Operator
from pipelines.records.operators import known_as
from pipelines.store import Tx


def operator_of(tx: Tx, lead: Lead) -> Operator | None:
    """The operator a lead belongs to, when contacts tell."""
    return tx.operators.get(lead.operator_id) if lead.operator_id is not None else None


def operator_words(tx: Tx, lead: Lead) -> str:
    """Who stands behind a lead: 小荷学堂（电话 138****5678）, or 未标明名称（发布昵称 圆规老郑）."""
    operator = operator_of(tx, lead)
    return known_as(operator.contacts if operator is not None else tx.contacts.of_listing(lead.listing_id))
