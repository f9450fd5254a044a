"""The list of departments: who has an account, who an address, and who can be reached by neither."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import delete, select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length

from survey_app.console.forms import Form
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.ground import audit
from survey_app.ground.sealing import seal, unseal
from survey_app.ground.transaction import transaction
from survey_app.models import Area, DepartmentAddress, Grant, User, db
from survey_app.outbox.pages.forms import LANGUAGES, mail_address
from survey_app.outbox.receivers import address_of
from survey_app.tickets.routing import departments
from survey_app.values.worklist import rated_places


class DepartmentForm(Form):
    """The address of one department; empty takes it off the list."""

    area = HiddenField()
    department = HiddenField()
    address = StringField("", [Length(max=254), mail_address])
    language = SelectField("", choices=LANGUAGES, default="zh")


@bp.page("/departments", "查看部门通讯录", own("manager"))
def department_addresses() -> str:
    return _page(None)


@bp.action("/departments", "修改部门通讯录", own("manager"))
def keep_department_address() -> BaseResponse | tuple[str, int]:
    form = DepartmentForm()
    area = db.session.scalar(select(Area).where(Area.code == (form.area.data or ""))) or abort(404)
    department = form.department.data or ""
    if department not in departments([area])[area.id]:
        abort(404)
    if not form.validate():
        return _page(form), 422
    address, language = (form.address.data or "").strip(), form.language.data
    with transaction():
        found = address_of(area, department)
        if not address:
            db.session.execute(delete(DepartmentAddress).where(DepartmentAddress.id == (found.id if found else 0)))
        elif found:
            found.sealed, found.language, found.changed_by = seal(address), language, current_user.username
        else:
            db.session.add(
                DepartmentAddress(
                    area_id=area.id,
                    department=department,
                    sealed=seal(address),
                    language=language,
                    changed_by=current_user.username,
                )
            )
        audit.record(
            "department.address",
            f"area:{area.code}",
            after={"department": department, "contact": bool(address), "language": language},
        )
    flash(_("已保存"), "ok")
    return redirect(url_for("console.department_addresses"))


def _page(form: DepartmentForm | None) -> str:
    places = rated_places()
    named = departments(places)
    stored = {
        (row.area_id, row.department): (unseal(row.sealed), row.language)
        for row in db.session.scalars(select(DepartmentAddress))
    }
    query = select(Grant).join(User).where(Grant.role == "department", User.active)
    grants = db.session.scalars(query).all()
    lines = [
        (area, name, any(grant.department == name and grant.area_id in (None, area.id) for grant in grants),
         *stored.get((area.id, name), ("", "zh")))
        for area in places
        for name in named[area.id]
    ]  # fmt: skip
    return render_template("outbox/departments.html", lines=lines, form=form, languages=LANGUAGES, demo=False)
