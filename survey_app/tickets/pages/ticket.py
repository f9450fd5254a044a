"""One ticket: what was reported, what has happened, and the steps its handlers may take."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from survey_app.console.frame import bp
from survey_app.console.permissions import Arguments, Owner, may, own
from survey_app.files import stored
from survey_app.ground import sign_off
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.models import Ticket, db
from survey_app.tickets.handling import (
    Revealed,
    Target,
    draft_of,
    handle,
    is_overdue,
    joined_to,
    next_due,
    reveal,
    save_draft,
)
from survey_app.tickets.hotline import numbers_of
from survey_app.tickets.nearby import Near, near
from survey_app.tickets.pages.forms import (
    CoordinateForm,
    DecideForm,
    DraftForm,
    JoinForm,
    PassForm,
    PublishForm,
    ReplyForm,
    RevealForm,
)
from survey_app.tickets.pages.words import (
    approval_steps,
    field_name,
    owner_name,
    publication_states,
    rating_names,
    state_names,
    step_names,
    target_name,
)
from survey_app.tickets.publication import decide, propose, subject
from survey_app.tickets.reply_templates import filled, templates
from survey_app.tickets.routing import has_account, route_first, targets
from survey_app.tickets.seen import visible_to
from survey_app.tickets.steps import ENDED, OPEN, STEPS, TicketError


def owner_of_ticket(arguments: Arguments) -> Owner | None:
    ticket = db.session.get(Ticket, arguments["ticket_id"])
    return (ticket.handler_area, ticket.department) if ticket is not None else None


@bp.page(
    "/tickets/<int:ticket_id>", "查看一件工单", own("manager", "evaluator", "department", "auditor"), of=owner_of_ticket
)
def ticket_page(ticket_id: int) -> str:
    route_first()
    return _page(_ticket(ticket_id))


@bp.page(
    "/tickets/<int:ticket_id>/photos/<int:place>",
    "查看工单照片",
    own("manager", "department", "auditor"),
    of=owner_of_ticket,
)
def ticket_photo(ticket_id: int, place: int) -> BaseResponse:
    """A photo, drawn anew when it was received; no cache keeps it."""
    found = next((photo for photo in _ticket(ticket_id).photos if photo.place == place), None) or abort(404)
    file = stored.take(found.digest) or abort(404)
    return Response(file.body, mimetype=file.media_type, headers={"Content-Disposition": "inline"})


@bp.action("/tickets/<int:ticket_id>/reply", "答复市民", own("manager", "department"), of=owner_of_ticket)
def ticket_reply(ticket_id: int) -> BaseResponse | tuple[str, int]:
    """A reply, a question to the citizen, or the end."""
    ticket, form = _ticket(ticket_id), ReplyForm()
    if not form.validate():
        return _page(ticket, reply=form), 422
    return _handled(ticket, form, form.step.data, form.text.data)


@bp.action("/tickets/<int:ticket_id>/pass", "转办工单", own("manager", "department"), of=owner_of_ticket)
def ticket_pass(ticket_id: int) -> BaseResponse | tuple[str, int]:
    """On to another department; a coordinator's is an assignment."""
    ticket = _ticket(ticket_id)
    form, choices = _pass_form(ticket)
    if not form.validate():
        return _page(ticket, passing=form), 422
    step = "reassign" if _who(ticket) == "coordinator" else "pass_on"
    return _handled(ticket, form, step, form.text.data, target=choices[form.target.data])


@bp.action("/tickets/<int:ticket_id>/coordinate", "协调工单", own("manager"), of=owner_of_ticket)
def ticket_coordinate(ticket_id: int) -> BaseResponse | tuple[str, int]:
    """Extend, decline, reopen."""
    ticket, form = _ticket(ticket_id), CoordinateForm()
    if not form.validate():
        return _page(ticket, coordinating=form), 422
    return _handled(ticket, form, form.step.data, form.text.data, days=form.days.data or 0)


