"""Making, reissuing and reopening invitations, and writing down what became of them. The caller commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import case, func, insert, select, update

from survey_app.answering.addresses import invitation_url
from survey_app.answering.invitation_codes import code_hash, new_code, written, written_serial
from survey_app.answering.invitation_links import OPEN, SPENT, OpenInvitation, linked_response, make_key, unlink
from survey_app.answering.open_sites import forget_sites
from survey_app.ground import audit
from survey_app.models import Invitation, Response, Site, Survey, db
from wording import Refusal

FIRST_SERIAL = 1001
MOST_AT_ONCE = 5000
VOIDED = "voided"


class InvitationError(Refusal):
    """What cannot be done with an invitation, in the user's words."""


@dataclass(frozen=True)
class Card:
    """An invitation at the one moment its code is known. It is printed or sent and never stored."""

    serial: int
    code: str
    site: Site

    @property
    def written_serial(self) -> str:
        return written_serial(self.serial)

    @property
    def written_code(self) -> str:
        return written(self.code)

    def url(self, base: str) -> str:
        return invitation_url(self.code, base)


@dataclass(frozen=True)
class SiteInvitations:
    """How many invitations a site has, and what became of them."""

    site: Site
    made: int
    spent: int
    attempted: int

    @property
    def open(self) -> int:
        return self.made - self.spent


@dataclass(frozen=True)
class Batch:
    """Cards that are planned: nobody has their codes and nothing is stored. again: for unused invitations that are there."""

    survey: Survey
    cards: list[Card]
    again: bool = False


def make(site: Site, number: int) -> list[Card]:
    """`number` new invitations of a sampled site. Raises InvitationError."""
    return make_each(site.survey, {site: number})


def make_all(survey: Survey, oversample: float) -> list[Card]:
    """For every sampled site as many as are missing to its target times `oversample`. Raises InvitationError."""
    audit.wait_turn()
    return store(planned(survey, lacking(survey, oversample)))


def lacking(survey: Survey, oversample: float) -> dict[Site, int]:
    """What every sampled site lacks to its target times `oversample`. Raises InvitationError, also where none lacks any."""
    if not 1 <= oversample <= 50:
        raise InvitationError("fieldwork.invitations_for_each_planned")
    there = {row.site.id: row.made for row in by_site(survey)}
    wanted = {}
    for site in survey.sites:
        number = int((site.target * Decimal(str(oversample))).to_integral_value(ROUND_CEILING)) - there.get(site.id, 0)
        if site.probability and site.active and number > 0:
            wanted[site] = number
    if not wanted:
        raise InvitationError("fieldwork.every_sampled_site_enough")
    return wanted


def reissue(site: Site) -> list[Card]:
    """New codes for all unspent invitations of a site; the old ones lose their force. Raises InvitationError."""
    audit.wait_turn()
    return store(planned_again(site))


def planned_again(site: Site) -> Batch:
    """New codes for the unused invitations of a site. Raises InvitationError."""
    require_open(site.survey)
    serials = [invitation.serial for invitation in _unused(site)]
    if not serials:
        raise InvitationError("fieldwork.no_unused_invitation_reissue")
    return Batch(site.survey, [Card(serial, new_code(), site) for serial in serials], again=True)


def reopen(survey: Survey, serial: int, reason: str) -> None:
    """Let an invitation be used again. Its earlier response is voided in the same transaction: kept, never counted.

    Raises InvitationError, also after the close: the link is gone then.
    """
    if not reason.strip():
        raise InvitationError("fieldwork.reason_needed")
    require_open(survey)
    audit.record("invitation.reopen", f"invitation:{survey.code}/{written_serial(serial)}", reason=reason.strip())
    invitation = _locked(survey, serial)
    known = OpenInvitation.of(invitation)
    response = linked_response(known)  # None also where its citizen has erased it, which nobody is told
    if invitation.state != SPENT or not unlink(known):
        raise InvitationError("fieldwork.invitation_not_been_used")
    db.session.execute(update(Response).where(Response.id == response).values(state=VOIDED))
    invitation.state, invitation.disposition = OPEN, ""


def invitation_of(survey: Survey, serial: int) -> Invitation:
    """Raises InvitationError where there is none."""
    found = db.session.scalar(select(Invitation).where(Invitation.survey_id == survey.id, Invitation.serial == serial))
    if found is None:
        raise InvitationError("fieldwork.no_such_number_on")
    return found


def of_site(site: Site) -> Sequence[Invitation]:
    return db.session.scalars(select(Invitation).where(Invitation.site_id == site.id).order_by(Invitation.serial)).all()


