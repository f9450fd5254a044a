"""Workbooks of indicator values: out, and in by a preview that a person confirms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.jobs import LEADING_PAGES, RESULT_PAGES, started
from survey_app.console.permissions import Department, all_of, may
from survey_app.console.tables import Column, Table, requested_export
from survey_app.documents.spreadsheets import XLSX
from survey_app.files import workbooks
from survey_app.files.workbooks import WorkbookError
from survey_app.ground import keeping
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.jobs.queue import Arguments, enqueue
from survey_app.models import Area, Kept
from survey_app.values import entry, workbook_in
from survey_app.values.entry import Place
from survey_app.values.forms import said
from survey_app.values.pages.forms import TakeForm
from survey_app.values.pages.worklist import NOBODY, asked_period, own_tasks
from survey_app.values.periods import PeriodError
from survey_app.values.workbook_in import Row
from survey_app.values.workbook_out import value_workbook as as_workbook
from wording import Message

RESULT_PAGES["values"] = lambda key: url_for("console.import_preview", import_id=int(key))
LEADING_PAGES["values"] = lambda arguments: url_for("console.import_preview", import_id=arguments["import"])


@bp.page("/values/workbook.xlsx", "下载指标表", all_of("manager", "evaluator", "department", "scorer", "auditor"))
def value_workbook() -> Response:
    """What the person may see, of one area or department or all; rows he may not enter come back as locked."""
    period = asked_period()
    area, department = request.args.get("area", ""), request.args.get("department", "")
    chosen = [
        task
        for task in own_tasks(period)
        if area in ("", task.area.code) and department in ("", *(task.who.departments or (NOBODY,)))
    ]
    name = f"values-{period.code}{'-' + area if area else ''}.xlsx"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(as_workbook(period, chosen), content_type=XLSX, headers=headers)


@bp.form("/values/import", "导入指标表", all_of("manager", "department"))
@takes_files(workbooks.SIZE_LIMIT)
def import_values() -> str | BaseResponse | tuple[str, int]:
    """Choose a workbook; every error at once, or on to what it would change."""
    if request.method == "GET":
        return render_template("values/import.html", problems=())
    file = request.files.get("file")
    try:
        with transaction():
            if file is None or not file.filename:
                raise WorkbookError([("", Message("values.choose_file_first"))])
            shown = workbook_in.preview(file.filename, file.read(), current_user.username, may_enter)
    except (WorkbookError, PeriodError) as error:
        problems = error.problems if isinstance(error, WorkbookError) else [("", str(error))]
        return render_template("values/import.html", problems=problems), 422
    return redirect(url_for("console.import_preview", import_id=shown.id))


@bp.page("/values/imports/<int:import_id>", "核对要导入的指标", all_of("manager", "department"))
def import_preview(import_id: int) -> str | BaseResponse:
    shown = _shown(import_id)
    rows = workbook_in.rows_of(shown)
    places = entry.places_of(shown.period or "", {(row.area, row.indicator) for row in rows})
    tables = [
        Table(kind, label, _columns(), [_row(places, row) for row in rows if row.kind == kind])
        for kind, label in kind_names().items()
    ]
    return requested_export(*tables) or render_template(
        "values/preview.html", shown=shown, kinds=kind_names(), tables={table.name: table for table in tables},
        conflicts=[(row.key, _row(places, row)) for row in rows if row.kind == workbook_in.CONFLICT],
        bare=sum(row.bare for row in rows),
        storable=sum(row.kind in (workbook_in.ADDED, workbook_in.CHANGED) for row in rows),
    )  # fmt: skip


@bp.action(
    "/values/imports/<int:import_id>", "确认导入指标", all_of("manager", "department")
)  # each indicator is asked for in the view
def confirm_import(import_id: int) -> BaseResponse:
    """Have stored what was shown, and the conflicts that were ticked."""
    shown, form = _shown(import_id), TakeForm()
    arguments: Arguments = {"import": shown.id, "take": "\n".join(sorted(form.take.data or ()))}
    return started(enqueue("values", arguments, current_user.username))


def may_enter(area: Area, departments: Department) -> bool:
    return may(current_user.grants, "console.save_value", area, departments)


def kind_names() -> dict[str, str]:
    """What a row of a workbook does."""
    return {
        "conflict": _("冲突"), "locked": _("不能导入"), "added": _("新增"), "changed": _("修改"), "unchanged": _("不变"),
    }  # fmt: skip


def _shown(import_id: int) -> Kept:
    """Only the person who was shown it goes on with it; administrators may look, to others it is not there."""
    shown = keeping.numbered(keeping.VALUES, import_id)
    mine = shown is not None and shown.by == current_user.username
    if shown is None or not (mine or _administers()):
        abort(404)
    return shown


def _administers() -> bool:
    return any(grant.role == ADMINISTRATOR for grant in current_user.grants)


def _columns() -> list[Column]:
    return [
        Column("where", _("位置")), Column("indicator", _("指标")), Column("metric", _("指标项")), Column("old", _("现值")),
        Column("new", _("表中的值")), Column("why", _("原因")),
    ]  # fmt: skip


def _row(places: Mapping[tuple[str, str], Place], row: Row) -> dict[str, object]:
    place = places.get((row.area, row.indicator)) or abort(404)
    metric = next((item for item in place.metrics if item.key == row.metric), None)

    def words(value: Any) -> str:
        return said(metric, value) if metric else str(value or "")

    return {
        "where": row.where, "indicator": f"{place.area.name} {row.indicator} {place.name}",
        "metric": metric.name if metric else _("说明"), "old": words(row.old), "new": words(row.new), "why": row.why,
    }  # fmt: skip
