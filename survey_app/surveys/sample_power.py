"""What a survey's sample can be expected to show before fieldwork: margins of error, and the chance to decide."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

from analysis.planning import design_effect, interviews_to_decide
from analysis.zones import Zones
from survey_app.models import Survey

ASSUMED, ICC, POWER = 0.74, 0.05, 0.8


@dataclass(frozen=True)
class StratumPower:
    """margin: expected half-width of the stratum's own interval."""

    stratum: str
    sites: int
    interviews: int
    margin: float | None


@dataclass(frozen=True)
class SamplePower:
    """margin: expected half-width for the city. power: chance that the interval leaves the nearest line of the rulebook out.

    needed: interviews for a power of 80 %; None where the assumed share is a line itself.
    """

    assumed: float
    icc: float
    confidence: float
    interviews: int
    sites: int
    deff: float
    margin: float | None
    power: float | None
    needed: int | None
    strata: tuple[StratumPower, ...]


def sample_power(
    survey: Survey, zones: Zones, assumed: float = ASSUMED, icc: float = ICC, confidence: float = 0.95
) -> SamplePower:
    """Reckoned from the targets of the active sampled sites, an assumed share satisfied and correlation inside a site.

    deff = (1 + (take - 1) icc) (1 + cv^2 of the base weights, by interview); power = Phi(|p - t| / se - z), Kish (1987).
    """
    sites = [site for site in survey.sites if site.probability and site.active and site.target]
    interviews = sum(site.target for site in sites)
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    if not interviews:
        return SamplePower(assumed, icc, confidence, 0, len(sites), 1.0, None, None, None, ())
    take = sum(site.target**2 for site in sites) / interviews  # as an interview meets it
    mean = sum(site.target * (site.base_weight or 1.0) for site in sites) / interviews
    square = sum(site.target * (site.base_weight or 1.0) ** 2 for site in sites) / interviews
    deff = design_effect(take, icc, max(square / mean**2 - 1, 0.0) ** 0.5)
    se = (deff * assumed * (1 - assumed) / interviews) ** 0.5
    distance = zones.distance(assumed) or 0.0
    decided = distance > 1e-9
    return SamplePower(
        assumed, icc, confidence, interviews, len(sites), deff, z * se,
        float(stats.norm.cdf(distance / se - z)) if decided else None,
        interviews_to_decide(assumed, POWER, deff, zones, confidence) if decided else None,
        tuple(_strata(sites, deff, assumed, z)),
    )  # fmt: skip


def _strata(sites: list, deff: float, assumed: float, z: float) -> list[StratumPower]:  # type: ignore[type-arg]
    names = list(dict.fromkeys(site.stratum or "" for site in sites))
    found = []
    for name in names:
        inside = [site for site in sites if (site.stratum or "") == name]
        number = sum(site.target for site in inside)
        half = z * (deff * assumed * (1 - assumed) / number) ** 0.5
        found.append(StratumPower(name, len(inside), number, half))
    return found
