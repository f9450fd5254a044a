"""Read-only links: an address that shows one run's brief without signing in, until its end or until it is revoked.

The address holds a token that nobody can guess, the database its hash. A link opens nothing while the figure is held.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.crypto import digest
from survey_app.ground.held import held
from survey_app.models import EstimateRun, ViewLink, db
from survey_app.models.base import now
from wording import Refusal

LONGEST_DAYS, LONGEST_LABEL = 180, 80


class LinkError(Refusal):
    """A link that cannot be made; nothing was changed."""


def make_link(run: EstimateRun, label: str, days: int | None, by: str) -> tuple[ViewLink, str]:
    """The link and its token, which is told this once. The caller commits. Raises LinkError."""
    label = label.strip()
    if not label or len(label) > LONGEST_LABEL:
        raise LinkError("briefs.link_for_whom", most=LONGEST_LABEL)
    if days is None or not 1 <= days <= LONGEST_DAYS:
        raise LinkError("briefs.link_days", most=LONGEST_DAYS)
    if held(run.survey):
        raise LinkError("official.held", code=run.survey.code)
    token = secrets.token_urlsafe(32)
    made = ViewLink(token=digest(token), run=run, label=label, by=by, ends_at=now() + timedelta(days=days))
    db.session.add(made)
    audit.record("link.make", f"estimate:{run.id}", after={"name": label, "due": made.ends_at.date().isoformat()})
    db.session.flush()
    return made, token


def revoke(link: ViewLink) -> None:
    """It opens nothing from now on. The caller commits."""
    if link.revoked_at is None:
        link.revoked_at = now()
        audit.record("link.revoke", f"estimate:{link.run_id}", before={"name": link.label})


def run_behind(token: str) -> EstimateRun | None:
    """The run whose brief the address shows now; None where there is no such link, or it shows nothing (any more)."""
    query = select(ViewLink).where(
        ViewLink.token == digest(token), ViewLink.revoked_at.is_(None), ViewLink.ends_at > now()
    )
    found = db.session.scalar(query)
    return found.run if found is not None and not held(found.run.survey) else None


def links() -> list[ViewLink]:
    """All that were made, the newest first."""
    return list(db.session.scalars(select(ViewLink).order_by(ViewLink.id.desc())))
