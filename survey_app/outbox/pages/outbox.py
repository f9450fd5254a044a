"""Messages with their states; what failed is sent again from here."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import Form, Marks, row_number
from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, own
from survey_app.ground.transaction import transaction
from survey_app.models import Outgoing, db
from survey_app.outbox.channels import channels
from survey_app.outbox.events import INVITING
from survey_app.outbox.letters import letter_of
from survey_app.outbox.pages.words import event_names, kind_names, state_names
from survey_app.outbox.reasons import reason_of
from survey_app.outbox.writing import FAILED, STATES, again

PER_PAGE = 100
FILTERS = ("state", "event", "channel")
READERS = own("manager", "auditor")


class AgainForm(Form):
    """The failed messages that are sent again."""

    message = Marks(coerce=row_number)


@bp.page(
    "/outbox",
    "查看发件箱",
    READERS,
    menu=Menu("发件箱", "office", 40, ("/console/outbox", "/console/channels", "/console/notices")),
)
def outbox_page() -> str:
    """The newest first, a page of PER_PAGE."""
    given = {name: request.args.get(name, "") for name in FILTERS}
    query = select(Outgoing).order_by(Outgoing.id.desc()).limit(PER_PAGE + 1)
    if given["state"] in STATES:
        query = query.where(Outgoing.state == given["state"])
    if given["event"]:
        query = query.where(Outgoing.event == given["event"])
    if given["channel"].isdecimal():
        query = query.where(Outgoing.channel_id == int(given["channel"][:9]))
    before = request.args.get("before", type=int)
    if before and before < 2**31:
        query = query.where(Outgoing.id < before)
    found = db.session.scalars(query).all()
    by_state = db.session.execute(select(Outgoing.state, func.count().label("number")).group_by(Outgoing.state))
    counted: dict[str, int] = {row.state: row.number for row in by_state}
    return render_template(
        "outbox/outbox.html", messages=found[:PER_PAGE], older=found[PER_PAGE - 1].id if len(found) > PER_PAGE else None,
        given=given, counted=counted, states=state_names(), events=event_names(), channels=channels(),
        kinds=kind_names(), reason=reason_of, failed=FAILED, demo=False,
    )  # fmt: skip


@bp.page("/outbox/<int:number>", "查看一条消息", READERS)
def message_page(number: int) -> str:
    """What it says, worded as it would be sent, and what came of it; its address is not shown."""
    message = db.session.get(Outgoing, number) or abort(404)
    return render_template(
        "outbox/message.html", message=message, letter=None if message.event in INVITING else letter_of([message], ""), states=state_names(),
        events=event_names(), reason=reason_of(message), failed=FAILED, demo=False,
    )  # fmt: skip


@bp.action("/outbox/again", "重新发送失败的消息", own("manager"))
def send_again() -> BaseResponse:
    form = AgainForm()
    if form.validate():
        with transaction():
            number = again(form.message.data)
        flash(
            _("已重新排队：%(n)s条", n=number) if number else _("没有可以重新发送的消息"), "ok" if number else "error"
        )
    return redirect(url_for("console.outbox_page", state=FAILED))
