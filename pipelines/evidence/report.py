"""案件报告: the case for people to read, one self-contained HTML and the same as PDF."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from pipelines.blobs import BlobStore
from pipelines.clock import local_text
from pipelines.evidence.adopted import adopted, called_now, lapsed_of, said_of
from pipelines.evidence.decided import decided_words
from pipelines.evidence.gaps import lacking, missing_evidence
from pipelines.evidence.logged_in import STAYS_OUT, left_out_words, mark_words
from pipelines.evidence.marks import masked_result, pieces, runs
from pipelines.evidence.material import CaseMaterial, LeadMaterial
from pipelines.evidence.pictures import LABEL, picture_spans
from pipelines.evidence.record_parts import record_parts
from pipelines.evidence.tables import TableRow, article17_rows, criteria_rows, table_remarks
from pipelines.evidence.words import (
    CASE_STATUSES,
    CONSEQUENCE_MEANINGS,
    CONSEQUENCES,
    LOGGED_IN,
    METHODS,
    PAGE_STATES,
    STATUSES,
    VERDICTS,
    VISIBILITY,
    actor_name,
)
from pipelines.records import Capture
from pipelines.records.findings import gravest_first
from pipelines.records.quotes import nested, quoted
from pipelines.records.rule_words import coded, told

#: Thumbnail of a screenshot in the report: wide enough to read, cut below two screens.
_SHOT_WIDTH, _SHOT_HEIGHT = 1000, 1500
#: Characters of quotes up to which a table is kept on one page; a longer one goes over, heading row and all, rather
#: than leave half a page empty.
_SHORT_TABLE = 240
#: Differing lines of two captures that the report tells, and characters of each; all are in 逐行比对.txt.
_MOST_LINES, _LONGEST_LINE = 12, 80


@dataclass(frozen=True, kw_only=True)
class _Plate:
    """A screenshot at the end of the report."""

    number: int
    lead: int
    id: str
    at: datetime
    #: Of the full picture in the package.
    sha256: str
    uri: str
    cut: bool


@cache
def templates() -> Environment:
    """The package's templates: everything escaped, an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("pipelines.evidence"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=False,
    )
    made.filters["at"] = local_text
    made.filters["actor_name"] = actor_name
    made.filters["numeral"] = numeral
    made.filters["quoted"] = quoted
    made.filters["coded"] = coded
    return made


def render_html(material: CaseMaterial, blobs: BlobStore) -> str:
    """The report as one HTML file that loads nothing and runs nothing."""
    # A picture shows the page unmasked.
    plates = [] if material.shared_of else _plates(material, blobs)
    return (
        templates()
        .get_template("report.html")
        .render(
            m=material,
            leads=[_lead_context(item) for item in material.leads],
            records=record_parts(material),
            plates=plates,
            numbers={plate.id: plate.number for plate in plates},
            declaration=material.declaration,
            picture_label=LABEL,
            gaps=missing_evidence(material),
            statuses=STATUSES,
            verdicts=VERDICTS,
            methods=METHODS,
            states=PAGE_STATES,
            visibility=VISIBILITY,
            consequences=CONSEQUENCES,
            meanings=CONSEQUENCE_MEANINGS,
            case_statuses=CASE_STATUSES,
            logged_in=LOGGED_IN,
            stays_out=STAYS_OUT,
        )
    )


def render_pdf(html: str) -> bytes:
    """The same report as PDF; only data: pictures are loaded, nothing else is fetched."""
    # WeasyPrint loads Pango and fonts, half a second that other commands need not pay.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
    pdf: bytes = HTML(string=html, base_url=None, url_fetcher=fetcher).write_pdf()
    return pdf


