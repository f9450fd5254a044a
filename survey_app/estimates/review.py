"""Reading estimate runs for review: the list, the steps towards approval, checks against what a run stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import select

from analysis.documents.estimate import read_estimate
from analysis.documents.weights import WeightCheck
from analysis.weight_checks import severe
from survey_app.ground.held import interim_number, not_seen
from survey_app.ground.sign_off import APPROVED, PROPOSED, SignOffError, states, take_step
from survey_app.models import AuditEntry, EstimateRun, Survey, db
from survey_app.surveys.official_plan import why_not_official
from wording import Message

MOST = 500  # runs in a list


@dataclass(frozen=True)
class Listed:
    """One run of the list, without the documents that make it large."""

    id: int
    survey: str
    title: str
    created_at: datetime
    made_by: str
    n: int
    figure: float | None
    lower: float | None
    upper: float | None
    outcome: str | None
    points: float | None
    exception: str | None  # the sentence by which the plan declares that nobody was chosen
    state: str

    def withheld(self) -> Listed:
        """The run without its figures."""
        return replace(self, figure=None, lower=None, upper=None, outcome=None, points=None)


def subject(run_id: int) -> str:
    """The name under which a run is signed off and audited."""
    return f"estimate:{run_id}"


def settle(run: EstimateRun, step: str, by: str, comment: str, acknowledged: bool = False) -> None:
    """A step of two people towards an approved estimate; the caller commits. Raises SignOffError.

    A run of a plan that does not count is neither proposed nor approved, nor is one made before the close. acknowledged:
    that the step is taken with what its weights are severely wanting in; then the audit trail has what that was.
    """
    wrong = why_not_official(run) if step in (PROPOSED, APPROVED) else None
    number = interim_number(run) if step in (PROPOSED, APPROVED) else None
    if wrong is None and number is not None:
        wrong = Message("official.run_is_interim", run=run.id, number=number)
    if wrong is not None:
        raise SignOffError(wrong)
    found = severe_weights(run) if step in (PROPOSED, APPROVED) else []
    if found and not acknowledged:
        raise SignOffError("estimates.weights_unacknowledged")
    take_step(subject(run.id), step, by, comment, {"weights": [one["check"] for one in found]} if found else None)


def severe_weights(run: EstimateRun) -> list[WeightCheck]:
    """What is severe of the weights of a run: whoever signs says that it was seen."""
    return severe(read_estimate(run.result)["weights"])


def listed(survey: str = "", state: str | None = None, before: int | None = None, most: int = MOST) -> list[Listed]:
    """The newest runs first; of one survey's code, of one state of the sign-off ('' is: not proposed), older than a run."""
    result, kept = EstimateRun.result, not_seen()
    query = (
        select(
            EstimateRun.id, Survey.code, Survey.title, EstimateRun.created_at, EstimateRun.made_by,
            result["n"].as_integer(), result["satisfied"]["estimate"].as_float(),
            result["satisfied"]["lower"].as_float(), result["satisfied"]["upper"].as_float(),
            result["decision"]["outcome"].as_string(), result["decision"]["points"].as_float(),
            result["decision"]["probability_withheld"]["params"]["sentence"].as_string(),
        )
        .join(Survey, Survey.id == EstimateRun.survey_id)
        .order_by(EstimateRun.id.desc())
        .limit(most)
    )  # fmt: skip
    if before is not None:
        query = query.where(EstimateRun.id < before)
    rows = db.session.execute(query.where(Survey.code == survey) if survey else query).all()
    found = states([subject(row[0]) for row in rows])
    names = [item.name for item in fields(Listed)]
    runs = [Listed(**dict(zip(names, (*row, found.get(subject(row[0]), "")), strict=True))) for row in rows]
    runs = [run.withheld() if run.survey in kept else run for run in runs]
    return [run for run in runs if state is None or run.state == state]


def waiting() -> list[Listed]:
    """Proposed and not settled yet."""
    return listed(state=PROPOSED)


def surveys() -> Sequence[tuple[str, str]]:
    """Code and title of every survey that has a run."""
    query = select(Survey.code, Survey.title).join(EstimateRun).distinct().order_by(Survey.title)
    return [(row.code, row.title) for row in db.session.execute(query)]


def verifications(run_id: int) -> list[AuditEntry]:
    """Every time the run was recomputed, the newest first."""
    query = select(AuditEntry).where(AuditEntry.subject == subject(run_id), AuditEntry.action == "run.verify")
    return list(db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(10)))
