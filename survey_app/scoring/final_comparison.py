"""Two combined runs beside each other: who rose, who fell, and by which indicators."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.scoring.documents import ScorecardDocument
from analysis.scoring.progress import star_words
from survey_app.ground.stored import card_of
from survey_app.models import FinalRun
from survey_app.scoring.frozen import scorecards


@dataclass(frozen=True)
class Moved:
    """One indicator whose points differ."""

    number: int
    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Compared:
    """One area in both runs; points are None where the whole is void or the area was not in that run."""

    area: str
    points_before: float | None
    points_after: float | None
    star_before: str | None
    star_after: str | None
    moved: tuple[Moved, ...]


def compare(before: FinalRun, after: FinalRun) -> list[Compared]:
    """Area by area in the order of `after`; areas that only `before` has come last."""
    old = {row.area.name: card_of(row) for row in scorecards(before)}
    new = {row.area.name: card_of(row) for row in scorecards(after)}
    found = []
    for area in [*new, *(name for name in old if name not in new)]:
        first, second = old.get(area), new.get(area)
        found.append(
            Compared(
                area,
                first and first["total"],
                second and second["total"],
                first and star_words(first),
                second and star_words(second),
                _moved(first, second) if first and second else (),
            )
        )
    return found


def _moved(first: ScorecardDocument, second: ScorecardDocument) -> tuple[Moved, ...]:
    """Indicators by their name: between rulebooks a number may belong to another one."""
    before = {row["name"]: row["points"] for row in first["indicators"]}
    return tuple(
        Moved(row["number"], row["name"], before.get(row["name"], 0), row["points"])
        for row in second["indicators"]
        if before.get(row["name"], 0) != row["points"]
    )
