"""Notes that persons attach to the figures of a run: of the whole city, or of a county. They stand beside the figure and in
every report, and never change; one that is taken back stays in the audit trail."""

from __future__ import annotations

from sqlalchemy import select

from analysis.documents.estimate import EstimateDocument
from survey_app.ground import audit
from survey_app.ground.clock import local_day
from survey_app.models import EstimateRun, FigureNote, db
from survey_app.surveys.columns import COUNTY_VARIABLE
from wording import Refusal

CITY, COUNTY, LONGEST = "city", "county:", 500


class NoteError(Refusal):
    """A note that cannot be stored; nothing was changed."""


def noted_figures(result: EstimateDocument) -> list[str]:
    """What a note of the run may be attached to: CITY, and COUNTY with each county's name."""
    return [CITY, *(COUNTY + row["level"] for row in result["domains"].get(COUNTY_VARIABLE, []))]


def add_note(run: EstimateRun, result: EstimateDocument, figure: str, text: str, by: str) -> FigureNote:
    """The caller commits. Raises NoteError."""
    text = text.strip()
    if figure not in noted_figures(result):
        raise NoteError("estimates.no_such_figure")
    if not text or len(text) > LONGEST:
        raise NoteError("estimates.note_length", most=LONGEST)
    made = FigureNote(run_id=run.id, figure=figure, text=text, by=by)
    db.session.add(made)
    audit.record("note.add", f"estimate:{run.id}", after={"figure": figure, "text": text})
    db.session.flush()
    return made


def take_back(note: FigureNote, by: str) -> None:
    """The note is shown no more. The caller commits."""
    if note.removed_by is None:
        note.removed_by = by
        audit.record("note.remove", f"estimate:{note.run_id}", before={"figure": note.figure, "text": note.text})


def notes_of(run: EstimateRun) -> list[FigureNote]:
    """Those that stand, the oldest first."""
    query = select(FigureNote).where(FigureNote.run_id == run.id, FigureNote.removed_by.is_(None))
    return list(db.session.scalars(query.order_by(FigureNote.id)))


def told(note: FigureNote) -> str:
    """As it stands beside its figure: of which county, what, and from when; not by whom, for it is the office's word."""
    county = note.figure.removeprefix(COUNTY) + " · " if note.figure != CITY else ""
    return f"{county}{note.text} ({local_day(note.at)})"
