"""Events are read from what is stored anyway: the audit trail, the steps of tickets, days that are due, failed jobs.

No subject calls this, so no page waits for it and none can forget it. How far each has been read is a NoticeMark; what
is read twice is told once (`once`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from survey_app.ground.clock import today
from survey_app.ground.reach import address_and_language, kind_of
from survey_app.ground.sealing import unseal
from survey_app.ground.settings import in_force
from survey_app.jobs.queue import CLOCK
from survey_app.models import (
    Area,
    AuditEntry,
    AuditHead,
    Channel,
    DepartmentAddress,
    Job,
    NoticeMark,
    Objection,
    Period,
    ResponseCount,
    Survey,
    Ticket,
    TicketEvent,
    db,
)
from survey_app.models.base import Document, now
from survey_app.outbox.channels import WEBHOOK, in_use
from survey_app.outbox.due_days import named, of_rectification, of_values
from survey_app.outbox.letters import in_its_language
from survey_app.outbox.receivers import Happening, tell
from survey_app.outbox.writing import put
from survey_app.tickets.handling import next_due, overdue
from survey_app.tickets.steps import CITIZEN, RECEIVED, WORKING
from survey_app.values.assignments import responsible_each

GIVEN, BACK = ("route", "pass_on", "reassign"), ("supplement", "object", "reopen")
ANSWERS = ("interim", "ask", "close", "decline", "reopen")  # that the citizen is told of
FAILED_WITHIN = timedelta(days=1)  # older failures of jobs are history
UNNAMED = "主管部门"  # of a county that has named none
AT_ONCE = 500  # entries or steps of one look


def collect() -> int:
    """Queue what has happened since the last look; how many messages. The caller commits."""
    citizens = tell_citizens()  # before the mark of the same steps is moved on
    return citizens + sum(tell(each) for each in (*_of_the_trail(), *_of_tickets(), *_of_jobs(), *_of_answers()))


def tell_citizens() -> int:
    """Who left a way hears that there is an answer, not which: the number that opens it is hers alone, and nobody here
    knows it. The caller commits."""
    newest = db.session.scalar(select(func.max(TicketEvent.id))) or 0
    after = _mark("ticket_event", newest).number
    query = select(TicketEvent, Ticket).join(Ticket, Ticket.id == TicketEvent.ticket_id)
    mine = query.where(TicketEvent.id > after, TicketEvent.step.in_(ANSWERS), Ticket.sealed_way.is_not(None))
    told = 0
    for event, ticket in db.session.execute(mine.order_by(TicketEvent.id)).all():
        to, language = address_and_language(unseal(ticket.sealed_way or ""))
        channel = in_use(kind_of(to))
        if channel is not None:
            params: Document = {
                **named(ticket.area),
                "day": ticket.received_on.isoformat(),
                "link": in_its_language("/q", language),
            }
            told += put(
                channel, "ticket_answered", f"ticket:{ticket.id}", params, receiver=CITIZEN, to=to,
                language=language, once=f"answer {event.id}",
            )  # fmt: skip
    return told


def collect_days() -> int:
    """Queue what the day brings: tickets, values and rectification that are due or late. The caller commits."""
    return sum(tell(each) for each in (*_of_days(), *of_values(), *of_rectification()))


def _of_the_trail() -> Iterator[Happening]:
    """Entries are numbered in the order of their commits, so that none comes in behind the mark."""
    newest = db.session.scalar(select(AuditHead.number)) or 0
    mark = _mark("audit", newest)
    query = select(AuditEntry).where(AuditEntry.number > mark.number, AuditEntry.number <= newest)
    entries = db.session.scalars(query.where(AuditEntry.action.in_(READ)).order_by(AuditEntry.number).limit(AT_ONCE))
    found = entries.all()
    mark.number = found[-1].number if len(found) == AT_ONCE else newest
    for entry in found:
        happening = READ[entry.action](entry)
        if happening is not None:
            yield happening


def _of_tickets() -> Iterator[Happening]:
    """Steps are read twice: a number may be given before one that is stored sooner."""
    newest = db.session.scalar(select(func.max(TicketEvent.id))) or 0
    mark, seen = _mark("ticket_event", newest), _mark("ticket_event_seen", newest)
    query = select(TicketEvent, Ticket).join(Ticket, Ticket.id == TicketEvent.ticket_id)
    steps = TicketEvent.step.in_((*GIVEN, *BACK))
    mine = query.where(TicketEvent.id > mark.number, TicketEvent.id <= newest, steps).order_by(TicketEvent.id)
    for event, ticket in db.session.execute(mine).all():
        given = "ticket_given" if ticket.department else "ticket_coordinate"
        yield _ticket("ticket_back" if event.step in BACK else given, ticket, f"step {event.id}", but=event.by)
    mark.number, seen.number = seen.number, newest


def _of_answers() -> Iterator[Happening]:
    """How many answers of a survey count, where that has changed and a receiver wants to know: never whose, or which."""
    wanted = db.session.scalars(select(Channel.events).where(Channel.kind == WEBHOOK, Channel.active)).all()
    if not any("response_counted" in events for events in wanted):
        return
    query = (
        select(Survey.id, Survey.code, func.sum(ResponseCount.number).label("total"))
        .join(ResponseCount, ResponseCount.survey_id == Survey.id)
        .where(ResponseCount.state == "complete")
        .group_by(Survey.id, Survey.code)
    )
    for row in db.session.execute(query).all():
        total = int(row.total)
        mark = _mark(f"responses {row.id}", total)
        if total != mark.number:
            params: Document = {"survey": row.code, "new": total - mark.number, "total": total}
            once = f"responses {row.id} {total} {now():%Y-%m-%dT%H:%M}"  # a number may come back after an erasure
            mark.number = total
            yield Happening("response_counted", f"survey:{row.code}", {"code": row.code}, once, params)


def _of_days() -> Iterator[Happening]:
    day = today()
    soon = in_force().calendar().after(day, 1)
    late = select(Ticket).where(overdue())
    for ticket in db.session.scalars(late):
        yield _ticket("ticket_overdue", ticket, f"overdue {ticket.id} {next_due(ticket)}")
    no_reply = Ticket.first_reply_on.is_(None) & Ticket.reply_due_on.between(day, soon)
    near = select(Ticket).where(
        Ticket.state.in_((RECEIVED, WORKING)), or_(no_reply, Ticket.close_due_on.between(day, soon))
    )
    for ticket in db.session.scalars(near):
        if day <= next_due(ticket) <= soon:
            yield _ticket("ticket_due", ticket, f"due {ticket.id} {next_due(ticket)}")


def _of_jobs() -> Iterator[Happening]:
    """What the clock asked for and nobody looks at."""
    failed = select(Job).where(Job.state == "failed", Job.by == CLOCK, Job.finished_at > now() - FAILED_WITHIN)
    for job in db.session.scalars(failed):
        what = str(job.arguments.get("work", job.kind))
        yield Happening("job_failed", f"job:{job.id}", {}, f"job {job.id}", {"work": what, "id": job.id})


def _ticket(event: str, ticket: Ticket, once: str, but: str = "") -> Happening:
    due: date = next_due(ticket)
    params: Document = {
        "number": ticket.id, **named(ticket.area), "field": ticket.field_name,
        "field_en": ticket.field_name_en or ticket.field_name, "department": ticket.department or "",
        "due": due.isoformat(),
    }  # fmt: skip
    return Happening(event, f"ticket:{ticket.id}", {"ticket_id": ticket.id}, once, params, but)


def _signed(event: str, noun: str, argument: str) -> Callable[[AuditEntry], Happening | None]:
    """A step of two people on what `noun` names."""

    def read(entry: AuditEntry) -> Happening | None:
        kind, _colon, number = entry.subject.partition(":")
        if kind != noun or not number.isdigit():
            return None
        params: Document = {"number": int(number), "by": entry.actor}
        return Happening(event, entry.subject, {argument: int(number)}, f"entry {entry.number}", params, entry.actor)

    return read


def _first(*readers: Callable[[AuditEntry], Happening | None]) -> Callable[[AuditEntry], Happening | None]:
    return lambda entry: next((found for read in readers if (found := read(entry)) is not None), None)


def _value(entry: AuditEntry) -> Happening | None:
    place = entry.subject.removeprefix("value:").split("/")
    if len(place) != 3:
        return None
    arguments = dict(zip(("period", "area", "indicator"), place, strict=True))
    area = db.session.scalar(select(Area).where(Area.code == arguments["area"]))
    params: Document = {**arguments, **(named(area) if area else {}), "by": entry.actor}
    return Happening("value_returned", entry.subject, arguments, f"entry {entry.number}", params, entry.actor)


def _survey(entry: AuditEntry) -> Happening | None:
    code = entry.subject.removeprefix("survey:")
    survey = db.session.scalar(select(Survey).where(Survey.code == code))
    if survey is None or entry.after.get("state") != "closed":
        return None
    params: Document = {"code": code}
    return Happening("survey_closed", entry.subject, {"code": code}, f"entry {entry.number}", params, entry.actor)


def _objection(event: str, of_county: bool = False) -> Callable[[AuditEntry], Happening | None]:
    """Which row of whose scorecard; neither what is said against it nor what became of it. of_county: its departments hear of it
    where it has no account."""

    def read(entry: AuditEntry) -> Happening | None:
        kind, _colon, number = entry.subject.partition(":")
        found = db.session.get(Objection, int(number)) if kind == "objection" and number.isdigit() else None
        if found is None:
            return None
        params: Document = {**named(found.area), "row": found.indicator, "by": entry.actor}
        once = f"entry {entry.number}"
        leads = _leads(found) if of_county else ()
        return Happening(event, entry.subject, {"objection_id": found.id}, once, params, entry.actor, departments=leads)

    return read


def _leads(found: Objection) -> tuple[str, ...]:
    """Who leads the row in the county, else all that are on the list of departments there, else whoever it may be."""
    period = db.session.get(Period, found.round.run.period)
    rulebook = period.rulebook_of(found.area) if period else None
    leads = responsible_each([(found.area, rulebook)])[found.area.id] if rulebook else {}
    row = leads.get(str(found.indicator))
    listed = select(DepartmentAddress.department).where(DepartmentAddress.area_id == found.area_id)
    return (row.leads if row else ()) or tuple(db.session.scalars(listed)) or (UNNAMED,)


# an action of the audit trail -> what it means to somebody, if anything
READ: dict[str, Callable[[AuditEntry], Happening | None]] = {
    "sign_off.proposed": _first(
        _signed("estimate_proposed", "estimate", "run_id"), _signed("final_proposed", "final", "final_id")
    ),
    "sign_off.approved": _first(
        _signed("estimate_approved", "estimate", "run_id"), _signed("final_signed", "final", "final_id")
    ),
    "value.returned": _value,
    "objections.raise": _objection("objection_raised"),
    "objections.upheld": _objection("objection_answered", of_county=True),
    "objections.rejected": _objection("objection_answered", of_county=True),
    "survey.state": _survey,
}


def _mark(name: str, newest: int) -> NoticeMark:
    """How far it was read; where it never was, all that is there is history."""
    found = db.session.get(NoticeMark, name)
    if found is None:
        found = NoticeMark(name=name, number=newest)
        db.session.add(found)
        db.session.flush()
    return found
