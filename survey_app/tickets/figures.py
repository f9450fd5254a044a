"""Figures of tickets: how many, how fast and how well handled, by field, department, place or month; and by field
beside satisfaction and points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, true

from analysis.complaints import FieldProblems, problem_shares
from analysis.scoring.documents import ScorecardDocument
from survey_app.ground.clock import today
from survey_app.ground.held import computing
from survey_app.ground.settings import in_force
from survey_app.ground.stored import card_of, estimate_of
from survey_app.models import Area, EstimateRun, ScoringRun, Survey, Ticket, db
from survey_app.tickets.steps import CLOSED, ENDED, RECEIVED, WORKING

By = Literal["field", "department", "month", "area"]
LEAST = 5  # tickets, or ratings, behind a median or a share
SATISFIED = (4, 5)
LEAST_USERS = 30  # who rated a service


@dataclass(frozen=True)
class Tally:
    """Tickets of one group. Shares in [0, 1], median in working days; None where fewer than five stand behind it.

    first_in_time: of those whose first reply was given or is overdue.  in_time: of those closed or overdue.
    satisfied: of those who rated.
    """

    group: tuple[str, ...]
    tickets: int
    open: int
    late: int
    median_days: float | None
    first_in_time: float | None
    in_time: float | None
    rated: int
    satisfied: float | None


@dataclass(frozen=True)
class Beside:
    """A field's problems beside what is felt and what is scored. satisfaction, se and points_share in [0, 1]."""

    problems: FieldProblems
    satisfaction: float | None
    se: float | None
    points_share: float | None


def tallies(by: Iterable[By], condition: ColumnElement[bool] | None = None) -> list[Tally]:
    """One row for each combination of `by` that has a ticket, in order."""
    columns = (
        Ticket.field_name, Ticket.field, Ticket.department, Area.name.label("area"), Ticket.received_on, Ticket.state,
        Ticket.first_reply_on, Ticket.reply_due_on, Ticket.closed_on, Ticket.close_due_on, Ticket.satisfaction,
    )  # fmt: skip
    query = select(*columns).join(Area, Area.id == Ticket.handler_area_id)
    groups: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    wanted = tuple(by)
    for row in db.session.execute(query.where(condition if condition is not None else true())):
        groups[tuple(_part(row, name) for name in wanted)].append(row)
    return [_tally(group, rows) for group, rows in sorted(groups.items())]


def beside(
    fields: Mapping[str, tuple[int, ...]],
    problems: Mapping[str, int],
    satisfaction: Mapping[str, tuple[float, float]],
    scorecard: ScorecardDocument | None,
) -> list[Beside]:
    """The three side by side for every field: no common scale, so nothing here subtracts one from another.

    fields: key -> indicator numbers.  satisfaction: key -> estimate and standard error.  scorecard: as stored.
    """
    rows = problem_shares(list(fields), [problems.get(key, 0) for key in fields])
    found = []
    for row in rows:
        felt, se = satisfaction.get(row["field"], (None, None))
        found.append(Beside(row, felt, se, points_share(scorecard, fields[row["field"]])))
    return found


def points_share(scorecard: ScorecardDocument | None, indicators: Iterable[int]) -> float | None:
    """Points attained of those to be had on the known ones of these indicators; None where none is known."""
    wanted = set(indicators)
    rows = [row for row in (scorecard["indicators"] if scorecard else ()) if row["number"] in wanted]
    most = sum(float(row["max_points"]) for row in rows)
    return sum(float(row["points"]) for row in rows) / most if most else None


def newest_scorecard(city_id: int) -> ScorecardDocument | None:
    """The city's own newest scorecard."""
    query = select(ScoringRun).where(ScoringRun.area_id == city_id).order_by(ScoringRun.id.desc()).limit(1)
    run = db.session.scalars(query).first()
    return card_of(run) if run else None


def service_satisfaction(survey: Survey) -> dict[str, tuple[float, float]]:
    """Service key -> share satisfied and its standard error by the survey's newest estimate, of thirty users or more."""
    query = select(EstimateRun).where(EstimateRun.survey_id == survey.id).order_by(EstimateRun.id.desc())
    run = db.session.scalars(query.limit(1)).first()
    with computing():  # services are no held figure
        services = estimate_of(run).get("services") if run else None
    found = {}
    for row in services["services"] if services else ():
        share, se = row["estimate"], row.get("se")
        if share is not None and se is not None and (row["n"] or 0) >= LEAST_USERS:
            found[row["key"]] = (share, se)
    return found


def _part(row: Any, name: By) -> str:
    if name == "month":
        return f"{row.received_on:%Y-%m}"
    if name == "department":
        return str(row.department or f"{row.area}协调人员")
    return str(row.area if name == "area" else row.field_name)


def _tally(group: tuple[str, ...], rows: list[Any]) -> Tally:
    day = today()
    closed = [row for row in rows if row.state == CLOSED and row.closed_on]
    days = [in_force().calendar().between(row.received_on, row.closed_on) for row in closed]
    first = [
        row.first_reply_on <= row.reply_due_on if row.first_reply_on else False
        for row in rows
        if row.first_reply_on or (row.state in (RECEIVED, WORKING) and row.reply_due_on < day)
    ]
    overdue = [row for row in rows if row.state in (RECEIVED, WORKING) and row.close_due_on < day]
    ended = [row.closed_on <= row.close_due_on for row in closed] + [False] * len(overdue)
    ratings = [row.satisfaction in SATISFIED for row in rows if row.satisfaction]
    late = [row for row in rows if row.state in (RECEIVED, WORKING) and _due(row) < day]
    return Tally(
        group, len(rows), sum(row.state not in ENDED for row in rows), len(late),
        float(median(days)) if len(days) >= LEAST else None, _share(first), _share(ended), len(ratings),
        _share(ratings),
    )  # fmt: skip


def _due(row: Any) -> date:
    due: date = min(row.reply_due_on, row.close_due_on) if row.first_reply_on is None else row.close_due_on
    return due


def _share(values: list[bool]) -> float | None:
    return sum(values) / len(values) if len(values) >= LEAST else None
