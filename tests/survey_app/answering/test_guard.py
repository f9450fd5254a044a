"""Against ballot stuffing, without tracking: crowds pass, programs wait, doubtful answers carry a reason."""

from __future__ import annotations

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from threading import Barrier

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from analysis.errors import AnalysisError
from survey_app.answering import drafts
from survey_app.answering.definitions import definition_of, store_version
from survey_app.answering.drafts import save_draft
from survey_app.answering.erasure import erase_survey, expired
from survey_app.answering.form_token import issue
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.app import create_app
from survey_app.cli import cli
from survey_app.commands.serve import Server, options
from survey_app.database import upgrade
from survey_app.estimates.runs import verify_run
from survey_app.fieldwork.invitations import make
from survey_app.ground.limits import counters
from survey_app.ground.settings import Settings
from survey_app.jobs.queue import Silent
from survey_app.models import AuditEntry, EstimateRun, Kept, Response, ResponseFlag, Site, Survey, db
from survey_app.responses.flags import FlagError, flag_responses, lift_flags, set_flag
from survey_app.scoring.jobs import estimate
from tests.support.application import change
from tests.support.city import FORM, PLAN, small_city
from tests.support.runs import run_estimate

HALL = {"REMOTE_ADDR": "203.0.113.7"}


def send(app, survey: Survey, phone=None, **fields):
    token = issue("aaa2222", definition_of(survey).digest)
    phone = phone or app.test_client()
    return phone.post("/s/aaa2222", data={**FORM, **fields, "token": [token]}, environ_base=HALL)


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
    change(app, rate_address="120 per minute")
    replies = [send(app, survey) for _ in range(130)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert len(refused) >= 5
    assert refused[0].headers["Retry-After"] == "60"
    assert "还在您的手机上" in refused[0].get_data(as_text=True)
    assert db.session.scalar(select(func.count(Response.id))) == 130 - len(refused)


def test_of_fifty_answers_that_come_at_once_exactly_as_many_as_the_limit_are_taken(app):
    survey = small_city()
    change(app, rate_address="20 per hour")
    start, forms = Barrier(50), [{**FORM, "token": [issue("aaa2222", definition_of(survey).digest)]} for _ in range(50)]

    def phone(form) -> int:
        start.wait()
        return app.test_client().post("/s/aaa2222", data=form, environ_base=HALL).status_code

    with ThreadPoolExecutor(50) as phones:
        assert Counter(phones.map(phone, forms)) == {303: 20, 429: 30}
    assert db.session.scalar(select(func.count(Response.id))) == 20


def test_a_redis_that_is_down_keeps_nobody_from_answering_and_the_limit_holds_all_the_same(sqlite_app):
    survey = small_city()
    change(sqlite_app, limits="redis://127.0.0.1:1/0", rate_address="3 per hour")
    assert [send(sqlite_app, survey).status_code for _ in range(4)] == [303, 303, 303, 429]


def test_the_address_is_kept_nowhere(sqlite_app):
    survey = small_city()
    send(sqlite_app, survey)
    kept = str(list(counters().memory.storage._kept))
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
    typed = f" {number[:5].lower()} {number[5:]}"
    asked = client.post("/erase", data={"number": typed}).get_data(as_text=True)
    assert f'value="{number}"' in asked
    assert db.session.scalar(select(func.count(Response.id))) == 3  # asked once before
    page = client.post("/erase", data={"number": typed, "sure": "yes"})
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


def varied(number: int, seed: int) -> list[dict[str, list[str]]]:
    """Answers as a crowd gives them: each question by chances of its own, no two people alike by design."""
    chance = random.Random(seed)
    services = [row.key for q in parsed().questions if q.type == "matrix" for row in q.rows]
    return [
        {
            **FORM,
            "age": [chance.choice(["16-29", "30-44", "45-59", "60+"])],
            "sex": [chance.choice(["female", "male"])],
            "overall": [chance.choices("12345", [1, 2, 5, 9, 6])[0]],
            "recommend": [str(chance.randrange(11))],
            **{f"services__{key}": [chance.choices("012345", [3, 1, 2, 5, 8, 5])[0]] for key in services},
        }
        for _ in range(number)
    ]


def parsed():
    return definition_of(db.session.scalars(select(Survey)).one())


def test_the_batch_does_not_mark_the_crowd_of_a_hall_where_two_hundred_share_one_address(sqlite_app):
    survey = small_city()
    hall = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    chance, start = random.Random(7), datetime.now(UTC) - timedelta(hours=20)
    forms = varied(240, 11)
    for place, form in enumerate(forms[:40]):  # a quiet week before, a few an hour
        done = start + timedelta(minutes=25 * place)
        submit(hall, form, f"quiet-{place}", "zh", done - timedelta(seconds=chance.randint(95, 300)), finished_at=done)
    for place, form in enumerate(forms[40:]):  # then two hundred within the hour
        done = start + timedelta(hours=18, seconds=18 * place)
        submit(hall, form, f"hall-{place}", "zh", done - timedelta(seconds=chance.randint(95, 300)), finished_at=done)
    made = flag_responses(survey)
    assert made.get("burst", 0) == 0
    assert made.get("duplicate", 0) == 0
    assert sum(made.values()) <= 4, made  # 2 % of the crowd at the most, for whatever else


def test_forty_copies_in_the_same_hall_are_marked_and_the_people_beside_them_are_not(sqlite_app):
    survey = small_city()
    hall = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    start, forms = datetime.now(UTC) - timedelta(hours=6), varied(100, 3)
    for place, form in enumerate(forms):
        done = start + timedelta(minutes=3 * place)
        submit(hall, form, f"crowd-{place}", "zh", done - timedelta(seconds=150), finished_at=done)
    for place in range(40):
        done = start + timedelta(hours=2, seconds=10 * place)
        submit(hall, forms[0], f"copy-{place}", "zh", done - timedelta(seconds=150), finished_at=done)
    flag_responses(survey)
    marked = set(db.session.scalars(select(Response.submission_key).where(Response.flagged.is_(True))))
    assert len([key for key in marked if key.startswith("copy-")]) >= 38
    assert len([key for key in marked if key.startswith("crowd-")]) <= 2


def test_a_second_answer_from_one_browser_is_flagged_and_nothing_links_the_two(app):
    survey = small_city()
    client = app.test_client()
    for _ in range(3):
        token = issue("aaa2222", definition_of(survey).digest)
        assert client.post("/s/aaa2222", data={**FORM, "token": [token]}).status_code == 303
    assert client.post("/s/aaa2222", data={**FORM, "token": [token]}).status_code == 303  # sent twice: no new answer
    assert send(app, survey).status_code == 303  # another browser
    stored = db.session.scalars(select(Response).order_by(Response.id)).all()
    assert [row.answers.get("_again") for row in stored] == [None, 1, 2, None]
    for row in stored[1:]:
        assert stored[0].receipt not in str(row.answers), "the number of answers is kept, not which"
    assert flag_responses(survey)["repeat"] == 2
    marked = select(ResponseFlag.response_id).where(ResponseFlag.kind == "repeat").order_by(ResponseFlag.response_id)
    assert list(db.session.scalars(marked)) == [row.id for row in stored[1:3]]


def test_the_cookie_stays_at_its_site_and_ends_after_half_a_day(sqlite_app):
    survey = small_city()
    cookie = send(sqlite_app, survey).headers["Set-Cookie"]
    assert "Path=/s/aaa2222;" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age=43200" in cookie
    assert "Expires" not in cookie  # of a text made once it would be the first one's


def test_a_plan_names_the_kinds_of_flags_that_exclude(app):
    survey = small_city(plan=PLAN + "flagged: {column: flagged, exclude: true, kinds: [burst, person]}\n")
    answered(survey, 12, 150)
    hurried = answered(survey, 2, 3)
    flag_responses(survey)
    db.session.commit()
    assert run_estimate(survey).result["n"] == 14, "hurried answers are flagged, but this plan keeps them"
    set_flag(hurried[0], "同一人", "anna")
    db.session.commit()
    assert run_estimate(survey).result["n"] == 13


def test_answers_that_the_questionnaire_says_do_not_go_together_count_unless_the_plan_names_them(sqlite_app):
    declared = """
contradictions:
  - when: {in: [overall, ["5", "4"]]}
    text: {zh: "不合", en: "does not fit"}
"""
    text = files("questionnaires").joinpath("library/citizen-experience.yaml").read_text(encoding="utf-8")
    keep, leave = (
        PLAN + f"flagged: {{column: flagged, exclude: true{kinds}}}\n" for kinds in ("", ", kinds: [contradiction]")
    )
    survey = small_city(plan=keep)
    survey.questionnaire = store_version(text + declared, "q.yaml")
    db.session.commit()
    answered(survey, 6, 150)
    assert flag_responses(survey) == {"contradiction": 6}
    assert db.session.scalars(select(ResponseFlag.zh)).first() == "不合"
    db.session.commit()
    assert run_estimate(survey).result["n"] == 6
    survey.plan = leave
    db.session.commit()
    with pytest.raises(AnalysisError, match="no response is left"):
        run_estimate(survey)


def test_an_estimate_looks_for_doubtful_answers_first_and_once(sqlite_app):
    survey = small_city()
    answered(survey, 12, 150)
    answered(survey, 2, 3)
    estimate({"survey": survey.id}, Silent())
    assert db.session.scalar(select(func.count(ResponseFlag.id))) >= 2
    batches = select(func.count()).where(AuditEntry.action == "flags.batch")
    estimate({"survey": survey.id}, Silent())
    assert db.session.scalar(batches) == 1, "nothing new had come"


def test_a_scheduler_flags_every_collecting_survey_that_has_new_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    with create_app().app_context():
        upgrade(db.engine)
        answered(small_city(), 2, 150)
        db.session.remove()
    first = CliRunner().invoke(cli, ["flags", "--all"])
    assert (first.exit_code, first.output) == (0, "wave1: new flags: none.\n")
    assert CliRunner().invoke(cli, ["flags", "--all", "wave1"]).exit_code == 2
    assert CliRunner().invoke(cli, ["flags", "nosuch"]).exit_code == 2
    assert CliRunner().invoke(cli, ["retention", "--help"]).exit_code == 0


def test_of_somebody_too_young_nothing_is_kept_but_that_they_were_turned_away(app):
    survey = small_city()
    phone = app.test_client()
    reply = send(app, survey, phone, age=["under16"], comment=["我上初中"], website=["x"])
    page = phone.get(reply.headers["Location"], follow_redirects=True).get_data(as_text=True)
    assert "请年满16周岁的居民作答" in page
    assert "没有保存" in page
    assert "data-receipt" not in page
    assert "/erase" not in page
    row = db.session.scalars(select(Response)).one()
    assert (row.state, row.answers) == ("screened_out", {"_consent": "1", "_ended": "minor"})
    assert {row.home_county, row.rated_county, row.sex, row.age_band, row.measure} == {None}


def test_the_draft_of_somebody_too_young_is_not_kept_either(sqlite_app):
    small_city()
    hall = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    moment = datetime.now(UTC)
    assert save_draft(hall, {"home": ["甲县"]}, "draft-1", moment)
    assert not save_draft(hall, {"home": ["甲县"], "age": ["under16"]}, "draft-1", moment)
    assert db.session.scalar(select(func.count(Kept.id))) == 0


def test_drafts_of_an_address_and_of_a_form_have_an_end_and_those_that_are_kept_go_on(sqlite_app, monkeypatch):
    monkeypatch.setattr(drafts, "SHORT", 1)  # questions up to which a phone alone keeps them
    survey = small_city()
    change(sqlite_app, rate_address="3 per hour")
    keys = [issue("aaa2222", definition_of(survey).digest) for _ in range(4)]

    def save(token: str) -> int:
        form = {"token": token, "home": "甲县"}
        return sqlite_app.test_client().post("/s/aaa2222/draft", data=form, environ_base=HALL).status_code

    assert [save(token) for token in keys] == [200] * 3 + [429]
    assert [save(keys[0]) for _ in range(300)] == [200] * 299 + [429]
    assert (save(keys[1]), db.session.scalar(select(func.count(Kept.id)))) == (200, 3)


def test_free_text_can_be_left_unstored_altogether(sqlite_app):
    survey = small_city()
    change(sqlite_app, keep_text="none")
    send(sqlite_app, survey, comment=["我的电话13812345678"])
    assert "comment" not in db.session.scalars(select(Response)).one().answers


def test_the_server_keeps_no_access_log_and_so_no_address():
    server = Server(options(Settings()), {})
    assert server.cfg.settings["accesslog"].get() is None
    assert server.cfg.settings["loglevel"].get() == "info"


def test_a_malformed_request_is_logged_without_its_address():
    config = Server(options(Settings()), {}).cfg
    logger = config.logger_class(config)
    heard: list[str] = []
    logger.error_log.addFilter(lambda record: heard.append(record.getMessage()) or False)
    logger.warning("Invalid request from ip=2001:db8::7: {error}".format(error="bad line"))
    logger.warning("Worker with pid 7 was told to stop")
    assert heard == ["Invalid request: bad line", "Worker with pid 7 was told to stop"]


def test_junk_without_a_token_uses_up_nobodys_room(sqlite_app):
    survey = small_city()
    change(sqlite_app, rate_address="3 per hour", rate_site="3 per hour")
    phone = sqlite_app.test_client()
    for junk in ({}, {"token": ["made-up"]}, {"token": [issue("another", definition_of(survey).digest)]}):
        for _ in range(5):
            assert phone.post("/s/aaa2222", data={**FORM, **junk}, environ_base=HALL).status_code == 400
    assert [send(sqlite_app, survey).status_code for _ in range(4)] == [303, 303, 303, 429]


def test_one_form_sent_again_and_again_counts_once_and_always_gets_its_receipt(sqlite_app):
    survey = small_city()
    change(sqlite_app, rate_address="2 per hour", rate_site="2 per hour")
    form = {**FORM, "token": [issue("aaa2222", definition_of(survey).digest)]}
    sent = [sqlite_app.test_client().post("/s/aaa2222", data=form, environ_base=HALL).status_code for _ in range(5)]
    assert sent == [303] * 5
    assert [send(sqlite_app, survey).status_code for _ in range(2)] == [303, 429]
    assert sqlite_app.test_client().post("/s/aaa2222", data=form, environ_base=HALL).status_code == 303
    assert db.session.scalar(select(func.count(Response.id))) == 2


def test_a_form_that_is_refused_without_end_stops_itself_alone(sqlite_app):
    survey = small_city()
    wrong = {**FORM, "overall": ["9"], "token": [issue("aaa2222", definition_of(survey).digest)]}
    phone = sqlite_app.test_client()
    statuses = [phone.post("/s/aaa2222", data=wrong, environ_base=HALL).status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]
    assert send(sqlite_app, survey).status_code == 303


def test_wrong_codes_of_one_sort_close_neither_the_others_nor_the_right_ones_behind_the_address(sqlite_app):
    survey = small_city()
    receipt = re.search(r"data-receipt[^>]*>([^<]+)<", received(sqlite_app, survey))[1].strip()
    phone = sqlite_app.test_client(use_cookies=False)
    [card] = make(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one(), 1)
    db.session.commit()
    ways = {"/i/{}": "wrong{}", "/q/{}": "AAAABBBB{:04d}"}
    for way, wrong in ways.items():
        statuses = [phone.get(way.format(wrong.format(n)), environ_base=HALL).status_code for n in range(61)]
        assert statuses == [404] * 60 + [429]
    erased = [phone.post("/erase", data={"number": f"AAAA{n}"}, environ_base=HALL).status_code for n in range(61)]
    assert erased == [404] * 60 + [429]
    assert phone.get(f"/i/{card.code}", environ_base=HALL).status_code == 200
    assert phone.post("/erase", data={"number": receipt, "sure": "yes"}, environ_base=HALL).status_code == 200
    assert send(sqlite_app, survey).status_code == 303


def received(app, survey: Survey) -> str:
    """The page of the receipt of one answer."""
    phone = app.test_client()
    return phone.get(send(app, survey, phone).location, follow_redirects=True, environ_base=HALL).get_data(as_text=True)


@pytest.mark.parametrize("method", [2, 1])
def test_a_plan_that_names_no_kinds_keeps_answers_whatever_they_say(sqlite_app, method):
    """Twelve ordinary answers, one below the floor, two that rate all alike, one that a person flagged."""
    survey = small_city(plan=PLAN + f"flagged: {{column: flagged, exclude: true}}\nmethod: {method}\n")
    alike = {f"services__{row.key}": ["4"] for q in parsed().questions if q.type == "matrix" for row in q.rows}
    answered(survey, 12, 150)
    answered(survey, 1, 3)
    answered(survey, 2, 151, **alike)
    doubted = answered(survey, 1, 152)[-1]
    made = flag_responses(survey)
    assert (made["under_floor"], made["straight_lining"]) == (1, 2)
    set_flag(doubted, "同一人", "anna")
    db.session.commit()
    clean = db.session.scalar(select(func.count()).where(Response.flagged.is_(False)))
    assert clean <= 12
    assert run_estimate(survey).result["n"] == {1: clean, 2: 15}[method]
