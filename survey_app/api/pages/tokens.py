"""Keys of the API in the console: listed with their last use, made, revoked."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from survey_app.answering.addresses import shown_base
from survey_app.api.tokens import KINDS, LONGEST_LABEL, TOKEN_ROLES, ApiTokenError, make_token, revoke, tokens
from survey_app.console.forms import AnyWhole, DepartmentChoice, Form
from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import ADMINISTER, READ, Menu
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import doer
from survey_app.ground.transaction import transaction
from survey_app.models import ApiToken, Area, Survey, db
from survey_app.models.base import now
from survey_app.people.accounts import AccountError


class TokenForm(Form):
    """For which program, in which role, and how long."""

    label = StringField(
        lazy_gettext("给哪个程序"), [Length(max=LONGEST_LABEL)], description=lazy_gettext("如 市数据平台")
    )
    kind = SelectField(lazy_gettext("种类"))
    role = SelectField(lazy_gettext("角色"), description=lazy_gettext("只能看到和做到这个角色在控制台里的事"))
    area = SelectField(lazy_gettext("地区"))
    department = DepartmentChoice(
        lazy_gettext("部门"),
        description=lazy_gettext("角色为“部门”时必选；其他角色不选即不限部门。"),
        blank=lazy_gettext("不限"),
    )
    survey = SelectField(lazy_gettext("调查"), description=lazy_gettext("采集方的密钥必选"))
    daily = AnyWhole(lazy_gettext("每天最多几份"), [Optional()], description=lazy_gettext("采集方的密钥必填"))
    days = AnyWhole(lazy_gettext("有效天数"), [Optional()], default=180, description=lazy_gettext("最长366天"))

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        names, places = role_names(), db.session.scalars(select(Area).where(Area.kind != "city").order_by(Area.code))
        surveys = db.session.scalars(select(Survey).where(Survey.state != "archived").order_by(Survey.id.desc()))
        self.survey.choices = [SelectChoice("", "–"), *(SelectChoice(one.code, one.title) for one in surveys)]
        self.kind.choices = [SelectChoice(kind, kind_names()[kind]) for kind in KINDS]
        self.role.choices = [SelectChoice(role, names[role]) for role in TOKEN_ROLES]
        self.area.choices = [SelectChoice("", _("全市")), *(SelectChoice(place.name) for place in places)]


class RevokeForm(Form):
    """Why a key is revoked."""

    reason = StringField(lazy_gettext("理由"), [Length(max=500)])


@bp.page("/tokens", "查看接口密钥", READ, menu=Menu("接口密钥", "office", 15, ("/console/tokens",)))
def tokens_page() -> str | BaseResponse:
    """Every key with its role, its end and its last use."""
    found = tokens()
    table = _table(found)
    return requested_export(table) or render_template(
        "api/tokens.html", table=table, alive=[token for token in found if _alive(token)], form=RevokeForm(), demo=False
    )


@bp.form("/tokens/new", "开出接口密钥", ADMINISTER)
def make_api_token() -> str | tuple[str, int]:
    """The key is told once, on the answer to this form."""
    form, token = TokenForm(), ""
    if form.validate_on_submit():
        given = (form.label.data or "", form.kind.data, form.role.data, form.area.data, form.department.data or "")
        try:
            with transaction():
                survey = db.session.scalar(select(Survey).where(Survey.code == form.survey.data))
                token = make_token(*given, form.days.data, current_user.username, survey, form.daily.data)[1]
        except AccountError as error:
            form.refuse(error, "department")
        except ApiTokenError as error:
            form.refuse(error, "days" if form.label.data else "label")
    base = shown_base(False) or "https://…"
    page = render_template("api/token.html", form=form, token=token, base=base, demo=False)
    return (page, 422) if form.is_submitted() and not token else page


@bp.action("/tokens/<int:number>/revoke", "收回接口密钥", ADMINISTER)
def revoke_api_token(number: int) -> BaseResponse:
    token, form = db.session.get(ApiToken, number) or abort(404), RevokeForm()
    with transaction():
        revoke(token, (form.reason.data or "").strip())
    flash(_("密钥已收回，立即失效"), "ok")
    return redirect(url_for("console.tokens_page"))


def kind_names() -> dict[str, str]:
    """What a key of each kind is for."""
    return {"read": _("只读"), "write": _("读，并填报指标数值、送来12345工单和答复"), "submit": _("采集方：只送应答")}


def _alive(token: ApiToken) -> bool:
    return token.revoked_at is None and token.ends_at > now()


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return str(_("已收回"))
    return str(_("有效") if _alive(token) else _("已到期"))


def _table(found: list[ApiToken]) -> Table:
    names, kinds = role_names(), kind_names()
    columns = [
        Column("label", _("给哪个程序")), Column("kind", _("种类")), Column("grant", _("权限")), Column("collects", _("送应答")), Column("state", _("状态")),
        Column("used", _("最近使用"), "moment"), Column("ends", _("到期"), "moment"), Column("by", _("开出")),
        Column("made", _("时间"), "moment"),
    ]  # fmt: skip
    rows = [
        {
            "label": token.label, "kind": kinds.get(token.kind, token.kind), "state": _state(token),
            "grant": " · ".join(filter(None, (names[token.role], token.area.name if token.area else "", token.department))),
            "collects": f"{token.survey.code} · {token.daily}" if token.survey else "", "used": token.last_used_at, "ends": token.ends_at, "by": doer(token.by), "made": token.at,
        }
        for token in found
    ]  # fmt: skip
    return Table(
        "tokens", _("接口密钥"), columns, rows, empty=_("还没有密钥。要让别的系统读取或写入数据，在本页新建一个。")
    )
