"""What a list of surveys needs: states, the newest, a plan's number; light, without what changes a survey."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_app.models import PlanVersion, Survey, db

COLLECTING = ("open", "paused")
ENDED = ("closed", "archived")


def newest_survey() -> Survey | None:
    return db.session.scalars(select(Survey).order_by(Survey.id.desc())).first()


def version_number(survey_id: int, plan_digest: str) -> int | None:
    """Which version of the survey's plan has this digest, the newest of them; None before the lock."""
    query = select(func.max(PlanVersion.number)).where(PlanVersion.survey_id == survey_id)
    return db.session.scalar(query.where(PlanVersion.digest == plan_digest))
