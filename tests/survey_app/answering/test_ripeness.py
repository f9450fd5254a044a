"""The delay that the server sets at a busy site: nobody is refused, who was too soon is flagged; and what sites' forms tell."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from analysis.quality_arrivals import arrivals
from analysis.quality_flags import under_floor
from survey_app.answering import form_counts, ripeness
from survey_app.answering.form_token import issue, read
from survey_app.answering.open_sites import OpenSite, find_site
from survey_app.answering.submission import submit
from survey_app.ground import limits
from survey_app.models import FormCount, Response, ResponseFlag, db
from survey_app.responses.flags import flag_responses
from survey_app.surveys.process_counts import one_network, unreturned
from tests.support.city import FORM, small_city, the_survey

START = 1_800_000_000.0


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    moment = [START]
    monkeypatch.setattr("time.time", lambda: moment[0])
    return moment


def opened(app, code: str = "aaa2222") -> str:
    """The token of a form that is opened."""
    page = app.test_client().get(f"/s/{code}").get_data(as_text=True)
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def site(code: str = "aaa2222") -> OpenSite:
    found = find_site(code)
    assert found is not None
    return found


def times(seconds: np.ndarray, code: str) -> None:
    """Answers of honest people who took so long."""
    begun = datetime.now(UTC) - timedelta(hours=2)
    for place, taken in enumerate(seconds):
        submit(site(code), FORM, f"{code}-{place}", "zh", begun, finished_at=begun + timedelta(seconds=float(taken)))
    db.session.commit()


def test_an_answer_sent_at_once_at_a_busy_site_is_stored_with_its_receipt_and_flagged(app):
    small_city()
    quiet = opened(app)
    for _ in range(300):
        busy = opened(app)
    replies = [app.test_client().post("/s/aaa2222", data={**FORM, "token": [token]}) for token in (quiet, busy)]
    assert [reply.status_code for reply in replies] == [303, 303]
    assert "data-receipt" in app.test_client().get(replies[1].location).get_data(as_text=True)
    first, second = db.session.scalars(select(Response).order_by(Response.id))
    assert flag_responses(the_survey())["unripe"] == 1
    (flag,) = db.session.scalars(select(ResponseFlag).where(ResponseFlag.kind == "unripe"))
    assert (flag.response_id, first.flagged) == (second.id, True)  # both were sent within the floor
    assert "很忙" in flag.zh


def test_who_waited_as_people_do_is_not_flagged_however_busy_the_site(sqlite_app):
    small_city()
    for _ in range(300):
        opened(sqlite_app)
    token = issue(
        "aaa2222", site().definition.digest, "", datetime.now(UTC) - timedelta(seconds=61), ripeness.delay(site())
    )
    assert read(token, "aaa2222").delay > 0
    sqlite_app.test_client().post("/s/aaa2222", data={**FORM, "token": [token]})
    assert "unripe" not in flag_responses(the_survey())


def test_a_form_of_before_has_no_delay(sqlite_app):
    small_city()
    assert read(issue("aaa2222", "0" * 16), "aaa2222").delay == 0


@pytest.mark.parametrize(("median", "most"), [(180, 60), (60, 60), (25, 25)])
def test_the_delay_is_at_most_the_fastest_twentieth_of_other_sites_times_and_never_over_a_minute(
    sqlite_app, clock, median, most
):
    small_city()
    honest = np.exp(np.random.default_rng(3).normal(np.log(median), 0.35, 420))
    times(honest, "bbb3333")
    times(np.full(50, 1.0), "aaa2222")  # who floods a site does not decide what is usual
    found = [ripeness.delay(site()) for _ in range(2000)]
    assert max(found) == int(ripeness.longest(site()))
    assert 0 < max(found) <= min(60, most, np.quantile(honest, 0.05))
    assert found[0] == 0
    clock[0] += 600
    assert ripeness.delay(site()) == 0  # quiet again


def test_before_there_are_honest_times_the_length_of_the_questionnaire_bounds_it(sqlite_app, clock):
    small_city()
    times(np.full(5, 1.0), "bbb3333")
    assert max(ripeness.delay(site()) for _ in range(2000)) <= min(20, len(site().definition.questions))


def test_of_a_crowd_one_request_reads_the_times_and_the_others_go_on(sqlite_app, monkeypatch):
    small_city()
    here, asked = site(), []
    monkeypatch.setattr(ripeness, "_longest", lambda _site: asked.append(1) or 7.0)
    with ripeness._reading:  # another one is at it
        assert ripeness.longest(here) == ripeness.least_seconds(here.definition)
    assert not asked
    assert [ripeness.longest(here) for _ in range(3)] == [7.0, 7.0, 7.0]
    assert asked == [1]


def test_five_thousand_honest_phones_behind_three_addresses_in_an_hour_are_neither_turned_away_nor_flagged(
    sqlite_app, clock, monkeypatch
):
    small_city()
    monkeypatch.setattr("survey_app.answering.ripeness.longest", lambda site: 60.0)
    chance = np.random.default_rng(15)
    comes = np.sort(chance.uniform(0, 3600, 5000))
    seconds = np.exp(chance.normal(np.log(180), 0.35, 5000))
    halls, addresses = chance.integers(0, 3, 5000), chance.choice([7, 8, 9], 5000, p=[0.7, 0.2, 0.1])
    places = [site(code) for code in ("aaa2222", "bbb3333", "ccc4444")]
    delays = np.zeros(5000)
    for person, moment in enumerate(comes):
        clock[0] = START + float(moment)
        delays[person] = ripeness.delay(places[halls[person]])
    turned_away = 0
    for person in np.argsort(comes + seconds):
        clock[0] = START + float(comes[person] + seconds[person])
        rates = (
            (limits.ANSWERS_OF_ADDRESS, f"203.0.113.{addresses[person]}"),
            (limits.ANSWERS_AT_SITE, f"hall{halls[person]}"),
        )
        with limits.Room(*rates) as room:
            turned_away += not room.there
            room.keep()
    for person in range(2000):  # whose answers waited for the network and come in the same second
        for rate in ((limits.ANSWERS_OF_ADDRESS, f"203.0.113.{7 + person % 3}"), (limits.ANSWERS_AT_SITE, "hall0")):
            turned_away += not limits.count(*rate)
    assert turned_away == 0
    assert (seconds < delays).sum() == 0
    assert under_floor(seconds) == ()
    assert arrivals(halls, comes + seconds, seconds, np.ones(5000, dtype=bool)) == ()


def test_forms_that_hardly_come_back_are_told_by_site_and_hour_and_returned_ones_by_theirs(sqlite_app):
    survey = small_city()
    tokens = [opened(sqlite_app) for _ in range(40)]
    for token in tokens[:3]:
        sqlite_app.test_client().post("/s/aaa2222", data={**FORM, "token": [token]})
    for _ in range(10):
        opened(sqlite_app, "bbb3333")  # too few to say anything of
    form_counts.write()
    (row,) = unreturned(survey, [place.id for place in survey.sites])
    assert (row.site_id, row.handed, row.returned) == (site().site_id, 40, 3)
    assert form_counts.events(survey, survey.sites, site().definition).opened == 50


def test_the_largest_networks_share_of_a_day_is_an_alarm_and_nothing_of_it_stands_with_an_answer(sqlite_app):
    survey = small_city()
    for number in range(36):
        address = {"REMOTE_ADDR": "203.0.113.7" if number % 3 else f"198.51.100.{number}"}
        token = issue("aaa2222", site().definition.digest)
        sqlite_app.test_client().post("/s/aaa2222", data={**FORM, "token": [token]}, environ_base=address)
    form_counts.write()
    (row,) = one_network(survey, [place.id for place in survey.sites])
    assert (row.answers, row.largest) == (36, 24)
    flag_responses(survey)
    assert not {"network"} & set(db.session.scalars(select(ResponseFlag.kind)))
    kept = str([response.answers for response in db.session.scalars(select(Response))])
    kept += str([(count.event, count.question, count.number) for count in db.session.scalars(select(FormCount))])
    assert "203.0.113" not in kept
