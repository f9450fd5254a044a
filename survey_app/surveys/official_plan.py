"""Which version of a survey's plan counts: the one that stood at the first answer, which fixes it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, or_, select

from analysis.notices import Notice, NoticeDocument
from survey_app.ground.held import computing
from survey_app.ground.stored import estimate_of
from survey_app.models import AuditEntry, EstimateRun, PlanVersion, Response, Survey, db
from wording import Message

UNOFFICIAL = "unofficial_plan"  # what a run is told that is made by another
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
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id, PlanVersion.late.is_(False))
    return db.session.scalar(query.order_by(PlanVersion.number.desc()).limit(1))


def notices_of_plan(survey: Survey) -> list[NoticeDocument]:
    """What a run made now must say of its plan: that it does not count, where it does not."""
    official = official_version(survey)
    if official is None or survey.plan_digest == official.digest:
        return []
    return [Notice("unofficial_plan", {"version": _number(survey), "official": official.number}).as_dict()]


def unofficial(notices: Iterable[NoticeDocument]) -> bool:
    """Whether what a run was told says that its figure does not count."""
    return any(notice["key"] == UNOFFICIAL for notice in notices)


def why_not_official(run: EstimateRun) -> Message | None:
    """Why a run can be no official one, by its plan; None where it can."""
    with computing():  # how it was made is no figure
        told = next((one for one in estimate_of(run)["notices"] if one["key"] == UNOFFICIAL), None)
    if told is None:
        return None
    version, counts = told["params"]["version"], told["params"]["official"]
    return Message("surveys.run_of_late_plan", run=run.id, version=version, official=counts)


def _number(survey: Survey) -> int:
    query = select(PlanVersion.number).where(
        PlanVersion.survey_id == survey.id, PlanVersion.digest == survey.plan_digest
    )
    return db.session.scalar(query.order_by(PlanVersion.number.desc())) or 0
