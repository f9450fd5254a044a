"""The satisfaction an estimate gives for one area, as scoring takes it."""

from __future__ import annotations

from analysis.documents.estimate import EstimateDocument
from analysis.scoring import Satisfaction
from survey_app.models import Area
from survey_app.surveys.columns import COUNTY_VARIABLE


def satisfaction_of(area: Area, result: EstimateDocument) -> Satisfaction | None:
    """The area's own estimate; None (unknown) where nobody of that county has answered."""
    if area.kind == "city":
        return Satisfaction.from_estimate(result, None)
    levels = {row["level"] for row in result["domains"].get(COUNTY_VARIABLE, []) if row["estimate"] is not None}
    if area.name not in levels:
        return None
    return Satisfaction.from_estimate(result, (COUNTY_VARIABLE, area.name))
