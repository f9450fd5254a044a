"""Whom interviewers are to find: addresses or persons of a site as they were drawn, and the reserves after them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import insert, select

from survey_app.answering.cases import closed_up
from survey_app.answering.invitation_links import OPEN, make_key
from survey_app.fieldwork.invitations import InvitationError, next_serial, require_open
from survey_app.ground import audit
from survey_app.models import Contact, DeviceLink, Invitation, Site, db

MOST_LINES = 500
LONGEST = 200
_PHONE = re.compile(r"[+\d][\d\s-]{5,19}")
_APART = re.compile(r"[\t,，;；]")


def add_contacts(site: Site, text: str, reserves: int, device_id: int | None) -> int:
    """A number on the list for every line `place, telephone`, in the order drawn; the last `reserves` wait. Gives how many.

    Either part may be missing. Raises InvitationError with the number of the line; the caller commits.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    require_open(site.survey)
    if not site.probability:
        raise InvitationError("fieldwork.not_sampled_site", site_name=site.name)
    if not 1 <= len(lines) <= MOST_LINES or not 0 <= reserves < len(lines):
        raise InvitationError("fieldwork.contacts_lines", most=MOST_LINES)
    read = [_read(line, number) for number, line in enumerate(lines, start=1)]
    if device_id is not None and db.session.get_one(DeviceLink, device_id).site_id != site.id:
        raise InvitationError("fieldwork.contacts_other_site")
    audit.record("contact.make", f"site:{site.code}", after={"persons": len(read), "reserves": reserves})
    make_key(site.survey.id)
    first, today = next_serial(site.survey), datetime.now(UTC).date()
    fixed = {
        "survey_id": site.survey.id,
        "site_id": site.id,
        "state": OPEN,
        "mode": "tablet",
        "disposition": "",
        "attempts": 0,
    }
    rows = [fixed | {"serial": first + place, "made_on": today} for place in range(len(read))]
    db.session.execute(insert(Invitation), rows)
    query = select(Invitation.serial, Invitation.id).where(
        Invitation.survey_id == site.survey.id, Invitation.serial >= first
    )
    numbers = {row.serial: row.id for row in db.session.execute(query)}
    db.session.add_all(
        Contact(
            invitation_id=numbers[first + place], sealed=closed_up(*found), device_id=device_id, returned="",
            reserve=place >= len(read) - reserves,
        )
        for place, found in enumerate(read)
    )  # fmt: skip
    return len(read)


def _read(line: str, number: int) -> tuple[str, str]:
    """Place and telephone of a line; what looks like a telephone is one, wherever it stands."""
    parts = [part.strip() for part in _APART.split(line) if part.strip()]
    phones = [part for part in parts if _PHONE.fullmatch(part)]
    places = [part for part in parts if part not in phones]
    place, phone = " ".join(places), phones[0] if phones else ""
    if len(phones) > 1 or len(place) > LONGEST or not (place or phone):
        raise InvitationError("fieldwork.contacts_line", number=number)
    return place, phone
