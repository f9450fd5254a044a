"""Accounts in the console: list, make, give and take grants, deactivate, reset password and second factor."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import ADMINISTER, READ, Menu
from survey_app.console.tables import Column, Table, requested_export
from survey_app.ground import keeping
from survey_app.ground.transaction import transaction
from survey_app.models import Grant, User, db
from survey_app.office import audit_trail
from survey_app.office.pages.forms import AccountForm, ActiveForm, ReasonedGrantForm, ReasonForm, SeveralForm
from survey_app.people import accounts, departments
from survey_app.people.accounts import AccountError, OtherDepartmentError
from survey_app.people.elsewhere.identities import identities_of, waiting

Answer = str | Response | tuple[str, int]


@bp.page("/accounts", "查看账号", READ, menu=Menu("账号管理", "office", 10, ("/console/accounts",)))
def accounts_page() -> Answer:
    table = _list()
    return requested_export(table) or render_template(
        "office/accounts.html", table=table, waiting=waiting(), demo=False
    )


@bp.page("/accounts/new", "新建账号", ADMINISTER)
def account_new() -> str:
    return render_template("office/account_new.html", form=AccountForm())


@bp.action("/accounts/new", "新建账号", ADMINISTER)
def account_create() -> Answer:
    form = AccountForm()
    if form.validate():
        given = (form.username.data, form.role.data, form.area.data, form.department.data, form.full_name.data)
        try:
            with transaction():
                password = accounts.create_account(*given)
                once = _kept(form.username.data.strip(), form.full_name.data, password)
        except AccountError as error:
            about = form.department if isinstance(error, OtherDepartmentError) else form.username
            about.errors = [str(error)]
        else:
            user = accounts.find(form.username.data)
            assert user is not None
            _say_idle(user)
            return redirect(url_for("console.account_page", user_id=user.id, once=once))
    return render_template("office/account_new.html", form=form), 422


@bp.page("/accounts/<int:user_id>", "查看一个账号", READ)
def account_page(user_id: int) -> str:
    user = _user(user_id)
    password = None
    if "once" in request.args:
        with transaction():
            password = keeping.take(keeping.PASSWORDS, request.args["once"], user_id=current_user.id)
    return _page(user, ReasonedGrantForm(formdata=None), password=password[0][2] if password else "")


@bp.action("/accounts/<int:user_id>/grants", "授予权限", ADMINISTER)
def grant_give(user_id: int) -> Answer:
    user, form = _user(user_id), ReasonedGrantForm()
    if form.validate():
        try:
            with transaction():
                grant = accounts.new_grant(form.role.data, form.area.data, form.department.data)
                accounts.add_grant(user, grant, form.reason.data.strip())
        except AccountError as error:
            about = form.department if isinstance(error, OtherDepartmentError) else form.role
            about.errors = [str(error)]
        else:
            flash(_("已授予权限"), "ok")
            _say_idle(user)
            return redirect(url_for("console.account_page", user_id=user_id))
    return _page(user, form), 422


@bp.action("/accounts/<int:user_id>/grants/<int:grant_id>/take", "收回权限", ADMINISTER)
def grant_take(user_id: int, grant_id: int) -> Response:
    user = _user(user_id)
    grant = db.session.get(Grant, grant_id)
    if grant is None or grant.user_id != user.id:
        abort(404)
    return _reasoned(user, lambda reason: accounts.remove_grant(user, grant, reason), _("已收回权限"))


@bp.action("/accounts/<int:user_id>/active", "停用或恢复账号", ADMINISTER)
def account_active(user_id: int) -> Response:
    user, form = _user(user_id), ActiveForm()
    active = form.active.data == "yes"
    if user.id == current_user.id and not active:
        flash(_("不能停用自己的账号"), "error")
        return redirect(url_for("console.account_page", user_id=user_id))
    done = _("账号已恢复使用") if active else _("账号已停用，已登录的设备随即退出")
    return _reasoned(user, lambda reason: accounts.set_active(user, active, reason), done, form)


@bp.action("/accounts/several", "停用或恢复多个账号", ADMINISTER)
def accounts_several() -> Response:
    """All of the ticked accounts or none; one's own is left as it is."""
    form = SeveralForm()
    active = form.active.data == "yes"
    ticked = db.session.scalars(
        select(User).where(User.id.in_(form.account.data or []), User.id != current_user.id)
    ).all()
    if not form.validate() or not ticked:
        for message in [said for field in form for said in field.errors] or [_("请先勾选别人的账号")]:
            flash(message, "error")
        return redirect(url_for("console.accounts_page"))
    try:
        with transaction():
            for user in ticked:
                accounts.set_active(user, active, form.reason.data.strip())
        flash(_("已恢复%(n)s个账号", n=len(ticked)) if active else _("已停用%(n)s个账号", n=len(ticked)), "ok")
    except AccountError as error:
        flash(str(error), "error")
    return redirect(url_for("console.accounts_page"))


