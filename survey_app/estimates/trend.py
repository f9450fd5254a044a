"""The official figure over waves: this run beside the approved runs of earlier surveys of the same city."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from analysis.documents.waves import WavesDocument
from analysis.errors import AnalysisError
from analysis.wave_covariance import PsuTotals, shared_covariance
from analysis.wave_tests import Waves, shape, successive_changes
from analysis.waves import trend
from survey_app.ground.sign_off import APPROVED, states
from survey_app.ground.stored import estimate_of
from survey_app.models import EstimateRun, Survey, db
from wording import english


def trend_of(run: EstimateRun) -> WavesDocument | None:
    """Points, changes from wave to wave (p after Holm), and whether anything changed or the line bends.

    None where no earlier wave has an approved run.  Waves covary through the sites they share; a run of an earlier
    release, which kept no sites, counts as independent.  "differs": waves whose plan measures something else.
    """
    waves = [wave for wave in (*earlier_runs(run), run) if official_figure(wave) is not None]
    if len(waves) < 2 or waves[-1] is not run:
        return None
    kept = _kept_sites(waves)
    official = [found for wave in waves if (found := official_figure(wave)) is not None]
    number = len(waves)
    joint = np.diag([se**2 for _, se, _ in official])
    for first in range(number):
        for second in range(first):
            value = shared_covariance(kept.get(waves[first].id, {}), kept.get(waves[second].id, {}))
            joint[first, second] = joint[second, first] = value
    names = [wave.survey.title for wave in waves]
    own = estimate_of(run)
    df = [df for _, _, df in official]
    values = np.array([value for value, _, _ in official])
    document: WavesDocument = {
        "runs": [wave.id for wave in waves],
        "surveys": names,
        "differs": [wave.survey.title for wave in waves[:-1] if estimate_of(wave)["measure"] != own["measure"]],
        "confidence": own["satisfied"]["confidence"],
        "points": [],
        "changes": [],
        "shape": None,
    }
    try:
        totals = [kept.get(wave.id, {}) for wave in waves]
        document["points"] = trend(names, values, joint, df, confidence=document["confidence"], totals=totals)["points"]
        tested = Waves(tuple(names), np.arange(number, dtype=float), values, joint, np.array(df, dtype=float))
        document["changes"] = successive_changes(tested, document["confidence"])
        document["shape"] = shape(tested)
    except AnalysisError as error:
        document |= {"points": [], "changes": [], "shape": None}
        document["why"] = english(error)
    return document


def earlier_runs(run: EstimateRun) -> list[EstimateRun]:
    """The newest approved run of each survey of the city that came before this one, the oldest survey first."""
    own = run.survey
    began = func.coalesce(Survey.opens_at, Survey.created_at)
    before = (
        select(EstimateRun.id, EstimateRun.survey_id)
        .join(Survey)
        .where(
            Survey.city_id == own.city_id,
            Survey.id != own.id,
            Survey.demo == own.demo,
            began < (own.opens_at or own.created_at),
        )
        .order_by(began, Survey.id, EstimateRun.id)
    )
    found = db.session.execute(before).all()
    approved = {
        subject for subject, state in states([f"estimate:{row.id}" for row in found]).items() if state == APPROVED
    }
    newest = {row.survey_id: row.id for row in found if f"estimate:{row.id}" in approved}
    query = select(EstimateRun).where(EstimateRun.id.in_(newest.values())).options(joinedload(EstimateRun.survey))
    runs = {one.id: one for one in db.session.scalars(query)} if newest else {}
    return [runs[run_id] for run_id in newest.values()]


def _kept_sites(runs: Sequence[EstimateRun]) -> dict[int, PsuTotals]:
    """Run -> stratum -> (sampling fraction, site -> linearised total), read without the rest of what runs keep."""
    query = select(EstimateRun.id, EstimateRun.detail["wave"]).where(EstimateRun.id.in_([run.id for run in runs]))
    return {
        run_id: {stratum: (float(kept[0]), dict(kept[1])) for stratum, kept in (wave or {}).items()}
        for run_id, wave in db.session.execute(query)
    }


def official_figure(run: EstimateRun) -> tuple[float, float, float] | None:
    """Figure and standard error in [0, 1], and df; None below the plan's minimum."""
    result = estimate_of(run)
    share = result["measure"]["official"] == "share"
    row = result["satisfied" if share else "index"]
    scale = 1.0 if share else 100.0
    if row["estimate"] is None or row["se"] is None:
        return None
    return row["estimate"] / scale, row["se"] / scale, float(result["df"])
