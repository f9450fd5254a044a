"""公示与异议: what is shown to which county until when, a county's sheet and its objections, and the two who decide."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import unsent
from survey_app.console.frame import bp, owner_of_area
from survey_app.console.panels import panel
from survey_app.console.permissions import Arguments, Menu, Owner, all_of, may, own
from survey_app.console.sent_reports import sent_report
from survey_app.console.stored_downloads import stored_download
from survey_app.console.tables import requested_export
from survey_app.console.two_persons import Shown, for_whom, shows
from survey_app.files.evidence_types import SIZE_LIMIT, TAKEN
from survey_app.files.handed import handed_in
from survey_app.ground.clock import local_time
from survey_app.ground.language import language
from survey_app.ground.stored import card_of
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, FinalRun, Objection, ObjectionRound, Statement, db
from survey_app.scoring import objections
from survey_app.scoring.objection_sheet import objection_sheet
from survey_app.scoring.objections import ObjectionError
from survey_app.scoring.pages.forms import DecideForm, ObjectionForm
from survey_app.scoring.pages.objection_tables import objection_rows, objections_table, outcome_names
from survey_app.scoring.shown import shown_run
from wording import Refusal

SHEET, ITEM, DECIDE = "console.objection_sheet_page", "console.objection_page", "console.decide_objection"


def owner_of_objection(arguments: Arguments) -> Owner | None:
    found = db.session.get(Objection, arguments["objection_id"])
    return (found.area, None) if found is not None else None


@bp.page(
    "/objections",
    "查看公示与异议",
    all_of("department", "evaluator", "scorer", "auditor"),
    menu=Menu("公示与异议", "score", 95, ("/console/objections",)),
)
def objections_page() -> str | BaseResponse:
    """Every round with the counties that the person may see, and their objections."""
    found = objections.rounds()
    listed = _visible(found)
    table = objections_table([row for row in objections.objections_of(found) if _sees(row.area)])
    return requested_export(table) or render_template(
        "scoring/objections.html",
        listed=[pair for pair in listed if pair[1]],
        table=table,
        runs_on=objections.runs_on,
        paper=objections.without_account([area for _row, areas in listed for area in areas]),
        whole=may(current_user.grants, DECIDE, None),
    )


@bp.action("/final/<int:final_id>/objections", "开始公示", own("evaluator", "scorer"))
def open_objections(final_id: int) -> Any:
    run = db.session.get(FinalRun, final_id) or abort(404)
    try:
        with transaction():
            made = objections.open_round(run)
        flash(_("已开始公示，至%(until)s。", until=local_time(made.until)), "ok")
    except ObjectionError as error:
        flash(str(error), "error")
    return redirect(url_for("console.final_page", final_id=final_id) + "#objections")


@bp.page(
    "/objections/<int:round_id>/<area>",
    "查看本县(市、区)的公示结果",
    own("department", "evaluator", "scorer", "auditor"),
    of=owner_of_area,
)
def objection_sheet_page(round_id: int, area: str) -> str | BaseResponse:
    return _sheet_page(*_shown(round_id, area))


@bp.action("/objections/<int:round_id>/<area>", "提出异议", own("department", "evaluator", "scorer"), of=owner_of_area)
@takes_files(SIZE_LIMIT)
def raise_objection(round_id: int, area: str) -> Any:
    """By the county's own account, or entered for it by the office."""
    shown, place = _shown(round_id, area)
    form = ObjectionForm().offer(card_of(objections.card_run(shown.run, place)))
    if form.validate_on_submit():
        letter, received = (form.letter.data or "", form.received.data) if _for_the_county(place) else ("", None)
        if _for_the_county(place) and not (letter and received):
            form.refuse(_("代县(市、区)录入时，请写明来函和收到日期"), "letter")
            return _sheet_page(shown, place, form), 422
        with form.storing(Refusal):
            files = [file for upload in form.files.data or () if (file := handed_in(upload)) is not None]
            objections.raise_objection(shown, place, form.indicator.data, form.text.data, files, letter, received)
        if not form.errors:
            flash(_("异议已记录，等待两人决定。"), "ok")
            return redirect(url_for(SHEET, round_id=round_id, area=area) + "#objections")
        shown, place = _shown(round_id, area)
    return _sheet_page(shown, place, form), 422


@bp.page(
    "/objections/<int:round_id>/<area>/sheet.<any(docx, pdf):ending>",
    "下载公示表",
    own("department", "evaluator", "scorer", "auditor"),
    of=owner_of_area,
)
def objection_sheet_file(round_id: int, area: str, ending: str) -> BaseResponse:
    """What a county without an account gets: its scorecard, until when it may object, and a form for that."""
    shown, place = _shown(round_id, area)
    run = shown_run(objections.card_run(shown.run, place), current_user.grants)
    report = objection_sheet(shown, run, language())
    return sent_report(report, ending, url_for(SHEET, round_id=round_id, area=area))


