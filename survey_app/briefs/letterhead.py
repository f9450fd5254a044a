"""The office's own name, marks and colour: at the head of a brief, and where it says so on every page and report."""

from __future__ import annotations

import base64
import io

from survey_app.briefs.colours import passing
from survey_app.console.sent_reports import letterhead
from survey_app.files import stored
from survey_app.ground import audit, imprint
from survey_app.models import db
from survey_app.tickets.photos import MEDIA_TYPE, PhotoError, cleaned
from wording import FieldRefusal

LONGEST_SIDE = 400  # pixels: two centimetres in print
SMALL = (192, 64)  # pixels on pages: twice what they measure there
SMALL_BYTES = 3000  # of a phone's first load of 20 kB


class LetterheadError(FieldRefusal):
    """A letterhead that cannot be stored; nothing was changed."""


def change(
    office: str, office_en: str, line: str, logo: bytes | None, *, without_logo: bool = False, colour: str = "",
    shown: bool = False,
) -> None:  # fmt: skip
    """Store it, with the logo of before where none is given. The caller commits. Raises LetterheadError."""
    found = letterhead()
    before = {"name": found.office, "file": found.logo, "colour": found.colour, "shown": found.shown}
    found.office, found.office_en, found.line = office.strip(), office_en.strip(), line.strip()
    if not found.office:
        raise LetterheadError("briefs.office_needed", "office")
    found.colour, found.shown = _checked(colour), shown
    if logo is not None:
        drawn = _drawn(logo)
        found.logo, found.small_logo = stored.put(drawn, MEDIA_TYPE), _small(drawn)
    elif without_logo:
        found.logo, found.small_logo = None, ""
    elif found.logo and not found.small_logo and (file := stored.take(found.logo)):
        found.small_logo = _small(file.body)  # of before pages showed it
    db.session.add(found)
    db.session.flush()
    after = {"name": found.office, "file": found.logo, "colour": found.colour, "shown": shown}
    audit.record("letterhead.change", "letterhead", before, after)
    imprint.forget()


def _checked(colour: str) -> str:
    """The colour in small letters, or none. Raises LetterheadError, with the nearest one that passes."""
    colour = colour.strip().lower()
    if not colour:
        return ""
    try:
        nearest = passing(colour)
    except ValueError as error:
        raise LetterheadError("briefs.no_colour", "colour") from error
    if nearest != colour:
        raise LetterheadError("briefs.colour_too_light", "colour", colour=colour, nearest=nearest)
    return colour


def _drawn(body: bytes) -> bytes:
    """A small JPEG of the picture. Raises LetterheadError."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(cleaned(body)))
    except PhotoError as error:
        raise LetterheadError("briefs.logo_unreadable", "picture") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _small(body: bytes) -> str:
    """The picture as a phone gets it inside the page, in SMALL_BYTES whatever it shows."""
    from PIL import Image

    picture = Image.open(io.BytesIO(body))
    picture.thumbnail(SMALL)
    for quality in (85, 70, 50, 30, 10):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= SMALL_BYTES:
            break
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
