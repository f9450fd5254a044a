"""What a plan says of how its sites are drawn, and of the variance that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict

from wording import Refusal

Number = int | Decimal
Method = Literal["systematic", "sampford", "pivotal"]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class DrawRule:
    """systematic: in the order of the frame, so that many pairs cannot come together, and the variance counts as if
    drawn with replacement. sampford: every pair is possible. pivotal: spread over the land. The last two know
    certain sites and finite populations.

    wave, rotate: each wave after the first replaces about this share of the sites, by permanent random numbers.
    reserves: sites of each stratum that stand in order for drawn ones that turn out not to exist or to be shut to
    any survey, never for one that answers badly; a certain site stands for itself alone and is not replaced.
    """

    method: Method = "systematic"
    seed: int = 1
    wave: int = 1
    rotate: Number | float = 0
    reserves: int = 0

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.wave < 1 or not 0 <= self.rotate < 1 or min(self.seed, self.reserves) < 0:
            raise Refusal("plans.wave_rotate_reserves")
        if self.method != "sampford" and (self.wave > 1 or self.rotate):
            raise Refusal("plans.rotation_needs_sampford")

    @property
    def finite(self) -> bool:
        """Whether the variance knows that sites are drawn without replacement."""
        return self.method != "systematic"


@dataclass(frozen=True)
class PlannedDraw(DrawRule):
    """The draw that a plan was made for. take: answers a site is to bring. invited: persons asked there, as many where
    none are given. sites: how many of each stratum."""

    take: int = 20
    invited: int | None = None
    sites: dict[str, int] = field(default_factory=dict)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.sites or min(self.sites.values()) < 1 or self.take < 1 or self.asked < self.take:
            raise Refusal("plans.draw_of_sites")

    @property
    def asked(self) -> int:
        """Persons asked at each site."""
        return self.take if self.invited is None else self.invited


@dataclass(frozen=True)
class JointProbability:
    """The chance that both sites of a pair are drawn. line: in the file it was read from."""

    site: str
    other: str
    probability: Number | float
    stratum: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class WithoutReplacement:
    """Sites drawn without replacement with unequal probabilities, which the variance uses.

    probability: the column of the answers with that of their site, or a list by site; none: that of the sites drawn
    (`weights.sites`), which the design's psu then names.
    joint: rows, or a CSV file with columns site, other, probability and the stratum, of every pair of sites drawn:
    Sen, Yates and Grundy's variance. Without them Brewer's approximation.
    """

    probability: str | dict[str | int, Number] | None = None
    joint: str | tuple[JointProbability, ...] = ()

    __pydantic_config__ = _STRICT
