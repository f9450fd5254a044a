"""The base weight of an answer at each drawn site as a run would make it now: what files of responses carry."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.sample import weighted_sample
from definitions import DefinitionError
from survey_app.ground.plans import plan_of
from survey_app.models import Response, Survey, db
from survey_app.surveys.columns import cells_query
from survey_app.surveys.drawn_sites import with_drawn_sites


def present_weights(survey: Survey) -> dict[str, float]:
    """Base weight before calibration by the site's code, 0 where no answer counts.

    By method 1 it is the weight for the site's target; where the plan has classes of nonresponse, that of the design, which
    they take. Nothing where no weight can be made, as without answers.
    """
    for_the_target = {site.code: site.base_weight for site in survey.sites if site.probability and site.base_weight}
    try:
        plan = with_drawn_sites(survey, plan_of(survey))
        if not plan.follows_sites:
            return for_the_target
        if plan.nonresponse is not None:
            return {row.site: row.design_weight for row in plan.weights.rows}
        bare = replace(plan, calibration=None, domains=(), figures=(), drivers=None, replication=None, small_areas=None)
        watermark = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
        rows = db.session.execute(cells_query(bare, survey, watermark)).all()
        sample = weighted_sample(Cells.from_groups([tuple(row) for row in rows], bare), bare)
    except (AnalysisError, DefinitionError):
        return {}
    column, each = sample.cells.columns["psu"], sample.weight / sample.cells.count
    found = {column.levels[code]: float(weight) for code, weight in zip(column.codes, each, strict=True) if weight > 0}
    return {row.site: found.get(row.site, 0.0) for row in plan.weights.rows}
