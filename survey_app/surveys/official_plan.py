"""Which version of a survey's plan counts: the one that stood at the first answer, which fixes it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, or_, select

from analysis.documents.estimate import EstimateDocument
from analysis.methods import FIRST
from analysis.notices import Notice, NoticeDocument
from analysis.plan import Plan, parse_plan
from survey_app.ground.held import computing
from survey_app.ground.official import naming_of
from survey_app.ground.percent import percent
from survey_app.ground.plans import plan_of
from survey_app.ground.stored import estimate_of
from survey_app.models import AuditEntry, EstimateRun, PlanVersion, Response, Survey, db
from wording import Message, Text, again

UNOFFICIAL = "unofficial_plan"  # what a run is told that is made by another
# what a run is told that supersedes one made by figures which differed from their source; the second, where one has none
CORRECTED = ("corrected_figures", "corrected_without_figure")
ERASED = ("response.erase", "survey.erase")


def fixed(survey: Survey) -> bool:
    """Whether the plan is fixed: an answer was stored since the opening, also where it was erased again."""
    erased = (AuditEntry.subject == f"survey:{survey.code}") & AuditEntry.action.in_(ERASED)
    any_of = or_(
        exists().where(Response.survey_id == survey.id),
        exists().where(EstimateRun.survey_id == survey.id),
        exists().where(erased),
    )
    return bool(db.session.scalar(select(any_of)))


def official_version(survey: Survey) -> PlanVersion | None:
    """The newest version that counts; None before the lock."""
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id, PlanVersion.late.is_(False))
    return db.session.scalar(query.order_by(PlanVersion.number.desc()).limit(1))


def plan_that_counts(survey: Survey) -> Plan:
    """The plan by which closing, settling and freezing go, whatever version was made after the first answer."""
    official = official_version(survey)
    if official is None or official.digest == survey.plan_digest:
        return plan_of(survey)
    return parse_plan(official.body, f"plan of {survey.code}", FIRST)


def notices_of_plan(survey: Survey) -> list[NoticeDocument]:
    """What a run made now must say of its plan: that it does not count, or by which exception it does."""
    official = official_version(survey)
    if official is None:
        return []
    if survey.plan_digest != official.digest:
        return [Notice("unofficial_plan", {"version": _number(survey), "official": official.number}).as_dict()]
    mended = _exception(survey, "not_computable")
    return [Notice("mended_plan", {"version": mended.number, "reason": mended.reason}).as_dict()] if mended else []


def correction_notice(survey: Survey, result: EstimateDocument) -> list[NoticeDocument]:
    """That a run made now supersedes one made before figures were put right by their source, with both figures."""
    official, right = official_version(survey), _exception(survey, "source")
    if official is None or right is None or survey.plan_digest != official.digest:
        return []
    query = select(EstimateRun).where(EstimateRun.survey_id == survey.id, EstimateRun.created_at <= right.made_at)
    runs = db.session.scalars(query.order_by(EstimateRun.id.desc()))
    with computing():  # it is shown where the run's own figure is
        before = next((run for run in runs if not unofficial(estimate_of(run)["notices"])), None)
        if before is None:
            return []
        first, second = (_shown(one) for one in (estimate_of(before), result))
    told: dict[str, str | int | float] = {"run": before.id, "version": right.number, "reason": right.reason}
    if first is None or second is None:
        return [Notice("corrected_without_figure", told).as_dict()]
    return [Notice("corrected_figures", told | {"before": first, "after": second}).as_dict()]


def correction_told(run: EstimateRun) -> Text | None:
    """Both figures in a sentence, for whatever is made of a run that supersedes one."""
    told = next((one for one in estimate_of(run)["notices"] if one["key"] in CORRECTED), None)
    return again({"key": f"notices.{told['key']}", "params": told["params"], "text": told["text"]}) if told else None


def _shown(result: EstimateDocument) -> float | None:
    """The share as pages show it: never rounded over a line; None below the plan's minimum."""
    share = result["satisfied"]["estimate"]
    return None if share is None else float(percent(share, 2).rstrip("%")) / 100


def superseded(run: EstimateRun) -> int | None:
    """The run whose figure this one supersedes, made before figures were put right."""
    with computing():
        told = next((one for one in estimate_of(run)["notices"] if one["key"] in CORRECTED), None)
    return int(told["params"]["run"]) if told else None


def unofficial(notices: Iterable[NoticeDocument]) -> bool:
    """Whether what a run was told says that its figure does not count."""
    return any(notice["key"] == UNOFFICIAL for notice in notices)


def why_not_official(run: EstimateRun) -> Message | None:
    """Why a run can be no official one: by its plan, or because the settled survey has one already; None where it can."""
    with computing():  # how it was made is no figure
        told = next((one for one in estimate_of(run)["notices"] if one["key"] == UNOFFICIAL), None)
    if told is None:
        return _overtaken(run) or _second(run)
    version, counts = told["params"]["version"], told["params"]["official"]
    return Message("surveys.run_of_late_plan", run=run.id, version=version, official=counts)


def _exception(survey: Survey, kind: str = "") -> PlanVersion | None:
    """The newest version that counts by an exception, of one kind where it is named."""
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id, PlanVersion.exception != "")
    query = query.where(PlanVersion.exception == kind) if kind else query
    return db.session.scalar(query.order_by(PlanVersion.number.desc()).limit(1))


def _overtaken(run: EstimateRun) -> Message | None:
    """Why a run of the plan that counted does so no more: figures were put right, or the plan mended, after it."""
    newest = _exception(run.survey)
    if newest is None or (run.created_at > newest.made_at and run.plan_digest == newest.digest):
        return None
    return Message("exceptions.run_before", run=run.id, version=newest.number)


def _second(run: EstimateRun) -> Message | None:
    """Why a run of a settled official survey does not count beside the one that was made first of its frozen answers."""
    naming = naming_of(run.survey)
    if naming is None or naming.settled_at is None or naming.run_id in (None, run.id):
        return None
    return Message("official.another_run", run=run.id, official=naming.run_id)


def _number(survey: Survey) -> int:
    query = select(PlanVersion.number).where(
        PlanVersion.survey_id == survey.id, PlanVersion.digest == survey.plan_digest
    )
    return db.session.scalar(query.order_by(PlanVersion.number.desc())) or 0
