"""Cases from the city's 12345 line, and its replies to tickets that were sent there: by table or by the API, the same way.

    what the line says -> Given -> plan (nothing changes) -> take

A ticket goes out under a round-trip number, a case comes in under the line's own; either is taken once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true

from questionnaires import checks
from survey_app.answering.masking import mask
from survey_app.files.said import Fault
from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.ground.crypto import mac
from survey_app.ground.signing import naming_key
from survey_app.models import HotlineNumber, HotlineWord, Ticket, TicketEvent, db
from survey_app.people.departments import offered
from survey_app.tickets.fields import OTHER, Counter, Place, TicketField
from survey_app.tickets.handling import handle
from survey_app.tickets.nearby import near
from survey_app.tickets.numbers import read_round_trip, round_trip, signs
from survey_app.tickets.reporting import Report, hand_in
from survey_app.tickets.routing import targets
from survey_app.tickets.steps import CITIZEN, MOST_CHARACTERS, STEPS, TicketError, cleaned
from wording import FieldRefusal, Message, said_of

COLUMNS = (
    Field("code", "往返编号", "round-trip number", "本系统导出的编号，原样带回；新工单不填", "as it was exported; empty for a new case"),
    Field("number", "12345工单编号", "12345 number", "新工单必填；同一编号只收一次", "needed for a new case; each is taken once"),
    Field("field", "类别", "category", "12345的类别，按对照表对应到领域", "read by the table of words"),
    Field("area", "所属区域", "area", "县(市、区)；不填为全市", "empty for the whole city"),
    Field("place", "地址", "address", "具体地点", "where exactly"),
    Field("text", "反映内容", "problem", "新工单必填；电话和证件号会遮盖", "needed for a new case; numbers of persons are masked"),
    Field("name", "来电人", "caller", "加密保存，只有办理人员写明理由后能看", "sealed; opened with a reason by who handles it"),
    Field("phone", "联系电话", "phone", "同上", "the same"),
    Field("department", "承办单位", "department", "按对照表对应到部门；不填按规则分派", "read by the table of words; empty: routed by rule"),
    Field("state", "办理状态", "status", "按对照表对应到答复的种类", "read by the table of words"),
    Field("reply", "答复内容", "reply", "市民凭工单号能看到", "the citizen reads it"),
)  # fmt: skip
PERSONAL = ("name", "phone")  # never leave
MOST = {"code": 60, "number": 60, "place": 100, "text": 4000, "name": 40, "phone": 20, "reply": MOST_CHARACTERS}
KINDS = ("field", "area", "department", "state")  # of words that are read by the table; besides: column
REPLIES = {
    "interim": "办理中",
    "ask": "待补充",
    "close": "已办结",
    "decline": "不予受理",
}  # step -> its status in a table
STATES = {"received": "待办理", "working": "办理中", "asked": "待补充", "closed": "已办结", "declined": "不予受理"}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
Words = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Given:
    """A case or a reply in the line's words, each but the long ones in one line; what it did not say is ''."""

    code: str = ""
    number: str = ""
    field: str = ""
    area: str = ""
    place: str = ""
    text: str = ""
    name: str = ""
    phone: str = ""
    department: str = ""
    state: str = ""
    reply: str = ""

    def __post_init__(self) -> None:
        for key, said in vars(self).copy().items():
            if key not in ("text", "reply"):
                plain = unicodedata.normalize("NFKC", said) if key == "number" else said
                object.__setattr__(self, key, checks.cleaned([plain], lines=False))


@dataclass(frozen=True)
class Planned:
    """What it would do. ticket: None for a new one. step: the reply's, '' for none. unknown: words (kind, theirs) not read yet."""

    given: Given
    ticket: Ticket | None
    step: str
    linked: bool  # whether its number is to be kept
    unknown: tuple[tuple[str, str], ...]
    near: tuple[int, ...] = ()

    @property
    def moves(self) -> bool:
        return self.ticket is None or bool(self.step) or self.linked


class HotlineError(FieldRefusal):
    """What cannot be taken; nothing was. field: of Given."""


