"""The two exceptions by which a plan that was changed after the first answer counts all the same; each by two people.

`not_computable`: the plan that counts cannot be computed from the answers after the close, which is tried here, not
believed. `source`: a margin, a population or a site's figure differs from its named source. Anything else in which the
plans differ is refused by name, so that no exception carries a measure, an exclusion, an interval or a minimum with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import func, select

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import Plan, parse_plan
from analysis.plan_differences import Difference, PlanException, differences, not_allowed
from definitions import DefinitionError
from survey_app.ground import audit, two_persons
from survey_app.ground.two_persons import Kind
from survey_app.ground.uploads import Handed
from survey_app.ground.zones import rules_for
from survey_app.jobs.queue import enqueue
from survey_app.models import EstimateRun, PlanVersion, Response, Statement, Survey, db
from survey_app.surveys import plan_checks, site_figures
from survey_app.surveys.columns import cells_query
from survey_app.surveys.drawn_sites import with_drawn_sites
from survey_app.surveys.frozen import cells_from, frozen_of
from survey_app.surveys.life import ENDED
from survey_app.surveys.official_plan import fixed, official_version
from survey_app.surveys.plan_versions import count_version
from wording import Message, Refusal, Text, said_of

KIND = "plan"
NOT_COMPUTABLE: PlanException = "not_computable"
SOURCE: PlanException = "source"
ONLY = {SOURCE: "exceptions.source_only", NOT_COMPUTABLE: "exceptions.not_computable_only"}


class ExceptionRefusedError(Refusal):
    """A claim that does not hold or asks for too much, in the user's words; nothing was stored."""


def state_plan(survey: Survey, number: int, exception: str, reason: str, source: Handed | None, by: str) -> Statement:
    """Ask for the version `number`, made after the first answer, to count. Raises ExceptionRefusedError, SignOffError."""
    audit.wait_turn()
    official = _official(survey)
    if exception not in (NOT_COMPUTABLE, SOURCE):
        raise ExceptionRefusedError("exceptions.unknown", exception=exception)
    version = db.session.scalar(
        select(PlanVersion).where(PlanVersion.survey_id == survey.id, PlanVersion.number == number)
    )
    if version is None:
        raise ExceptionRefusedError("exceptions.no_version", number=number)
    check_plan(survey, official, version.body, exception)
    content = {"exception": exception, "official": official.number, "version": number}
    return two_persons.state(KIND, _about(survey), content, reason, source, by)


def state_sites(
    survey: Survey, figures: Mapping[str, Mapping[str, float | None]], reason: str, source: Handed | None, by: str
) -> Statement:
    """Ask for sites' figures to be put right: code -> name of a figure -> value, as `site_figures` reads them."""
    audit.wait_turn()
    official = _official(survey)
    content = {"exception": SOURCE, "official": official.number, "sites": dict(figures)}
    return two_persons.state(KIND, _about(survey), content, reason, source, by)


def check_plan(survey: Survey, official: PlanVersion, body: str, exception: PlanException) -> None:
    """Whether the exception holds for `body` in place of the plan that counts. Raises ExceptionRefusedError."""
    found = changes(official, body)
    if not found:
        raise ExceptionRefusedError("exceptions.nothing_differs", number=official.number)
    too_much = [one.name for one in not_allowed(found, exception)]
    if too_much:
        raise ExceptionRefusedError(ONLY[exception], names=too_much)
    try:
        plan_checks.check(survey, body)
    except DefinitionError as error:
        raise ExceptionRefusedError("exceptions.said", error=error) from error
    if exception == NOT_COMPUTABLE:
        _check_computable(survey, official, body)


def changes(official: PlanVersion, body: str) -> list[Difference]:
    """In what a plan differs from the one that counts."""
    method = parse_plan(official.body).method
    return differences(parse_plan(official.body, unnamed=method), parse_plan(body, unnamed=method))


def why_not_computable(survey: Survey, body: str) -> Text | None:
    """What stops an estimate by this plan from the answers there are; None where nothing does. Raises
    ExceptionRefusedError where there are none."""
    watermark = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    frozen = frozen_of(survey)
    try:
        plan: Plan = with_drawn_sites(survey, parse_plan(body))
        rows = [] if frozen else db.session.execute(cells_query(plan, survey, watermark)).all()
        if not (frozen or rows):
            raise ExceptionRefusedError("exceptions.no_answers")
        cells = cells_from(frozen, plan) if frozen else Cells.from_groups([tuple(row) for row in rows], plan)
        estimate(cells, plan, rules_for(plan, area=survey.city))
    except ExceptionRefusedError:
        raise
    except ValueError as error:
        return said_of(error)
    return None


def carry_out(statement: Statement) -> None:
    """What the second person confirmed: checked again against the plan that counts now, and made to count."""
    content, survey = statement.content, survey_of(statement)
    official = _official(survey)
    if official.number != content["official"]:
        raise ExceptionRefusedError("exceptions.plan_moved", number=official.number)
    exception = cast(PlanException, content["exception"])
    body = official.body
    if "sites" in content:
        site_figures.put_right(
            survey, cast(Mapping[str, Mapping[str, float | None]], content["sites"]), statement.reason
        )
    else:
        query = select(PlanVersion.body).where(
            PlanVersion.survey_id == survey.id, PlanVersion.number == content["version"]
        )
        body = db.session.scalars(query).one()
        check_plan(survey, official, body, exception)
    count_version(survey, body, statement.reason, exception)


def estimate_again(statement: Statement) -> None:
    """Where a figure was made before, the one that supersedes it is made at once."""
    survey = survey_of(statement)
    opened = select(EstimateRun.id).where(EstimateRun.survey_id == survey.id).limit(1)
    if statement.content["exception"] == SOURCE and db.session.scalar(opened) is not None:
        enqueue("estimate", {"survey": survey.id}, audit.actor())


def survey_of(statement: Statement) -> Survey:
    """The survey that a statement is about."""
    query = select(Survey).where(Survey.code == statement.about.removeprefix("survey:"))
    return db.session.scalars(query).one()


def _official(survey: Survey) -> PlanVersion:
    db.session.refresh(survey)
    if survey.state == "archived":
        raise ExceptionRefusedError("surveys.survey_archived_can_only")
    official = official_version(survey)
    if official is None or not fixed(survey):
        raise ExceptionRefusedError("exceptions.not_fixed")
    return official


def _check_computable(survey: Survey, official: PlanVersion, body: str) -> None:
    over = survey.state in ENDED or (survey.closes_at is not None and survey.closes_at <= datetime.now(UTC))
    if not over:
        raise ExceptionRefusedError("exceptions.before_close")
    if why_not_computable(survey, official.body) is None:
        raise ExceptionRefusedError("exceptions.is_computable", number=official.number)
    still = why_not_computable(survey, body)
    if still is not None:
        raise ExceptionRefusedError(Message("exceptions.still_not", said=still))


def _about(survey: Survey) -> str:
    return f"survey:{survey.code}"


two_persons.add(Kind(KIND, carry_out, afterwards=estimate_again))
