"""Answers of other collectors: off until a key is made, checked and flagged as others, once, within the day, and said of."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from survey_app.answering.erasure import erase
from survey_app.answering.open_sites import forget_sites
from survey_app.api.tokens import ApiTokenError, make_token
from survey_app.fieldwork.invitations import make
from survey_app.jobs.queue import enqueue
from survey_app.models import ApiToken, EstimateRun, Response, db
from survey_app.responses.flags import flag_new
from tests.support.api import key
from tests.support.city import answered_city, small_city, the_survey
from tests.support.people import client_of
from tests.support.stored import begins_with

pytestmark = begins_with(small_city)
AT = "/api/v1/surveys/wave1/submissions"
ANSWERS = {
    "home": "甲县", "age": "30-44", "overall": 4, "sex": "female", "services": {"bus": 5, "parking": 0}, "recommend": 8,
}  # fmt: skip


def collector(daily: int = 100, label: str = "甲公司") -> dict[str, str]:
    token = make_token(label, "submit", "manager", "", "", 30, "admin", the_survey(), daily)[1]
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def interview(name: str, **changes: object) -> dict[str, object]:
    ended = datetime.now(UTC) - timedelta(minutes=5)
    sent = {
        "key": name, "site": "aaa2222", "started_at": (ended - timedelta(minutes=4)).isoformat(),
        "finished_at": ended.isoformat(), "answers": ANSWERS,
    }  # fmt: skip
    return sent | changes


def stored() -> list[Response]:
    return list(db.session.scalars(select(Response).order_by(Response.id)))


def test_nothing_is_taken_without_a_collectors_key_and_that_key_opens_nothing_else(sqlite_app):
    client = sqlite_app.test_client()
    for headers in (key("manager", kind="write"), key("manager")):
        assert client.post(AT, headers=headers, json=interview("1")).status_code == 403
    mine = collector()
    assert client.get("/api/v1/surveys/wave1", headers=mine).status_code == 403
    assert client.get("/api/v1/surveys/wave1/responses.ndjson?reason=x", headers=mine).status_code == 403
    assert stored() == []
    for wrong in (
        ("evaluator", the_survey(), 5),
        ("manager", None, 5),
        ("manager", the_survey(), None),
        ("manager", the_survey(), 0),
    ):
        with pytest.raises(ApiTokenError):
            make_token("x", "submit", wrong[0], "", "", 30, "admin", wrong[1], wrong[2])


def test_an_interview_is_stored_once_under_its_own_mode_with_its_collector(sqlite_app):
    client, headers = sqlite_app.test_client(), collector()
    first = client.post(AT, headers=headers, json=interview("A-1"))
    assert (first.status_code, first.json["state"], first.json["repeated"]) == (200, "complete", False)
    sent = interview("A-1")
    again = client.post(AT, headers=headers, json=sent).json
    assert (again["receipt"], again["repeated"], again["changed"]) == (first.json["receipt"], True, False)
    other = client.post(AT, headers=headers, json=interview("A-1", answers=ANSWERS | {"overall": 1})).json
    assert (other["repeated"], other["changed"]) == (True, True)
    (row,) = stored()
    assert (row.mode, row.measure, row.answers["services"], row.probability) == (
        "api",
        4,
        {"bus": 5, "parking": 0},
        False,
    )
    assert db.session.get(ApiToken, row.token_id).label == "甲公司"
    db.session.scalars(select(ApiToken)).one().revoked_at = datetime.now(UTC)
    renewed = collector()  # by the collector, not by its key
    assert client.post(AT, headers=renewed, json=interview("A-1")).json["repeated"]
    assert len(stored()) == 1
    erase(first.json["receipt"], "本人要求")
    db.session.commit()
    gone = client.post(AT, headers=renewed, json=interview("A-1")).json
    assert (gone["receipt"], gone["state"], gone["repeated"], stored()) == ("", "erased", True, [])


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"site": "zzz9999"}, "site"), ({"answers": {**ANSWERS, "overall": 9}}, "answers.overall"),
        ({"answers": {**ANSWERS, "mood": 1}}, "answers.mood"), ({"answers": {}}, "answers.home"),
        ({"finished_at": "2999-01-01T00:00:00+08:00"}, "finished_at"), ({"started_at": "2999-01-01T00:00:00+08:00"}, "finished_at"),
        ({"started_at": "1900-01-01T00:00:00+08:00"}, "started_at"), ({"started_at": "0001-01-01T00:00:00+08:00"}, "started_at"),
        ({"invitation": "AAAA-AAAA-AAAA"}, "invitation"), ({"finished_at": "2026-01-01T00:00:00"}, "finished_at"),
        ({"website": "x"}, "website"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_nothing_stored_or_counted(sqlite_app, changed, at):
    got = sqlite_app.test_client().post(AT, headers=collector(), json=interview("1", **changed))
    assert got.status_code == 422
    assert at in [wrong["at"] for wrong in got.json["errors"]]
    assert stored() == []
    assert db.session.scalar(select(ApiToken.taken)) == 0


def test_what_a_collector_brings_is_outside_of_the_sample_unless_it_carries_an_unused_invitation(sqlite_app):
    survey = the_survey()
    site = next(site for site in survey.sites if site.code == "aaa2222")
    code = make(site, 3)[0].code
    db.session.commit()
    client, headers = sqlite_app.test_client(), collector()
    client.post(AT, headers=headers, json=interview("1"))
    assert client.post(AT, headers=headers, json=interview("2", invitation=code)).status_code == 200
    used = client.post(AT, headers=headers, json=interview("3", invitation=code))
    assert (used.status_code, used.json["code"]) == (422, "used_invitation")
    assert client.post(AT, headers=headers, json=interview("2", invitation=code)).json["repeated"]
    assert [row.probability for row in stored()] == [False, True]


def test_without_an_invitation_it_is_taken_as_from_the_poster_within_hours_and_until_full(sqlite_app):
    survey = the_survey()
    survey.opens_at = datetime.now(UTC) - timedelta(days=9)
    site = next(site for site in survey.sites if site.code == "aaa2222")
    code, site.hours = make(site, 1)[0].code, "08:00-18:00"
    db.session.commit()
    client, headers = sqlite_app.test_client(), collector()
    day = (datetime.now(ZoneInfo(survey.time_zone)) - timedelta(days=2)).replace(hour=17, minute=50)

    def send(name: str, hour: int, **changes: object):
        begun = day.replace(hour=hour)
        moments = {"started_at": begun.isoformat(), "finished_at": (begun + timedelta(minutes=20)).isoformat()}
        return client.post(AT, headers=headers, json=interview(name, **moments, **changes))

    assert send("1", 17).status_code == 200
    away = send("2", 18)
    assert (away.status_code, away.json["code"], away.json["errors"][0]["at"]) == (422, "away", "started_at")
    assert send("2", 18, invitation=code).status_code == 200
    survey.stops_when_full, site.target = True, 1
    db.session.commit()
    forget_sites()
    full = send("3", 17)
    assert (full.status_code, full.json["code"], full.json["errors"][0]["at"]) == (422, "full", "site")
    assert len(stored()) == 2


def test_beyond_the_day_it_is_told_when_the_next_begins(sqlite_app):
    client, headers = sqlite_app.test_client(), collector(daily=2)
    answers = [client.post(AT, headers=headers, json=interview(name)) for name in ("1", "2", "1", "3")]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 86_400
    db.session.scalars(select(ApiToken)).one().day -= timedelta(days=1)
    assert client.post(AT, headers=headers, json=interview("3")).status_code == 200


def test_of_many_at_once_no_more_are_taken_than_the_day_allows(app):
    headers, statuses = collector(daily=5), []
    db.session.remove()

    def send(number: int) -> None:
        statuses.append(app.test_client().post(AT, headers=headers, json=interview(f"{number // 2}")).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200, 429}
    assert db.session.scalar(select(func.count()).select_from(Response)) == 5


def test_after_the_close_nothing_is_taken_whatever_day_it_names(sqlite_app):
    headers = collector()
    the_survey().closes_at = datetime.now(UTC) - timedelta(minutes=1)
    db.session.commit()
    got = sqlite_app.test_client().post(AT, headers=headers, json=interview("1"))
    assert (got.status_code, got.json["code"]) == (422, "not_open")


def test_too_fast_interviews_are_flagged_as_anybodys(sqlite_app):
    client, headers = sqlite_app.test_client(), collector()
    for number in range(12):
        client.post(AT, headers=headers, json=interview(str(number)))
    ended = datetime.now(UTC) - timedelta(minutes=5)
    quick = {"started_at": (ended - timedelta(seconds=2)).isoformat(), "finished_at": ended.isoformat()}
    client.post(AT, headers=headers, json=interview("quick", **quick))
    flag_new(the_survey())
    db.session.commit()
    assert stored()[-1].flagged


@begins_with(answered_city)
def test_a_run_says_who_brought_how_many_and_how_many_count(sqlite_app):
    client = sqlite_app.test_client()
    for label, brought in (("甲公司", 3), ("乙公司", 1)):
        headers = collector(label=label)
        for number in range(brought):
            client.post(AT, headers=headers, json=interview(str(number)))
    enqueue("estimate", {"survey": the_survey().id}, "admin")
    run = db.session.scalars(select(EstimateRun)).one()
    said = {
        notice["params"]["collector"]: notice["params"]
        for notice in run.result["notices"]
        if notice["key"] == "collector"
    }
    assert said == {
        "甲公司": {"collector": "甲公司", "number": 3, "counted": 0},
        "乙公司": {"collector": "乙公司", "number": 1, "counted": 0},
    }
    desk = client_of(sqlite_app, "evaluator")
    page = desk.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    assert "采集方甲公司经接口送来3份应答" in page
    assert "采集方乙公司经接口送来1份应答" in page
