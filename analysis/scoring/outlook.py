"""How likely each star is when satisfaction and some values are uncertain, and which of them matter most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.methods import CURRENT, Method
from analysis.scoring.documents import InfluenceRow, OutlookDocument
from analysis.scoring.engine import score, star_of
from analysis.scoring.kinds import score_indicator
from analysis.scoring.rulebook import Derived, Indicator, Rulebook
from analysis.scoring.satisfaction import Satisfaction
from analysis.scoring.sentences import SATISFACTION
from analysis.scoring.surveys import averaged
from analysis.scoring.values import PEERS, read_values
from wording import Refusal

Floats = NDArray[np.float64]


class OutlookError(Refusal):
    """A range that cannot be drawn from."""


@dataclass(frozen=True)
class SatisfactionLaw:
    """What the official figure may be: Student's t with df on the logit scale. estimate, se in [0, 1]."""

    estimate: float
    se: float
    df: float

    def at(self, probability: Floats) -> Floats:
        """Figures at these points of the distribution."""
        if not 0 < self.estimate < 1 or self.se <= 0:
            return np.full(len(probability), self.estimate)
        middle = np.log(self.estimate / (1 - self.estimate))
        spread = self.se / (self.estimate * (1 - self.estimate))
        odds = middle + spread * stats.t.ppf(np.clip(probability, 1e-9, 1 - 1e-9), self.df)
        return np.asarray(1 / (1 + np.exp(-odds)))


@dataclass(frozen=True)
class Range:
    """An uncertain value: evenly between `low` and `high` (whole numbers for counts), or yes with `chance`."""

    number: int
    metric: str
    low: float | None = None
    high: float | None = None
    chance: float | None = None

    @property
    def label(self) -> str:
        return f"{self.number} {self.metric}"


@dataclass(frozen=True)
class Outlook:
    """probability: star -> chance, summing to 1. points: 5, 50 and 95 % of the total, void counted as 0."""

    probability: dict[str, float]
    void: float
    points: tuple[float, float, float]
    influences: tuple[InfluenceRow, ...]
    draws: int
    seed: int
    correlation: float = 0.0

    def as_dict(self) -> OutlookDocument:
        low, middle, high = self.points
        found: OutlookDocument = {
            "star_probability": self.probability, "void_probability": self.void,
            "points": {"p5": low, "p50": middle, "p95": high},
            "influences": list(self.influences), "draws": self.draws, "seed": self.seed,
        }  # fmt: skip
        if self.correlation:
            found["correlation"] = self.correlation
        return found


def outlook(
    rulebook: Rulebook, values: Mapping[str, Mapping[str, object]], satisfaction: SatisfactionLaw,
    ranges: tuple[Range, ...], draws: int = 4096, seed: int = 1, method: Method = CURRENT,
    correlation: float = 0.0,
) -> Outlook:  # fmt: skip
    """Score `draws` possible worlds and rank the uncertain inputs by variance-based indices.

    Inputs vary independently, or by a Gaussian copula of one `correlation`, in [0, 1), between any two of them in the
    direction of more points: a city that does well in one tends to do well in all.  First-order and total indices by
    scipy's `sobol_indices` (Saltelli et al. 2010), which suppose independence, on a Sobol sequence with the seed; draws
    is rounded up to a power of two.  Raises OutlookError for a range the rulebook does not know or a correlation outside
    its limits, ValuesError for values that cannot be read.

    >>> from analysis import load_rulebook
    >>> values = {"44": {"provincial_awards": 6, "provincial_media": 3, "central_media": 2}}
    >>> law = SatisfactionLaw(estimate=0.62, se=0.02, df=98)
    >>> found = outlook(load_rulebook("jining-2023-municipal"), values, law, (), draws=256)
    >>> round(found.void, 2), found.probability["未达星级"]
    (0.16, 1.0)
    """
    _require(rulebook, ranges)
    if not 0 <= correlation < 1:
        raise OutlookError("rulebooks.correlation_limits", value=correlation)
    worlds = _Worlds(rulebook, values, _averaged(rulebook, values, satisfaction, ranges), ranges, method)
    number = 1 << max(draws - 1, 1).bit_length()
    unit = stats.qmc.Sobol(worlds.inputs + (correlation > 0), seed=seed).random(number)
    if correlation:
        unit = correlated(unit, correlation, worlds.directions())
    totals, stars = worlds.score(unit)
    names = [*(star.name for star in rulebook.stars), rulebook.no_star]
    chances = {name: float(np.mean([star == name for star in stars])) for name in names}
    counted = np.nan_to_num(totals, nan=0.0)
    low, middle, high = (float(value) for value in np.quantile(counted, (0.05, 0.5, 0.95)))
    return Outlook(
        chances, float(np.isnan(totals).mean()), (low, middle, high), _influences(worlds, counted, number, seed),
        number, seed, correlation,
    )  # fmt: skip


