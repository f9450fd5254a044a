"""What the weights of an estimate went through: nonresponse, sites, calibration, trimming, replicates."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from analysis.documents.rows import SilentBounds


class ReplicationDocument(TypedDict):
    method: str
    replicates: int
    seed: int | None
    satisfied_se: float
    index_se: float


class FlaggedDocument(TypedDict):
    flagged: int
    excluded: int


class WeightSummary(TypedDict):
    minimum: float
    median: float
    maximum: float
    kish_deff: float
    effective_n: float


class QuantilesDocument(TypedDict):
    before: list[float]
    after: list[float]


class InfluenceDocument(TypedDict):
    psu: str
    change: float
    stratum: NotRequired[str]


class WeightCheck(TypedDict):
    """One thing that weights are looked at for. band: fine, look or severe, from `look` and `severe` on; named: what carries it."""

    check: str
    value: float
    band: str
    look: float
    severe: float
    named: str


class WeightsDocument(TypedDict):
    before: WeightSummary
    after: WeightSummary
    quantiles: NotRequired[QuantilesDocument]
    largest_influence: NotRequired[InfluenceDocument]
    checks: NotRequired[list[WeightCheck]]


class SiteClassRow(TypedDict):
    """Sites that share one factor of their weights."""

    stratum: str
    sites: list[str]
    people: float
    cases: float
    respondents: int | None
    factor: float | None
    capped: bool
    suppressed: NotRequired[bool]


class SilentSite(TypedDict):
    stratum: str
    site: str
    people: float


class SiteWeightsDocument(TypedDict):
    """What became of the drawn sites, where the plan's weights follow them."""

    classes: list[SiteClassRow]
    silent: list[SilentSite]
    uncarried: float
    eligible_from: dict[str, int]
    bounds: SilentBounds | None


class MarginRow(TypedDict):
    level: str
    population: float
    before: float | None
    after: float
    suppressed: NotRequired[bool]


class TotalDocument(TypedDict):
    before: float
    after: float


class NonresponseRow(TypedDict):
    levels: list[str]
    eligible: float | None
    respondents: float | None
    response_rate: float | None
    factor: float | None
    suppressed: NotRequired[bool]


class CalibrationDocument(TypedDict):
    method: str | None
    margins: list[str]
    iterations: int
    largest_miss: float
    trimmed: int
    margin_table: dict[str, list[MarginRow]]
    totals: dict[str, TotalDocument]
    nonresponse: list[NonresponseRow]
