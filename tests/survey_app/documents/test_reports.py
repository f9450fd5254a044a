"""Reports: the same content as Word, Excel and PDF, rendered by the programs people open them with."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from click.testing import CliRunner
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import load_workbook
from sqlalchemy import select

from analysis.plan import parse_plan
from survey_app.documents import written
from survey_app.documents.as_pdf import _has_chinese_font
from survey_app.documents.content import Field, Grid, Heading, Paragraph, Picture, ReportError, grid, share_text
from survey_app.documents.widths import shares, width
from survey_app.estimates.method_words import method_words
from survey_app.estimates.pages.quality import quality_report
from survey_app.estimates.pages.report import estimate_report
from survey_app.ground.sign_off import take_step
from survey_app.models import EstimateRun, ScoringRun, db
from survey_app.scoring import batches
from survey_app.scoring.final_runs import make_run
from survey_app.scoring.frozen import scorecards
from survey_app.scoring.pages.final_report import final_report
from survey_app.scoring.report import batch_report, scoring_report
from survey_app.values.periods import current_period
from tests.support.application import absent, application
from tests.support.city import scored_city
from tests.support.office import shown, text_of
from tests.support.stored import begins_with, this_run

pytestmark = begins_with(scored_city)


@pytest.fixture
def runs(sqlite_app) -> list[ScoringRun]:
    return list(db.session.scalars(select(ScoringRun).order_by(ScoringRun.id)))


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> dict[str, str]:
    """What LibreOffice shows of this file's documents, all opened in one call."""
    folder = tmp_path_factory.mktemp("office")
    with application(this_run().on_sqlite(scored_city, folder / "office.sqlite3")).app_context():
        runs = db.session.scalars(select(ScoringRun).order_by(ScoringRun.id)).all()
        estimate = runs[0].estimate_run
        documents = {
            "score.xlsx": written(scoring_report(runs[1], "zh"), "xlsx"),
            "estimate.docx": written(estimate_report(estimate, estimate.result, "zh"), "docx"),
            "quality.docx": written(quality_report(estimate, estimate.result, "zh"), "docx"),
        }
        db.session.remove()
        db.engine.dispose()
    return shown(documents, folder)


def test_a_table_of_a_word_report_holds_what_was_typed_and_keeps_its_head_and_sum(runs):
    fields = [Field("甲 & 乙"), Field("份数", "count")]
    rows = [("一组",), *((f"<b>{number}\n第二行 ", number) for number in range(12))]
    report = scoring_report(runs[0], "zh")
    block = grid("表", "表", fields, rows, {1: 66}, groups=(0,))
    table = Document(io.BytesIO(written(replace(report, blocks=(block,)), "docx"))).tables[-1]
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts[:3] == [["甲 & 乙", "份数"], ["一组", "一组"], ["<b>0\n第二行 ", "0"]]
    assert texts[-1] == ["Σ", "66"]
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next or False for row in table.rows]
    assert kept == [True, True, *[False] * 11, True, False]  # the head, the group, and the row above the sum
    assert table.rows[2].cells[1].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_a_word_report_has_real_headings_captions_and_tables_and_its_charts_speak(runs, language):
    run = runs[0].estimate_run
    share = {**run.result["satisfied"], "lower": 0.41, "upper": 0.45}  # two sites are too few for an interval
    decision = {**run.result["decision"], "probability": {"none": 0.1, "deduct": 0.2, "veto": 0.7}}
    report = estimate_report(run, {**run.result, "satisfied": share, "decision": decision, "df": 5}, language)
    document = Document(io.BytesIO(written(report, "docx")))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Heading 1") >= 6
    assert styles.count("Caption") == len(document.tables) + len(document.inline_shapes)
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables)
    heads = [cell.paragraphs[0] for table in document.tables for cell in table.rows[0].cells]
    assert all(head.paragraph_format.keep_with_next for head in heads)  # else LibreOffice loses rows at a page's end
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert told
    assert all(told)
    assert share_text(run.result["satisfied"]["estimate"]) in " ".join(told)
    fonts = document.styles["Heading 1"].element.rPr.rFonts.xml
    assert "黑体" in fonts
    assert document.core_properties.title


def test_every_picture_of_a_word_report_is_its_own_drawing_fit_for_print(runs):
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="{0}"><text y="9">满意</text></svg>'
    report = scoring_report(runs[0], "zh")
    blocks = tuple(Picture(f"图{height}", "述", drawn.format(height)) for height in (50, 25))
    for one_page, centimetres in ((False, 14), (True, 6)):
        body = written(replace(report, one_page=one_page, blocks=blocks), "docx")
        found = Document(io.BytesIO(body))
        blips = [shape._inline.graphic.graphicData.pic.blipFill.blip.embed for shape in found.inline_shapes]
        images = [found.part.related_parts[blip].image for blip in blips]
        assert [image.px_width for image in images] == pytest.approx([centimetres / 2.54 * 220] * 2, abs=1)
        assert [image.px_width / image.px_height for image in images] == pytest.approx([2, 4], rel=0.02)
        assert [shape.width.cm for shape in found.inline_shapes] == pytest.approx([centimetres] * 2)


