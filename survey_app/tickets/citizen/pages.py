"""A citizen reports a problem at /p/<city>, follows it at /q/<number>, and reads what was answered at /problems."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering import form_token
from survey_app.answering.pages.frame import bp, chosen, language
from survey_app.answering.submission import TRAP
from survey_app.ground import limits
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Ticket, TicketPublication, db
from survey_app.tickets.citizen.texts import PROBLEM_TEXTS
from survey_app.tickets.fields import Counter, cities, find_counter, only_city
from survey_app.tickets.numbers import read_number, written
from survey_app.tickets.photos import ALL_BYTES
from survey_app.tickets.publication import PUBLISHED, fields_published, published
from survey_app.tickets.reporting import (
    SCALE,
    Report,
    ReportRefusedError,
    checked,
    earlier_number,
    find_ticket,
    hand_in,
    may_object,
    may_rate,
    object_to,
    rate,
    supplement,
    told,
    ways_to_tell,
)
from survey_app.tickets.steps import ASKED, TicketError, cleaned

PER_PAGE = 20
ACTS = {"supplement": supplement, "object": object_to, "rate": rate}
TEXT_FIELDS = ("field", "area", "where", "text", "contact", "way")


@bp.get("/p")
def any_counter() -> BaseResponse:
    """The form of the only city there is; where there are several, their names to choose from."""
    found = cities()
    if len(found) == 1:
        return redirect(url_for("respondent.report", code=found[0][0], **chosen()), 303)
    return _page("cities", cities=found, chosen=chosen()) if found else _message("no_counter", 404)


@bp.get("/p/<code>")
def report(code: str) -> BaseResponse:
    """The empty form, with a fresh token."""
    counter = find_counter(code)
    return _form(counter) if counter else _message("no_counter", 404)


@bp.post("/p/<code>")
@takes_files(ALL_BYTES)
def send_report(code: str) -> BaseResponse:
    """Take one report: 303 to its status page, or the form again with every word kept."""
    counter = find_counter(code)
    if counter is None:
        return _message("no_counter", 404)
    try:
        form = {name: request.form.get(name, "") for name in (*TEXT_FIELDS, "token", TRAP)}
        photos = [sent.read() for sent in request.files.getlist("photo") if sent.filename]
    except RequestEntityTooLarge:
        return _form(counter, errors={"photo": "too_large_report"}, status=413)
    try:
        token = form_token.read(form["token"], _site(counter))
    except form_token.TokenError:
        return _form(counter, form, {"": "stale"}, 400, bool(photos))
    earlier = earlier_number(token.submission_key)
    if earlier:
        return _to_status(earlier)
    if not limits.count(limits.REPORTS, request.remote_addr or ""):
        return _form(counter, form, {"": "reported_often"}, 429, bool(photos))
    try:
        if form[TRAP].strip():
            raise ReportRefusedError({"": "trap"})
        return _to_status(_handed_in(counter, checked(counter, form, photos), token.submission_key))
    except ReportRefusedError as error:
        return _form(counter, form, error.errors, 422, bool(photos))


@bp.get("/q")
def type_number() -> BaseResponse:
    """The page to type a ticket number; what was typed leads to its own address."""
    typed = request.args.get("number", "").strip()
    if typed:
        return redirect(url_for("respondent.status", number=read_number(typed) or typed[:40], **chosen()), 303)
    return _ask_number()


@bp.get("/q/<number>")
def status(number: str) -> BaseResponse:
    """How far a problem has come. Only who has the number finds it, and wrong ones are counted."""
    found = _find(number)
    return _status(found, number) if isinstance(found, Ticket) else found


@bp.post("/q/<number>/<act>")
def act(number: str, act: str) -> BaseResponse:
    """The citizen answers a question, rates the handling, or has the ticket opened again."""
    found = _find(number)
    if not isinstance(found, Ticket):
        return found
    if act not in ACTS:
        return _message("no_counter", 404)
    sent = request.form.get("value" if act == "rate" else "text", "")
    try:
        with transaction():
            ACTS[act](found, sent)
    except TicketError as error:
        return _status(found, number, {act: error.key or "moved_on"}, sent, 422)
    return redirect(url_for("respondent.status", number=_canonical(number), done=act, **chosen()), 303)


@bp.get("/problems")
def problems() -> BaseResponse:
    """Published problems and answers, the newest first."""
    field, page = cleaned(request.args.get("field", "")), max(request.args.get("page", 1, type=int), 1)
    rows = published(field, PER_PAGE + 1, min(page - 1, 10_000) * PER_PAGE)
    return _page(
        "problems", rows=rows[:PER_PAGE], more=len(rows) > PER_PAGE, page=page, field=field,
        fields=fields_published(), demo=any(row.ticket.demo for row in rows), counter=only_city(),
    )  # fmt: skip


def _handed_in(counter: Counter, report: Report, submission_key: str) -> str:
    """The number of a report once it is stored for good; of two sent with one key, also at once, it is the same."""
    try:
        with transaction():
            return hand_in(counter, report, submission_key, language())
    except IntegrityError:
        earlier = earlier_number(submission_key)
        if earlier is None:
            raise
        return earlier


def _form(
    counter: Counter,
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    photos_lost: bool = False,
) -> BaseResponse:
    """The form with what was written; a token that still holds is kept, so that a repetition stays one report."""
    form = form or {}
    try:
        form_token.read(form.get("token", ""), _site(counter))
        token = form["token"]
    except form_token.TokenError:
        token = form_token.issue(_site(counter), "report")
    return _page(
        "report", status, counter=counter, form=form, errors=errors or {}, token=token, photos_lost=photos_lost,
        demo=counter.demo, ways=ways_to_tell(),
    )  # fmt: skip


def _status(
    ticket: Ticket, number: str, errors: dict[str, str] | None = None, sent: str = "", status: int = 200
) -> BaseResponse:
    public = db.session.scalar(
        select(TicketPublication).where(TicketPublication.ticket_id == ticket.id, TicketPublication.state == PUBLISHED)
    )
    done = request.args.get("done", "")
    return _page(
        "status", status, ticket=ticket, number=written(_canonical(number)), events=told(ticket), public=public,
        errors=errors or {}, sent=sent, done=done if done in (*ACTS, "reported") else "", scale=SCALE,
        may_rate=may_rate(ticket), may_object=may_object(ticket), asked=ticket.state == ASKED, demo=ticket.demo,
    )  # fmt: skip


def _find(number: str) -> Ticket | BaseResponse:
    ticket = find_ticket(number)
    if ticket is None:
        if not limits.count(limits.WRONG_TICKETS, request.remote_addr or ""):
            return _message("too_often", 429, "")
        return _ask_number(number, 404)
    return ticket


def _ask_number(wrong: str = "", status: int = 200) -> BaseResponse:
    return _page("number", status, wrong=wrong[:40])


def _to_status(number: str) -> BaseResponse:
    return redirect(url_for("respondent.status", number=number, done="reported", **chosen()), 303)


def _canonical(number: str) -> str:
    return read_number(number) or ""


def _site(counter: Counter) -> str:
    """What a token of this form is made for."""
    return f"problems of {counter.code}"


def _message(key: str, status: int, help_key: str | None = None) -> BaseResponse:
    return _page("message", status, key=key, help_key=f"{key}_help" if help_key is None else help_key)


def _page(name: str, status: int = 200, **values: Any) -> BaseResponse:
    template = f"answering/{name}.html" if name == "message" else f"problems/{name}.html"
    page = render_template(template, texts=PROBLEM_TEXTS[language()], language=language(), **values)
    return Response(page, status=status, mimetype="text/html")