@bp.page(
    "/objections/item/<int:objection_id>",
    "查看异议",
    own("department", "evaluator", "scorer", "auditor"),
    of=owner_of_objection,
)
def objection_page(objection_id: int) -> str:
    return _item_page(_objection(objection_id))


@bp.page(
    "/objections/item/<int:objection_id>/files/<digest>",
    "下载异议材料",
    own("department", "evaluator", "scorer", "auditor"),
    of=owner_of_objection,
)
def objection_file(objection_id: int, digest: str) -> BaseResponse:
    """Always as a download."""
    row = next((row for row in _objection(objection_id).files if row.digest == digest), None) or abort(404)
    return stored_download(digest, row.name)


@bp.action("/objections/item/<int:objection_id>/decide", "对异议提出决定", own("evaluator", "scorer"))
def decide_objection(objection_id: int) -> Any:
    """The first of two people; only who answers for the whole city."""
    found, form = _objection(objection_id), DecideForm()
    if form.validate_on_submit():
        with form.storing(Refusal):
            by = current_user.username
            objections.propose(found, form.outcome.data, form.points_after.data, form.reason.data or "", by)
        if not form.errors:
            flash(_("已提出决定，等待另一位同事确认。"), "ok")
            return redirect(url_for(ITEM, objection_id=found.id))
    return _item_page(_objection(objection_id), form), 422


@panel(order=45)
def objections_panel() -> str | None:
    """For the office what waits for whom, for a county until when it may object."""
    if not may(current_user.grants, "console.objections_page", None):
        return None
    found = objections.rounds()
    running = [(row, areas) for row, areas in _visible([row for row in found if objections.runs_on(row)]) if areas]
    whole = may(current_user.grants, DECIDE, None)
    undecided = [row for row in (objections.objections_of(found) if whole else ()) if not row.outcome]
    signed, proposed = objections.signed([row.round.run for row in undecided]), objections.waiting(undecided)
    waiting = [row for row in undecided if row.round.final_run_id not in signed and row.id not in proposed]
    if not running and not waiting:
        return None
    return render_template("scoring/objections_panel.html", running=running, waiting=waiting, whole=whole)


def _sees(area: Area) -> bool:
    return may(current_user.grants, SHEET, area)


def _visible(rounds: list[ObjectionRound]) -> list[tuple[ObjectionRound, list[Area]]]:
    """Each with the counties of it that the person may see."""
    counties = objections.counties_each([row.run for row in rounds])
    return [(row, [area for area in counties[row.run.batch] if _sees(area)]) for row in rounds]


def _for_the_county(area: Area) -> bool:
    """Whether the signed-in person acts for the county and is not of it."""
    return not any(grant.area_id == area.id for grant in current_user.grants)


def _shown(round_id: int, code: str) -> tuple[ObjectionRound, Area]:
    shown = db.session.get(ObjectionRound, round_id) or abort(404)
    area = next((area for area in objections.counties_of(shown.run) if area.code == code), None) or abort(404)
    return shown, area


def _objection(objection_id: int) -> Objection:
    return db.session.get(Objection, objection_id) or abort(404)


def _sheet_page(shown: ObjectionRound, area: Area, sent: ObjectionForm | None = None) -> str | BaseResponse:
    run = shown_run(objections.card_run(shown.run, area), current_user.grants)
    table = objections_table([row for row in objections.objections_of([shown]) if row.area_id == area.id])
    outside = _for_the_county(area)
    taken = objections.runs_on(shown) or (outside and not objections.is_signed(shown.run))
    form = None
    if taken and may(current_user.grants, "console.raise_objection", area):
        form = sent or unsent(ObjectionForm).offer(card_of(run))
    return requested_export(table) or render_template(
        "scoring/objection_sheet.html",
        shown=shown, area=area, run=run, card=card_of(run), table=table, form=form, outside=outside, taken=TAKEN,
        runs_on=objections.runs_on(shown), demo=run.demo,
    )  # fmt: skip


def _item_page(found: Objection, sent: DecideForm | None = None) -> str:
    waits = objections.waiting([found]).get(found.id)
    free = waits is None and not found.outcome and may(current_user.grants, DECIDE, None)
    return render_template(
        "scoring/objection.html",
        found=found, row=objection_rows([found])[0], waits=waits, whom=for_whom(waits) if waits else "",
        whole=may(current_user.grants, DECIDE, None), outcomes=outcome_names(),
        decide=(sent or unsent(DecideForm)) if free else None, demo=found.round.run.demo,
    )  # fmt: skip


def _details(statement: Statement) -> Markup:
    """What the second person reads: the objection, and what is proposed."""
    found, content = objections.objection_of(statement), statement.content
    row, outcome = objection_rows([found])[0], outcome_names()[str(content["outcome"])]
    return Markup(
        render_template("scoring/objection_details.html", found=found, row=row, content=content, outcome=outcome)
    )


def _place(statement: Statement) -> str:
    return url_for(ITEM, objection_id=objections.objection_of(statement).id)


shows(Shown(objections.KIND, lazy_gettext("对异议的决定"), _details, _place))
