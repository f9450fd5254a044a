"""The departments there are: what names each, one more, another name everywhere at once."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from survey_app.console.forms import DepartmentChoice, Form, Pressed, unsent
from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.people import department_edits, departments
from survey_app.people.departments import DepartmentError


class AddForm(Form):
    """One more."""

    name = StringField(lazy_gettext("部门名称"), [Length(max=80)])
    different = BooleanField(lazy_gettext("与名称相近的不是同一个部门"))


class RenameForm(Form):
    """Another name, or off the list."""

    department = DepartmentChoice(lazy_gettext("部门"))
    new = StringField(lazy_gettext("新名称"), [Length(max=80)])
    reason = StringField(lazy_gettext("理由"), [Length(max=500)])
    do = Pressed(("rename", "remove"))


@bp.page(
    "/departments/names",
    "查看部门",
    own("manager", "auditor"),
    menu=Menu("部门", "office", 12, ("/console/departments/names",)),
)
def departments_page() -> str | BaseResponse:
    return _page(unsent(AddForm), unsent(RenameForm))


@bp.action("/departments/names", "新增部门", own("manager"))
def department_add() -> str | BaseResponse | tuple[str | BaseResponse, int]:
    form = AddForm()
    return _taken(
        form, "name", lambda: department_edits.add(form.name.data or "", different=bool(form.different.data)), _("已新增"),
        lambda: _page(form, unsent(RenameForm)),
    )  # fmt: skip


@bp.action("/departments/names/change", "部门改名或删除", own("manager"))
def department_change() -> str | BaseResponse | tuple[str | BaseResponse, int]:
    form = RenameForm()

    def change() -> None:
        if form.do.data == "remove":
            department_edits.remove(form.department.data)
        else:
            department_edits.rename(form.department.data, form.new.data or "", form.reason.data or "")

    return _taken(form, "new", change, _("已更改"), lambda: _page(unsent(AddForm), form))


def _taken(
    form: Form, field: str, change: Callable[[], None], done: str, again: Callable[[], str | BaseResponse]
) -> str | BaseResponse | tuple[str | BaseResponse, int]:
    if form.validate():
        with form.storing(DepartmentError, field):
            change()
        if not form.errors:
            flash(done, "ok")
            return redirect(url_for("console.departments_page"))
    return again(), 422


def _page(add: AddForm, rename: RenameForm) -> str | BaseResponse:
    documents, added = set(departments.answering(None)), set(departments.added())
    columns = [
        Column("name", _("部门")), Column("of", _("来自")), Column("grants", _("账号"), "number"),
        Column("assignments", _("县级分工"), "number"), Column("rectification", _("整改事项"), "number"),
        Column("tickets", _("工单"), "number"),
    ]  # fmt: skip
    rows = [
        {
            "name": name,
            "of": _("评价方案") if name in documents else _("本单位新增") if name in added else _("分工和账号"),
            **counted,
        }
        for name, counted in sorted(department_edits.used().items())
    ]
    table = Table("departments", _("部门"), columns, rows)
    return requested_export(table) or render_template(
        "office/departments.html", table=table, add=add, rename=rename, demo=False
    )
