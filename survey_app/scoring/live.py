"""What an area's present values earn under its rulebook now, with the range that unknown values leave open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from analysis.scoring import Scorecard, ValuesError, score
from analysis.scoring.row import IndicatorScore
from survey_app.estimates.area_satisfaction import scored_satisfaction
from survey_app.models import Area, EstimateRun, Period, Survey, db
from survey_app.scoring.standing import has_values
from survey_app.values.reading import present_values, with_peers
from survey_app.values.readings import rulebook_in
from survey_app.values.worklist import Task, tasks


@dataclass(frozen=True)
class Line:
    """One indicator: its score and its work; the satisfaction row has none."""

    card: IndicatorScore
    task: Task | None


@dataclass(frozen=True)
class Group:
    """Sums over one path of the annex, in points; most: what it can earn at best in any case."""

    path: tuple[str, ...]
    points: float
    worst: float
    best: float
    most: float
    n: int
    accepted: int


@dataclass(frozen=True)
class LiveScorecard:
    """`card` is None where stored values cannot be read; `wrong` says which. `estimate`: the run behind satisfaction.

    entered: whether there is any value at all.
    """

    card: Scorecard | None
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    estimate: EstimateRun | None
    wrong: tuple[str, ...]
    entered: bool = True


def live_scorecard(area: Area, period: Period) -> LiveScorecard:
    """Score `area` from its present values and the newest estimate of its city."""
    rulebook = rulebook_in(period, area)
    estimate, values = _newest_estimate(area), present_values(area, rulebook.id, period)
    try:
        card = score(
            rulebook,
            with_peers(values, area, rulebook, period),
            scored_satisfaction(area, estimate) if estimate else None,
        )
    except ValuesError as error:
        return LiveScorecard(None, (), (), estimate, tuple(str(error).splitlines()))
    work = {task.indicator: task for task in tasks(period, [area])}
    lines = tuple(Line(item, work.get(str(item.indicator.number))) for item in card.indicators)
    return LiveScorecard(card, lines, _groups(lines), estimate, (), has_values(values))


def _groups(lines: tuple[Line, ...]) -> tuple[Group, ...]:
    """First every whole first-level field with its parts under it, in the order of the annex."""
    inside: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        path = line.card.indicator.path
        for depth in range(1, len(path) + 1):
            inside[path[:depth]].append(line)
    order = {path: place for place, path in enumerate(inside)}
    paths = sorted(inside, key=lambda path: (order[path[:1]], order[path]))
    return tuple(_sum(path, inside[path]) for path in paths)


def _sum(path: tuple[str, ...], lines: list[Line]) -> Group:
    cards = [line.card for line in lines]
    return Group(
        path,
        float(sum(card.points for card in cards)),
        float(sum(card.worst for card in cards)),
        float(sum(card.best for card in cards)),
        float(sum(card.indicator.max_points for card in cards)),
        len(cards),
        sum(line.task is not None and line.task.state == "accepted" for line in lines),
    )


def _newest_estimate(area: Area) -> EstimateRun | None:
    city = area.id if area.kind == "city" else area.parent_id
    query = select(EstimateRun).join(Survey).where(Survey.city_id == city).order_by(EstimateRun.id.desc()).limit(1)
    return db.session.scalar(query)
