"""条文释读: how unclear rows are read in a period, by whose authority; recorded before the first accepted value, ruled after it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, all_of, may, own
from survey_app.console.tables import requested_export
from survey_app.console.two_persons import Shown, for_whom, shows
from survey_app.files.evidence_types import SIZE_LIMIT, TAKEN
from survey_app.files.handed import handed_in
from survey_app.ground import sign_off, two_persons
from survey_app.ground.uploads import takes_files
from survey_app.models import Period, Statement, db
from survey_app.values import readings
from survey_app.values.pages.forms import ReadingForm
from survey_app.values.pages.reading_table import readings_table, readings_told
from survey_app.values.periods import current_period, periods
from survey_app.values.readings import Change, readings_in
from wording import Refusal

PAGE = "console.readings_page"


@bp.page(
    "/readings",
    "查看条文读法",
    all_of("manager", "evaluator", "department", "scorer", "auditor"),
    menu=Menu("条文读法", "score", 55, ("/console/readings",)),
)
def readings_page() -> str | BaseResponse:
    code = request.args.get("period")
    return _page((db.session.get(Period, code) or abort(404)) if code else current_period())


@bp.action("/readings/<period>", "记录条文读法的依据", own("manager", "scorer"))
@takes_files(SIZE_LIMIT)
def record_reading(period: str) -> Any:
    """An authority or the alternative; of a locked period a ruling, which waits for a second person."""
    found = db.session.get(Period, period) or abort(404)
    held = readings_in(found)
    form = ReadingForm().offer((*held.rows, *held.later))
    if form.validate_on_submit():
        change = Change(
            form.reading.data,
            form.chosen.data == "1",
            form.letter.data or "",
            form.letter_date.data,
            form.interpreter.data or "",
        )
        with form.storing(Refusal):
            if held.locked:
                source = handed_in(form.file.data)
                readings.propose_ruling(found, change, form.reason.data, source, current_user.username)
            else:
                readings.record(found, change, form.reason.data)
        if not form.errors:
            flash(_("裁定已提出，等待另一位同事确认。") if held.locked else _("已记录。"), "ok")
            return redirect(url_for(PAGE, period=period))
    return _page(db.session.get(Period, period) or abort(404), form), 422


def _page(period: Period, form: ReadingForm | None = None) -> str | BaseResponse:
    held = readings_in(period)
    table, later = readings_table(held.rows), readings_table(held.later, "later")
    waiting = two_persons.of(f"period:{period.code}", readings.KIND, sign_off.PROPOSED)
    return requested_export(table, later) or render_template(
        "values/readings.html",
        period=period, periods=periods(), held=held, table=table, later=later, told=readings_told(held.digest, held.rows),
        form=(form or unsent(ReadingForm).offer((*held.rows, *held.later))) if may(current_user.grants, "console.record_reading", None) else None,
        taken=TAKEN, waiting=[(one, for_whom(one)) for one in waiting],
    )  # fmt: skip


def _details(statement: Statement) -> Markup:
    content: Any = statement.content
    held = readings_in(db.session.get_one(Period, content["period"]))
    row = next(row for row in (*held.rows, *held.later) if row["id"] == content["reading"])
    return Markup(render_template("values/reading_ruling.html", content=content, row=row))


def _place(statement: Statement) -> str:
    content: Any = statement.content
    return url_for(PAGE, period=content["period"])


shows(Shown(readings.KIND, lazy_gettext("条文读法的裁定"), _details, _place))
