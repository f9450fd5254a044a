"""The folder of an archive that cannot be reached: a sentence for each reader, in its reader's words, and nothing changed."""

from __future__ import annotations

import errno
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey_app.answering import form_token
from survey_app.answering.pages.phone import ANSWERED, TAKEN_BACK
from survey_app.archives.moving import tidy
from survey_app.cli import cli
from survey_app.jobs.queue import enqueue
from survey_app.models import EstimateRun, Response, Survey, SurveyArchive, db
from survey_app.responses.labels import label_of
from tests.support.application import change
from tests.support.city import FORM, the_survey
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.survey_app.archives.test_archives import closed_city, moved_to

NO_FOLDER, NO_WAY = "unmounted", "not to be opened"


@pytest.fixture(params=[NO_FOLDER, NO_WAY])
def away(request, app, tmp_path):
    """The survey, one of its receipts and the number of that answer; its archive was moved away, or cannot be opened."""
    change(app, instance=tmp_path / "instance")
    survey = the_survey()
    survey.closes_at = datetime.now(UTC) - timedelta(days=900)
    receipt, number = db.session.execute(select(Response.receipt, Response.id).limit(1)).one()
    db.session.commit()
    folder = moved_to(survey, tmp_path / "shared").folder
    folder.rename(tmp_path / "elsewhere")
    if request.param == NO_WAY:
        folder.write_text("what stands here is no folder, which no right opens, also not the superuser's")
    yield survey, receipt, number
    folder.unlink(missing_ok=True)
    (tmp_path / "elsewhere").rename(folder)
    db.session.rollback()
    assert app.test_client().get("/readyz").json["archives"] == "ok"
    assert app.test_client().post("/erase", data={"number": receipt}).status_code == 200  # as it was


@begins_with(closed_city)
def test_a_citizen_is_told_that_the_archive_cannot_be_read_and_readyz_names_it(app, away, caplog):
    survey, receipt, _number = away
    phone, code = app.test_client(), survey.sites[0].code
    own = form_token.Answered(receipt, 1, "complete")
    phone.set_cookie(ANSWERED, form_token.sign_answered(own), path=f"/s/{code}")
    with caplog.at_level(logging.ERROR, "minyi"):
        replies = [
            phone.get(f"/s/{code}/receipt/{own.mark}"),
            phone.post("/erase", data={"number": receipt}),
            phone.post("/erase", data={"number": receipt, "sure": "1"}),
        ]
    for reply in replies:
        assert reply.status_code == 503
        assert "档案暂时读不到" in reply.get_data(as_text=True)
        assert survey.code not in reply.get_data(as_text=True)
    for cookie in (ANSWERED, TAKEN_BACK):
        phone.set_cookie(cookie, form_token.sign_answered(own), path=f"/s/{code}")
        for asked in ("", "?again=1"):
            page = phone.get(f"/s/{code}{asked}")
            assert (page.status_code, "调查已经结束" in page.get_data(as_text=True)) == (200, True)
    assert sum(str(folder_of(survey)) in record.getMessage() for record in caplog.records) == len(replies)
    assert "kept in the archive" in phone.post("/erase?lang=en", data={"number": receipt}).get_data(as_text=True)
    ready = phone.get("/readyz")
    assert (ready.status_code, ready.json["archives"]) == (200, f"cannot be read: {survey.code}")


def folder_of(survey: Survey) -> Path:
    return Path(db.session.get_one(SurveyArchive, survey.id).folder) / survey.code


@begins_with(closed_city)
def test_another_surveys_citizens_do_not_notice(app, away):
    phone = app.test_client()
    other = opened(away[0])
    page = phone.get(f"/s/{other}").get_data(as_text=True)
    token = page.split('name="token" value="')[1].split('"')[0]
    assert phone.post(f"/s/{other}", data=FORM | {"token": token}).status_code == 303
    receipt = db.session.scalars(select(Response.receipt)).one()
    assert phone.post("/erase", data={"number": receipt, "sure": "1"}).status_code == 200
    assert phone.get_cookie(TAKEN_BACK, path=f"/s/{other}") is not None
    assert phone.get(f"/s/{other}").status_code == 200
    assert 'name="token"' in phone.get(f"/s/{other}?again=1").get_data(as_text=True)


