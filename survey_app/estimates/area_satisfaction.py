"""The satisfaction an estimate gives for one area, as scoring takes it, and the areas that it has no figure for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from analysis.minimum import BelowDocument, Least
from analysis.scoring import Satisfaction
from survey_app.ground.held import scores
from survey_app.ground.stored import estimate_of
from survey_app.models import Area, EstimateRun
from survey_app.surveys.columns import AREA_VARIABLES


@dataclass(frozen=True)
class NoFigure:
    """An area without a figure of its own: its star is a range. below: what it rests on and would have to, None where
    the plan stated nothing and nobody answered."""

    area: Area
    below: BelowDocument | None


def satisfaction_of(area: Area, result: EstimateDocument) -> Satisfaction | None:
    """The area's own estimate, of a zone that of its residents; None (unknown) where nobody of it has answered."""
    if area.kind == "city":
        return Satisfaction.from_estimate(result, None)
    row = row_of(area, result)
    if row is None or row["estimate"] is None:
        return None
    return Satisfaction.from_estimate(result, (AREA_VARIABLES[area.kind], area.name))


def scored_satisfaction(area: Area, run: EstimateRun) -> Satisfaction | None:
    """As a scorecard takes it: None also of a run that does not score, so that no scorecard tells a figure before the close."""
    return satisfaction_of(area, estimate_of(run)) if scores(run) else None


def without_figures(areas: Iterable[Area], result: EstimateDocument) -> list[NoFigure]:
    """Of these areas those without a figure."""
    return [NoFigure(area, _below(area, result)) for area in areas if satisfaction_of(area, result) is None]


def _below(area: Area, result: EstimateDocument) -> BelowDocument | None:
    """An area without a row of the domain is one where nobody was asked."""
    if area.kind == "city":
        return result.get("below_minimum")
    row, stated = row_of(area, result), result.get("minimum")
    if row is None and stated is not None:
        return Least(stated["answers"], stated["sites"], stated["df"]).stating(0, 0, 0)
    return row.get("below_minimum") if row else None


def row_of(area: Area, result: EstimateDocument) -> DomainRow | None:
    """Of the domain that has the figures of counties, or of zones."""
    return next(
        (row for row in result["domains"].get(AREA_VARIABLES[area.kind], []) if row["level"] == area.name), None
    )
