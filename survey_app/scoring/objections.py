"""公示与异议: the counties see a final run before it is signed, object to rows of it, and two people decide.

The days are the period's and begin with one press; nothing moves or ends them. Where nobody presses, the run can be
signed all the same and says 未公示.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from survey_app.ground import audit, sign_off, two_persons
from survey_app.ground.clock import local, local_time, office, today
from survey_app.ground.dates import last_second
from survey_app.ground.settings import in_force
from survey_app.ground.stored import card_of
from survey_app.ground.two_persons import Kind
from survey_app.ground.uploads import Handed
from survey_app.models import (
    Area,
    FinalRun,
    Grant,
    Objection,
    ObjectionFile,
    ObjectionRound,
    Period,
    ScoringRun,
    SignOffStep,
    Statement,
    db,
)
from survey_app.models.base import now
from wording import Message, Refusal

UPHELD, REJECTED = "upheld", "rejected"
MOST_FILES, TEXT_LENGTH = 10, 4000
KIND = "objection_decision"


class ObjectionError(Refusal):
    """What may not be done, in the user's words; nothing was stored."""


@dataclass(frozen=True)
class Line:
    """One row of a scorecard: the indicator's name and its points."""

    name: str
    points: float


@dataclass(frozen=True)
class Unpublished:
    """A row whose points are not those that were shown, and no upheld objection says why."""

    area: str
    number: int
    name: str
    before: float | None
    after: float | None


def open_round(run: FinalRun) -> ObjectionRound:
    """Show the run to its counties from now on, for the working days of its period. The caller commits."""
    audit.wait_turn()
    days = db.session.get_one(Period, run.period).objection_days
    if run.kind != "final":
        raise ObjectionError("objections.trial")
    if not days:
        raise ObjectionError("objections.period_asks_nobody", period=run.period)
    if round_of(run) is not None:
        raise ObjectionError("objections.shown_already")
    if sign_off.standing(f"final:{run.id}").state in (sign_off.PROPOSED, sign_off.APPROVED):
        raise ObjectionError("objections.signed_already")
    last = in_force().calendar().after(today(), days)
    made = ObjectionRound(run=run, days=days, opened_by=audit.actor(), until=last_second(last, office()))
    db.session.add(made)
    db.session.flush()
    audit.record("objections.open", f"final:{run.id}", after={"days": days, "until": made.until})
    return made


def round_of(run: FinalRun) -> ObjectionRound | None:
    return db.session.scalar(select(ObjectionRound).where(ObjectionRound.final_run_id == run.id))


def rounds(run: FinalRun | None = None) -> list[ObjectionRound]:
    """Every round, the newest first; of a run: those of its city and period up to it."""
    query = select(ObjectionRound).join(FinalRun).order_by(ObjectionRound.id.desc())
    if run is not None:
        query = query.where(FinalRun.city_id == run.city_id, FinalRun.period == run.period, FinalRun.id <= run.id)
    return list(db.session.scalars(query))


def runs_on(shown: ObjectionRound) -> bool:
    """Whether the counties may object now."""
    return now() <= shown.until


def is_signed(run: FinalRun) -> bool:
    """Whether two people have settled a run of the same period since."""
    return run.id in signed([run])


def signed(runs: Sequence[FinalRun]) -> set[int]:
    """Ids of those that `is_signed`, of all in two queries."""
    query = select(FinalRun.id, FinalRun.city_id, FinalRun.period)
    query = query.where(
        FinalRun.city_id.in_({run.city_id for run in runs}), FinalRun.id >= min((run.id for run in runs), default=0)
    )
    known = db.session.execute(query).all()
    states = sign_off.states([f"final:{one.id}" for one in known])
    settled = [one for one in known if states.get(f"final:{one.id}") == sign_off.APPROVED]
    return {
        run.id
        for run in runs
        if any(one.id >= run.id and (one.city_id, one.period) == (run.city_id, run.period) for one in settled)
    }


