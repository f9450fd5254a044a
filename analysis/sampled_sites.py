"""What a plan says of base weights that follow what happened: the sites drawn, and the rule of their classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict

from wording import Message, Refusal

Number = int | Decimal
_STRICT = ConfigDict(extra="forbid")
Basis = Literal["listed", "margin", "assumed", "residents", "typed"]


@dataclass(frozen=True)
class SampledSite:
    """One drawn site, whether anybody answered there or not.

    probability: of the site, in (0, 1]. eligible: its people of the population of interest (or its households,
    where the plan names a column of adults). drawn: how many of them were drawn; none given: whoever came had the
    same chance. weight, take: a base weight typed by hand in place of probability and eligible, and the number of
    interviews that it assumes. basis: where `eligible` comes from. planned: `drawn` is a take that was aimed at, and
    who did not answer is not known. line: in the file it was read from.
    """

    site: str
    stratum: str = ""
    probability: Number | float | None = None
    eligible: Number | float | None = None
    drawn: Number | float | None = None
    weight: Number | float | None = None
    take: Number | float | None = None
    basis: Basis = "listed"
    planned: bool = False
    line: int | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.weight is not None:
            if self.weight <= 0 or self.take is None or self.take <= 0:
                raise Refusal("estimates.typed_weight_lacks_take", site=self.named)
            return
        if self.probability is None or not 0 < self.probability <= 1:
            raise Refusal("estimates.site_probability", site=self.named)
        if self.eligible is None or self.eligible <= 0:
            raise Refusal("estimates.site_without_people", site=self.named)
        if self.drawn is not None and not 0 < self.drawn <= self.eligible:
            raise Refusal(
                "estimates.site_overdrawn", site=self.named, eligible=float(self.eligible), drawn=float(self.drawn)
            )

    @property
    def named(self) -> Message:
        if self.line is None:
            return Message("estimates.site", site=self.site)
        return Message("estimates.site_of_line", site=self.site, line=self.line)

    @property
    def cases(self) -> float:
        """Persons drawn: those invited, all where nobody was drawn apart, or the take that a typed weight assumes."""
        if self.weight is not None:
            return float(self.take or 0)
        return float(self.eligible or 0) if self.drawn is None else float(self.drawn)

    @property
    def persons_known(self) -> bool:
        """Whether it is known how many persons were drawn, so that those who answered have a rate."""
        return self.weight is None and self.drawn is not None and not self.planned

    @property
    def design_weight(self) -> float:
        """d = 1 / (probability of the site x probability of a person within it as drawn)."""
        if self.weight is not None:
            return float(self.weight)
        return float(self.eligible or 0) / (float(self.probability or 0) * self.cases)

    @property
    def size(self) -> float:
        """Its eligible persons; under a typed weight, whom the site stands for."""
        return self.people if self.weight is not None else float(self.eligible or 0)

    @property
    def people(self) -> float:
        """Whom the site stands for: its eligible persons over its probability."""
        return self.design_weight * self.cases


@dataclass(frozen=True)
class LargestShare:
    """Shares in (0, 1] of the weight; a PSU with more of its stratum, or of all, is named in a warning."""

    stratum: Number = Decimal("0.3")
    result: Number = Decimal("0.1")

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not (0 < self.stratum <= 1 and 0 < self.result <= 1):
            raise Refusal("plans.largest_share_lies_above")


@dataclass(frozen=True)
class SiteWeights:
    """How base weights are made of the sites drawn, at the moment a run is made.

    sites: rows, or the name of a CSV file with their columns; none given: the weights stand in the file of answers.
    column: that of the answers which names the site, where it is not the design's psu. classes: one for each site,
    where it has at least `fewest` answers, or one for each stratum. order: in which sites with fewer are put together
    inside their stratum, from the smallest by eligible persons or as listed. largest_factor: of a class, times the median one.
    adults: the column of eligible persons in the household, where households were drawn. respondents: who counts as
    having answered, those who answered the question that is measured, or all. eligible_share: assumed share of the
    population of interest among residents. stops_when_full: a site hands out no more forms at its target.
    """

    sites: str | tuple[SampledSite, ...] = ()
    column: str | None = None
    classes: Literal["site", "stratum"] = "site"
    fewest: int = 10
    order: Literal["size", "listed"] = "size"
    largest_factor: Number = 5
    adults: str | None = None
    respondents: Literal["answered", "all"] = "answered"
    eligible_share: Number | None = None
    stops_when_full: bool = False
    largest_share: LargestShare = field(default_factory=LargestShare)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.fewest < 1:
            raise Refusal("plans.fewest_least")
        if self.largest_factor <= 1:
            raise Refusal("plans.largest_factor_must_above")
        if self.eligible_share is not None and not 0 < self.eligible_share <= 1:
            raise Refusal("plans.eligible_share_lies_above")
        labels = [(row.stratum, row.site) for row in self.sites if not isinstance(row, str)]
        if len(set(labels)) < len(labels):
            twice = next(label for label in labels if labels.count(label) > 1)
            raise Refusal("plans.site_stands_twice_among", twice=twice[1])

    @property
    def rows(self) -> tuple[SampledSite, ...]:
        """The sites drawn. Raises ValueError while they are a file's name."""
        if isinstance(self.sites, str):
            raise Refusal("plans.sites_file_which_not", sites=self.sites)
        return self.sites


def eligible_of(
    eligible: float | None, residents: float | None, by_margin: float | None, assumed: float | None
) -> tuple[float | None, Basis]:
    """How many of a site's people belong to the population of interest, and where that comes from.

    eligible: as the file says. by_margin, assumed: their share among residents, of the area by the plan's margins or as
    the plan assumes; without either all residents count.

    >>> eligible_of(None, 1000, None, 0.8), eligible_of(900, 1000, 0.7, 0.8)
    ((800.0, 'assumed'), (900, 'listed'))
    """
    if eligible is not None or residents is None:
        return eligible, "listed"
    if by_margin is not None:
        return residents * by_margin, "margin"
    return (residents * assumed, "assumed") if assumed is not None else (residents, "residents")
