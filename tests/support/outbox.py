"""A channel of mail, people with addresses, and an office that is never asleep."""

from __future__ import annotations

from datetime import time

from survey_app.ground.sealing import seal
from survey_app.models import Channel, NoticeAddress, NoticeHours, Outgoing, User, db
from survey_app.outbox.channels import keep
from survey_app.outbox.happened import collect
from tests.support.mail import HOST


def mail_channel(port: int = 9) -> Channel:
    """Mail that goes to this port of the machine; nobody is there unless a test's server is."""
    known = {"host": HOST, "port": str(port), "security": "none", "sender": "notice@example.org"}
    made = keep(Channel(kind="mail"), "mail", known, "zh", active=True, events=[], by="anna")
    db.session.commit()
    return made


def at_any_hour() -> None:
    """No quiet hours: a test runs whenever it runs."""
    db.session.merge(NoticeHours(id=1, quiet_from=time(3), quiet_until=time(3), digest_at=time(8, 30)))
    db.session.commit()


def reached_at(user: User, address: str) -> User:
    """The account with an address for its notices."""
    db.session.add(NoticeAddress(user_id=user.id, sealed=seal(address)))
    db.session.commit()
    return user


def begin() -> None:
    """What was before is history."""
    collect()
    db.session.commit()


def collected() -> list[Outgoing]:
    """What has happened, as messages, in order."""
    collect()
    db.session.commit()
    return db.session.query(Outgoing).order_by(Outgoing.id).all()