def raise_objection(
    shown: ObjectionRound, area: Area, indicator: int, text: str,
    files: Sequence[Handed] = (), letter: str = "", received: date | None = None,
) -> Objection:  # fmt: skip
    """Write down what `area` objects to. The caller commits. Raises ObjectionError.

    letter, received: of what was entered for a county: the letter, and the day it came, which counts for the date; it
    can be entered until the run is signed.
    """
    audit.wait_turn()
    text, letter, day = text.strip(), letter.strip(), (received if letter and received else today())
    if not text or len(text) > TEXT_LENGTH:
        raise ObjectionError("objections.say_what", most=TEXT_LENGTH)
    if indicator not in {row["number"] for row in card_of(card_run(shown.run, area))["indicators"]}:
        raise ObjectionError("objections.no_such_row", row=indicator)
    if not local(shown.opened_at).date() <= day <= min(today(), local(shown.until).date()):
        raise ObjectionError("objections.not_in_time", until=local_time(shown.until))
    if is_signed(shown.run):
        raise ObjectionError("objections.signed_already")
    if len(files) > MOST_FILES:
        raise ObjectionError("objections.too_much", most=MOST_FILES)
    made = Objection(
        round=shown, area=area, indicator=indicator, text=text, letter=letter[:200], received=day, by=audit.actor()
    )
    made.files = [ObjectionFile(digest=file.digest, name=file.name) for file in files]
    db.session.add(made)
    db.session.flush()
    said = {"row": indicator, "text": text, "letter": letter, "received": day.isoformat()}
    audit.record(
        "objections.raise",
        f"objection:{made.id}",
        after={**said, "area": area.code, "files": [row.name for row in made.files]},
    )
    return made


def propose(objection: Objection, outcome: str, points_after: float | None, reason: str, by: str) -> Statement:
    """The first of two people: upheld, with the points the row then has, or rejected. The caller commits.

    Raises ObjectionError, SignOffError.
    """
    audit.wait_turn()
    _undecided(objection, by)
    if outcome not in (UPHELD, REJECTED):
        raise ObjectionError("objections.choose")
    if outcome == UPHELD and points_after is None:
        raise ObjectionError("objections.say_points")
    if waiting([objection]):
        raise ObjectionError("objections.waits_already")
    line = lines_of([objection]).get(objection.id)
    before = line.points if line else None
    content = {
        "outcome": outcome,
        "points_before": before,
        "points_after": points_after if outcome == UPHELD else before,
    }
    return two_persons.state(KIND, about(objection), content, reason, None, by)


def _carry_out(statement: Statement) -> None:
    """What the second person's press does."""
    objection, content = objection_of(statement), statement.content
    _undecided(objection, sign_off.standing(statement.subject).steps[-1].by)
    after: Any = content["points_after"]
    objection.outcome, objection.points_after = str(content["outcome"]), after
    audit.record(
        f"objections.{objection.outcome}",
        about(objection),
        {"points": content["points_before"]},
        {"points": objection.points_after},
        statement.reason,
    )


two_persons.add(Kind(KIND, _carry_out, needs_source=False))


def about(objection: Objection) -> str:
    return f"objection:{objection.id}"


def objection_of(statement: Statement) -> Objection:
    return db.session.get_one(Objection, int(statement.about.partition(":")[2]))


def waiting(rows: Sequence[Objection]) -> dict[int, Statement]:
    """An objection's id -> what one person has proposed and nobody has confirmed yet; only of those with such."""
    found = two_persons.of_each([about(row) for row in rows], KIND, sign_off.PROPOSED)
    return {row.id: found[about(row)][0] for row in rows if found[about(row)]}


def decisions(rows: Sequence[Objection]) -> dict[int, tuple[Statement, SignOffStep]]:
    """An objection's id -> what two people have decided, and the second one's step; only of those decided."""
    found = two_persons.of_each([about(row) for row in rows], KIND, sign_off.APPROVED)
    first = {row.id: found[about(row)][0] for row in rows if found[about(row)]}
    stands = sign_off.standings([one.subject for one in first.values()])
    return {number: (one, stands[one.subject].steps[-1]) for number, one in first.items()}


def objections_of(found: Sequence[ObjectionRound]) -> list[Objection]:
    """All of these rounds, the oldest first."""
    query = select(Objection).where(Objection.round_id.in_([row.id for row in found]))
    return list(db.session.scalars(query.order_by(Objection.id)))


