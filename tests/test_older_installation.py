"""A database that the first release made, after the upgrade: every page opens, and what was stored is verified as the same.

tests/reference/installation-0.1.0.sqlite3.gz: a small simulated city with answers, values, an approved estimate and
final run, a trial, a scenario, rectification, tickets and previewed workbooks, stored by release 0.1.0.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.documents.estimate import EstimateDocument
from analysis.documents.kept import DetailDocument, StoredCells
from analysis.scoring.documents import FutureDocument, ScorecardDocument, SummaryDocument
from survey_app.database import upgrade
from survey_app.estimates.runs import verify_run
from survey_app.ground.stored import card_of, cells_of, detail_of, estimate_of
from survey_app.models import EstimateRun, FinalRun, Scenario, ScoringRun, db
from survey_app.scoring.final_runs import verify_final
from survey_app.scoring.frozen import Frozen, OpenPoint, frozen_of, provisional_of, summary_of
from survey_app.scoring.scenarios import AskedDocument, asked_stored, future_of, verify_scenario
from tests.support.application import application
from tests.support.people import enter, person
from tests.support.typed import departures
from tests.survey_app.console.test_permissions import NOTHING_THERE, things

STORED = Path(__file__).parent / "reference" / "installation-0.1.0.sqlite3.gz"


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory) -> Path:
    """The database after the upgrade, which each test gets a copy of."""
    path = tmp_path_factory.mktemp("older") / "older.sqlite3"
    path.write_bytes(gzip.decompress(STORED.read_bytes()))
    with application(f"sqlite:///{path}").app_context():
        upgrade(db.engine)
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.fixture
def older(upgraded, tmp_path):
    app = application(f"sqlite:///{shutil.copy(upgraded, tmp_path)}")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_its_runs_are_still_the_same_to_the_last_digit(older):
    for run in db.session.scalars(select(EstimateRun)):
        assert verify_run(run)["differs"] == []
    finals = list(db.session.scalars(select(FinalRun)))
    assert [run.kind for run in finals] == ["final", "trial"]
    for run in finals:
        found = verify_final(run)
        assert (found["same"], found["differs"]) == (True, [])


def test_what_it_stored_is_read_in_the_form_of_today(older):
    for run in db.session.scalars(select(EstimateRun)):
        assert list(departures(estimate_of(run), EstimateDocument)) == []
        assert list(departures(cells_of(run), StoredCells)) == []
        assert list(departures(detail_of(run), DetailDocument)) == []
    for run in db.session.scalars(select(ScoringRun)):
        assert list(departures(card_of(run), ScorecardDocument)) == []
    for run in db.session.scalars(select(FinalRun)):
        assert list(departures(frozen_of(run), Frozen)) == []
        assert list(departures(summary_of(run), SummaryDocument)) == []
        assert list(departures(provisional_of(run), list[OpenPoint])) == []
    for kept in db.session.scalars(select(Scenario)):
        assert list(departures(future_of(kept), FutureDocument)) == []
        assert list(departures(asked_stored(kept), AskedDocument)) == []
        assert verify_scenario(kept)["differs"] == []


def test_its_final_run_says_that_its_method_is_the_first(older):
    client = enter(older.test_client(), person("administrator", "", "").user)
    assert "方法第1版；现行第" in client.get("/console/final/1").get_data(as_text=True)


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_every_page_opens_on_it(older, language):
    client = enter(older.test_client(), person("administrator", "", "").user)
    client.set_cookie("minyi_language", language)
    for thing in things():
        if thing.method == "GET" and thing.endpoint not in NOTHING_THERE:
            status = client.get(thing.address).status_code
            assert status in (200, 302), thing  # a finished job leads on to what it made
