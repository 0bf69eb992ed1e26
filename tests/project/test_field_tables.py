"""The columns that are taken in and the fields that are given out stand in the handbook, as the code has them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import mingcha
from classifier.evidence_columns import evidence_names
from classifier.feature_names import readable
from pipelines.cli.export_fields import ASSESS, DIGEST, EXPORTS, INTAKE, LEAD, LEADS
from pipelines.digest.figures import Figures
from pipelines.ingest.intake_columns import COLUMNS, Column
from pipelines.ingest.intake_rows import csv_rows, json_rows

HANDBOOK = (Path(__file__).resolve().parents[2] / "docs" / "使用手册.md").read_text(encoding="utf-8")
SECTION = HANDBOOK[HANDBOOK.index("## 九、") :]
AD = "初三数学物理一对一补课，周六上午，每小时200元，名师在职任教，微信同号，欢迎咨询报名"


def _example(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", SECTION, re.M | re.S)
    assert found
    return found.group(1)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.field)
def test_every_column_stands_in_the_handbook(column: Column) -> None:
    first, *others = column.headers
    assert f"| **{first}**：{column.meaning} | {'、'.join(f'`{header}`' for header in others)} |" in SECTION


@pytest.mark.parametrize("export", EXPORTS)
def test_every_exported_field_stands_in_the_handbook(export: str) -> None:
    table = SECTION[SECTION.index(f"\n`{export}`") :]
    for name, meaning in EXPORTS[export].items():
        assert f"| `{name}` | {meaning} |" in table


def test_the_examples_are_taken_as_they_stand() -> None:
    for rows in (csv_rows(_example("csv")), json_rows(_example("json"))):
        (row,) = rows
        assert row.reason == ""
        assert row.listing is not None
        assert (row.listing.title, row.listing.platform, row.listing.contacts) == (
            "暑假小班",
            "清水论坛",
            ("13800000000",),
        )
        assert row.listing.posted_at is not None
        assert row.visibility_given
    header = next(csv.reader(io.StringIO(_example("csv"))))
    assert set(header) <= {column.headers[0] for column in COLUMNS}


def test_what_comes_out_has_the_fields_of_the_tables(home: Path, tmp_path: Path) -> None:
    runner = CliRunner(env={"MINGCHA_HOME": str(home), "MINGCHA_SECOND_TIER": "false"})
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": AD}) + "\n[]\n", encoding="utf-8")

    def said(*words: str) -> str:
        return runner.invoke(mingcha.cli, list(words), standalone_mode=False).stdout

    rows = [json.loads(line) for line in said("intake", str(path), "--json").splitlines()]
    assert set().union(*rows) == set(INTAKE)
    assert set(json.loads(said("leads", "--json"))["leads"][0]) == set(LEADS)
    lead = json.loads(said("lead", "1", "--json"))
    assert set(lead) == {*LEADS, *LEAD}
    assert set(lead["assessment"]) >= set(ASSESS) - {"id"}
    assert {field.name for field in dataclasses.fields(Figures)} | {"format", "mark", "declaration"} == set(DIGEST)


def test_no_column_of_the_model_has_an_english_name_in_front_of_people() -> None:
    told = [readable(name) for name in evidence_names()]
    assert [name for name in told if re.search(r"[a-z_]{3,}", name)] == []
