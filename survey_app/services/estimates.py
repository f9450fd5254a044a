"""Make an estimate run: one GROUP BY over the responses, the estimate on its cells, stored frozen."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, select

from analysis.cells import Cells
from analysis.estimate import estimate
from analysis.plan import Plan, parse_plan
from analysis.sensitivity import sensitivity
from survey_app.models import EstimateRun, Response, ResponseFlag, Survey, db
from survey_app.services.jobs import Progress, Silent
from survey_app.services.versions import code_version

# names a plan may use -> typed columns of a response
COLUMNS: dict[str, Any] = {
    "measure": Response.measure,
    "stratum": Response.stratum,
    "psu": Response.psu,
    "base_weight": Response.base_weight,
    "site_county": Response.site_county,
    "home_county": Response.home_county,
    "rated_county": Response.rated_county,
    "sex": Response.sex,
    "age_band": Response.age_band,
    "mode": Response.mode,
    "language": Response.language,
    "flagged": case((Response.flagged.is_(True), "yes"), else_="no"),
}


class NoResponsesError(ValueError):
    """There is nothing to estimate from yet."""


def run_estimate(survey: Survey) -> EstimateRun:
    """Make a run at once and commit it: `minyi run` and the demonstration. The console queues a job instead."""
    run = make_run(survey, Silent())
    db.session.commit()
    return run


def make_run(survey: Survey, progress: Progress) -> EstimateRun:
    """Estimate from every complete probability response stored so far. The caller commits.

    Raises NoResponsesError, or the analysis' own error in the user's words; nothing is stored then.
    """
    progress.tell(0, 10, "正在汇总应答", "putting the responses together")
    plan = parse_plan(survey.plan, f"plan of {survey.code}")
    watermark = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id))
    rows = db.session.execute(cells_query(plan, survey.id, watermark or 0)).all()
    if not rows:
        raise NoResponsesError(f"{survey.title}: 还没有可用于估计的抽样应答 (no sample responses yet)")
    cells = Cells.from_groups([tuple(row) for row in rows], plan)
    progress.tell(2, 10, "正在校准权数并估计", "calibrating weights and estimating")
    stored = cells.to_json() | {"modes": modes(survey.id, watermark or 0)}
    run = EstimateRun(
        survey=survey,
        plan=survey.plan,
        plan_digest=survey.plan_digest,
        definition_digest=survey.questionnaire.digest,
        watermark=watermark,
        code_version=code_version(),
        flags_version=survey.flags_version,
        cells=stored,
        result=result_of(cells, plan) | modes_of(stored),
        demo=survey.demo,
    )
    db.session.add(run)
    db.session.flush()
    return run


def recompute(run: EstimateRun) -> dict[str, Any]:
    """The run's result made again from its own cells and plan; equal to `run.result` to the last digit."""
    plan = parse_plan(run.plan, f"plan of run {run.id}")
    return result_of(Cells.from_json(run.cells), plan) | modes_of(run.cells)


def verify_run(run: EstimateRun) -> dict[str, Any]:
    """Whether the run comes out the same from its own cells, and how its source responses have fared since.

    A run made by an earlier release is compared on the figures it stored.
    """
    again = json.loads(json.dumps(recompute(run)))
    differs = [name for name, value in run.result.items() if again.get(name) != value]
    query = select(func.count()).where(
        Response.survey_id == run.survey_id,
        Response.id <= run.watermark,
        Response.state == "complete",
        Response.probability.is_(True),
    )
    return {
        "run": run.id,
        "same": not differs,
        "differs": differs,
        "responses_then": int(sum(run.cells["count"])),
        "responses_now": db.session.scalar(query) or 0,
        "flag_changes_since": run.survey.flags_version - (run.flags_version or 0),
    }


def result_of(cells: Cells, plan: Plan) -> dict[str, Any]:
    """What a run stores: the document of `minyi estimate --sensitivity --json`."""
    return estimate(cells, plan).as_dict() | {"sensitivity": sensitivity(cells, plan).as_dict()}


def modes_of(stored: dict[str, Any]) -> dict[str, Any]:
    """The table of modes, as a run keeps it beside its cells; runs made before it was kept have none."""
    return {"modes": stored["modes"]} if "modes" in stored else {}


def modes(survey_id: int, watermark: int) -> list[dict[str, Any]]:
    """How the sample's answers were taken: number of responses and their sum of base weights by mode."""
    query = (
        select(Response.mode, func.count(), func.sum(Response.base_weight))
        .where(
            Response.survey_id == survey_id,
            Response.id <= watermark,
            Response.state == "complete",
            Response.probability.is_(True),
        )
        .group_by(Response.mode)
        .order_by(Response.mode)
    )
    rows = db.session.execute(query)
    return [{"mode": mode, "n": number, "sum_weights": float(weight or 0)} for mode, number, weight in rows]


def cells_query(plan: Plan, survey_id: int, watermark: int) -> Select[Any]:
    """The one GROUP BY: key columns of the plan in its order, then count, sum of weights, sum of squares."""
    columns = COLUMNS | {"flagged": _flagged(plan)}
    keys = [columns[name] for name in plan.key_columns]
    weight = COLUMNS[plan.design.weight or "base_weight"]
    query: Select[Any] = (
        select(*keys, func.count(), func.sum(weight), func.sum(weight * weight))
        .where(
            Response.survey_id == survey_id,
            Response.id <= watermark,
            Response.state == "complete",
            Response.probability.is_(True),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return query


def _flagged(plan: Plan) -> Any:
    """Whether a flag stands that the plan's rule counts, as text."""
    kinds = plan.flagged.kinds if plan.flagged else ()
    if not kinds:
        return COLUMNS["flagged"]
    stands = exists().where(
        ResponseFlag.response_id == Response.id, ResponseFlag.kind.in_(kinds), ResponseFlag.lifted_at.is_(None)
    )
    return case((and_(Response.flagged.is_(True), stands), "yes"), else_="no")
