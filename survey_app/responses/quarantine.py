"""Answers whose tablet's link had ended: released or refused by what is known of how they came, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

from survey_app.answering.after_close import LATE, QUARANTINED, state_after_close
from survey_app.answering.definitions import definition_of
from survey_app.answering.quotas import take_places
from survey_app.answering.submission import COMPLETE
from survey_app.ground import audit
from survey_app.ground.official import naming_of
from survey_app.models import Response, Survey, db
from survey_app.responses.flags import FlagError


def decide(response: Response, release: bool, reason: str) -> str:
    """Let it count as what it would have been, or void it; gives its state. The caller commits.

    Raises FlagError, also where it would count in a quota that is full; the caller then rolls back."""
    if not reason.strip():
        raise FlagError("responses.reason_needed")
    audit.wait_turn()  # of two who decide at once the second finds what the first has decided
    db.session.refresh(response)
    if response.state != QUARANTINED:
        raise FlagError("responses.not_in_quarantine")
    survey = db.session.get_one(Survey, response.survey_id)
    closed = survey.closes_at is not None and survey.closes_at <= datetime.now(UTC)
    state = COMPLETE
    if closed:
        never = LATE if naming_of(survey) else COMPLETE  # an official survey that is archived counts nothing more
        state = state_after_close(survey.id, response.finished_at) or never
    response.state = state if release else "voided"
    if response.state == COMPLETE and (full := take_places(survey.id, definition_of(survey), response.answers)):
        raise FlagError("responses.quota_full", quota=full)
    after = {"response": response.id, "state": response.state}
    audit.record("response.quarantine", f"survey:{survey.code}", {"state": QUARANTINED}, after, reason.strip())
    return response.state
