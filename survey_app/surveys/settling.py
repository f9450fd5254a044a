"""Between the close of an official survey and its figure: what may still arrive and be decided, and the freezing.

closed --answers finished before it arrive, flags are decided--> nothing waits, or the plan's time is over --> frozen (frozen.py)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from analysis.plan import Plan
from survey_app.answering.after_close import QUARANTINED
from survey_app.answering.cases import forget_contacts
from survey_app.answering.invitation_links import forget_links
from survey_app.ground import audit
from survey_app.models import AuditEntry, DeviceLink, OfficialSurvey, Response, ResponseFlag, Site, Survey, db
from survey_app.surveys.frozen import freeze
from survey_app.surveys.life import half_keyed
from survey_app.surveys.official_plan import plan_that_counts

GRACE = timedelta(seconds=30)  # for answers that were being stored when the clock struck
PAPER = (
    "paper.print",
    "entry.key",
    "entry.store",
    "import.responses",
)  # actions by which a survey is known to use paper


@dataclass(frozen=True)
class Waiting:
    """What is still to come. tablets: not yet reported empty. quarantined: nobody has decided. half_keyed: forms that wait for their second keying. paper:
    paper is used, and nobody has said that all of it is keyed. flags: excluding ones nobody has decided on. unlooked:
    answers have come that were not looked through for flags."""

    tablets: int
    quarantined: int
    half_keyed: int
    paper: bool
    flags: int
    unlooked: bool

    def __bool__(self) -> bool:
        return bool(self.tablets or self.quarantined or self.half_keyed or self.paper or self.flags or self.unlooked)


def waiting(naming: OfficialSurvey) -> Waiting:
    """What the settling of a closed survey waits for."""
    survey, plan = naming.survey, plan_that_counts(naming.survey)
    excludes = plan.flagged is not None and plan.flagged.exclude
    return Waiting(
        _count(select(func.count()).select_from(DeviceLink).join(Site).where(*_not_empty(naming))),
        _count(select(func.count()).where(Response.survey_id == survey.id, Response.state == QUARANTINED)),
        half_keyed(survey),
        not naming.forms_keyed_by and _uses_paper(survey),
        _count(select(func.count()).select_from(ResponseFlag).join(Response).where(*undecided(survey, plan))),
        excludes and newest_complete(survey) > survey.flags_watermark,
    )


def undecided(survey: Survey, plan: Plan) -> list[ColumnElement[bool]]:
    """Flags that keep an answer out by the plan's rule and that nobody has lifted or confirmed."""
    excludes = plan.flagged is not None and plan.flagged.exclude
    return [
        Response.survey_id == survey.id, Response.state == "complete", ResponseFlag.lifted_at.is_(None),
        ResponseFlag.confirmed_at.is_(None), ResponseFlag.kind.in_(plan.flag_kinds if excludes else ()),
    ]  # fmt: skip


def newest_complete(survey: Survey) -> int:
    """The highest of the complete responses, which are what flags look at."""
    query = select(func.max(Response.id)).where(Response.survey_id == survey.id, Response.state == "complete")
    return db.session.scalar(query) or 0


def settling_over(naming: OfficialSurvey, moment: datetime) -> bool:
    """Whether nothing that was finished before the close can still arrive or be decided, or its time is over."""
    closed_at = naming.closed_at
    if closed_at is None or moment < closed_at + GRACE:
        return False
    return (naming.settles_by is not None and moment >= naming.settles_by) or not waiting(naming)


def say_all_keyed(naming: OfficialSurvey) -> None:
    """A person says that every paper form is keyed. The caller commits."""
    naming.forms_keyed_by = audit.actor()
    audit.record("paper.keyed", f"survey:{naming.survey.code}")


def settle(naming: OfficialSurvey, moment: datetime) -> None:
    """Freeze what counts, and let nobody join an invitation to its answer again. The caller holds his turn, and commits."""
    survey = naming.survey
    freeze(survey, naming, moment)
    forget_links(survey.id)
    forget_contacts(survey.id)
    naming.settled_at = moment
    audit.record("survey.settle", f"survey:{survey.code}", after={"closed_at": naming.closed_at})


def _not_empty(naming: OfficialSurvey) -> list[ColumnElement[bool]]:
    """Links of tablets with a queue that have not said since the close that it is empty."""
    return [
        Site.survey_id == naming.survey_id,
        DeviceLink.unsent.is_not(None),
        or_(DeviceLink.unsent > 0, DeviceLink.reported_at < naming.closed_at),
    ]


def _uses_paper(survey: Survey) -> bool:
    query = select(AuditEntry.number).where(AuditEntry.subject == f"survey:{survey.code}", AuditEntry.action.in_(PAPER))
    return db.session.scalar(query.limit(1)) is not None


def _count(query: Any) -> int:
    return int(db.session.scalar(query) or 0)
