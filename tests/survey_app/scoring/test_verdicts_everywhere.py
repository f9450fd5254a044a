"""The sentence of a verdict, with its interval, stands wherever a verdict does: pages, reports, files, documents."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.cli import cli
from survey_app.ground.verdicts import card_verdict
from survey_app.models import EstimateRun, FinalRun, ScoringRun, db
from survey_app.scoring.final_runs import make_run
from survey_app.values.periods import current_period
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with

CITY = Path(__file__).parents[2] / "reference" / "city"
RULED, ERRS = "按规则", "有一个不成立"


def with_a_trial() -> None:
    scored_city()
    estimate = db.session.scalars(select(EstimateRun)).first()
    make_run("trial", estimate.survey.city, estimate, current_period())
    db.session.commit()


pytestmark = [begins_with(with_a_trial), pytest.mark.usefixtures("in_chinese")]


@pytest.fixture
def scorer(sqlite_app):
    return client_of(sqlite_app, "administrator")


def addresses() -> dict[str, str]:
    estimate, final = (
        db.session.scalars(select(EstimateRun.id)).first(),
        db.session.scalars(select(FinalRun.id)).first(),
    )
    run = next(run for run in db.session.scalars(select(ScoringRun)) if run.area.kind == "city")
    return {
        "estimate": f"/console/estimates/{estimate}", "compare": f"/console/estimates/compare?a={estimate}&b={estimate}",
        "score": f"/console/scores/{run.id}", "batch": f"/console/scores/batch/{run.batch}", "final": f"/console/final/{final}",
        "live": f"/console/scorecards/{run.area.code}", "assessment": f"/console/assessment/{run.area.code}", "home": "/console/",
    }  # fmt: skip


def test_it_stands_on_every_page_that_has_a_verdict(scorer, subtests):
    for name, address in addresses().items():
        with subtests.test(name):
            page = scorer.get(address).get_data(as_text=True)
            assert RULED in page
            assert "抽样误差" in page


def test_reports_have_it_for_every_area(scorer, subtests):
    several = [
        run for run in db.session.scalars(select(ScoringRun)) if run.batch == db.session.scalar(select(FinalRun.batch))
    ]
    said = [card_verdict(run.scorecard, "zh") for run in several]
    for name in ("score", "batch", "final", "estimate"):
        with subtests.test(name):
            document = Document(io.BytesIO(scorer.get(f"{addresses()[name]}/report.docx").data))
            text = "\n".join(part.text for part in document.paragraphs)
            assert RULED in text
            if name in ("batch", "final"):
                assert all(one in text for one in said)
    book = load_workbook(io.BytesIO(scorer.get(f"{addresses()['score']}/report.xlsx").data))
    assert any(RULED in str(cell) for sheet in book for row in sheet.values for cell in row)


def test_files_of_tables_have_it_in_each_row_and_the_page_beside_the_table(scorer, subtests):
    for name, table in (("estimate", "counties"), ("compare", "figures"), ("final", "ranking")):
        with subtests.test(name):
            address = addresses()[name]
            sent = scorer.get(f"{address}{'&' if '?' in address else '?'}table={table}&format=csv").get_data(
                as_text=True
            )
            head, *rows = csv.reader(io.StringIO(sent.lstrip("\ufeff")))
            places = [place for place, label in enumerate(head) if label.startswith("结论与误差")]
            assert places
            told = [row[places[0]] for row in rows]
            assert any(RULED in one and "抽样误差" in one for one in told)
            page = scorer.get(address).get_data(as_text=True)
            assert "结论与误差" not in page  # a long sentence is no cell of a page


def test_documents_of_commands_have_it():
    done = CliRunner().invoke(
        cli, ["--lang", "zh", "estimate", str(CITY / "responses.csv"), "--plan", str(CITY / "plan.yaml"), "--json"]
    )
    verdict = json.loads(done.stdout)["verdict"]
    assert RULED in verdict["text"]
    for name, said in verdict["domains"].items():
        assert all(RULED in one for one in said[:-1]), name
        assert ERRS in said[-1]
