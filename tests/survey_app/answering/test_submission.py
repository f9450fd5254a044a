"""What storing a citizen's answers promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from survey_app.answering import form_token
from survey_app.answering.open_sites import OpenSite, open_site
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.submission import AnswersRefusedError, SurveyNotOpenError
from survey_app.models import Response, Site, db
from tests.support.application import application
from tests.support.city import FORM, small_city

BEGAN = datetime.now(UTC) - timedelta(minutes=3)


def site(code: str = "aaa2222", **changes: object) -> OpenSite:
    small_city(**changes)
    return open_site(db.session.scalars(select(Site).where(Site.code == code)).one())


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Response)) or 0


def test_a_second_submit_with_the_same_key_returns_the_first_receipt(app):
    place = site()
    first = acknowledge(place, FORM, "k1", "zh", BEGAN)
    second = acknowledge(place, FORM, "k1", "zh", BEGAN)
    assert (second.number, second.repeated) == (first.number, True)
    assert stored() == 1


def test_two_phones_racing_on_one_key_store_one_response(app):
    place = site()
    numbers: list[str] = []
    barrier = threading.Barrier(4)

    def race() -> None:
        with app.app_context():
            barrier.wait()
            numbers.append(acknowledge(place, FORM, "raced", "zh", BEGAN).number)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 4
    assert len(set(numbers)) == 1
    assert stored() == 1


def test_typed_columns_are_taken_from_the_answers_and_the_site(app):
    acknowledge(site("ccc4444"), {**FORM, "home": ["甲县新区"]}, "k", "en", BEGAN)
    row = db.session.scalars(select(Response)).one()
    assert (row.home_county, row.rated_county, row.site_county) == ("甲县新区", "甲县", "甲县新区")
    assert (row.sex, row.age_band, row.measure, row.language) == ("female", "30-44", 4, "en")
    assert (row.probability, row.stratum) == (False, None)
    assert row.answers["services"] == {"bus": 5, "parking": 0}
    assert row.answers["_consent"] == "1"


def test_hidden_answers_are_never_stored(app):
    acknowledge(site(), {**FORM, "overall": ["5"], "improve": ["speed"]}, "k", "zh", BEGAN)
    assert "improve" not in db.session.scalars(select(Response)).one().answers


def test_someone_from_elsewhere_is_screened_out_and_keeps_no_further_answers(app):
    receipt = acknowledge(site(), {**FORM, "home": ["elsewhere"]}, "k", "zh", BEGAN)
    row = db.session.scalars(select(Response)).one()
    assert receipt.state == row.state == "screened_out"
    assert row.measure is None
    assert set(row.answers) == {"home", "_consent", "_privacy"}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"overall": []}, "overall", "required"),
        ({"overall": ["6"]}, "overall", "not_an_option"),
        ({"overall": ["4", "5"]}, "overall", "not_an_option"),
        ({"home": ["火星"]}, "home", "not_an_option"),
        ({"services__bus": ["9"]}, "services__bus", "not_an_option"),
        ({"overall": ["1"], "improve": ["speed", "none"]}, "improve", "exclusive"),
        ({"comment": ["好" * 501]}, "comment", "too_long"),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_question_and_nothing_is_stored(sqlite_app, change, field, message):
    with pytest.raises(AnswersRefusedError) as refused:
        acknowledge(site(), {**FORM, **change}, "k", "zh", BEGAN)
    assert refused.value.errors[field] == message
    assert stored() == 0


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"state": "closed"}, "closed"),
        ({"state": "paused"}, "paused"),
        ({"closes_at": datetime.now(UTC) - timedelta(minutes=1)}, "closed"),
        ({"opens_at": datetime.now(UTC) + timedelta(days=1)}, "early"),
    ],
)
def test_a_survey_that_is_not_open_takes_nothing(sqlite_app, changes, standing):
    with pytest.raises(SurveyNotOpenError) as refused:
        acknowledge(site(**changes), FORM, "k", "zh", BEGAN)
    assert refused.value.standing == standing
    assert stored() == 0


def test_a_retry_after_closing_still_gets_its_receipt(app):
    from dataclasses import replace

    place = site()
    first = acknowledge(place, FORM, "k", "zh", BEGAN)
    assert acknowledge(replace(place, state="closed"), FORM, "k", "zh", BEGAN).number == first.number


def test_every_connection_promises_durable_commits(database_url):
    with application(database_url, waits=True).app_context(), db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


NAMES = st.sampled_from([*FORM, "improve", "services__safety", "aishandong", "years", "token", "x"])
JUNK = st.one_of(st.text(max_size=30), st.sampled_from(["1", "5", "0", "甲县", "male", "\x00", "16-29", "elsewhere"]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, st.lists(JUNK, max_size=3)))
def test_whatever_is_sent_is_stored_well_formed_or_refused(sqlite_app, junk):
    place = sqlite_app.extensions.get("test_site") or site()
    sqlite_app.extensions["test_site"] = place
    before = stored()
    try:
        acknowledge(place, junk, f"k{before}", "zh", BEGAN)
    except AnswersRefusedError:
        assert stored() == before
        return
    row = db.session.scalars(select(Response).order_by(Response.id.desc())).first()
    assert row.measure in (None, 1, 2, 3, 4, 5)
    assert row.sex in (None, "male", "female")
    assert row.home_county in (None, "甲县", "甲县新区", "乙县")


def test_keys_are_in_the_order_in_which_forms_were_opened_and_each_is_its_own():
    keys = [form_token.new_key(moment) for moment in (1_700_000_000, 1_700_000_001, 1_900_000_000)]
    assert keys == sorted(keys)
    assert {len(key) for key in keys} == {24}
    assert len({form_token.new_key(1_700_000_000) for _ in range(1000)}) == 1000
