"""The result of scoring one area, and its JSON document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analysis.methods import CURRENT, Method
from analysis.scoring.documents import SCORECARD_FORMAT, IndicatorRow, Points, ScorecardDocument, StarInZone
from analysis.scoring.programme import stated_with
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.satisfaction import Satisfaction
from analysis.verdict import verdict
from analysis.zones import Zone
from wording import kept


@dataclass(frozen=True)
class Step:
    """One addition on the way to the total."""

    number: int
    name: str
    points: Decimal
    running: Decimal
    veto: bool


@dataclass(frozen=True)
class Scorecard:
    """`total` is None where the whole is void; `if_not_void` is what it would have been. star_range: the lowest and
    the highest star that unknown values and an unknown satisfaction leave possible. star_by_zone: total and star in each
    zone, the highest first, where satisfaction is not known."""

    rulebook: Rulebook
    total: Decimal | None
    if_not_void: Decimal
    star_level: str
    star_range: tuple[str, str]
    vetoed_by: tuple[str, ...]
    indicators: tuple[IndicatorScore, ...]
    worst: Decimal
    best: Decimal
    may_be_void: bool
    star_probability: dict[str, float] | None
    declared: dict[str, bool]
    steps: tuple[Step, ...]
    satisfaction: Satisfaction | None
    method: Method = CURRENT
    star_by_zone: tuple[tuple[Zone, Decimal | None, str], ...] = ()

    def as_dict(self) -> ScorecardDocument:
        """The JSON document of `minyi score --json`."""
        said, limits = self._verdict()
        return {
            "format": SCORECARD_FORMAT,
            "rulebook": self.rulebook.id,
            "programme": stated_with(self.rulebook.id),
            "readings": {"digest": self.rulebook.readings, "alternatives": list(self.rulebook.alternatives)},
            "method": self.method.as_dict(),
            "total": None if self.total is None else as_points(self.total),
            "star_level": self.star_level,
            "star_range": list(self.star_range),
            "void": bool(self.vetoed_by),
            "vetoed_by": list(self.vetoed_by),
            "may_be_vetoed_by": []
            if self.vetoed_by
            else [
                {"number": card.indicator.number, "name": card.indicator.name, "unknown": list(card.unknown)}
                for card in self.indicators
                if card.may_veto
            ],
            "score_if_not_void": as_points(self.if_not_void),
            "range": {"worst": as_points(self.worst), "best": as_points(self.best), "may_be_void": self.may_be_void},
            "indicators": [_indicator(card) for card in self.indicators],
            "star_probability": self.star_probability,
            "unknown": [
                {"number": card.indicator.number, "metric": name} for card in self.indicators for name in card.unknown
            ],
            "not_applicable": [
                {"number": card.indicator.number, "metric": name, "reason": reason}
                for card in self.indicators
                for name, reason in card.not_applicable.items()
            ],
            "declared": self.declared,
            "satisfaction": self.satisfaction.figure if self.satisfaction else None,
            "verdict": said,
            "satisfaction_interval": limits,
            "star_by_zone": self._by_zone() if self.satisfaction is None else None,
            "steps": [
                {
                    "number": step.number,
                    "name": step.name,
                    "points": as_points(step.points),
                    "running": as_points(step.running),
                    "veto": step.veto,
                }
                for step in self.steps
            ],
        }

    def _by_zone(self) -> list[StarInZone]:
        lower = [*(zone.below for zone, _, _ in self.star_by_zone[1:]), None]
        return [
            {
                "zone": zone.key,
                "at_least": at_least,
                "below": zone.below,
                "total": None if total is None else as_points(total),
                "star": star,
            }
            for (zone, total, star), at_least in zip(self.star_by_zone, lower, strict=True)
        ]

    def _verdict(self) -> tuple[Any, dict[str, float] | None]:
        """What is said of satisfaction, and its interval; None where there is none."""
        if self.satisfaction is None:
            return None, None
        zones = self.rulebook.zones
        told = self.satisfaction.as_told(zones)
        if told.lower is None or told.upper is None:
            return kept(verdict(told, zones)), None
        return kept(verdict(told, zones)), {"lower": told.lower, "upper": told.upper, "confidence": told.confidence}


def as_points(value: Decimal) -> Points:
    """A JSON number that prints as the decimal it was."""
    return int(value) if value == value.to_integral_value() else float(value)


def _bare(value: Decimal | bool) -> Points | bool:
    return value if isinstance(value, bool) else as_points(value)


def _indicator(card: IndicatorScore) -> IndicatorRow:
    indicator, following = card.indicator, card.next
    row: IndicatorRow = {
        "number": indicator.number,
        "name": indicator.name,
        "path": list(indicator.path),
        "kind": indicator.kind,
        "lead": list(indicator.lead),
        "state": card.state,
        "stars": card.stars,
        "points": as_points(card.points),
        "max_points": as_points(indicator.max_points),
        "why": card.why,
        "flags": list(card.flags),
        "next": {
            "stars": following.tier.level,
            "points": as_points(Decimal(following.tier.points)),
            "requirement": following.requirement,
            "missing": [
                {
                    "metric": item.metric,
                    "needed": _bare(item.needed),
                    "actual": None if item.actual is None else _bare(item.actual),
                    "operator": item.operator,
                    "text": item.text,
                }
                for item in following.missing
            ],
        }
        if following
        else None,
    }
    if card.tier and card.tier.name:
        row["tier"] = card.tier.name
    if following and following.tier.name and row["next"]:
        row["next"]["name"] = following.tier.name
    if card.confirmed:
        row["confirmed"] = card.confirmed
    return row
