"""The demonstration fills while it is served, and goes on where it was stopped."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from survey_app import demo
from survey_app.demo import jobs
from survey_app.models import EstimateRun, Job, Response, ScoringRun, Ticket, db
from tests.support.demonstration import RESPONSES, demonstration_city
from tests.support.stored import begins_with

pytestmark = begins_with(demonstration_city)
MORE = 30


def _number(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_demonstration_that_was_stopped_before_its_estimate_is_filled_to_its_end_and_not_begun_again(sqlite_app):
    assert demo.unfilled() is None
    tickets = _number(Ticket)
    db.session.execute(delete(ScoringRun))
    db.session.execute(delete(EstimateRun))
    db.session.commit()
    survey = demo.unfilled()
    jobs.ask(survey, demo.drawn_anew(), RESPONSES + MORE, "admin")
    done = db.session.scalars(select(Job)).one()
    assert (done.state, done.error) == ("done", "")
    assert (_number(Response), _number(EstimateRun), _number(Ticket)) == (RESPONSES + MORE, 1, tickets)
    assert demo.unfilled() is None


def test_a_city_that_is_being_filled_is_not_queued_twice_and_leaves_it_to_who_fills_it_now(sqlite_app):
    sqlite_app.extensions["minyi_wake"] = lambda *_job: None
    survey = demo.unfilled() or db.session.scalars(select(EstimateRun)).first().survey
    for _again in range(2):
        jobs.ask(survey, demo.drawn_anew(), RESPONSES, "admin")
    waiting = db.session.scalars(select(Job)).one()
    jobs.stop()
    assert waiting.state == "cancelled"
