"""Where a survey's sample will stand at its close, if the coming days are like the last ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt

import numpy as np
from scipy import stats

LOOKED_BACK = 7  # whole days: every day of the week once
FEWEST = 3
CONFIDENCE = 0.9


@dataclass(frozen=True)
class Projection:
    """Complete responses of the sample expected at the close, with a 90 % prediction interval.

    per_day: mean of the `days` last whole days; left: days to the close, with their fraction.
    """

    expected: float
    lower: float
    upper: float
    per_day: float
    days: int
    left: float


def project(
    reached: int, counts: Mapping[date, int], opened: date, at: datetime, closes: datetime
) -> Projection | None:
    """From `reached` responses at `at` to the close; None before three whole days have passed.

    The coming days are taken as independent draws like the k last whole ones (mean m, standard deviation s); the sum
    over L days to come then has the prediction interval  m L ± t(k - 1) s √(L + L²/k), L²/k being what is uncertain
    about m itself. Never below what is reached. `counts`: responses by day; `opened`: the first day of fieldwork, whose
    own count is partial and left out.
    """
    today = at.date()
    whole = [today - timedelta(days=back) for back in range(1, LOOKED_BACK + 1)]
    sample = np.array([counts.get(day, 0) for day in whole if day > opened], dtype=float)
    if len(sample) < FEWEST:
        return None
    k, mean, left = len(sample), float(sample.mean()), (closes - at).total_seconds() / 86400
    spread = float(sample.std(ddof=1)) * sqrt(left + left**2 / k)
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, k - 1)) * spread
    return Projection(
        expected=reached + mean * left,
        lower=reached + max(0.0, mean * left - reach),
        upper=reached + mean * left + reach,
        per_day=mean,
        days=k,
        left=left,
    )
