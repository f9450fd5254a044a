"""The list of runs and the trend on both engines: both read inside stored documents."""

from __future__ import annotations

from survey_app.estimates.review import listed, subject, surveys, waiting
from survey_app.estimates.trend import earlier_runs, trend_of
from survey_app.ground.sign_off import PROPOSED, take_step
from survey_app.models import db
from tests.support.city import answered_city
from tests.support.runs import run_estimate


def test_runs_are_listed_from_inside_their_documents_on_either_engine(app):
    run = run_estimate(answered_city(12))
    take_step(subject(run.id), PROPOSED, "anna", "")
    db.session.commit()
    row = waiting()[0]
    assert (row.id, row.survey, row.n, row.state) == (run.id, "wave1", 24, "proposed")
    assert row.figure == run.result["satisfied"]["estimate"]
    assert row.lower is None  # two sites in two strata: no degree of freedom
    assert row.outcome == run.result["decision"]["outcome"]
    assert list(surveys()) == [("wave1", "某市市民体验调查")]
    assert listed("another") == []
    assert earlier_runs(run) == []
    assert trend_of(run) is None
