"""Open answers beside a sampled figure: the gap, what it makes of their number, and pseudo-weights."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class GapDocument(TypedDict):
    """Open less sampled, shares of one, with its interval."""

    estimate: float
    difference: float
    se: float | None
    lower: float | None
    upper: float | None


class EffectiveDocument(TypedDict):
    """Meng's effective size: of how many persons a simple random sample errs as far. upper None: the gap may be none."""

    value: float | None
    lower: float | None
    upper: float | None


class OpenBesideDocument(TypedDict):
    """n: open answers to the official question; sampled: the official figure. raw: of the open answers as they are;
    weighted: under pseudo-weights by `variables`, None where `why` says so. unmatched: open answers with a level that nobody of
    the sample has, in neither."""

    n: int
    sites: int
    sampled: float
    raw: GapDocument
    effective: EffectiveDocument
    variables: list[str]
    weighted: GapDocument | None
    unmatched: int
    why: NotRequired[str]
