"""Results for the public: a day that is set before anybody knows the figure, and a release by two persons of all or nothing.

Nobody chooses what is released: it is the approved run that counts, with the city and every rated county. See
docs/decisions/0116.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from survey_app.answering.open_sites import forget_sites
from survey_app.answering.published import LICENCES, days_of, released
from survey_app.answering.submission import COMPLETE
from survey_app.briefs.results_document import document_for, files_of
from survey_app.estimates.review import subject
from survey_app.ground import audit, two_persons
from survey_app.ground.clock import local, today
from survey_app.ground.held import held, interim_number, scores
from survey_app.ground.official import naming_of
from survey_app.ground.sign_off import APPROVED, PROPOSED, states
from survey_app.ground.two_persons import Kind
from survey_app.models import AuditEntry, EstimateRun, PublishedResults, Response, ResultsDay, Statement, Survey, db
from survey_app.surveys.official_plan import why_not_official
from survey_app.surveys.states import ENDED
from wording import Refusal

DAY, RELEASE = "results_day", "results"


class PublishingError(Refusal):
    """What may not be set or released; nothing was stored."""


def closed(survey: Survey) -> bool:
    """Whether the survey takes no more answers."""
    over = survey.closes_at is not None and survey.closes_at <= datetime.now(UTC)
    return survey.state in ENDED or (over and survey.state not in ("draft", "locked"))


def knowable(survey: Survey) -> bool:
    """Whether somebody may know the figure: it has closed, had closed before its close was moved, or was estimated already."""
    made = select(EstimateRun.id).where(EstimateRun.survey_id == survey.id).limit(1)
    return closed(survey) or db.session.scalar(made) is not None or _had_closed(survey)


def _had_closed(survey: Survey) -> bool:
    opened, moves = False, ("survey.state", "survey.settings", "survey.extend")
    query = select(AuditEntry).where(AuditEntry.subject == _about(survey), AuditEntry.action.in_(moves))
    for entry in db.session.scalars(query.order_by(AuditEntry.number)):
        if entry.action == "survey.state":
            opened = opened or entry.after["state"] == "open"
            continue
        close = entry.before.get("closes_at")
        if entry.action == "survey.extend" or (opened and close and datetime.fromisoformat(close) <= entry.at):
            return True
    return False


def set_day(survey: Survey, day: date, reason: str, by: str) -> Statement | None:
    """Set the day, or where the figure may be known ask a second person to. The caller commits. Raises PublishingError, SignOffError."""
    audit.wait_turn()
    _check_day(survey, day)
    if not knowable(survey):
        _store_day(survey, day, reason.strip(), by, None)
        return None
    _alone(survey, DAY)
    return two_persons.state(DAY, _about(survey), {"day": day.isoformat()}, reason, None, by)


def run_that_counts(survey: Survey) -> EstimateRun:
    """The newest approved run, made after the close, by the plan that counts. Raises PublishingError."""
    if not closed(survey):
        raise PublishingError("briefs.results_not_closed")
    if held(survey):
        raise PublishingError("briefs.results_settling")
    query = select(EstimateRun).where(EstimateRun.survey_id == survey.id).order_by(EstimateRun.id.desc())
    runs = list(db.session.scalars(query))
    signed = states([subject(run.id) for run in runs])
    approved = (run for run in runs if signed.get(subject(run.id)) == APPROVED)
    found = next((run for run in approved if _counts(run)), None)
    if found is None:
        raise PublishingError("briefs.results_no_run")
    return found


def ask_release(survey: Survey, licence: str, reason: str, by: str) -> Statement:
    """The first person's part; reason: of a correction what was wrong, which the public is told. The caller commits."""
    audit.wait_turn()
    run = to_release(survey)
    if licence not in LICENCES:
        raise PublishingError("briefs.results_licence")
    _alone(survey, RELEASE)
    return two_persons.state(RELEASE, _about(survey), {"run": run.id, "licence": licence}, reason, None, by)


def survey_of_statement(statement: Statement) -> Survey:
    return db.session.query(Survey).filter_by(code=statement.about.removeprefix("survey:")).one()


def to_release(survey: Survey) -> EstimateRun:
    """The run that a release would be of, a first one or a correction. Raises PublishingError."""
    run, before = run_that_counts(survey), released(survey)
    if not days_of(survey):
        raise PublishingError("briefs.results_no_day")
    if before and before[-1].run_id == run.id:
        raise PublishingError("briefs.results_released", run=run.id)
    return run


def _release(statement: Statement) -> None:
    survey = survey_of_statement(statement)
    run, before = to_release(survey), released(survey)
    if run.id != statement.content["run"]:
        raise PublishingError("briefs.results_other_run", run=run.id)
    licence = str(statement.content["licence"])
    files = files_of(document_for(run, licence, statement.reason, before[-1] if before else None))
    number = len(before) + 1
    db.session.add(
        PublishedResults(survey=survey, number=number, run_id=run.id, statement_id=statement.id, files=files)
    )
    audit.record("results.release", _about(survey), after={"number": number, "run": run.id, "licence": licence})
    forget_sites()


def _move_day(statement: Statement) -> None:
    survey, day = survey_of_statement(statement), date.fromisoformat(str(statement.content["day"]))
    _check_day(survey, day)
    _store_day(survey, day, statement.reason, statement.by, statement.id)


def _check_day(survey: Survey, day: date) -> None:
    days = days_of(survey)
    if released(survey) and days and days[-1].day <= today():
        raise PublishingError("briefs.results_out")
    if day < today():
        raise PublishingError("briefs.results_day_past")
    if survey.closes_at is not None and not closed(survey) and day <= local(survey.closes_at).date():
        raise PublishingError("briefs.results_day_early", day=f"{local(survey.closes_at):%Y-%m-%d}")
    if days and days[-1].day == day:
        raise PublishingError("briefs.results_same_day")


def _store_day(survey: Survey, day: date, reason: str, by: str, statement: int | None) -> None:
    before = days_of(survey)
    db.session.add(ResultsDay(survey=survey, day=day, reason=reason, statement_id=statement, by=by))
    was = {"day": before[-1].day.isoformat()} if before else None
    audit.record("results.day", _about(survey), was, {"day": day.isoformat()}, reason)
    forget_sites()


def _alone(survey: Survey, kind: str) -> None:
    if two_persons.of(_about(survey), kind, PROPOSED):
        raise PublishingError("briefs.results_waiting")


def _counts(run: EstimateRun) -> bool:
    return interim_number(run) is None and scores(run) and why_not_official(run) is None and _has_all(run)


def _has_all(run: EstimateRun) -> bool:
    """Whether it saw every answer that counts; an official run is of the frozen ones, whatever came later."""
    if naming_of(run.survey) is not None:
        return True
    later = (Response.survey_id == run.survey_id, Response.id > run.watermark, Response.state == COMPLETE)
    return db.session.scalar(select(Response.id).where(*later).limit(1)) is None


def _about(survey: Survey) -> str:
    return f"survey:{survey.code}"


two_persons.add(Kind(DAY, _move_day, needs_source=False))
two_persons.add(Kind(RELEASE, _release, needs_source=False))
