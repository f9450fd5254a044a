"""Rulebooks: every indicator of a rating document as data, with its requirements, points and citation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from analysis.scoring.conditions import SIGNS, Condition, Requirement, parse_requirement, render
from analysis.scoring.derived import Change, Index, Rank
from analysis.scoring.rules import (
    STRICT,
    Case,
    Cases,
    Deduction,
    Line,
    OfClass,
    Points,
    Required,
    Rule,
    SatisfactionRule,
    Tier,
    Tiers,
)
from analysis.zones import Zone, Zones
from definitions import KeyPath
from definitions.names import key
from wording import Refusal


def _a_key(written: str) -> str:
    """Refuse a key that no requirement could name."""
    if not _KEY.fullmatch(written):
        raise Refusal("rulebooks.metric_key", written=written)
    return written


def _a_name(written: str) -> str:
    """Refuse a name of nothing."""
    if not key(written):
        raise Refusal("rulebooks.name_empty")
    return written


_KEY = re.compile(r"[a-z][a-z0-9_]*")
Name = Annotated[str, AfterValidator(_a_name)]
UNITS = {"share": "比例(0–1)", "yes_no": "是/否", "count": "个", "number": ""}


@dataclass(frozen=True)
class Metric:
    """One value an area supplies. kind share: a fraction of one; ratio_of: names of numerator and denominator.

    part_of_whole: the numerator is part of the denominator, so the share cannot pass 1. formula is None where
    the document gives none. plausible: the usual range, both ends in it; a value outside is asked for its reason.
    """

    key: Annotated[str, AfterValidator(_a_key)]
    name: Name
    kind: Literal["share", "count", "number", "yes_no"]
    unit: str = ""
    ratio_of: tuple[str, str] | None = None
    part_of_whole: bool = True
    formula: str | None = None
    plausible: tuple[Points, Points] | None = None

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.plausible is not None and not self.plausible[0] < self.plausible[1]:
            raise ValueError(f"plausible is [low, high], not {list(self.plausible)}")
        if self.plausible is not None and self.kind == "yes_no":
            raise ValueError("yes or no has no plausible range")

    @property
    def ratio(self) -> str:
        """What is divided by what, '' where nothing is: 在线事项数量 ÷ 事项总数量."""
        return " ÷ ".join(self.ratio_of or ())


@dataclass(frozen=True)
class Derived(Metric):
    """A metric that nobody enters: made of others of its indicator, or of the same one of the other units of a batch."""

    change: Change | None = None
    index: Index | None = None
    rank: Rank | None = None

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if (
            sum(rule is not None for rule in (self.change, self.index, self.rank)) != 1
            or self.ratio_of
            or self.plausible
        ):
            raise Refusal("rulebooks.derived_one_rule")
        if self.kind == "yes_no":
            raise Refusal("rulebooks.derived_a_number")

    @property
    def rule(self) -> Change | Index | Rank:
        rule = self.change or self.index or self.rank
        assert rule is not None
        return rule


def within_one(metric: Metric) -> bool:
    """Whether its value cannot pass 1: a share that is entered; what is made of others may."""
    return metric.kind == "share" and metric.part_of_whole and not isinstance(metric, Derived)


RULES = {  # where a rule is written, and the kind of indicator that it makes; `bonuses` and `deduction` are `cases` in short
    "tiers": "tiered", "line": "line", "cases": "cases", "bonuses": "bonus", "deduction": "deduction",
    "satisfaction": "satisfaction",
}  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """One row of the annex. kind: follows from the rule that is written; with vetoes alone it is 'veto'. scope, scope_en: what
    counts and what does not, for who fills the values in. absent_meets: metrics whose requirements are met where the
    metric does not apply."""

    number: Annotated[int, Field(ge=1)]
    path: tuple[str, ...]
    name: Name
    kind: Literal["", "tiered", "line", "cases", "bonus", "deduction", "satisfaction", "veto"] = ""
    lead: tuple[str, ...] = ()
    scope: str = ""
    scope_en: str = ""
    note: str = ""
    citation: str = ""
    metrics: tuple[Metric, ...] = ()
    derived: tuple[Derived, ...] = ()
    tiers: tuple[Tier, ...] = ()
    line: Line | None = None
    cases: Cases | None = None
    bonuses: tuple[Case, ...] = ()
    bonus_cap: Points | None = None
    deduction: Deduction | None = None
    satisfaction: SatisfactionRule | None = None
    veto: tuple[Required, ...] = ()
    by_class: dict[str, OfClass] = field(default_factory=dict)  # by a condition that is declared of the unit
    absent_meets: tuple[str, ...] = ()

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if bool(self.bonuses) is not (self.bonus_cap is not None):
            raise Refusal("rulebooks.bonus_cap")
        numbered = tuple(
            tier if tier.stars else replace(tier, stars=place) for place, tier in enumerate(self.tiers, start=1)
        )
        object.__setattr__(self, "tiers", numbered)
        if not self.kind and self.by_class:
            object.__setattr__(self, "kind", self.of_class(next(iter(self.by_class))).kind)
        if not self.kind:
            made = next(
                (kind for field, kind in RULES.items() if getattr(self, field)), "veto" if self.veto else "tiered"
            )
            object.__setattr__(self, "kind", made)
        assert self.rule is not None  # the short forms are read: what is wrong in them is said here
        assert self.vetoes is not None

    def of_class(self, name: str) -> Indicator:
        """The indicator as it counts for one class of units."""
        rule = self.by_class[name]
        return replace(self, kind="", by_class={}, tiers=rule.tiers, line=rule.line, cases=rule.cases)

    def variants(self) -> list[tuple[KeyPath, Indicator]]:
        """The indicator by class with where its rule stands; itself where classes do not differ."""
        return [(("by_class", name), self.of_class(name)) for name in self.by_class] or [((), self)]

    def metric(self, name: str) -> Metric | None:
        """The metric with this key or name."""
        wanted = key(name)
        every = (*self.metrics, *self.derived)
        return next((metric for metric in every if name == metric.key or wanted == key(metric.name)), None)

    @cached_property
    def rule(self) -> Rule:
        """What gives its points."""
        if self.bonuses:
            return Cases(self.bonuses, most=self.bonus_cap)
        if self.deduction:
            return Cases((Case(self.deduction.metric, -1),))
        return self.line or self.cases or self.satisfaction or Tiers(self.tiers)

    @cached_property
    def vetoes(self) -> tuple[Requirement, ...]:
        """Each of them makes the whole score nothing."""
        short = self.deduction
        written = [f"{short.metric} > {Decimal(short.void_above):f}", short.void_if] if short else []
        return tuple(map(parse_requirement, [*written, *self.veto]))

    @property
    def voids(self) -> bool:
        """Whether its vetoes hold, or a reading leaves them without effect."""
        return self.deduction is None or self.deduction.voids

    @cached_property
    def steps(self) -> tuple[Tier, ...]:
        """What can be climbed: its tiers, or the corners of its line."""
        rule = self.rule
        if isinstance(rule, Line):
            metric = self.metric(rule.metric)
            return rule.steps(metric is not None and metric.kind == "share")
        return rule.steps

    @property
    def max_points(self) -> Decimal:
        return max(one.rule.highest for _, one in self.variants())

    def scope_in(self, language: str) -> str:
        """What counts, in English where it is there in English."""
        return (self.scope_en if language == "en" else "") or self.scope

    def say(self, condition: Condition) -> str:
        """One condition in words, from the rule."""
        metric = self.metric(condition.metric)
        name = metric.name if metric else condition.metric
        if condition.operator == "yes":
            return name
        written, unit = condition.written, metric.unit if metric else ""
        if metric is not None and metric.kind == "share" and not written.endswith("%"):
            written = f"{(condition.threshold * 100).normalize():f}%"
        return f"{name} {SIGNS[condition.operator]} {written}{'' if written.endswith('%') else unit}"

    def words(self, tier: Tier) -> str:
        return self.requires(tier.requirement)

    def requires(self, requirement: Requirement) -> str:
        return render(requirement, self.say)


@dataclass(frozen=True)
class Star:
    """A rating level: total of at least `min_score`, and the declared condition `requires`, if any."""

    name: Name
    min_score: Points
    requires: str | None = None

    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Rulebook:
    """A whole rating document."""

    id: Name
    title: Name
    source: str
    level: Literal["city", "county"]
    stars: tuple[Star, ...]
    indicators: tuple[Indicator, ...]
    no_star: str = "未达星级"
    declared: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    readings: str = ""  # the digest of how its unclear rows are read; of a packaged one
    alternatives: tuple[str, ...] = ()  # readings of which the alternative holds

    __pydantic_config__ = STRICT

    def indicator(self, number: int) -> Indicator | None:
        return next((indicator for indicator in self.indicators if indicator.number == number), None)

    @cached_property
    def zones(self) -> Zones:
        """What satisfaction costs; a rulebook without that indicator has one zone that costs nothing."""
        rule = next((row.satisfaction for row in self.indicators if row.satisfaction is not None), None)
        if rule is None:
            return Zones((Zone("none", None, Decimal(0)),), self.id, self.digest)
        return rule.as_zones(self.id, self.digest)

    @cached_property
    def satisfaction(self) -> Indicator | None:
        """The indicator that takes the figure of the survey."""
        return next((row for row in self.indicators if row.satisfaction is not None), None)

    def cost(self, figure: float) -> Decimal | None:
        """What a figure in [0, 1] gives or takes, None where the whole scores nothing."""
        rule = self.satisfaction.satisfaction if self.satisfaction else None
        return rule.at(figure) if rule else Decimal(0)

    @cached_property
    def compared(self) -> tuple[tuple[int, str], ...]:
        """Indicator and metric of which the other units of the batch must be known, the supplied ones first."""
        asked = {
            (row.number, key): None for row in self.indicators for one in row.derived for key in one.rule.compares()
        }
        return tuple(sorted(asked, key=lambda one: any(one[1] == d.key for d in self._derived(one[0]))))

    @cached_property
    def looks_back(self) -> dict[tuple[int, str], tuple[str, int]]:
        """Indicator and metric that says what another was -> that other, and how many years ago."""
        changes = ((row.number, one.change) for row in self.indicators for one in row.derived)
        return {(number, rule.before): (rule.of, rule.years) for number, rule in changes if rule is not None}

    def _derived(self, number: int) -> tuple[Derived, ...]:
        row = self.indicator(number)
        return row.derived if row else ()

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
        "scope_en": indicator.scope_en,
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
            {"stars": tier.level, "points": _number(tier.points), "requirement": indicator.words(tier)}
            | ({"name": tier.name} if tier.name else {})
            for tier in indicator.steps
        ],
    }


def _number(value: Points) -> int | float:
    return int(value) if value == int(value) else float(value)
