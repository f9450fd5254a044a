"""Who is told of an event: accounts that may open its page, by role and choice; a department's address; groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from survey_app.console.permissions import ROUTES, Department, may, owner
from survey_app.ground.sealing import unseal
from survey_app.models import Area, Channel, DepartmentAddress, Grant, NoticeAddress, NoticeChoice, User, db
from survey_app.models.base import Document
from survey_app.outbox.channels import MAIL, WEBHOOK, WITHOUT_ADDRESS, in_use
from survey_app.outbox.events import DIGEST, EVENTS, FOR_STAFF, OFF, WAYS, Event, Way
from survey_app.outbox.letters import link_to
from survey_app.outbox.writing import put

UNREACHED = "department_unreached"
ADDRESSES = "console.department_addresses"
Choices = Mapping[tuple[str, str | int], Way]  # by event and role, or event and account


@dataclass(frozen=True)
class Happening:
    """An event of one thing. arguments: of the event's page, which say what thing; page: where it is another than the
    event's own. link: where it leads elsewhere than to that page. once: what nobody is told twice. but: the account that did it,
    and knows. opens: what a receiver must be allowed to open in the area of the thing, where it is not that page.
    departments: who hears of it for its area where no account of the whole area does; the page names none."""

    event: str
    subject: str
    arguments: Mapping[str, str | int]
    once: str
    params: Document = field(default_factory=dict)
    but: str = ""
    page: str = ""
    link: str = ""
    opens: str = ""
    departments: tuple[str, ...] = ()


def tell(happening: Happening) -> int:
    """Queue it for everybody whom it concerns; how many messages. The caller commits."""
    event = EVENTS[happening.event]
    page = happening.page or event.page
    area, department = owner(page, happening.arguments)
    params: Document = {**happening.params, "link": happening.link or link_to(page, **happening.arguments)}
    told, heard, mail = 0, set[str](), in_use(MAIL)
    names = happening.departments or _named(department)
    for user, address, way in _people(event, happening.opens or page, area, department) if mail else ():
        assert mail is not None  # or there were no people
        heard |= {grant.department for grant in user.grants if grant.department}
        if any(_whole(grant, area) for grant in user.grants):
            heard |= set(happening.departments)
        if way != OFF and user.username != happening.but:
            told += put(
                mail, event.name, happening.subject, params, receiver=user.username or "", to=address, user=user,
                language=user.language or "zh", once=happening.once, gather=way == DIGEST,
            )  # fmt: skip
    if mail and area is not None and "department" in event.roles:
        for name in sorted(set(names) - heard):
            told += _unheard(mail, happening, params, area, name)
    for channel in db.session.scalars(select(Channel).where(Channel.kind.in_(WITHOUT_ADDRESS), Channel.active)):
        if event.name in channel.events:
            told += put(
                channel, event.name, happening.subject, params, receiver=channel.name, to="", once=happening.once,
                language=channel.language, at_once=channel.kind == WEBHOOK,
            )  # fmt: skip
    return told


def choices_of(user: User) -> dict[str, Way]:
    """Event -> how it reaches `user`, of those that do for any of their roles: their own choice, else the office's."""
    roles, stored = {grant.role for grant in user.grants}, _choices()
    return {event.name: _way(event, user.id, roles, stored) for event in FOR_STAFF if roles & set(event.roles)}


def of_roles() -> dict[tuple[str, str], Way]:
    """(event, role) -> how the office has it told."""
    stored = _choices()
    return {
        (event.name, role): stored.get((event.name, role), way)
        for event in FOR_STAFF
        for role, way in event.roles.items()
    }


def choose(event: str, way: Way, role: str | None = None, user_id: int | None = None) -> None:
    """Keep how `event` is told a role or an account. The caller commits."""
    mine = (NoticeChoice.event == event, NoticeChoice.role == role, NoticeChoice.user_id == user_id)
    found = db.session.scalar(select(NoticeChoice).where(*mine))
    if found is None:
        db.session.add(NoticeChoice(event=event, role=role, user_id=user_id, way=way))
    else:
        found.way = way


def address_of(area: Area, department: str) -> DepartmentAddress | None:
    """Where a department gets its notices where none of its accounts has an address."""
    mine = (DepartmentAddress.area_id == area.id, DepartmentAddress.department == department)
    return db.session.scalar(select(DepartmentAddress).where(*mine))


def _people(event: Event, page: str, area: Area | None, department: Department) -> Iterator[tuple[User, str, Way]]:
    """Account, address and way, of those who left an address and may open the page in a role that is told."""
    query = select(NoticeAddress).join(User).where(User.active).order_by(User.id)
    stored = _choices()
    for found in db.session.scalars(query.options(selectinload(NoticeAddress.user, User.grants))):
        user = found.user
        grants = [grant for grant in user.grants if grant.role in event.roles]
        if may(grants, page, area, department):
            yield user, unseal(found.sealed), _way(event, user.id, {grant.role for grant in grants}, stored)


def _unheard(mail: Channel, happening: Happening, params: Document, area: Area, department: str) -> int:
    """To the address on the list of departments; where there is none, the office is told."""
    found = address_of(area, department)
    if found is not None:
        return put(
            mail, happening.event, happening.subject, params, receiver=f"{area.name} {department}",
            to=unseal(found.sealed), language=found.language, once=happening.once,
        )  # fmt: skip
    if happening.event == UNREACHED:
        return 0
    page = happening.page or EVENTS[happening.event].page
    told: Document = {"department": department, "area": area.name, "area_en": area.name_en or area.name}
    once = f"{UNREACHED} {department} {happening.subject}"
    readable = set(EVENTS[UNREACHED].roles) & set(ROUTES[page].may)
    link, opens = (happening.link, "") if readable else (link_to(ADDRESSES), ADDRESSES)
    return tell(Happening(UNREACHED, happening.subject, happening.arguments, once, told, "", page, link, opens))


def _whole(grant: Grant, area: Area | None) -> bool:
    """Whether it is the area's own, of all that is done there."""
    return grant.role == "department" and not grant.department and area is not None and grant.area_id == area.id


def _named(department: Department) -> tuple[str, ...]:
    return department if isinstance(department, tuple) else (department,) if department else ()


def _way(event: Event, user_id: int, roles: Iterable[str], stored: Choices) -> Way:
    """The person's own; else the soonest of the roles'."""
    of_role = [stored.get((event.name, role), event.roles[role]) for role in roles if role in event.roles]
    return stored.get((event.name, user_id), min(of_role, key=WAYS.index))


def _choices() -> Choices:
    rows = db.session.execute(select(NoticeChoice.event, NoticeChoice.role, NoticeChoice.user_id, NoticeChoice.way))
    return {(row.event, row.role or row.user_id): row.way for row in rows}
