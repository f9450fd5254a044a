"""Forgetting an archive: its record in the transaction, its files with the commit."""

from __future__ import annotations

from sqlalchemy import delete

from survey_app import rollup
from survey_app.archives.places import Manifest, after_commit, drop
from survey_app.models import ArchivedCount, SurveyArchive, db


def forget(archive: SurveyArchive) -> int:
    """Delete the record now and the files with the commit; how many responses they held."""
    manifest, folder, survey_id = Manifest.of(archive), archive.folder, archive.survey_id
    names = [*(part.name for part in manifest.files), *archive.left_behind]
    after_commit(lambda: drop(manifest.survey, folder, names))
    db.session.execute(delete(ArchivedCount).where(ArchivedCount.survey_id == survey_id))
    db.session.delete(archive)
    db.session.flush()
    rollup.recount(db.session.connection(), survey_id)
    return manifest.responses