def card_run(run: FinalRun, area: Area) -> ScoringRun:
    """The area's scorecard in the run."""
    query = select(ScoringRun).where(ScoringRun.batch == run.batch, ScoringRun.area_id == area.id)
    return db.session.scalars(query).one()


def lines_of(rows: Sequence[Objection], run: FinalRun | None = None) -> dict[int, Line]:
    """An objection's id -> the row of the scorecard that it is about, as it was shown, or as it stands in `run`.

    Only of those with such a row; the scorecards are read at once.
    """
    batch = {row.id: (run or row.round.run).batch for row in rows}
    query = select(ScoringRun).where(
        ScoringRun.batch.in_(set(batch.values())), ScoringRun.area_id.in_({row.area_id for row in rows})
    )
    lines = {
        (card.batch, card.area_id, line["number"]): Line(line["name"], float(line["points"]))
        for card in db.session.scalars(query)
        for line in card_of(card)["indicators"]
    }
    places = {row.id: (batch[row.id], row.area_id, row.indicator) for row in rows}
    return {number: lines[place] for number, place in places.items() if place in lines}


def counties_of(run: FinalRun) -> list[Area]:
    return counties_each([run])[run.batch]


def counties_each(runs: Sequence[FinalRun]) -> dict[str, list[Area]]:
    """A run's batch -> its counties, of all in one query."""
    found: dict[str, list[Area]] = {run.batch: [] for run in runs}
    query = select(ScoringRun.batch, Area).join(Area, ScoringRun.area_id == Area.id).where(ScoringRun.batch.in_(found))
    for batch, area in db.session.execute(query.where(Area.kind != "city").order_by(Area.code)):
        found[batch].append(area)
    return found


def without_account(areas: Sequence[Area]) -> set[int]:
    """Ids of the areas that nobody signs in for: they get their sheet on paper."""
    ids = [area.id for area in areas]
    return set(ids) - set(db.session.scalars(select(Grant.area_id).where(Grant.area_id.in_(ids))))


def why_not_signed(run: FinalRun) -> Message | None:
    """What of 公示 and objections stands before the signatures; None where nothing does."""
    known = rounds(run)
    running = next((row for row in known if runs_on(row)), None)
    if running is not None:
        return Message("objections.still_shown", until=local_time(running.until))
    raised = objections_of(known)
    decided_each, shown = decisions(raised), lines_of(raised)
    for objection in raised:
        decided, line = decided_each.get(objection.id), shown.get(objection.id)
        if decided is None:
            return Message("objections.undecided", number=objection.id, area=objection.area.name)
        moved = objection.points_after != (line.points if line else None)
        if objection.outcome == UPHELD and moved and decided[1].at > run.created_at:
            return Message("objections.make_new_run", number=objection.id, area=objection.area.name)
    return None


def unpublished(run: FinalRun) -> list[Unpublished]:
    """Rows of the run whose points are not those last shown, without an upheld objection to them."""
    known = rounds(run)
    if not known or known[0].final_run_id == run.id:
        return []
    upheld = {(row.area_id, row.indicator) for row in objections_of(known) if row.outcome == UPHELD}
    shown, now_of, found = _points(known[0].run), _points(run), []
    for area in counties_of(run):
        for number, line in now_of[area.id].items():
            before = shown[area.id].get(number)
            if (before is None or before.points != line.points) and (area.id, number) not in upheld:
                found.append(Unpublished(area.name, number, line.name, before.points if before else None, line.points))
    return found


def _points(run: FinalRun) -> dict[int, dict[int, Line]]:
    """An area's id -> number -> row of its scorecard in the run."""
    cards = db.session.scalars(select(ScoringRun).where(ScoringRun.batch == run.batch))
    return {
        card.area_id: {
            line["number"]: Line(line["name"], float(line["points"])) for line in card_of(card)["indicators"]
        }
        for card in cards
    }


def _undecided(objection: Objection, by: str) -> None:
    """Raises ObjectionError where it is decided, or where `by` raised it for the own county."""
    if objection.outcome:
        raise ObjectionError("objections.decided_already")
    if by == objection.by and not objection.letter:
        raise ObjectionError("objections.who_objects_decides_not")
