"""Invitations to a list of numbers: made for sampled sites, sent, reminded of at most twice, forgotten at the close.

A list knows a number, sealed, and its invitation's state; no statement brings a number and an answer together. The
code is not stored: it follows from the installation's key and the number on the list, and is made again when it is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal

from sqlalchemy import Select, String, cast, delete, func, literal, or_, select

from survey_app.answering.addresses import invitation_url, public_base
from survey_app.answering.definitions import definition_of
from survey_app.answering.invitation_codes import code_again, code_hash, written_serial
from survey_app.answering.invitation_links import OPEN
from survey_app.fieldwork.invitations import Card, InvitationError, make_each, next_serial, require_open
from survey_app.files.tables_in import Field, Line, Table, TableRefusedError
from survey_app.ground import audit
from survey_app.ground.clock import survey_time, today
from survey_app.ground.crypto import mac
from survey_app.ground.reach import kind_of, tidied
from survey_app.ground.sealing import seal, unseal
from survey_app.ground.signing import naming_key
from survey_app.models import Invitation, Invited, Outgoing, Site, Survey, db
from survey_app.models.base import Document
from survey_app.outbox.channels import in_use
from survey_app.outbox.events import INVITING
from survey_app.outbox.letters import in_its_language
from survey_app.outbox.optout import opted_out
from survey_app.outbox.senders.frame import DroppedError, NeverError
from survey_app.outbox.writing import put
from wording import Message, Text

INVITATION, REMINDER = "invitation", "reminder"
MOST_SENT = 3  # the invitation and two reminders
BETWEEN = timedelta(days=3)  # two messages to one person
MOST_LINES = 20_000
SUBJECT = "invited:"
FIELDS = (
    Field("site", "点位编码", "site", "抽样点的编码", "code of a sampled site", required=True),
    Field("to", "手机号或邮箱", "mobile or e-mail", "一行一人", "one person a row", required=True),
    Field("language", "语言", "language", "中文或英文，不填为中文", "zh or en; empty for Chinese"),
)
EXAMPLES = (("A01", "13800000000", ""), ("A01", "someone@example.org", "英文"))
LANGUAGES = {
    **dict.fromkeys(("", "zh", "中文", "汉语", "chinese"), "zh"),
    **dict.fromkeys(("en", "英文", "英语", "english"), "en"),
}


@dataclass(frozen=True)
class Standing:
    """A survey's list in numbers. waiting: who would get the next message now; by rounds sent: how many persons."""

    persons: int
    used: int
    waiting: int
    rounds: tuple[int, ...]


def take_list(survey: Survey, name: str, data: bytes) -> int:
    """An invitation for every line of a table; how many. The caller commits.

    Raises TableRefusedError with everything that is wrong, InvitationError where the survey takes none.
    """
    require_open(survey)
    table = Table.read(name, data, FIELDS)
    sites = {site.code: site for site in survey.sites}
    seen: dict[str, int] = {}
    taken = set(db.session.scalars(select(Invited.mark).where(Invited.survey_id == survey.id)))
    read = [_person(survey, line, sites, seen, taken) for line in table.lines] if not table.faults else []
    faults = table.preview([]).faults
    if faults:
        raise TableRefusedError(faults)
    if not 1 <= len(read) <= MOST_LINES:
        raise InvitationError("outbox.list_lines", most=MOST_LINES)
    persons = sorted((person for person in read if person is not None), key=lambda person: person[0].id)
    audit.wait_turn()
    codes = (_code(survey.id, serial) for serial in count(next_serial(survey)))
    cards = make_each(survey, dict(Counter(site for site, *_person in persons)), codes)
    _store(survey, cards, [(to, language) for _site, to, language in persons])
    audit.record("invited.list", f"survey:{survey.code}", after={"count": len(persons)})
    return len(persons)


def standing(survey: Survey) -> Standing:
    """Counts alone."""
    query = (
        select(Invited.sent, Invitation.state, func.count())
        .join(Invitation, Invitation.id == Invited.invitation_id)
        .where(Invited.survey_id == survey.id)
        .group_by(Invited.sent, Invitation.state)
    )
    rows = [(int(sent), state, int(number)) for sent, state, number in db.session.execute(query)]
    waiting = db.session.scalar(select(func.count()).select_from(_next(survey).subquery())) or 0
    return Standing(
        sum(number for *_row, number in rows),
        sum(number for _sent, state, number in rows if state != OPEN),
        waiting,
        tuple(sum(number for sent, _state, number in rows if sent == each) for each in range(MOST_SENT + 1)),
    )


def queue_round(survey: Survey) -> int:
    """Queue the next message to everybody who has not answered and may get one; how many. The caller commits.

    Raises InvitationError where the survey is closed, nothing can be sent, or there is no public address.
    """
    require_open(survey)
    public_base(survey.demo)
    ways = {kind: in_use(kind) for kind in db.session.scalars(select(Invited.kind).distinct())}
    missing = [kind for kind, channel in ways.items() if channel is None]
    if missing:
        raise InvitationError("outbox.no_channel", kinds=missing)
    number = 0
    for person in db.session.scalars(_next(survey)).all():
        channel = ways[person.kind]
        if channel is None or opted_out(unseal(person.sealed)):
            continue
        event = REMINDER if person.sent else INVITATION
        once = f"{SUBJECT}{person.invitation_id} {person.sent}"
        number += put(
            channel, event, f"{SUBJECT}{person.invitation_id}", {}, receiver=written_serial(person.invitation.serial),
            to="", language=person.language, once=once,
        )  # fmt: skip
        person.sent, person.last_on = person.sent + 1, today()
    if number:
        audit.record("invited.send", f"survey:{survey.code}", after={"count": number})
    return number


