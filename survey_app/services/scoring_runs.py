"""Make scoring runs: an estimate run and the stored indicator values give every rated area its scorecard."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from analysis.scoring import Satisfaction, load_rulebook, score
from survey_app.models import Area, EstimateRun, ScoringRun, db
from survey_app.services.indicator_values import present_values
from survey_app.services.periods import current_period
from survey_app.services.versions import code_version

RULEBOOKS = {"city": "jining-2023-municipal", "county": "jining-2023-county"}
COUNTY_VARIABLE = "rated_county"  # the plan's domain whose levels are the rated counties


def run_scoring(estimate_run: EstimateRun) -> list[ScoringRun]:
    """As `score_run`, committed."""
    runs = score_run(estimate_run)
    db.session.commit()
    return runs


def score_run(estimate_run: EstimateRun) -> list[ScoringRun]:
    """Score the survey's city and all its counties in one batch, each with its own estimate and decision.

    The caller commits.
    """
    batch = secrets.token_hex(8)
    with db.session.no_autoflush:
        runs = [_score_area(area, estimate_run, batch) for area in rated_areas(estimate_run.survey.city)]
    db.session.add_all(runs)
    return runs


def rated_areas(city: Area) -> list[Area]:
    """The city, then its counties in code order; zones are counted inside their county."""
    counties = select(Area).where(Area.parent_id == city.id, Area.kind == "county").order_by(Area.code)
    return [city, *db.session.scalars(counties)]


def stored_values(area: Area, rulebook_id: str) -> dict[str, dict[str, Any]]:
    """The area's present values, keyed as the input of `minyi score`."""
    return present_values(area, rulebook_id)


def _score_area(area: Area, estimate_run: EstimateRun, batch: str) -> ScoringRun:
    rulebook = load_rulebook(current_period().rulebook_of(area))
    values = stored_values(area, rulebook.id)
    scorecard = score(rulebook, values, satisfaction_of(area, estimate_run.result))
    return ScoringRun(
        batch=batch,
        area=area,
        estimate_run=estimate_run,
        rulebook_id=rulebook.id,
        rulebook_digest=rulebook.digest,
        code_version=code_version(),
        values=values,
        scorecard=scorecard.as_dict(),
        demo=estimate_run.demo,
    )


def satisfaction_of(area: Area, result: dict[str, Any]) -> Satisfaction | None:
    """The area's own estimate; None (unknown) where nobody of that county has answered."""
    if area.kind == "city":
        return Satisfaction.from_estimate(result, None)
    levels = {row["level"] for row in result["domains"].get(COUNTY_VARIABLE, []) if row["estimate"] is not None}
    if area.name not in levels:
        return None
    return Satisfaction.from_estimate(result, (COUNTY_VARIABLE, area.name))