def _averaged(
    rulebook: Rulebook, values: Mapping[str, Mapping[str, object]], law: SatisfactionLaw, ranges: tuple[Range, ...]
) -> SatisfactionLaw:
    """The law of the figure that is rated: of an average of surveys that of the average."""
    row = rulebook.satisfaction
    if row is None or row.satisfaction is None or not row.satisfaction.average:
        return law
    found = averaged(rulebook, read_values(rulebook, values), Satisfaction(law.estimate, law.se, law.df))
    if found is None or found.se is None or found.df is None or any(one.number == row.number for one in ranges):
        raise OutlookError("rulebooks.surveys_must_be_known", number=row.number)
    return SatisfactionLaw(found.figure, found.se, found.df)


def correlated(unit: Floats, correlation: float, directions: Floats) -> Floats:
    """(n, k) of even margins from independent (n, k + 1): z = d (√r f + √(1-r) e), f the last column.

    directions (k,), 1 or -1: which way each input counts as more.
    """
    normal = stats.norm.ppf(np.clip(unit, 1e-12, 1 - 1e-12))
    joint = np.sqrt(correlation) * normal[:, -1:] + np.sqrt(1 - correlation) * normal[:, :-1]
    return np.asarray(stats.norm.cdf(joint * directions))


def _influences(worlds: _Worlds, counted: Floats, number: int, seed: int) -> tuple[InfluenceRow, ...]:
    if float(counted.std()) == 0:
        return tuple(_influence(label, 0.0, 0.0) for label in worlds.labels)
    if worlds.inputs == 1:  # the only thing that varies makes all the variance
        return (_influence(worlds.labels[0], 1.0, 1.0),)

    def totals(x: Floats) -> Floats:
        return np.nan_to_num(worlds.score(x.T)[0], nan=0.0)[None, :]

    dists: Any = [stats.uniform()] * worlds.inputs
    found = stats.sobol_indices(func=totals, n=min(number, 1024), dists=dists, rng=np.random.default_rng(seed))
    first, whole = np.ravel(found.first_order), np.ravel(found.total_order)
    rows = [_influence(label, float(a), float(b)) for label, a, b in zip(worlds.labels, first, whole, strict=True)]
    return tuple(sorted(rows, key=lambda row: -row["total"]))


def _influence(label: str, first_order: float, total: float) -> InfluenceRow:
    return {"label": label, "first_order": first_order, "total": total}


def _require(rulebook: Rulebook, ranges: tuple[Range, ...]) -> None:
    for row in ranges:
        indicator = rulebook.indicator(row.number)
        metric = indicator.metric(row.metric) if indicator else None
        if metric is None or isinstance(metric, Derived):
            raise OutlookError("rulebooks.rulebook_no_metric_indicator", row_metric=row.metric, row_number=row.number)
        if metric.kind == "yes_no":
            if row.chance is None or not 0 <= row.chance <= 1:
                raise OutlookError("rulebooks.yes_or_no_give", row_label=row.label)
        elif row.low is None or row.high is None or row.low > row.high:
            raise OutlookError("rulebooks.needs_low_high_value", row_label=row.label)


