"""Make an estimate run: responses become cells, tables and moments, the figures come from those, all stored frozen."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TypedDict

from sqlalchemy import and_, case, func, literal, or_, select

from analysis.cells import Cells
from analysis.definitions_compared import measure_values
from analysis.documents.comparisons import ModeComparison, ModeCount
from analysis.documents.estimate import EstimateDocument, ReviewDocument
from analysis.documents.further import DriversDocument, NoDrivers
from analysis.documents.kept import DetailDocument, StoredCells
from analysis.driver_moments import Moments, drivers_of
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.mode_comparison import compare_modes
from analysis.plan import MODE, Plan
from analysis.robustness import sensitivity
from analysis.sample import Sample, weighted_sample
from analysis.service_estimates import service_estimates
from analysis.service_table import ServiceTable, service_plan
from analysis.zones import Rules
from survey_app.estimates.detail import service_detail, wave_detail
from survey_app.estimates.perception_gap import gap_of, points_detail
from survey_app.ground import audit
from survey_app.ground.held import computing, told_of_survey
from survey_app.ground.plans import plan_of, plan_of_run
from survey_app.ground.stored import as_stored, cells_of, detail_of, estimate_of
from survey_app.ground.versions import code_version
from survey_app.ground.zones import rules_for, rules_of
from survey_app.jobs.queue import Progress
from survey_app.models import EstimateRun, Response, ResponseFlag, Survey, db
from survey_app.surveys import drawn_sites
from survey_app.surveys.columns import COUNTY_VARIABLE, FOR_THE_TARGET, cells_query, sample_of, stored_plan
from survey_app.surveys.drawn_sites import with_drawn_sites, with_stored_sites
from survey_app.surveys.official_plan import correction_notice, notices_of_plan
from wording import Refusal, english


class NoResponsesError(Refusal):
    """There is nothing to estimate from yet."""


def make_run(survey: Survey, progress: Progress) -> EstimateRun:
    """Estimate from every complete probability response stored so far. The caller commits.

    Raises NoResponsesError, or the analysis' own error in the user's words; nothing is stored then.
    """
    progress.tell(0, 10, "正在汇总应答", "putting the responses together")
    plan = with_drawn_sites(survey, plan_of(survey))
    watermark = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    keyed = stored_plan(plan)
    rows = db.session.execute(cells_query(keyed, survey.id, watermark)).all()
    if not rows:
        raise NoResponsesError("estimates.no_sample_responses_yet", survey_title=survey.title)
    cells = Cells.from_groups([tuple(row) for row in rows], keyed)
    progress.tell(2, 10, "正在校准权数并估计", "calibrating weights and estimating")
    stored: StoredCells = {
        **cells.to_json(), "modes": modes(survey.id, watermark, plan), "sites": drawn_sites.as_stored(plan),
        "told": [*notices_of_plan(survey), *told_of_survey(survey)],
    }  # fmt: skip
    result = result_of(cells, plan, rules_for(plan))
    stored["told"] += correction_notice(survey, result)
    progress.tell(5, 10, "正在汇总各项服务的评价", "adding up ratings of services")
    detail = service_detail(survey, plan, watermark, progress)
    progress.tell(7, 10, "正在估计各项服务与影响因素", "estimating services and drivers")
    detail["wave"] = wave_detail(survey, weighted_sample(cells, plan), plan)
    if "services" in detail:
        detail["points"] = points_detail(survey, result, detail["names"])
    run = EstimateRun(
        survey=survey,
        plan=survey.plan,
        plan_digest=survey.plan_digest,
        definition_digest=survey.questionnaire.digest,
        watermark=watermark,
        code_version=code_version(),
        flags_version=survey.flags_version,
        made_by=audit.actor(),
        cells=stored,
        detail=detail,
        result=json.loads(json.dumps(completed(result, stored, review_of(detail, plan)))),
        demo=survey.demo,
    )
    db.session.add(run)
    return run


def recompute(run: EstimateRun) -> EstimateDocument:
    """The run's result made again from what it stored itself; equal to `run.result` to the last digit."""
    cells = cells_of(run)
    plan = with_stored_sites(plan_of_run(run), cells)
    result = result_of(Cells.from_json(cells), plan, rules_of(estimate_of(run)))
    return completed(result, cells, review_of(detail_of(run), plan))


class RunVerified(TypedDict):
    """The document of `minyi verify run --json`."""

    run: int
    same: bool
    differs: list[str]
    responses_then: int
    responses_now: int
    gone_since: int
    reflagged_since: int
    flag_changes_since: int


