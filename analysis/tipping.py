"""How unequal answering would have to be to change an outcome: the tipping point that stands beside every figure.

kappa = P(answer | dissatisfied) / P(answer | satisfied).  No survey measures it; what it would do is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.rows import TippingLine, TippingRow
from analysis.estimators import ratio, standard_errors
from analysis.intervals import Interval
from analysis.sample import Mask, Sample
from analysis.zones import ROUNDING, Zones

Floats = NDArray[np.float64]
Found = tuple[float, float | None, float | None, float | None]  # line, kappa and its limits
QUARTER = 0.75  # the dissatisfied answer a quarter less


@dataclass(frozen=True)
class Mixture:
    """An official figure in [0, 1] as its two groups make it: `share` of the answers is satisfied; `satisfied` and
    `others` are the figure's mean in either group, 1 and 0 where the figure is the share itself."""

    share: float
    satisfied: float = 1.0
    others: float = 0.0

    def truth(self, kappa: float) -> float:
        """The figure of all people: (kappa p a + (1-p) b) / (kappa p + 1-p); kappa p / (kappa p + 1-p) of a share."""
        above = kappa * self.share
        return (above * self.satisfied + (1 - self.share) * self.others) / (above + 1 - self.share)

    def kappa(self, line: float) -> float | None:
        """The kappa at which the truth lies on `line`: (1-p)(L-b) / (p (a-L)); None where no kappa above 0 does it."""
        if not 0 < self.share < 1 or not self.others < line < self.satisfied:
            return None
        return (1 - self.share) * (line - self.others) / (self.share * (self.satisfied - line))


def tipping_of_share(share: float, interval: Interval | None, zones: Zones) -> TippingRow:
    """Of a share, with the interval that its own limits give: the interval holds a line where kappa's holds 1.

    >>> from analysis import load_rulebook
    >>> found = tipping_of_share(0.75, Interval(0.72, 0.78, "wald"), load_rulebook("jining-2023-municipal").zones)
    >>> [(row["line"], round(row["kappa"], 3), round(row["lower"], 3)) for row in found["lines"]]
    [(0.6, 0.5, 0.423), (0.7, 0.778, 0.658)]
    >>> round(found["quarter"], 4)
    0.6923
    """
    rows: list[Found] = []
    for line in zones.lines:
        kappa, low, high = Mixture(share).kappa(line), None, None
        if kappa is not None and interval is not None:
            low = Mixture(interval.upper).kappa(line) if interval.upper < 1 else 0.0
            high = Mixture(interval.lower).kappa(line)
        rows.append((line, kappa, low, high))
    return _row(Mixture(share), rows, share, zones)


def tipping_of_index(
    sample: Sample, inside: Mask, satisfied: Floats, points: Floats, confidence: float, df: int, zones: Zones
) -> TippingRow:
    """Of an index; satisfied, points (cells,), points in [0, 1].

    kappa is a ratio of two weighted totals, sum w (1-s)(L-y) / sum w s (y-L), linearised; t(df) on its logarithm.
    """
    weight = np.where(inside, sample.weight, 0.0)
    up, down = float(weight @ satisfied), float(weight @ (1 - satisfied))
    above = float(weight @ (satisfied * points)) / up if up else 1.0
    below = float(weight @ ((1 - satisfied) * points)) / down if down else 0.0
    mixture = Mixture(up / (up + down), above, below)
    rows: list[Found] = []
    for line in zones.lines:
        kappa, low, high = mixture.kappa(line), None, None
        if kappa is not None and df >= 1:
            statistic = ratio(sample, (1 - satisfied) * (line - points), satisfied * (points - line), inside)
            reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * standard_errors(sample, [statistic])[0] / kappa
            low, high = (None, None) if np.isnan(reach) else (exp(log(kappa) - reach), exp(log(kappa) + reach))
        rows.append((line, kappa, low, high))
    return _row(mixture, rows, mixture.truth(1.0), zones)


def _row(mixture: Mixture, rows: list[Found], figure: float, zones: Zones) -> TippingRow:
    lines: list[TippingLine] = [
        {"line": line, "outcome": _beyond(line, figure, zones), "kappa": kappa, "lower": low, "upper": high}
        for line, kappa, low, high in rows
    ]
    return {
        "share": mixture.share,
        "satisfied": mixture.satisfied,
        "others": mixture.others,
        "quarter": mixture.truth(QUARTER),
        "lines": lines,
    }


def _beyond(line: float, figure: float, zones: Zones) -> str:
    """The zone on the other side of a line."""
    if line <= figure + ROUNDING:
        return next(zone.key for zone in zones.zones if zone.below == line)
    return zones.of(line).key
