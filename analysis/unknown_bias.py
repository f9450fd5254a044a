"""What a bias of unknown size leaves of a figure: probabilities to any sharpness, and what holds whatever people think.

For open answers, beside open_codes, which states tipping points and shows the table.
"""

from __future__ import annotations

from math import exp, pi, sqrt

from scipy import integrate, stats

from analysis.decision import outcome_probabilities, probability_below
from analysis.errors import AnalysisError
from analysis.zones import Zones

FAR = 9.0  # standard deviations of the bias beyond which nothing counts


def below_with_bias(line: float, sd: float, estimate: float, se: float, df: float, n: int | None = None) -> float:
    """P(X + b < line): X after the decision's confidence distribution, b ~ N(0, sd^2) on the share scale, sd > 0.

    The integral of F(line - sd z) phi(z) dz by adaptive quadrature (QUADPACK, Piessens et al. 1983), broken where F
    turns: at the estimate and a few standard errors around it, and at 0 and 1.  F is nearly a step where se is
    small beside sd; fixed nodes (Gauss-Hermite) then miss by whole percentage points.  Closed form where X is a point.
    """
    if (not 0 < estimate < 1 or se <= 0) and not n:
        return float(stats.norm.cdf((line - estimate) / sd))

    def weighed(z: float) -> float:
        return exp(-z * z / 2) / sqrt(2 * pi) * probability_below(line - sd * z, estimate, se, df, n)

    steps = [estimate + k * max(se, 0.0) for k in (-4, 0, 4)]
    turns = sorted({min(max((line - place) / sd, -FAR), FAR) for place in (0.0, 1.0, *steps)})
    value, _ = integrate.quad(weighed, -FAR, FAR, points=turns, limit=400, epsabs=1e-10, epsrel=1e-9)
    return min(max(float(value), 0.0), 1.0)


def outcomes_with_bias(
    estimate: float, se: float, df: float, sd: float, zones: Zones, n: int | None = None
) -> dict[str, float]:
    """Probabilities of `zones`, by their keys, for the true figure when a bias of standard deviation sd is allowed for.

    sd: fraction of one; 0 gives decision.outcome_probabilities.  The direction of the bias is unknown, its size a
    declared judgement (Turner, Spiegelhalter, Smith and Thompson 2009).  A bias past 0 or 1 is not cut off.
    Raises AnalysisError for a negative sd.
    """
    if not sd >= 0:
        raise AnalysisError("analysis.standard_deviation_bias_least")
    if sd == 0:
        return outcome_probabilities(estimate, se, df, zones, n)
    return zones.split(lambda line: below_with_bias(line, sd, estimate, se, df, n))


def bounds(share: float, response_share: float) -> tuple[float, float]:
    """The least and the largest share of the whole, whatever those think who did not answer: r p and r p + 1 - r.

    share: of the answerers satisfied; response_share r: answerers over all the figure speaks for.  Sampling error
    is left aside.  Manski (1989).  Raises AnalysisError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1 or not 0 <= response_share <= 1:
        raise AnalysisError("analysis.bounds_need_share_response")
    return response_share * share, response_share * share + 1 - response_share
