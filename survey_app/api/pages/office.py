"""Background jobs and the audit trail."""

from __future__ import annotations

from datetime import datetime

from flask import g
from pydantic import AwareDatetime, BaseModel, Field, JsonValue
from sqlalchemy import select

from survey_app.api.frame import actor, operation
from survey_app.api.paging import Key, Page, PageQuery, paged
from survey_app.api.problems import ProblemError
from survey_app.api.words import marked
from survey_app.console.jobs import SEES_ALL
from survey_app.models import AuditEntry, Job, db
from survey_app.office import audit_trail
from wording import of_column


class JobLine(BaseModel):
    """Work done in the background."""

    id: int
    kind: str
    by: str
    state: str = Field(description=marked("queued、running、done、failed 或 cancelled"))
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    of: int = Field(description=marked("共多少；0为不知道"))
    result: str = Field(description=marked("做成了什么，如 estimate:12"))
    error: str


class AuditLine(BaseModel):
    """An entry of the audit trail: what its digest covers, and the digest."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: JsonValue
    after: JsonValue
    reason: str
    previous: str
    digest: str = Field(description=marked("本条的SHA-256，含上一条的"))


class AuditQuery(PageQuery):
    """Which entries."""

    actor: str = Field("", max_length=50, description=marked("只要这个账号的"))
    action: str = Field("", pattern=r"^[a-z_.]{0,40}$", description=marked("只要这种操作"))
    subject: str = Field("", max_length=50, description=marked("对象的开头，如 survey:"))
    since: AwareDatetime | None = Field(None, description=marked("从这一刻起，含时区"))
    until: AwareDatetime | None = Field(None, description=marked("到这一刻为止，不含"))


@operation("/jobs", "查看后台任务", "console.job_page", Page[JobLine], tag="jobs")
def list_jobs(query: PageQuery) -> Page[JobLine]:
    """The newest first: an auditor's key sees all, any other its own."""
    found = select(Job).order_by(Job.id.desc())
    if not _sees_all():
        found = found.where(Job.by == actor(g.api_token))

    def read(after: Key | None, number: int) -> list[Job]:
        rows = found.limit(number)
        return list(db.session.scalars(rows.where(Job.id < after) if after is not None else rows))

    return paged(query, read, lambda job: job.id, _job)


@operation("/jobs/<int:job_id>", "查看一个后台任务", "console.job_page", JobLine, tag="jobs")
def get_job(job_id: int) -> JobLine:
    job = db.session.get(Job, job_id)
    if job is None or not (_sees_all() or job.by == actor(g.api_token)):
        raise ProblemError(404, "api.not_found")
    return _job(job)


@operation("/audit", "查看审计记录", "console.audit_page", Page[AuditLine], tag="audit")
def list_audit(query: AuditQuery) -> Page[AuditLine]:
    """From the first entry on, so that what is added later is at the end."""
    wanted = audit_trail.Filter(query.actor, query.action, query.subject, query.since, query.until)

    def read(after: Key | None, number: int) -> list[AuditEntry]:
        return audit_trail.following(wanted, int(after or 0), number)

    return paged(
        query, read, lambda entry: entry.number, lambda entry: AuditLine.model_validate(entry, from_attributes=True)
    )


def _sees_all() -> bool:
    return g.api_token.role in SEES_ALL


def _job(job: Job) -> JobLine:
    return JobLine(
        id=job.id, kind=job.kind, by=job.by, state=job.state, created_at=job.created_at, started_at=job.started_at,
        finished_at=job.finished_at, done=job.done, of=job.of, result=job.result, error=str(of_column(job.error)),
    )  # fmt: skip
