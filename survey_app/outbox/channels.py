"""The ways out: what each kind needs to know, how it is kept, and which is in use."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.crypto import digest
from survey_app.ground.sealing import seal, unseal
from survey_app.models import Channel, db
from survey_app.outbox.senders.http import wrong_address
from survey_app.outbox.senders.sms import STAND_IN, TEMPLATES, providers
from survey_app.outbox.senders.webhooks import new_secret
from wording import FieldRefusal

MAIL, SMS = "mail", "sms"
FOLLOWS_PERSONS = (MAIL, SMS)  # one of each: who is told decides where it goes
WEBHOOK = "webhook"
GROUPS = ("wecom", "dingtalk")
WITHOUT_ADDRESS = (*GROUPS, WEBHOOK)  # the channel is the address


class ChannelError(FieldRefusal):
    """A channel that cannot be kept, in the user's words."""


@dataclass(frozen=True)
class Setting:
    """One thing a channel must know. choices: its only values. secret: sealed, and never shown again. most: letters."""

    name: str
    needed: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()
    default: str = ""
    most: int = 200


NEEDS: dict[str, tuple[Setting, ...]] = {
    MAIL: (
        Setting("host", needed=True),
        Setting("port", needed=True, default="465"),
        Setting("security", choices=("tls", "starttls", "none"), default="tls"),
        Setting("sender", needed=True),
        Setting("user"),
        Setting("password", secret=True),
        Setting("authority", most=20_000),
    ),
    SMS: (
        Setting("provider", needed=True, default=STAND_IN, most=40),
        Setting("signature", needed=True, most=40),
        Setting("key"),
        Setting("secret", secret=True),
        *(Setting(f"template_{event}", most=60) for event in TEMPLATES),
    ),
    "wecom": (Setting("address", needed=True, secret=True, most=1000),),
    "dingtalk": (Setting("address", needed=True, secret=True, most=1000), Setting("signing", secret=True)),
    WEBHOOK: (Setting("address", needed=True, most=1000), Setting("authority", most=20_000)),
}


def channels() -> list[Channel]:
    """All, in use or not."""
    return list(db.session.scalars(select(Channel).order_by(Channel.kind, Channel.name)))


def in_use(kind: str) -> Channel | None:
    """The channel of a kind that follows persons; None where none is in use."""
    return db.session.scalar(select(Channel).where(Channel.kind == kind, Channel.active).limit(1))


def known(channel: Channel) -> dict[str, str]:
    """Everything a sender needs, secrets too: for the moment of sending alone."""
    return {**channel.settings, **json.loads(unseal(channel.sealed))}


def keep(
    channel: Channel, name: str, given: Mapping[str, str], language: str, active: bool, events: list[str], by: str
) -> Channel:
    """Keep what `given` says, by the names of NEEDS; an empty secret keeps the one there is. The caller commits.

    Raises ChannelError where something is missing or another channel has the name.
    """
    needs = NEEDS[channel.kind]
    sealed = {} if channel.id is None else json.loads(unseal(channel.sealed))
    sealed |= {need.name: given[need.name] for need in needs if need.secret and given.get(need.name)}
    if channel.kind == WEBHOOK and "signing" not in sealed:
        sealed["signing"] = new_secret()
    settings = {need.name: given.get(need.name, "").strip() for need in needs if not need.secret}
    for need in needs:
        if need.needed and not (sealed if need.secret else settings).get(need.name):
            raise ChannelError("outbox.needed", need.name)
    wrong = (
        wrong_address(str(sealed.get("address") or settings.get("address"))) if channel.kind in WITHOUT_ADDRESS else ""
    )
    if wrong:
        raise ChannelError(wrong, "address")
    if channel.kind == SMS and settings["provider"] not in providers():
        raise ChannelError("outbox.sms_no_provider", "provider", name=settings["provider"])
    others = select(Channel).where(Channel.id != (channel.id or 0))
    if db.session.scalar(others.where(Channel.name == name)) is not None:
        raise ChannelError("outbox.name_taken", "name", name=name)
    if channel.kind in FOLLOWS_PERSONS and db.session.scalar(others.where(Channel.kind == channel.kind)) is not None:
        raise ChannelError("outbox.one_of_a_kind")
    before = {} if channel.id is None else _told(channel)
    channel.name, channel.settings, channel.sealed = name, settings, seal(json.dumps(sealed))
    channel.language, channel.active, channel.events, channel.changed_by = language, active, events, by
    db.session.add(channel)
    db.session.flush()
    audit.record("channel.change", f"channel:{channel.id}", before, _told(channel))
    return channel


def renew_secret(channel: Channel) -> str:
    """Another secret for a receiver of webhooks, by which is signed, or for the reports of a provider of SMS, of which the
    hash is kept; the old one is worth nothing any more. The caller commits, and shows it once."""
    made = new_secret() if channel.kind == WEBHOOK else secrets.token_urlsafe(32)
    kept = {"signing": made} if channel.kind == WEBHOOK else {"reports": digest(made)}
    channel.sealed = seal(json.dumps({**json.loads(unseal(channel.sealed)), **kept}))
    audit.record("channel.secret", f"channel:{channel.id}")
    return made


def remove(channel: Channel) -> None:
    """Delete it with what waits for it and its history. The caller commits."""
    audit.record("channel.remove", f"channel:{channel.id}", _told(channel))
    db.session.delete(channel)


def _told(channel: Channel) -> dict[str, object]:
    """What the audit trail has of it: no secret."""
    return {
        "kind": channel.kind, "name": channel.name, "language": channel.language, "active": channel.active,
        "events": channel.events, **{name: value for name, value in channel.settings.items() if name != "authority"},
    }  # fmt: skip
