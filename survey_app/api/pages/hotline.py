"""The 12345 line as a program: which tickets changed, a new case, a reply; taken as the table's rows are."""

from __future__ import annotations

from datetime import date

from flask import g
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from survey_app.api.frame import actor, grants, operation
from survey_app.api.paging import Key, Page, PageQuery, paged
from survey_app.api.problems import ProblemError, Wrong
from survey_app.api.words import marked
from survey_app.ground import audit
from survey_app.ground.transaction import transaction
from survey_app.models import Ticket, db
from survey_app.tickets.fields import Counter, find_counter, only_city
from survey_app.tickets.hotline import MOST, Desk, Given, HotlineError, changed_since, leaving, words
from survey_app.tickets.seen import visible_to
from survey_app.tickets.steps import TicketError
from wording import Message


class HotlineLine(BaseModel):
    """A ticket as the line gets it."""

    code: str = Field(description=marked("往返编号，答复时原样带回"))
    number: str = Field(description=marked("12345的工单编号；没有为空"))
    field: str
    area: str
    place: str
    text: str = Field(description=marked("市民的话，电话和证件号已遮盖"))
    department: str
    state: str
    reply: str = Field(description=marked("最近一次答复"))


class HotlineQuery(PageQuery):
    """Since when."""

    since: date = Field(description=marked("这一天起收到或有进展的"))


class HotlineCase(BaseModel):
    """What both bring."""

    model_config = ConfigDict(extra="forbid")
    city: str = Field("", max_length=40, description=marked("城市代码；只有一个城市时不填"))
    number: str = Field("", max_length=MOST["number"], description=marked("12345的工单编号；同一编号只收一次"))
    state: str = Field("", max_length=80, description=marked("12345的办理状态，按对照表对应"))
    reply: str = Field("", max_length=MOST["reply"], description=marked("答复；市民凭工单号能看到"))


class NewCase(HotlineCase):
    """A case of the line."""

    number: str = Field(
        min_length=1, max_length=MOST["number"], description=marked("12345的工单编号；同一编号只收一次")
    )
    text: str = Field(min_length=1, max_length=MOST["text"])
    field: str = Field("", max_length=80, description=marked("12345的类别，按对照表对应"))
    area: str = Field("", max_length=80, description=marked("县(市、区)；不填为全市"))
    place: str = Field("", max_length=MOST["place"])
    name: str = Field("", max_length=MOST["name"], description=marked("来电人；加密保存"))
    phone: str = Field("", max_length=MOST["phone"], description=marked("联系电话；加密保存"))
    department: str = Field("", max_length=80, description=marked("12345的承办单位，按对照表对应"))


class Reply(HotlineCase):
    """A reply to a ticket that was sent to the line, or to a case of the line."""

    code: str = Field("", max_length=MOST["code"], description=marked("往返编号；有12345编号时可不填"))


class Taken(BaseModel):
    """What was done."""

    ticket: int
    code: str
    changed: bool = Field(description=marked("是否有改变；再送一次为否"))
    unknown: list[str] = Field(description=marked("对照表中还没有的说法"))
    near: list[int] = Field(description=marked("可能是同一件事的工单"))


@operation("/hotline/tickets", "查看有变化的工单", "console.hotline_export", Page[HotlineLine], tag="hotline")
def list_hotline(query: HotlineQuery) -> Page[HotlineLine]:
    """Those that the key's role and area coordinate, by their id; the trail says how many left."""
    mine = visible_to(grants(), "console.ticket_coordinate")
    found = select(Ticket).where(mine, changed_since(query.since)).order_by(Ticket.id)

    def read(after: Key | None, number: int) -> list[Ticket]:
        return list(db.session.scalars((found.where(Ticket.id > after) if after is not None else found).limit(number)))

    page = paged(query, read, lambda ticket: ticket.id, lambda ticket: HotlineLine(**leaving(ticket)))
    with transaction():
        audit.record("hotline.read", "hotline", after={"since": str(query.since), "tickets": len(page.items)})
    return page


@operation(
    "/hotline/cases", "送来12345工单", "console.hotline_import", Taken, method="POST", kind="write", tag="hotline"
)
def post_hotline_case(json: NewCase) -> Taken:
    """Taken once; the same number again answers what there is."""
    return _taken(json)


@operation(
    "/hotline/replies", "送来12345答复", "console.hotline_import", Taken, method="POST", kind="write", tag="hotline"
)
def post_hotline_reply(json: Reply) -> Taken:
    """Of a ticket by its round-trip number, or by the line's own."""
    return _taken(json)


def _counter(city: str) -> Counter:
    code = city or only_city()
    if code is None:
        raise ProblemError(422, "api.invalid", [Wrong(at="city", detail=str(Message("hotline.which_city")))])
    found = find_counter(code)
    if found is None:
        raise ProblemError(404, "api.not_found")
    return found


def _taken(json: NewCase | Reply) -> Taken:
    given = Given(**json.model_dump(exclude={"city"}))
    desk = Desk(_counter(json.city), words())
    try:
        with transaction():
            audit.wait_turn()
            if isinstance(json, Reply) and desk.ticket_of(given) is None:
                raise HotlineError("hotline.no_such_number", "number")
            planned = desk.plan(given)
            ticket = (
                desk.take(planned, actor(g.api_token)) if planned.moves or planned.ticket is None else planned.ticket
            )
    except (HotlineError, TicketError) as error:
        at = getattr(error, "field", "reply")
        raise ProblemError(422, "api.not_stored", [Wrong(at=at, detail=str(error))]) from error
    return Taken(
        ticket=ticket.id, code=leaving(ticket)["code"], changed=planned.moves,
        unknown=[theirs for _kind, theirs in planned.unknown], near=list(planned.near),
    )  # fmt: skip
