"""A county below the plan's minimum, from the answers to the signed final run: no figure of its own anywhere, a star for
each zone, and nobody is held up."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from definitions import digest
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.cli import cli
from survey_app.documents.content import Grid
from survey_app.estimates.area_satisfaction import without_figures
from survey_app.estimates.pages.report import estimate_report
from survey_app.estimates.runs import make_run, verify_run
from survey_app.ground import sign_off
from survey_app.jobs.queue import Silent
from survey_app.models import EstimateRun, db
from survey_app.scoring import final_runs
from survey_app.scoring.final_checks import open_points
from survey_app.scoring.pages.final_report import final_report
from survey_app.scoring.runs import score_run
from survey_app.surveys.expected_counties import expected_counties
from survey_app.values.periods import current_period
from survey_app.values.rulebooks import rated_areas
from tests.support.city import FORM, PLAN, small_city, the_survey
from tests.support.people import client_of
from tests.support.scoring_city import area, fill
from tests.support.stored import begins_with

MINIMUM = "minimum: {answers: 20, sites: 1, df: 0, supplement: extension}\n"
ANSWERS = {"aaa2222": ("甲县", 24), "bbb3333": ("乙县", 12)}


def weak_city() -> None:
    """甲县 has its twenty answers, 乙县 has twelve of them; every value is accepted."""
    survey = small_city(plan=PLAN + MINIMUM, plan_digest=digest(PLAN + MINIMUM))
    for site in survey.sites:
        home, number = ANSWERS.get(site.code, ("", 0))
        for place in range(number):
            form = {**FORM, "home": [home], "overall": [str(5 - place % 3)]}
            submit(open_site(site), form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=3))
    for name in ("某市", "甲县", "乙县"):
        fill(area(name))
    run = make_run(survey, Silent())
    score_run(run)
    db.session.commit()
    for step, by in (("proposed", "anna"), ("approved", "berta")):
        sign_off.take_step(f"estimate:{run.id}", step, by, "核对无误")


pytestmark = [begins_with(weak_city), pytest.mark.usefixtures("in_chinese")]


@pytest.fixture
def run(sqlite_app) -> EstimateRun:
    return db.session.query(EstimateRun).one()


def final(run):
    return final_runs.make_run("final", run.survey.city, run, current_period())


def test_the_run_keeps_counts_without_a_figure_and_comes_out_the_same_again(run):
    first, second = run.result["domains"]["rated_county"]
    weak, other = (second, first) if second["level"] == "乙县" else (first, second)
    assert (weak["n"], weak["estimate"], weak["decision"], weak["below_minimum"]["answers"]) == (12, None, None, 12)
    assert (other["n"], other["below_minimum"]) == (24, None)
    assert run.result["satisfied"]["estimate"] is not None
    assert verify_run(run)["same"]


def test_the_final_run_is_made_signed_and_verified_with_the_countys_range_and_never_the_citys_figure(run):
    assert open_points(run.survey.city, run, current_period()) == []
    made = final(run)
    cards = {row.area.name: row.scorecard for row in final_runs.scorecards(made)}
    weak = cards["乙县"]
    assert (weak["satisfaction"], weak["void"], weak["star_probability"]) == (None, False, None)
    assert [row["zone"] for row in weak["star_by_zone"]] == ["none", "deduct", "veto"]
    assert weak["star_range"] == [weak["star_by_zone"][-1]["star"], weak["star_by_zone"][0]["star"]]
    assert cards["甲县"]["star_by_zone"] is None
    assert (made.summary["places"]["甲县"], made.summary["places"]["乙县"]) == (1, None)
    for step, by in (("proposed", "anna"), ("approved", "berta")):
        final_runs.settle(made, step, by, "同意")
    assert final_runs.settled(run.survey.city) is made
    assert final_runs.verify_final(made)["same"]
    for language, words in (("zh", "未达可发布样本量"), ("en", "Below the sample size for publication")):
        grids = [
            block
            for block in final_report(made, final_runs.scorecards(made), language).blocks
            if isinstance(block, Grid)
        ]
        (listed,) = [grid for grid in grids if words in grid.caption]
        assert [row[:4] for row in listed.rows] == [("乙县", 12, 1, 0)]


def test_every_page_shows_the_counts_and_no_figure(run, sqlite_app):
    made, weak = final(run), next(one for one in run.scoring_runs if one.area.name == "乙县")
    db.session.commit()
    client = client_of(sqlite_app, "administrator")
    estimate = client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    assert "应答12份、点1个、自由度0，计划的下限是20份、1个、0" in estimate
    assert "补充样本：只看份数、点数和自由度" in estimate
    for address in (f"/console/final/{made.id}", "/console/final"):
        page = client.get(address).get_data(as_text=True)
        assert 'id="table-without_figure"' in page
        assert "basis:" not in page
    card = client.get(f"/console/scores/{weak.id}").get_data(as_text=True)
    assert "没有可用的数字，评级随之而定：≥70%为" in card
    assert client.get(f"/console/scores/{weak.id}/ahead").status_code == 200
    told = client.get("/console/assessment/12").get_data(as_text=True)
    assert "评级随之而定" in told


def test_whoever_may_not_see_small_counts_sees_no_counts_of_it(run, sqlite_app):
    run.survey.least_cell = 15
    made = final(run)
    db.session.commit()
    client = client_of(sqlite_app, "scorer")
    estimate = client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    assert "应答12份" not in estimate
    listed = client.get(f"/console/final/{made.id}?table=without_figure&format=csv").get_data(as_text=True)
    assert "乙县" in listed
    assert ",12," not in listed


def test_an_estimate_without_an_official_figure_says_so_everywhere_and_the_city_has_a_range(run, sqlite_app):
    body = PLAN + MINIMUM.replace("df: 0,", "df: 0, whole: {answers: 900, sites: 2, df: 0},")
    survey = run.survey
    survey.plan, survey.plan_digest, survey.state = body, digest(body), "closed"
    made = make_run(survey, Silent())
    db.session.flush()
    assert made.result["decision"] is None
    assert "sensitivity" not in made.result
    assert [notice["key"] for notice in made.result["notices"]][:1] == [
        "sample_short"
    ]  # 36 of 40, and made all the same
    assert verify_run(made)["same"]
    for language, words in (("zh", "未达可发布样本量"), ("en", "Below the sample size for publication")):
        texts = [getattr(block, "text", "") for block in estimate_report(made, made.result, language).blocks]
        assert any(words in text for text in texts)
    (city, *_) = score_run(made)
    db.session.commit()
    client = client_of(sqlite_app, "administrator")
    for address in (
        f"estimates/{made.id}", f"estimates/compare?a={run.id}&b={made.id}", "", "surveys", "surveys/wave1", "estimates", f"scores/{city.id}",
    ):  # fmt: skip
        page = client.get(f"/console/{address}", follow_redirects=True)
        assert page.status_code == 200, address
        assert address not in (f"estimates/{made.id}", "") or "未达可发布样本量" in page.get_data(as_text=True)
    trial = final_runs.make_run("trial", survey.city, made, current_period())
    assert [row.area.name for row in without_figures(rated_areas(survey.city), made.result)] == ["某市", "乙县"]
    assert final_runs.verify_final(trial)["same"]
    assert (city.scorecard["satisfaction"], city.scorecard["void"]) == (None, False)
    assert len(city.scorecard["star_by_zone"]) == 3


def test_the_command_line_lists_the_county_and_is_not_held_up(run, sqlite_app, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    done = CliRunner().invoke(cli, ["final", "check", "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["without_figure"]
    assert (row["area"], row["below_minimum"]["answers"]) == ("乙县", 12)
    assert "--bases" not in CliRunner().invoke(cli, ["final", "check", "--help"]).output
    assert CliRunner().invoke(cli, ["final", "check", "--bases", "x.json"]).exit_code == 2
    made = CliRunner().invoke(cli, ["--lang", "zh", "final", "run", "--kind", "final"])
    assert made.exit_code == 0, made.output
    assert "未达可发布样本量，评级是一个范围: 乙县" in made.output


def test_what_the_drawn_sample_will_probably_leave_under_the_minimum_is_told_before(run):
    survey = the_survey()
    standing = {row.level: row.standing for row in expected_counties(survey)}
    assert standing == {"甲县": "near", "乙县": "near"}  # twenty are aimed at, and one silent site is all there is
    assert {row.standing for row in expected_counties(survey, 0.5)} == {"below"}
    survey.plan = PLAN
    assert expected_counties(survey) is None
