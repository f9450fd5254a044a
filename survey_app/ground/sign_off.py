"""Two people for one result: who proposes it never approves it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update

from survey_app.ground import audit
from survey_app.ground.persons import unsettled
from survey_app.models import AuditHead, SignOffStep, db
from wording import Refusal

PROPOSED, APPROVED, RETURNED, WITHDRAWN = "proposed", "approved", "returned", "withdrawn"
FROM = {
    PROPOSED: ("", RETURNED, WITHDRAWN),
    APPROVED: (PROPOSED,),
    RETURNED: (PROPOSED,),
    WITHDRAWN: (PROPOSED, APPROVED),
}


class SignOffError(Refusal):
    """A step that may not be taken, in the user's words; nothing was stored."""


@dataclass(frozen=True)
class Standing:
    """Where a subject stands: the state ('' before any step) and every step, the oldest first."""

    state: str
    steps: tuple[SignOffStep, ...]

    @property
    def proposed_by(self) -> str:
        return next((step.by for step in reversed(self.steps) if step.step == PROPOSED), "")


def standing(subject: str) -> Standing:
    """How far the two people have come with `subject` ("estimate:12")."""
    return standings([subject])[subject]


def standings(subjects: Collection[str]) -> dict[str, Standing]:
    """Subject -> `standing`, of all in one query."""
    steps: dict[str, list[SignOffStep]] = {subject: [] for subject in subjects}
    if not steps:
        return {}
    for step in db.session.scalars(select(SignOffStep).where(SignOffStep.subject.in_(steps)).order_by(SignOffStep.id)):
        steps[step.subject].append(step)
    return {subject: Standing(taken[-1].step if taken else "", tuple(taken)) for subject, taken in steps.items()}


def states(subjects: list[str]) -> dict[str, str]:
    """Subject -> state, for those with any step."""
    if not subjects:
        return {}
    query = select(SignOffStep.subject, SignOffStep.step).where(SignOffStep.subject.in_(subjects))
    return {row.subject: row.step for row in db.session.execute(query.order_by(SignOffStep.id))}


def take_step(
    subject: str, step: str, by: str, comment: str, told: Mapping[str, object] | None = None, silent: bool = False
) -> SignOffStep:
    """Propose, approve, return or withdraw `subject`. The caller commits.

    An approval comes from another person than the proposal and says why, as do a return and a withdrawal; `silent`
    ones need not (ground/two_persons.py). told: what the audit trail has besides.  Raises SignOffError.
    """
    comment = comment.strip()
    if step not in FROM:
        raise SignOffError("ground.no_such_step", step=step)
    db.session.execute(
        update(AuditHead).values(number=AuditHead.number)
    )  # one step at a time, whoever comes second waits
    now = standing(subject)
    if now.state not in FROM[step]:
        raise SignOffError("ground.somebody_faster_reload_page")
    if step != PROPOSED and not comment and not silent:
        raise SignOffError("ground.comment_needed")
    if name := unsettled(by, [now.proposed_by] if step in (APPROVED, RETURNED) else []):
        raise SignOffError("ground.person_unsettled", name=name)
    if step in (APPROVED, RETURNED) and by == now.proposed_by:
        raise SignOffError("ground.who_proposed_cannot_approve")
    taken = SignOffStep(subject=subject, step=step, by=by, comment=comment)
    db.session.add(taken)
    audit.record(f"sign_off.{step}", subject, {"state": now.state}, {"state": step, **(told or {})}, comment)
    return taken
