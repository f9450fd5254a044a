"""What a county's satisfaction rests on in final runs of earlier releases, where somebody picked it for a weak county.

Nothing is picked any more; what was frozen is still told, and made again from the same figure.
"""

from __future__ import annotations

from analysis.documents.estimate import EstimateDocument
from analysis.scoring import Satisfaction
from survey_app.estimates.area_satisfaction import satisfaction_of
from survey_app.models import Area, FinalRun
from survey_app.scoring.frozen import FrozenArea, frozen_of
from survey_app.surveys.columns import COUNTY_VARIABLE

OWN, CITY, SMALL_AREA = "own", "city", "small_area"


def satisfaction_then(area: Area, result: EstimateDocument, frozen: FrozenArea) -> Satisfaction | None:
    """The satisfaction that an area was scored with, by what its run froze."""
    basis = frozen.get("basis", OWN)
    if basis == CITY:
        return Satisfaction.from_estimate(result, None)
    if basis == SMALL_AREA:
        share = _modelled(result).get(area.name)
        return None if share is None else Satisfaction(share, label=area.name)
    return satisfaction_of(area, result)


def picked(run: FinalRun) -> list[tuple[str, str, str]]:
    """Counties whose satisfaction rests on somebody's pick: name, basis, reason; none in a run of today."""
    rows = frozen_of(run)["areas"].values()
    return [(row["name"], row.get("basis", OWN), reason) for row in rows if (reason := row.get("basis_reason"))]


def _modelled(result: EstimateDocument) -> dict[str, float]:
    """County -> its share by the small-area model, where the plan asked for it and it could be fitted."""
    table = result.get("small_areas")
    if not table or table["domain"] != COUNTY_VARIABLE or result["measure"]["official"] != "share":
        return {}
    return {row["name"]: row["model"] for row in table["areas"] if row["model"] is not None}
