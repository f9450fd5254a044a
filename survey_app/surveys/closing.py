"""The close of an official survey: by the clock, put off by the plan's rule on counts, and nothing else.

    fieldwork --closes_at--> (extended by the plan's rule, or) closed: no new answers, the figure still held
              --settled----> its answers stay as they are, invitations forget their answers, the figure is free

`close_due` does what is due: with every page of the console, whenever the worker looks for jobs, and with commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from analysis.minimum import Minimum
from analysis.plan import Plan
from survey_app.answering.after_close import LATE
from survey_app.answering.definitions import definition_of, rated_counties
from survey_app.answering.open_sites import forget_sites
from survey_app.answering.quotas import take_places
from survey_app.answering.submission import COMPLETE
from survey_app.ground import audit
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import CLOCK, WITH_THE_CLOCK, enqueue
from survey_app.models import AuditEntry, OfficialSurvey, Response, Survey, db
from survey_app.surveys.life import COLLECTING
from survey_app.surveys.official_plan import official_version, plan_that_counts
from survey_app.surveys.plan_versions import change_plan
from survey_app.surveys.settling import settle, settling_over, waiting

FEWEST = Minimum()  # of a county, where the plan states no minimum of its own


@dataclass(frozen=True)
class Pause:
    """From when to when, None while it lasts, who paused, and why."""

    start: datetime
    end: datetime | None
    by: str
    reason: str


def close_in_time() -> None:
    """Before any page: whatever it shows of an official survey, its close has been done. One query where there is nothing to do.
    Commits."""
    more = OfficialSurvey.closed_at.is_not(None) & OfficialSurvey.run_asked.is_(False)
    waiting = _due(datetime.now(UTC)) | more
    if db.session.scalar(select(OfficialSurvey.id).join(Survey).where(waiting).limit(1)) is not None:
        with transaction():
            close_due()
        work_due()


def _due(moment: datetime) -> ColumnElement[bool]:
    """Of a naming: that the clock has to close or to settle it."""
    reached = Survey.state.in_(COLLECTING) & (Survey.closes_at <= moment)
    return reached | OfficialSurvey.closed_at.is_not(None) & OfficialSurvey.settled_at.is_(None)


def close_due(moment: datetime | None = None) -> None:
    """Close or extend what the clock has reached, and settle what is settled. The caller commits."""
    moment = moment or datetime.now(UTC)
    for naming_id in db.session.scalars(select(OfficialSurvey.id).join(Survey).where(_due(moment))).all():
        with audit.acting_for(CLOCK):
            audit.wait_turn()
            naming = db.session.get_one(OfficialSurvey, naming_id, populate_existing=True)
            db.session.refresh(naming.survey)
            _act(naming, moment)


def work_due() -> None:
    """Queue what follows from a close: the look for flags, and once the official run of what was settled. Commits."""
    query = select(OfficialSurvey).where(OfficialSurvey.closed_at.is_not(None), OfficialSurvey.run_asked.is_(False))
    for naming in db.session.scalars(query).all():
        if naming.settled_at is not None:
            naming.run_asked = True
            enqueue("estimate", {"survey": naming.survey_id}, CLOCK)
        elif waiting(naming).unlooked:
            enqueue("flags", {"survey": naming.survey_id}, CLOCK)


WITH_THE_CLOCK += [close_due, work_due]


def short_counties(survey: Survey, plan: Plan) -> dict[str, dict[str, int]]:
    """County -> its answers, sites and degrees of freedom, of those under the plan's minimum, by what was finished
    before the close."""
    least = plan.minimum or FEWEST
    declared = [int(code) for code in plan.measure.missing_codes if code.isdigit()]
    query = (
        select(
            Response.rated_county, func.count(), func.count(Response.psu.distinct()),
            func.count(Response.stratum.distinct()),
        )
        .where(
            Response.survey_id == survey.id, Response.state == "complete", Response.probability,
            Response.finished_at <= survey.closes_at, Response.measure.is_not(None), Response.measure.not_in(declared),
        )
        .group_by(Response.rated_county)
    )  # fmt: skip
    counted = {
        county: {"answers": answers, "sites": sites, "df": sites - strata}
        for county, answers, sites, strata in db.session.execute(query)
    }
    counties = sorted(set(rated_counties(survey.city_id).values()))
    found = {county: counted.get(county, {"answers": 0, "sites": 0, "df": 0}) for county in counties}
    return {county: has for county, has in found.items() if least.missed(**has)}


def pauses(survey: Survey) -> list[Pause]:
    """Every pause since the opening, the oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject == f"survey:{survey.code}", AuditEntry.action == "survey.state")
    found: list[Pause] = []
    for entry in db.session.scalars(query.order_by(AuditEntry.number)):
        if entry.after.get("state") == "paused":
            found.append(Pause(entry.at, None, entry.actor, entry.reason))
        elif found and found[-1].end is None:
            found[-1] = Pause(found[-1].start, entry.at, found[-1].by, found[-1].reason)
    return found


def _act(naming: OfficialSurvey, moment: datetime) -> None:
    survey = naming.survey
    while naming.closed_at is None and survey.state in COLLECTING and survey.closes_at and survey.closes_at <= moment:
        if not _extended(naming):
            _close(naming)
    if naming.closed_at is not None and naming.settled_at is None and settling_over(naming, moment):
        _plan_that_counts_again(survey)
        settle(naming, moment)


def _plan_that_counts_again(survey: Survey) -> None:
    """The official run is made by the plan that counts, whatever version stands there; a statement on one can still be
    confirmed."""
    counts = official_version(survey)
    if counts is not None and counts.digest != survey.plan_digest:
        change_plan(survey, counts.body, f"收尾：回到正式的第{counts.number}版")


def _extended(naming: OfficialSurvey) -> bool:
    """Put the close off where the plan's rule says so; what it was decided on stands in the audit trail."""
    survey, plan = naming.survey, plan_that_counts(naming.survey)
    rule = plan.closing.extension
    may = naming.extended < rule.times and (plan.minimum or FEWEST).supplement == "extension"
    short = short_counties(survey, plan) if may else {}
    if not short:
        return False
    before = survey.closes_at
    assert before is not None  # it was reached
    survey.closes_at, naming.extended = before + timedelta(days=rule.days), naming.extended + 1
    in_time = (Response.survey_id == survey.id, Response.state == LATE, Response.finished_at < survey.closes_at)
    for response in db.session.scalars(select(Response).where(*in_time)):  # what came before the clock looked
        if not take_places(survey.id, definition_of(survey), response.answers):
            response.state = COMPLETE
    after = {"closes_at": survey.closes_at, "times": naming.extended, "short": short}
    audit.record("survey.extend", f"survey:{survey.code}", {"closes_at": before}, after)
    forget_sites()
    return True


def _close(naming: OfficialSurvey) -> None:
    survey = naming.survey
    before, survey.state, naming.closed_at = survey.state, "closed", survey.closes_at
    assert survey.closes_at is not None  # it was reached
    naming.settles_by = survey.closes_at + timedelta(days=plan_that_counts(survey).closing.settling_days)
    audit.record(
        "survey.state", f"survey:{survey.code}", {"state": before}, {"state": "closed", "at": survey.closes_at}
    )
    forget_sites()
