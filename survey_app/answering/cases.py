"""A tablet's list of sampled persons: whom to find where, what each attempt came to, and who is asked in a household.

A person is replaced by the plan's rule alone (`respondents.replace_after`): by the next reserve of the same site, in the
order in which they were drawn. Nobody chooses whom.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select

from survey_app.answering.dispositions import BY_CODE, DISPOSITIONS, INTERVIEWS
from survey_app.answering.invitation_codes import written_serial
from survey_app.answering.invitation_links import OPEN
from survey_app.ground import audit
from survey_app.ground.crypto import mac
from survey_app.ground.sealing import seal, unseal
from survey_app.ground.signing import naming_key
from survey_app.models import Contact, DeviceLink, Invitation, Invited, Survey, Visit, db
from wording import Refusal

MOST_ADULTS = 12
NOT_ELIGIBLE = tuple(code for code, each in BY_CODE.items() if each.group == "NE")
AT_ONCE, NEVER_MET = ("R", "O", "NE"), ("NC", "UH", "UO")  # groups of outcomes: final, and final after some attempts


class VisitError(Refusal):
    """An attempt that cannot be written down, in the interviewer's words."""


@dataclass(frozen=True)
class Case:
    """A person on a tablet's list. `row`: who is asked of 1, 2, … eligible, counted from the oldest."""

    serial: str
    place: str
    phone: str
    outcome: str
    attempts: int
    appointment: str
    returned: str
    row: list[int]


def outcomes(language: str) -> list[tuple[str, str]]:
    """Codes and names of what an attempt can come to; an interview comes with its answers."""
    return [
        (each.code, each.en if language == "en" else each.zh) for each in DISPOSITIONS if each.group not in INTERVIEWS
    ]


def cases_of(device: DeviceLink) -> list[Case]:
    """Who is left to be interviewed: assigned to this tablet, or to none of the site.

    Reserves are on no list, nor who is not eligible or has been replaced.
    """
    gone = select(Contact.replaces).join(Contact.invitation)
    replaced = gone.where(Invitation.site_id == device.site_id, Contact.replaces.is_not(None))
    query = (
        select(Contact)
        .join(Contact.invitation)
        .where(Invitation.site_id == device.site_id, Invitation.state == OPEN, Contact.reserve.is_(False))
        .where(Invitation.disposition.not_in(NOT_ELIGIBLE), Invitation.serial.not_in(replaced))
        .where(or_(Contact.device_id.is_(None), Contact.device_id == device.id))
        .order_by(Invitation.serial)
    )
    return [_case(contact) for contact in db.session.scalars(query)]


def _case(contact: Contact) -> Case:
    invitation, (place, phone) = contact.invitation, opened(contact.sealed)
    appointment = contact.appointment_at.isoformat() if contact.appointment_at else ""
    return Case(
        written_serial(invitation.serial), place, phone, invitation.disposition, invitation.attempts, appointment,
        contact.returned, kish_row(invitation.id),
    )  # fmt: skip


def closed_up(place: str, phone: str) -> str:
    """Place and telephone as they are stored."""
    return seal(json.dumps([place, phone], ensure_ascii=False))


def opened(sealed: str) -> tuple[str, str]:
    place, phone = json.loads(unseal(sealed))
    return place, phone


def kish_row(number: int) -> list[int]:
    """Who is asked of 1 to MOST_ADULTS eligible persons, by the household's own row of a table drawn once.

    Kish (1949) prints eight rows, by which of five adults the third and fifth have 1/4, the others 1/6. A row of its own for
    each household gives everybody 1/eligible, for every number; it follows from the number, so nobody draws again.
    """
    return [1 + _drawn(f"{number}:{adults}") % adults for adults in range(1, MOST_ADULTS + 1)]


def _drawn(what: str) -> int:
    return int.from_bytes(mac(naming_key(), f"minyi household {what}")[:8], "big")


def record_visit(
    device: DeviceLink, key: str, serial: int, outcome: str, moment: datetime, appointment: datetime | None
) -> None:
    """Write an attempt down, once however often it is sent; the caller commits. Raises VisitError."""
    if not key.isalnum() or len(key) > 32 or outcome not in BY_CODE or BY_CODE[outcome].group in INTERVIEWS:
        raise VisitError("answering.visit_not_readable")
    survey = device.site.survey
    audit.wait_turn()  # two at once are counted one after the other, and one sent twice at once is one
    if db.session.get(Visit, key) is not None:
        return
    query = select(Contact).join(Contact.invitation)
    mine = (Invitation.site_id == device.site_id, Invitation.serial == serial, Contact.reserve.is_(False))
    contact = db.session.scalar(query.where(*mine))
    if contact is None:
        raise VisitError("answering.visit_no_person")
    invitation = contact.invitation
    db.session.add(Visit(key=key, invitation_id=invitation.id, device_id=device.id, made_at=moment, outcome=outcome))
    before = {"disposition": invitation.disposition, "attempts": invitation.attempts}
    after = {"disposition": outcome, "attempts": invitation.attempts + 1}
    audit.record("invitation.outcome", f"invitation:{survey.code}/{written_serial(serial)}", before, after)
    invitation.attempts += 1
    invitation.last_attempt_on = moment.date()
    contact.appointment_at = appointment
    if invitation.state == OPEN:
        invitation.disposition = outcome
        if _is_over(survey, invitation):
            _replace(survey, contact)


def waits(invitation_id: int) -> bool:
    """Whether it is a reserve whom the rule has not put in anybody's place."""
    return bool(db.session.scalar(select(Contact.reserve).where(Contact.invitation_id == invitation_id)))


def _is_over(survey: Survey, invitation: Invitation) -> bool:
    """Whether the plan's rule has somebody else asked in this one's place."""
    group, most = BY_CODE[invitation.disposition].group, survey.replace_after
    return most is not None and (group in AT_ONCE or (group in NEVER_MET and invitation.attempts >= most))


def _replace(survey: Survey, contact: Contact) -> None:
    gone = contact.invitation
    taken = select(Contact.invitation_id).join(Contact.invitation)
    if db.session.scalar(taken.where(Contact.replaces == gone.serial, Invitation.survey_id == survey.id)) is not None:
        return
    query = select(Contact).join(Contact.invitation).where(Invitation.site_id == gone.site_id, Contact.reserve)
    reserve = db.session.scalars(query.order_by(Invitation.serial).limit(1)).first()
    if reserve is None:
        return
    reserve.reserve, reserve.replaces, reserve.device_id = False, gone.serial, contact.device_id
    subject = f"invitation:{survey.code}/{written_serial(gone.serial)}"
    audit.record("contact.replace", subject, after={"by": written_serial(reserve.invitation.serial)})


def forget_contacts(survey_id: int) -> None:
    """Delete where sampled persons are found and when somebody tried, in the caller's transaction."""
    there = select(Invitation.id).where(Invitation.survey_id == survey_id)
    db.session.execute(delete(Visit).where(Visit.invitation_id.in_(there)))
    db.session.execute(delete(Contact).where(Contact.invitation_id.in_(there)))
    db.session.execute(delete(Invited).where(Invited.survey_id == survey_id))


def as_sent(cases: list[Case]) -> list[dict[str, object]]:
    return [asdict(case) for case in cases]
