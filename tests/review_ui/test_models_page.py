"""The models page, and what a new assessment leaves on lead page and queue."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import numpy as np
import pytest

from classifier.challenge import TOLERANCE, Comparison
from classifier.evidence_columns import evidence_names
from classifier.features import Vectoriser
from classifier.model import HEADS, Model
from classifier.model_file import save_model
from pipelines import clock
from pipelines.assessor import learned_models
from pipelines.desk import Desk
from pipelines.ingest.settle import settle
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import seed_lead, seed_source

FIGURES = {"academic_f1": 0.9, "anxiety_f1": 0.7, "lead_precision": 0.95, "lead_recall": 0.8}

LABELS = {"academic": {"f1": 0.9}, "anxiety": {"f1": 0.7}, "lead": {"precision": 0.95, "recall": 0.8}}


def save_learned(desk: Desk, *, right: int, day: int, model_id: str) -> None:
    """A model that knows nothing, with the report of one that was compared."""
    said = Comparison(
        active_frozen=FIGURES,
        challenger_frozen=FIGURES,
        bar=FIGURES,
        recent=30,
        active_right=20,
        challenger_right=right,
    )
    more = {"passed": said.passed, "verdict": said.verdict, "tolerance": dict(TOLERANCE), "base_frozen": FIGURES}
    learned = {
        "made_at": f"2026-11-{day:02d}T10:00:00+08:00",
        "lessons": 120,
        "comparison": asdict(said) | more | {"base": "m-base", "active": "m-base"},
    }
    nothing = np.zeros(len(HEADS))
    save_model(
        Model(
            id=model_id,
            vectoriser=Vectoriser(grams=(), idf=np.zeros(0), evidence_weight=0.1),
            weights=np.zeros((len(evidence_names()), len(HEADS))),
            bias=nothing,
            slope=nothing,
            companion=nothing,
            offset=nothing,
            thresholds=dict.fromkeys(HEADS, 0.5),
            spoken=(1.0, 0.0),
        ),
        corpus="",
        report={"texts": 4018, "answers": {"labels": LABELS}, "learned": learned},
        folder=learned_models(desk.home),
        current=False,
    )


def test_before_any_comparison_the_page_says_what_to_do(officer: Browser) -> None:
    text = officer.page("/models").get_text(" ", strip=True)
    assert "还没有比较过" in text
    assert "mingcha train --with-decisions" in text


def test_models_and_the_last_comparison_are_shown(officer: Browser, desk: Desk) -> None:
    save_learned(desk, right=25, day=20, model_id="m-aaaaaaaaaaaa")
    save_learned(desk, right=15, day=21, model_id="m-bbbbbbbbbbbb")
    page = officer.page("/models")
    rows = {
        str(row["data-model"]): row.get_text(" ", strip=True) for row in page.find_all("tr", attrs={"data-model": True})
    }
    assert "可启用" in rows["m-aaaaaaaaaaaa"]
    assert "未通过比较" in rows["m-bbbbbbbbbbbb"]
    assert "0.900" in rows["m-aaaaaaaaaaaa"]
    verdict = page.find(attrs={"data-testid": "model-verdict"})
    assert verdict is not None
    assert "没有更好，不能启用" in verdict.text


@pytest.mark.parametrize("still", [True, False])
def test_a_new_assessment_stands_in_the_history(officer: Browser, desk: Desk, still: bool) -> None:
    seed_source(desk)
    lead = seed_lead(desk, "one", "标题", "数学小班，提分", age=timedelta(hours=1))
    with desk.store.transaction() as tx:
        listing = tx.listings.get(lead.listing_id)
        shown = tx.assessments.get(lead.assessment_id)
        assert listing is not None
        assert shown is not None
        now = clock.now()
        tx.assessments.add(listing.version_id, "m-new", "r-seed", still, 60, shown.result, "标题", listing.text, now)
        assert settle(tx, [lead.cluster_id], "m-new", "r-seed", now) == (not still)
    page = officer.page(f"/leads/{lead.id}")
    history = page.find("ol", class_="timeline")
    assert history is not None
    again, born = (item.get_text(" ", strip=True) for item in history.find_all("li"))
    assert again.startswith("按新模型/规则库重新研判")
    assert ("仍列为线索" if still else "不再列为线索") in again
    assert "m-new" in again
    assert "m-seed" in born
    tabs = officer.page("/queue").get_text(" ", strip=True)
    assert ("已撤下" in tabs) is not still
    if not still:
        assert officer.page("/queue").find(attrs={"data-testid": "lead-row"}) is None
        assert officer.page("/queue?status=withdrawn").find(attrs={"data-lead-id": str(lead.id)}) is not None
        assert "已撤下" in page.text
