"""What nobody confirmed goes with the daily clean-up; what anything still refers to stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from survey_app.files import stored as stored_files
from survey_app.ground import keeping
from survey_app.models import Evidence, IndicatorEntry, Job, Kept, StoredFile, db
from survey_app.responses.leftovers import Leftovers, clear
from survey_app.values.periods import current_period
from tests.support.city import small_city

LONG_AGO = datetime.now(UTC) - timedelta(days=8)


def old_file(body: bytes) -> str:
    return stored_files.put(body, "application/pdf", LONG_AGO)


def shown(digest: str) -> Kept:
    return keeping.shown(keeping.VALUES, [], digest, "anna", {"name": "v.xlsx"})


def waiting(by: str) -> Kept:
    key = keeping.keep(keeping.INTERVIEWS, b"answers", by=by, note={"name": "w.csv", "mode": "phone"})
    return keeping.find(keeping.INTERVIEWS, key)


def test_unconfirmed_uploads_and_unreferenced_files_go_and_all_others_stay(app):
    survey = small_city()
    entry = IndicatorEntry(area_id=survey.city_id, rulebook_id="jining-2023-municipal", indicator="1", period=current_period().code)  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    evidence, posters = old_file(b"evidence"), old_file(b"posters")
    db.session.add(Evidence(entry=entry, digest=evidence, name="a", media_type="application/pdf", size=8, by="anna"))
    db.session.add(Job(kind="posters", arguments={}, by="anna", state="done", result=f"posters:{survey.id}:{posters}"))
    stored, looked_at = old_file(b"stored"), old_file(b"looked at")
    keeping.settle(shown(stored))
    draft = keeping.keep(keeping.DRAFT, {"answers": {}}, "key", site_id=survey.sites[0].id)
    assert keeping.find(keeping.DRAFT, draft).expires_at > datetime.now(UTC) + timedelta(days=6)
    fresh = stored_files.put(b"fresh", "application/pdf")
    old_file(b"survey import that nobody confirmed")
    first, second = shown(looked_at), waiting("anna")
    first.expires_at = second.expires_at = LONG_AGO
    db.session.commit()
    assert clear() == Leftovers(drafts=0, uploads=2, files=2)
    db.session.rollback()  # only counted
    assert clear() == Leftovers(drafts=0, uploads=2, files=2)
    assert set(db.session.scalars(select(StoredFile.digest))) == {evidence, posters, stored, fresh}
    assert set(db.session.scalars(select(Kept.purpose))) == {"values", "draft"}
    assert not clear()
