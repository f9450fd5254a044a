"""What nobody confirmed goes with the daily clean-up; what anything still refers to stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from survey_app.files import stored as stored_files
from survey_app.files import waiting
from survey_app.models import Evidence, IndicatorEntry, Job, StoredFile, WaitingFile, WorkbookImport, db
from survey_app.responses.leftovers import Leftovers, clear
from survey_app.values.periods import current_period
from tests.support.city import small_city

LONG_AGO = datetime.now(UTC) - timedelta(days=8)


def old_file(body: bytes) -> str:
    return stored_files.put(body, "application/pdf", LONG_AGO)


def import_of(digest: str, state: str, at: datetime) -> WorkbookImport:
    return WorkbookImport(kind="values", digest=digest, name="v.xlsx", preview=[], state=state, by="anna", at=at)


def test_unconfirmed_uploads_and_unreferenced_files_go_and_all_others_stay(app):
    survey = small_city()
    entry = IndicatorEntry(area_id=survey.city_id, rulebook_id="jining-2023-municipal", indicator="1", period=current_period().code)  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    evidence, posters = old_file(b"evidence"), old_file(b"posters")
    db.session.add(Evidence(entry=entry, digest=evidence, name="a", media_type="application/pdf", size=8, by="anna"))
    db.session.add(Job(kind="posters", arguments={}, by="anna", state="done", result=f"posters:{survey.id}:{posters}"))
    stored, looked_at = old_file(b"stored"), old_file(b"looked at")
    db.session.add_all([import_of(stored, "stored", LONG_AGO), import_of(looked_at, "previewed", LONG_AGO)])
    fresh = stored_files.put(b"fresh", "application/pdf")
    old_file(b"survey import that nobody confirmed")
    waiting.keep(survey, "bert", "w.csv", "phone", b"answers")
    waiting.keep(survey, "anna", "w.csv", "phone", b"answers").kept_at = LONG_AGO
    db.session.commit()
    assert clear() == Leftovers(waiting=1, previews=1, files=2)
    db.session.rollback()  # as a dry run does
    assert clear() == Leftovers(waiting=1, previews=1, files=2)
    assert set(db.session.scalars(select(StoredFile.digest))) == {evidence, posters, stored, fresh}
    assert db.session.scalars(select(WaitingFile.owner)).all() == ["bert"]
    assert not clear()
