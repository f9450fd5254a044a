"""How far two coders agree beyond chance: Cohen's kappa of one code, each answer being under it or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """n: answers that both coded; both, first, second, neither: how many are under the code for whom. kappa: None where
    both gave all answers, or none, the code: chance alone would agree always."""

    n: int
    both: int
    first: int
    second: int
    neither: int
    kappa: float | None


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """(p_o - p_e) / (1 - p_e), p_o the share of agreement, p_e that of chance from each coder's own share.  Cohen (1960).

    pairs: of each answer, whether the first and the second coder put it under the code.

    >>> found = cohen_kappa([(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15)
    >>> round(found.kappa, 3)
    0.4
    """
    n = len(pairs)
    both, first = pairs.count((True, True)), pairs.count((True, False))
    second = pairs.count((False, True))
    neither = n - both - first - second
    own, other = both + first, both + second
    chance = own * other + (n - own) * (n - other)  # times n²
    kappa = (n * (both + neither) - chance) / (n * n - chance) if n * n > chance else None
    return Agreement(n, both, first, second, neither, kappa)
