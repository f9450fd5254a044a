"""When a final run may take the place of one that two people have approved: for a listed cause, by the same plan, with both
figures told. The first approved run of a period stands, also after it was withdrawn."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import select

from survey_app.ground.percent import percent
from survey_app.ground.sign_off import APPROVED
from survey_app.models import EstimateRun, FinalRun, SignOffStep, db
from survey_app.surveys.official_plan import official_version
from wording import Message

CAUSES = {  # each shown by the reason that is given with it
    "input_error": "official.input_error",
    "program_fault": "official.program_fault",
    "order": "official.order",
}


class FrozenSuperseding(TypedDict):
    """before, after: the city's satisfaction, None where unknown."""

    run: int
    cause: str
    before: float | None
    after: float | None


def stood(city_id: int, period: str) -> FinalRun | None:
    """The period's newest final run that was ever approved, withdrawn since or not."""
    query = select(FinalRun).where(FinalRun.city_id == city_id, FinalRun.kind == "final", FinalRun.period == period)
    approved = set(db.session.scalars(select(SignOffStep.subject).where(SignOffStep.step == APPROVED)))
    runs = db.session.scalars(query.order_by(FinalRun.id.desc()))
    return next((run for run in runs if f"final:{run.id}" in approved), None)


def refused(before: FinalRun, estimate: EstimateRun, cause: str) -> Message | None:
    """Why a run of this estimate may not take its place; None where it may."""
    if cause not in CAUSES:
        return Message("official.cause_needed", run=before.id)
    newest = official_version(estimate.survey)
    put_right = newest is not None and newest.exception == "source" and newest.digest == estimate.plan_digest
    if before.estimate_run.plan_digest != estimate.plan_digest and not put_right:
        return Message("official.other_plan", run=before.id)
    return None


def told(stored: FrozenSuperseding | None) -> Message | None:
    """Which run it takes the place of, why, and both figures."""
    if stored is None:
        return None
    before, after = (percent(share, 2) if share is not None else "–" for share in (stored["before"], stored["after"]))
    cause = Message(CAUSES[stored["cause"]])
    return Message("official.supersedes", run=stored["run"], cause=cause, before=before, after=after)
