"""Forgetting an archive: its record in the transaction, its files with the commit."""

from __future__ import annotations

import errno
import os

from sqlalchemy import delete

from survey_app import rollup
from survey_app.archives.places import Manifest, after_commit, drop, place_of, reaching
from survey_app.models import ArchivedCount, SurveyArchive, db


def forget(archive: SurveyArchive) -> int:
    """Delete the record now and the files with the commit; how many responses they held.

    Raises AwayError where the files could not be deleted, which nobody would know of then.
    """
    manifest, folder, survey_id = Manifest.of(archive), archive.folder, archive.survey_id
    place = place_of(manifest.survey, folder)
    with reaching(place):
        os.listdir(place)
        if not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    names = [*(part.name for part in manifest.files), *archive.left_behind]
    after_commit(lambda: drop(manifest.survey, folder, names))
    db.session.execute(delete(ArchivedCount).where(ArchivedCount.survey_id == survey_id))
    db.session.delete(archive)
    db.session.flush()
    rollup.recount(db.session.connection(), survey_id)
    return manifest.responses
