"""The figure without a site's day of one network: what a run says of it, and that no answer and no run knows a network."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text

from survey_app.answering import form_counts
from survey_app.answering.form_counts import LARGEST, STORED
from survey_app.answering.form_token import issue
from survey_app.answering.open_sites import find_site
from survey_app.estimates.pages.notes import movers
from survey_app.estimates.pages.variant_tables import sensitivity
from survey_app.estimates.runs import verify_run
from survey_app.estimates.suppression import shown_result
from survey_app.ground.limits import counters
from survey_app.models import FormCount, Response, Site, db, every_table
from tests.support.city import FORM, answered_city, small_city, the_survey
from tests.support.runs import run_estimate
from tests.support.stored import begins_with, empty

DAY = date(2026, 3, 2)
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # at Jining


def site(code: str = "aaa2222") -> Site:
    return db.session.scalars(select(Site).where(Site.code == code)).one()


def alarm(code: str, day: date, answers: int, largest: int) -> None:
    for event, number in ((STORED, answers), (LARGEST, largest)):
        db.session.add(FormCount(site_id=site(code).id, day=day, event=event, question="", number=number))


def at_jining(code: str, first: int, others: int) -> list[Response]:
    """Of the site's answers the first `first` at the two ends of the day, all content; `others` a second before and at the
    next midnight."""
    found = list(db.session.scalars(select(Response).where(Response.site_id == site(code).id).order_by(Response.id)))
    end = MIDNIGHT + timedelta(days=1)
    for place, response in enumerate(found[: first + others]):
        if place < first:
            response.finished_at, response.measure = (MIDNIGHT, end - timedelta(seconds=1))[place % 2], 5
        else:
            response.finished_at = (MIDNIGHT - timedelta(seconds=1), end)[place % 2]
    return found[:first]


def a_day_of_one_network() -> None:
    answered_city()
    at_jining("aaa2222", 40, 50)
    alarm("aaa2222", DAY, 40, 30)
    alarm("bbb3333", DAY, 60, 30)  # half is not over half
    db.session.commit()


@begins_with(empty)
def test_without_a_day_of_one_network_the_figure_is_that_of_the_answers_of_other_sites_and_days(app, in_chinese):
    answered_city()
    stuffed = [response.id for response in at_jining("aaa2222", 40, 50)]
    db.session.commit()
    before = run_estimate(the_survey())
    assert "networks" not in before.result["sensitivity"]
    assert not any("网络" in line for line in movers(before.result, {}))
    alarm("aaa2222", DAY, 40, 30)
    alarm("bbb3333", DAY, 60, 30)  # half is not over half
    alarm("ccc4444", DAY, 60, 60)  # an open venue: none of its answers is in the estimate
    db.session.commit()
    run = run_estimate(the_survey())
    assert run.result["satisfied"] == before.result["satisfied"]
    assert run.result["decision"] == before.result["decision"]
    (row,) = run.result["sensitivity"]["networks"]
    assert (row["level"], row["responses"]) == ("aaa2222 2026-03-02", 40)
    assert row["difference"] < -0.02
    assert verify_run(run)["same"]
    db.session.execute(delete(Response).where(Response.id.in_(stuffed)))
    db.session.commit()
    rest = run_estimate(the_survey())
    assert row["figure"] == pytest.approx(rest.result["satisfied"]["estimate"], rel=1e-12)
    assert row["outcome"] == rest.result["decision"]["outcome"]
    assert "networks" not in rest.result["sensitivity"]  # of its answers none is left


@begins_with(a_day_of_one_network)
def test_page_and_report_have_the_day_in_one_sentence_and_a_table(sqlite_app, in_chinese):
    run = run_estimate(the_survey())
    (line,) = [line for line in movers(run.result, {"aaa2222": "甲县一号点"}) if "网络" in line]
    assert "“甲县一号点 2026-03-02”" in line
    assert "结论" in line
    (table,) = [table for table in sensitivity(run.result, {"aaa2222": "甲县一号点"}) if table.name == "networks"]
    assert [row["change"] for row in table.rows] == ["不含 甲县一号点 2026-03-02"]


@pytest.mark.parametrize(("first", "others"), [(3, 60), (86, 4)])
@begins_with(empty)
def test_a_day_of_few_answers_and_one_that_tells_of_few_on_other_days_have_their_name_alone(sqlite_app, first, others):
    answered_city()
    at_jining("aaa2222", first, others)
    alarm("aaa2222", DAY, 40, 30)
    db.session.commit()
    (row,) = run_estimate(the_survey()).result["sensitivity"]["networks"]
    assert row["level"] == "aaa2222 2026-03-02"
    assert (row["figure"], row["difference"], row["outcome"], row["n"], row["responses"]) == (None,) * 5


@begins_with(a_day_of_one_network)
def test_who_may_not_see_a_sites_figure_sees_none_of_its_day(sqlite_app):
    survey = the_survey()
    survey.least_cell = 41
    db.session.commit()
    run = run_estimate(survey)
    (row,) = shown_result(run, [])["sensitivity"]["networks"]
    assert (row["figure"], row["suppressed"]) == (None, True)


@begins_with(empty)
def test_what_arrives_through_one_network_is_named_by_the_run_and_the_network_stands_nowhere(sqlite_app):
    survey = small_city()
    for number in range(36):
        address = {"REMOTE_ADDR": "203.0.113.7" if number % 3 else f"198.51.100.{number}"}
        token = issue("aaa2222", find_site("aaa2222").definition.digest)
        form = {**FORM, "token": [token], "overall": [str(1 + number % 5)]}
        sqlite_app.test_client().post("/s/aaa2222", data=form, environ_base=address)
    token = issue("bbb3333", find_site("bbb3333").definition.digest)
    sqlite_app.test_client().post("/s/bbb3333", data={**FORM, "token": [token]})
    form_counts.write()
    assert db.session.scalar(select(func.count()).select_from(Response)) == 37
    run = run_estimate(survey)
    (row,) = run.result["sensitivity"]["networks"]
    assert row["responses"] == 36
    stored = [json.dumps([run.cells, run.detail, run.result])]
    for table in every_table().sorted_tables:
        stored += [str(found) for found in db.session.execute(text(f'SELECT * FROM "{table.name}"'))]
    hashes = [name.split("/")[1] for name in counters().memory.storage._kept]
    assert len(hashes) >= 13
    assert not [name for name in hashes if name in "".join(stored)]
    assert "203.0.113" not in "".join(stored)
    assert "198.51.100" not in "".join(stored)
    assert not [column.name for column in Response.__table__.columns if "network" in column.name]
