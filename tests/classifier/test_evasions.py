"""The generator disguises what it says, and nothing else; the same seed gives the same texts."""

from __future__ import annotations

import io
import json
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.dataset import CORPUS, read_file
from tests import evasions
from tests.evasions import EVASIONS, evade

ADVERT = "初三数学一对一辅导，周末上门，名师授课，加微信13800138000咨询，暑假班报名中"
INNOCENT = "昨天带爷爷去公园散步，湖边的荷花开得正好，回家路上买了两斤桃子"
BODIES = [example.posting.body for example in read_file(CORPUS / "w08.jsonl")]


@pytest.mark.parametrize("name", EVASIONS)
def test_same_seed_same_text_another_seed_another(name: str) -> None:
    assert evade([ADVERT], name) == evade([ADVERT], name)
    assert len({evade([ADVERT], name, seed=seed)[0] for seed in range(8)}) > 2


@pytest.mark.parametrize("name", EVASIONS)
def test_nearly_every_text_is_changed_a_little(name: str) -> None:
    changed = [evade([body], name)[0] for body in BODIES]
    assert sum(new != old for new, old in zip(changed, BODIES, strict=True)) >= 0.97 * len(BODIES)
    # people hide some words, not all: most characters of most texts stand as they were
    kept = [len(set(old) & set(new)) / len(set(old)) for new, old in zip(changed, BODIES, strict=True)]
    assert sorted(kept)[len(kept) // 2] > 0.75


@pytest.mark.parametrize("name", EVASIONS)
def test_innocent_texts_are_treated_alike(name: str) -> None:
    assert evade([INNOCENT], name) != [INNOCENT]


@pytest.mark.parametrize(
    ("name", "word", "forms"),
    [
        ("separators", "补课", {"补*课", "补 课", "补·课"}),
        ("pinyin", "补课", {"buke", "bu课", "补ke", "BuKe", "bu ke"}),
        ("initials", "补课", {"bk", "补k", "b课"}),
        ("initials", "微信", {"vx", "v信"}),
        ("homophones", "微信", {"威信", "薇信"}),
        ("lookalikes", "补课", {"补裸", "扑课"}),
        ("split", "补课", {"衤卜课", "补讠果", "衤卜讠果"}),
        ("variants", "补课", {"補課", "补📚"}),
        ("invisible", "补课", {"补\u200b课", "补\n课", "补\u0336课\u0336"}),
    ],
)
def test_usual_forms_are_met(name: str, word: str, forms: set[str]) -> None:
    made = {EVASIONS[name](word, random.Random(seed)) for seed in range(400)}
    assert forms <= made
    assert word not in made or name in ("pinyin",)


def test_what_looks_or_sounds_alike_is_another_word() -> None:
    for name in ("homophones", "lookalikes"):
        for seed in range(50):
            made = EVASIONS[name]("物理", random.Random(seed))
            assert made != "物理"
            assert len(made) == 2
            assert all(unicodedata.category(char) in ("Lo", "So") for char in made)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(sorted(EVASIONS)))
def test_any_text_is_taken(text: str, name: str) -> None:
    assert len(evade([text, ADVERT], name)) == 2


def test_rows_keep_their_labels(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "title": "数学辅导", "text": ADVERT, "gold": {"kind": "offer", "academic": "yes"}},
        {"id": "b", "text": INNOCENT, "platform": "blog"},
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    out = io.StringIO()
    evasions.main([str(path)], out)
    made = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(made) == 2 * (1 + len(EVASIONS))
    assert len({row["id"] for row in made}) == len(made)
    assert [row["perturbation"] for row in made[:9]] == ["none", *EVASIONS]
    assert all(row["gold"] == rows[0]["gold"] for row in made[:9])
    assert made[0]["text"] == ADVERT
    assert made[9] == rows[1] | {"perturbation": "none"}