@bp.action("/tickets/<int:ticket_id>/join", "合并工单", own("manager"), of=owner_of_ticket)
def ticket_join(ticket_id: int) -> BaseResponse | tuple[str, int]:
    """Handle it with another that is about the same; nothing is merged."""
    ticket, form = _ticket(ticket_id), JoinForm()
    if not form.validate():
        return _page(ticket, joining=form), 422
    mine = visible_to(current_user.grants, "console.ticket_join")
    other = db.session.scalar(select(Ticket).where(mine, Ticket.id == form.other.data))
    return _handled(ticket, form, "join", form.text.data, other=other)


@bp.action("/tickets/<int:ticket_id>/draft", "起草答复", own("manager", "department"), of=owner_of_ticket)
def ticket_draft(ticket_id: int) -> BaseResponse:
    """Keep what is written, for the same account; sent by the script now and then, and by the button."""
    ticket = _ticket(ticket_id)
    with transaction():
        save_draft(ticket, current_user.username, DraftForm().text.data or "")
    if request.headers.get("Accept") == "application/json":
        return Response(status=204)
    flash(_("草稿已保存，只有您能看到。"), "ok")
    return redirect(url_for("console.ticket_page", ticket_id=ticket.id))


@bp.action(
    "/tickets/<int:ticket_id>/contact", "查看市民联系方式", {"manager": "own", "department": "own"}, of=owner_of_ticket
)  # who handles it, and nobody else
def ticket_reveal(ticket_id: int) -> str | tuple[str, int]:
    """The contact and the unmasked words, once, with the reason written down."""
    ticket, form = _ticket(ticket_id), RevealForm()
    if not form.validate():
        return _page(ticket, revealing=form), 422
    with transaction():
        revealed = reveal(ticket, form.reason.data)
    return _page(ticket, revealed=revealed)


@bp.action("/tickets/<int:ticket_id>/publication", "公开工单", own("manager", "department"), of=owner_of_ticket)
def ticket_publish(ticket_id: int) -> BaseResponse | tuple[str, int]:
    """Put forward the wording for everybody."""
    ticket, form = _ticket(ticket_id), PublishForm()
    if form.validate():
        try:
            with transaction():
                propose(ticket, form.problem.data, form.reply.data, current_user.username)
        except TicketError as error:
            form.form_errors.append(str(error))
        else:
            return _done(ticket, _("公开文字已提交，等待协调人员审核。"))
    return _page(ticket, publishing=form), 422


@bp.action("/tickets/<int:ticket_id>/publication/decision", "决定工单", own("manager"), of=owner_of_ticket)
def ticket_decide(ticket_id: int) -> BaseResponse | tuple[str, int]:
    """Approve and publish it, return it, or withdraw what is published."""
    ticket, form = _ticket(ticket_id), DecideForm()
    if form.validate():
        try:
            with transaction():
                decide(ticket, form.step.data, current_user.username, form.comment.data)
        except TicketError as error:
            form.form_errors.append(str(error))
        else:
            return _done(ticket, _("已记录。"))
    return _page(ticket, deciding=form), 422


def _handled(
    ticket: Ticket, form: Any, step: str, text: str, target: Target | None = None, days: int = 0, other: Ticket | None = None
) -> BaseResponse | tuple[str, int]:  # fmt: skip
    """Take the step, or show the page again with everything that was written."""
    seen = int(form.version.data) if (form.version.data or "").isdecimal() else -1
    try:
        with transaction():
            handle(
                ticket,
                step,
                _who(ticket),
                current_user.username,
                text,
                seen=seen,
                target=target,
                days=days,
                other=other,
            )
    except TicketError as error:
        form.form_errors.append(str(error))
        name = {ReplyForm: "reply", PassForm: "passing", JoinForm: "joining"}.get(type(form), "coordinating")
        return _page(ticket, **{name: form}), 422
    return _done(ticket, _("已办理：%(step)s。", step=step_names()[step]))


def _done(ticket: Ticket, text: str) -> BaseResponse:
    """Back to the ticket, or to the list where it is no longer this person's."""
    flash(text, "ok")
    if may(current_user.grants, "console.ticket_page", ticket.handler_area, ticket.department):
        return redirect(url_for("console.ticket_page", ticket_id=ticket.id))
    return redirect(url_for("console.tickets_page"))


