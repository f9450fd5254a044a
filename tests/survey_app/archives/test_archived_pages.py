"""Pages, commands, engines and backups of a survey whose answers lie in files."""

from __future__ import annotations

import json
import re
import shutil
from importlib.util import find_spec

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, select

from survey_app import demo, rollup
from survey_app.archives.places import archive_of
from survey_app.cli import cli
from survey_app.estimates.archived_cells import compared
from survey_app.jobs.queue import Silent
from survey_app.models import EstimateRun, Response, SurveyArchive, db
from survey_app.operations import backup, sealed
from survey_app.responses.labels import label_of
from tests.support.application import absent, change
from tests.support.city import the_survey
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.survey_app.archives.test_archives import archived, closed_city, moved_to
from tests.survey_app.operations.test_backup import PASSPHRASE, bring_back, empty_place, settings


@pytest.fixture
def survey(app, tmp_path):
    change(app, instance=tmp_path / "instance")
    return the_survey()


@begins_with(closed_city)
def test_every_page_of_an_archived_survey_says_what_it_said_before(app, survey):
    browser = enter(app.test_client(), person("administrator", "", "").user)
    number, receipt = db.session.execute(select(Response.id, Response.receipt).order_by(Response.id).limit(1)).one()
    run = db.session.scalars(select(EstimateRun.id)).one()
    pages = [
        f"surveys/{survey.code}{rest}"
        for rest in ("", "/fieldwork", "/responses", "/process", "/flags", "/invitations", "/plan", "/codebook", "/voices",
                     "/interviewers", "/settling", "/suppression")
    ] + [f"responses/{label_of(number)}", f"process/{number}", f"estimates/{run}", "estimates", "surveys"]  # fmt: skip
    survey.state = "archived"
    db.session.commit()
    before = {page: _shown(browser, page) for page in pages}
    assert sum(status == 200 for status, _text in before.values()) >= 10
    archived(survey)
    after = {page: _shown(browser, page) for page in pages}
    assert {page: status for page, (status, _text) in after.items()} == {
        page: status for page, (status, _text) in before.items()
    }
    changed = {page: [line for line in after[page][1] if line not in before[page][1]] for page in pages}
    assert {page: lines for page, lines in changed.items() if lines} == {}
    found = browser.get(f"/console/search?q={receipt}").get_data(as_text=True)
    assert f"/console/process/{number}" in found


def _shown(browser, page: str) -> tuple[int, list[str]]:
    reply = browser.get(f"/console/{page}")
    lines = reply.get_data(as_text=True).splitlines()
    lines = [re.sub('name="csrf_token"[^>]* value="[^"]+"', "", line) for line in lines]
    return reply.status_code, [line for line in lines if 'role="status"' not in line]  # when it was read


@begins_with(closed_city)
def test_a_page_of_too_many_archived_answers_says_so_and_a_flag_is_refused(app, survey, monkeypatch):
    browser = enter(app.test_client(), person("administrator", "", "").user)
    number = db.session.scalars(select(Response.id).order_by(Response.id).limit(1)).one()
    db.session.rollback()
    archived(survey)
    reply = browser.post(
        f"/console/process/{number}/flag", data={"reason": "代答", "do": "flag"}, follow_redirects=True
    )
    assert reply.status_code in (400, 409, 422)
    monkeypatch.setattr("survey_app.archives.at_hand.MOST_ON_A_PAGE", 10)
    reply = browser.get(f"/console/surveys/{survey.code}/responses")
    assert reply.status_code == 409
    assert "--back" in reply.get_data(as_text=True)
    assert browser.get(f"/console/surveys/{survey.code}/fieldwork").status_code == 200


@begins_with(closed_city)
def test_a_citizen_takes_back_an_archived_answer_by_its_receipt(app, survey):
    receipt = db.session.scalars(select(Response.receipt).limit(1)).one()
    db.session.rollback()
    archived(survey)
    phone = app.test_client()
    asked = phone.post("/erase", data={"number": receipt})
    assert asked.status_code == 200
    assert phone.post("/erase", data={"number": receipt, "sure": "1"}).status_code == 200
    assert phone.post("/erase", data={"number": receipt, "sure": "1"}).status_code == 404


@begins_with(closed_city)
def test_spark_makes_the_same_cells_of_the_files(survey):
    if shutil.which("java") is None or find_spec("pyspark") is None:
        absent("Java with PySpark")
    archived(survey)
    same = compared(survey, archive_of(survey.id), "spark")
    assert (same.responses, same.cells, same.differing) == (80, 10, 0)
    assert same.furthest <= 1e-12


@begins_with(closed_city)
@pytest.mark.parametrize("other", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_backup_has_the_files_and_a_restore_places_them(app, survey, tmp_path, monkeypatch, other):
    monkeypatch.setitem(sealed.COST, "n", 2**4)
    last = db.session.scalar(select(func.max(Response.id)))
    db.session.rollback()
    moved = moved_to(survey, tmp_path / "shared")
    made = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent())
    db.session.commit()
    with empty_place(other, tmp_path) as url:
        bring_back(made.path, url, tmp_path / "new", secret_key="", text_key="")
        place = tmp_path / "new" / "archives" / survey.code
        assert {path.name for path in place.iterdir()} >= {
            path.name for path in moved.folder.iterdir() if path.suffix != ".json"
        }
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(select(SurveyArchive.folder)).scalar() == ""
            assert connection.execute(select(func.count()).select_from(Response)).scalar() == 0
        assert rollup.check(engine) == []
        engine.dispose()
    assert last is not None


@begins_with(closed_city)
def test_clearing_a_demonstration_deletes_its_files(survey):
    survey.demo = True
    db.session.commit()
    moved = archived(survey)
    demo.clear()
    db.session.commit()
    assert not moved.folder.exists()


@begins_with(closed_city)
def test_the_command_moves_checks_and_brings_back(sqlite_app, tmp_path, monkeypatch):
    code = the_survey().code
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    db.session.remove()

    def ran(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["archive", code, *words])
        return done.exit_code, done.output

    assert ran("--back")[0] == 2
    status, said = ran("--to", str(tmp_path / "shared"), "--json")
    assert status == 0, said
    assert json.loads(said)["responses"] == 85
    status, said = ran("--check", "--json")
    assert status == 0, said
    assert (json.loads(said)["differing"], json.loads(said)["sample"]) == (0, 80)
    assert "moved already" in ran()[1]
    assert "only one of" in ran("--back", "--check")[1]
    assert ran("--back")[0] == 0
    assert not (tmp_path / "shared" / code).exists()
