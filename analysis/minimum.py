"""What a figure must rest on to be one, stated in the plan before fieldwork; below it there is no figure.

Counts decide alone: how many answered, at how many sites, with how many degrees of freedom. What they answered never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

from pydantic import ConfigDict

from analysis.notices import Notice
from wording import Refusal

STRICT = ConfigDict(extra="forbid")
NEAR = 0.05  # a probability to miss the minimum that is worth telling
Supplement = Literal["extension", "sites", "none"]
SUPPLEMENTS: tuple[Supplement, ...] = get_args(Supplement)


class BelowDocument(TypedDict):
    """What a figure rests on, and what it would have to; sites are the rows themselves where these are drawn directly."""

    answers: int
    sites: int
    df: int
    least_answers: int
    least_sites: int
    least_df: int


class LeastDocument(TypedDict):
    answers: int
    sites: int
    df: int


class MinimumDocument(LeastDocument):
    whole: LeastDocument
    supplement: Supplement


@dataclass(frozen=True)
class Least:
    """Answers to the official question, sites that gave one, and degrees of freedom (sites - strata) of one figure."""

    answers: int = 30
    sites: int = 3
    df: int = 3

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if min(self.answers, self.sites, self.df) < 0:
            raise Refusal("plans.minimum_negative")

    def missed(self, answers: int, sites: int, df: int) -> BelowDocument | None:
        """What a figure lacks, None where it may stand.

        >>> Least(30, 3, 3).missed(answers=40, sites=2, df=1)["sites"]
        2
        """
        enough = answers >= self.answers and sites >= self.sites and df >= self.df
        return None if enough else self.stating(answers, sites, df)

    def stating(self, answers: int, sites: int, df: int) -> BelowDocument:
        """What a figure rests on, beside what it has to."""
        return {
            "answers": answers, "sites": sites, "df": df,
            "least_answers": self.answers, "least_sites": self.sites, "least_df": self.df,
        }  # fmt: skip


@dataclass(frozen=True)
class Minimum(Least):
    """Of each level of a domain. whole: of the whole's own figure, the same where it is not stated. supplement: how a
    level below it may come by more answers, by its counts alone."""

    whole: Least | None = None
    supplement: Supplement = "extension"

    def of_whole(self) -> Least:
        return self.whole or Least(self.answers, self.sites, self.df)


def below_notice(below: BelowDocument, whole: bool = False) -> Notice:
    """What a reader must know instead of the figure."""
    return Notice(
        "whole_below_minimum" if whole else "below_minimum",
        {name: size for name, size in below.items() if isinstance(size, int)},
    )


@dataclass(frozen=True)
class Foreseen:
    """What a drawn sample will probably leave a level with. standing: below its minimum, near it, or enough.

    answers: expected; sites, strata: drawn.
    """

    level: str
    answers: float
    sites: int
    strata: int
    least: Least

    @property
    def df(self) -> int:
        return max(self.sites - self.strata, 0)

    @property
    def standing(self) -> Literal["below", "near", "enough"]:
        """near: fewer answers than the minimum come with a probability of 5 % or more (Poisson), or one site that
        stays silent would miss it.

        >>> [Foreseen("A", answers, 4, 1, Least()).standing for answers in (25, 35, 60)]
        ['below', 'near', 'near']
        >>> Foreseen("A", 60, 5, 1, Least()).standing
        'enough'
        """
        if self.least.missed(int(self.answers + 1e-9), self.sites, self.df):
            return "below"
        silent = self.least.missed(self.least.answers, self.sites - 1, self.df - 1)
        from scipy import stats  # half a second, and documents name what stands in this module

        few = stats.poisson.cdf(self.least.answers - 1, self.answers) >= NEAR
        return "near" if silent or few else "enough"