def _page(
    ticket: Ticket, reply: ReplyForm | None = None, passing: PassForm | None = None,
    coordinating: CoordinateForm | None = None, revealing: RevealForm | None = None, revealed: Revealed | None = None,
    publishing: PublishForm | None = None, deciding: DecideForm | None = None, joining: JoinForm | None = None,
) -> str:  # fmt: skip
    """The page; a form that is given holds what was wrong with it."""

    def can(name: str) -> bool:
        return may(current_user.grants, f"console.ticket_{name}", ticket.handler_area, ticket.department)

    if reply is None:
        draft, template = draft_of(ticket, current_user.username), request.args.get("template", "")
        written = "\n".join(
            filter(None, (draft, *(filled(one, ticket) for one in templates() if one.name == template)))
        )
        reply = ReplyForm(formdata=None, text=written, step="interim")
    for form in (
        reply,
        passing := passing or _pass_form(ticket)[0],
        coordinating := coordinating or CoordinateForm(formdata=None),
        joining := joining or JoinForm(formdata=None),
    ):
        form.version.data = ticket.version
    alike = _near(ticket) if can("join") and ticket.state in OPEN and ticket.joined_to_id is None else []
    joining.other.choices = [SelectChoice(one.ticket.id, f"#{one.ticket.id}") for one in alike]
    public, approval = ticket.publication, sign_off.standing(subject(ticket))
    deciding = deciding or DecideForm(formdata=None)
    deciding.step.choices = [
        choice for choice in deciding.step.choices if approval.state in sign_off.FROM[choice.value]
    ]
    if publishing is None:
        ended = next((event.text for event in reversed(ticket.events) if event.step == "close"), "")
        words = (public.problem, public.reply) if public else (ticket.text, ended)
        publishing = PublishForm(formdata=None, problem=words[0], reply=words[1])
    return render_template(
        "tickets/ticket.html", ticket=ticket, public=public, approval=approval,
        reply=reply, passing=passing, coordinating=coordinating, revealing=revealing or RevealForm(formdata=None),
        revealed=revealed, publishing=publishing, deciding=deciding, can=can,
        open=ticket.state in OPEN, ended=ticket.state in ENDED, late=is_overdue(ticket), due=next_due(ticket),
        states=state_names(), steps=step_names(), told={name for name, step in STEPS.items() if step.told},
        unreachable=bool(ticket.department) and ticket.state in OPEN and not has_account(ticket.handler_area, ticket.department or ""),
        field_name=field_name, owner_name=owner_name, ratings=rating_names(),
        unknown_years=in_force().calendar().unknown_years(ticket.received_on, ticket.close_due_on) if ticket.state in OPEN else [],
        joining=joining, alike=alike, along=joined_to(ticket), numbers=numbers_of(ticket),
        templates=templates() if ticket.state in OPEN else [],
        publication_states=publication_states(), approval_steps=approval_steps(), demo=ticket.demo,
    )  # fmt: skip


def _near(ticket: Ticket) -> list[Near]:
    words = f"{ticket.place} {ticket.text}"
    mine = visible_to(current_user.grants, "console.ticket_join")
    return near(ticket.city_id, ticket.area_id, ticket.field, words, ticket.received_on, mine, ticket.id)


def _pass_form(ticket: Ticket) -> tuple[PassForm, dict[str, Target]]:
    """The form with everybody the ticket can go to, but not to where it is."""
    here = Target(ticket.handler_area, ticket.department).value
    choices = {target.value: target for target in targets(ticket) if target.value != here}
    form = PassForm()
    form.target.choices = [
        SelectChoice("", _("请选择")),
        *(SelectChoice(value, target_name(target)) for value, target in choices.items()),
    ]
    return form, choices


def _who(ticket: Ticket) -> Any:
    """As what the person acts: who may coordinate the ticket acts as its coordinator."""
    grants = current_user.grants
    coordinates = may(grants, "console.ticket_coordinate", ticket.handler_area, ticket.department)
    return "coordinator" if coordinates else "department"


def _ticket(ticket_id: int) -> Ticket:
    return db.session.get(Ticket, ticket_id) or abort(404)
