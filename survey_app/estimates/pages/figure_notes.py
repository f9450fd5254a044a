"""Notes on figures of a run: added on its page, and taken back there."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField, TextAreaField

from survey_app.console.forms import Form
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.estimates.figure_notes import LONGEST, NoteError, add_note, take_back
from survey_app.estimates.pages.estimates import run_of
from survey_app.estimates.suppression import shown_result
from survey_app.ground.held import require
from survey_app.ground.transaction import transaction
from survey_app.models import FigureNote, db


class NoteForm(Form):
    """A note and the figure it is of."""

    figure = StringField(lazy_gettext("批注的数字"))
    text = TextAreaField(lazy_gettext("批注"))


@bp.action("/estimates/<int:run_id>/notes", "给数字加批注", own("evaluator", "scorer"))
def add_figure_note(run_id: int) -> BaseResponse:
    """Attach a note to the city's figure, or a county's."""
    run, form = run_of(run_id), NoteForm()
    require(run)
    try:
        if not form.validate():
            raise NoteError("estimates.note_length", most=LONGEST)
        with transaction():
            add_note(
                run, shown_result(run, current_user.grants), form.figure.data or "", form.text.data or "",
                current_user.username,
            )  # fmt: skip
        flash(_("批注已加"), "ok")
    except NoteError as error:
        flash(str(error), "error")
    return redirect(url_for("console.estimate_page", run_id=run_id, _anchor="figure-notes"))


@bp.action("/estimates/<int:run_id>/notes/<int:number>/remove", "撤下数字的批注", own("evaluator", "scorer"))
def remove_figure_note(run_id: int, number: int) -> BaseResponse:
    note = db.session.get(FigureNote, number)
    if note is None or note.run_id != run_id:
        abort(404)
    with transaction():
        take_back(note, current_user.username)
    flash(_("批注已撤下"), "ok")
    return redirect(url_for("console.estimate_page", run_id=run_id, _anchor="figure-notes"))
