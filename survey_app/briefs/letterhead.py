"""The office's own head of a brief: its name, a line under it, and a picture, drawn anew as every picture that comes in."""

from __future__ import annotations

import io

from survey_app.documents.content import Head
from survey_app.files import stored
from survey_app.ground import audit
from survey_app.models import Letterhead, db
from survey_app.tickets.photos import MEDIA_TYPE, PhotoError, cleaned
from wording import Refusal

LONGEST_SIDE = 400  # pixels: two centimetres in print


class LetterheadError(Refusal):
    """A letterhead that cannot be stored; nothing was changed."""


def letterhead() -> Letterhead:
    """The stored one, or an empty one that is not stored."""
    return db.session.get(Letterhead, 1) or Letterhead(id=1, office="", office_en="", line="", logo=None)


def change(office: str, office_en: str, line: str, logo: bytes | None, *, without_logo: bool = False) -> None:
    """Store it, with the logo of before where none is given. The caller commits. Raises LetterheadError."""
    found = letterhead()
    before = {"name": found.office, "file": found.logo}
    found.office, found.office_en, found.line = office.strip(), office_en.strip(), line.strip()
    if not found.office:
        raise LetterheadError("briefs.office_needed")
    if logo is not None:
        found.logo = stored.put(_drawn(logo), MEDIA_TYPE)
    elif without_logo:
        found.logo = None
    db.session.add(found)
    db.session.flush()
    audit.record("letterhead.change", "letterhead", before, {"name": found.office, "file": found.logo})


def head(language: str) -> Head | None:
    """As a document has it; None where the office made none."""
    found = letterhead()
    if not found.office:
        return None
    file = stored.take(found.logo) if found.logo else None
    return Head(
        (found.office_en or found.office) if language == "en" else found.office, found.line, file.body if file else None
    )


def _drawn(body: bytes) -> bytes:
    """A small JPEG of the picture. Raises LetterheadError."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(cleaned(body)))
    except PhotoError as error:
        raise LetterheadError("briefs.logo_unreadable") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
