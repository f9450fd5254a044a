"""Answers of an official survey that reach us after its close from those who hold them a while: tablets, paper, telephone.

What was finished before the close counts while the answers are being settled; everything later is stored all the same,
has its receipt, and is `late`: outside the official run.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.models import OfficialSurvey, Survey, db

LATE = "late"  # the state of such a response
QUARANTINED = "quarantined"  # of one that a tablet sent whose link had ended: a person decides whether it counts
HELD = ("tablet", "paper", "phone")  # ways of answering that may reach us after the person has finished
MOST_HELD_DAYS = 30  # what a tablet may say it has kept an interview


def state_after_close(survey_id: int, finished_at: datetime) -> str | None:
    """`complete`, or `late`; None where the survey takes nothing any more.

    Whoever asks waits for his turn, so that no answer comes between the freezing and its count.
    """
    query = select(OfficialSurvey).where(OfficialSurvey.survey_id == survey_id)
    if db.session.scalar(query) is None:
        return None
    audit.wait_turn()
    naming = db.session.scalars(query.execution_options(populate_existing=True)).one()
    survey = db.session.get_one(Survey, survey_id, populate_existing=True)
    if survey.state in ("draft", "locked", "archived") or survey.closes_at is None:
        return None
    in_time = finished_at < survey.closes_at and naming.settled_at is None
    return "complete" if in_time and not _over(naming) else LATE


def late_is_taken(survey: Survey) -> bool:
    """Whether an answer of a day after the close is stored, as late."""
    closed = select(OfficialSurvey.id).where(
        OfficialSurvey.survey_id == survey.id, OfficialSurvey.closed_at.is_not(None)
    )
    return survey.state != "archived" and db.session.scalar(closed) is not None


def _over(naming: OfficialSurvey) -> bool:
    return naming.settles_by is not None and naming.settles_by <= datetime.now(UTC)
