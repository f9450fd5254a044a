"""Who is told of what: the office's rules by role, the hours, and each person's own choices and address."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import Length

from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import EVERYONE, own
from survey_app.ground import audit
from survey_app.ground.sealing import seal, unseal
from survey_app.ground.transaction import transaction
from survey_app.models import NoticeAddress, NoticeHours, db
from survey_app.outbox.channels import MAIL, in_use
from survey_app.outbox.hours import hours
from survey_app.outbox.pages.forms import HoursForm, choice_form, mail_address
from survey_app.outbox.pages.words import event_names, way_names
from survey_app.outbox.receivers import choices_of, choose, of_roles


@bp.form("/notices", "规定通知规则", own("manager"))
def notice_rules() -> str | tuple[str, int] | BaseResponse:
    """Role by event; a person's own choice stands before it."""
    now_set, stored, names, roles = of_roles(), hours(), event_names(), role_names()
    labels = {f"{event}-{role}": f"{names[event]} · {roles[role]}" for event, role in now_set}
    form = choice_form(labels, {f"{event}-{role}": way for (event, role), way in now_set.items()})
    times = HoursForm(obj=stored)
    if form.validate_on_submit() and times.validate():
        changed = {pair: form[f"{pair[0]}-{pair[1]}"].data for pair in now_set}
        changed = {pair: way for pair, way in changed.items() if way != now_set[pair]}
        told = {name: times[name].data for name in ("quiet_from", "quiet_until", "digest_at")}
        before = {name: getattr(stored, name) for name in told}
        with transaction():
            for (event, role), way in changed.items():
                choose(event, way, role=role)
            if told != before:
                db.session.merge(NoticeHours(id=1, **told))
            if changed or told != before:
                after = {**{f"{event} {role}": way for (event, role), way in changed.items()}, **told}
                audit.record("notices.rules", "notices", before, after)
        flash(_("已保存"), "ok")
        return redirect(url_for("console.notice_rules"))
    lines: dict[str, list[str]] = {}
    for event, role in now_set:
        lines.setdefault(event, []).append(role)
    page = render_template(
        "outbox/rules.html", form=form, times=times, lines=lines, names=names, roles=roles, demo=False
    )
    return (page, 422) if form.is_submitted() else page


@bp.form("/me/notices", "选择自己的通知", EVERYONE)
def own_notices() -> str | tuple[str, int] | BaseResponse:
    """Where, and of what; nobody else sees the address."""
    stored = db.session.get(NoticeAddress, current_user.id)
    chosen, names = choices_of(current_user), event_names()
    address = StringField(
        _("我的电子邮箱"), [Length(max=254), mail_address], default=unseal(stored.sealed) if stored else "",
        description=_("加密保存。不填就收不到通知。"), render_kw={"type": "email", "autocomplete": "email"},
    )  # fmt: skip
    form = choice_form({name: names[name] for name in chosen}, dict(chosen), address=address)
    if form.validate_on_submit():
        with transaction():
            _keep(stored, (form["address"].data or "").strip())
            for name in chosen:
                if form[name].data != chosen[name]:
                    choose(name, form[name].data, user_id=current_user.id)
        flash(_("已保存"), "ok")
        return redirect(url_for("console.own_notices"))
    page = render_template(
        "outbox/own.html", form=form, events=list(chosen), mail=in_use(MAIL) is not None, ways=way_names(), demo=False
    )
    return (page, 422) if form.is_submitted() else page


def _keep(stored: NoticeAddress | None, address: str) -> None:
    if stored is not None and not address:
        db.session.delete(stored)
    elif stored is not None:
        stored.sealed = seal(address)
    elif address:
        db.session.add(NoticeAddress(user_id=current_user.id, sealed=seal(address)))
