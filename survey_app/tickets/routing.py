"""Who deals with a new ticket: the field's lead department, by the rulebook for the city, by its own choice for a county.

It is done on the office's side, when anybody there looks (or by `minyi tickets route`), because the rulebooks are no
part of the respondent's path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select, update

from survey_app.ground.rulebooks import programme_for, rated_place, rulebooks_for
from survey_app.ground.transaction import transaction
from survey_app.models import Area, Grant, StoredFile, Ticket, TicketPhoto, db
from survey_app.tickets.handling import Target
from survey_app.tickets.steps import RECEIVED, RULE, Details, TicketError, take
from survey_app.values.assignments import leads, responsible_each
from survey_app.values.same_indicators import numbers_in

WAITING = Ticket.routed.is_(False), Ticket.state == RECEIVED


@dataclass(frozen=True)
class Route:
    """department None: the area's coordinator. votes: indicator numbers, by the area's rulebook, that name it."""

    department: str | None
    rulebook_id: str
    votes: tuple[int, ...] = ()


def route_first() -> None:
    """What shows tickets begins with this: those that wait are given out and stored. Where none waits nothing is committed, so
    that what the request has read need not be read again."""
    if db.session.scalar(select(Ticket.id).where(*WAITING).limit(1)) is not None:
        with transaction():
            route_waiting()


def route_waiting() -> int:
    """Give every ticket that waits for it to who leads its field; the number of tickets given. The caller commits."""
    waiting = list(db.session.scalars(select(Ticket).where(*WAITING)))
    done = 0
    for ticket in waiting:
        done += _route(ticket)
    return done


def route_of(area: Area, indicators: Iterable[int], field: str = "") -> Route:
    """The department that leads most of a field's indicators; of several, the one named first. Where no programme
    rates the area, its coordinator.

    indicators: municipal numbers; those that the programme gives for `field` come first. A county's rulebook numbers the same indicators otherwise, so they meet by name.
    Only the first lead of an indicator counts: the annex names the responsible one first.
    """
    rulebook_id = rulebooks_for([area]).get(area, "")
    indicators = programme_for(area).indicators_of(field, indicators) if rulebook_id else ()
    named: dict[str, list[int]] = {}
    for number in numbers_in(rulebook_id, indicators) if rulebook_id else ():
        for department in leads(area, rulebook_id, number)[:1]:
            named.setdefault(department, []).append(number)
    if not named:
        return Route(None, rulebook_id)
    most = Counter({department: len(numbers) for department, numbers in named.items()}).most_common(1)[0][0]
    return Route(most, rulebook_id, tuple(named[most]))


def targets(ticket: Ticket) -> list[Target]:
    """Everybody the ticket can be given to: departments and coordinators of its county and of the city."""
    place = rated_place(ticket.area)
    city = db.session.get_one(Area, ticket.city_id)
    areas = [place] if place.id == city.id else [place, city]
    if place.id == city.id:
        areas += db.session.scalars(select(Area).where(Area.parent_id == city.id).order_by(Area.code))
    named = departments(areas)
    return [Target(area, department) for area in areas for department in (None, *named[area.id])]


def departments(areas: Collection[Area]) -> dict[int, list[str]]:
    """Area id -> its departments: those that lead an indicator there, and those with an account."""
    answering = responsible_each(list(rulebooks_for(areas).items()))
    query = select(Grant.area_id, Grant.department).where(Grant.role == "department", Grant.department.is_not(None))
    granted = db.session.execute(query.distinct()).all()
    return {
        area.id: sorted(
            {name for each in answering.get(area.id, {}).values() for name in each.departments}
            | {
                name
                for where, name in granted
                if name and (where == area.id or (where is None and area.kind == "city"))
            }
        )
        for area in areas
    }


def has_account(area: Area, department: str) -> bool:
    """Whether anybody can sign in for this department; else the coordinator must reach it by other means."""
    places: list[int | None] = [area.id, area.parent_id]
    query = select(Grant.id).where(Grant.role == "department", Grant.department == department)
    return bool(db.session.scalar(query.where(Grant.area_id.is_(None) | Grant.area_id.in_(places)).limit(1)))


def _route(ticket: Ticket) -> int:
    """1 where this call gave it away, 0 where another was faster."""
    route = route_of(ticket.area, ticket.indicators, ticket.field)
    details: Details = {"rulebook": route.rulebook_id, "indicators": list(route.votes), "to": route.department or ""}
    area = rated_place(ticket.area)
    try:
        take(
            ticket,
            "route",
            RULE,
            RULE,
            details=details,
            routed=True,
            department=route.department,
            handler_area_id=area.id,
        )
    except TicketError:
        return 0
    _forget_the_moment(ticket)
    return 1


def _forget_the_moment(ticket: Ticket) -> None:
    """Write the photos' rows anew, as the ticket's own row is: a database keeps for every row which transaction wrote
    it, and the one of the report stands close to the one of the same person's answers."""
    mine = TicketPhoto.ticket_id == ticket.id
    db.session.execute(update(TicketPhoto).where(mine).values(place=TicketPhoto.place))
    digests = select(TicketPhoto.digest).where(mine)
    db.session.execute(
        update(StoredFile)
        .where(StoredFile.digest.in_(digests))
        .values(size=StoredFile.size)
        .execution_options(synchronize_session=False)
    )
