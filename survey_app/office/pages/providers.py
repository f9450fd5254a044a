"""Sign-in from elsewhere in the console: providers, the table of what their claims grant, and who waits."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from survey_app.console.forms import Form, Pressed, unsent, with_fields
from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import ADMINISTER, READ, Menu
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.ground.transaction import transaction
from survey_app.models import ClaimGrant, Identity, IdentityProvider, db
from survey_app.office.pages.forms import GrantForm
from survey_app.people.accounts import AccountError
from survey_app.people.elsewhere import identities, providers
from survey_app.people.elsewhere.frame import ProviderError
from survey_app.people.elsewhere.providers import KINDS, MAPPED, NEEDS, WAIT, Need, ProviderKeepError
from survey_app.people.elsewhere.sign_in import address_to_come_back_to
from survey_app.people.elsewhere.sign_out import address_after

Answer = str | Response | tuple[str, int]
NEEDED = lazy_gettext("请填写")


class ProviderForm(Form):
    """What every kind has; `_form` adds what one needs."""

    name = StringField(
        lazy_gettext("按钮上的名称"),
        [DataRequired(NEEDED), Length(max=40)],
        description=lazy_gettext("如：市政务统一认证"),
    )
    first = SelectField(lazy_gettext("第一次登录的人"))
    active = BooleanField(lazy_gettext("启用"), default=True)


class RuleForm(GrantForm):
    """One line of the table."""

    claim = StringField(
        lazy_gettext("声明"),
        [DataRequired(NEEDED), Length(max=120)],
        description=lazy_gettext("如 groups；在别的声明里面的写成 realm_access.roles"),
    )
    value = StringField(
        lazy_gettext("值"), [DataRequired(NEEDED), Length(max=200)], description=lazy_gettext("完全相同才算")
    )


class WaitingForm(Form):
    """What becomes of a person who waits."""

    name = StringField(lazy_gettext("用户名"), [Length(max=80)])
    do = Pressed(("approve", "join", "turn_away"))


@bp.page(
    "/sign-in-providers", "查看统一登录", READ, menu=Menu("统一登录", "office", 11, ("/console/sign-in-providers",))
)
def providers_page() -> str:
    return render_template("office/providers.html", providers=providers.providers(), kinds=kind_names(), demo=False)


@bp.form("/sign-in-providers/new/<kind>", "新建统一登录", ADMINISTER)
def provider_new(kind: str) -> Answer:
    if kind not in KINDS:
        abort(404)
    return _page(IdentityProvider(kind=kind, settings={}))


@bp.form("/sign-in-providers/<int:number>", "修改统一登录", ADMINISTER)
def provider_page(number: int) -> Answer:
    return _page(_provider(number))


@bp.action("/sign-in-providers/<int:number>/check", "检查统一登录", ADMINISTER)
def provider_check(number: int) -> Response:
    """Begin a sign-in as everybody would, as far as the server's own part goes."""
    provider = _provider(number)
    kind, told = provider.kind, providers.known(provider)
    db.session.rollback()
    KINDS[kind].forget(told)
    try:
        KINDS[kind].begin(told, address_to_come_back_to(), "check")
        flash(_("可以开始登录了。请另开一个浏览器试登一次"), "ok")
    except ProviderError as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("console.provider_page", number=number))


@bp.action("/sign-in-providers/<int:number>/remove", "删除统一登录", ADMINISTER)
def provider_remove(number: int) -> Response:
    provider = _provider(number)
    with transaction():
        providers.remove_provider(provider)
    flash(_("已删除，它授予的权限已收回；账号还在"), "ok")
    return redirect(url_for("console.providers_page"))


@bp.action("/sign-in-providers/<int:number>/rules", "增加统一登录的授权", ADMINISTER)
def provider_rule_add(number: int) -> Answer:
    provider, form = _provider(number), RuleForm()
    if form.validate():
        given = (form.claim.data, form.value.data, form.role.data, form.area.data, form.department.data)
        with form.storing(AccountError, "role"):
            providers.add_rule(provider, *given)
        if not form.errors:
            flash(_("已增加，各人下次登录时生效"), "ok")
            return redirect(url_for("console.provider_page", number=number))
    return _shown(provider, _form(provider, sent=False), form), 422


