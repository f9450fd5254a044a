"""What stops a final run leads to the page where it is settled, and a survey past its end says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from click.testing import CliRunner
from sqlalchemy import select

from survey_app.commands import run
from survey_app.models import AuditEntry, ResponseFlag, db
from survey_app.people.accounts import create_account
from tests.support.city import small_city
from tests.support.people import signed_in
from tests.support.runs import run_estimate
from tests.support.scoring_city import area, fill
from tests.survey_app.answering.test_masking import answer


def test_every_open_point_links_to_a_page_that_its_reader_may_open(sqlite_app):
    survey = small_city()
    fill(area("某市"))
    answer("很好", "one")
    run_estimate(survey)
    for role in ("administrator", "evaluator", "auditor"):
        client = signed_in(sqlite_app.test_client(), create_account(role, role), role)
        page = client.get("/console/final").get_data(as_text=True)
        links = set(re.findall(r'<td data-value="[^"]*"><a href="(/console/[^"]+)"', page))
        kinds = {link.split("/")[2].split("?")[0] for link in links}
        assert {"estimates", "values", "assignments"} <= kinds
        for link in sorted(links)[:: max(len(links) // 8, 1)]:
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_survey_past_its_closing_time_is_not_shown_as_open(sqlite_app):
    survey = small_city(closes_at=datetime.now(UTC) + timedelta(hours=1))
    client = signed_in(sqlite_app.test_client(), create_account("anna", "administrator"), "anna")
    pages = ("/console/surveys", "/console/surveys/wave1", "/console/surveys/wave1/fieldwork")
    assert not any("已到截止时间" in client.get(page).get_data(as_text=True) for page in pages)
    survey.closes_at = datetime.now(UTC) - timedelta(minutes=1)
    db.session.commit()
    assert all("已到截止时间" in client.get(page).get_data(as_text=True) for page in pages)


def test_the_command_looks_for_doubtful_answers_and_is_recorded_as_the_job_is(sqlite_app, monkeypatch):
    small_city()
    for number in range(12):
        answer("很好很好很好", f"key{number}")
    monkeypatch.setattr("survey_app.app.create_app", lambda _options: sqlite_app)
    done = CliRunner().invoke(run.command, ["wave1"])
    assert done.exit_code == 0, done.output
    assert db.session.scalar(select(ResponseFlag.id).limit(1)) is not None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "run")).one()
    assert entry.after["batch"]
