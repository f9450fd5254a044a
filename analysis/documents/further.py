"""What an estimate has only where its plan asks for it: open codes, small areas, drivers."""

from __future__ import annotations

from typing import NotRequired, TypedDict, final


class ModesCounted(TypedDict):
    modes: list[str]
    left_out: int


class TippingDocument(TypedDict):
    threshold: float
    shift: float
    others: float | None
    participation: float | None


class BiasRow(TypedDict):
    bias_sd: float
    probability: dict[str, float]


class OpenDocument(TypedDict):
    statement: dict[str, str]
    figure: float
    outcome: str
    tipping: list[TippingDocument]
    by_bias: list[BiasRow]


class PublicationDocument(TypedDict):
    allowed: bool
    reason: str
    zh: str
    en: str


class SmallAreaRow(TypedDict):
    name: str
    direct: float | None
    direct_se: float | None
    direct_cv: float | None
    model: float | None
    model_rmse: float | None
    model_cv: float | None
    weight: float | None
    synthetic: float | None
    n: int | None
    publication: PublicationDocument
    suppressed: NotRequired[bool]


class SmallAreasDocument(TypedDict):
    """reason: why there is no model, then `areas` is empty and every area's `publication` stands by itself."""

    domain: str
    reason: str | None
    areas: list[SmallAreaRow]
    publication: NotRequired[list[PublicationDocument]]
    model_variance: NotRequired[float]
    coefficients: NotRequired[list[float]]
    coefficient_se: NotRequired[list[float]]
    method: NotRequired[str]


class DriverRow(TypedDict):
    key: str
    importance: float
    importance_se: float
    importance_lower: float
    importance_upper: float
    performance: float
    performance_se: float
    users: int
    reach: float
    effect: float
    effect_se: float
    not_used: float | None
    not_used_se: float | None
    quadrant: str
    quadrant_name: str
    sure: bool


@final
class DriversDocument(TypedDict):
    services: list[DriverRow]
    left_out: dict[str, str]
    n: int
    incomplete: int
    df: int
    r_squared: float
    importance_line: float
    performance_line: float
    confidence: float


@final
class NoDrivers(TypedDict):
    why: str


class FurtherDocument(TypedDict, total=False):
    """What an estimate has only where its plan asks for it."""

    modes_counted: ModesCounted
    open: OpenDocument
    small_areas: SmallAreasDocument
    drivers: DriversDocument | NoDrivers
