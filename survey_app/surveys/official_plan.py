"""Which version of a survey's plan counts: the one that stood at the first answer, or one that two people confirmed since."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, or_, select

from analysis.documents import EstimateDocument
from analysis.notices import Notice, NoticeDocument
from survey_app.ground import sign_off
from survey_app.ground.stored import estimate_of
from survey_app.models import AuditEntry, EstimateRun, PlanVersion, Response, Survey, db
from wording import Message

UNOFFICIAL, SUPERSEDING = "unofficial_plan", "superseding_plan"  # what a run is told of its plan
ERASED = ("response.erase", "survey.erase")


def fixed(survey: Survey) -> bool:
    """Whether the plan is fixed: an answer was stored since the opening, also where it was erased again."""
    erased = (AuditEntry.subject == f"survey:{survey.code}") & AuditEntry.action.in_(ERASED)
    any_of = or_(
        exists().where(Response.survey_id == survey.id), exists().where(EstimateRun.survey_id == survey.id),
        exists().where(erased),
    )  # fmt: skip
    return bool(db.session.scalar(select(any_of)))


def official_version(survey: Survey) -> PlanVersion | None:
    """The newest version that counts; None before the lock."""
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id).order_by(PlanVersion.number.desc())
    known = list(db.session.scalars(query))
    states = sign_off.states([subject(version) for version in known if version.late])
    return next((one for one in known if not one.late or states.get(subject(one)) == sign_off.APPROVED), None)


def subject(version: PlanVersion) -> str:
    """The name under which a late version is confirmed by two people."""
    return f"plan:{version.id}"


def notices_of_plan(survey: Survey, result: EstimateDocument) -> list[Notice]:
    """What a run with this result, made now, must say of its plan: that it does not count, or which figure it replaces."""
    official = official_version(survey)
    if official is None:
        return []
    if survey.plan_digest != official.digest:
        return [Notice(UNOFFICIAL, {"version": _number(survey), "official": official.number})]
    before = _replaced(survey, official) if official.late else None
    if before is None:
        return []
    then, now = (_figure(document) for document in (estimate_of(before), result))
    return [Notice(SUPERSEDING, {"version": official.number, "run": before.id, "before": then, "now": now})]


def unofficial(notices: Iterable[NoticeDocument]) -> bool:
    """Whether what a run was told says that its figure does not count."""
    return any(notice["key"] == UNOFFICIAL for notice in notices)


def why_not_official(run: EstimateRun) -> Message | None:
    """Why a run can be no official one, by its plan; None where it can."""
    told = next((one for one in estimate_of(run)["notices"] if one["key"] == UNOFFICIAL), None)
    if told is not None:
        version, counts = told["params"]["version"], told["params"]["official"]
        return Message("surveys.run_of_late_plan", run=run.id, version=version, official=counts)
    official = official_version(run.survey)
    if official is not None and official.late and run.plan_digest != official.digest:
        return Message("surveys.run_of_replaced_plan", run=run.id, official=official.number)
    return None


def _number(survey: Survey) -> int:
    query = select(PlanVersion.number).where(
        PlanVersion.survey_id == survey.id, PlanVersion.digest == survey.plan_digest
    )
    return db.session.scalar(query.order_by(PlanVersion.number.desc())) or 0


def _replaced(survey: Survey, official: PlanVersion) -> EstimateRun | None:
    """The newest run whose official figure was opened under an earlier plan."""
    query = select(EstimateRun).where(EstimateRun.survey_id == survey.id, EstimateRun.plan_digest != official.digest)
    runs = db.session.scalars(query.order_by(EstimateRun.id.desc()))
    return next((run for run in runs if not unofficial(estimate_of(run)["notices"])), None)


def _figure(result: EstimateDocument) -> str:
    """The official figure as it is written in both languages."""
    if result["measure"]["official"] == "index":
        value = result["index"]["estimate"]
        return "–" if value is None else f"{value:.2f}"
    value = result["satisfied"]["estimate"]
    return "–" if value is None else f"{value:.2%}"
