"""Make scoring runs: an estimate run and the stored indicator values give every rated area its scorecard."""

from __future__ import annotations

import secrets

from analysis.scoring import Rulebook, score
from analysis.scoring.values import Values
from survey_app.estimates.area_satisfaction import scored_satisfaction
from survey_app.ground.versions import code_version
from survey_app.models import Area, EstimateRun, ScoringRun, db
from survey_app.values.periods import current_period
from survey_app.values.reading import stored_values, with_peers_each
from survey_app.values.readings import rulebook_in
from survey_app.values.rulebooks import rated_areas


def score_run(estimate_run: EstimateRun) -> list[ScoringRun]:
    """Score the survey's city and all its counties in one batch, each with its own estimate and decision.

    The caller commits.
    """
    batch = secrets.token_hex(8)
    period = current_period()
    with db.session.no_autoflush:
        areas = rated_areas(estimate_run.survey.city)
        books = {area: rulebook_in(period, area) for area in areas}
        values = with_peers_each({area: (book, stored_values(area, book.id)) for area, book in books.items()})
        runs = [_score_area(area, estimate_run, batch, books[area], values[area]) for area in areas]
    db.session.add_all(runs)
    return runs


def _score_area(area: Area, estimate_run: EstimateRun, batch: str, rulebook: Rulebook, values: Values) -> ScoringRun:
    scorecard = score(rulebook, values, scored_satisfaction(area, estimate_run))
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
