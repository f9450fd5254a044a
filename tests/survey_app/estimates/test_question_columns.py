"""Questions of a survey as columns of a plan."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.estimates.runs import make_run, verify_run
from survey_app.jobs.queue import Silent
from survey_app.models import db
from survey_app.surveys.plan_checks import check
from tests.support.city import FORM, PLAN, small_city

ASKED = """
figures:
- {mean: recommend, by: [aishandong]}
- {quantile: recommend, at: [0.5]}
- {table: [years, improve_speed]}
"""


def asked_city():
    """Twelve answers: those satisfied recommend with 9, the others with 4 and ask for speed."""
    plan = PLAN.replace("domains: [rated_county", "domains: [aishandong, services_bus, rated_county") + ASKED
    survey = small_city(plan=plan.replace("strata: stratum, ", ""))
    for site in survey.sites[:2]:
        for number in range(6):
            good = number % 3 != 0
            form = {
                **FORM, "home": [site.area.name], "overall": ["4" if good else "2"], "recommend": ["9" if good else "4"],
                "aishandong": ["often" if good else "never"], "years": ["10+" if number % 2 else "1-4"],
            } | ({} if good else {"improve": ["speed", "reply"] if number else ["easy"]})  # fmt: skip
            submit(open_site(site), form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=2))
    return survey


@pytest.mark.usefixtures("app")
def test_a_question_is_a_domain_a_figure_and_a_table_of_a_stored_plan():
    run = make_run(asked_city(), Silent())
    db.session.add(run)
    db.session.commit()
    domains = run.result["domains"]
    assert {row["level"]: row["n"] for row in domains["aishandong"]} == {"never": 4, "often": 8}
    assert [(row["level"], row["n"]) for row in domains["services_bus"]] == [("5", 12)]
    figures = run.result["figures"]
    assert [(row["level"], row["estimate"]) for row in figures if row["kind"] == "mean"] == [("never", 4), ("often", 9)]
    assert [row["estimate"] for row in figures if row["kind"] == "quantile"] == [9]
    table = figures[-1]
    assert (table["n"], table["rows"], table["columns"]) == (4, ["1-4", "10+"], ["0", "1"])
    assert verify_run(run)["same"]


def test_a_plan_that_names_no_question_is_told_what_is_near(sqlite_app):
    survey = asked_city()
    with pytest.raises(ValueError, match="recommend"):
        check(survey, survey.plan.replace("mean: recommend", "mean: recomend"))