def test_the_sums_of_a_workbook_are_formulas_that_give_the_stored_figures(runs, opened):
    report = scoring_report(runs[1], "zh")
    body = written(report, "xlsx")
    sheet = load_workbook(io.BytesIO(body))["评分表"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=SUM(")]
    assert formulas
    assert "✓" in opened["score.xlsx"]
    assert "✗" not in opened["score.xlsx"]
    points = sum(row["points"] or 0 for row in runs[1].scorecard["indicators"])
    assert points == pytest.approx(runs[1].scorecard["score_if_not_void"])


def test_libreoffice_opens_the_word_report_with_every_section(runs, opened):
    run = runs[0].estimate_run
    for words in ("市民有多满意", "方法与参数", "甲县", "演示数据", share_text(run.result["satisfied"]["estimate"])):
        assert words in opened["estimate.docx"], words


DIMENSIONS = {
    "zh": ("相关性", "准确性", "及时性", "可比性", "一致性", "AAPOR公开事项"),
    "en": ("Relevance", "Accuracy", "Timeliness", "Comparability", "Coherence", "AAPOR's items of transparency"),
}


def test_libreoffice_opens_the_quality_report_with_every_dimension(runs, opened):
    share, text = runs[0].estimate_run.result["satisfied"], "".join(opened["quality.docx"].split())
    for words in (*DIMENSIONS["zh"], share_text(share["estimate"]), share_text(share["se"]), "发布时请补充"):
        assert words in text, words
    assert runs[0].estimate_run.definition_digest in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_quality_report_as_pdf_says_its_dimensions_and_what_is_not_known(runs, language):
    if not _has_chinese_font():
        absent("a Chinese font")
    run = runs[0].estimate_run
    report = quality_report(run, run.result, language)
    text = "".join(text_of(written(report, "pdf")).split())
    known = {"zh": ("发布时请补充", "官方题目："), "en": ("add it on publication", "Official question:")}
    for words in (*DIMENSIONS[language], *known[language]):
        assert words.replace(" ", "") in text, words
    items = report.blocks[-1]
    assert [name for name, told in items.rows if not told] == []
    assert len(items.rows) == 12


def test_the_english_quality_report_calls_the_city_by_its_english_name(runs, monkeypatch):
    run = runs[0].estimate_run
    monkeypatch.setattr(run.survey.city, "name_en", "Cityton")
    said = str(quality_report(run, run.result, "en").blocks)
    assert "the evaluation of Cityton" in said
    assert run.survey.city.name not in said


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_a_pdf_is_tagged_and_says_what_the_screen_says(runs, language):
    if not _has_chinese_font():
        absent("a Chinese font")
    for report in (scoring_report(runs[0], language), batch_report(list(runs), language)):
        body = written(report, "pdf")
        assert body.startswith(b"%PDF-")
        assert b"/MarkInfo" in body or b"StructTreeRoot" in body
        text = text_of(body)
        assert runs[0].scorecard["star_level"] in text
        assert ("演示数据" if language == "zh" else "Demo data") in text


def test_without_a_chinese_font_a_pdf_is_refused_with_what_to_do(runs, monkeypatch):
    monkeypatch.setattr("survey_app.documents.as_pdf._has_chinese_font", lambda: False)
    with pytest.raises(ReportError, match="fonts-noto-cjk"):
        written(scoring_report(runs[0], "zh"), "pdf")


def test_what_the_reader_may_not_see_is_not_in_the_report(runs):
    run = runs[0].estimate_run
    row = dict.fromkeys(("n", "estimate", "se", "lower", "upper", "df", "design_effect", "decision"))
    hidden = [{**row, "level": level, "notices": [], "suppressed": True} for level in ("male", "female")]
    report = estimate_report(run, {**run.result, "domains": {"sex": hidden}}, "zh")
    table = next(block for block in report.blocks if isinstance(block, Grid) and block.sheet == "性别")
    assert table.totals == {}
    assert table.rows == (("男",), ("女",))


def test_an_estimate_is_a_draft_until_two_people_stand_behind_it_and_tells_what_its_page_tells(runs):
    run = runs[0].estimate_run
    report = estimate_report(run, run.result, "zh")
    assert report.draft == "草稿：未批准"
    headings = [block.text for block in report.blocks if isinstance(block, Heading)]
    for key in ("权数", "各项服务", "作答方式", "方法与参数"):
        assert key in headings
    method = method_words(parse_plan(run.plan, "plan"), run.result, "zh")
    assert set(method) <= {block.text for block in report.blocks if isinstance(block, Paragraph)}
    take_step(f"estimate:{run.id}", "proposed", "anna", "请批")
    assert "待审批" in estimate_report(run, run.result, "zh").mark
    take_step(f"estimate:{run.id}", "approved", "berta", "核对无误")
    approved = estimate_report(run, run.result, "zh")
    assert approved.draft == ""
    steps = next(block for block in approved.blocks if isinstance(block, Grid) and block.sheet == "审批")
    assert [(row[1], row[3]) for row in steps.rows] == [("anna", "请批"), ("berta", "核对无误")]


def test_a_trial_is_marked_and_says_what_was_provisional_and_what_changed(runs):
    estimate = runs[0].estimate_run
    city = estimate.survey.city
    first = make_run("trial", city, estimate, current_period())
    run = make_run("trial", city, estimate, current_period())
    for language in ("zh", "en"):
        report = final_report(run, scorecards(run), language)
        assert report.mark.startswith("试算" if language == "zh" else "A trial")
        assert (
            report.mark.split(" · ")[0]
            in Document(io.BytesIO(written(report, "docx"))).sections[0].header.paragraphs[0].text
        )
    tables = {
        block.sheet: block for block in final_report(run, scorecards(run), "zh").blocks if isinstance(block, Grid)
    }
    assert tables["未落实"].totals == {1: len(run.provisional)}
    assert len(tables["尚未落实的事项"].rows) == len(run.provisional)
    assert len(tables["与前次比较"].rows) == len(scorecards(first))
    assert tables["排名"].rows


@pytest.mark.parametrize("room", [20.0, 97.0])
def test_columns_share_the_page_and_figures_are_never_broken(room):
    table = grid("表", "表", [Field("说明"), Field("人口", "count")], [("一段很长的说明" * 9, 6591280), ("短", 1)])
    text, figure = shares(table, room, 2.0)
    assert text + figure == pytest.approx(1.0)
    assert figure * max(room, 31.0) >= width("6,591,280")


def test_no_cell_of_a_workbook_runs_what_somebody_typed(runs):
    runs[0].scorecard["unknown"] = [{"number": 1, "metric": "=HYPERLINK(1)"}]
    card = dict(runs[0].scorecard)
    card["indicators"] = [{**card["indicators"][0], "name": "=1+1", "why": "@x"}, *card["indicators"][1:]]
    runs[0].scorecard = card
    book = load_workbook(io.BytesIO(written(scoring_report(runs[0], "zh"), "xlsx")))
    typed = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "1+1" in str(cell.value)]
    assert typed
    assert all(cell.data_type == "s" for cell in typed)


@pytest.mark.checks
def test_the_console_sends_every_report_in_the_readers_language(desk, runs):
    run = runs[0].estimate_run
    desk.get("/console/language/en")
    trial = make_run("trial", run.survey.city, run, current_period())
    db.session.commit()
    for path in (
        f"estimates/{run.id}", f"scores/{runs[0].id}", f"scores/batch/{runs[0].batch}", f"final/{trial.id}",
    ):  # fmt: skip
        page = desk.get(f"/console/{path}").get_data(as_text=True)
        assert all(f"/console/{path}/report.{ending}" in page for ending in ("docx", "xlsx", "pdf"))
        for ending in ("docx", "xlsx"):
            reply = desk.get(f"/console/{path}/report.{ending}")
            assert reply.status_code == 200
            assert zipfile.is_zipfile(io.BytesIO(reply.data))
        assert desk.get(f"/console/{path}/report.txt").status_code == 404
    assert desk.get("/console/estimates/99/report.docx").status_code == 404
    page = desk.get("/console/estimates/1").get_data(as_text=True)
    assert "/console/estimates/1/quality.docx" in page
    reply = desk.get("/console/estimates/1/quality.docx")
    assert reply.headers["Content-Disposition"] == "attachment; filename=quality-1.docx"


def test_the_command_writes_a_report_and_says_what_is_wrong(runs, tmp_path, monkeypatch, sqlite_app):
    from contextlib import nullcontext

    from survey_app.commands import report

    monkeypatch.setattr(report, "application", lambda: nullcontext(sqlite_app))
    run = db.session.scalar(select(EstimateRun.id))
    out = tmp_path / "e.docx"
    runner = CliRunner()
    assert runner.invoke(report.command, ["estimate", str(run), "--to", str(out), "--lang", "en"]).exit_code == 0
    assert zipfile.is_zipfile(out)
    quality = tmp_path / "q.docx"
    assert runner.invoke(report.command, ["quality", str(run), "--to", str(quality)]).exit_code == 0
    assert "相关性" in "".join(paragraph.text for paragraph in Document(quality).paragraphs)
    assert runner.invoke(report.command, ["score", runs[0].batch, "--to", str(tmp_path / "b.xlsx")]).exit_code == 0
    assert runner.invoke(report.command, ["final", "99", "--to", str(out)]).exit_code == 2
    for words in (["estimate", "99", "--to", str(out)], ["estimate", str(run), "--to", str(tmp_path / "x.txt")],
                  ["score", "nobody", "--to", str(out)]):  # fmt: skip
        assert runner.invoke(report.command, words).exit_code == 2
    assert len(batches.batch_runs(runs[0].batch)) == len(runs)
