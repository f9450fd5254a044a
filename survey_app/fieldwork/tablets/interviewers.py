"""How interviewers' work comes in: speed, hours, sameness, attempts. Shown only: nothing here leaves an answer out, and of
whom fewer than LEAST_INTERVIEWS are known no rate is shown, which chance alone would make best or worst.

A supervisor returns an interview by what is known of how it came (process data), never by what it says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from survey_app.answering.dispositions import group_of
from survey_app.answering.invitation_links import SPENT, OpenInvitation, linked_response
from survey_app.fieldwork import invitations
from survey_app.models import Contact, DeviceLink, Invitation, Response, ResponseFlag, Site, Survey, Visit, db

SAME = ("straight_lining", "duplicate")  # kinds of flags that tell of sameness
DAY = range(8, 21)  # hours at which people are visited
LEAST_INTERVIEWS = 30  # of an interviewer, before a rate is set beside those of others
NOT_REACHED = ("NC", "UH", "UO")


@dataclass(frozen=True)
class Work:
    """One link's interviews and attempts. minutes: of the median interview; shares in [0, 1]. None under LEAST_INTERVIEWS
    interviews, of `reached` under as many attempts."""

    device: DeviceLink
    interviews: int
    minutes: float | None
    at_odd_hours: float | None
    same: float | None
    returned: int
    attempts: int
    reached: float | None


def work_of(survey: Survey, sites: Collection[int]) -> list[Work]:
    """Every link of these sites that has brought something."""
    zone = ZoneInfo(survey.time_zone)
    own = select(Response.device_id, Response.id, Response.started_at, Response.finished_at, Response.state).where(
        Response.survey_id == survey.id, Response.device_id.is_not(None)
    )
    found: dict[int, list[tuple[int, float, int, str]]] = {}
    for device_id, number, started, finished, state in db.session.execute(own).all():
        seconds = (finished - started).total_seconds()
        found.setdefault(device_id or 0, []).append((number, seconds, finished.astimezone(zone).hour, state))
    same = select(ResponseFlag.response_id).join(Response, Response.id == ResponseFlag.response_id)
    alike = set(
        db.session.scalars(
            same.where(
                Response.survey_id == survey.id,
                ResponseFlag.kind.in_(SAME),
                ResponseFlag.lifted_at.is_(None),
                Response.device_id.is_not(None),
            )
        )
    )
    outcomes: dict[int, list[str]] = {}
    visits = select(Visit.device_id, Visit.outcome).join(DeviceLink, DeviceLink.id == Visit.device_id).join(Site)
    for device_id, outcome in db.session.execute(visits.where(Site.survey_id == survey.id)):
        outcomes.setdefault(device_id, []).append(outcome)
    devices = db.session.scalars(
        select(DeviceLink).join(Site).where(Site.survey_id == survey.id).order_by(DeviceLink.id)
    )
    return [
        _work(device, found.get(device.id, []), alike, outcomes.get(device.id, []))
        for device in devices
        if device.site_id in sites and (device.id in found or device.id in outcomes)
    ]


def _work(device: DeviceLink, found: list[tuple[int, float, int, str]], alike: set[int], outcomes: list[str]) -> Work:
    kept = [one for one in found if one[3] != invitations.VOIDED]
    met = sum(group_of(outcome) not in NOT_REACHED for outcome in outcomes) + len(kept)
    tries = len(outcomes) + len(kept)
    enough = len(kept) >= LEAST_INTERVIEWS
    share = (lambda number: number / len(kept)) if enough else (lambda _number: None)
    return Work(
        device, len(kept), median(one[1] for one in kept) / 60 if enough else None,
        share(sum(one[2] not in DAY for one in kept)), share(sum(one[0] in alike for one in kept)),
        len(found) - len(kept), tries, met / tries if tries >= LEAST_INTERVIEWS else None,
    )  # fmt: skip


def return_interview(response: Response, reason: str) -> None:
    """Void an interview and put its person on the tablet's list again, with the reason; the caller commits.

    Raises InvitationError: without a reason, after the close, or where no number on the list is behind it.
    """
    survey = db.session.get_one(Survey, response.survey_id)
    contact = _contact_behind(response)
    if contact is None:
        raise invitations.InvitationError("fieldwork.no_list_behind")
    invitations.reopen(survey, contact.invitation.serial, reason)
    contact.returned = reason.strip()[:300]
    contact.device_id = contact.device_id or response.device_id


def can_return(response: Response) -> bool:
    """Whether it came from a tablet whose list it was on."""
    return (
        response.device_id is not None
        and response.state != invitations.VOIDED
        and _contact_behind(response) is not None
    )


def _contact_behind(response: Response) -> Contact | None:
    query = select(Contact).join(Contact.invitation)
    spent = query.where(Invitation.site_id == response.site_id, Invitation.state == SPENT)
    return next(
        (one for one in db.session.scalars(spent) if linked_response(OpenInvitation.of(one.invitation)) == response.id),
        None,
    )


def reserves_left(site: Site) -> int:
    """How many of a site's reserves wait."""
    query = select(func.count()).select_from(Contact).join(Contact.invitation)
    return db.session.scalar(query.where(Invitation.site_id == site.id, Contact.reserve)) or 0