class _Worlds:
    """Scores possible worlds. Only indicators that vary are scored again, and each distinct value once."""

    def __init__(
        self,
        rulebook: Rulebook,
        values: Mapping[str, Mapping[str, object]],
        law: SatisfactionLaw,
        ranges: tuple[Range, ...],
        method: Method,
    ) -> None:
        self.rulebook, self.law, self.ranges = rulebook, law, ranges
        self.values = {str(number): dict(metrics) for number, metrics in values.items()}
        self.labels = [SATISFACTION, *(row.label for row in ranges)]
        self.inputs = len(self.labels)
        self.varying = sorted({row.number for row in ranges})
        self.known: dict[tuple[Any, ...], Decimal | None] = {}
        base = score(rulebook, self.values, None, method)
        self.declared = base.declared
        moving = {*self.varying, *(i.number for i in rulebook.indicators if i.kind == "satisfaction")}
        rest = [card for card in base.indicators if card.indicator.number not in moving]
        self.rest = sum((card.points for card in rest), Decimal(0))
        self.rest_void = any(card.veto for card in rest)

    def score(self, unit: Floats) -> tuple[Floats, list[str]]:
        """unit (n, inputs) in [0, 1] -> totals (n,), NaN where void, and the star of each."""
        figures = self.law.at(unit[:, 0])
        columns = [self._drawn(row, unit[:, place]) for place, row in enumerate(self.ranges, start=1)]
        totals, stars = np.empty(len(unit)), []
        for world, figure in enumerate(figures):
            points = self._points(tuple(column[world] for column in columns))
            cost = self.rulebook.cost(float(figure))
            total = None if points is None or cost is None else points + cost
            totals[world] = np.nan if total is None else float(total)
            stars.append(star_of(self.rulebook, total, self.declared))
        return totals, stars

    def directions(self) -> Floats:
        """(inputs,): 1 where a higher draw is worth more points, -1 where a lower one is, all others at their middle."""
        ends = np.full((2 * self.inputs, self.inputs), 0.5)
        for place in range(self.inputs):
            ends[2 * place : 2 * place + 2, place] = 0.001, 0.999
        totals = np.nan_to_num(self.score(ends)[0], nan=0.0).reshape(-1, 2)
        usual = [1.0, *(-1.0 if self._metric(row).kind == "yes_no" else 1.0 for row in self.ranges)]  # yes is drawn low
        moved = np.sign(totals[:, 1] - totals[:, 0])
        return np.where(moved == 0, usual, moved)

    def _points(self, drawn: tuple[Any, ...]) -> Decimal | None:
        """Points without satisfaction, None where void."""
        if self.rest_void:
            return None
        if drawn not in self.known:
            values = {number: dict(self.values.get(number, {})) for number in (PEERS, *map(str, self.varying))}
            for row, value in zip(self.ranges, drawn, strict=True):
                metrics = values[str(row.number)]
                metric = self._metric(row)
                metrics.pop(metric.name, None)
                metrics[metric.key] = value
            supplied = read_values(self.rulebook, values)
            moved = [
                score_indicator(indicator, supplied, None)
                for indicator in self.rulebook.indicators
                if indicator.number in self.varying
            ]
            void = any(item.veto for item in moved)
            points = None if void else self.rest + sum((item.points for item in moved), Decimal(0))
            self.known[drawn] = points
        return self.known[drawn]

    def _metric(self, row: Range) -> Any:
        indicator: Indicator | None = self.rulebook.indicator(row.number)
        assert indicator is not None
        return indicator.metric(row.metric)

    def _drawn(self, row: Range, unit: Floats) -> list[Any]:
        """Values at these points: yes or no, whole numbers, or numbers to four decimals."""
        kind = self._metric(row).kind
        if kind == "yes_no":
            return [bool(value < (row.chance or 0.0)) for value in unit]
        low, high = row.low or 0.0, row.high or 0.0
        if kind == "count":
            return [int(value) for value in np.minimum(np.floor(low + unit * (high - low + 1)), high)]
        return [round(float(value), 4) for value in low + unit * (high - low)]