def opened(before: Survey) -> str:
    """The code of a site in an open survey beside the archived one."""
    values = {column.name: getattr(before, column.name) for column in Survey.__table__.columns if column.name != "id"}
    survey = Survey(**values | {"code": "next", "state": "open", "closes_at": None})
    site = before.sites[0]
    of_site = {column.name: getattr(site, column.name) for column in site.__table__.columns if column.name != "id"}
    db.session.add(survey)
    db.session.flush()
    db.session.add(type(site)(**of_site | {"survey_id": survey.id, "code": "nxt2222", "address": None}))
    db.session.commit()
    return "nxt2222"


@begins_with(closed_city)
def test_pages_of_the_console_and_a_job_say_so_and_searching_goes_on(app, away):
    survey, receipt, number = away
    browser = enter(app.test_client(), person("administrator", "", "").user)
    for page in (f"surveys/{survey.code}/responses", f"responses/{label_of(number)}", f"process/{number}"):
        reply = browser.get(f"/console/{page}")
        assert (reply.status_code, "转存的文件" in reply.get_data(as_text=True)) == (503, True), page
    assert {browser.get(f"/console/{page}").status_code for page in ("", "surveys")} == {200}
    found = browser.get(f"/console/search?q={survey.code}").get_data(as_text=True)
    assert "转存的文件" in found
    assert f"/console/surveys/{survey.code}" in found
    assert "转存的文件" in browser.get(f"/console/search?q={receipt}").get_data(as_text=True)
    job = enqueue("estimate", {"survey": survey.id}, "eva")
    assert (job.state, "archives." in job.error) == ("failed", True)


@begins_with(closed_city)
def test_every_command_that_reads_it_ends_with_the_sentence(app, away, tmp_path, monkeypatch):
    survey, receipt, _number = away
    code, run = survey.code, db.session.scalars(select(EstimateRun.id)).one()
    monkeypatch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MINYI_BACKUP_PASSPHRASE", "七月流火 九月授衣 一之日觱发")
    db.session.remove()
    for words in (
        ["run", code], ["verify", "run", str(run)], ["archive", code, "--check"], ["archive", code, "--back"],
        ["erase", receipt, "--reason", "asked"], ["unseal", receipt, "--reason", "asked"], ["retention", "--days", "800"],
        ["export", code, "--to", str(tmp_path / "answers.csv")], ["export", code, "--parquet", str(tmp_path / "parts")],
        ["backup", str(tmp_path / "city.minyi")],
    ):  # fmt: skip
        done = CliRunner().invoke(cli, words)
        assert (done.exit_code, "archived survey" in done.output) == (2, True), (words, done.output)
        assert "Traceback" not in done.output
    assert not (tmp_path / "city.minyi").exists()
    assert not (tmp_path / "answers.csv").exists()
    assert tidy() == 0


@begins_with(closed_city)
def test_an_answer_stays_while_its_files_cannot_be_written_without_it(app, tmp_path, monkeypatch):
    change(app, instance=tmp_path / "instance")
    survey = the_survey()
    receipt = db.session.scalars(select(Response.receipt).limit(1)).one()
    db.session.rollback()
    moved = moved_to(survey, None)
    before = {path.name: path.read_bytes() for path in moved.folder.iterdir()}

    opens = os.open

    def refused(path, flags, *rest, **more):
        if flags & os.O_CREAT and str(path).startswith(str(moved.folder)):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return opens(path, flags, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refused)
        assert app.test_client().post("/erase", data={"number": receipt, "sure": "1"}).status_code == 503
    assert {path.name: path.read_bytes() for path in moved.folder.iterdir()} == before
    assert app.test_client().post("/erase", data={"number": receipt, "sure": "1"}).status_code == 200
