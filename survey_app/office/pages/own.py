"""A person's own page: name, grants, password, second factor, language; and forms that met an ended session."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import EVERYONE
from survey_app.console.tables import Column, Table
from survey_app.ground import keeping
from survey_app.ground.language import LANGUAGE_COOKIE
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.models import User
from survey_app.office.pages.forms import OwnForm
from survey_app.people import accounts
from survey_app.people.sessions import end_other_sessions, end_session, sessions_of


@bp.page("/me", "自己的账号", EVERYONE)
def own_page() -> str:
    form = OwnForm(data={"full_name": current_user.full_name, "language": current_user.language or "zh"})
    return _page(form)


@bp.action("/me", "改自己的姓名和语言", EVERYONE)
def own_page_save() -> Response | tuple[str, int]:
    form = OwnForm()
    if not form.validate():
        return _page(form), 422
    with transaction():
        accounts.describe(current_user, form.full_name.data, form.language.data)
    flash(_("已保存"), "ok")
    response = redirect(url_for("console.own_page"))
    response.set_cookie(LANGUAGE_COOKIE, form.language.data, max_age=31536000, samesite="Lax")
    return response


@bp.action("/me/sessions/end", "退出自己的其他设备", EVERYONE)
def end_sessions() -> Response:
    with transaction():
        end_other_sessions(current_user)
    flash(_("其他设备都已退出"), "ok")
    return redirect(url_for("console.own_page"))


@bp.action("/me/sessions/<int:number>/end", "退出自己的一处登录", EVERYONE)
def end_one_session(number: int) -> Response:
    with transaction():
        found = end_session(current_user, number)
    if not found:
        abort(404)
    flash(_("已退出"), "ok")
    return redirect(url_for("console.own_page"))


@bp.page("/kept/<token>", "继续提交登录过期时的表单", EVERYONE)
def kept_form(token: str) -> str:
    """A form that met an ended session, ready to be sent again by the one who filled it in."""
    form = keeping.look(keeping.FORM, token, user_id=current_user.id) or abort(404)
    return render_template("console/resubmit.html", form=form, token=token)


def _page(form: OwnForm) -> str:
    return render_template(
        "office/own_page.html",
        form=form,
        grants=grants_table(current_user, _("我的权限")),
        idle=in_force().idle_minutes,
        hours=in_force().session_hours,
        sessions=sessions_of(current_user),
    )


def grants_table(user: User, caption: str) -> Table:
    """Role, area and department of every grant."""
    columns = [Column("role", _("角色")), Column("area", _("地区")), Column("department", _("部门"))]
    names = role_names()
    rows = [
        {
            "role": names.get(grant.role, grant.role),
            "area": grant.area.name if grant.area else _("全市"),
            "department": grant.department or _("不限"),
        }
        for grant in user.grants
    ]
    return Table("grants", caption, columns, rows)
