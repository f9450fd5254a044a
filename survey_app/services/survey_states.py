"""Opening, pausing and closing a survey."""

from __future__ import annotations

from survey_app.models import Survey, db
from survey_app.services.open_sites import forget_sites

NEXT = {"draft": ("open",), "open": ("paused", "closed"), "paused": ("open", "closed"), "closed": ()}


class StateError(ValueError):
    """A change of state that is not allowed."""


def change_state(survey: Survey, state: str) -> None:
    """Move `survey` to `state`. A closed survey stays closed. Raises StateError."""
    if state not in NEXT[survey.state]:
        raise StateError(f"{survey.state} → {state}")
    survey.state = state
    db.session.commit()
    forget_sites()
