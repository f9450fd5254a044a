"""A survey's plan: free while the survey is a draft, and after its lock a numbered version with a reason per change."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from analysis.closing import Closing
from analysis.errors import AnalysisError
from analysis.plan import Plan, parse_plan
from analysis.plan_parts import WAYS
from definitions import DefinitionError, digest, with_key
from survey_app.answering.open_sites import forget_sites
from survey_app.ground import audit
from survey_app.ground.dates import with_zone
from survey_app.ground.official import UNOPENED, naming_of
from survey_app.ground.plans import plan_of
from survey_app.ground.zones import with_rulebooks
from survey_app.models import AuditEntry, PlanVersion, Survey, db
from survey_app.surveys import official_plan
from survey_app.surveys.states import version_number as version_number
from wording import Message, Refusal

MOST_REASON = 500  # characters
MOST_LINES = 30  # of what somebody else has changed


class PlanChangeError(Refusal):
    """A plan that may not be changed so, in the user's words."""


def versions(survey: Survey) -> list[PlanVersion]:
    """Every version, the newest first; none while the survey is a draft."""
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id).order_by(PlanVersion.number.desc())
    return list(db.session.scalars(query))


def lock_plan(survey: Survey) -> PlanVersion:
    """The first version, as it stands before fieldwork, with the method and the rulebooks that will decide. The caller
    has checked the plan, and commits."""
    survey.plan = _closing_stated(survey, _locked(survey, survey.plan, plan_of(survey)))
    survey.plan_digest = digest(survey.plan)
    _collect_as_planned(survey)
    survey.locked_at = datetime.now(UTC)
    return _add(survey, survey.plan, "")


def change_plan(survey: Survey, body: str, reason: str = "", seen: str = "") -> None:
    """Put `body` in place of the plan. After the lock that is a new version, which needs a reason and is locked with its
    rulebooks like the first; it keeps the method unless it names another. From the first answer on every plan but the
    official one is late: its runs do not count (official_plan.py). The caller commits.

    seen: the digest of the plan that the person was shown; where it is another by now nothing is overwritten, and what
    has changed is said. The plan itself is checked by `survey_plans.check`. Raises PlanChangeError.
    """
    reason = reason.strip()
    audit.wait_turn()
    db.session.refresh(survey)
    if seen and seen != survey.plan_digest:
        raise PlanChangeError(_changed_meanwhile(survey, seen))
    if survey.state == "archived":
        raise PlanChangeError("surveys.survey_archived_can_only")
    if survey.state != "draft" and not reason:
        raise PlanChangeError("surveys.plan_locked_change_needs")
    if len(reason) > MOST_REASON:
        raise PlanChangeError("surveys.reason_most_characters", most_reason=MOST_REASON)
    same = digest(body) == digest(survey.plan)
    official = None
    if survey.state != "draft":
        official = _official(survey) if official_plan.fixed(survey) else None
        body = body if official and digest(body) == official.digest else _locked_again(survey, body)
        body = _closing_kept(survey, body)
    if same or digest(body) == survey.plan_digest:
        raise PlanChangeError("surveys.plan_same_as_before")
    before = {"digest": survey.plan_digest, "plan": survey.plan}
    late = official is not None and digest(body) != official.digest
    survey.plan, survey.plan_digest = body, digest(body)
    if not (late and survey.locked_at):  # what does not count stops no site and moves no close
        _collect_as_planned(survey)
        _close_as_planned(survey)
    after = {"digest": survey.plan_digest, "plan": body}
    if survey.state != "draft":
        after["version"] = str(_add(survey, body, reason, late).number)
    audit.record("survey.plan", f"survey:{survey.code}", before, after, reason)


def _changed_meanwhile(survey: Survey, seen: str) -> Message:
    """Who has changed the plan since it was shown, when, and in what."""
    query = select(AuditEntry).where(AuditEntry.subject == f"survey:{survey.code}", AuditEntry.action == "survey.plan")
    entries = list(db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(50)))
    shown = next((entry.before.get("plan") for entry in entries if entry.before.get("digest") == seen), None)
    changed: list[str] = []
    if shown is not None:
        lines = difflib.unified_diff(shown.splitlines(), survey.plan.splitlines(), lineterm="", n=0)
        changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")][:MOST_LINES]
    newest = entries[0] if entries else None
    by, at = (newest.actor, with_zone(newest.at, ZoneInfo(survey.time_zone))) if newest else ("–", "–")
    return Message("exceptions.changed_meanwhile", by=by, at=at, lines="\n".join(["", *changed]))


