"""The satisfaction figure as its indicator takes it: a number and its uncertainty. Lines and points are the rulebook's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.decision import outcome_probabilities
from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from analysis.few_sites import LEAST_DF
from analysis.intervals import logit
from analysis.verdict import Stated, stated
from analysis.zones import Zones
from definitions.names import key
from wording import Message, Refusal


def below_minimum(estimate: EstimateDocument, area: tuple[str, str] | None = None) -> bool:
    """Whether the plan of an estimate's document leaves the whole, or this level of a domain, without a figure."""
    place: EstimateDocument | DomainRow | None = estimate if area is None else _row_of(estimate, *area)
    return bool(place and place.get("below_minimum"))


def _row_of(estimate: EstimateDocument, variable: str, level: str) -> DomainRow | None:
    rows = estimate.get("domains", {}).get(variable, ())
    return next((row for row in rows if key(str(row["level"])) == key(level)), None)


class SatisfactionError(Refusal):
    """An estimate that does not hold what the scorecard needs."""


@dataclass(frozen=True)
class Satisfaction:
    """`figure` in [0, 1], compared unrounded. se (0: exact), df, n: its uncertainty, None where not known.

    told: what its estimate states of its error, also where that carries no probability.

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
    told: Stated | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.figure <= 1:
            raise SatisfactionError("rulebooks.satisfaction_fraction_one_not", figure=self.figure)

    def probability(self, zones: Zones) -> dict[str, float] | None:
        """How likely each zone is, by its key; None where the uncertainty is not known."""
        if self.se is None or self.df is None:
            return None
        return outcome_probabilities(self.figure, self.se, self.df, zones, self.n)

    def as_told(self, zones: Zones) -> Stated:
        """For the verdict: its interval, and the probabilities of `zones` where they may be stated."""
        told = self.told or Stated(self.figure)
        return replace(told, figure=self.figure, probability=self.probability(zones) if self.told else None)

    @classmethod
    def from_figure(cls, share: float, se: float | None = None, df: float | None = None) -> Satisfaction:
        """From a share; without a standard error it is taken as exact."""
        if se is not None and (se < 0 or (df is not None and df < 1)):
            raise SatisfactionError("rulebooks.standard_error_cannot_negative")
        known = df if df is not None else 1e6
        told = None
        if se and 0 < share < 1:
            limits = logit(share, se, known, 0)
            told = Stated(share, limits.lower, limits.upper, df=known)
        return cls(share, se or 0.0, known, told=told)

    @classmethod
    def from_estimate(cls, estimate: EstimateDocument, area: tuple[str, str] | None = None) -> Satisfaction | None:
        """From the document of `minyi estimate --json`; `area` (variable, level) takes that domain's figure.

        None, that is unknown, where it is below the plan's minimum: no other figure stands in.
        """
        index = estimate.get("measure", {}).get("official") == "index"
        if area is None:
            whole = estimate.get("index") if index else estimate.get("satisfied")
            known = (whole.get("estimate"), whole.get("se")) if whole else (None, None)
            return cls._of(estimate, None, *known, index, "")
        variable, level = area
        domains = estimate.get("domains", {})
        if variable not in domains:
            raise SatisfactionError("rulebooks.no_domain", variable=variable, known=list(domains) or "-")
        row = _row_of(estimate, variable, level)
        if row is None:
            levels = [str(row["level"]) for row in domains[variable]]
            raise SatisfactionError("rulebooks.domain_no_level", variable=variable, level=level, levels=levels)
        figure, se = (row.get("index"), row.get("index_se")) if index else (row.get("estimate"), row.get("se"))
        return cls._of(estimate, row, figure, se, index, level)

    @classmethod
    def _of(
        cls, estimate: EstimateDocument, row: DomainRow | None, figure: float | None, se: float | None,
        index: bool, label: str,
    ) -> Satisfaction | None:  # fmt: skip
        """The whole or a domain row. Where the document states no probability, the uncertainty is unknown here too."""
        place: EstimateDocument | DomainRow = estimate if row is None else row
        if place.get("below_minimum"):
            return None
        decision, df, scale = place.get("decision"), place.get("df"), 100 if index else 1
        told = stated(estimate, row)
        if decision and "figure" in decision:
            figure, known = decision["figure"], decision.get("probability") is not None
        elif figure is not None:
            figure, known = figure / scale, df is not None and df >= LEAST_DF
        else:
            said = Message("rulebooks.no_figure_for", label=label) if label else Message("rulebooks.no_figure")
            raise SatisfactionError(said)
        if not known or se is None or df is None:
            return cls(float(figure), label=label, told=told)
        error = decision.get("probability_error") if decision else None
        if error:
            return cls(float(figure), error["se"], error["df"], error["n"], label, told)
        return cls(float(figure), se / scale, df, place.get("n"), label, told)
