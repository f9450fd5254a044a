"""Metrics that are made of others: a change on the year before, an index of weighted parts, a rank among the peers.

Each says what it asks for, which values of the peers it needs, and its value, as the least and the most it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Annotated, Literal

from pydantic import Field

from analysis.scoring.rules import STRICT, Amount, Asked
from wording import Message, Refusal

Between = tuple[Decimal, Decimal]  # the least and the most that a value may be; equal where it is known
Own = Callable[[str], Between | None]  # of a metric's key; None: nothing is known of it
Peers = Callable[
    [str], Sequence[Decimal | None] | None
]  # the others' values, None in it: not known; None: scored alone
PLACES = Decimal("1e-10")  # to which indices and growth are rounded, so that 80 is 80
WIDE = Context(prec=100)
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Change:
    """`of` against `before`, the same metric so many years ago: their difference, or the growth as a share of `before`."""

    of: str
    before: str
    measured: Literal["difference", "growth"] = "difference"
    years: Annotated[int, Field(ge=1, le=10)] = 1

    __pydantic_config__ = STRICT

    def asks(self) -> Iterator[Asked]:
        yield ("of",), self.of
        yield ("before",), self.before

    def compares(self) -> Iterator[str]:
        yield from ()

    def value(self, own: Own, peers: Peers) -> Between | None:
        now, before = own(self.of), own(self.before)
        if now is None or before is None or (self.measured == "growth" and before[0] <= 0):
            return None
        low, high = now[0] - before[1], now[1] - before[0]
        if self.measured == "growth":
            low, high = low / before[1], high / before[0]
        return _rounded(low, high)

    def sentence(self, name: Callable[[str], str]) -> Message:
        said = {"of": name(self.of), "before": name(self.before)}
        return Message("why.growth", **said) if self.measured == "growth" else Message("why.difference", **said)


@dataclass(frozen=True)
class Rank:
    """The place among all units of the batch, 1 the best, or with `quantile` that place as a share of their number.

    ties: equal ones have the best of their places (1, 2, 2, 4), the worst (1, 3, 3, 4) or the mean (1, 2.5, 2.5, 4).
    """

    of: str
    ties: Literal["best", "mean", "worst"]
    best: Literal["high", "low"] = "high"
    quantile: bool = False

    __pydantic_config__ = STRICT

    def asks(self) -> Iterator[Asked]:
        yield ("of",), self.of

    def compares(self) -> Iterator[str]:
        yield self.of

    def value(self, own: Own, peers: Peers) -> Between | None:
        others, mine = peers(self.of), own(self.of)
        if others is None:
            return None
        number = Decimal(len(others) + 1)
        known = [value for value in others if value is not None]
        open_ = len(others) - len(known)  # each may come to stand before
        ends = [self._place(value, known) for value in mine] if mine else [ONE, number - open_]
        low, high = min(ends), max(ends) + open_
        return _rounded(low / number, high / number) if self.quantile else (low, high)

    def _place(self, mine: Decimal, others: list[Decimal]) -> Decimal:
        before = sum((value > mine) if self.best == "high" else (value < mine) for value in others)
        equal = sum(value == mine for value in others)
        return Decimal(before + 1) + Decimal(equal) * {"best": ZERO, "mean": Decimal("0.5"), "worst": ONE}[self.ties]

    def sentence(self, name: Callable[[str], str]) -> Message:
        best = Message("why.high_first") if self.best == "high" else Message("why.low_first")
        ties = {"best": Message("why.ties_best"), "mean": Message("why.ties_mean"), "worst": Message("why.ties_worst")}
        key = "why.quantile" if self.quantile else "why.rank"
        return Message(key, of=name(self.of), best=best, ties=ties[self.ties])


@dataclass(frozen=True)
class Part:
    """One part of an index: a metric brought to a common scale, or `parts` with their own mean.

    by min_max: (value - low) / (high - low), within 0 and 1.  distance: value / target, of less is better target / value,
    at most 1.  z: (value - average) / sd.  best low: less is better.  What is not stated of low and high, or of average and
    sd (with n), comes from the units of the batch; where these are all equal a part is 1, a z 0.
    """

    weight: Annotated[Decimal, Field(gt=0)] | None = None
    of: str = ""
    by: Literal["min_max", "z", "distance"] | None = None
    best: Literal["high", "low"] = "high"
    low: Amount | None = None
    high: Amount | None = None
    average: Amount | None = None
    sd: Annotated[Amount, Field(gt=0)] | None = None
    target: Annotated[Amount, Field(gt=0)] | None = None
    name: str = ""
    mean: Literal["arithmetic", "geometric"] = "arithmetic"
    parts: tuple[Part, ...] = ()

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if bool(self.parts) is bool(self.of and self.by):
            raise Refusal("rulebooks.part_of_or_parts")
        fits = {"min_max": ("low", "high"), "z": ("average", "sd"), "distance": ("target",), None: ()}[self.by]
        stated = [key for key in ("low", "high", "average", "sd", "target") if getattr(self, key) is not None]
        if set(stated) - set(fits) or (stated and len(stated) < len(fits)) or (self.by == "distance" and not stated):
            raise Refusal("rulebooks.part_states", by=self.by or "parts", keys=list(fits) or "-")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise Refusal("rulebooks.part_low_high")
        _require_weights(self.parts, self.mean)

    def leaves(self) -> Iterator[Part]:
        yield from (self,) if not self.parts else (leaf for part in self.parts for leaf in part.leaves())

    @property
    def by_batch(self) -> bool:
        """Whether its ends come from the units of the batch."""
        return self.by in ("min_max", "z") and self.low is None and self.average is None

    def value(self, own: Own, peers: Peers) -> Between | None:
        """On the common scale."""
        if self.parts:
            return mean_of(self.parts, self.mean, own, peers)
        mine = own(self.of)
        others = peers(self.of) if self.by_batch else ()
        if others is None or (mine is None and self.by == "z"):
            return None
        open_ = None in others  # who has not reported may move the ends
        if open_ and self.by == "z":
            return None
        if mine is None or open_:
            return ZERO, ONE
        known = [value for value in others if value is not None]
        ends = [self._scaled(value, known) for value in mine]
        return min(ends), max(ends)

    def _scaled(self, value: Decimal, others: list[Decimal]) -> Decimal:
        more = self.best == "high"
        if self.by == "distance":
            assert self.target is not None
            if value <= 0:
                return ZERO if more else ONE
            return min(value / self.target if more else self.target / value, ONE)
        units = [*others, value]
        if self.by == "z":
            average = sum(units, ZERO) / len(units) if self.average is None else self.average
            sd = (
                (sum(((one - average) ** 2 for one in units), ZERO) / len(units)).sqrt() if self.sd is None else self.sd
            )
            found = (value - average) / sd if sd else ZERO
            return found if more else -found
        low, high = (min(units), max(units)) if self.low is None or self.high is None else (self.low, self.high)
        if low == high:
            return ONE
        found = min(max((value - low) / (high - low), ZERO), ONE)
        return found if more else ONE - found

    def said(self, name: Callable[[str], str]) -> Message:
        weight = "" if self.weight is None else Message("why.weight", weight=f"{self.weight.normalize():f}")
        if self.parts:
            return Message(
                "why.group",
                name=self.name,
                weight=weight,
                mean=_mean_said(self.mean),
                parts=[part.said(name) for part in self.parts],
            )
        ends = [
            f"{end.normalize():f}"
            for end in (self.low, self.high, self.average, self.sd, self.target)
            if end is not None
        ]
        by = {"min_max": Message("why.min_max"), "z": Message("why.z"), "distance": Message("why.distance")}[
            self.by or "z"
        ]
        best = Message("why.less_is_better") if self.best == "low" else ""
        return Message(
            "why.part",
            of=name(self.of),
            weight=weight,
            by=by,
            ends="–".join(ends) or Message("why.of_batch"),
            best=best,
        )


@dataclass(frozen=True)
class Index:
    """base + scale times the weighted mean of its parts. Rounded to ten decimals."""

    parts: tuple[Part, ...]
    mean: Literal["arithmetic", "geometric"] = "arithmetic"
    scale: Amount = Decimal(100)
    base: Amount = ZERO

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not self.parts:
            raise Refusal("rulebooks.part_of_or_parts")
        if not self.scale:
            raise Refusal("rulebooks.index_scale")
        _require_weights(self.parts, self.mean)

    def leaves(self) -> Iterator[Part]:
        yield from (leaf for part in self.parts for leaf in part.leaves())

    def asks(self) -> Iterator[Asked]:
        yield from ((("parts",), leaf.of) for leaf in self.leaves())

    def compares(self) -> Iterator[str]:
        yield from (leaf.of for leaf in self.leaves() if leaf.by_batch)

    def value(self, own: Own, peers: Peers) -> Between | None:
        found = mean_of(self.parts, self.mean, own, peers)
        if found is None:
            return None
        return _rounded(*sorted(self.base + self.scale * end for end in found))

    def sentence(self, name: Callable[[str], str]) -> Message:
        said = {"mean": _mean_said(self.mean), "parts": [part.said(name) for part in self.parts]}
        return Message("why.index", base=f"{self.base.normalize():f}", scale=f"{self.scale.normalize():f}", **said)


def _rounded(low: Decimal, high: Decimal) -> Between:
    """To ten decimals, however large."""
    return low.quantize(PLACES, context=WIDE), high.quantize(PLACES, context=WIDE)


def mean_of(parts: Sequence[Part], mean: str, own: Own, peers: Peers) -> Between | None:
    """The weighted mean of parts; weights add up to one, or are all the same."""
    found: list[tuple[Decimal, Between]] = []
    whole = sum((part.weight or ONE for part in parts), ZERO)
    for part in parts:
        value = part.value(own, peers)
        if value is None:
            return None
        found.append(((part.weight or ONE) / whole, value))
    low, high = (_mean([(weight, value[end]) for weight, value in found], mean) for end in (0, 1))
    return low, high


def _mean(values: list[tuple[Decimal, Decimal]], mean: str) -> Decimal:
    if mean == "arithmetic":
        return sum((weight * value for weight, value in values), ZERO)
    if any(value == 0 for _, value in values):
        return ZERO
    return sum((weight * value.ln() for weight, value in values), ZERO).exp()


def _mean_said(mean: str) -> Message:
    return Message("why.geometric") if mean == "geometric" else Message("why.arithmetic")


def _require_weights(parts: Sequence[Part], mean: str) -> None:
    """Refuse weights that do not add up, and a geometric mean of what may be below nothing."""
    weights = [part.weight for part in parts]
    stated = [weight for weight in weights if weight is not None]
    if stated and (len(stated) < len(weights) or sum(stated) not in (1, 100)):
        raise Refusal("rulebooks.weights_add_up", total=str(sum(stated)))
    if mean == "geometric" and any(leaf.by == "z" for part in parts for leaf in part.leaves()):
        raise Refusal("rulebooks.geometric_of_z")
