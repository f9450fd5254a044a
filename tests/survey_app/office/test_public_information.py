"""What public pages must show: one form, one order of settings, a notice with versions, and no opening without a handler."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey_app.answering import privacy
from survey_app.answering.open_sites import forget_sites
from survey_app.cli import cli
from survey_app.ground.imprint import forget, imprint, stored
from survey_app.models import AuditEntry, KeptSetting, PrivacyNotice, Response, db
from survey_app.surveys.life import StateError, change_state
from survey_app.surveys.readiness import lacks
from tests.support.application import change
from tests.support.city import FORM, small_city, the_survey
from tests.support.people import enter, person

FILLED = {
    "public_url": "https://diaocha.example.gov.cn/", "organiser": "某市人民政府", "handler": "某市统计局", "contact": "12345",
    "icp": "鲁ICP备00000000号", "police": "鲁公网安备00000000000000号",
    "verification": "MP_verify_x1.txt  x1\nabc.txt abc",
}  # fmt: skip


@pytest.fixture
def bare(app):
    """An installation outside the demonstration in which nothing is said yet."""
    small_city()
    change(app, public_url="", handler="", contact="")
    return app


def desk(app):
    app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return enter(app.test_client(), person("administrator", "", "").user)


def seen(client) -> dict[str, str]:
    """What the page carries of the state in which it was shown."""
    page = client.get("/console/public").get_data(as_text=True)
    return {"seen": re.search(r'name="seen"[^>]* value="(\w+)"', page)[1]}


def test_who_was_shown_what_another_has_changed_since_overwrites_nothing(bare):
    client = desk(bare)
    shown = seen(client)
    assert client.post("/console/public", data=FILLED | shown).status_code == 302
    reply = client.post("/console/public", data=FILLED | shown | {"contact": "67890"})
    assert (reply.status_code, "刚刚改过公开信息" in reply.get_data(as_text=True)) == (422, True)
    assert stored()["contact"] == "12345"


def test_the_demonstration_alone_has_invented_words_and_beside_a_real_survey_none(bare):
    the_survey().demo = True
    db.session.commit()
    assert "示例市新型智慧城市评估办公室（演示，虚构）" in bare.test_client().get("/privacy").get_data(as_text=True)
    the_survey().demo = False
    db.session.commit()
    page = bare.test_client().get("/privacy").get_data(as_text=True)
    assert ("尚未填写" in page, "虚构" in page) == (True, False)


def test_the_form_keeps_what_is_said_and_every_public_page_shows_it_at_once(bare):
    client = desk(bare)
    assert client.post("/console/public", data=FILLED | seen(client)).status_code == 302
    citizen = bare.test_client()
    for address in ("/s/aaa2222", "/erase", "/privacy", "/problems", "/p/1", "/s/unknown", "/console/sign-in"):
        page = citizen.get(address, follow_redirects=True).get_data(as_text=True)
        for said in ("某市人民政府", "12345", "鲁ICP备00000000号", "鲁公网安备00000000000000号", "/privacy"):
            assert said in page, (address, said)
    assert citizen.get("/MP_verify_x1.txt").get_data(as_text=True) == "x1"
    assert citizen.get("/other.txt").status_code == 404
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.change")).one()
    assert entry.after["handler"] == "某市统计局"
    assert "https://diaocha.example.gov.cn/s/aaa2222" in client.get("/console/surveys/wave1/posters").get_data(
        as_text=True
    )


def test_what_the_environment_sets_stands_before_what_the_console_keeps(bare):
    change(bare, handler="由环境变量")
    client = desk(bare)
    assert 'name="handler"' not in client.get("/console/public").get_data(as_text=True)
    client.post("/console/public", data=FILLED | seen(client))
    assert imprint().handler == "由环境变量"
    assert db.session.get(KeptSetting, "handler") is None
    assert imprint().contact == "12345"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("public_url", "diaocha.example.gov.cn", "https://diaocha.example.gov.cn"),
        ("icp", "x" * 201, "200"),
        ("verification", "../../etc/passwd.txt root", "MP_verify"),
        ("privacy_kinds", "x" * 4001, "4000"),
    ],
)
def test_a_wrong_box_is_told_at_the_box_and_nothing_is_kept(bare, name, value, said):
    client = desk(bare)
    reply = client.post("/console/public", data=FILLED | seen(client) | {name: value})
    assert reply.status_code == 422
    assert said in reply.get_data(as_text=True)
    assert db.session.scalars(select(KeptSetting.name)).all() == ["programme"]


def test_outside_the_demonstration_no_survey_opens_without_handler_and_contact(bare):
    survey = the_survey()
    survey.state = "locked"
    db.session.commit()
    with pytest.raises(StateError, match="handler of personal data, contact not stated"):
        change_state(survey, "open", accept_warnings=True)
    page = desk(bare).get("/console/surveys/wave1/check?to=open").get_data(as_text=True)
    assert 'href="/console/public"' in page
    change(bare, handler="某局", contact="12345")
    assert not [lack for lack in lacks(survey) if lack.step == "public" and lack.level == "stop"]


def test_a_survey_that_is_open_stays_open_and_goes_on_after_a_pause(bare):
    survey = the_survey()
    assert bare.test_client().get("/s/aaa2222").status_code == 200
    change_state(survey, "paused")
    change_state(survey, "open")
    db.session.commit()
    assert answer(bare).status_code == 303


def answer(app):
    phone = app.test_client()
    token = phone.get("/s/aaa2222?new=1").get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    return phone.post("/s/aaa2222", data=FORM | {"token": token})


def test_an_answer_names_the_privacy_notice_it_was_given_under_and_its_words_are_kept(bare):
    forget_sites()
    client = desk(bare)
    client.post("/console/public", data=FILLED | seen(client))
    answer(bare)
    client.post("/console/public", data=FILLED | seen(client) | {"privacy_processors": "某云平台：存放数据"})
    answer(bare)
    first, second = (row.answers["_privacy"] for row in db.session.scalars(select(Response).order_by(Response.id)))
    assert first != second
    assert {first, second} <= set(db.session.scalars(select(PrivacyNotice.version)))
    citizen = bare.test_client()
    assert "某云平台" not in citizen.get(f"/privacy/{first}").get_data(as_text=True)
    assert "某云平台" in citizen.get(f"/privacy/{second}").get_data(as_text=True)
    assert f"版本 {second}" in citizen.get("/privacy").get_data(as_text=True)
    assert citizen.get("/privacy/000000000000").status_code == 404
    client.post(
        "/console/public", data=FILLED | seen(client) | {"privacy_processors": ""}
    )  # the same words are the same version
    assert privacy.version() == first


def test_config_check_shows_what_the_console_keeps_and_warns_of_what_is_empty(sqlite_app, monkeypatch):
    db.session.add(KeptSetting(name="handler", value="某市统计局", by="anna"))
    db.session.commit()
    forget()
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    said = CliRunner().invoke(cli, ["config", "check"])
    row = next(line for line in said.output.splitlines() if line.startswith("MINYI_HANDLER "))
    assert row.split()[1:] == ["某市统计局", "database"]
    assert "public pages lack: contact, organiser, ICP filing number" in said.output
