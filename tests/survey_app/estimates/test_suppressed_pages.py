"""The pages hide what the services hide: an administrator sees a county of four, an evaluator does not."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.models import EstimateRun, ScoringRun, Site, db
from tests.support.city import FORM, small_city
from tests.support.people import client_of, csrf
from tests.support.runs import run_estimate, run_scoring
from tests.support.stored import begins_with


def uneven_city() -> None:
    """Thirty answers of 甲县 and four of 乙县, estimated and scored."""
    survey = small_city()
    moment = datetime.now(UTC)
    for code, home, number in (("aaa2222", "甲县", 30), ("bbb3333", "乙县", 4)):
        view = open_site(db.session.scalars(select(Site).where(Site.code == code)).one())
        for place in range(number):
            form = {**FORM, "home": [home], "overall": [str(2 + place % 4)]}
            submit(view, form, secrets.token_hex(8), "zh", moment - timedelta(minutes=3), finished_at=moment)
    run_scoring(run_estimate(survey))


pytestmark = begins_with(uneven_city)


@pytest.fixture
def clients(sqlite_app):
    """An evaluator and an administrator."""
    return [client_of(sqlite_app, role) for role in ("evaluator", "administrator")]


def file(client, address: str, table: str) -> str:
    return client.get(f"{address}?table={table}&format=csv").get_data(as_text=True)


def test_fieldwork_by_county_and_site(clients):
    evaluator, administrator = clients
    address = "/console/surveys/wave1/fieldwork"
    for table, hidden in (("counties", "乙县,1,,20,,"), ("sites", "bbb3333,乙县一号点,乙县,抽样点,,20,,")):
        assert hidden in file(evaluator, address, table), file(evaluator, address, table)
        assert hidden not in file(administrator, address, table)
    assert "4,20,0.2" in file(administrator, address, "sites")
    page = evaluator.get(address).get_data(as_text=True)
    assert "样本过少，不予公布" in page
    assert "样本过少，不予公布" not in administrator.get(address).get_data(as_text=True)


def test_the_estimates_domains_and_the_countys_scorecard(clients):
    evaluator, administrator = clients
    run = db.session.scalar(select(EstimateRun.id))
    page = evaluator.get(f"/console/estimates/{run}")
    assert page.status_code == 200
    assert "样本过少，不予公布" in page.get_data(as_text=True)
    small = next(run for run in db.session.scalars(select(ScoringRun)) if run.area.name == "乙县")
    why = next(row["why"] for row in small.scorecard["indicators"] if row["kind"] == "satisfaction")
    assert why not in evaluator.get(f"/console/scores/{small.id}").get_data(as_text=True)
    assert why in administrator.get(f"/console/scores/{small.id}").get_data(as_text=True)
    live = "/console/scorecards/12"
    assert "样本过少，不予公布" in evaluator.get(live).get_data(as_text=True)
    assert "样本过少，不予公布" not in administrator.get(live).get_data(as_text=True)
    for client in clients:
        assert client.get(f"/console/scores/batch/{small.batch}").status_code == 200
        assert client.get(f"/console/scores/{small.id}/report.xlsx").status_code == 200
        assert client.get("/console/surveys/wave1").status_code == 200
        assert client.get("/console/").status_code == 200


def test_a_look_ahead_a_kept_scenario_and_the_gaps_tell_no_chances_of_a_small_county(clients):
    small = next(run for run in db.session.scalars(select(ScoringRun)) if run.area.name == "乙县")
    small.estimate_run.result = sure_of(small.estimate_run.result, "乙县")
    db.session.commit()
    why = next(row["why"] for row in small.scorecard["indicators"] if row["kind"] == "satisfaction")
    for client, hidden in zip(clients, (True, False), strict=True):
        first = client.get(f"/console/scores/{small.id}/ahead").get_data(as_text=True)
        assert "各评级的概率</figcaption>" not in first, "a first look simulates nothing"
        form = {"csrf_token": csrf(first), "name": f"方案{hidden}"}
        seen = client.post(f"/console/scores/{small.id}/ahead", data=form).get_data(as_text=True)
        kept = client.post(f"/console/scores/{small.id}/scenarios", data=form, follow_redirects=True)
        gaps = file(client, f"/console/assessment/{small.area.code}", "gaps")
        for page in (seen, kept.get_data(as_text=True)):
            assert ("总分的范围" not in page) is hidden
            assert ("样本过少，不予公布" in page) is hidden
        assert (why not in gaps) is hidden
        assert (file(client, f"/console/scenarios/of/{small.area.code}", "scenarios").count(",,,,") > 0) is hidden


def sure_of(result, county: str):
    """The same result with an error for the county that a probability can be stated from."""
    error = {"se": 0.05, "df": 20.0, "n": 200, "pooled": False}
    chances = {"none": 0.5, "deduction": 0.3, "veto": 0.2}
    rows = [
        row
        | {
            "df": 20,
            "se": 0.05,
            "decision": row["decision"]
            | {"probability_error": error, "probability": chances, "probability_withheld": None},
        }
        if row["level"] == county
        else row
        for row in result["domains"]["rated_county"]
    ]
    return {**result, "domains": {**result["domains"], "rated_county": rows}}
