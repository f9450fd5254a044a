"""The server whose speed is measured is one in which everything acts: checks, limits, masks, flags, small cells."""

from __future__ import annotations

import json
import urllib.parse

from sqlalchemy import select

from benchmarks.phones import TOKEN, Reply, Talk
from benchmarks.submissions import COLLECTING, measured, served
from survey_app.estimates.suppression import shown_result
from survey_app.models import Grant, Response, db
from survey_app.responses.flags import flag_responses
from tests.support.application import application
from tests.support.city import FORM, PLAN, small_city, the_survey
from tests.support.runs import run_estimate
from tests.support.stored import this_run

WITHIN = 12  # answers a minute at the site; the number alone is another than where speed is measured
BURST = 300


def by_sex() -> None:
    small_city(plan=PLAN.replace("home_county", "sex"))


def send(phone: Talk, **changes: str) -> Reply:
    form = {name: values[0] for name, values in FORM.items()} | changes
    token = TOKEN.search(phone.ask("GET", "/s/aaa2222").text)
    return phone.ask("POST", "/s/aaa2222", urllib.parse.urlencode({**form, "token": token[1].decode()}).encode())


def test_in_the_server_that_is_measured_checks_flags_limits_and_masks_act(tmp_path):
    url = this_run().on_sqlite(by_sex, tmp_path / "minyi.sqlite3")
    environment = measured(tmp_path, None) | {"MINYI_RATE_SITE": f"{WITHIN} per minute"}
    with served(COLLECTING, environment) as (_process, port):
        phone = Talk(port)
        assert send(phone, overall="99").status == 422
        assert send(phone, comment="请打13800138000", sex="male").status == 303
        assert send(phone, website="https://spam.example").status == 303
        for _ in range(BURST):
            assert phone.ask("GET", "/s/aaa2222").status == 200
        statuses = [send(phone).status for _ in range(WITHIN)]
        assert statuses == [303] * (WITHIN - 2) + [429, 429]
    app = application(url)
    with app.app_context():
        answers = [json.dumps(found, ensure_ascii=False) for found in db.session.scalars(select(Response.answers))]
        assert len(answers) == WITHIN, "what was refused or turned away is not stored"
        assert "〔电话〕" in answers[0]
        assert not any("13800138000" in each for each in answers)
        survey = the_survey()
        flags = flag_responses(survey)
        assert (flags["trap"], flags["unripe"]) == (1, WITHIN - 2)
        db.session.commit()
        shown = shown_result(run_estimate(survey), [Grant(role="evaluator")])
        assert {row["level"]: row["n"] for row in shown["domains"]["sex"]}["male"] is None
        db.session.remove()
        db.engine.dispose()
