"""What a run says of bias beside its figure: early and late, open answers, interviewers; kept as sums, shown on its page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from survey_app.cli import cli
from survey_app.estimates.runs import verify_run
from survey_app.models import EstimateRun, Response, db
from tests.support.city import answered_city, the_survey
from tests.support.people import client_of
from tests.support.runs import run_estimate
from tests.support.stored import begins_with

BEGIN = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def days_and_opens() -> None:
    """A third are content on the first day, two thirds on the second, all on the third; the last quarter scanned a poster."""
    answered_city()
    found = db.session.scalars(select(Response).where(Response.probability).order_by(Response.id)).all()
    count = len(found) * 3 // 4
    for place, response in enumerate(found):
        day = min(place * 3 // count, 2)
        response.finished_at = BEGIN + timedelta(days=day, seconds=place)
        response.measure = 5 if place % 3 <= day else 2
        response.probability = place < count
    db.session.commit()


@begins_with(days_and_opens)
def test_early_and_late_are_thirds_of_the_answers_and_the_figure_so_far_ends_at_the_figure(app):
    run = run_estimate(the_survey())
    found = run.result["fieldwork"]["arrived"]
    estimates = [row["estimate"] for row in found["levels"]]
    assert [row["level"] for row in found["levels"]] == ["1/3", "2/3", "3/3"]
    assert estimates == sorted(estimates)
    assert max(row["n"] for row in found["levels"]) - min(row["n"] for row in found["levels"]) <= 1
    assert found["levels"][-1]["so_far"] == pytest.approx(run.result["satisfied"]["estimate"], rel=1e-12)
    assert found["difference"]["difference"] == pytest.approx(estimates[-1] - estimates[0])
    assert verify_run(run)["same"]


@begins_with(days_and_opens)
def test_open_answers_stand_beside_the_figure_with_their_gap_and_leave_it_alone(app):
    run = run_estimate(the_survey())
    found = run.result["open_beside"]
    opened = db.session.scalars(select(Response.measure).where(Response.probability.is_(False))).all()
    assert found["n"] == sum(code is not None for code in opened)
    assert found["raw"]["difference"] == pytest.approx(
        sum(code == 5 for code in opened) / len(opened) - run.result["satisfied"]["estimate"]
    )
    db.session.execute(update(Response).where(Response.probability.is_(False)).values(measure=1))
    db.session.commit()
    again = run_estimate(the_survey())
    assert again.result["satisfied"] == run.result["satisfied"]
    assert again.result["open_beside"]["raw"]["estimate"] == 0
    assert verify_run(run)["same"]  # a run keeps what it said of them then


@begins_with(days_and_opens)
def test_the_page_shows_the_tipping_point_who_answered_and_the_open_answers(sqlite_app, in_chinese):
    run = run_estimate(the_survey())
    page = client_of(sqlite_app, "evaluator").get(f"/console/estimates/{run.id}").get_data(as_text=True)
    for said in ("不满意者作答的机会是满意者的", "没有作答率，也就没有界限", "按作答先后", "旁边的开放扫码应答"):
        assert said in page, said
    assert 'id="bias"' in page


@begins_with(days_and_opens)
def test_a_run_of_an_earlier_release_has_no_empty_part_about_bias(sqlite_app):
    run = run_estimate(the_survey())
    gone = ("tipping", "response", "open_beside", "fieldwork")
    earlier = {name: value for name, value in run.result.items() if name not in gone}
    db.session.execute(update(EstimateRun).values(result=earlier))
    db.session.commit()
    page = client_of(sqlite_app, "evaluator").get(f"/console/estimates/{run.id}")
    assert page.status_code == 200
    assert not any(f'id="{key}"' in page.get_data(as_text=True) for key in ("bias", "response", "open"))


def test_a_file_with_answers_that_are_not_of_the_sample_says_their_gap(tmp_path):
    """120 of the sample, half satisfied; 40 open answers, 30 satisfied."""
    own = [f"{place % 2},s{place % 12},{'fm'[place % 3 % 2]},1" for place in range(120)]
    other = [f"{int(place % 4 > 0)},o{place % 5},{'fm'[place % 2]},0" for place in range(40)]
    (tmp_path / "answers.csv").write_text("\n".join(["y,site,sex,sample", *own, *other]), encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(
        "measure: {question: y, satisfied: [1], scale: [0, 1]}\ndesign: {psu: site, sample: sample}\n"
        "calibration: {margins: {sex: {f: 700, m: 300}}}\n",
        encoding="utf-8",
    )
    arguments = ["estimate", str(tmp_path / "answers.csv"), "--plan", str(tmp_path / "plan.yaml")]
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    found = document["open_beside"]
    assert (found["n"], found["sites"], found["variables"]) == (40, 5, ["sex"])
    assert found["raw"]["difference"] == pytest.approx(0.75 - document["satisfied"]["estimate"])
    assert found["weighted"] is not None
    assert "a gap of" in CliRunner().invoke(cli, ["--lang", "en", *arguments]).output
