"""The official figure on its way to the close, for the persons whom the plan lets look: its interval holds for all looks together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from analysis.intervals import mean_interval, share_interval
from analysis.monitoring import nominal_levels
from analysis.plan import Plan
from survey_app.estimates.trend import official_figure
from survey_app.ground.held import interim_number
from survey_app.ground.plans import plan_of_run
from survey_app.ground.stored import estimate_of
from survey_app.models import EstimateRun, db


@dataclass(frozen=True)
class Look:
    """One interim run. estimate, lower, upper: shares of one; df: degrees of freedom; level: of this look's own interval, of
    which all looks together use up 1 - confidence at most. Limits are None where there is no degree of freedom."""

    run: int
    number: int
    at: datetime
    n: int
    df: int
    estimate: float
    level: float | None
    lower: float | None
    upper: float | None


def looks_of(run: EstimateRun) -> list[Look]:
    """Every interim run of the survey up to this one, the first first; none where the run is no interim one.

    What may be used up follows the time that has passed of the longest fieldwork that the plan allows, never an answer.
    """
    if interim_number(run) is None:
        return []
    query = select(EstimateRun).where(EstimateRun.survey_id == run.survey_id, EstimateRun.id <= run.id)
    interim = [one for one in db.session.scalars(query.order_by(EstimateRun.id)) if interim_number(one) is not None]
    known = [(one, found) for one in interim if (found := official_figure(one)) is not None]
    plan = plan_of_run(run)
    confidence = float(plan.interval.confidence)
    able = [(one, found) for one, found in known if found[2] >= 1]
    times = [_passed(one, plan) for one, _ in able]
    levels = nominal_levels(times, [float(estimate_of(one)["n"] or 0) for one, _ in able], 1 - confidence)
    level_of = {one.id: level for (one, _), level in zip(able, levels, strict=True)}
    return [_look(one, *found, level_of.get(one.id), plan) for one, found in known]


def _look(run: EstimateRun, share: float, se: float, df: float, level: float | None, plan: Plan) -> Look:
    n = estimate_of(run)["n"] or 0
    limits = None
    if level:
        if plan.measure.official == "share":
            limits = share_interval(share, se, int(df), n, plan.interval.method, 1 - level)
        else:
            limits = mean_interval(share, se, df, 1 - level)
    return Look(
        run.id,
        interim_number(run) or 0,
        run.created_at,
        n,
        int(df),
        share,
        level,
        limits.lower if limits else None,
        limits.upper if limits else None,
    )


def _passed(run: EstimateRun, plan: Plan) -> float:
    """The part of the fieldwork's time that had passed when a run was made, by the latest close that the plan allows."""
    survey, rule = run.survey, plan.closing.extension
    begun, close = survey.opens_at or survey.created_at, plan.closing.moment or survey.closes_at
    last = close + timedelta(days=rule.times * rule.days) if close is not None else begun
    return (run.created_at - begun) / (last - begun) if last > begun else 1.0
