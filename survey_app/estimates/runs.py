"""Make an estimate run: responses become cells, tables and moments, the figures come from those, all stored frozen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TypedDict

from sqlalchemy import func, or_, select

from analysis.cells import Cells
from analysis.definitions_compared import measure_values
from analysis.documents.comparisons import ModeComparison
from analysis.documents.estimate import EstimateDocument, ReviewDocument
from analysis.documents.further import DriversDocument, NoDrivers
from analysis.documents.kept import DetailDocument, StoredCells
from analysis.driver_moments import Moments, drivers_of
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.mode_comparison import compare_modes
from analysis.next_survey import withhold_next_survey
from analysis.plan import MODE, Plan
from analysis.robustness import sensitivity
from analysis.sample import Sample, weighted_sample
from analysis.service_estimates import service_estimates
from analysis.service_table import ServiceTable, service_plan
from analysis.zones import Rules
from survey_app.archives.at_hand import reads_answers
from survey_app.estimates.answers import answers_of
from survey_app.estimates.beside import beside_the_figure
from survey_app.estimates.detail import answers_detail, wave_detail
from survey_app.estimates.hours import hours_left_out
from survey_app.estimates.left_out import Asked
from survey_app.estimates.one_network import networks_left_out
from survey_app.estimates.perception_gap import gap_of, points_detail
from survey_app.ground import audit
from survey_app.ground.held import computing, held, told_of_survey
from survey_app.ground.plans import plan_of, plan_of_run
from survey_app.ground.stored import as_stored, cells_of, detail_of, estimate_of
from survey_app.ground.versions import code_version
from survey_app.ground.zones import rules_for, rules_of
from survey_app.jobs.queue import Progress
from survey_app.models import EstimateRun, FrozenAnswers, Response, ResponseFlag, Survey, db
from survey_app.surveys import drawn_sites
from survey_app.surveys.collectors import notices_of_collectors
from survey_app.surveys.columns import COUNTY_VARIABLE, cells_query, sample_of, stored_plan
from survey_app.surveys.drawn_sites import with_drawn_sites, with_stored_sites
from survey_app.surveys.frozen import (
    cells_from,
    frozen_of,
    make_official,
    modes,
    modes_of,
    notices_of_settling,
    of_frozen,
)
from survey_app.surveys.official_plan import correction_notice, notices_of_plan, official_version
from survey_app.surveys.shortfall import shortfall
from survey_app.surveys.states import ENDED
from wording import Refusal, english


class NoResponsesError(Refusal):
    """There is nothing to estimate from yet."""


class OtherPlanError(NoResponsesError):
    """While the official figure is held nothing is estimated by another plan than the one that counts: what that leaves out
    or calls missing would tell the figure."""


@reads_answers
def make_run(survey: Survey, progress: Progress) -> EstimateRun:
    """Estimate from every complete probability response stored so far, or from the frozen answers of an official survey
    that is settled (settling.py). The caller commits.

    Raises NoResponsesError, or the analysis' own error in the user's words; nothing is stored then.
    """
    counts = official_version(survey)
    if counts is not None and counts.digest != survey.plan_digest and held(survey):
        raise OtherPlanError("official.other_plan_held", code=survey.code, official=counts.number)
    progress.tell(0, 10, "正在汇总应答", "putting the responses together")
    plan = with_drawn_sites(survey, plan_of(survey))
    frozen = frozen_of(survey)
    watermark = (
        frozen.watermark
        if frozen
        else db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    )
    cells = _cells(survey, frozen, stored_plan(plan), watermark)
    progress.tell(2, 10, "正在校准权数并估计", "calibrating weights and estimating")
    stored: StoredCells = {
        **cells.to_json(), "modes": modes_of(frozen) if frozen else modes(survey.id, watermark, plan), "sites": drawn_sites.as_stored(plan),
        "closed": survey.state in ENDED,
        "told": [
            *notices_of_plan(survey), *notices_of_settling(survey), *told_of_survey(survey), *notices_of_collectors(survey, watermark), *shortfall(survey, int(cells.count.sum())),
        ],
        "hours": [], "networks": [], "beside": None,
    }  # fmt: skip
    result = result_of(cells, plan, rules_for(plan, area=survey.city))
    stored["told"] += correction_notice(survey, result)
    asked = Asked(survey, plan, watermark, rules_of(result), int(cells.count.sum()))
    if not result["below_minimum"]:
        stored["beside"] = beside_the_figure(asked, cells)
    if "sensitivity" in result:
        stored["hours"], stored["networks"] = hours_left_out(asked), networks_left_out(asked)
    progress.tell(5, 10, "正在汇总各题的回答", "adding up answers to every question")
    detail = answers_detail(survey, plan, watermark, progress)
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
        flags_version=frozen.flags_version if frozen else survey.flags_version,
        made_by=audit.actor(),
        cells=stored,
        detail=detail,
        result=json.loads(json.dumps(completed(result, stored, review_of(detail, plan)))),
        demo=survey.demo,
    )
    db.session.add(run)
    if frozen is not None:
        db.session.flush()
        make_official(run)
    return run


def _cells(survey: Survey, frozen: FrozenAnswers | None, plan: Plan, watermark: int) -> Cells:
    """What counts: the frozen answers of a settled official survey, else all that have come so far."""
    rows = [] if frozen else db.session.execute(cells_query(plan, survey, watermark)).all()
    if not (frozen.modes if frozen else rows):
        raise NoResponsesError("estimates.no_sample_responses_yet", survey_title=survey.title)
    return cells_from(frozen, plan) if frozen else Cells.from_groups([tuple(row) for row in rows], plan)


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


@reads_answers
def verify_run(run: EstimateRun) -> RunVerified:
    """Whether the run comes out the same from what it stored, and how its source responses have fared since; an official
    one also from the answers that were frozen for it.

    A run made by an earlier release is compared on the figures it stored.
    """
    with computing():
        again = as_stored(json.loads(json.dumps(recompute(run))), run.result)
        then = int(sum(cells_of(run)["count"]))
        answers = json.loads(json.dumps(answers_of(run)))
    differs = [name for name, value in run.result.items() if again.get(name) != value]
    kept = (run.detail or {}).get("answers", [])
    differs += ["answers"] if as_stored(answers, kept) != kept else []
    if not _as_frozen(run):
        differs.append("cells")
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
    if stored.get("closed"):
        for decision in (result["decision"], *(row["decision"] for rows in result["domains"].values() for row in rows)):
            withhold_next_survey(decision)
    beside = stored.get("beside")
    if beside:
        result["open_beside"], result["fieldwork"] = beside["open"], beside["fieldwork"]
    if "modes" in stored:
        result["modes"] = stored["modes"]
    if stored.get("hours") and "sensitivity" in result:
        result["sensitivity"]["hours"] = stored["hours"]
    if stored.get("networks") and "sensitivity" in result:
        result["sensitivity"]["networks"] = stored["networks"]
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
    gap = gap_of(services, detail["points"], plan)
    for area in services["areas"]:
        del area["covariance"]  # large, and of use to the gap alone
    return {"services": services, "drivers": _drivers(detail, table, plan, confidence), "perception_gap": gap}


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


def _as_frozen(run: EstimateRun) -> bool:
    """Whether the cells of a run of frozen answers are theirs, in whatever order the release that made it kept them."""
    frozen = of_frozen(run)
    if frozen is None:
        return True
    kept = cells_of(run)
    again = cells_from(frozen, stored_plan(with_stored_sites(plan_of_run(run), kept)))
    return Cells.from_json(kept).rows() == again.rows()


def _reflagged(run: EstimateRun) -> int:
    """Responses the run read on which a flag was set or lifted after it was made."""
    changed = or_(ResponseFlag.made_at > run.created_at, ResponseFlag.lifted_at > run.created_at)
    query = select(func.count(func.distinct(ResponseFlag.response_id))).join(Response)
    return db.session.scalar(query.where(*sample_of(run.survey_id, run.watermark), changed)) or 0