def _lead_context(item: LeadMaterial) -> dict[str, object]:
    captures = [entry.capture for entry in item.captures]
    result = masked_result(item.assessment)
    remarks = table_remarks(result)
    findings = [_finding(one, item.lead.url) for one in adopted(gravest_first(result["findings"]), item.struck)]
    cleanup = [one for one in findings if one["consequence"] == "cleanup"]
    # Beside something graver, what has no penalty is told together, in few words.
    aside = cleanup if len(cleanup) < len(findings) else []
    return {
        "lead": item.lead,
        "origin": item.origin,
        "site": f"{item.site}（人工导入）" if item.imported else item.site,
        "address": item.address,
        "listing": item.listing,
        "assessment": item.assessment,
        "decided": decided_words(item.decisions),
        "decisions": [(row, called_now(item.assessment, row.struck)) for row in item.decisions],
        # Counted in this lead: the ids of the rows count through all leads.
        "places": {row.id: place for place, row in enumerate(item.decisions, 1)},
        "captures": captures,
        "marks": {entry.capture.id: said for entry in item.captures if (said := mark_words(entry))},
        "left_out": [left_out_words(one) for one in item.left_out],
        "comparisons": [
            (one, [place.shortened(_LONGEST_LINE) for place in one.told[:_MOST_LINES]]) for one in item.comparisons
        ],
        "contact_words": item.contact_words,
        "persons": item.persons,
        "operator": item.operator,
        "nicknames": "；".join(item.nicknames),
        "visibility": item.visibility,
        "runs": runs(pieces(item.assessment, picture_spans(item.listing, item.assessment), struck=item.struck)),
        "findings": [one for one in findings if one not in aside],
        "aside": aside,
        "touched": told((str(one["code"]), str(one["consequence"])) for one in findings),
        "lapsed": lapsed_of(item.decisions, item.assessment),
        "struck": said_of(item.assessment.findings, item.struck, coded),
        "tables": [
            _table(
                "四维鉴别（《义务教育阶段校外培训项目分类鉴别指南》）",
                "维度",
                criteria_rows(result),
                remarks["criteria"],
            ),
            _table(
                "三要件（《校外培训行政处罚暂行办法》第十七条）",
                "要件",
                article17_rows(result),
                remarks["article17"],
            ),
        ],
    }


def _finding(finding: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The finding, its reason quoting as print does, and what it lacks where nobody knows where it stood."""
    why = nested(str(finding.get("why", "")), (str(span["text"]) for span in finding["spans"]))
    return {**finding, "why": why, "lacks": lacking(str(finding["code"]), url)}


def _table(title: str, kind: str, rows: tuple[TableRow, ...], remark: str) -> dict[str, object]:
    quoted = sum(len(text) + len(restored) for row in rows for text, restored in row.words)
    return {"title": title, "kind": kind, "rows": rows, "remark": remark, "short": quoted < _SHORT_TABLE}


def _plates(material: CaseMaterial, blobs: BlobStore) -> list[_Plate]:
    """The screenshots in the order of the leads, numbered through."""
    shown = [
        (item.lead.id, entry.capture, entry.capture.screenshot_blob)
        for item in material.leads
        for entry in item.captures
        if entry.capture.screenshot_blob is not None
    ]
    return [
        _plate(number, lead, capture, sha256, blobs.get(sha256))
        for number, (lead, capture, sha256) in enumerate(shown, 1)
    ]


def _plate(number: int, lead: int, capture: Capture, sha256: str, picture: bytes) -> _Plate:
    data, cut = _thumbnail(picture)
    uri = "data:image/png;base64," + base64.b64encode(data).decode()
    return _Plate(number=number, lead=lead, id=capture.id, at=capture.captured_at, sha256=sha256, uri=uri, cut=cut)


def _thumbnail(png: bytes) -> tuple[bytes, bool]:
    """The picture small enough for a report, cut at the bottom when very tall; whether it was cut."""
    with Image.open(io.BytesIO(png)) as picture:
        width, height = picture.size
        scale = min(1.0, _SHOT_WIDTH / width)
        kept = min(height, max(1, int(_SHOT_HEIGHT / scale)))
        size = (max(1, round(width * scale)), max(1, round(kept * scale)))
        small = picture.convert("RGB").crop((0, 0, width, kept)).resize(size)
    out = io.BytesIO()
    small.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue(), kept < height


def numeral(number: int) -> str:
    """1..99 as headings count: 一, 十二, 二十; above that in figures."""
    digits = "零一二三四五六七八九"
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")
