"""Codes of sites: rotated, retired, outside their hours, full; an old poster still says where it belonged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from survey_app.answering.definitions import definition_of
from survey_app.answering.form_token import issue
from survey_app.answering.open_sites import find_address, find_site, forget_sites
from survey_app.cli import cli
from survey_app.fieldwork.site_access import (
    AccessError,
    restore_site,
    retire_site,
    rotate_code,
    set_hours,
    set_stops_when_full,
)
from survey_app.models import AuditEntry, Response, RetiredCode, Site, db
from tests.support.city import FORM, small_city


def site(code: str = "aaa2222") -> Site:
    return db.session.scalars(select(Site).where(Site.code == code)).one()


def page(app, address: str) -> tuple[int, str]:
    reply = app.test_client().get(address)
    return reply.status_code, reply.get_data(as_text=True)


def test_a_new_code_admits_to_the_same_site_and_the_old_poster_says_where_it_belonged(app):
    survey = small_city()
    new = rotate_code(site(), "旧码被转发到群里")
    assert page(app, f"/s/{new}")[0] == 200
    status, old = page(app, "/s/aaa2222")
    assert status == 410
    assert "这个二维码已停用" in old
    assert "它属于“某市市民体验调查”，甲县一号点" in old
    assert "请扫描现场新张贴的二维码" in old
    assert new not in old, "whoever has the old code alone must not learn the new one"
    assert "It belonged to" in page(app, "/s/aaa2222?lang=en")[1]
    token = issue("aaa2222", definition_of(survey).digest)
    assert app.test_client().post(f"/s/{new}", data={**FORM, "token": [token]}).status_code == 303
    assert db.session.scalar(select(Response.psu)) == "aaa2222", "the sample knows the site by its lasting label"


def test_answers_begun_under_the_old_code_are_taken_and_later_ones_are_not(app):
    survey = small_city()
    digest = definition_of(survey).digest
    begun = issue("aaa2222", digest, issued_at=datetime.now(UTC) - timedelta(minutes=5))
    rotate_code(site(), "换码")
    later = issue("aaa2222", digest, issued_at=datetime.now(UTC) + timedelta(seconds=5))
    client = app.test_client()
    assert client.post("/s/aaa2222", data={**FORM, "token": [begun]}).status_code == 303
    assert client.post("/s/aaa2222", data={**FORM, "token": [later]}).status_code == 410
    assert db.session.scalar(select(func.count(Response.id))) == 1


def test_a_second_rotation_retires_the_first_new_code_too(sqlite_app):
    small_city()
    first, second = rotate_code(site(), "一"), rotate_code(site(), "二")
    assert len({"aaa2222", first, second}) == 3
    assert set(db.session.scalars(select(RetiredCode.code))) == {"aaa2222", first}
    assert [page(sqlite_app, f"/s/{code}")[0] for code in ("aaa2222", first, second)] == [410, 410, 200]
    assert find_site("aaa2222").code == second, "invitations and tablets go on"


def test_a_retired_site_admits_nobody_until_it_is_restored(sqlite_app):
    small_city()
    retire_site(site(), "站点关闭")
    status, text = page(sqlite_app, "/s/aaa2222")
    assert status == 410
    assert "这个点不再收集回答" in text
    for wrong in (lambda: retire_site(site(), "再来"), lambda: rotate_code(site(), "换码")):
        with pytest.raises(AccessError):
            wrong()
    restore_site(site(), "重新开放")
    assert page(sqlite_app, "/s/aaa2222")[0] == 200
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    assert actions[-2:] == ["site.retire", "site.restore"]


def test_outside_its_hours_a_code_says_when_it_is_open_and_takes_what_was_begun(sqlite_app):
    survey = small_city()
    now = datetime.now(UTC) + timedelta(hours=8)
    other_day = (now + timedelta(days=2)).isoweekday()
    token = issue("aaa2222", definition_of(survey).digest)
    set_hours(survey, f"{other_day} 08:30-17:30", "办公时间")
    status, text = page(sqlite_app, "/s/aaa2222")
    assert status == 200
    assert "现在不在开放时间" in text
    assert f"开放时间：周{'一二三四五六日'[other_day - 1]} 08:30–17:30" in text
    assert 'name="token"' not in text
    assert sqlite_app.test_client().post("/s/aaa2222", data={**FORM, "token": [token]}).status_code == 303
    set_hours(site(), "00:00-24:00", "自助点全天开放")
    assert 'name="token"' in page(sqlite_app, "/s/aaa2222")[1]
    assert "现在不在开放时间" in page(sqlite_app, "/s/bbb3333")[1]


def test_a_site_with_its_target_says_thank_you_where_the_survey_says_so(app):
    survey = small_city()
    site().target = 1
    db.session.commit()
    token = issue("aaa2222", definition_of(survey).digest)
    app.test_client().post("/s/aaa2222", data={**FORM, "token": [token]})
    forget_sites()
    assert 'name="token"' in page(app, "/s/aaa2222")[1]
    set_stops_when_full(survey, True, "样本已满")
    assert "这里的回答已经够了" in page(app, "/s/aaa2222")[1]
    assert "We have enough answers here" in page(app, "/s/aaa2222?lang=en")[1]
    assert 'name="token"' in page(app, "/s/bbb3333")[1]


def test_early_late_and_paused_pages_say_when_by_the_surveys_own_clock(sqlite_app):
    survey = small_city(opens_at=datetime(2099, 1, 5, 0, 30, tzinfo=UTC), closes_at=None)
    assert "开始时间：2099年1月5日 08:30（北京时间）" in page(sqlite_app, "/s/aaa2222")[1]
    survey.opens_at, survey.state = datetime(2020, 1, 5, tzinfo=UTC), "locked"
    db.session.commit()
    forget_sites()
    text = page(sqlite_app, "/s/aaa2222")[1]
    assert "调查还没有开始" in text
    assert "2020年" not in text, "a time that has passed is no answer to 'when'"
    survey.state = "open"
    survey.opens_at, survey.closes_at = None, datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    db.session.commit()
    forget_sites()
    assert "It ended on 5 January 2026, 18:00 (Beijing time)" in page(sqlite_app, "/s/aaa2222?lang=en")[1]
    survey.closes_at, survey.state, survey.time_zone = None, "paused", "Asia/Urumqi"
    db.session.commit()
    forget_sites()
    text = page(sqlite_app, "/s/aaa2222")[1]
    assert "扫同一个二维码即可填写" in text
    assert "组织单位" in text


def test_another_worker_sees_a_new_code_within_the_caches_time(sqlite_app, monkeypatch):
    small_city()
    assert find_address("aaa2222").code == "aaa2222"
    monkeypatch.setattr("survey_app.fieldwork.site_access.forget_sites", lambda: None)  # another worker's cache
    rotate_code(site(), "换码")
    db.session.commit()
    import time

    soon = time.monotonic() + 3.1
    monkeypatch.setattr("survey_app.answering.open_sites.time.monotonic", lambda: soon)
    assert not hasattr(find_address("aaa2222"), "psu")


def test_the_commands_change_codes_and_hours_and_refuse_what_they_cannot_read(tmp_path, monkeypatch):
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    monkeypatch.setenv("MINYI_PROGRAMME", "jining-2023")
    from survey_app.app import create_app
    from survey_app.database import upgrade

    with create_app().app_context():
        upgrade(db.engine)
        small_city()
        db.session.remove()

    def run(*words: str):
        return CliRunner().invoke(cli, ["codes", *words])

    made = run("rotate", "aaa2222", "--reason", "被转发")
    assert made.exit_code == 0, made.output
    assert "The new code is" in made.output
    listed = run("list", "wave1").output
    assert "retired" in listed
    assert "被转发" in listed
    assert run("hours", "wave1", "1-5 08:30-17:30", "--reason", "办公时间").output.strip() == "Open: 1-5 08:30-17:30."
    wrong = run("hours", "wave1", "whenever", "--reason", "x")
    assert wrong.exit_code == 2
    assert "cannot read 'whenever'" in wrong.output
    assert run("retire", "nosuch", "--reason", "x").exit_code == 2
    assert run("full", "wave1", "--stop", "--reason", "够了").exit_code == 0
    assert run("retire", "bbb3333", "--reason", " ").exit_code == 2