@bp.action("/accounts/<int:user_id>/password", "重置密码", ADMINISTER)
def account_password(user_id: int) -> Response:
    user, form = _user(user_id), ReasonForm()
    if not form.validate():
        return _unreasoned(user, form)
    reason = form.reason.data.strip()
    with transaction():
        once = _kept(user.username or "", user.full_name, accounts.reset_password(user.username or "", reason))
    return redirect(url_for("console.account_page", user_id=user.id, once=once))


@bp.action("/accounts/<int:user_id>/second-factor", "重置第二重验证", ADMINISTER)
def account_factor(user_id: int) -> Response:
    user = _user(user_id)
    done = _("第二重验证已重置，请本人登录后重新设置")
    return _reasoned(user, lambda reason: accounts.reset_second_factor(user, reason), done)


def _reasoned(user: User, change: Callable[[str], None], done: str, form: ReasonForm | None = None) -> Response:
    """Make a change that asks for a reason, and go back to the account."""
    form = form or ReasonForm()
    if not form.validate():
        return _unreasoned(user, form)
    try:
        with transaction():
            change(form.reason.data.strip())
        flash(done, "ok")
    except AccountError as error:
        flash(str(error), "error")
    return redirect(url_for("console.account_page", user_id=user.id))


def _unreasoned(user: User, form: ReasonForm) -> Response:
    for message in (message for field in form for message in field.errors):
        flash(message, "error")
    return redirect(url_for("console.account_page", user_id=user.id))


def _kept(username: str, full_name: str, password: str) -> str:
    """Where the account's page finds the one-time password, to show it to this administrator and only once."""
    return keeping.keep(keeping.PASSWORDS, [[username, full_name, password]], user_id=current_user.id)


def _say_idle(user: User) -> None:
    for grant in filter(departments.is_idle, user.grants):
        flash(_("没有指标由“%(name)s”负责，这个账号现在看不到任何指标", name=grant.department), "warn")


def _page(user: User, form: ReasonedGrantForm, password: str = "") -> str:
    trail = audit_trail.page(audit_trail.Filter(subject=f"account:{user.username}")).entries
    return render_template(
        "office/account.html",
        user=user,
        form=form,
        password=password,
        roles=role_names(),
        identities=identities_of(user),
        trail=[entry for entry in trail if entry.subject == f"account:{user.username}"][:20],
        demo=False,
    )


def _user(user_id: int) -> User:
    return db.session.get(User, user_id) or abort(404)


def _list() -> Table:
    names = role_names()
    columns = [
        Column("username", _("用户名"), link="address"),
        Column("full_name", _("姓名")),
        Column("grants", _("权限")),
        Column("state", _("状态")),
        Column("factor", _("第二重验证")),
        Column("seen", _("最近登录"), "moment"),
        Column("made", _("建立时间"), "moment"),
    ]
    users = db.session.scalars(
        select(User).options(selectinload(User.grants).selectinload(Grant.area)).order_by(User.username)
    )
    rows = [
        {
            "username": user.username,
            "account": user.id if user.id != current_user.id else None,
            "address": url_for("console.account_page", user_id=user.id),
            "full_name": user.full_name,
            "grants": "；".join(_in_words(grant, names) for grant in user.grants),
            "state": _state(user),
            "factor": _("已设置") if user.tf_primary_method else "",
            "seen": user.last_sign_in_at,
            "made": user.created_at,
        }
        for user in users
    ]
    return Table("accounts", _("账号管理"), columns, rows, "account")


def _state(user: User) -> str:
    if not user.active:
        return str(_("已停用"))
    if not user.password:
        return str(_("只用统一登录"))
    return str(_("未改一次性密码") if user.must_change_password else _("可登录"))


def _in_words(grant: Grant, names: dict[str, str]) -> str:
    place = grant.area.name if grant.area else ""
    return " · ".join(filter(None, (names.get(grant.role, grant.role), place, grant.department)))
