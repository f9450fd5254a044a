"""What a survey's sample can be expected to show before fieldwork: margins of error, and the chance to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.planning import design_effect, interviews_to_decide
from analysis.promises import promise
from analysis.zones import Zones
from survey_app.models import Site, Survey

ASSUMED, ICC, POWER = 0.74, 0.05, 0.8


@dataclass(frozen=True)
class StratumPower:
    """margin: expected half-width of the stratum's own interval, None with one site."""

    stratum: str
    sites: int
    interviews: int
    margin: float | None


@dataclass(frozen=True)
class SamplePower:
    """margin: expected half-width for the city. power: chance that the interval leaves every line of the rulebook out.

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
    survey: Survey,
    zones: Zones,
    assumed: float = ASSUMED,
    icc: float = ICC,
    confidence: float = 0.95,
    finite: bool = False,
) -> SamplePower:
    """Reckoned from the targets and base weights of the active sampled sites, an assumed share satisfied and correlation
    inside a site: the variance is p (1-p) x the sum over sites of (share of the weights)^2 (1 + (take - 1) icc)/take.
    finite: less pi icc within the sum, where the plan's variance knows that sites are drawn without replacement.
    """
    sites = [site for site in survey.sites if site.probability and site.active and site.target]
    interviews = sum(site.target for site in sites)
    if not interviews:
        return SamplePower(assumed, icc, confidence, 0, len(sites), 1.0, None, None, None, ())
    deff = _effect(sites, icc, finite)
    strata: dict[str, list[Site]] = {}
    for site in sites:
        strata.setdefault(site.stratum or "", []).append(site)
    binary = assumed * (1 - assumed)
    city = promise(
        assumed, (deff * binary / interviews) ** 0.5, len(sites) - len(strata), interviews, zones, confidence
    )
    rows = []
    for name, inside in strata.items():
        number = sum(site.target for site in inside)
        se = (_effect(inside, icc, finite) * binary / number) ** 0.5
        own = promise(assumed, se, len(inside) - 1, number, None, confidence)
        rows.append(StratumPower(name, len(inside), number, own.margin))
    needed = None if city.power is None else interviews_to_decide(assumed, POWER, deff, zones, confidence)
    return SamplePower(
        assumed, icc, confidence, interviews, len(sites), deff, city.margin, city.power, needed, tuple(rows)
    )


def _effect(sites: Sequence[Site], icc: float, finite: bool) -> float:
    """The design effect: variance of these sites over that of as many interviews of a simple random sample."""
    weights = [site.target * (site.base_weight or 1.0) for site in sites]
    total = sum(weights)
    known = [icc * (site.inclusion_probability or 0.0) if finite else 0.0 for site in sites]
    parts = zip(weights, sites, known, strict=True)
    clustered = sum(
        (weight / total) ** 2 * (design_effect(site.target, icc) / site.target - less) for weight, site, less in parts
    )
    return clustered * sum(site.target for site in sites)
