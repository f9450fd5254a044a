"""Which part of an index to raise, and to how much, so that a step is met: the index itself is nothing that anybody enters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from analysis.scoring.derived import ZERO, Between, Index, Part
from analysis.scoring.gaps import Lack, Lacking, lacking
from analysis.scoring.rulebook import Derived, Indicator, Metric, within_one
from analysis.scoring.rules import Tier
from analysis.scoring.sentences import figure
from analysis.scoring.values import AreaValues
from wording import Message

HALVINGS, DOUBLINGS = 80, 40
PLACES = {"share": Decimal("0.0001"), "count": Decimal(1), "number": Decimal("0.01"), "yes_no": Decimal(1)}


@dataclass(frozen=True)
class Move:
    """One part of an index from its present value to another."""

    metric: Metric
    before: Decimal
    after: Decimal

    def said(self) -> Message:
        return Message(
            "why.move",
            metric=self.metric.name,
            before=figure(self.metric, self.before),
            after=figure(self.metric, self.after),
        )


def means(indicator: Indicator, tier: Tier, supplied: AreaValues) -> Message | None:
    """What to raise for a step whose conditions ask for an index: any one part that is enough by itself, else several
    together. None where no index is asked for, or its parts are not known."""
    told = [
        said
        for lack in _lacks(lacking(indicator, tier.requirement, supplied))
        if (said := _of(indicator, lack, supplied))
    ]
    return Message("why.moves", moves=told) if told else None


def asked(indicator: Indicator, tier: Tier, supplied: AreaValues) -> str:
    """What a step asks, and what to raise where that is an index."""
    said = means(indicator, tier, supplied)
    return f"{indicator.words(tier)} ({said})" if said else indicator.words(tier)


def _lacks(found: Lack | Lacking | None) -> Iterator[Lack]:
    if isinstance(found, Lacking):
        for part in found.parts:
            yield from _lacks(part)
    elif found is not None:
        yield found


def _of(indicator: Indicator, lack: Lack, supplied: AreaValues) -> Message | None:
    derived = lack.metric
    if not isinstance(derived, Derived) or derived.index is None or lack.condition.operator not in (">", ">="):
        return None
    found = _Found(indicator, derived.index, lack, supplied)
    if found.value({}) is None:
        return None
    if alone := found.alone():
        return Message("why.moves_alone", moves=[move.said() for move in alone])
    together = found.together()
    return Message("why.moves_together", moves=[move.said() for move in together]) if together else None


@dataclass(frozen=True)
class _Found:
    indicator: Indicator
    index: Index
    lack: Lack
    supplied: AreaValues

    def value(self, moved: dict[str, Decimal]) -> Decimal | None:
        """The index where these metrics have other values; None where it is not known."""

        def own(key: str) -> Between | None:
            known = moved.get(key, self.supplied.of(self.indicator.number, key).known)
            return None if known is None else (Decimal(known), Decimal(known))

        found = self.index.value(own, lambda key: self.supplied.peers.get((self.indicator.number, key)))
        return found[0] if found is not None and found[0] == found[1] else None

    def meets(self, moved: dict[str, Decimal]) -> bool:
        value = self.value(moved)
        return value is not None and self.lack.condition.holds(value)

    def alone(self) -> list[Move]:
        """Each part that is enough by itself."""
        moves = [(part, move) for part in self.index.leaves() if (move := self._move(part, {}))]
        return [move for _, move in moves]

    def together(self) -> list[Move]:
        """Parts to their ends in their order, the last only as far as is needed; none where all are not enough."""
        moved: dict[str, Decimal] = {}
        moves: list[Move] = []
        for part in sorted(self.index.leaves(), key=self._gain, reverse=True):
            last = self._move(part, moved)
            if last is not None:
                return [*moves, last]
            metric, before, end = self._metric(part), self._now(part), self._end(part)
            if metric is not None and before is not None and end is not None and end != before:
                moved[part.of] = end
                moves.append(Move(metric, before, end))
        return []

    def _gain(self, part: Part) -> Decimal:
        end, now = self._end(part), self.value({})
        there = self.value({part.of: end}) if end is not None else None
        return there - now if there is not None and now is not None else ZERO

    def _move(self, part: Part, moved: dict[str, Decimal]) -> Move | None:
        """How far a part must go beside what was moved before; None where it cannot be enough."""
        metric, before, end = self._metric(part), self._now(part), self._end(part)
        if metric is None or before is None or end is None or not self.meets({**moved, part.of: end}):
            return None
        low, high = before, end
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self.meets({**moved, part.of: middle}) else (middle, high)
        after = high.quantize(PLACES[metric.kind], ROUND_CEILING if end > before else ROUND_FLOOR)
        beyond = after > end if end > before else after < end
        return Move(metric, before, end if beyond else after)

    def _metric(self, part: Part) -> Metric | None:
        return self.indicator.metric(part.of)

    def _now(self, part: Part) -> Decimal | None:
        known = self.supplied.of(self.indicator.number, part.of).known
        return None if known is None else Decimal(known)

    def _end(self, part: Part) -> Decimal | None:
        """The value beyond which a part brings nothing more; of one without an end a value far away."""
        now, metric = self._now(part), self._metric(part)
        if now is None or metric is None:
            return None
        if part.by == "distance":
            return part.target if part.target is not None and (part.target > now) == (part.best == "high") else now
        others = [one for one in self.supplied.peers.get((self.indicator.number, part.of), ()) if one is not None]
        stated = part.high if part.best == "high" else part.low
        if part.by == "min_max":
            ends = [now, *([stated] if stated is not None else others)]
            return max(ends) if part.best == "high" else min(ends)
        far = max(abs(now), Decimal(1)) * 2**DOUBLINGS
        if part.best == "low":
            return ZERO if now >= 0 else -far
        return Decimal(1) if within_one(metric) else far