@dataclass
class Desk:
    """Where the line's cases of a city are taken."""

    counter: Counter
    words: Words

    def plan(self, given: Given) -> Planned:
        """Raises HotlineError."""
        ticket = self.ticket_of(given)
        if ticket is None and not cleaned(given.text):
            raise HotlineError("hotline.no_text", "text")
        unknown = [
            (kind, said)
            for kind in KINDS
            if (said := getattr(given, kind)) and self._read(kind, said) is None and (ticket is None or kind == "state")
        ]
        step = self._step(given, ticket)
        linked = bool(given.number) and ticket is not None and self._of_number(given) is None
        alike: tuple[int, ...] = ()
        if ticket is None:
            where = f"{given.place} {given.text}"
            found = near(
                self.counter.city_id, self._place(given).area_id, self._field(given).key, where, today(), true()
            )
            alike = tuple(one.ticket.id for one in found)
        return Planned(given, ticket, step, linked, tuple(unknown), alike)

    def take(self, planned: Planned, by: str) -> Ticket:
        """Do it; the caller commits. Raises TicketError."""
        given, ticket = planned.given, planned.ticket
        for kind, said in planned.unknown:
            if db.session.get(HotlineWord, (kind, said)) is None:
                db.session.add(HotlineWord(kind=kind, theirs=said, ours=""))
                db.session.flush()
        if ticket is None:
            ticket = self._new(given, by)
        elif planned.linked:
            _link(ticket, given.number)
            handle(ticket, "hotline_in", "coordinator", by, f"12345 {given.number}", seen=ticket.version)
        if planned.step:
            handle(ticket, planned.step, "coordinator", by, given.reply, seen=ticket.version)
        return ticket

    def ticket_of(self, given: Given) -> Ticket | None:
        """Whom it is about, None for a new case. Raises HotlineError."""
        if len(given.number) > MOST["number"]:  # a sign can stand for several
            raise HotlineError(Message("files.most_characters", most=MOST["number"]), "number")
        known = self._of_number(given) if given.number else None
        if given.code:
            found = of_round_trip(given.code)
            if found is None or found.city_id != self.counter.city_id:
                raise HotlineError("hotline.no_such_code", "code")
            if known is not None and known.id != found.id:
                raise HotlineError(Message("hotline.number_elsewhere", number=given.number), "number")
            return found
        if not given.number:
            raise HotlineError("hotline.no_number", "number")
        return known

    def _of_number(self, given: Given) -> Ticket | None:
        return of_number(self.counter.city_id, given.number)

    def _step(self, given: Given, ticket: Ticket | None) -> str:
        """What a reply is by its status; of a status that nobody has read yet, an interim one. '' where it is there already."""
        read, reply = self._read("state", given.state) or "", cleaned(given.reply)
        if not reply:
            if read and not (ticket and STEPS[read].after == ticket.state):
                raise HotlineError(Message("hotline.no_reply", state=given.state), "reply")
            return ""
        step = read or "interim"
        if ticket is None:
            return step
        if any(
            event.step in REPLIES and event.text == reply and step in (event.step, "interim") for event in ticket.events
        ):
            return ""
        if ticket.state not in STEPS[step].before:
            raise HotlineError(Message("hotline.has_ended", ticket=ticket.id), "reply")
        return step

    def _new(self, given: Given, by: str) -> Ticket:
        contact = " ".join(filter(None, (given.name, given.phone)))
        report = Report(self._field(given), self._place(given), given.place, cleaned(given.text), contact)
        key = _keys(self.counter.city_id, given.number)[0][:32]
        hand_in(self.counter, report, key)
        ticket = db.session.scalars(select(Ticket).where(Ticket.submission_key == key)).one()
        _link(ticket, given.number)
        said = " · ".join(filter(None, (f"12345 {given.number}", given.field, given.area, given.department)))
        handle(ticket, "hotline_in", "coordinator", by, said, seen=ticket.version)
        department = self._read("department", given.department)
        target = next((one for one in targets(ticket) if one.department == department), None) if department else None
        if target is not None:
            handle(ticket, "reassign", "coordinator", by, "12345", seen=ticket.version, target=target)
        return ticket

    def _field(self, given: Given) -> TicketField:
        return next(one for one in self.counter.fields if one.key == (self._read("field", given.field) or OTHER))

    def _place(self, given: Given) -> Place:
        read = self._read("area", given.area)
        return next((one for one in self.counter.places if str(one.area_id) == read), self.counter.places[0])

    def _read(self, kind: str, said: str) -> str | None:
        """What one of the line's words is here; None where nobody has said so and it is not our own word either."""
        if not said:
            return None
        known = choices(self.counter, kind)
        mapped = self.words.get((kind, said)) or said
        return next((ours for ours, *names in known if mapped == ours or said in names), None)


