"""The ways out: made, changed, tested and removed here. A test goes the way of every message."""

from __future__ import annotations

import secrets

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.addresses import shown_base
from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.permissions import ADMINISTER, READ
from survey_app.ground import audit
from survey_app.ground.language import language
from survey_app.ground.reach import tidied
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import enqueue
from survey_app.models import Channel, db
from survey_app.outbox import channels
from survey_app.outbox.channels import MAIL, NEEDS, SMS, WEBHOOK, WITHOUT_ADDRESS, ChannelError
from survey_app.outbox.pages.forms import AddressForm, ChannelForm, form_of, mail_address, mobile_number
from survey_app.outbox.pages.words import kind_names
from survey_app.outbox.writing import put


@bp.page("/channels", "查看发送渠道", READ)
def channels_page() -> str:
    return render_template("outbox/channels.html", channels=channels.channels(), kinds=kind_names(), demo=False)


@bp.form("/channels/new/<kind>", "新建发送渠道", ADMINISTER)
def channel_new(kind: str) -> str | tuple[str, int] | BaseResponse:
    if kind not in NEEDS:
        abort(404)
    return _page(Channel(kind=kind, settings={}, events=[], active=True))


@bp.form("/channels/<int:number>", "修改发送渠道", ADMINISTER)
def channel_page(number: int) -> str | tuple[str, int] | BaseResponse:
    return _page(db.session.get(Channel, number) or abort(404))


@bp.action("/channels/<int:number>/test", "发送测试消息", ADMINISTER)
def test_channel(number: int) -> BaseResponse | tuple[str, int]:
    """One message in the outbox, sent by the worker like any other; its page says what came of it."""
    channel = db.session.get(Channel, number) or abort(404)
    form = AddressForm()
    if channel.kind not in WITHOUT_ADDRESS:
        form.to.validators = [*form.to.validators, mail_address if channel.kind == MAIL else mobile_number]
        if not (form.to.data or "").strip():
            form.refuse(_("请填写"), "to")
    if form.errors or not form.validate():
        return _shown(channel, _filled(channel), form), 422
    once = secrets.token_hex(8)
    with transaction():
        audit.record("channel.test", f"channel:{channel.id}")
        put(
            channel, "test", f"channel:{channel.id}", {"by": current_user.username}, receiver=current_user.username,
            to="" if channel.kind in WITHOUT_ADDRESS else tidied(form.to.data), language=language(), once=once,
            at_once=True,
        )  # fmt: skip
    enqueue("outbox", {}, current_user.username)
    flash(_("测试消息已放进发件箱，几秒后看结果。"), "ok")
    return redirect(url_for("console.outbox_page", channel=channel.id, event="test"))


@bp.action("/channels/<int:number>/secret", "更换渠道的密钥", ADMINISTER)
def renew_channel_secret(number: int) -> str:
    """Told once, on the answer to this form."""
    channel = db.session.get(Channel, number) or abort(404)
    if channel.kind not in (WEBHOOK, SMS):
        abort(404)
    with transaction():
        made = channels.renew_secret(channel)
    return _shown(channel, _filled(channel), unsent(AddressForm), made)


@bp.action("/channels/<int:number>/remove", "删除发送渠道", ADMINISTER)
def remove_channel(number: int) -> BaseResponse:
    channel = db.session.get(Channel, number) or abort(404)
    with transaction():
        channels.remove(channel)
    flash(_("渠道和它的消息都已删除。"), "ok")
    return redirect(url_for("console.channels_page"))


def _page(channel: Channel) -> str | tuple[str, int] | BaseResponse:
    form = _filled(channel)
    if not form.validate_on_submit():
        page = _shown(channel, form, unsent(AddressForm))
        return (page, 422) if form.is_submitted() else page
    made = channel.id is None
    told = form.data.get("language", "zh"), form.active.data, form.data.get("events", [])
    with form.storing(ChannelError):
        channels.keep(
            channel, (form.name.data or "").strip(), form.settings(channel.kind), *told, by=current_user.username
        )
    if form.errors:
        return _shown(channel, form, unsent(AddressForm)), 422
    flash(_("渠道已保存。请发一条测试消息。"), "ok")
    if made and channel.kind == WEBHOOK:
        return _shown(channel, _filled(channel), unsent(AddressForm), channels.known(channel)["signing"])
    return redirect(url_for("console.channel_page", number=channel.id))


def _filled(channel: Channel) -> ChannelForm:
    own = {} if channel.id is None else {
        "name": channel.name, "active": channel.active, "language": channel.language, "events": channel.events,
        **channel.settings,
    }  # fmt: skip
    return form_of(channel.kind, data=own)


def _shown(channel: Channel, form: object, test: AddressForm, secret: str = "") -> str:
    reported = bool(channel.kind == SMS and channel.id and channels.known(channel).get("reports"))
    if secret and channel.kind == SMS:
        secret = shown_base(False).rstrip("/") + url_for("reports.sms_reports", number=channel.id, secret=secret)
    return render_template(
        "outbox/channel.html", channel=channel, form=form, test=test, needs=NEEDS[channel.kind], kinds=kind_names(),
        addressed=channel.kind not in WITHOUT_ADDRESS, secret=secret, webhook=channel.kind == WEBHOOK, sms=channel.kind == SMS,
        reported=reported, demo=False,
    )  # fmt: skip