def count_version(survey: Survey, body: str, reason: str, exception: str) -> PlanVersion:
    """A new version that counts although it comes after the first answer; two people have confirmed the exception. The
    caller has checked it, and commits."""
    before = {"digest": survey.plan_digest, "plan": survey.plan}
    survey.plan, survey.plan_digest = body, digest(body)
    _collect_as_planned(survey)
    version = _add(survey, body, reason, exception=exception)
    after = {"digest": survey.plan_digest, "plan": body, "version": str(version.number), "exception": exception}
    audit.record("survey.plan", f"survey:{survey.code}", before, after, reason)
    return version


def state_closing(survey: Survey, reason: str) -> None:
    """Have the plan of an official survey that is locked state the closing moment as it is set: a new version where it
    did not. The caller commits."""
    body = _closing_stated(survey, survey.plan)
    if body == survey.plan:
        return
    before, survey.plan, survey.plan_digest = survey.plan_digest, body, digest(body)
    version = _add(survey, body, reason)
    after = {"digest": survey.plan_digest, "plan": body, "version": str(version.number)}
    audit.record("survey.plan", f"survey:{survey.code}", {"digest": before}, after, reason)


def _closing_stated(survey: Survey, body: str) -> str:
    """The plan with the survey's closing moment, where it is its period's official one."""
    if naming_of(survey) is None or survey.closes_at is None:
        return body
    stated = parse_plan(body).closing
    if stated.moment == survey.closes_at:
        return body
    at = survey.closes_at.astimezone(ZoneInfo(survey.time_zone)).isoformat()
    return with_key(body, "closing", _closing_document(replace(stated, at=at)))


def _closing_document(closing: Closing) -> dict[str, object]:
    found: dict[str, object] = {
        "at": closing.at,
        "extension": {"times": closing.extension.times, "days": closing.extension.days},
        "settling_days": closing.settling_days,
    }
    return found | ({"seen_by": list(closing.seen_by)} if closing.seen_by else {})


def _closing_kept(survey: Survey, body: str) -> str:
    """The close of an opened official survey is in every version of its plan the same. Raises PlanChangeError."""
    if survey.state in UNOPENED or naming_of(survey) is None:
        return body
    kept, stated = plan_of(survey).closing, parse_plan(body).closing
    if stated == Closing():
        return with_key(body, "closing", _closing_document(kept))
    if stated != kept:
        raise PlanChangeError("official.closing_stands")
    return body


def _close_as_planned(survey: Survey) -> None:
    """A moment that the plan of an unopened official survey states is the survey's."""
    if survey.state not in UNOPENED or naming_of(survey) is None:
        return
    try:
        moment = plan_of(survey).closing.moment
    except DefinitionError:  # a draft that is still being written
        return
    if moment is not None:
        survey.closes_at = moment
        forget_sites()


def _collect_as_planned(survey: Survey) -> None:
    """What the respondents' side reads, which knows no plans: who is chosen, and whether a site stops at its target."""
    try:
        plan = plan_of(survey)
    except DefinitionError:  # a draft that is still being written
        return
    if plan.method.weights_follow_sites:
        survey.stops_when_full = plan.weights.stops_when_full
    survey.respondents = " ".join(plan.respondents.ways) if plan.respondents else None
    survey.within = plan.respondents.within if plan.respondents else None
    survey.adults_question = plan.weights.adults
    survey.replace_after = plan.respondents.replace_after if plan.respondents else None
    forget_sites()


def _locked(survey: Survey, body: str, plan: Plan) -> str:
    return with_key(with_rulebooks(body, plan, survey.city), "method", plan.method.version)


def _locked_again(survey: Survey, body: str) -> str:
    before = plan_of(survey)
    try:
        plan = parse_plan(body, unnamed=before.method)
        if before.respondents and not plan.respondents:
            raise PlanChangeError("surveys.plan_says_nothing_of_respondents", ways=WAYS)
        return _locked(survey, body, plan)
    except AnalysisError as error:
        raise PlanChangeError("surveys.said", error=error) from error


def _official(survey: Survey) -> PlanVersion:
    """The version that counts; the present plan becomes one where it was locked before versions were kept."""
    return official_plan.official_version(survey) or _add(survey, survey.plan, "")


def _add(survey: Survey, body: str, reason: str, late: bool = False, exception: str = "") -> PlanVersion:
    newest = db.session.scalar(select(func.max(PlanVersion.number)).where(PlanVersion.survey_id == survey.id))
    version = PlanVersion(
        survey_id=survey.id,
        number=(newest or 0) + 1,
        body=body,
        digest=digest(body),
        reason=reason,
        late=late,
        exception=exception,
        made_by=audit.actor(),
    )
    db.session.add(version)
    db.session.flush()
    return version
