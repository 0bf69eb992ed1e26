"""A challenger goes live only when it is no worse on the frozen evaluation and better on recent decisions."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from classifier import model_file
from classifier.challenge import LEAST_RECENT, TOLERANCE, Comparison
from classifier.dataset import CORPUS, read_corpus
from classifier.errors import ModelFileError
from classifier.workshop import make_current
from pipelines import audit
from pipelines.assessor import active_model, learned_models
from pipelines.desk import Desk
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.learning.challenger import Challenge, challenge
from pipelines.learning.models import BASE, activate, list_models
from pipelines.records import Verdict
from tests.made_once import made_once, run_folder
from tests.pipelines.learning.decided import MARK, add_lead, decide, ensure_user

#: Writers of the small corpus that trains; the decided postings come from others.
WRITERS = ("b02", "w01", "w05")


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for name in WRITERS:
        shutil.copy(CORPUS / f"{name}.jsonl", folder)
    return folder


@pytest.fixture(scope="session")
def shipped(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a base model, from which the tests only read."""

    def make() -> Path:
        folder = run_folder(tmp_path_factory) / "shipped"
        make_current(small_corpus, folder)
        return folder

    return made_once(tmp_path_factory, "shipped-folder", make)


def advertisements(number: int) -> list[str]:
    found = [e for e in read_corpus() if e.writer not in WRITERS and e.gold.is_academic and len(e.posting.text) > 40]
    return [example.posting.text for example in found[:number]]


def teach_well(desk: Desk, number: int) -> None:
    """Postings of a kind the corpus does not know are dismissed, all others confirmed."""
    ensure_user(desk)
    for place, text in enumerate(advertisements(number)):
        marked = not place % 3
        lead = add_lead(desk, str(place), (MARK if marked else "") + text)
        decide(desk, lead, Verdict.DISMISS if marked else Verdict.CONFIRM, "非培训内容" if marked else "")


@pytest.fixture
def passed(desk: Desk, small_corpus: Path, shipped: Path) -> Challenge:
    teach_well(desk, 5 * LEAST_RECENT)
    return challenge(desk, actor="console", corpus=small_corpus, shipped=shipped)


def test_a_better_one_may_go_live_and_nothing_goes_live_by_itself(
    desk: Desk, passed: Challenge, shipped: Path, small_corpus: Path
) -> None:
    said = passed.comparison
    assert said.passed, said.verdict
    assert said.recent == LEAST_RECENT
    assert said.challenger_right > said.active_right
    assert "可以启用" in said.verdict
    base, learned = list_models(desk.home, shipped)
    assert (base.active, learned.active, learned.may_go_live) == (True, False, True)
    assert (learned.id, learned.lessons) == (passed.model, 4 * LEAST_RECENT)
    assert active_model(desk.home, shipped).id == passed.base

    assert activate(desk, passed.model, actor="console", shipped=shipped) == passed.model
    assert active_model(desk.home, shipped).id == passed.model
    with pytest.raises(Conflict, match="现用"):
        activate(desk, passed.model, actor="console", shipped=shipped)
    with pytest.raises(Conflict, match="没有新的审核结论"):
        challenge(desk, actor="console", corpus=small_corpus, shipped=shipped)
    assert activate(desk, BASE, actor="console", shipped=shipped) == passed.base
    assert active_model(desk.home, shipped).id == passed.base
    with desk.store.read() as tx:
        events = [(event.action, event.object_id) for event in tx.audit.all()]
    assert events == [
        ("model.train", passed.model),
        ("model.activate", passed.model),
        ("model.activate", passed.base),
    ]
    assert audit.verify_chain(desk.store) == []
    # The texts of the decisions are nowhere in HOME but in the store.
    assert sorted(path.name for path in learned_models(desk.home).rglob("*") if path.is_file()) == [
        ".key", ".lock", "model.json", "signature", "weights.npz",
    ]  # fmt: skip
    assert MARK not in (learned_models(desk.home) / passed.model / "model.json").read_text(encoding="utf-8")

    folder = learned_models(desk.home)
    activate(desk, passed.model, actor="console", shipped=shipped)
    weights = folder / passed.model / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelFileError, match="activate base"):
        active_model(desk.home, shipped)
    assert [one.state for one in list_models(desk.home, shipped)] == ["ok", "damaged"]
    activate(desk, BASE, actor="console", shipped=shipped)
    with pytest.raises(Refused, match="已损坏"):
        activate(desk, passed.model, actor="console", shipped=shipped)


