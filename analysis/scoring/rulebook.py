"""Rulebooks: every indicator of a rating document as data, with its requirements, points and citation."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict

from analysis.scoring.conditions import SIGNS, Condition, Requirement, parse_requirement, render
from analysis.zones import Zone, Zones
from definitions.names import key
from wording import Refusal

_STRICT = ConfigDict(extra="forbid")
Points = int | Decimal
UNITS = {"share": "比例(0–1)", "yes_no": "是/否", "count": "个", "number": ""}


def _readable(source: Any) -> Any:
    """Refuse an unreadable requirement where it stands."""
    parse_requirement(source)
    return source


@dataclass(frozen=True)
class Metric:
    """One value an area supplies. kind share: a fraction of one; ratio_of: names of numerator and denominator.

    part_of_whole: the numerator is part of the denominator, so the share cannot pass 1. formula is None where
    the document gives none. plausible: the usual range, both ends in it; a value outside is asked for its reason.
    """

    key: str
    name: str
    kind: Literal["share", "count", "number", "yes_no"]
    unit: str = ""
    ratio_of: tuple[str, str] | None = None
    part_of_whole: bool = True
    formula: str | None = None
    plausible: tuple[Points, Points] | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.plausible is not None and not self.plausible[0] < self.plausible[1]:
            raise ValueError(f"plausible is [low, high], not {list(self.plausible)}")
        if self.plausible is not None and self.kind == "yes_no":
            raise ValueError("yes or no has no plausible range")


@dataclass(frozen=True)
class Tier:
    """What a star level asks of one indicator, and its points."""

    stars: Literal[3, 4, 5]
    points: Points
    require: Annotated[Any, AfterValidator(_readable)]
    requirement: Requirement = field(init=False)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        object.__setattr__(self, "requirement", parse_requirement(self.require))


@dataclass(frozen=True)
class BonusKind:
    """Points for each item of `metric`, up to `cap` (None: only the indicator's own cap)."""

    metric: str
    points_each: Points
    cap: Points | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Deduction:
    """Points taken off; above `void_above`, or when `void_if` holds, the whole scores nothing."""

    metric: str
    void_above: Points
    void_if: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class ZoneRule:
    """Below the line `below` (a share) `points` are taken off, or with `void` the whole scores nothing."""

    below: Decimal
    points: Points | None = None
    void: bool = False

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not 0 < self.below <= 1:
            raise Refusal("rulebooks.line_share_above_most", below=self.below)
        if self.void is (self.points is not None):
            raise Refusal("rulebooks.zone_either_takes_points")
        if self.points is not None and self.points >= 0:
            raise Refusal("rulebooks.points_taken_off_so", points=self.points)


@dataclass(frozen=True)
class SatisfactionRule:
    """What satisfaction costs: any number of `zones`, or in short the usual two lines.

    In short: below `deduct_below` `points` are taken off, below `void_below` the whole scores nothing.
    """

    deduct_below: Decimal | None = None
    points: Points | None = None
    void_below: Decimal | None = None
    zones: tuple[ZoneRule, ...] = ()

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        short = (self.deduct_below, self.points, self.void_below)
        if self.zones and short != (None, None, None):
            raise Refusal("rulebooks.write_either_zones_or")
        if (self.deduct_below is None) is not (self.points is None):
            raise Refusal("rulebooks.deduct_below_points_belong")
        lines = self.written()
        if not lines:
            raise Refusal("rulebooks.no_zone_written_give")
        for above, below in pairwise(lines):
            if above.below == below.below:
                raise Refusal("rulebooks.two_zones_end", above_below=above.below)
            if above.void or (not below.void and Decimal(below.points or 0) >= Decimal(above.points or 0)):
                raise Refusal("rulebooks.lower_figure_must_cost", below=below.below)

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
        found = [Zone("none", None, Decimal(0))]
        for place, zone in enumerate(self.written(), start=1):
            key = "veto" if zone.void else "deduct" if deducting == 1 else f"deduct_{place}"
            found.append(Zone(key, float(zone.below), None if zone.void else Decimal(zone.points or 0)))
        return Zones(tuple(found), rulebook, digest)


@dataclass(frozen=True)
class Indicator:
    """One row of the annex."""

    number: int
    path: tuple[str, ...]
    name: str
    kind: Literal["tiered", "deduction", "bonus", "satisfaction"] = "tiered"
    lead: tuple[str, ...] = ()
    scope: str = ""
    note: str = ""
    citation: str = ""
    metrics: tuple[Metric, ...] = ()
    tiers: tuple[Tier, ...] = ()
    bonuses: tuple[BonusKind, ...] = ()
    bonus_cap: Points | None = None
    deduction: Deduction | None = None
    satisfaction: SatisfactionRule | None = None

    __pydantic_config__ = _STRICT

    def metric(self, name: str) -> Metric | None:
        """The metric with this key or name."""
        wanted = key(name)
        return next((metric for metric in self.metrics if name == metric.key or wanted == key(metric.name)), None)

    @property
    def max_points(self) -> Decimal:
        if self.kind == "bonus":
            return Decimal(self.bonus_cap or 0)
        return max((Decimal(tier.points) for tier in self.tiers), default=Decimal(0))

    def say(self, condition: Condition) -> str:
        """One condition in words, from the rule."""
        metric = self.metric(condition.metric)
        name = metric.name if metric else condition.metric
        if condition.operator == "yes":
            return name
        unit = "" if condition.written.endswith("%") or not metric else metric.unit
        return f"{name} {SIGNS[condition.operator]} {condition.written}{unit}"

    def words(self, tier: Tier) -> str:
        return render(tier.requirement, self.say)


@dataclass(frozen=True)
class Star:
    """A rating level: total of at least `min_score`, and the declared condition `requires`, if any."""

    name: str
    min_score: Points
    requires: str | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Rulebook:
    """A whole rating document."""

    id: str
    title: str
    source: str
    level: Literal["city", "county"]
    stars: tuple[Star, ...]
    indicators: tuple[Indicator, ...]
    no_star: str = "未达星级"
    declared: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    readings: str = ""  # the digest of how its unclear rows are read; of a packaged one
    alternatives: tuple[str, ...] = ()  # readings of which the alternative holds

    __pydantic_config__ = _STRICT

    def indicator(self, number: int) -> Indicator | None:
        return next((indicator for indicator in self.indicators if indicator.number == number), None)

    @cached_property
    def zones(self) -> Zones:
        """What satisfaction costs; a rulebook without that indicator has one zone that costs nothing."""
        rule = next((row.satisfaction for row in self.indicators if row.satisfaction is not None), None)
        if rule is None:
            return Zones((Zone("none", None, Decimal(0)),), self.id, self.digest)
        return rule.as_zones(self.id, self.digest)

    def as_dict(self) -> dict[str, object]:
        """The JSON document of `minyi rulebook show --json`."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "level": self.level,
            "digest": self.digest,
            "readings": self.readings,
            "stars": [{"name": star.name, "min_score": _number(star.min_score)} for star in self.stars],
            "indicators": [_indicator(indicator) for indicator in self.indicators],
        }


def _indicator(indicator: Indicator) -> dict[str, object]:
    return {
        "number": indicator.number,
        "path": list(indicator.path),
        "name": indicator.name,
        "kind": indicator.kind,
        "lead": list(indicator.lead),
        "scope": indicator.scope,
        "note": indicator.note,
        "citation": indicator.citation,
        "max_points": _number(indicator.max_points),
        "metrics": [
            {
                "key": metric.key,
                "name": metric.name,
                "unit": metric.unit or UNITS[metric.kind],
                "kind": metric.kind,
                "ratio_of": list(metric.ratio_of) if metric.ratio_of else None,
                "formula": metric.formula,
                "plausible": [_number(end) for end in metric.plausible] if metric.plausible else None,
            }
            for metric in indicator.metrics
        ],
        "tiers": [
            {"stars": tier.stars, "points": _number(tier.points), "requirement": indicator.words(tier)}
            for tier in indicator.tiers
        ],
    }


def _number(value: Points) -> int | float:
    return int(value) if value == int(value) else float(value)
