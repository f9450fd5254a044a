"""What an estimate found: figures, domains and the whole, with the document that is stored and printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from analysis.documents.estimate import ESTIMATE_FORMAT, EstimateDocument
from analysis.documents.further import FurtherDocument
from analysis.documents.response import ResponseDocument
from analysis.documents.rows import (
    DecisionDocument,
    DefinitionRow,
    DomainRow,
    FigureDocument,
    FurtherRow,
    RankDocument,
    SilentBounds,
    TippingRow,
)
from analysis.documents.weights import (
    CalibrationDocument,
    FlaggedDocument,
    ReplicationDocument,
    SiteWeightsDocument,
    WeightsDocument,
)
from analysis.few_sites import Law
from analysis.intervals import Interval
from analysis.minimum import BelowDocument, Minimum, MinimumDocument, below_notice
from analysis.missing import Missing
from analysis.notices import Notice
from analysis.plan import Plan
from analysis.variance import VarianceParts
from analysis.zones import Rules


@dataclass(frozen=True)
class Figure:
    """One estimated mean. `se` in its units, None where the design gives none; `interval` is None without a degree of freedom.

    design_effect: variance over that of a simple random sample of n drawn with replacement.
    """

    estimate: float
    se: float | None
    interval: Interval | None
    design_effect: float | None
    parts: VarianceParts


@dataclass(frozen=True)
class DomainEstimate:
    """Share satisfied and index among the answered rows of one domain."""

    level: str
    n: int
    df: int
    satisfied: Figure | None
    index: Figure | None
    decision: DecisionDocument | None
    notices: tuple[Notice, ...]
    missing: Missing
    silent_bounds: SilentBounds | None = None
    tipping: TippingRow | None = None
    below: BelowDocument | None = None
    law: Law | None = None
    ranks: RankDocument | None = None

    def official(self, which: str) -> float | None:
        """The figure that the rule compares, in its own unit; None where there is none."""
        figure = self.satisfied if which == "share" else self.index
        return figure.estimate if figure else None

    def withheld(self, below: BelowDocument, whole: bool = False) -> DomainEstimate:
        """Without its figures: what it rests on is below the plan's minimum."""
        return DomainEstimate(
            self.level,
            self.n,
            self.df,
            None,
            None,
            None,
            (below_notice(below, whole),),
            self.missing.counted(),
            below=below,
        )


@dataclass(frozen=True)
class Estimate:
    """The whole result: overall, by domain, and what the weights went through."""

    plan: Plan
    overall: DomainEstimate
    domains: dict[str, tuple[DomainEstimate, ...]]
    sum_weights: float
    kish_deff: float
    weights: WeightsDocument
    calibration: CalibrationDocument
    notices: tuple[Notice, ...]
    definitions: tuple[DefinitionRow, ...] = ()
    figures: tuple[FurtherRow, ...] = ()
    replication: ReplicationDocument | None = None
    flagged: FlaggedDocument | None = None
    further: FurtherDocument = field(default_factory=lambda: FurtherDocument())
    rules: Rules | None = None
    site_weights: SiteWeightsDocument | None = None
    response: ResponseDocument | None = None

    def as_dict(self) -> EstimateDocument:
        """The JSON document of `minyi estimate --json`."""
        overall = self.overall
        answered = overall.missing.as_dict()
        document: EstimateDocument = {
            "format": ESTIMATE_FORMAT,
            "n": overall.n,
            "responses": answered["responses"],
            "missing": answered["missing"],
            "bounds": answered["bounds"],
            "index_bounds": answered["index_bounds"],
            "sum_weights": self.sum_weights,
            "df": overall.df,
            "kish_deff": self.kish_deff,
            "design_effect": overall.satisfied.design_effect if overall.satisfied else None,
            "effective_n": _effective(overall.n, overall.satisfied.design_effect) if overall.satisfied else None,
            "satisfied": _figure(overall.satisfied, self.plan),
            "index": _figure(overall.index, self.plan),
            "decision": overall.decision,
            "tipping": overall.tipping,
            "domains": {name: [_row(row) for row in rows] for name, rows in self.domains.items()},
            "measure": {
                "question": self.plan.measure.question,
                "satisfied": list(self.plan.measure.satisfied),
                "official": self.plan.measure.official,
            },
            "definitions": list(self.definitions),
            "figures": list(self.figures),
            "replication": self.replication,
            "flagged": self.flagged,
            "weights": self.weights,
            "site_weights": self.site_weights,
            "response": self.response,
            "calibration": self.calibration,
            "warnings": [notice.text for notice in self.notices],
            "notices": [notice.as_dict() for notice in self.notices],
            "plan_digest": self.plan.digest,
            "method": self.plan.method.as_dict(),
            "rules": self.rules.as_dict() if self.rules else None,
            "sampling": self.plan.sampling,
            "minimum": _minimum(self.plan.minimum),
            "below_minimum": overall.below,
        }
        document.update(cast(Any, self.further))  # mypy would have every key named that may be there
        return document


def _effective(n: int, design_effect: float | None) -> float | None:
    return n / design_effect if design_effect else None


def _minimum(minimum: Minimum | None) -> MinimumDocument | None:
    if minimum is None:
        return None
    whole = minimum.of_whole()
    return {
        "answers": minimum.answers,
        "sites": minimum.sites,
        "df": minimum.df,
        "supplement": minimum.supplement,
        "whole": {"answers": whole.answers, "sites": whole.sites, "df": whole.df},
    }


def _figure(figure: Figure | None, plan: Plan) -> FigureDocument:
    interval = figure.interval if figure else None
    return {
        "estimate": figure.estimate if figure else None,
        "se": figure.se if figure else None,
        "lower": interval.lower if interval else None,
        "upper": interval.upper if interval else None,
        "interval": interval.method if interval else None,
        "confidence": float(plan.interval.confidence),
    }


def _row(row: DomainEstimate) -> DomainRow:
    share = row.satisfied
    interval, answered = share.interval if share else None, row.missing.as_dict()
    return {
        "level": row.level,
        "n": row.n,
        "responses": answered["responses"],
        "missing": answered["missing"],
        "bounds": answered["bounds"],
        "index_bounds": answered["index_bounds"],
        "estimate": share.estimate if share else None,
        "se": share.se if share else None,
        "lower": interval.lower if interval else None,
        "upper": interval.upper if interval else None,
        "df": row.df,
        "design_effect": share.design_effect if share else None,
        "effective_n": _effective(row.n, share.design_effect) if share else None,
        "index": row.index.estimate if row.index else None,
        "index_se": row.index.se if row.index else None,
        "silent_bounds": row.silent_bounds,
        "tipping": row.tipping,
        "decision": row.decision,
        "ranks": row.ranks,
        "below_minimum": row.below,
        "warnings": [notice.text for notice in row.notices],
        "notices": [notice.as_dict() for notice in row.notices],
    }
