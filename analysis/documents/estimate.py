"""The document of an estimate as a whole, and the reader of each of its formats."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from analysis.documents.comparisons import ComparisonDocument, ModeComparison, ModeCount, SensitivityDocument
from analysis.documents.further import DriversDocument, FurtherDocument, NoDrivers
from analysis.documents.open_beside import OpenBesideDocument
from analysis.documents.response import ResponseDocument
from analysis.documents.rows import (
    AnsweredDocument,
    DecisionDocument,
    DefinitionRow,
    DomainRow,
    FigureDocument,
    FurtherRow,
    MeasureDocument,
    TippingRow,
)
from analysis.documents.services import PerceptionGapDocument, ServicesDocument
from analysis.documents.weights import (
    CalibrationDocument,
    FlaggedDocument,
    ReplicationDocument,
    SiteWeightsDocument,
    WeightsDocument,
)
from analysis.errors import FormatError
from analysis.methods import FIRST, MethodDocument
from analysis.minimum import BelowDocument, MinimumDocument
from analysis.notices import NoticeDocument
from analysis.zones import COUNTY_DOMAINS, Rules, RulesDocument

ESTIMATE_FORMAT = 2  # of what this release writes


class SuppressedDocument(TypedDict):
    least: int
    cells: int


class ReviewDocument(TypedDict):
    """What a stored run adds from its tables and moments, where services were rated."""

    services: ServicesDocument
    drivers: DriversDocument | NoDrivers
    perception_gap: PerceptionGapDocument


class EstimateDocument(AnsweredDocument, FurtherDocument):
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
    response: NotRequired[ResponseDocument | None]
    calibration: CalibrationDocument
    warnings: list[str]
    notices: list[NoticeDocument]
    plan_digest: str
    method: MethodDocument
    rules: RulesDocument | None
    sampling: Literal["probability", "open"]
    tipping: NotRequired[TippingRow | None]
    minimum: NotRequired[MinimumDocument | None]
    below_minimum: NotRequired[BelowDocument | None]
    open_beside: NotRequired[OpenBesideDocument | None]
    sensitivity: NotRequired[SensitivityDocument]
    mode_comparison: NotRequired[ModeComparison]
    modes: NotRequired[list[ModeCount]]
    services: NotRequired[ServicesDocument]
    perception_gap: NotRequired[PerceptionGapDocument]
    comparison: NotRequired[ComparisonDocument]
    suppressed: NotRequired[SuppressedDocument]


NOT_COUNTED = dict.fromkeys(("responses", "missing", "bounds", "index_bounds"))  # in what was stored before blanks were


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
    """Format 1 named no method, and at first neither its rules, which were the only ones, nor notices beside texts."""
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
