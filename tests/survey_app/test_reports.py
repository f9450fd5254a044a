"""Reports: the same content as Word, Excel and PDF, rendered by the programs people open them with."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.models import EstimateRun, ScoringRun, db
from survey_app.services import overview
from survey_app.services.estimates import run_estimate
from survey_app.services.reports import batch_report, estimate_report, scoring_report, written
from survey_app.services.reports.as_pdf import _has_chinese_font
from survey_app.services.reports.content import Grid, ReportError, share_text
from survey_app.services.scoring_runs import run_scoring
from tests.conftest import absent
from tests.console.test_console import city, desk  # noqa: F401  # fixtures


@pytest.fixture
def runs(sqlite_app, city) -> list[ScoringRun]:  # noqa: F811
    return run_scoring(run_estimate(city))


def office(body: bytes, ending: str, folder) -> str:
    """The text of the pages LibreOffice makes of a document."""
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        absent("LibreOffice with pdftotext")
    source = folder / f"report.{ending}"
    source.write_bytes(body)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return text_of((folder / "report.pdf").read_bytes())


def text_of(pdf: bytes) -> str:
    if shutil.which("pdftotext") is None:
        absent("pdftotext")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_word_report_has_real_headings_captions_and_tables_and_its_charts_speak(runs, language):
    run = runs[0].estimate_run
    share = {**run.result["satisfied"], "lower": 0.41, "upper": 0.45}  # two sites are too few for an interval
    report = estimate_report(run, {**run.result, "satisfied": share}, language)
    document = Document(io.BytesIO(written(report, "docx")))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Heading 1") >= 6
    assert styles.count("Caption") == len(document.tables) + len(document.inline_shapes)
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables)
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert told
    assert all(told)
    assert share_text(run.result["satisfied"]["estimate"]) in " ".join(told)
    fonts = document.styles["Heading 1"].element.rPr.rFonts.xml
    assert "黑体" in fonts
    assert document.core_properties.title


def test_the_sums_of_a_workbook_are_formulas_that_give_the_stored_figures(runs, tmp_path):
    report = scoring_report(runs[1], "zh")
    body = written(report, "xlsx")
    sheet = load_workbook(io.BytesIO(body))["评分表"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=SUM(")]
    assert formulas
    shown = office(body, "xlsx", tmp_path)
    assert "✓" in shown
    assert "✗" not in shown
    points = sum(row["points"] or 0 for row in runs[1].scorecard["indicators"])
    assert points == pytest.approx(runs[1].scorecard["score_if_not_void"])


def test_libreoffice_opens_the_word_report_with_every_section(runs, tmp_path):
    run = runs[0].estimate_run
    shown = office(written(estimate_report(run, run.result, "zh"), "docx"), "docx", tmp_path)
    for words in ("市民有多满意", "方法与参数", "甲县", "演示数据", share_text(run.result["satisfied"]["estimate"])):
        assert words in shown, words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_pdf_is_tagged_and_says_what_the_screen_says(runs, language):
    if not _has_chinese_font():
        absent("a Chinese font")
    for report in (scoring_report(runs[0], language), batch_report(list(runs), language)):
        body = written(report, "pdf")
        assert body.startswith(b"%PDF-")
        assert b"/MarkInfo" in body or b"StructTreeRoot" in body
        shown = text_of(body)
        assert runs[0].scorecard["star_level"] in shown
        assert ("演示数据" if language == "zh" else "Demo data") in shown


def test_without_a_chinese_font_a_pdf_is_refused_with_what_to_do(runs, monkeypatch):
    monkeypatch.setattr("survey_app.services.reports.as_pdf._has_chinese_font", lambda: False)
    with pytest.raises(ReportError, match="fonts-noto-cjk"):
        written(scoring_report(runs[0], "zh"), "pdf")


def test_what_the_reader_may_not_see_is_not_in_the_report(runs):
    run = runs[0].estimate_run
    result = {**run.result, "domains": {"sex": [
        {"level": "male", "n": None, "estimate": None, "suppressed": True},
        {"level": "female", "n": None, "estimate": None, "suppressed": True},
    ]}}  # fmt: skip
    report = estimate_report(run, result, "zh")
    table = next(block for block in report.blocks if isinstance(block, Grid) and block.sheet == "性别")
    assert table.totals == {}
    assert [row[1:4] for row in table.rows] == [(None, None, None)] * 2


def test_no_cell_of_a_workbook_runs_what_somebody_typed(runs):
    runs[0].scorecard["unknown"] = [{"number": 1, "metric": "=HYPERLINK(1)"}]
    card = dict(runs[0].scorecard)
    card["indicators"] = [{**card["indicators"][0], "name": "=1+1", "why": "@x"}, *card["indicators"][1:]]
    runs[0].scorecard = card
    book = load_workbook(io.BytesIO(written(scoring_report(runs[0], "zh"), "xlsx")))
    typed = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "1+1" in str(cell.value)]
    assert typed
    assert all(cell.data_type == "s" for cell in typed)


def test_the_console_sends_every_report_in_the_readers_language(desk, city):  # noqa: F811
    run = run_estimate(city)
    scored = run_scoring(run)
    desk.get("/console/language/en")
    for path in (f"estimates/{run.id}", f"scores/{scored[0].id}", f"scores/batch/{scored[0].batch}"):
        for ending in ("docx", "xlsx"):
            reply = desk.get(f"/console/{path}/report.{ending}")
            assert reply.status_code == 200
            assert zipfile.is_zipfile(io.BytesIO(reply.data))
        assert desk.get(f"/console/{path}/report.txt").status_code == 404
    assert desk.get("/console/estimates/99/report.docx").status_code == 404


def test_the_command_writes_a_report_and_says_what_is_wrong(runs, tmp_path, monkeypatch, sqlite_app):
    from contextlib import nullcontext

    from survey_app.commands import report

    monkeypatch.setattr(report, "application", lambda: nullcontext(sqlite_app))
    run = db.session.scalar(select(EstimateRun.id))
    out = tmp_path / "e.docx"
    runner = CliRunner()
    assert runner.invoke(report.command, ["estimate", str(run), "--to", str(out), "--lang", "en"]).exit_code == 0
    assert zipfile.is_zipfile(out)
    assert runner.invoke(report.command, ["score", runs[0].batch, "--to", str(tmp_path / "b.xlsx")]).exit_code == 0
    for words in (["estimate", "99", "--to", str(out)], ["estimate", str(run), "--to", str(tmp_path / "x.txt")],
                  ["score", "nobody", "--to", str(out)]):  # fmt: skip
        assert runner.invoke(report.command, words).exit_code == 2
    assert len(overview.batch_runs(runs[0].batch)) == len(runs)
