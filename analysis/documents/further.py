"""What an estimate has only where its plan asks for it: open codes, small areas, drivers."""

from __future__ import annotations

from typing import NotRequired, TypedDict, final


class ModesCounted(TypedDict):
    modes: list[str]
    left_out: int


class TippingDocument(TypedDict):
    """What would move the figure across `threshold`. shift: of the whole population's share.

    others: share of those who did not take part at which the figure lies on the threshold, if `participation` of
    the population took part; None where no share in [0, 1] does it, or the participation is not known.
    """

    threshold: float
    shift: float
    others: float | None
    participation: float | None


class BiasRow(TypedDict):
    """Of a standard deviation of the bias, the probability of each outcome."""

    bias_sd: float
    probability: dict[str, float]


class OpenDocument(TypedDict):
    statement: dict[str, str]
    figure: float
    outcome: str
    tipping: list[TippingDocument]
    by_bias: list[BiasRow]


class PublicationDocument(TypedDict):
    """Whether a figure may be published; `reason` is ok, too_few or too_uncertain, said in zh and en."""

    allowed: bool
    reason: str
    zh: str
    en: str


class AreaFigures(TypedDict):
    """One area, direct and model estimate side by side. Shares or index points; cv is se / estimate.

    weight: share of the direct estimate in the model one, in (0, 1); synthetic: what the model says without it.
    A cv is None where the estimate is not above 0; all are None where they may not be shown.
    """

    name: str
    direct: float | None
    direct_se: float | None
    direct_cv: float | None
    model: float | None
    model_rmse: float | None
    model_cv: float | None
    weight: float | None
    synthetic: float | None
    suppressed: NotRequired[bool]


class SmallAreaRow(AreaFigures):
    n: int | None
    publication: PublicationDocument


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
    """One service. importance: points of overall satisfaction per point of its rating among users.

    performance: users' weighted mean rating, in points. users: answers with a rating; reach: their weighted
    share of those who said whether they use it. effect = importance x reach: points of the whole city's figure
    per point of rating. not_used: points by which non-users differ from a user of average rating, None where
    nobody is one. sure: importance and performance both differ from the average service at the confidence, adjusted
    for the number of services. inflation: of the importance's variance, by how far other ratings foretell this one.
    """

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
    inflation: NotRequired[float]


@final
class DriversDocument(TypedDict):
    """services: in the order given. left_out: service -> why. n: answers in the regression; incomplete: answers
    to the overall question that skipped a service. r_squared: weighted. importance_line, performance_line: the
    averages over services that part the quadrants."""

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
