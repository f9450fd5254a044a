"""A file of a form that proves something: checked by its content, and stored."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from survey_app.files import stored
from survey_app.files.evidence_types import checked_file
from survey_app.ground.uploads import Handed


def handed_in(upload: FileStorage | None) -> Handed | None:
    """The file, or None where none was chosen. The caller commits. Raises a Refusal."""
    if upload is None or not upload.filename:
        return None
    body = upload.read()
    name, kind = checked_file(upload.filename, body)
    return Handed(stored.put(body, kind), name)
