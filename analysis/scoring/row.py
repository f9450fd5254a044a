"""What scoring one indicator gives: its points, why, and what the next step lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from analysis.scoring.rulebook import Indicator
from analysis.scoring.rules import Tier


@dataclass(frozen=True)
class Missing:
    """One condition of the next tier that does not hold yet."""

    metric: str
    needed: Decimal | bool
    actual: Decimal | bool | None
    operator: str
    text: str


@dataclass(frozen=True)
class NextTier:
    """The step above, and each of its conditions that does not hold yet."""

    tier: Tier
    missing: tuple[Missing, ...]
    requirement: str


@dataclass(frozen=True)
class TierState:
    """One tier as it stands: `words` is the requirement with the present values filled in; met None: unknown."""

    tier: Tier
    met: bool | None
    words: str


@dataclass(frozen=True)
class IndicatorScore:
    """Points of one indicator (negative for a deduction); worst and best over its unknown values."""

    indicator: Indicator
    points: Decimal
    worst: Decimal
    best: Decimal
    why: str
    stars: int | None = None
    next: NextTier | None = None
    flags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    not_applicable: dict[str, str] = field(default_factory=dict)
    confirmed: dict[str, str] = field(default_factory=dict)  # metric -> why its unusual value is right
    veto: bool = False
    may_veto: bool = False

    @property
    def tier(self) -> Tier | None:
        """The step that was reached."""
        return next((step for step in self.indicator.steps if step.stars == self.stars), None)

    @property
    def above(self) -> tuple[Tier, ...]:
        """The steps that were not."""
        return tuple(step for step in self.indicator.steps if step.level > (self.stars or 0))

    @property
    def state(self) -> str:
        if self.unknown and (self.best != self.points or self.worst != self.points or self.may_veto):
            return "unknown"
        return "not_applicable" if self.not_applicable else "known"
