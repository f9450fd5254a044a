"""The satisfaction figure as the last indicator takes it: a number, and how likely each outcome is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analysis.decision import ROUNDING, official_outcome, outcome_probabilities


class SatisfactionError(ValueError):
    """An estimate that does not hold what the scorecard needs."""


@dataclass(frozen=True)
class Satisfaction:
    """`figure` in [0, 1], compared unrounded; `probability` of none, deduct and veto, None where not known."""

    figure: float
    probability: Mapping[str, float] | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.figure <= 1:
            raise SatisfactionError(f"satisfaction is a fraction of one, not {self.figure}")

    def below(self, threshold: Decimal) -> bool:
        """Strictly below; a figure within the rounding of a weighted sum of the threshold is at it."""
        return self.figure < float(threshold) - ROUNDING

    @classmethod
    def from_figure(cls, share: float, se: float | None = None, df: float | None = None) -> Satisfaction:
        """From a share, and its probabilities where a standard error and degrees of freedom are given."""
        if se is None:  # taken as exact
            return cls(share, {name: float(name == official_outcome(share)) for name in ("none", "deduct", "veto")})
        if se < 0 or (df is not None and df < 1):
            raise SatisfactionError("the standard error cannot be negative, nor the degrees of freedom below 1")
        return cls(share, outcome_probabilities(share, se, df if df is not None else 1e6))

    @classmethod
    def from_estimate(cls, estimate: Mapping[str, Any], area: tuple[str, str] | None = None) -> Satisfaction:
        """From the document of `minyi estimate --json`; `area` (variable, level) takes that domain's decision."""
        if area is None:
            return cls._from_decision(estimate.get("decision"), "")
        variable, level = area
        domains = estimate.get("domains", {})
        if variable not in domains:
            raise SatisfactionError(f"the estimate has no domain '{variable}'; it has: {', '.join(domains) or 'none'}")
        row = next((row for row in domains[variable] if row["level"] == level), None)
        if row is None:
            levels = ", ".join(str(row["level"]) for row in domains[variable])
            raise SatisfactionError(f"the domain '{variable}' has no level '{level}'; it has: {levels}")
        return cls._from_decision(row.get("decision"), level)

    @classmethod
    def _from_decision(cls, decision: Mapping[str, Any] | None, label: str) -> Satisfaction:
        if not decision or "figure" not in decision:
            raise SatisfactionError(f"the estimate holds no decision{f' for {label}' if label else ''}")
        return cls(float(decision["figure"]), decision.get("probability"), label)
