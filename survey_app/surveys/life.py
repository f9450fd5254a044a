"""The life of a survey: draft, locked, open or paused, closed, archived."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from survey_app.answering.cases import forget_contacts
from survey_app.answering.invitation_links import forget_links
from survey_app.answering.open_sites import forget_sites
from survey_app.answering.trials import forget_trials
from survey_app.ground import audit
from survey_app.ground.dates import with_zone
from survey_app.ground.official import naming_of
from survey_app.models import Invitation, OfficialSurvey, PaperEntry, Survey, db
from survey_app.surveys.plan_versions import lock_plan, state_closing
from survey_app.surveys.readiness import Lack, stops, warnings
from survey_app.surveys.states import COLLECTING as COLLECTING
from survey_app.surveys.states import ENDED as ENDED
from wording import Message, Refusal, Text

NEXT = {
    "draft": ("locked",),
    "locked": ("open",),
    "open": ("paused", "closed"),
    "paused": ("open", "closed"),
    "closed": ("archived",),
    "archived": (),
}


class StateError(Refusal):
    """A change of state that is not allowed. lacks: what must be done or accepted first, where that is why."""

    def __init__(self, message: Text, lacks: Sequence[Lack] = ()) -> None:
        super().__init__(message)
        self.lacks = tuple(lacks)

    @property
    def warned(self) -> bool:
        """Whether accepting the warnings is all that is asked."""
        return bool(self.lacks) and all(lack.level == "warn" for lack in self.lacks)


def change_state(
    survey: Survey, state: str, reason: str = "", accept_warnings: bool = False, store: bool = True
) -> None:
    """Move `survey` to `state`, and write it down; the caller commits. With store False only say whether that is possible.

    The lock and the opening need everything `survey_readiness` asks for; what it only warns of must be accepted to
    open. A closed survey stays closed, and forgets which invitation became which response; it cannot be closed while
    paper forms wait for their second keying, which closing would lose. A period's official survey states its closing
    moment in the plan when it opens, and is closed by the clock alone (closing.py).  Raises StateError; nothing
    changed then.
    """
    if store:  # whoever comes second sees what the first has done
        audit.wait_turn()
        db.session.refresh(survey)
    before = survey.state
    if state not in NEXT[before]:
        raise StateError(Message("surveys.change_state_not_possible", before=before, state=state))
    official = naming_of(survey)
    if official is not None:
        _require_clock(official, state)
    _require_ready(survey, state, accept_warnings)
    if not store:
        return
    if state == "locked":
        lock_plan(survey)
    if before == "locked" and official is not None:
        state_closing(survey, str(Message("official.closing_reason", period=official.period)))
    if state == "closed":
        forget_links(survey.id)
        forget_contacts(survey.id)
    survey.state = state
    after: dict[str, object] = {"state": state}
    if before == "locked":
        db.session.flush()  # whoever tries it now comes first or is refused
        tried = forget_trials(survey.id)
        after |= {"trials_deleted": tried} if tried else {}
    audit.record("survey.state", f"survey:{survey.code}", {"state": before}, after, reason.strip())
    forget_sites()


def _require_clock(official: OfficialSurvey, state: str) -> None:
    survey = official.survey
    if state == "closed" and survey.closes_at is not None:
        at = with_zone(survey.closes_at, ZoneInfo(survey.time_zone))
        raise StateError(Message("official.only_the_clock", at=at))
    if state == "archived" and official.settled_at is None:
        raise StateError("official.not_settled")


def _require_ready(survey: Survey, state: str, accept_warnings: bool) -> None:
    if state == "locked":
        _require(stops(survey, lock=True))
    elif survey.state == "locked" and state == "open":
        _require(stops(survey, lock=False))
        if not accept_warnings:
            _require(warnings(survey))
    elif state == "closed":
        waiting = half_keyed(survey)
        if waiting:
            raise StateError(Message("surveys.paper_forms_not_fully", waiting=waiting))


def half_keyed(survey: Survey) -> int:
    """Paper forms that were keyed once and wait for their second keying."""
    query = select(func.count(PaperEntry.invitation_id.distinct())).join(Invitation)
    return db.session.scalar(query.where(Invitation.survey_id == survey.id)) or 0


def _require(lacks: Sequence[Lack]) -> None:
    if lacks:
        more = len(lacks) - 1
        first = lacks[0].said
        raise StateError(Message("surveys.and_more_lacks", said=first, more=more) if more else first, lacks)
