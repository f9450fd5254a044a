"""From a figure and its uncertainty to the zone of a rulebook it lies in, and what would settle it."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from analysis.documents.rows import DecisionDocument
from analysis.errors import DesignError
from analysis.few_sites import LEAST_DF, Law
from analysis.next_survey import NO_NUMBER, Spread, next_survey
from analysis.notices import Notice
from analysis.zones import Zones

Floats = NDArray[np.float64]


def decide(
    figure: float, se: float, df: float, zones: Zones, spread: Spread | None = None, confidence: float = 0.95,
    official_se: float | None = None, unchosen: Notice | None = None, law: Law | None = None,
) -> DecisionDocument:  # fmt: skip
    """The official outcome of the point estimate by `zones`, with its probabilities and what would settle it.

    unchosen: why those who answered stand for nobody else; then neither may be stated. law: the error behind
    probabilities, where it is not se and df themselves.

    >>> from analysis import load_rulebook
    >>> zones = load_rulebook("jining-2023-municipal").zones
    >>> decision = decide(0.68, se=0.013, df=98, zones=zones)
    >>> decision["outcome"], decision["points"], round(decision["probability"]["deduct"], 2)
    ('deduct', -10, 0.94)
    """
    zone = zones.of(figure)
    found: DecisionDocument = {
        "figure": figure, "outcome": zone.key, "points": zone.number, "probability": None,
        "probability_withheld": None, "probability_error": None, "probability_pooled": None, "to_settle": NO_NUMBER,
        "settling": [], "predictive": None, "rulebook": zones.rulebook,
    }  # fmt: skip
    if unchosen is not None:
        return found | {"probability_withheld": unchosen.as_dict()}
    n = spread.n if spread and not spread.fixed else None
    law = law or Law(se, df, n)
    withheld = Notice("few_df_no_probability", {"df": df, "least": LEAST_DF}) if df < LEAST_DF else law.withheld
    if withheld is not None:
        found["probability_withheld"] = withheld.as_dict()
    else:
        found["probability"] = outcome_probabilities(figure, law.se, law.df, zones, law.n)
        found["probability_error"] = {"se": law.se, "df": law.df, "n": law.n, "pooled": law.pooled}
        if official_se is not None:
            found["predictive"] = predictive(figure, law.se, law.df, official_se, zones, law.n)
    if spread and df >= LEAST_DF:
        truths = shares_by_chance(figure, law.se, law.df, law.n)
        found["to_settle"], found["settling"] = next_survey(truths, df, zones, spread, confidence)
    return found


def outcome_probabilities(
    estimate: float, se: float, df: float, zones: Zones, n: int | None = None
) -> dict[str, float]:
    """Probability that the true figure lies in each of `zones`, by their keys, summing to 1.

    A confidence distribution (Schweder and Hjort 2016): logit(true) is centred at logit(estimate) with scale
    se / (estimate (1-estimate)) and Student's t with df.  Where the estimate is 0 or 1, or se is 0, it is
    Beta(n estimate + 1/2, n (1-estimate) + 1/2) if n is given, else all mass at the estimate.

    >>> from analysis import load_rulebook
    >>> found = outcome_probabilities(0.7, se=0.02, df=40, zones=load_rulebook("jining-2023-municipal").zones)
    >>> {zone: round(chance, 3) for zone, chance in found.items()}
    {'none': 0.5, 'deduct': 0.5, 'veto': 0.0}
    """
    if (not 0 < estimate < 1 or se <= 0) and not n:
        outcome = zones.of(estimate).key
        return {key: float(key == outcome) for key in zones.keys}
    return zones.split(lambda line: probability_below(line, estimate, se, df, n))


def probability_below(line: float, estimate: float, se: float, df: float, n: int | None = None) -> float:
    """Probability that the true figure lies below `line`, by the same confidence distribution."""
    if not 0 < line < 1:
        return float(line >= 1)
    if 0 < estimate < 1 and se > 0:
        scale = se / (estimate * (1 - estimate))
        return float(stats.t.cdf((_logit(line) - _logit(estimate)) / scale, df))
    if n:
        return float(stats.beta(n * estimate + 0.5, n * (1 - estimate) + 0.5).cdf(line))
    return float(estimate < line)


def confidence_density(points: Floats, estimate: float, se: float, df: float, n: int | None = None) -> Floats:
    """Density (k,) of the same confidence distribution at `points` (k,) inside (0, 1): its areas are the
    probabilities of `outcome_probabilities`.

    t(df) on the logit scale, so f(p) = t((logit p - logit estimate) / s) / (s p (1-p)), s = se / (estimate
    (1-estimate)); the Beta law where the estimate is 0 or 1, or se is 0.  Raises DesignError where there is no law.
    """
    if 0 < estimate < 1 and se > 0:
        scale = se / (estimate * (1 - estimate))
        standard = (np.log(points / (1 - points)) - _logit(estimate)) / scale
        return np.asarray(stats.t.pdf(standard, df) / (scale * points * (1 - points)))
    if not n:
        raise DesignError("analysis.all_mass_lies_estimate")
    return np.asarray(stats.beta(n * estimate + 0.5, n * (1 - estimate) + 0.5).pdf(points))


def shares_by_chance(estimate: float, se: float, df: float, n: int | None, points: int = 60) -> Floats:
    """True shares (points,) of equal chance by the same confidence distribution: its quantiles at (i + 1/2)/points."""
    chances = (np.arange(points) + 0.5) / points
    if 0 < estimate < 1 and se > 0:
        scale = se / (estimate * (1 - estimate))
        return np.asarray(special.expit(_logit(estimate) + scale * stats.t.ppf(chances, df)))
    if n:
        return np.asarray(stats.beta(n * estimate + 0.5, n * (1 - estimate) + 0.5).ppf(chances))
    return np.full(points, estimate)


def predictive(
    estimate: float, se: float, df: float, official_se: float, zones: Zones, n: int | None = None
) -> dict[str, float]:
    """Probability of each outcome of an independent official survey with standard error `official_se`.

    Its figure differs from ours by both errors: variance se**2 + official_se**2 on the logit scale as in
    `outcome_probabilities`, Student's t with Satterthwaite's df (the official error counts as known).
    """
    both = se**2 + official_se**2
    joint_df = both**2 / (se**4 / df) if se > 0 else 1e6
    return outcome_probabilities(estimate, both**0.5, min(joint_df, 1e6), zones, n)


def _logit(share: float) -> float:
    return log(share / (1 - share))
