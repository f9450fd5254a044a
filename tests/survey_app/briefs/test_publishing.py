"""Results for the public: a day set before the close, all or nothing, by two persons, and what was shown is never lost."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape

import pytest
from sqlalchemy import select

from survey_app.answering.devices import make_device, report
from survey_app.answering.open_sites import forget_sites
from survey_app.answering.published import days_of, released
from survey_app.briefs import publishing, results_document, results_files
from survey_app.briefs.jobs import write
from survey_app.briefs.publishing import PublishingError, ask_release, set_day
from survey_app.estimates.review import settle
from survey_app.ground import audit, two_persons
from survey_app.ground.clock import today
from survey_app.ground.sign_off import SignOffError
from survey_app.jobs.queue import JobError, Silent
from survey_app.models import AuditEntry, EstimateRun, PublishedResults, ResultsDay, Survey, db
from survey_app.public.texts import RESULT_TEXTS
from survey_app.surveys.making import change_settings, settings_of
from tests.support.application import change
from tests.support.city import answered, small_city, the_survey
from tests.support.people import client_of, csrf
from tests.support.runs import run_estimate
from tests.support.stored import begins_with
from tests.survey_app.surveys.test_settling import close, official_city, official_run

PAGE = "/results/wave1/"
WORDS = RESULT_TEXTS["zh"]
TOMORROW = timedelta(days=1)


def closed_city() -> None:
    """A survey from before periods named theirs, closed; a day was set, and a run is approved. 乙县 has few answers."""
    survey = small_city()
    answered(survey, 40)
    survey.state = "closed"
    db.session.add(ResultsDay(survey=survey, day=today(), by="anna"))
    approve(run_estimate(survey))


pytestmark = [begins_with(closed_city), pytest.mark.usefixtures("in_chinese")]


def approve(run: EstimateRun) -> None:
    settle(run, "proposed", "anna", "", acknowledged=True)
    settle(run, "approved", "berta", "同意", acknowledged=True)
    db.session.commit()


def release(survey: Survey, reason: str = "按期公布", by: str = "anna", second: str = "berta") -> PublishedResults:
    two_persons.confirm(ask_release(survey, "CC-BY-4.0", reason, by), second)
    db.session.commit()
    return released(survey)[-1]


def shown(client, address: str = PAGE):
    forget_sites()
    return client.get(address)


def test_what_is_released_is_the_city_and_every_county_with_the_figures_of_the_run(app, client):
    survey = the_survey()
    release(survey)
    run = db.session.scalars(select(EstimateRun)).one()
    found = json.loads(shown(client, f"{PAGE}results.json").text)
    assert [row["name"]["zh"] for row in found["counties"]] == ["甲县", "乙县"]
    whole = run.result["satisfied"]
    for name in ("estimate", "lower", "upper"):
        assert found["whole"][name] == pytest.approx(whole[name], abs=1e-4)
    rows = {row["level"]: row for row in run.result["domains"]["rated_county"]}
    for row in found["counties"]:
        assert row["estimate"] == pytest.approx(rows[row["name"]["zh"]]["estimate"], abs=1e-4)
        assert row["n"] == rows[row["name"]["zh"]]["n"]
    lines = list(
        csv.DictReader(io.StringIO(shown(client, f"{PAGE}results.csv").get_data(as_text=True).lstrip("\ufeff")))
    )
    assert [(line["kind"], line["name"]) for line in lines] == [
        ("city", "某市"),
        ("county", "甲县"),
        ("county", "乙县"),
    ]
    assert [float(line["satisfied"]) for line in lines] == [
        found["whole"]["estimate"],
        *(r["estimate"] for r in found["counties"]),
    ]


def test_the_page_has_both_languages_the_digests_no_script_no_cookie_and_an_etag(app, client):
    release(the_survey())
    for end, words in (("", WORDS), ("en.html", RESULT_TEXTS["en"])):
        reply = shown(client, PAGE + end)
        page = unescape(reply.text)
        assert words["open_data"] in page
        assert "CC-BY-4.0" in page
        assert "<svg" in page
        assert "<script" not in page
        assert "Set-Cookie" not in reply.headers
        assert len(reply.data) <= 20_000
        again = client.get(PAGE + end, headers={"If-None-Match": reply.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        for name in ("results.csv", "results.json"):
            assert sha256(client.get(PAGE + name).data).hexdigest() in page
    assert 'href="/results/wave1/"' in shown(client, "/").text
    assert 'href="/results/wave1/en.html"' in shown(client, "/?lang=en").text
    assert 'href="/results/wave1/en.html"' in shown(client, "/results/en.html").text


def test_before_its_day_nothing_but_the_day_is_shown(app, client):
    survey = the_survey()
    db.session.add(ResultsDay(survey=survey, day=today() + TOMORROW, by="anna"))
    release(survey)
    assert WORDS["results_due"].format(today() + TOMORROW) in shown(client).text
    for name in ("results.csv", "results.json", "chart-zh.svg"):
        assert shown(client, PAGE + name).status_code == 404
    assert "chart" not in shown(client).text


def test_a_day_that_passed_without_a_release_is_said_to_have_passed(app, client):
    db.session.scalars(select(ResultsDay)).one().day = today() - TOMORROW
    db.session.commit()
    assert WORDS["results_late"].format(today() - TOMORROW) in shown(client).text


def test_one_person_alone_releases_nothing(app, client):
    made = ask_release(the_survey(), "CC0-1.0", "按期公布", "anna")
    db.session.commit()
    with pytest.raises(SignOffError):
        two_persons.confirm(made, "anna")
    db.session.rollback()
    assert released(the_survey()) == []
    with pytest.raises(PublishingError, match="第二人"):
        ask_release(the_survey(), "CC0-1.0", "再来", "carl")


@pytest.mark.parametrize(("state", "said"), [("open", "还没有截止"), ("paused", "还没有截止")])
def test_nothing_is_released_before_the_close(sqlite_app, state, said):
    the_survey().state = state
    with pytest.raises(PublishingError, match=said):
        ask_release(the_survey(), "CC-BY-4.0", "按期公布", "anna")


def test_an_answer_that_the_run_has_not_seen_keeps_it_from_being_released(sqlite_app):
    survey = the_survey()
    answered(survey_again(survey), 1)
    survey.state = "closed"
    with pytest.raises(PublishingError, match="两人批准"):
        ask_release(survey, "CC-BY-4.0", "按期公布", "anna")


@begins_with(official_city)
def test_an_official_survey_is_released_once_it_is_settled_and_its_run_approved(sqlite_app):
    survey = the_survey()
    report(make_device(survey.sites[0], "平板", 9, "anna").id, 1)
    db.session.add(ResultsDay(survey=survey, day=today(), by="anna"))
    for step, said in ((None, "还没有截止"), (False, "清理"), (True, "两人批准")):
        if step is not None:
            close(survey, settle=step)
        with pytest.raises(PublishingError, match=said):
            ask_release(survey, "CC-BY-4.0", "按期公布", "anna")
    run = official_run(survey)
    approve(run)
    assert release(survey).run_id == run.id


def test_nothing_is_released_that_two_persons_have_not_approved(sqlite_app):
    settle(db.session.scalars(select(EstimateRun)).one(), "withdrawn", "berta", "有误")
    with pytest.raises(PublishingError, match="两人批准"):
        ask_release(the_survey(), "CC-BY-4.0", "按期公布", "anna")


def test_what_waited_while_the_approval_was_withdrawn_is_not_carried_out(sqlite_app):
    made = ask_release(the_survey(), "CC-BY-4.0", "按期公布", "anna")
    settle(db.session.scalars(select(EstimateRun)).one(), "withdrawn", "berta", "有误")
    db.session.commit()
    with pytest.raises(PublishingError):
        two_persons.confirm(made, "berta")
    db.session.rollback()
    assert released(the_survey()) == []


def test_a_published_result_whose_approval_is_withdrawn_says_so_and_stays(app, client):
    release(the_survey())
    settle(db.session.scalars(select(EstimateRun)).one(), "withdrawn", "berta", "有误")
    db.session.commit()
    page = shown(client).text
    assert WORDS["results_doubted"] in page
    assert WORDS["open_data"] in page


def test_a_correction_takes_two_persons_too_and_the_page_says_what_was_corrected(app, client):
    survey = the_survey()
    first = release(survey)
    with pytest.raises(PublishingError, match="已经发布"):
        ask_release(survey, "CC-BY-4.0", "再来", "anna")
    before = json.loads(first.files["results.json"])["whole"]["estimate"]
    answered(survey_again(survey), 30)
    survey.state = "closed"
    approve(run_estimate(survey))
    release(survey, "任城一处抽样点的人数录错")
    page = shown(client).text
    assert WORDS["corrected_why"].format(1, "任城一处抽样点的人数录错") in page
    found = json.loads(shown(client, f"{PAGE}results.json").text)
    told = found["corrections"][0]
    assert (found["number"], told["number"], told["changed"][0]["before"]) == (2, 1, before)
    assert told["file_digest"] == sha256(first.files["results.csv"].encode()).hexdigest()
    assert len(released(survey)) == 2


def survey_again(survey: Survey) -> Survey:
    survey.state = "open"
    db.session.commit()
    forget_sites()
    return survey


def test_a_county_of_few_is_listed_with_the_reason_and_without_a_number(app, client):
    survey = the_survey()
    survey.least_cell = 41  # each county has 40 and what came at the open place
    db.session.commit()
    release(survey)
    found = json.loads(shown(client, f"{PAGE}results.json").text)
    held = [row for row in found["counties"] if row["withheld"] == "small"]
    assert held
    assert all(row[name] is None for row in held for name in ("estimate", "lower", "upper", "index", "n"))
    assert WORDS["withheld_small"].format(41) in shown(client).text


def test_a_county_below_the_plans_minimum_or_without_answers_is_listed_all_the_same(sqlite_app):
    run = db.session.scalars(select(EstimateRun)).one()
    result = json.loads(json.dumps(run.result))
    rows = result["domains"]["rated_county"]
    below = {"answers": 3, "sites": 1, "df": 0, "least_answers": 30, "least_sites": 3, "least_df": 3}
    rows[:] = [{**rows[0], "below_minimum": below, "estimate": None, "lower": None, "upper": None}]
    run.result, run.created_at = result, run.created_at + TOMORROW  # a stored run never changes, so it is kept by these
    db.session.commit()
    made = results_document.document_for(run, "CC-BY-4.0", "", None)
    assert {row["withheld"] for row in made["counties"]} == {"minimum", "none"}
    assert len(made["counties"]) == 2


def open_city() -> None:
    survey = small_city()
    db.session.add(ResultsDay(survey=survey, day=today(), by="anna"))


@begins_with(open_city)
def test_before_the_close_one_person_sets_the_day_and_afterwards_two(app, client):
    survey = the_survey()
    far = today() + 20 * TOMORROW
    assert set_day(survey, far, "", "anna") is None
    survey.state = "closed"
    with pytest.raises(SignOffError):
        set_day(survey, far + TOMORROW, "", "anna")  # a reason is needed
    made = set_day(survey, far + TOMORROW, "印刷推迟", "anna")
    assert WORDS["day_agreed"].split("，")[1] not in shown(client).text
    two_persons.confirm(made, "berta")
    db.session.commit()
    page = shown(client).text
    assert WORDS["day_agreed"].format(today(), far + TOMORROW) in page
    assert WORDS["day_set"].format(today(), far) in page
    assert "印刷推迟" in page
    audited = set(db.session.scalars(select(AuditEntry.action)))
    assert {"results.day", "sign_off.approved"} <= audited


def test_once_there_is_an_estimate_one_person_alone_moves_no_day(sqlite_app):
    made = set_day(survey_again(the_survey()), today() + 20 * TOMORROW, "印刷推迟", "anna")
    assert made is not None
    assert len(days_of(the_survey())) == 1


@begins_with(open_city)
@pytest.mark.parametrize(("passed", "two"), [(-TOMORROW, True), (TOMORROW, False)])
def test_a_close_that_passed_and_was_put_off_has_passed(sqlite_app, passed, two):
    survey = the_survey()
    audit.record("survey.state", "survey:wave1", {"state": "locked"}, {"state": "open"})
    survey.closes_at = datetime.now(UTC) + passed
    change_settings(survey, replace(settings_of(survey), closes_at=datetime.now(UTC) + 5 * TOMORROW), "多收几天")
    made = set_day(survey, today() + 20 * TOMORROW, "晚些", "anna")
    assert (made is not None) == two


def test_a_day_lies_after_the_close_and_not_in_the_past(sqlite_app):
    survey = survey_again(the_survey())
    for day in (today() - TOMORROW, today() + TOMORROW):
        with pytest.raises(PublishingError):
            set_day(survey, day, "", "anna")


def test_once_out_the_day_stands(sqlite_app):
    release(the_survey())
    with pytest.raises(PublishingError, match="已经公布"):
        set_day(the_survey(), today() + TOMORROW, "x", "anna")


def test_the_folder_has_what_the_application_serves_and_is_written_once(app, client, tmp_path, monkeypatch):
    release(the_survey())
    forget_sites()
    change(app, results_folder=str(tmp_path / "www"))
    assert write(Silent()) > 8
    assert write(Silent()) == 0
    for address in (PAGE, f"{PAGE}en.html", f"{PAGE}results.csv", "/results/"):
        file = tmp_path / "www" / (address[1:] + ("index.html" if address.endswith("/") else ""))
        assert file.read_bytes() == client.get(address).data
    assert list((tmp_path / "www" / "a").glob("*.css"))
    results = tmp_path / "www" / "results"
    (results / "wave1" / "notes.txt").write_text("the office's own")
    data, before = results / "wave1" / "results.csv", (results / "index.html").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(results_files, "_addresses", lambda: ["/results/", "/results/none/"])
        with pytest.raises(JobError, match=r"/results/none/: HTTP 404"):
            write(Silent())
    assert (results / "index.html").read_bytes() == before
    db.session.add(ResultsDay(survey=the_survey(), day=today() + TOMORROW, by="anna"))
    db.session.commit()
    forget_sites()
    assert write(Silent()) > 0
    assert not data.exists()  # not before its day
    assert (results / "wave1" / "index.html").is_file()
    assert (results / "wave1" / "notes.txt").is_file()
    (tmp_path / "file").write_text("x")
    change(app, results_folder=str(tmp_path / "file"))
    with pytest.raises(JobError, match="写不进"):
        write(Silent())


def test_on_the_pages_a_manager_asks_and_an_evaluator_confirms_what_she_sees(sqlite_app):
    client, second = client_of(sqlite_app, "manager"), client_of(sqlite_app, "evaluator")
    page = client.get("/console/surveys/wave1/results").get_data(as_text=True)
    assert "将发布正式估计" in page
    form = {"csrf_token": csrf(page), "licence": "CC-BY-4.0", "reason": "按期公布"}
    assert client.post("/console/surveys/wave1/results/release", data=form).status_code == 302
    refused = client.post("/console/surveys/wave1/results/release", data=form)
    assert refused.status_code == 422
    assert "第二人" in refused.get_data(as_text=True)
    number = db.session.scalar(select(publishing.Statement.id))
    page = second.get(f"/console/two-persons/{number}").get_data(as_text=True)
    assert all(name in page for name in ("甲县", "乙县", "CC-BY-4.0"))
    done = second.post(f"/console/two-persons/{number}", data={"csrf_token": csrf(page), "step": "confirm"})
    assert done.status_code == 302
    assert "第1版" in client.get("/console/surveys/wave1/results").get_data(as_text=True)
    day = {"csrf_token": form["csrf_token"], "day": "2020-01-01", "why": ""}
    assert client.post("/console/surveys/wave1/results/day", data=day).status_code == 422


def test_an_unknown_survey_and_one_without_a_day_have_no_page(app, client):
    assert shown(client, "/results/nothing/").status_code == 404
    db.session.delete(db.session.scalars(select(ResultsDay)).one())
    db.session.commit()
    assert shown(client).status_code == 404
