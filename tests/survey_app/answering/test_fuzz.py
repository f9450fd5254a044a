"""Whatever is sent to a site's address: no failure of ours, and nothing malformed stored."""

from __future__ import annotations

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from survey_app.answering import form_token
from survey_app.answering.definitions import definition_of
from survey_app.models import Response, Survey, db
from tests.support.application import change
from tests.support.city import FORM, small_city

pytestmark = pytest.mark.longer
INPUTS = int(os.environ.get("TEST_MINYI_FUZZ_INPUTS", "100"))  # `make release` sends 10,000
FIELDS = [*FORM, "services__unknown", "token", "home__", "服务", "overall[]", "__proto__"]
TEXT = st.text(max_size=60) | st.sampled_from(
    ["", "0", "-1", "99", "4.0", "1e3", "NaN", "\x00", "４", "<script>", "💥" * 20]
)
FORMS = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=12), st.lists(TEXT, max_size=4), max_size=14)


@pytest.fixture
def survey(sqlite_app: Flask) -> Survey:
    change(sqlite_app, rate_address="1000000 per minute", rate_site="1000000 per minute")
    return small_city()


def fresh_token(survey: Survey) -> str:
    return form_token.issue("aaa2222", definition_of(survey).digest)


@settings(max_examples=INPUTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=FORMS, whole=st.booleans(), signed=st.booleans())
def test_no_form_makes_the_server_fail_or_stores_what_the_definition_refuses(sqlite_app, survey, form, whole, signed):
    data = {**(FORM if whole else {}), **form}
    if signed:
        data["token"] = [fresh_token(survey)]
    before = db.session.scalar(select(func.count(Response.id)))
    reply = sqlite_app.test_client().post("/s/aaa2222", data=data)
    assert reply.status_code in (303, 400, 422)
    after = db.session.scalar(select(func.count(Response.id)))
    assert after - before == (1 if reply.status_code == 303 else 0)
    if after > before:
        stored = db.session.scalars(select(Response).order_by(Response.id.desc())).first()
        assert stored.measure in (None, 1, 2, 3, 4, 5)
        assert {key for key in stored.answers if not key.startswith("_")} <= {
            q.key for q in definition_of(survey).questions
        }
        assert "\x00" not in str(stored.answers)
        db.session.execute(delete(Response))
        db.session.commit()


@settings(max_examples=INPUTS // 2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.text(max_size=40),
    body=st.binary(max_size=400),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json",
            "text/plain",
            "\u00e9",
        ]
    ),
)
def test_no_body_and_no_address_makes_the_server_fail(sqlite_app, survey, path, body, kind):
    client = sqlite_app.test_client()
    for address in ("/s/aaa2222", "/s/" + path.replace("\x00", ""), "/s/aaa2222/receipt/" + path.replace("\x00", "")):
        try:
            reply = client.post(address, data=body, content_type=kind)
        except (UnicodeError, ValueError):  # an address no client can send
            continue
        assert reply.status_code < 500
    assert db.session.scalar(select(func.count(Response.id))) == 0


def test_two_hundred_people_behind_one_address_all_get_in(sqlite_app):
    """A service hall: one Wi-Fi, one hour, many alike answers, all different people; the usual limits are on."""
    small_city()
    receipts = set()
    for _ in range(200):
        phone = sqlite_app.test_client()
        token = phone.get("/s/aaa2222", environ_base={"REMOTE_ADDR": "203.0.113.7"}).get_data(as_text=True)
        token = token.split('name="token" value="')[1].split('"')[0]
        reply = phone.post("/s/aaa2222", data=FORM | {"token": token}, environ_base={"REMOTE_ADDR": "203.0.113.7"})
        assert reply.status_code == 303
        receipts.add(reply.headers["Location"])
    assert len(receipts) == db.session.scalar(select(func.count(Response.id))) == 200
