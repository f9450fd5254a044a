"""Keys of the API: made for one program in one role, told once, kept as a hash, until their end or until revoked.

A key is never an administrator's: what it reads is protected as for everybody else.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.crypto import digest
from survey_app.ground.roles import ADMINISTRATOR, ROLES
from survey_app.models import ApiToken, Survey, db
from survey_app.models.base import now
from survey_app.people.accounts import new_grant, said_of
from wording import Refusal

KINDS = ("read", "write", "submit")
COLLECTOR = "manager"  # the role whose import of responses a collector's key stands beside
TOKEN_ROLES = tuple(role for role in ROLES if role != ADMINISTRATOR)
LONGEST_DAYS, LONGEST_LABEL, MOST_DAILY = 366, 60, 100_000
PREFIX = "minyi_"  # by which a scan for secrets knows it
NOTED = timedelta(minutes=1)  # how exactly the last use is known


class ApiTokenError(Refusal):
    """A key that cannot be made; nothing was changed."""


def make_token(
    label: str, kind: str, role: str, area: str, department: str, days: int | None, by: str,
    survey: Survey | None = None, daily: int | None = None,
) -> tuple[ApiToken, str]:  # fmt: skip
    """The key and what its program sends, which is told this once; a collector's names survey and daily number.

    The caller commits. Raises ApiTokenError, AccountError.
    """
    label = label.strip()
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise ApiTokenError("api.label", most=LONGEST_LABEL)
    if kind not in KINDS:
        raise ApiTokenError("api.kind", kinds=KINDS)
    if role not in TOKEN_ROLES:
        raise ApiTokenError("api.role", roles=TOKEN_ROLES)
    if days is None or not 1 <= days <= LONGEST_DAYS:
        raise ApiTokenError("api.days", most=LONGEST_DAYS)
    collects = kind == "submit"
    if collects and (role != COLLECTOR or area or department):
        raise ApiTokenError("api.collector_role")
    if collects and (survey is None or daily is None or not 1 <= daily <= MOST_DAILY):
        raise ApiTokenError("api.collector", most=MOST_DAILY)
    audit.wait_turn()
    if any(other.label == label for other in tokens(alive=True)):
        raise ApiTokenError("api.label_taken", label=label)
    grant, token = new_grant(role, area, department), PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(
        token=digest(token), label=label, kind=kind, role=role, area=grant.area, department=grant.department, by=by,
        ends_at=now() + timedelta(days=days), survey=survey if collects else None, daily=daily if collects else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    after: dict[str, object] = {**said_of(grant), "kind": kind, "due": made.ends_at.date().isoformat()}
    if made.survey is not None:
        after |= {"survey": made.survey.code, "daily": daily}
    audit.record("token.make", f"token:{label}", after=after)
    return made, token


def revoke(token: ApiToken, reason: str = "") -> None:
    """It opens nothing from now on. The caller commits."""
    if token.revoked_at is None:
        token.revoked_at = now()
        audit.record("token.revoke", f"token:{token.label}", reason=reason)


def token_behind(sent: str) -> ApiToken | None:
    """The key as it was sent, where it opens something now."""
    query = select(ApiToken).where(ApiToken.token == digest(sent), ApiToken.revoked_at.is_(None))
    return db.session.scalar(query.where(ApiToken.ends_at > now()))


def note_use(token: ApiToken) -> bool:
    """Whether its last use is to be stored: once a minute. The caller commits."""
    due = token.last_used_at is None or token.last_used_at < now() - NOTED
    if due:
        token.last_used_at = now()
    return due


def tokens(alive: bool = False) -> list[ApiToken]:
    """All that were made, or those that still open something, the newest first."""
    query = select(ApiToken).order_by(ApiToken.id.desc())
    if alive:
        query = query.where(ApiToken.revoked_at.is_(None), ApiToken.ends_at > now())
    return list(db.session.scalars(query))
