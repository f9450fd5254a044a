"""What a rule says, as a rulebook writes it: tiers, a line, cases, vetoes, satisfaction. What is done with each stands in `kinds/`.

Every rule knows the most points it gives, the steps it can be climbed by, and the metrics it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from analysis.scoring.conditions import Requirement, amount, conditions_of, parse_requirement, points_of
from analysis.zones import Zone, Zones
from definitions import KeyPath
from wording import Message, Refusal, Text

SATISFACTION = "satisfaction"
STRICT = ConfigDict(extra="forbid")
Points = Annotated[int | Decimal, BeforeValidator(points_of)]
Amount = Annotated[Decimal, BeforeValidator(amount)]


def _readable(source: Any) -> Any:
    """Refuse an unreadable requirement where it stands."""
    parse_requirement(source)
    return source


Required = Annotated[Any, AfterValidator(_readable)]
Asked = tuple[KeyPath, str]  # where in the rule, and the key of the metric


@dataclass(frozen=True)
class Tier:
    """One step of an indicator: its points and what it asks. stars: its place from below, where it has a name instead."""

    points: Points
    require: Required
    stars: Annotated[int, Field(ge=1)] | None = None
    name: str = ""
    requirement: Requirement = field(init=False)

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.stars is None and not self.name:
            raise Refusal("rulebooks.tier_stars_or_name")
        object.__setattr__(self, "requirement", parse_requirement(self.require))

    @property
    def said(self) -> Text:
        """What it is called."""
        return self.name or Message("lines.stars", n=self.level)

    @property
    def level(self) -> int:
        assert self.stars is not None  # the indicator has numbered those with a name
        return self.stars


@dataclass(frozen=True)
class Tiers:
    """Steps: the highest that is met gives its points."""

    steps: tuple[Tier, ...]

    @property
    def highest(self) -> Decimal:
        return max((Decimal(tier.points) for tier in self.steps), default=Decimal(0))

    def asks(self) -> Iterator[Asked]:
        for place, tier in enumerate(self.steps):
            yield from ((("tiers", place, "require"), one.metric) for one in conditions_of(tier.requirement))


@dataclass(frozen=True)
class Line:
    """Points by one metric: straight between the `points` given as [value, points], level outside them.

    Points rise or fall all the way, and are rounded half up to `decimals`.
    """

    metric: str
    points: tuple[tuple[Amount, Amount], ...]
    decimals: Annotated[int, Field(ge=0, le=10)] = 4

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if len(self.points) < 2 or any(left[0] >= right[0] for left, right in pairwise(self.points)):
            raise Refusal("rulebooks.line_values_rise")
        earned = [points for _, points in self.points]
        if earned[0] == earned[-1] or earned not in (sorted(earned), sorted(earned, reverse=True)):
            raise Refusal("rulebooks.line_one_way")

    @property
    def highest(self) -> Decimal:
        return max(points for _, points in self.points)

    @property
    def lowest(self) -> Decimal:
        return min(points for _, points in self.points)

    @property
    def rises(self) -> bool:
        return self.points[-1][1] > self.points[0][1]

    def steps(self, percent: bool) -> tuple[Tier, ...]:
        """Its corners as tiers, the least points first; between them every value counts."""
        corners = self.points if self.rises else self.points[::-1]
        climbing = [now for before, now in pairwise(corners) if now[1] > before[1]]
        return tuple(self.step(*corner, place, percent) for place, corner in enumerate(climbing, start=1))

    def step(self, value: Decimal, points: Decimal, stars: int, percent: bool) -> Tier:
        """The tier that asks for `value`; percent: as a percentage."""
        written = f"{(value * 100).normalize():f}%" if percent else f"{value.normalize():f}"
        return Tier(points, f"{self.metric} {'>=' if self.rises else '<='} {written}", stars, written)

    def at(self, value: Fraction | Decimal) -> Decimal:
        return self._between(Fraction(value), [(Fraction(x), Fraction(y)) for x, y in self.points])

    def value_for(self, points: Decimal) -> Decimal:
        """The value at which the line gives these points."""
        corners = [(Fraction(y), Fraction(x)) for x, y in self.points]
        return self._between(Fraction(points), corners if self.rises else corners[::-1], 12)

    def _between(self, at: Fraction, corners: list[tuple[Fraction, Fraction]], decimals: int | None = None) -> Decimal:
        inside = min(max(at, corners[0][0]), corners[-1][0])
        left, right = next(pair for pair in pairwise(corners) if inside <= pair[1][0] and pair[0][0] < pair[1][0])
        found = left[1] + (right[1] - left[1]) * (inside - left[0]) / (right[0] - left[0])
        cut = Decimal(1).scaleb(-(self.decimals if decimals is None else decimals))
        return (Decimal(found.numerator) / Decimal(found.denominator)).quantize(cut, ROUND_HALF_UP)

    def asks(self) -> Iterator[Asked]:
        yield ("line", "metric"), self.metric


@dataclass(frozen=True)
class Case:
    """Points for each one of `metric`, negative where they are taken off; no more than `cap` of them, without its sign."""

    metric: str
    points_each: Points
    cap: Annotated[Decimal, Field(gt=0)] | None = None

    __pydantic_config__ = STRICT

    def earned(self, number: Decimal) -> Decimal:
        whole = Decimal(self.points_each) * number
        return whole if self.cap is None else min(max(whole, -self.cap), self.cap)


@dataclass(frozen=True)
class Cases:
    """`start`, and points for each case, together no more than `most` and no less than `least`."""

    each: tuple[Case, ...]
    start: Points = 0
    most: Points | None = None  # None: start
    least: Points | None = None  # None: no limit

    __pydantic_config__ = STRICT
    steps: ClassVar[tuple[Tier, ...]] = ()

    def __post_init__(self) -> None:
        if self.most is None and any(case.points_each > 0 for case in self.each):
            raise Refusal("rulebooks.cases_most")
        if self.most is not None and self.most < self.start:
            raise Refusal("rulebooks.cases_start")
        if self.least is not None and self.least > (self.start if self.most is None else self.most):
            raise Refusal("rulebooks.cases_least")

    def total(self, earned: Decimal) -> Decimal:
        """Within `most` and `least`."""
        points = Decimal(self.start) + earned
        points = points if self.most is None else min(points, Decimal(self.most))
        return points if self.least is None else max(points, Decimal(self.least))

    @property
    def highest(self) -> Decimal:
        return Decimal(self.start if self.most is None else self.most)

    def asks(self) -> Iterator[Asked]:
        yield from ((("cases", "each", place, "metric"), case.metric) for place, case in enumerate(self.each))


@dataclass(frozen=True)
class Deduction:
    """In short for `cases` that take off each point of `metric`, with the vetoes 'above `void_above`' and `void_if` (voids False:
    they void nothing)."""

    metric: str
    void_above: Points
    void_if: Annotated[str, AfterValidator(_readable)]
    voids: bool = True

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.void_above < 0:
            raise Refusal("rulebooks.veto_always")


@dataclass(frozen=True)
class ZoneRule:
    """Below the line `below` (a share) `points` are taken off, or with `void` the whole scores nothing."""

    below: Decimal
    points: Points | None = None
    void: bool = False

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not 0 < self.below <= 1:
            raise Refusal("rulebooks.line_share_above_most", below=self.below)
        if self.void is (self.points is not None):
            raise Refusal("rulebooks.zone_either_takes_points")


@dataclass(frozen=True)
class Survey:
    """One of several surveys with its weight: the estimate itself, or a metric with that of its standard error (and df)."""

    name: str
    weight: Annotated[Decimal, Field(gt=0)]
    of: str = ""
    se: str = ""
    df: str = ""

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if bool(self.of) is not bool(self.se) or (self.df and not self.of):
            raise Refusal("rulebooks.survey_with_error")


@dataclass(frozen=True)
class SatisfactionRule:
    """What satisfaction costs or earns: any number of `zones` below `full` points, a `line` of [figure, points], or in short
    the usual two lines: below `deduct_below` `points` are taken off, below `void_below` the whole scores nothing.

    average: the surveys that the figure is the weighted mean of.
    """

    deduct_below: Decimal | None = None
    points: Points | None = None
    void_below: Decimal | None = None
    zones: tuple[ZoneRule, ...] = ()
    full: Points = 0
    line: tuple[tuple[Amount, Amount], ...] = ()
    average: tuple[Survey, ...] = ()

    __pydantic_config__ = STRICT
    steps: ClassVar[tuple[Tier, ...]] = ()

    def __post_init__(self) -> None:
        short = (self.deduct_below, self.points, self.void_below)
        if self.zones and short != (None, None, None):
            raise Refusal("rulebooks.write_either_zones_or")
        if (self.deduct_below is None) is not (self.points is None):
            raise Refusal("rulebooks.deduct_below_points_belong")
        if self.average and (
            sum(one.weight for one in self.average) not in (1, 100) or sum(not one.of for one in self.average) != 1
        ):
            raise Refusal("rulebooks.survey_weights")
        if self.line and (self.full or self.points is not None or any(not zone.void for zone in self.zones)):
            raise Refusal("rulebooks.line_or_zones")
        if self.line and not (self.line[0][0] >= 0 and self.line[-1][0] <= 1 and self.line[0][1] < self.line[-1][1]):
            raise Refusal("rulebooks.line_of_satisfaction")
        lines = self.written()
        if self.line and Line(SATISFACTION, self.line).rises and lines[1:] == ():
            return
        if self.line or not lines:
            raise Refusal("rulebooks.no_zone_written_give")
        top = lines[0].points
        if top is not None and top >= self.full:
            said = Refusal("rulebooks.points_taken_off_so", points=top)
            raise said if not self.full else Refusal("rulebooks.lower_figure_must_cost", below=lines[0].below)
        for above, below in pairwise(lines):
            if above.below == below.below:
                raise Refusal("rulebooks.two_zones_end", above_below=above.below)
            if above.void or (not below.void and Decimal(below.points or 0) >= Decimal(above.points or 0)):
                raise Refusal("rulebooks.lower_figure_must_cost", below=below.below)

    @property
    def highest(self) -> Decimal:
        return Line(SATISFACTION, self.line).highest if self.line else Decimal(self.full)

    @property
    def lowest(self) -> Decimal:
        """The least that is given without voiding the whole."""
        costs = [Decimal(zone.points) for zone in self.written() if zone.points is not None]
        return Line(SATISFACTION, self.line).lowest if self.line else min(costs, default=self.highest)

    def at(self, figure: float) -> Decimal | None:
        """The points of a figure in [0, 1], None where the whole scores nothing."""
        found = self.as_zones().of(figure).points
        return found if found is None or not self.line else Line(SATISFACTION, self.line).at(Decimal(repr(figure)))

    def cut(self, lines: Iterable[Decimal]) -> Zones:
        """The zones; of a line the stretches between the figures where it gives these points, by their lower ends."""
        zones, line = self.as_zones(), Line(SATISFACTION, self.line) if self.line else None
        if line is None:
            return zones
        ends = sorted({(line.value_for(points), points) for points in lines if line.lowest < points <= line.highest})
        void = zones.lines[0] if zones.lines else 0.0
        kept = [(float(at), points) for at, points in ends if at > void]
        lowest = line.at(Decimal(repr(void)))
        found = [Zone("line_0", kept[0][0] if kept else None, lowest)]
        for place, (_, points) in enumerate(kept, start=1):
            found.append(Zone(f"line_{place}", kept[place][0] if place < len(kept) else None, points))
        return Zones((*reversed(found), *(zone for zone in zones.zones if zone.void)))

    def asks(self) -> Iterator[Asked]:
        for place, one in enumerate(self.average):
            yield from ((("satisfaction", "average", place), key) for key in (one.of, one.se, one.df) if key)

    def written(self) -> tuple[ZoneRule, ...]:
        """The zones with a line, from the highest to the lowest."""
        zones = list(self.zones)
        if self.deduct_below is not None:
            zones.append(ZoneRule(self.deduct_below, self.points))
        if self.void_below is not None:
            zones.append(ZoneRule(self.void_below, void=True))
        return tuple(sorted(zones, key=lambda zone: -zone.below))

    def as_zones(self, rulebook: str = "", digest: str = "") -> Zones:
        """As the estimate and the scorecard read them: 'none' on top, 'veto' where void, 'deduct' (numbered) between."""
        deducting = sum(not zone.void for zone in self.written())
        found = [Zone("none", None, Decimal(self.full))]
        for place, zone in enumerate(self.written(), start=1):
            key = "veto" if zone.void else "deduct" if deducting == 1 else f"deduct_{place}"
            found.append(Zone(key, float(zone.below), None if zone.void else Decimal(zone.points or 0)))
        return Zones(tuple(found), rulebook, digest)


@dataclass(frozen=True)
class OfClass:
    """The rule of an indicator for one class of units."""

    tiers: tuple[Tier, ...] = ()
    line: Line | None = None
    cases: Cases | None = None

    __pydantic_config__ = STRICT


Rule = Tiers | Line | Cases | SatisfactionRule
