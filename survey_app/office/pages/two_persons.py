"""The one page of what waits for a second person, its one press, and its list on the home page."""

from __future__ import annotations

import io

from flask import abort, flash, redirect, render_template, send_file
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse
from wtforms import TextAreaField
from wtforms.validators import Length

from survey_app.console.forms import Form, Pressed, unsent
from survey_app.console.frame import bp
from survey_app.console.panels import panel
from survey_app.console.permissions import Arguments, Owner, may, own
from survey_app.console.two_persons import CONFIRM, SHOWN, for_whom
from survey_app.console.words import state_names, step_names
from survey_app.files import stored
from survey_app.ground import sign_off, two_persons
from survey_app.ground.transaction import transaction
from survey_app.models import Statement, db
from wording import Refusal

CONFIRMED, TURNED_DOWN = "confirm", "turn_down"


def _owner(arguments: Arguments) -> Owner | None:
    statement = db.session.get(Statement, arguments["number"])
    shown = SHOWN.get(statement.kind) if statement else None
    return (shown.area(statement), None) if shown and statement else None


class ConfirmForm(Form):
    """The second person's press, or why not."""

    step = Pressed((CONFIRMED, TURNED_DOWN))
    comment = TextAreaField(validators=[Length(max=2000)])


@bp.page("/two-persons/<int:number>", "查看待确认事项", own("manager", "evaluator", "scorer", "auditor"), of=_owner)
def statement_page(number: int) -> str:
    """All that was stated: what, why, by whom, from which source."""
    return _page(_statement(number))


@bp.action("/two-persons/<int:number>", "作为第二人确认", own("manager", "evaluator", "scorer"), of=_owner)
def confirm_statement(number: int) -> BaseResponse | tuple[str, int]:
    statement, form, by = _statement(number), ConfirmForm(), current_user.username
    try:
        if not form.validate():
            raise Refusal([str(said) for field in form for said in field.errors])
        with transaction():
            if form.step.data == CONFIRMED:
                two_persons.confirm(statement, by)
            else:
                two_persons.turn_down(statement, by, form.comment.data or "")
    except Refusal as error:
        return _page(_statement(number), str(error)), 422
    follows = two_persons.KINDS[statement.kind].afterwards
    if form.step.data == CONFIRMED and follows is not None:
        follows(statement)
    flash(_("已确认。") if form.step.data == CONFIRMED else _("已退回。"), "ok")
    return redirect(SHOWN[statement.kind].place(statement))


@bp.page(
    "/two-persons/<int:number>/source", "下载来源文件", own("manager", "evaluator", "scorer", "auditor"), of=_owner
)
def statement_source(number: int) -> BaseResponse:
    """The source as it was handed in, never opened inside the page."""
    statement = _statement(number)
    file = stored.take(statement.file_digest or "") or abort(404)
    return send_file(
        io.BytesIO(file.body), mimetype=file.media_type, as_attachment=True, download_name=statement.file_name
    )


@panel(order=10)
def waiting_statements() -> Markup | None:
    """What waits for a second person, and for whom: shown to those who may confirm it and to whoever stated it."""
    lines = []
    for statement in two_persons.waiting():
        shown = SHOWN[statement.kind]
        own_one = statement.by == current_user.username
        if own_one or may(current_user.grants, CONFIRM, shown.area(statement)):
            lines.append((statement, shown, own_one, for_whom(statement)))
    return Markup(render_template("office/two_persons_panel.html", lines=lines)) if lines else None


def _statement(number: int) -> Statement:
    found = db.session.get(Statement, number)
    return found if found is not None and found.kind in SHOWN else abort(404)


def _page(statement: Statement, wrong: str = "") -> str:
    shown = SHOWN[statement.kind]
    return render_template(
        "office/two_persons.html", statement=statement, words=shown.words, details=shown.details(statement),
        place=shown.place(statement), standing=sign_off.standing(statement.subject), states=state_names(), steps=step_names(), wrong=wrong,
        mine=statement.by == current_user.username, whom=for_whom(statement), form=unsent(ConfirmForm),
        may_confirm=may(current_user.grants, CONFIRM, shown.area(statement)), demo=False,
    )  # fmt: skip