def at_sending(message: Outgoing) -> tuple[str, Document]:
    """Number and params of a message to an invited person, at the moment it is sent.

    Raises DroppedError where it is needed no more: answered since, forgotten, closed; NeverError where nothing leads to it.
    """
    person = db.session.get(Invited, int(message.subject.removeprefix(SUBJECT)))
    if person is None or person.invitation.state != OPEN or closed(person.invitation.survey):
        raise DroppedError("outbox.not_needed")
    survey, code = person.invitation.survey, _code(person.survey_id, person.invitation.serial)
    if code_hash(code) != person.invitation.code_hash:
        raise NeverError("outbox.code_reissued")
    to = unseal(person.sealed)
    if opted_out(to):
        raise DroppedError("outbox.opted_out")
    closes = survey_time(survey.closes_at, survey, "%Y-%m-%d") if survey.closes_at else ""
    language: Literal["zh", "en"] = "en" if message.language == "en" else "zh"
    definition, link = definition_of(survey), invitation_url(code, public_base(survey.demo))
    title = survey.title if language == "zh" else definition.title[language]
    return to, {
        "survey": title,
        "organiser": definition.organiser[language],
        "link": in_its_language(link, language),
        "until": closes or Message("outbox.until_the_end").text(language),
    }


def forget_numbers(survey: Survey, reason: str = "") -> int:
    """Delete every number of the survey's list, and the messages to them; how many numbers. Invitations stay. The caller
    commits."""
    subjects = select(literal(SUBJECT) + cast(Invited.invitation_id, String)).where(Invited.survey_id == survey.id)
    db.session.execute(
        delete(Outgoing)
        .where(Outgoing.event.in_(INVITING), Outgoing.subject.in_(subjects))
        .execution_options(synchronize_session=False)
    )
    done = db.session.execute(delete(Invited).where(Invited.survey_id == survey.id))
    number = int(done.rowcount)  # type: ignore[attr-defined]
    if number:
        audit.record("invited.forget", f"survey:{survey.code}", {"count": number}, reason=reason)
    return number


def forget_after_close() -> int:
    """The same of every survey that takes no more answers. The caller commits."""
    ended = Survey.state.in_(("closed", "archived")) | (Survey.closes_at <= datetime.now(UTC))
    query = select(Survey).where(ended, Survey.id.in_(select(Invited.survey_id)))
    return sum(forget_numbers(survey) for survey in db.session.scalars(query).all())


def closed(survey: Survey) -> bool:
    """Whether it takes no more answers."""
    try:
        require_open(survey)
    except InvitationError:
        return True
    return False


def _person(
    survey: Survey, line: Line, sites: dict[str, Site], seen: dict[str, int], taken: set[str]
) -> tuple[Site, str, str] | None:
    """Site, number and language of a line; None where anything is wrong, which is noted."""
    code, to = line.text("site", 40), tidied(line.text("to", 254))
    language = LANGUAGES.get(line.text("language", 20).casefold())
    site, mark = sites.get(code), _mark(survey.id, to)
    wrong: list[tuple[str, Text]] = []
    if site is None or not site.probability:
        wrong.append(("site", Message("outbox.list_no_site", code=code)))
    if not kind_of(to):
        wrong.append(("to", Message("outbox.list_no_number")))
    elif mark in seen:
        wrong.append(("to", Message("outbox.list_twice", row=seen[mark])))
    elif mark in taken:
        wrong.append(("to", Message("outbox.list_invited")))
    if language is None:
        wrong.append(("language", Message("outbox.list_language")))
    seen.setdefault(mark, line.number)
    for column, said in wrong:
        line.fault(column, said)
    return None if wrong or site is None or language is None else (site, to, language)


def _store(survey: Survey, cards: Sequence[Card], readers: Sequence[tuple[str, str]]) -> None:
    query = select(Invitation.serial, Invitation.id).where(Invitation.survey_id == survey.id)
    ids = {row.serial: row.id for row in db.session.execute(query.where(Invitation.serial >= cards[0].serial))}
    db.session.add_all(
        Invited(
            invitation_id=ids[card.serial], survey_id=survey.id, kind=kind_of(to), sealed=seal(to),
            mark=_mark(survey.id, to), language=language,
        )
        for card, (to, language) in zip(cards, readers, strict=True)
    )  # fmt: skip
    db.session.flush()


def _next(survey: Survey) -> Select[Invited]:
    """Who may get the next message today: unused, fewer than MOST_SENT, the last one long enough ago."""
    rested = or_(Invited.last_on.is_(None), Invited.last_on <= today() - BETWEEN)
    return (
        select(Invited)
        .join(Invitation, Invitation.id == Invited.invitation_id)
        .where(Invited.survey_id == survey.id, Invitation.state == OPEN, Invited.sent < MOST_SENT, rested)
        .order_by(Invited.invitation_id)
    )


def _code(survey_id: int, serial: int) -> str:
    return code_again(f"invited {survey_id} {serial}")


def _mark(survey_id: int, to: str) -> str:
    return mac(naming_key(), f"minyi invited {survey_id} {to.lower()}").hex()
