"""Values of a workbook are stored in the background: by any worker, as whoever confirmed them, all or none."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from survey_app.ground import audit, keeping
from survey_app.jobs.queue import enqueue
from survey_app.jobs.worker import run_next
from survey_app.models import AuditEntry, IndicatorValue, Job, db
from survey_app.values import entry, workbook_in
from tests.support.application import change
from tests.support.city import small_city
from tests.support.indicators import at, exported, filled, led_by
from tests.support.people import enter, person
from wording import of_column


@pytest.fixture
def office(app):
    small_city()
    for indicator in ("1", "3"):
        led_by("甲县", indicator, "行政审批局")
    app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    change(app, jobs="external")
    return app


def asked_for(by: str) -> Job:
    """A job that stores a value for each of two indicators."""
    body = filled(exported("11", ("1", "3")), online__value=0.9, exempt_count__value=120)
    shown = workbook_in.preview("表.xlsx", body, by, lambda *_: True)
    db.session.commit()
    return enqueue("values", {"import": shown.id, "take": ""}, by)


def stored(indicator: str, metric: str) -> object:
    row = entry.rows_of(at("11", indicator), fresh=True).get(metric)
    return row.value if row else None


def test_a_worker_stores_them_as_who_confirmed_them_and_the_trail_holds(office):
    user = person("manager").user.username
    found = asked_for(user)
    assert run_next()
    db.session.refresh(found)
    assert found.state == "done"
    assert (stored("1", "online"), stored("3", "exempt_count")) == (0.9, 120)
    written = db.session.execute(
        select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.action.startswith("value.")).order_by(AuditEntry.number)
    )  # fmt: skip
    assert written.all() == [("value.change", user), ("value.change", user), ("value.import", user)]
    assert audit.verify() == []
    assert [one.what for one in entry.history(at("11", "1"))] == ["online"]
    shown = keeping.numbered(keeping.VALUES, int(found.arguments["import"]))
    assert (shown.state, shown.note["changed"]) == ("stored", 2)


def test_what_was_changed_meanwhile_stops_all_of_them_and_the_job_says_so(office):
    found = asked_for(person("manager").user.username)
    entry.save(at("11", "3"), {"exempt_count": 80}, "", 0, "ben")
    db.session.commit()
    assert run_next()
    db.session.refresh(found)
    assert found.state == "failed"
    assert "changed" in str(of_column(found.error))
    assert (stored("1", "online"), stored("3", "exempt_count")) == (None, 80)
    assert audit.verify() == []


def test_a_right_that_was_taken_back_meanwhile_is_asked_for_again(office):
    found = asked_for(person("department", "甲县", "教育局").user.username)
    assert run_next()
    db.session.refresh(found)
    assert (found.state, db.session.scalar(select(func.count(IndicatorValue.id)))) == ("failed", 0)


def test_its_page_leads_back_to_what_was_looked_at_and_its_result_says_how_many(office):
    user = person("manager").user
    client, found = enter(office.test_client(), user), asked_for(user.username)
    shown = f"/console/values/imports/{found.arguments['import']}"
    assert client.post(shown).location == f"/console/jobs/{found.id}"  # the same one, still open
    assert f'href="{shown}"' in client.get(f"/console/jobs/{found.id}").get_data(as_text=True)
    assert run_next()
    assert client.get(f"/console/jobs/{found.id}").location == shown
    assert "已保存2处修改" in client.get(shown).get_data(as_text=True)
