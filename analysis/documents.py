"""The documents that estimates are stored and printed as: every key with its type, and a reader for each format.

A document says its `format`. The keys of one format never leave or change their meaning; a new key is added to the
class it stands in, as `NotRequired` where documents of this format have been stored without it. Where a key must change,
the format gets the next number, and the reader of the old one makes the present form of it. What is stored stays as it is.

Numbers that small groups are protected by are None in what may be shown, so counts of groups may be None here too;
`suppressed` marks their rows.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, final

from analysis.methods import FIRST, MethodDocument
from analysis.notices import NoticeDocument
from analysis.zones import COUNTY_DOMAINS, Rules, RulesDocument
from wording import Refusal

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ESTIMATE_FORMAT = 2  # of what this release writes


class FigureDocument(TypedDict):
    """One of the two figures of the whole: the share in [0, 1], the index on 0 to 100."""

    estimate: float
    se: float
    lower: float | None
    upper: float | None
    interval: str | None
    confidence: float


class ToSettleDocument(TypedDict):
    sites: int | None
    interviews_per_site: int
    interviews_same_sites: int | None


class DecisionDocument(TypedDict):
    figure: float
    outcome: str
    points: int | float | None
    probability: dict[str, float] | None
    to_settle: ToSettleDocument | None
    predictive: dict[str, float] | None
    rulebook: str


class BoundsDocument(TypedDict):
    """The figure with everybody without an answer at its worst, and at its best."""

    lower: float | None
    upper: float | None


class SilentBounds(TypedDict):
    """The official figure, a share of one, with nobody and with everybody satisfied at sites without an answer."""

    lower: float
    upper: float


class AnsweredDocument(TypedDict):
    """Who answered; None in what was stored before blanks were counted. missing: by kind, those without an answer."""

    responses: int | None
    missing: dict[str, int] | None
    bounds: BoundsDocument | None
    index_bounds: BoundsDocument | None


class Row(TypedDict):
    """What all rows with a share have. None where nobody answered, or where it may not be shown."""

    n: int | None
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    df: int | None
    suppressed: NotRequired[bool]


class DomainRow(Row, AnsweredDocument):
    level: str
    design_effect: float | None
    effective_n: float | None
    index: float | None
    index_se: float | None
    decision: DecisionDocument | None
    silent_bounds: SilentBounds | None
    warnings: list[str]
    notices: list[NoticeDocument]


class MeasureDocument(TypedDict):
    question: str
    satisfied: list[int]
    official: Literal["share", "index"]


class DefinitionRow(TypedDict):
    definition: str
    figure: float
    outcome: str | None
    points: int | float | None
    used: bool


class NumberFigure(Row):
    """What further figures that are numbers have in common."""

    notices: list[NoticeDocument]


class MeanRow(NumberFigure):
    """A mean, total or ratio of everybody or of one level."""

    name: str
    kind: Literal["mean", "total", "ratio"]
    level: str


class QuantileRow(NumberFigure):
    name: str
    kind: Literal["quantile"]
    level: str
    at: float


class DifferenceRow(NumberFigure):
    name: str
    kind: Literal["difference"]
    level: str
    t: float | None
    p: float | None


class TableRow(TypedDict):
    """A further figure that is two columns crossed. shares: [row][column]; the rest: of the test, None without one."""

    name: str
    kind: Literal["table"]
    table: NotRequired[list[str]]
    rows: list[str]
    columns: list[str]
    shares: list[list[float | None]]
    n: int
    chi_square: float | None
    F: float | None
    ndf: float | None
    ddf: float | None
    p: float | None
    notices: list[NoticeDocument]
    suppressed: NotRequired[bool]


NumberRow = MeanRow | QuantileRow | DifferenceRow
FurtherRow = NumberRow | TableRow


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


class WeightsDocument(TypedDict):
    before: WeightSummary
    after: WeightSummary
    quantiles: NotRequired[QuantilesDocument]
    largest_influence: NotRequired[InfluenceDocument]


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


class VariantDocument(TypedDict):
    change: str
    level: str
    figure: float | None
    difference: float | None
    outcome: str | None
    points: int | float | None
    changes_outcome: bool | None
    n: int | None
    note: str
    responses: NotRequired[int | None]
    notices: NotRequired[list[NoticeDocument]]
    suppressed: NotRequired[bool]


class SensitivityDocument(TypedDict):
    figure: float
    outcome: str
    choices: list[VariantDocument]
    strata: list[VariantDocument]
    sites: list[VariantDocument]
    sites_that_change_it: int
    decisive_sites: list[str] | None


class ModeRow(Row):
    mode: str


class Tested(TypedDict):
    difference: float
    se: float
    df: int
    lower: float | None
    upper: float | None
    p: float | None


class Compared(Tested):
    p_holm: float | None


class ModeDifference(TypedDict):
    mode: str
    crude: Compared
    adjusted: Compared | None


class ModeComparison(TypedDict):
    modes: list[ModeRow]
    base: str | None
    differences: list[ModeDifference]
    any_difference_p: float | None
    why: str


class ModeCount(TypedDict):
    """n: answers to the official question; of a run that did not tell them apart, all responses."""

    mode: str
    n: int | None
    responses: NotRequired[int | None]
    sum_weights: float | None
    suppressed: NotRequired[bool]


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
    fields: list[FieldRankRow]
    critical: float
    confidence: float
    method: str


class CountyFieldRow(TypedDict):
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


class ComparedSide(TypedDict):
    sampling: str
    estimate: float


class ComparisonDocument(TypedDict):
    this: ComparedSide
    other: ComparedSide
    difference: float
    se: float
    t: float | None


class SuppressedDocument(TypedDict):
    least: int
    cells: int


class ReviewDocument(TypedDict):
    """What a stored run adds from its tables and moments, where services were rated."""

    services: ServicesDocument
    drivers: DriversDocument | NoDrivers
    perception_gap: PerceptionGapDocument


class FurtherDocument(TypedDict, total=False):
    """What an estimate has only where its plan asks for it."""

    modes_counted: ModesCounted
    open: OpenDocument
    small_areas: SmallAreasDocument
    drivers: DriversDocument | NoDrivers


class EstimateDocument(AnsweredDocument):
    """The document of `minyi estimate --json`, and of a stored run, which adds `modes` and what services were rated."""

    format: int
    n: int | None
    sum_weights: float | None
    df: int
    kish_deff: float
    design_effect: float | None
    effective_n: float | None
    satisfied: FigureDocument
    index: FigureDocument
    decision: DecisionDocument | None
    domains: dict[str, list[DomainRow]]
    measure: MeasureDocument
    definitions: list[DefinitionRow]
    figures: list[FurtherRow]
    replication: ReplicationDocument | None
    flagged: FlaggedDocument | None
    weights: WeightsDocument
    site_weights: SiteWeightsDocument | None
    calibration: CalibrationDocument
    warnings: list[str]
    notices: list[NoticeDocument]
    plan_digest: str
    method: MethodDocument
    rules: RulesDocument | None
    sampling: Literal["probability", "open"]
    modes_counted: NotRequired[ModesCounted]
    open: NotRequired[OpenDocument]
    small_areas: NotRequired[SmallAreasDocument]
    drivers: NotRequired[DriversDocument | NoDrivers]
    sensitivity: NotRequired[SensitivityDocument]
    mode_comparison: NotRequired[ModeComparison]
    modes: NotRequired[list[ModeCount]]
    services: NotRequired[ServicesDocument]
    perception_gap: NotRequired[PerceptionGapDocument]
    comparison: NotRequired[ComparisonDocument]
    suppressed: NotRequired[SuppressedDocument]


class ContrastDocument(TypedDict):
    estimate: float
    se: float
    df: float
    lower: float
    upper: float
    t: float | None
    p: float | None


class ChangeDocument(TypedDict):
    """From one wave to the next."""

    first: str
    second: str
    change: ContrastDocument
    se_if_independent: float
    p_adjusted: float | None


class ShapeDocument(TypedDict):
    any_change_p: float | None
    bend_p: float | None


class WavesDocument(TypedDict):
    """A run beside the approved runs of earlier surveys. why: why there is no trend. differs: waves that measure otherwise."""

    runs: list[int]
    surveys: list[str]
    differs: list[str]
    confidence: float
    points: list[WavePointRow]
    changes: list[ChangeDocument]
    shape: ShapeDocument | None
    why: NotRequired[str]


class ColumnDocument(TypedDict):
    levels: list[str]
    codes: list[int]


class CellsDocument(TypedDict):
    """The input cells that a run keeps."""

    columns: dict[str, ColumnDocument]
    count: list[int]
    weight: list[float]
    weight_squared: list[float]


class DrawnSiteDocument(TypedDict):
    """A site as a run weighed by it; the fields of `sampled_sites.SampledSite`."""

    site: str
    stratum: str
    probability: float | None
    eligible: float | None
    drawn: float | None
    weight: float | None
    take: float | None
    basis: Literal["listed", "margin", "assumed", "residents", "typed"]
    line: int | None


class StoredCells(CellsDocument):
    """With how their answers were taken, since runs keep it, the sites drawn, where weights follow them, and what the
    run was told of its plan, where that is not simply the official one."""

    modes: NotRequired[list[ModeCount]]
    sites: NotRequired[list[DrawnSiteDocument]]
    told: NotRequired[list[NoticeDocument]]


class Packed(TypedDict):
    """A table of numbers: its type as numpy writes it, its shape, and its deflated bytes in base64."""

    dtype: str
    shape: list[int]
    data: str


class PackedColumn(TypedDict):
    levels: list[str]
    codes: Packed


class ServiceTableDocument(TypedDict):
    services: list[str]
    codes: list[int]
    columns: dict[str, PackedColumn]
    count: Packed
    weight: Packed
    weight_squared: Packed
    counts: Packed


class SumsDocument(TypedDict):
    psu: Packed
    auxiliary: Packed


class MomentsDocument(TypedDict):
    keys: list[str]
    left_out: dict[str, str]
    users: list[int]
    n: int
    incomplete: int
    products: SumsDocument
    stated: SumsDocument
    rated: SumsDocument
    points: SumsDocument


class AreaShares(TypedDict):
    """Share of points attained, by service, in one area."""

    level: str
    kind: str
    shares: dict[str, float]


class PointsDocument(TypedDict):
    areas: list[AreaShares]
    tickets: dict[str, int]


class DetailDocument(TypedDict, total=False):
    """What a run keeps of single responses beside its cells. why: why there are no moments. wave: stratum ->
    (sampling fraction, site -> linearised total)."""

    services: ServiceTableDocument
    names: list[ServiceName]
    moments: MomentsDocument
    why: str
    wave: dict[str, tuple[float, dict[str, float]]]
    points: PointsDocument


class WavePointRow(TypedDict):
    wave: str
    estimate: float
    se: float
    lower: float | None
    upper: float | None
    change: float | None
    change_se: float | None
    change_lower: float | None
    change_upper: float | None
    change_p: float | None
    moving: float | None
    moving_se: float | None


class TrendDocument(TypedDict):
    """The document of `minyi waves --json`."""

    points: list[WavePointRow]
    slope: float | None
    slope_se: float | None
    slope_p: float | None
    combine: Literal["equal", "precision"]
    window: int


def plain(value: DataclassInstance) -> Any:
    """The fields of a dataclass as JSON, for a class whose document has the same keys; tests hold the two together."""
    return {key: list(part) if isinstance(part, tuple) else part for key, part in asdict(value).items()}


NOT_COUNTED = dict.fromkeys(("responses", "missing", "bounds", "index_bounds"))  # in what was stored before blanks were


class FormatError(Refusal):
    """A document of a format that this release does not know, in the user's words."""


