"""Open QR answers: anybody may give them, so no sampling theory speaks for the people who did not.

The estimate is calibrated and its error reckoned as if sites were PSUs; what that leaves out is a bias of unknown
size, which is looked at from two sides: how large it must be to change the decision, and what the decision is
worth when biases up to ten points are allowed for. Open and sampled answers are never pooled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.documents.further import OpenDocument, TippingDocument
from analysis.documents.rows import BoundsDocument
from analysis.notices import Notice
from analysis.plan import Plan
from analysis.unknown_bias import bounds, outcomes_with_bias
from analysis.zones import Zones

OPEN_STATEMENT = {
    "zh": "开放扫码的回答不是概率样本，标准误只反映点位之间的差异，不能代表未参与的人。",
    "en": Notice("open_answers").text,
}
BIAS_SD = tuple(point / 100 for point in range(11))


@dataclass(frozen=True)
class Comparison:
    """Open less sampled, both in [0, 1]; se treats them as independent. t on the smaller df."""

    sampled: float
    open: float
    difference: float
    se: float
    t: float | None


def bias_analysis(
    estimate: float, se: float, df: float, n: int, zones: Zones, participation: float | None = None
) -> OpenDocument:
    """Tipping points and outcome probabilities under an unknown bias with standard deviation 0 to 10 points.

    estimate, se in [0, 1]; participation: share of the population that answered, where known.  true = theta +
    delta with theta from the confidence distribution of `decision` and delta ~ N(0, sd^2) on the share scale:
    P(true < line) = E F(line - delta).  In the spirit of Greenland (2005).
    """
    return {
        "statement": OPEN_STATEMENT,
        "figure": estimate,
        "outcome": zones.of(estimate).key,
        "bounds": None if participation is None else _bounds(estimate, participation),
        "tipping": [_tipping(line, estimate, participation) for line in zones.lines],
        "by_bias": [
            {"bias_sd": spread, "probability": outcomes_with_bias(estimate, se, df, spread, zones, n)}
            for spread in BIAS_SD
        ],
    }


def participation(plan: Plan, answered: int) -> float | None:
    """The share of the people who answered, by the plan's population; None where it has none."""
    sums = [sum(levels.values()) for levels in plan.margins().values()]
    stated = plan.calibration.population if plan.calibration else None
    whole = float(stated) if stated is not None else max(sums, default=0.0)
    return answered / whole if whole >= answered > 0 else None


def compare(sampled: tuple[float, float], opened: tuple[float, float]) -> Comparison:
    """The open figure beside the sampled one; each as (estimate, se). Shows bias, never a pooled figure."""
    difference = opened[0] - sampled[0]
    se = float(np.hypot(sampled[1], opened[1]))
    return Comparison(sampled[0], opened[0], difference, se, difference / se if se > 0 else None)


def _bounds(estimate: float, participation: float) -> BoundsDocument:
    lower, upper = bounds(estimate, participation)
    return {"lower": lower, "upper": upper}


def _tipping(line: float, estimate: float, participation: float | None) -> TippingDocument:
    others = None
    if participation is not None and participation < 1:
        needed = (line - participation * estimate) / (1 - participation)
        others = needed if 0 <= needed <= 1 else None
    return {"threshold": line, "shift": line - estimate, "others": others, "participation": participation}