def choices(counter: Counter, kind: str) -> list[tuple[str, ...]]:
    """What a word of this kind can be here: the value, and the names it goes by."""
    if kind == "field":
        return [(one.key, one.zh, one.en) for one in counter.fields]
    if kind == "area":
        return [(str(one.area_id), one.zh, one.en) for one in counter.places]
    return [(name, name) for name in offered()] if kind == "department" else [*REPLIES.items()]


def columns() -> list[Field]:
    """The columns of the table, with the headings that the office has given them."""
    theirs: dict[str, tuple[str, ...]] = {}
    for (kind, heading), ours in words().items():
        if kind == "column":
            theirs[ours] = (*theirs.get(ours, ()), heading)
    return [replace(one, also=theirs.get(one.key, ())) for one in COLUMNS]


def words() -> Words:
    return {
        (one.kind, one.theirs): one.ours for one in db.session.scalars(select(HotlineWord).order_by(HotlineWord.theirs))
    }


def save_words(wanted: Words) -> None:
    """Keep the table of words as it now stands; the caller commits."""
    before = words()
    if wanted == before:
        return
    for row in db.session.scalars(select(HotlineWord)):
        if (row.kind, row.theirs) not in wanted:
            db.session.delete(row)
    for (kind, theirs), ours in wanted.items():
        db.session.merge(HotlineWord(kind=kind, theirs=theirs, ours=ours))
    changed = {each for each in {*before, *wanted} if before.get(each) != wanted.get(each)}
    told = [{f"{one[0]}: {one[1]}": each[one] for one in sorted(changed) if one in each} for each in (before, wanted)]
    audit.record("hotline.words", "hotline", told[0], told[1])


def preview(counter: Counter, name: str, data: bytes) -> Preview:
    """What a file would do. Nothing is stored."""
    table, rows = _read_table(counter, name, data)
    return _seen(table, rows)


def store(counter: Counter, name: str, data: bytes, by: str) -> Preview:
    """Check the file again and take every row, or none; the caller commits. Raises TableRefusedError."""
    audit.wait_turn()
    desk, (table, rows) = Desk(counter, words()), _read_table(counter, name, data)
    found = _seen(table, rows)
    if found.faults:
        raise TableRefusedError(found.faults)
    for line, planned in rows:
        try:
            if planned.moves:
                desk.take(planned, by)
        except TicketError as error:
            line.fault("reply", said_of(error))
            raise TableRefusedError(_seen(table, rows).faults) from error
    return found


def send(tickets: Sequence[Ticket], by: str) -> list[dict[str, str]]:
    """The rows that leave for the line, of who is not named; each ticket's history says so. The caller commits."""
    for ticket in tickets:
        handle(ticket, "hotline_out", "coordinator", by, "", seen=ticket.version)
    return [leaving(ticket) for ticket in tickets]


def leaving(ticket: Ticket) -> dict[str, str]:
    """A ticket as the line gets it: its round-trip number, what is asked, the newest reply; never a contact."""
    reply = next((one.text for one in reversed(ticket.events) if one.step in REPLIES and one.by != CITIZEN), "")
    return {
        "code": round_trip(ticket.id, ticket.number_hash) if ticket.number_hash else "", "number": "".join(numbers_of(ticket)[-1:]),
        "field": ticket.field_name, "area": ticket.area.name, "place": ticket.place, "text": ticket.text,
        "department": ticket.department or "", "state": STATES[ticket.state], "reply": reply,
    }  # fmt: skip