def read_estimate(stored: Any) -> EstimateDocument:
    """A stored estimate in its present form, whatever release stored it. Raises FormatError for a later format."""
    number = stored.get("format", 1)
    if number == ESTIMATE_FORMAT:
        present: EstimateDocument = stored
        return present
    if number == 1:
        return _from_first(stored)
    raise FormatError("analysis.estimate_of_later_format", number=number, newest=ESTIMATE_FORMAT)


def _from_first(stored: Any) -> EstimateDocument:
    """Format 1 named no method, and at first neither its rules, which were those of Jining, nor notices beside texts."""
    rules = stored["rules"] if "rules" in stored else _first_rules().as_dict()
    domains = {name: [_first_row(row, _ruled(rules, name)) for row in rows] for name, rows in stored["domains"].items()}
    earlier = {"sampling": "probability", "method": FIRST.as_dict(), "notices": _noticed(stored), "site_weights": None}
    return read_estimate(
        earlier | NOT_COUNTED | stored | {
            "format": ESTIMATE_FORMAT, "rules": rules, "domains": domains,
            "decision": _first_decision(stored["decision"], _ruled(rules, "")),
            "figures": [{"notices": []} | row for row in stored.get("figures", ())],
        }
    )  # fmt: skip


def _first_rules() -> Rules:
    from analysis.scoring.loading import load_rulebook  # a document of today needs none

    city, county = (load_rulebook(f"jining-2023-{level}").zones for level in ("municipal", "county"))
    return Rules(city, county, COUNTY_DOMAINS)


def _ruled(rules: RulesDocument | None, domain: str) -> str:
    """The rulebook that decided a domain, or the whole."""
    if rules is None:
        return ""
    return rules["counties" if domain in rules["county_domains"] else "whole"]["rulebook"]


def _first_row(row: Any, rulebook: str) -> Any:
    return (
        {"notices": _noticed(row), "silent_bounds": None}
        | NOT_COUNTED
        | row
        | {"decision": _first_decision(row["decision"], rulebook)}
    )


def _first_decision(decision: Any, rulebook: str) -> Any:
    return decision and {"rulebook": rulebook, "predictive": None} | decision


def _noticed(place: Any) -> list[NoticeDocument]:
    return [{"key": "", "params": {}, "text": text} for text in place.get("warnings", ())]