def test_poisoned_decisions_never_go_live(desk: Desk, small_corpus: Path, shipped: Path) -> None:
    ensure_user(desk)
    for place, text in enumerate(advertisements(5 * LEAST_RECENT)):
        decide(desk, add_lead(desk, str(place), text), Verdict.DISMISS, "非培训内容")
    done = challenge(desk, actor="console", corpus=small_corpus, shipped=shipped)
    said = done.comparison
    assert said.challenger_right > said.active_right  # it has learnt the poison
    assert "academic_f1" in said.worse
    assert not said.passed
    assert "变差" in said.verdict
    with pytest.raises(Refused, match="没有通过比较"):
        activate(desk, done.model, actor="console", shipped=shipped)
    assert active_model(desk.home, shipped).id == done.base


def test_too_few_recent_decisions_say_so(desk: Desk, small_corpus: Path, shipped: Path) -> None:
    with pytest.raises(BadInput, match="还没有可学的审核结论"):
        challenge(desk, actor="console", corpus=small_corpus, shipped=shipped)
    teach_well(desk, 12)
    done = challenge(desk, actor="console", corpus=small_corpus, shipped=shipped)
    assert not done.comparison.passed
    assert f"至少要 {LEAST_RECENT} 条" in done.comparison.verdict


def test_unknown_and_foreign_models_are_refused(desk: Desk, shipped: Path) -> None:
    with pytest.raises(NotFound, match="model list"):
        activate(desk, "m-000000000000", actor="console", shipped=shipped)
    with pytest.raises(NotFound):
        activate(desk, "../../etc", actor="console", shipped=shipped)
    base = model_file.current_id(shipped)
    assert base is not None
    foreign = learned_models(desk.home) / "m-0123456789ab"
    shutil.copytree(shipped / base, foreign)
    with pytest.raises(Refused, match="不是在这个数据目录里训练的"):
        activate(desk, foreign.name, actor="console", shipped=shipped)


def test_a_model_of_an_older_program_gives_way_to_the_base(
    desk: Desk, shipped: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    base = model_file.load_current(shipped)
    folder = learned_models(desk.home)
    other = replace(base, id="m-0123456789ab")
    with monkeypatch.context() as older:
        older.setattr(model_file, "code_hash", lambda: "older")
        model_file.save_model(other, corpus="", report={}, folder=folder)
    with caplog.at_level(logging.WARNING):
        assert active_model(desk.home, shipped).id == base.id
    assert "model activate base" in caplog.text
    assert [(one.active, one.state) for one in list_models(desk.home, shipped)] == [(True, "ok"), (False, "stale")]
    with pytest.raises(Refused, match="其他版本的程序"):
        activate(desk, other.id, actor="console", shipped=shipped)


def compared(**changes: object) -> Comparison:
    even = {"academic_f1": 0.9, "anxiety_f1": 0.7, "lead_precision": 0.95}
    values: dict[str, object] = {
        "active_frozen": even,
        "challenger_frozen": even,
        "bar": even,
        "recent": 30,
        "active_right": 20,
        "challenger_right": 21,
    }
    return Comparison(**values | changes)  # type: ignore[arg-type]


def test_the_rule() -> None:
    assert compared().passed
    assert not compared(challenger_right=20).passed
    assert "没有更好" in compared(challenger_right=20).verdict
    assert not compared(recent=LEAST_RECENT - 1).passed
    even = compared().bar
    for name, tolerance in TOLERANCE.items():
        within = {**even, name: even[name] - tolerance + 1e-9}
        beyond = {**even, name: even[name] - tolerance - 1e-4}
        assert compared(challenger_frozen=within).passed
        assert compared(challenger_frozen=beyond).worse == (name,)