@bp.action("/sign-in-providers/rules/<int:number>/remove", "删除统一登录的授权", ADMINISTER)
def provider_rule_remove(number: int) -> Response:
    rule = db.session.get(ClaimGrant, number) or abort(404)
    provider = rule.provider_id
    with transaction():
        providers.remove_rule(rule)
    flash(_("已删除，各人下次登录时收回"), "ok")
    return redirect(url_for("console.provider_page", number=provider))


@bp.action("/accounts/waiting/<int:number>", "批准统一登录的人", ADMINISTER)
def identity_decide(number: int) -> Response:
    identity, form = db.session.get(Identity, number) or abort(404), WaitingForm()
    name, by = form.name.data or "", current_user.username
    done = {"approve": _("已批准，本人再登录一次即可"), "join": _("已并入这个账号"), "turn_away": _("已拒绝")}
    try:
        if not form.validate():
            abort(400)
        with transaction():
            if form.do.data == "approve":
                identities.approve(identity, name, by)
            elif form.do.data == "join":
                identities.join(identity, name, by)
            else:
                identities.turn_away(identity)
        flash(done[form.do.data], "ok")
    except AccountError as error:
        flash(str(error), "error")
    return redirect(url_for("console.accounts_page"))


def kind_names() -> dict[str, str]:
    return {"oidc": "OpenID Connect", "wecom": _("企业微信"), "dingtalk": _("钉钉")}


def _names() -> dict[str, tuple[str, str]]:
    """Label and help of what a provider must know."""
    return {
        "issuer": (_("签发者网址"), _("与 /.well-known/openid-configuration 里的 issuer 完全相同")),
        "client_id": (_("客户端编号"), ""),
        "client_secret": (_("客户端密钥"), _("加密保存，不再显示；留空即不改")),
        "secret": (_("应用密钥"), _("加密保存，不再显示；留空即不改")),
        "scope": (_("请求的范围"), ""),
        "name_claim": (_("用户名取自"), _("第一次登录时，用这个声明给账号起名")),
        "factor": (
            _("第二重验证的说法"),
            _("登录凭据的amr或acr里有其中之一，就不再要本系统的第二重验证。空格分开；留空即总要"),
        ),
        "corp_id": (_("企业编号"), "CorpID"),
        "agent_id": (_("应用编号"), "AgentID"),
        "sign_in": (_("登录页网址"), _("私有部署才需要改")),
        "api": (_("接口网址"), _("私有部署才需要改")),
    }


def _form(provider: IdentityProvider, sent: bool = True) -> ProviderForm:
    names = _names()

    def box(need: Need) -> Field:
        label, told = names[need.name]
        if need.secret:
            return PasswordField(label, [Length(max=400)], description=told, render_kw={"autocomplete": "new-password"})
        return StringField(label, [Length(max=200)], description=told, default=need.first)

    base = with_fields(ProviderForm, {need.name: box(need) for need in NEEDS[provider.kind]})
    own = {"name": provider.name, "active": provider.active, **provider.settings} if provider.id else {}
    form = base(data=own) if sent else base(formdata=None, data=own)
    ways = {WAIT: _("等系统管理员批准"), MAPPED: _("按下面的表直接授权；表里没有的仍等批准")}
    form.first.choices = [SelectChoice(way, label) for way, label in ways.items()]
    return form


def _page(provider: IdentityProvider) -> Answer:
    form = _form(provider)
    if not form.validate_on_submit():
        page = _shown(provider, form)
        return (page, 422) if form.is_submitted() else page
    given = {name: str(value or "") for name, value in form.data.items() if name != "active"}
    with form.storing(ProviderKeepError):
        providers.keep_provider(provider, given, bool(form.active.data), current_user.username)
    if form.errors:
        return _shown(provider, form), 422
    flash(_("已保存"), "ok")
    return redirect(url_for("console.provider_page", number=provider.id))


def _shown(provider: IdentityProvider, form: ProviderForm, rule: RuleForm | None = None) -> str:
    rule = rule or unsent(RuleForm)
    rule.role.choices = [choice for choice in rule.role.choices if choice.value != ADMINISTRATOR]
    return render_template(
        "office/provider.html",
        provider=provider,
        form=form,
        needs=NEEDS[provider.kind],
        kinds=kind_names(),
        rule=rule,
        roles=role_names(),
        back=address_to_come_back_to(),
        after=address_after(),
        demo=False,
    )


def _provider(number: int) -> IdentityProvider:
    return db.session.get(IdentityProvider, number) or abort(404)
