"""The console: who gets in, and what the pages show of the small city."""

from __future__ import annotations

import ast
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from babel.messages.pofile import read_po
from PIL import Image
from sqlalchemy import select

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.models import EstimateRun, ScoringRun, Site, db
from survey_app.people.accounts import create_administrator
from tests.support.city import FORM, simulated_city, the_survey
from tests.support.people import csrf, sign_in
from tests.support.stored import begins_with

pytestmark = begins_with(simulated_city)
ROOT = Path(__file__).parents[3]


def run(desk, survey) -> EstimateRun:
    page = desk.get(f"/console/surveys/{survey.code}").get_data(as_text=True)
    reply = desk.post(f"/console/surveys/{survey.code}/runs", data={"csrf_token": csrf(page)})
    assert reply.status_code == 302
    return db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()


@pytest.mark.parametrize("path", ["/console/", "/console/surveys/wave1", "/console/estimates/1", "/console/scores/1"])
def test_a_stranger_is_sent_to_the_sign_in_page(sqlite_app, path):
    reply = sqlite_app.test_client().get(path)
    assert reply.status_code == 302
    assert "/console/sign-in" in reply.location


def test_a_wrong_password_is_told_plainly(sqlite_app):
    create_administrator("admin")
    reply = sign_in(sqlite_app.test_client(), "admin", "wrong-password")
    assert reply.status_code == 200
    assert 'role="alert"' in reply.get_data(as_text=True)


def test_a_one_time_password_must_be_changed_first(sqlite_app):
    client = sqlite_app.test_client()
    sign_in(client, "admin", create_administrator("admin"))
    assert client.get("/console/").location == "/console/password"


def test_a_new_run_holds_the_newest_answer_and_decides_the_scorecards(desk, survey):
    first = run(desk, survey)
    assert first.result["n"] == 28  # open venues stay out of the official figure
    site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
    submit(open_site(site), FORM, "new", "zh", datetime.now(UTC))
    second = run(desk, survey)
    assert second.result["n"] == 29
    assert second.watermark > first.watermark
    cards = db.session.scalars(select(ScoringRun).where(ScoringRun.estimate_run_id == second.id)).all()
    assert [card.area.name for card in cards] == ["某市", "甲县", "乙县"]
    assert cards[0].scorecard["satisfaction"] == second.result["decision"]["figure"]


def test_a_stored_run_comes_out_the_same_from_its_own_cells(desk, survey):
    from survey_app.estimates.runs import recompute

    stored = run(desk, survey)
    db.session.expire_all()
    assert recompute(stored) == stored.result


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages_and_says_that_data_are_simulated(desk, survey, language):
    estimate = run(desk, survey)
    scoring = estimate.scoring_runs[0]
    desk.get(f"/console/language/{language}")
    pages = (
        "/console/", "/console/surveys/wave1", f"/console/estimates/{estimate.id}", f"/console/scores/{scoring.id}",
        f"/console/scores/batch/{scoring.batch}", "/console/surveys/wave1/posters",
    )  # fmt: skip
    for path in pages:
        reply = desk.get(path)
        assert reply.status_code == 200, path
        assert ("演示数据" if language == "zh" else "Demo data") in reply.get_data(as_text=True), path


def test_a_post_without_its_token_is_refused(desk):
    assert desk.post("/console/surveys/wave1/state", data={"state": "closed"}).status_code == 400
    assert the_survey().state == "open"


def test_closing_a_survey_closes_its_page(desk):
    page = desk.get("/console/surveys/wave1").get_data(as_text=True)
    desk.post("/console/surveys/wave1/state", data={"state": "closed", "csrf_token": csrf(page)})
    assert "调查已经结束" in desk.get("/s/aaa2222").get_data(as_text=True)


def test_the_language_switch_never_leaves_the_site(desk):
    assert desk.get("/console/language/en?next=//evil.example/").location == "/console/"


def test_a_site_code_as_png_is_read_by_a_decoder(desk):
    image = Image.open(io.BytesIO(desk.get("/console/sites/aaa2222/qr.png").data))
    assert zxingcpp.read_barcode(image).text == "http://127.0.0.1:8000/s/aaa2222"


def test_every_interface_text_has_its_english_and_the_compiled_catalogue_is_fresh(sqlite_app):
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
    from babel.support import Translations

    folder = ROOT / "survey_app" / "console"
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    keywords = {
        **DEFAULT_KEYWORDS,
        "page": (2,),
        "action": (2,),
        "form": (2,),
        "operation": (2,),
        "marked": None,
        "Menu": None,
        "lazy_gettext": None,
    }
    used = {message for _, _, message, _, _ in extract_from_dir(str(ROOT / "survey_app"), methods, keywords)}
    with (folder / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        written = {message.id: message.string for message in read_po(file) if message.id}
    assert used | said_in_code() <= set(written)
    compiled = Translations.load(str(folder / "translations"), ["en"])
    for text, english in written.items():
        assert english
        assert compiled.gettext(text) == english


def said_in_code() -> set[str]:
    """Interface texts of the code, those inside an f-string too, which the extraction does not see before Python 3.12."""
    return {
        call.args[0].value
        for path in (ROOT / "survey_app").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("_", "lazy_gettext")
        and isinstance(call.args[0], ast.Constant)
    }


def test_a_name_is_locked_after_ten_wrong_passwords_and_others_are_not(sqlite_app):
    client, password = sqlite_app.test_client(), create_administrator("admin")
    assert [sign_in(client, "admin", "wrong-password").status_code for _ in range(10)] == [200] * 10
    locked = sign_in(client, "admin", password)
    assert locked.status_code == 429
    assert "15" in locked.get_data(as_text=True)
    other = create_administrator("second")
    assert sign_in(client, "second", other).status_code == 302
