"""The life of a survey: draft, locked, open or paused, closed, archived."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_app.models import Invitation, PaperEntry, Survey, db
from survey_app.services.invitation_links import forget_links
from survey_app.services.open_sites import forget_sites
from survey_app.services.plan_versions import lock_plan

NEXT = {
    "draft": ("locked",),
    "locked": ("open",),
    "open": ("paused", "closed"),
    "paused": ("open", "closed"),
    "closed": ("archived",),
    "archived": (),
}
COLLECTING = ("open", "paused")
ENDED = ("closed", "archived")


class StateError(ValueError):
    """A change of state that is not allowed."""


def change_state(survey: Survey, state: str) -> None:
    """Move `survey` to `state`. A closed survey stays closed, and forgets which invitation became which response.

    Raises StateError, also while paper forms wait for their second keying: closing would lose them.
    """
    if state not in NEXT[survey.state]:
        raise StateError(f"{survey.state} → {state}")
    if state == "closed":
        waiting = half_keyed(survey)
        if waiting:
            raise StateError(f"还有{waiting}份纸质问卷没有录完 ({waiting} paper forms are not fully keyed yet)")
        forget_links(survey.id)
    if state == "locked":
        lock_plan(survey)
    survey.state = state
    db.session.commit()
    forget_sites()


def half_keyed(survey: Survey) -> int:
    """Paper forms that were keyed once and wait for their second keying."""
    query = select(func.count(PaperEntry.invitation_id.distinct())).join(Invitation)
    return db.session.scalar(query.where(Invitation.survey_id == survey.id)) or 0