def by_site(survey: Survey) -> list[SiteInvitations]:
    """Every sampled site, also those without invitations."""
    counts = (
        select(
            Invitation.site_id,
            func.count().label("made"),
            func.sum(case((Invitation.state == SPENT, 1), else_=0)).label("spent"),
            func.sum(case((Invitation.attempts > 0, 1), else_=0)).label("attempted"),
        )
        .where(Invitation.survey_id == survey.id, Invitation.code_hash.is_not(None))
        .group_by(Invitation.site_id)
        .subquery()
    )
    query = (
        select(Site, counts.c.made, counts.c.spent, counts.c.attempted)
        .outerjoin(counts, counts.c.site_id == Site.id)
        .where(Site.survey_id == survey.id, Site.probability)
        .order_by(Site.id)
    )
    return [
        SiteInvitations(site, int(made or 0), int(spent or 0), int(attempted or 0))
        for site, made, spent, attempted in db.session.execute(query)
    ]


def next_serial(survey: Survey) -> int:
    """The next free number of the list. The caller holds the audit trail's lock, so that nobody else takes it."""
    last = db.session.scalar(select(func.max(Invitation.serial)).where(Invitation.survey_id == survey.id))
    return (last or FIRST_SERIAL - 1) + 1


def make_each(survey: Survey, wanted: dict[Site, int], codes: Iterator[str] | None = None) -> list[Card]:
    """So many new invitations of each site, with new codes or with these. Raises InvitationError."""
    audit.wait_turn()
    return store(planned(survey, wanted, codes))


def planned(survey: Survey, wanted: dict[Site, int], codes: Iterator[str] | None = None) -> Batch:
    """So many cards for each site, with the next free numbers. Raises InvitationError."""
    require_open(survey)
    codes = codes or iter(new_code, "")
    serial, cards = next_serial(survey), []
    for site, number in wanted.items():
        if not site.probability:
            raise InvitationError("fieldwork.not_sampled_site", site_name=site.name)
        if not 1 <= number <= MOST_AT_ONCE:
            raise InvitationError("fieldwork.invitations_time", most_at_once=MOST_AT_ONCE)
        cards += [Card(serial + place, next(codes), site) for place in range(number)]
        serial += number
    return Batch(survey, cards)


def store(batch: Batch) -> list[Card]:
    """From now on the planned codes hold. Raises InvitationError where the list has changed since it was planned."""
    survey, sites = batch.survey, {card.site for card in batch.cards}
    subject = f"site:{next(iter(sites)).code}" if len(sites) == 1 else f"survey:{survey.code}"
    action = "invitation.reissue" if batch.again else "invitation.make"
    after = None if batch.again else {"sites": len(sites), "invitations": len(batch.cards)}
    audit.record(action, subject, after=after)  # also locks the row of numbers
    db.session.refresh(survey)
    require_open(survey)
    if batch.again:
        found = _unused(batch.cards[0].site, locked=True)
        if [invitation.serial for invitation in found] != [card.serial for card in batch.cards]:
            raise InvitationError("fieldwork.list_changed_meanwhile")
        for invitation, card in zip(found, batch.cards, strict=True):
            invitation.code_hash = code_hash(card.code)
        return batch.cards
    if next_serial(survey) != batch.cards[0].serial:
        raise InvitationError("fieldwork.list_changed_meanwhile")
    make_key(survey.id)
    today = datetime.now(UTC).date()
    rows = [
        {
            "survey_id": survey.id, "site_id": card.site.id, "serial": card.serial, "code_hash": code_hash(card.code),
            "state": OPEN, "mode": "web", "disposition": "", "attempts": 0, "made_on": today,
        }
        for card in batch.cards
    ]  # fmt: skip
    db.session.execute(insert(Invitation), rows)
    forget_sites()
    return batch.cards


def _unused(site: Site, locked: bool = False) -> list[Invitation]:
    query = select(Invitation).where(
        Invitation.site_id == site.id, Invitation.state == OPEN, Invitation.code_hash.is_not(None)
    )
    query = query.order_by(Invitation.serial).execution_options(populate_existing=True)
    return list(db.session.scalars(query.with_for_update() if locked else query))


def require_open(survey: Survey) -> None:
    """Raises InvitationError where the survey takes no answers any more."""
    if survey.state in ("closed", "archived") or (survey.closes_at and survey.closes_at <= datetime.now(UTC)):
        raise InvitationError("fieldwork.survey_closed_no_invitation")


def _locked(survey: Survey, serial: int) -> Invitation:
    invitation = invitation_of(survey, serial)
    db.session.refresh(invitation, with_for_update=True)
    return invitation
