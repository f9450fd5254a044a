"""Against ballot stuffing, without tracking: crowds pass, programs wait, doubtful answers carry a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from survey_app.cli import cli
from survey_app.models import AuditEntry, EstimateRun, Response, ResponseFlag, Site, Survey, db
from survey_app.services.erasure import erase_survey, expired
from survey_app.services.estimates import run_estimate, verify_run
from survey_app.services.flags import FlagError, flag_responses, lift_flags, set_flag
from survey_app.services.form_token import issue
from survey_app.services.open_sites import open_site
from survey_app.services.questionnaires import definition_of
from survey_app.services.submission import submit
from tests.city import FORM, PLAN, small_city

HALL = {"REMOTE_ADDR": "203.0.113.7"}


def send(app, survey: Survey, **fields):
    token = issue("aaa2222", definition_of(survey).digest)
    return app.test_client().post("/s/aaa2222", data={**FORM, **fields, "token": [token]}, environ_base=HALL)


def test_two_hundred_people_behind_one_address_pass_within_the_hour_with_the_limits_on(sqlite_app, monkeypatch):
    survey = small_city()
    clock = [1_800_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    for _ in range(200):
        assert send(sqlite_app, survey).status_code == 303
        clock[0] += 18
    assert db.session.scalar(select(func.count(Response.id))) == 200


def test_a_program_is_asked_to_wait_and_nothing_it_was_told_is_lost(app):
    survey = small_city()
    app.config["RATE_ADDRESS"] = "120 per minute"
    replies = [send(app, survey) for _ in range(130)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert len(refused) >= 5
    assert refused[0].headers["Retry-After"] == "60"
    assert "还在您的手机上" in refused[0].get_data(as_text=True)
    assert db.session.scalar(select(func.count(Response.id))) == 130 - len(refused)


def test_the_address_is_kept_nowhere(sqlite_app):
    survey = small_city()
    send(sqlite_app, survey)
    kept = str(list(sqlite_app.extensions["minyi_lookups"].storage.storage))
    assert "203.0.113.7" not in kept
    assert "203.0.113.7" not in str([row.answers for row in db.session.scalars(select(Response))])


def test_who_fills_the_invisible_field_is_stored_and_flagged(app):
    survey = small_city()
    assert send(app, survey, website=["http://x"]).status_code == 303
    assert send(app, survey).status_code == 303
    assert flag_responses(survey)["trap"] == 1


def answered(survey: Survey, number: int, seconds: float, **fields) -> list[Response]:
    site = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    start = datetime.now(UTC) - timedelta(hours=5)
    for place in range(number):
        begun = start + timedelta(minutes=place)
        done = begun + timedelta(seconds=seconds)
        submit(site, {**FORM, **fields}, f"{seconds}-{place}", "zh", begun, finished_at=done)
    return list(db.session.scalars(select(Response).order_by(Response.id)))


def test_the_batch_flags_hurried_answers_with_a_reason_and_can_run_again(app):
    survey = small_city()
    answered(survey, 12, 150)
    answered(survey, 2, 3)
    made = flag_responses(survey)
    assert made["too_fast"] == 2
    assert db.session.scalar(select(func.count()).where(Response.flagged.is_(True))) >= 2
    flags = db.session.scalars(select(ResponseFlag).where(ResponseFlag.kind == "too_fast")).all()
    assert all(flag.zh and flag.en and flag.made_by == "batch" for flag in flags)
    version = survey.flags_version
    assert flag_responses(survey) == {}
    assert survey.flags_version == version


def test_a_lifted_flag_is_not_made_again_and_says_who_and_why(app):
    survey = small_city()
    answered(survey, 12, 150)
    hurried = answered(survey, 1, 3)[-1]
    flag_responses(survey)
    with pytest.raises(FlagError):
        lift_flags(hurried, "  ", "anna")
    lift_flags(hurried, "电话核实过", "anna")
    db.session.commit()
    assert not hurried.flagged
    flag_responses(survey)
    assert not hurried.flagged
    set_flag(hurried, "同一人重复", "ben")
    assert hurried.flagged
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"flags.batch", "flag.lift", "flag.set"} <= actions


def test_the_plan_decides_whether_flagged_answers_count_and_the_run_says_which_set_it_saw(app):
    survey = small_city(plan=PLAN + "flagged: {column: flagged, exclude: true}\n")
    answered(survey, 12, 150)
    answered(survey, 3, 3, overall=["1"])
    before = run_estimate(survey)
    flag_responses(survey)
    db.session.commit()
    after = run_estimate(survey)
    assert before.result["n"] == 15
    assert after.result["n"] <= 12
    assert after.result["satisfied"]["estimate"] > before.result["satisfied"]["estimate"]
    assert (before.flags_version, after.flags_version) == (0, 1)
    assert verify_run(before)["flag_changes_since"] == 1
    assert verify_run(after)["same"]
    changes = {row["change"] for row in after.result["sensitivity"]["choices"]}
    assert {"flagged_kept"} <= changes


def test_a_citizen_takes_an_answer_back_by_its_receipt_number(app):
    survey = small_city()
    answered(survey, 3, 150)
    number = db.session.scalars(select(Response.receipt)).first()
    client = app.test_client()
    assert client.post("/erase", data={"number": "NOSUCH2345"}).status_code == 404
    page = client.post("/erase", data={"number": number.lower()})
    assert "已删除" in page.get_data(as_text=True)
    assert db.session.scalar(select(func.count(Response.id))) == 2


def test_receipt_numbers_cannot_be_tried_out(sqlite_app):
    small_city()
    client = sqlite_app.test_client()
    statuses = [client.post("/erase", data={"number": f"AAAA{n}"}).status_code for n in range(62)]
    assert statuses[-1] == 429


def test_answers_are_deleted_after_their_time_and_runs_still_recompute(app):
    survey = small_city()
    answered(survey, 5, 150)
    run = run_estimate(survey)
    flag_responses(survey)
    assert expired(30) == []
    survey.state, survey.closes_at = "closed", datetime.now(UTC) - timedelta(days=31)
    db.session.commit()
    assert [(each.code, number) for each, number in expired(30)] == [("wave1", 5)]
    assert erase_survey(survey, "test") == 5
    assert db.session.scalar(select(func.count(Response.id))) == 0
    told = verify_run(db.session.get(EstimateRun, run.id))
    assert told["same"]
    assert (told["responses_then"], told["responses_now"]) == (5, 0)


def test_the_commands_are_there():
    for words in (["flags", "--help"], ["retention", "--help"]):
        assert CliRunner().invoke(cli, words).exit_code == 0
