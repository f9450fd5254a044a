"""The page of the clock: what ran last and when the next run is, what is off and why, and a run beside the hours."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.jobs.schedule import queue_due
from survey_app.models import AuditEntry, db
from tests.support.application import change
from tests.support.people import client_of, csrf


def test_an_administrator_sees_the_next_runs_and_starts_one_now(sqlite_app):
    queue_due()
    client = client_of(sqlite_app, "administrator")
    page = client.get("/console/schedule").get_data(as_text=True)
    assert "分派市民问题" in page
    assert "每5分钟" in page
    assert "还没有执行过" in page
    assert "未启用：请设置 MINYI_BACKUP_FOLDER、MINYI_BACKUP_PASSPHRASE" in page
    token = {"csrf_token": csrf(page)}
    assert client.post("/console/schedule/routing/run", data=token).status_code == 302
    assert "完成，处理 0 项" in client.get("/console/schedule").get_data(as_text=True)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "schedule.run")).one()
    assert entry.subject == "schedule:routing"


def test_what_is_off_deletes_for_good_or_is_unknown_cannot_be_started(sqlite_app):
    client = client_of(sqlite_app, "administrator")
    token = {"csrf_token": csrf(client.get("/console/schedule").get_data(as_text=True))}
    change(sqlite_app, keep_answers=30)
    for name in ("backup", "retention", "nothing"):
        assert client.post(f"/console/schedule/{name}/run", data=token).status_code == 404
