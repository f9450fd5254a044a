"""Signed links that make a tablet the interviewer's device of one site, until they expire or are revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from survey_app.ground.crypto import mac
from survey_app.ground.signing import naming_key, signer
from survey_app.models import DeviceLink, Site, db
from wording import Refusal

LONGEST_DAYS = 90


class DeviceError(Refusal):
    """A link that cannot be made, in the user's words."""


def make_device(site: Site, label: str, days: int, made_by: str, mode: str = "tablet") -> DeviceLink:
    """A link for `days` days, to ask at the door or by telephone (`phone`); the caller commits. Raises DeviceError."""
    label = label.strip()
    if not label or len(label) > 80:
        raise DeviceError("answering.name_device_or_its")
    if not 1 <= days <= LONGEST_DAYS:
        raise DeviceError("answering.link_lasts_days", longest_days=LONGEST_DAYS)
    made = DeviceLink(
        site=site, label=label, made_by=made_by, mode=mode, expires_at=datetime.now(UTC) + timedelta(days=days)
    )
    db.session.add(made)
    db.session.flush()
    return made


def signed(device: DeviceLink) -> str:
    """The part of the address behind /t/."""
    return str(_serializer().dumps(device.id))


def pin_of(number: int) -> str:
    """The six figures that open what a tablet holds. They follow from its number, so that who has forgotten them is told."""
    made = mac(naming_key(), f"minyi tablet {number}")
    return f"{int.from_bytes(made[:8], 'big') % 1_000_000:06}"


def device_of(link: str) -> int | None:
    """The number of the device a link was made for, whether or not it still opens; None where it is forged."""
    try:
        return int(_serializer().loads(link))
    except BadSignature:
        return None


def code_of_device(number: int) -> str | None:
    """The code of the site a device was made for, whether or not its link still opens."""
    return db.session.scalar(
        select(Site.code).join(DeviceLink, DeviceLink.site_id == Site.id).where(DeviceLink.id == number)
    )


def report(device: int, unsent: int) -> None:
    """Note how many interviews a tablet holds. The caller commits."""
    values = {"unsent": unsent, "reported_at": datetime.now(UTC)}
    db.session.execute(update(DeviceLink).where(DeviceLink.id == device).values(values))


def site_of_device(link: str) -> str | None:
    """The code of the site a link stands for; None where it is forged, expired or revoked."""
    number = device_of(link)
    if number is None:
        return None
    query = (
        select(Site.code)
        .join(DeviceLink, DeviceLink.site_id == Site.id)
        .where(DeviceLink.id == number, DeviceLink.revoked_at.is_(None), DeviceLink.expires_at > datetime.now(UTC))
    )
    return db.session.scalar(query)


def _serializer() -> URLSafeSerializer:
    return signer("minyi device")
