"""Estimates as whoever is no administrator may see them; a held figure is refused."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from survey_app.api.description import EstimateDocument
from survey_app.api.frame import grants, operation
from survey_app.api.paging import Key, Page, PageQuery, paged
from survey_app.api.problems import ProblemError
from survey_app.api.words import marked
from survey_app.estimates import review
from survey_app.estimates.as_json import in_language
from survey_app.estimates.suppression import shown_result
from survey_app.ground.sign_off import standing
from survey_app.models import EstimateRun, db


class EstimateLine(BaseModel):
    """A run of the estimate; figures are null where they are held or the sample is too small."""

    id: int
    survey: str
    made_at: datetime
    made_by: str
    n: int | None
    satisfied: float | None = Field(description=marked("满意度，0到1"))
    lower: float | None
    upper: float | None
    outcome: str | None = Field(description=marked("结论：评分规则中的一档"))
    exception: str | None = Field(description=marked("计划声明的例外：没有随机抽取"))
    state: str = Field(description=marked("审批：空、proposed、approved、returned 或 withdrawn"))


class EstimateWhole(BaseModel):
    """A run with its document."""

    id: int
    survey: str
    made_at: datetime
    made_by: str
    plan_digest: str
    state: str
    document: EstimateDocument


class EstimatesQuery(PageQuery):
    """Of which survey."""

    survey: str = Field("", max_length=40, description=marked("只要这项调查的"))


@operation("/estimates", "查看估计", "console.estimates_page", Page[EstimateLine], tag="estimates")
def list_estimates(query: EstimatesQuery) -> Page[EstimateLine]:
    """Every run, the newest first."""

    def read(after: Key | None, number: int) -> list[review.Listed]:
        return review.listed(query.survey, before=int(after) if after is not None else None, most=number)

    return paged(query, read, lambda run: run.id, _line)


@operation("/estimates/<int:run_id>", "查看一次估计", "console.estimate_page", EstimateWhole, tag="estimates")
def get_estimate(run_id: int) -> EstimateWhole:
    """The document of a run with small cells hidden; 409 while its figure is held."""
    run = db.session.get(EstimateRun, run_id)
    if run is None:
        raise ProblemError(404, "api.not_found")
    return EstimateWhole(
        id=run.id, survey=run.survey.code, made_at=run.created_at, made_by=run.made_by, plan_digest=run.plan_digest,
        state=standing(review.subject(run.id)).state,
        document=EstimateDocument(in_language(shown_result(run, grants()))),
    )  # fmt: skip


def _line(run: review.Listed) -> EstimateLine:
    return EstimateLine(
        id=run.id, survey=run.survey, made_at=run.created_at, made_by=run.made_by, n=run.n, satisfied=run.figure,
        lower=run.lower, upper=run.upper, outcome=run.outcome, exception=run.exception, state=run.state,
    )  # fmt: skip
