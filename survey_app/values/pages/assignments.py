"""Each county's own lead and supporting departments, edited in a grid or by workbook; the city's are the document's."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring import Rulebook, load_rulebook
from survey_app.console.frame import bp, owner_of_area
from survey_app.console.permissions import Menu, all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import doer
from survey_app.documents.spreadsheets import XLSX
from survey_app.files import workbooks
from survey_app.files.workbooks import WorkbookError
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, Kept, db
from survey_app.people import departments
from survey_app.values import assignment_workbook, assignments, worklist
from survey_app.values.assignments import AssignmentError, Choice, responsible, responsible_each, suggestions
from survey_app.values.pages.forms import TakeForm, assignments_form, problems_of
from survey_app.values.pages.workbooks import kind_names
from survey_app.values.periods import current_period
from wording import Message


@bp.page(
    "/assignments",
    "查看牵头部门",
    all_of("manager", "evaluator", "scorer", "auditor"),
    menu=Menu("牵头部门", "score", 20, ("/console/assignments",)),
)
def assignments_list() -> str | BaseResponse:
    """The areas of the person, and how much of each has its department."""
    period = current_period()
    columns = [
        Column("area", _("地区"), link="address"),
        Column("assigned", _("已指定"), "number"),
        Column("open", _("未指定"), "number"),
        Column("shared", _("共同负责"), "number"),
        Column("coordinators", _("统筹人员")),
    ]
    rows = []
    areas = [one for one in worklist.rated_places() if may(current_user.grants, "console.assignments_page", one)]
    answering = responsible_each([(area, period.rulebook_of(area)) for area in areas])
    coordinators = assignments.coordinators_each(areas)
    for area in areas:
        book, who = load_rulebook(period.rulebook_of(area)), answering[area.id]
        asked = [who[str(item.number)] for item in book.indicators if item.metrics]
        rows.append(
            {
                "area": area.name,
                "assigned": sum(bool(item.leads) for item in asked),
                "open": sum(not item.assigned for item in asked),
                "shared": sum(item.shared for item in asked),
                "coordinators": "、".join(map(doer, coordinators[area.id])) or _("还没有账号"),
                "address": url_for("console.assignments_page", area=area.code),
            }
        )
    table = Table(
        "areas",
        _("各地区的牵头部门"),
        columns,
        rows,
        empty=_("还没有要评的地区。先添加城市和县(市、区)，并选定评价方案。"),
    )
    return requested_export(table) or render_template("values/assignments_list.html", table=table)


@bp.page("/assignments/<area>", "查看牵头部门", own("manager", "evaluator", "scorer", "auditor"), of=owner_of_area)
def assignments_page(area: str) -> str | BaseResponse:
    return _page(*_place(area))


@bp.action("/assignments/<area>", "确定牵头部门", own("manager"), of=owner_of_area)
def save_assignments(area: str) -> BaseResponse | tuple[str | BaseResponse, int]:
    """All rows of the grid at once; with an error nothing is stored and the grid comes back as it was sent."""
    place, book = _place(area)
    form, listed = assignments_form(_keys(book))(), _names(book)
    choices = [
        Choice(
            key,
            tuple(dict.fromkeys(filter(None, form[f"leads:{key}"].data or ()))),
            tuple(dict.fromkeys(filter(None, form[f"supporting:{key}"].data or ()))),
            form[f"shared:{key}"].data,
            form[f"version:{key}"].data,
        )
        for key in form.sent(_keys(book))
    ]
    try:
        with transaction():
            if not form.validate_on_submit():
                raise AssignmentError("\n".join(message for _key, message in problems_of(form)))
            unknown = {name for one in choices for name in (*one.leads, *one.supporting) if name not in listed}
            if unknown:
                raise AssignmentError([Message("people.no_such_department", department=one) for one in sorted(unknown)])
            changed = assignments.assign(place, book.id, choices)
    except AssignmentError as error:
        return _page(place, book, str(error).splitlines(), {choice.indicator: choice for choice in choices}), 422
    flash(_("已保存%(changed)s项。", changed=changed), "ok")
    return redirect(url_for("console.assignments_page", area=area))


@bp.page(
    "/assignments/<area>/workbook.xlsx",
    "下载分工表",
    own("manager", "evaluator", "scorer", "auditor"),
    of=owner_of_area,
)
def assignments_workbook(area: str) -> Response:
    place, book = _place(area)
    if book.level != "county":
        abort(404)
    headers = {"Content-Disposition": f"attachment; filename=assignments-{place.code}.xlsx"}
    return Response(assignment_workbook.assignment_workbook(place, book.id), content_type=XLSX, headers=headers)


@bp.action("/assignments/<area>/import", "导入分工表", own("manager"), of=owner_of_area)
@takes_files(workbooks.SIZE_LIMIT)
def import_assignments(area: str) -> BaseResponse | tuple[str | BaseResponse, int]:
    place, book = _place(area)
    file = request.files.get("file")
    try:
        with transaction():
            if file is None or not file.filename:
                raise WorkbookError([("", Message("values.choose_file_first"))])
            shown = assignment_workbook.preview(file.filename, file.read(), place, book.id, current_user.username)
    except WorkbookError as error:
        return _page(place, book, str(error).splitlines()), 422
    return redirect(url_for("console.assignments_preview", area=area, import_id=shown.id))


@bp.page("/assignments/<area>/imports/<int:import_id>", "核对分工表", own("manager"), of=owner_of_area)
def assignments_preview(area: str, import_id: int) -> str | BaseResponse:
    place, _book = _place(area)
    shown = _shown(import_id, place)
    rows = [
        {
            "where": row.where, "name": f"{row.indicator} {row.name}", "old": row.old, "kind": kind_names()[row.kind],
            "new": assignment_workbook.said("、".join(row.leads), "、".join(row.supporting), "是" if row.shared else "否"),
            "key": row.indicator, "conflict": row.kind == "conflict", "changes": row.kind in ("added", "changed"),
        }
        for row in assignment_workbook.rows_of(shown)
    ]  # fmt: skip
    columns = [
        Column("where", _("位置")),
        Column("name", _("三级指标")),
        Column("kind", _("结果")),
        Column("old", _("现在")),
        Column("new", _("表中")),
    ]
    table = Table("preview", _("导入预览"), columns, rows)
    return requested_export(table) or render_template(
        "values/assignments_preview.html", area=place, table=table, shown=shown, rows=rows
    )


@bp.action("/assignments/<area>/imports/<int:import_id>", "确认分工表", own("manager"), of=owner_of_area)
def confirm_assignments(area: str, import_id: int) -> BaseResponse:
    place, book = _place(area)
    try:
        with transaction():
            changed = assignment_workbook.confirm(
                _shown(import_id, place), place, book.id, current_user.username, set(TakeForm().take.data or ())
            )
        flash(_("已保存%(changed)s项。", changed=changed), "ok")
    except WorkbookError as error:
        flash(str(error), "error")
    return redirect(url_for("console.assignments_page", area=area))


def _page(
    place: Area, book: Rulebook, wrong: list[str] | None = None, typed: Mapping[str, Choice] | None = None
) -> str | BaseResponse:
    who = responsible(place, book.id)
    offered = suggestions(book.id) if book.level == "county" else {}
    lines = [
        {
            "key": key,
            "name": name,
            "who": (typed or {}).get(key, who[key]),
            "offered": "、".join(offered.get(key, ())),
            "version": (typed or {})[key].version if typed and key in typed else who[key].version,
        }
        for key, name in _keys(book).items()
    ]
    columns = [
        Column("number", _("序号"), "number"),
        Column("name", _("三级指标")),
        Column("leads", _("牵头部门")),
        Column("supporting", _("配合部门")),
        Column("shared", _("共同负责")),
    ]
    rows = [
        {
            "number": int(key),
            "name": name,
            "leads": "、".join(who[key].leads),
            "shared": _("是") if who[key].shared else "",
            "supporting": "、".join(who[key].supporting),
        }
        for key, name in _keys(book).items()
    ]
    table = Table("assignments", _("牵头部门"), columns, rows)
    return requested_export(table) or render_template(
        "values/assignments.html", area=place, lines=lines, wrong=wrong or (), table=table, county=book.level == "county",
        can=book.level == "county" and may(current_user.grants, "console.save_assignments", place),
        names=_names(book) if book.level == "county" else (),
        missing=sum(not who[key].assigned for key in _keys(book)), coordinators=assignments.coordinators(place),
        areas=[other for other in worklist.rated_places() if may(current_user.grants, "console.assignments_page", other)],
        demo=place.demo,
    )  # fmt: skip


def _place(code: str) -> tuple[Area, Rulebook]:
    place = db.session.scalar(select(Area).where(Area.code == code))
    book = current_period().rulebook_of(place) if place is not None else ""
    if place is None or not book:
        abort(404)
    return place, load_rulebook(book)


def _keys(book: Rulebook) -> dict[str, str]:
    """Indicator -> name, of everything that has values to enter."""
    return {str(item.number): item.name for item in book.indicators if item.metrics}


def _names(book: Rulebook) -> list[str]:
    """The departments to choose from: those there are, and those of the city's indicators of the same name."""
    return sorted({*departments.offered(), *(name for names in suggestions(book.id).values() for name in names)})


def _shown(import_id: int, place: Area) -> Kept:
    return assignment_workbook.import_of(import_id, place) or abort(404)
