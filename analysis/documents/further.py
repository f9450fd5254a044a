"""What an estimate has only where its plan asks for it: open codes, small areas, drivers."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict, final

from analysis.documents.fieldwork import FieldworkDocument
from analysis.documents.rows import BoundsDocument


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
    bounds: NotRequired[
        BoundsDocument | None
    ]  # whatever those think who did not take part; None: nobody knows how many


class PublicationDocument(TypedDict):
    """Whether a figure may be published; `reason` is ok, too_few or too_uncertain, said in zh and en."""

    allowed: bool
    reason: str
    zh: str
    en: str


class SmallAreaRow(TypedDict):
    """One area, direct and model estimate side by side, as shares; cv is se / estimate, and model_rmse the posterior standard
    deviation. A cv is None where the estimate is not above 0; all are None where they may not be shown. model_lower,
    model_upper: runs of the area-level model before have none.
    """

    name: str
    n: int | None
    direct: float | None
    direct_se: float | None
    direct_cv: float | None
    model: float | None
    model_rmse: float | None
    model_cv: float | None
    model_lower: NotRequired[float | None]
    model_upper: NotRequired[float | None]
    publication: PublicationDocument
    suppressed: NotRequired[bool]


class AreaCells(TypedDict):
    """Where the population of the model's cells comes from, the traits they are made of, and answers without one of them."""

    source: Literal["cross_table", "margins"]
    columns: list[str]
    left_out: int


class SmallAreasDocument(TypedDict):
    """reason: why there is no model, then `areas` is empty and every area's `publication` stands by itself. area_sd, site_sd:
    of the random effects, on the logit scale. cells: what stored before has none was made by an area-level model."""

    domain: str
    reason: str | None
    areas: list[SmallAreaRow]
    publication: NotRequired[list[PublicationDocument]]
    method: NotRequired[str]
    area_sd: NotRequired[float]
    site_sd: NotRequired[float | None]
    cells: NotRequired[AreaCells]


class DriverRow(TypedDict):
    """One service. importance: points of overall satisfaction per point of its rating among users.

    performance: users' weighted mean rating, in points. users: answers with a rating; reach: their weighted
    share of those who said whether they use it. effect = importance x reach: points of the whole city's figure
    per point of rating. not_used: points by which non-users differ from a user of average rating, None where
    nobody is one. sure: importance and performance both differ from the average service at the confidence, adjusted
    for the number of services. inflation: of the importance's variance, by how far other ratings foretell this one.
    stated: answers in the regression that rate the service or say it is not used.
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
    stated: NotRequired[int]


@final
class DriversDocument(TypedDict):
    """services: in the order given. left_out: service -> why. n: answers in the regression; incomplete: answers
    to the overall question that skipped a service. r_squared: weighted. importance_line, performance_line: the
    averages over services that part the quadrants. based_on, where somebody skipped a service: "pairs", every answer
    for the pairs of services it speaks of, or "complete", those that speak of all, where such
    pairs make no regression; based_on_told says it."""

    services: list[DriverRow]
    left_out: dict[str, str]
    n: int
    incomplete: int
    df: int
    r_squared: float
    importance_line: float
    performance_line: float
    confidence: float
    based_on: NotRequired[str]
    based_on_told: NotRequired[str]


@final
class NoDrivers(TypedDict):
    why: str


class FurtherDocument(TypedDict, total=False):
    """What an estimate has only where its plan asks for it."""

    modes_counted: ModesCounted
    open: OpenDocument
    fieldwork: FieldworkDocument
    small_areas: SmallAreasDocument
    drivers: DriversDocument | NoDrivers