def changed_since(day: date) -> ColumnElement[bool]:
    """Tickets that were received or dealt with on this day or later, as a condition."""
    dealt = select(TicketEvent.ticket_id).where(TicketEvent.on >= day, TicketEvent.step != "hotline_out")
    return or_(Ticket.received_on >= day, Ticket.id.in_(dealt)) & Ticket.number_hash.is_not(None)


def numbers_of(ticket: Ticket) -> list[str]:
    """The line's own numbers of a ticket."""
    mine = HotlineNumber.ticket_id == ticket.id, HotlineNumber.number != ""
    return list(db.session.scalars(select(HotlineNumber.number).where(*mine).order_by(HotlineNumber.id)))


def of_number(city_id: int, number: str) -> Ticket | None:
    """The ticket of a city that its line's number was given."""
    return db.session.scalar(
        select(Ticket)
        .join(HotlineNumber, HotlineNumber.ticket_id == Ticket.id)
        .where(HotlineNumber.key.in_(_keys(city_id, number)), Ticket.city_id == city_id)
    )


def of_round_trip(typed: str) -> Ticket | None:
    """The ticket whose round-trip number this is."""
    read = read_round_trip(typed)
    found = db.session.get(Ticket, read[0]) if read else None
    return found if found and read and found.number_hash and signs(read[1], found.id, found.number_hash) else None


def _link(ticket: Ticket, number: str) -> None:
    db.session.add(HotlineNumber(key=_keys(ticket.city_id, number)[0], number=number, ticket_id=ticket.id))
    db.session.flush()


def _keys(city_id: int, number: str) -> list[str]:
    """The keyed hash of a city's number; then as it was stored before two cities could have the same number, and before
    digits in full width were read as digits."""
    written = dict.fromkeys((number, number.translate(FULL_WIDTH)))
    each = (said for one in written for said in (f"{city_id} {one}", one))
    return [mac(naming_key(), f"minyi 12345 {said}").hex() for said in each]


def _read_table(counter: Counter, name: str, data: bytes) -> tuple[Table, list[tuple[Line, Planned]]]:
    table, desk = Table.read(name, data, columns()), Desk(counter, words())
    rows: list[tuple[Line, Planned]] = []
    seen: dict[tuple[str, str], int] = {}
    for line in table.lines if table.usable else ():
        given = Given(**{one.key: line.text(one.key, MOST.get(one.key, 80)) for one in COLUMNS})
        try:
            planned = desk.plan(given)
        except HotlineError as error:
            line.fault(error.field, said_of(error))
            continue
        which = ("ticket", str(planned.ticket.id)) if planned.ticket else ("number", given.number)
        if which in seen:
            line.fault("code" if given.code else "number", Message("hotline.twice", row=seen[which]))
        seen[which] = line.number
        rows.append((line, planned))
    return table, rows


def _seen(table: Table, rows: Sequence[tuple[Line, Planned]]) -> Preview:
    """The changes row by row; a fault names sheet and cell."""
    found = table.preview([_change(planned) for _line, planned in rows])
    if table.title:
        found = replace(found, faults=tuple(_in_sheet(fault, table.title) for fault in found.faults))
    return found


def _in_sheet(fault: Fault, sheet: str) -> Fault:
    letters, _space, heading = fault.column.partition(" ")
    cell = f"{sheet}!{letters}{fault.row} {heading}" if heading else f"{sheet} {fault.column}"
    return replace(fault, column=cell.strip())


def _change(planned: Planned) -> Change:
    given = planned.given
    fields = (
        [
            (key, "", mask(said) if key in ("text", "place") else said)
            for key, said in vars(given).items()
            if said and key not in PERSONAL
        ]
        if planned.moves
        else []
    )
    fields += [("unknown", "", theirs) for _kind, theirs in planned.unknown]
    fields += [("near", "", f"#{number}") for number in planned.near]
    kind = "add" if planned.ticket is None else "change" if planned.moves else "same"
    label = f"#{planned.ticket.id}" if planned.ticket else given.number
    return Change(kind, label, tuple(fields))  # type: ignore[arg-type]
