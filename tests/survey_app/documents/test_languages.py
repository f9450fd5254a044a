"""Reports as Word, Excel and PDF in one language: no sentence of the other, names and quotations apart."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.documents import written
from survey_app.documents.as_pdf import _has_chinese_font
from survey_app.estimates.pages.report import estimate_report
from survey_app.models import ScoringRun, db
from survey_app.scoring.final_runs import make_run
from survey_app.scoring.frozen import scorecards
from survey_app.scoring.pages.final_report import final_report
from survey_app.scoring.report import batch_report, scoring_report
from survey_app.values.periods import current_period
from tests.support.application import absent
from tests.support.city import scored_city
from tests.support.languages import foreign, foreign_on_paper
from tests.support.office import text_of
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


def reports(language):
    runs = list(db.session.scalars(select(ScoringRun).order_by(ScoringRun.id)))
    estimate = runs[0].estimate_run
    trial = make_run("trial", estimate.survey.city, estimate, current_period())
    yield "estimate", estimate_report(estimate, estimate.result, language)
    yield "score", scoring_report(runs[1], language)
    yield "batch", batch_report(runs, language)
    yield "final", final_report(trial, scorecards(trial), language)


def said_in(body: bytes, ending: str) -> list[str]:
    """The texts that a reader sees, and those that a picture has for who does not."""
    if ending == "docx":
        document = Document(io.BytesIO(body))
        parts = [document, *(part for section in document.sections for part in (section.header, section.footer))]
        told = [paragraph.text for part in parts for paragraph in part.paragraphs]
        told += [cell.text for part in parts for table in part.tables for row in table.rows for cell in row.cells]
        return told + [shape._inline.docPr.get("descr") or "" for shape in document.inline_shapes]
    if ending == "xlsx":
        book = load_workbook(io.BytesIO(body))
        cells = [cell for sheet in book for row in sheet.values for cell in row if isinstance(cell, str)]
        return [*book.sheetnames, *(cell for cell in cells if not cell.startswith("="))]
    return text_of(body).splitlines()


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_no_report_speaks_the_other_language(sqlite_app, language):
    endings = ("docx", "xlsx", *(["pdf"] if _has_chinese_font() else []))
    found = {}
    for name, report in reports(language):
        for ending in endings:
            look = foreign_on_paper if ending == "pdf" else foreign
            if wrong := look(said_in(written(report, ending), ending), language):
                found[name, ending] = wrong
    assert found == {}
    if "pdf" not in endings:
        absent("a Chinese font")
