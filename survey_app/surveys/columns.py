"""What a plan may name, and the one GROUP BY that turns responses into cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, literal, select

from analysis.plan import MODE, Plan
from survey_app.models import Response, ResponseFlag, Site, Survey
from survey_app.surveys.question_columns import question_columns

# responses stored by earlier releases carry the weight of their site's target, which cannot have changed since
FOR_THE_TARGET = func.coalesce(
    Response.base_weight, select(Site.base_weight).where(Site.id == Response.site_id).scalar_subquery()
)
# names a plan may use -> typed columns of a response
COLUMNS: dict[str, Any] = {
    "measure": Response.measure,
    "stratum": Response.stratum,
    "psu": Response.psu,
    "base_weight": FOR_THE_TARGET,
    "site_county": Response.site_county,
    "home_county": Response.home_county,
    "rated_county": Response.rated_county,
    "sex": Response.sex,
    "age_band": Response.age_band,
    "mode": Response.mode,
    "language": Response.language,
    "flagged": case((Response.flagged.is_(True), "yes"), else_="no"),
}
MODES = ("web", "paper", "phone", "tablet", "api")  # what the column `mode` holds


ANSWERED = func.coalesce(cast(Response.measure, String), Response.measure_missing)  # the code, or why there is none


def known_columns(survey: Survey) -> dict[str, ColumnElement[Any]]:
    """What a plan of this survey may name: COLUMNS, and its questions under the names that these do not use."""
    return question_columns(survey) | COLUMNS


def columns_of(plan: Plan, survey: Survey) -> dict[str, ColumnElement[Any]]:
    """The columns with the measure told from blanks of either kind, and the flags that the plan's rule counts."""
    known = known_columns(survey) | {"measure": ANSWERED}
    if plan.flagged is None:
        return known
    stands = exists().where(
        ResponseFlag.response_id == Response.id,
        ResponseFlag.kind.in_(plan.flag_kinds),
        ResponseFlag.lifted_at.is_(None),
    )
    return known | {"flagged": case((and_(Response.flagged.is_(True), stands), "yes"), else_="no")}


def stored_plan(plan: Plan) -> Plan:
    """The plan as cells are stored under: the way of answering joins the key, so that modes can be compared; the
    services of `drivers` do not, because a run keeps their moments."""
    crossings = plan.domains if MODE in plan.key_columns else (*plan.domains, MODE)
    return replace(plan, domains=crossings, drivers=None)


def sample_of(survey_id: int, watermark: int, sampled: bool = True) -> list[ColumnElement[bool]]:
    """Complete responses of the probability sample up to `watermark`, or those that came by open codes beside it."""
    return [
        Response.survey_id == survey_id,
        Response.id <= watermark,
        Response.state == "complete",
        Response.probability.is_(sampled),
    ]


def cells_query(
    plan: Plan,
    survey: Survey,
    watermark: int,
    more: Mapping[str, ColumnElement[Any]] | None = None,
    sampled: bool = True,
) -> Select[Any]:
    """Key columns of the plan in its order, then count, sum of weights, sum of squares; 1 each where weights are made of sites.

    more: columns that no plan may name. sampled: False of the open answers, which no weight belongs to.
    """
    columns = columns_of(plan, survey) | dict(more or {})
    keys = [columns[name] for name in plan.key_columns]
    weight = columns[plan.design.weight or "base_weight"] if sampled and not plan.follows_sites else literal(1.0)
    query: Select[Any] = (
        select(*keys, func.count(), func.sum(weight), func.sum(weight * weight))
        .where(*sample_of(survey.id, watermark, sampled))
        .group_by(*keys)
        .order_by(*keys)
    )
    return query


COUNTY_VARIABLE = "rated_county"  # the plan's domain whose levels are the rated counties
AREA_VARIABLES = {"county": COUNTY_VARIABLE, "zone": "home_county"}  # kind of area -> the domain that has its figure
