"""Rated services, and their fields beside the points of the assessment."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from analysis.documents.rows import Row


class AreaServiceRow(Row):
    """One service among its users; `why`: why there is no figure."""

    key: str
    design_effect: float | None
    effective_n: float | None
    index: float | None
    index_se: float | None
    warnings: list[str]


class ServiceRow(TypedDict):
    key: str
    n: int | None
    estimate: float | None
    why: NotRequired[str]
    not_used: int | None
    reach: float | None
    se: NotRequired[float | None]
    lower: NotRequired[float | None]
    upper: NotRequired[float | None]
    df: NotRequired[int | None]
    design_effect: NotRequired[float | None]
    effective_n: NotRequired[float | None]
    index: NotRequired[float | None]
    index_se: NotRequired[float | None]
    warnings: NotRequired[list[str]]
    suppressed: NotRequired[bool]


class CovarianceDocument(TypedDict):
    keys: list[str]
    matrix: list[list[float]]


class ServiceArea(TypedDict):
    level: str
    services: list[AreaServiceRow]
    covariance: NotRequired[CovarianceDocument | None]


class ServiceName(TypedDict):
    """A rated service: its words in the questionnaire, and the municipal indicators it stands beside."""

    key: str
    zh: str
    en: str
    indicators: list[int]


class ServicesDocument(TypedDict):
    services: list[ServiceRow]
    covariance: CovarianceDocument | None
    areas: list[ServiceArea]
    names: NotRequired[list[ServiceName]]


class FieldRankRow(TypedDict):
    """One field. satisfaction, se: in [0, 1] or points; points_share in [0, 1]. Rank 1 is the best, ties share
    the mean rank.  rank_gap = points_rank - satisfaction_rank: above 0, citizens place the field higher than
    the points do; `differs`: its interval does not hold 0."""

    field: str
    satisfaction: float | None
    se: float | None
    points_share: float
    satisfaction_rank: float | None
    rank_lower: int | None
    rank_upper: int | None
    points_rank: float
    rank_gap: float | None
    gap_lower: float | None
    gap_upper: float | None
    differs: bool | None
    suppressed: NotRequired[bool]


class CityGapDocument(TypedDict):
    """fields: in the order given. critical: the largest |t| over all pairs that chance would give."""

    fields: list[FieldRankRow]
    critical: float
    confidence: float
    method: str


class CountyFieldRow(TypedDict):
    """One field of one county. residual: satisfaction less what the field, the county and the points lead one to
    expect, in the units of satisfaction; None where only described.  lower, upper: simultaneous; None where the
    county or field has nothing to compare with.  stands_out: the interval does not hold 0."""

    county: str
    field: str
    satisfaction: float | None
    se: float | None
    points_share: float
    residual: float | None
    residual_se: float | None
    lower: float | None
    upper: float | None
    stands_out: bool | None
    suppressed: NotRequired[bool]


class CountyGapsDocument(TypedDict):
    """slope: satisfaction per whole share of points, within field and county; slope_se counts sampling error only.

    kind: residuals | descriptive (fewer than eight counties: no model).
    """

    rows: list[CountyFieldRow]
    kind: str
    slope: float | None
    slope_se: float | None
    critical: float | None
    confidence: float
    method: str


class PerceptionGapDocument(TypedDict):
    city: CityGapDocument | None
    counties: CountyGapsDocument | None
    why: list[str]
    tickets: dict[str, int]
