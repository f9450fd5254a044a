"""The satisfaction figure as its indicator takes it: a number and its uncertainty. Lines and points are the rulebook's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.decision import LEAST_DF, outcome_probabilities
from analysis.zones import Zones
from definitions.names import key
from wording import Message, Refusal


class SatisfactionError(Refusal):
    """An estimate that does not hold what the scorecard needs."""


@dataclass(frozen=True)
class Satisfaction:
    """`figure` in [0, 1], compared unrounded. se (0: exact), df, n: its uncertainty, None where not known.

    >>> from analysis import load_rulebook
    >>> found = Satisfaction.from_figure(0.67, se=0.013, df=98)
    >>> round(found.probability(load_rulebook("jining-2023-municipal").zones)["none"], 3)
    0.01
    """

    figure: float
    se: float | None = None
    df: float | None = None
    n: int | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.figure <= 1:
            raise SatisfactionError("rulebooks.satisfaction_fraction_one_not", figure=self.figure)

    def probability(self, zones: Zones) -> dict[str, float] | None:
        """How likely each zone is, by its key; None where the uncertainty is not known."""
        if self.se is None or self.df is None:
            return None
        return outcome_probabilities(self.figure, self.se, self.df, zones, self.n)

    @classmethod
    def from_figure(cls, share: float, se: float | None = None, df: float | None = None) -> Satisfaction:
        """From a share; without a standard error it is taken as exact."""
        if se is not None and (se < 0 or (df is not None and df < 1)):
            raise SatisfactionError("rulebooks.standard_error_cannot_negative")
        return cls(share, se or 0.0, df if df is not None else 1e6)

    @classmethod
    def from_estimate(cls, estimate: Mapping[str, Any], area: tuple[str, str] | None = None) -> Satisfaction:
        """From the document of `minyi estimate --json`; `area` (variable, level) takes that domain's figure."""
        index = estimate.get("measure", {}).get("official") == "index"
        if area is None:
            whole = estimate.get("index" if index else "satisfied") or {}
            return cls._of(estimate, whole.get("estimate"), whole.get("se"), index, "")
        variable, level = area
        domains = estimate.get("domains", {})
        if variable not in domains:
            raise SatisfactionError("rulebooks.no_domain", variable=variable, known=list(domains) or "-")
        row = next((row for row in domains[variable] if key(str(row["level"])) == key(level)), None)
        if row is None:
            levels = [str(row["level"]) for row in domains[variable]]
            raise SatisfactionError("rulebooks.domain_no_level", variable=variable, level=level, levels=levels)
        figure, se = (row.get("index"), row.get("index_se")) if index else (row.get("estimate"), row.get("se"))
        return cls._of(row, figure, se, index, level)

    @classmethod
    def _of(
        cls, place: Mapping[str, Any], figure: float | None, se: float | None, index: bool, label: str
    ) -> Satisfaction:
        """The whole or a domain row. Where the document states no probability, the uncertainty is unknown here too."""
        decision, df, scale = place.get("decision"), place.get("df"), 100 if index else 1
        if decision and "figure" in decision:
            figure, stated = decision["figure"], decision.get("probability") is not None
        elif figure is not None:
            figure, stated = figure / scale, df is not None and df >= LEAST_DF
        else:
            said = Message("rulebooks.no_figure_for", label=label) if label else Message("rulebooks.no_figure")
            raise SatisfactionError(said)
        if not stated or se is None or df is None:
            return cls(float(figure), label=label)
        return cls(float(figure), se / scale, df, place.get("n"), label)