def verify_run(run: EstimateRun) -> RunVerified:
    """Whether the run comes out the same from what it stored, and how its source responses have fared since.

    A run made by an earlier release is compared on the figures it stored.
    """
    with computing():
        again = as_stored(json.loads(json.dumps(recompute(run))), run.result)
        then = int(sum(cells_of(run)["count"]))
    differs = [name for name, value in run.result.items() if again.get(name) != value]
    now = db.session.scalar(select(func.count()).where(*sample_of(run.survey_id, run.watermark))) or 0
    return {
        "run": run.id,
        "same": not differs,
        "differs": differs,
        "responses_then": then,
        "responses_now": now,
        "gone_since": then - now,
        "reflagged_since": _reflagged(run),
        "flag_changes_since": run.survey.flags_version - (run.flags_version or 0),
    }


def result_of(cells: Cells, plan: Plan, rules: Rules | None) -> EstimateDocument:
    """The document of `minyi estimate --sensitivity --json`, with the modes compared where the cells tell them apart."""
    asked = replace(plan, drivers=None) if MODE in cells.columns else plan  # a run keeps the moments of drivers
    result = estimate(cells, asked, rules).as_dict()
    if result["below_minimum"]:
        return result  # nothing else tells the figure either
    if rules is not None:
        result["sensitivity"] = sensitivity(cells, asked, rules.whole)
    if MODE in cells.columns:
        result["mode_comparison"] = _modes_compared(weighted_sample(cells, asked), asked)
    return result


def completed(result: EstimateDocument, stored: StoredCells, review: ReviewDocument | None) -> EstimateDocument:
    """The result with what a run keeps beside its cells; runs made before it was kept have nothing of it."""
    told = stored.get("told", [])
    result["notices"] = [*told, *result["notices"]]
    result["warnings"] = [*(notice["text"] for notice in told), *result["warnings"]]
    if "modes" in stored:
        result["modes"] = stored["modes"]
    if review is not None:
        result["services"], result["drivers"] = review["services"], review["drivers"]
        result["perception_gap"] = review["perception_gap"]
    return result


def review_of(detail: DetailDocument, plan: Plan) -> ReviewDocument | None:
    """Services, drivers and perception gap from the tables and moments a run keeps; None where no service was rated."""
    if "services" not in detail:
        return None
    table = ServiceTable.from_json(detail["services"])
    services = service_estimates(table, plan, COUNTY_VARIABLE if COUNTY_VARIABLE in plan.crossings else None)
    services["names"] = detail["names"]
    confidence = float(plan.interval.confidence)
    gap = gap_of(services, detail["points"], confidence)
    for area in services["areas"]:
        del area["covariance"]  # large, and of use to the gap alone
    return {"services": services, "drivers": _drivers(detail, table, plan, confidence), "perception_gap": gap}


def modes(survey_id: int, watermark: int, plan: Plan) -> list[ModeCount]:
    """How the sample's answers were taken, by mode: n who answered the official question, all responses, and their
    sum of design weights."""
    codes = [int(code) for code in plan.measure.missing_codes if code.isdigit()]
    answered = func.sum(case((and_(Response.measure.is_not(None), Response.measure.not_in(codes)), 1), else_=0))
    weight = literal(1.0) if plan.follows_sites else FOR_THE_TARGET
    query = (
        select(Response.mode, Response.psu, answered, func.count(), func.sum(weight))
        .where(*sample_of(survey_id, watermark))
        .group_by(Response.mode, Response.psu)
        .order_by(Response.mode, Response.psu)
    )
    design = {row.site: row.design_weight for row in plan.weights.rows}
    table: defaultdict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for mode, psu, *numbers, sums in db.session.execute(query):
        table[mode] = [
            a + b for a, b in zip(table[mode], (*numbers, float(sums or 0) * design.get(psu, 1.0)), strict=True)
        ]
    return [
        {"mode": mode, "n": int(n), "responses": int(responses), "sum_weights": float(sums)}
        for mode, (n, responses, sums) in table.items()
    ]


def _modes_compared(sample: Sample, plan: Plan) -> ModeComparison:
    points, satisfied, answered = measure_values(sample.cells, plan)
    return compare_modes(sample, plan, satisfied if plan.measure.official == "share" else points / 100, answered)


def _drivers(detail: DetailDocument, table: ServiceTable, plan: Plan, confidence: float) -> DriversDocument | NoDrivers:
    """The document of drivers, or {"why"} where they cannot be told."""
    if "moments" not in detail:
        return {"why": detail.get("why", "")}
    try:
        return drivers_of(
            Moments.from_json(detail["moments"]), weighted_sample(table.cells, service_plan(plan)), confidence
        )
    except AnalysisError as error:
        return {"why": english(error)}


def _reflagged(run: EstimateRun) -> int:
    """Responses the run read on which a flag was set or lifted after it was made."""
    changed = or_(ResponseFlag.made_at > run.created_at, ResponseFlag.lifted_at > run.created_at)
    query = select(func.count(func.distinct(ResponseFlag.response_id))).join(Response)
    return db.session.scalar(query.where(*sample_of(run.survey_id, run.watermark), changed)) or 0
