"""Sampford's design: a fixed number of sites, exact probabilities proportional to size, and every pair possible.

P(s) is proportional to sum over s of (1 - p) times the product over s of p / (1 - p).  Sampford (1967).  Both the draw
and the joint probabilities go by the two sums over subsets of k sites of that product, plain and times sum (1 - p);
taken as chances of independent draws they neither overflow nor cancel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sampford(probability: Floats, numbers: Floats) -> NDArray[np.bool_]:
    """Which sites are drawn: one passage through the list, a number of (0, 1) deciding each; all (sites,).

    probability: of inclusion, each in (0, 1), adding up to the number of sites to draw. Each site is taken with its
    chance given those before it, so that the same numbers draw nearly the same sites after small changes of the
    frame (Grafström and Matei 2015: coordination of lists by permanent random numbers).
    """
    sites, left = len(probability), round(float(probability.sum()))
    plain, marked = _tails(probability, left)
    chosen, held = np.zeros(sites, dtype=bool), 0.0
    for at, p in enumerate(probability.tolist()):
        if not left:
            break
        whole = held * plain[at, left] + marked[at, left]
        taken = p * ((held + 1 - p) * plain[at + 1, left - 1] + marked[at + 1, left - 1])
        if numbers[at] * whole < taken or sites - at == left:
            chosen[at], held, left = True, held + 1 - p, left - 1
    return chosen


def joint_probabilities(probability: Floats, sites: NDArray[np.int64]) -> Floats:
    """(k, k): the chance that both of two sites are drawn, for k `sites` given by their places in ascending order, their
    own in the diagonal; probability as for `sampford`.

    Of each earlier site the sums without it are carried along the list; at a later one they are joined with those of the rest.

    >>> np.round(joint_probabilities(np.array([0.4, 0.6, 0.5, 0.5]), np.array([0, 1, 3])), 4)
    array([[0.4   , 0.1622, 0.1189],
           [0.1622, 0.6   , 0.2189],
           [0.1189, 0.2189, 0.5   ]])
    """
    number, found = round(float(probability.sum())), np.diag(probability[sites])
    if number < 2:
        return found
    plain_after, marked_after = _tails(probability, number)
    plain, marked = np.zeros((len(sites) + 1, number - 1)), np.zeros((len(sites) + 1, number - 1))
    plain[0, 0] = 1.0  # of all sites before; then a row for each earlier one, without it
    passed = 0
    for at, p in enumerate(probability.tolist()):
        asked = passed < len(sites) and at == sites[passed]
        if asked:
            earlier, rest = slice(1, passed + 1), slice(number - 2, None, -1)
            tail, marked_tail = plain_after[at + 1, rest], marked_after[at + 1, rest]
            own = probability[sites[:passed]]
            both = (
                plain[earlier] @ ((2 - p) * tail + marked_tail) - own * (plain[earlier] @ tail) + marked[earlier] @ tail
            )
            found[passed, :passed] = found[:passed, passed] = p * own * both / marked_after[0, number]
            passed += 1
            plain[passed], marked[passed] = plain[0], marked[0]
        rows = [*range(passed), *([] if asked else [passed])]
        plain[rows], marked[rows] = _with_site(plain[rows], marked[rows], p)
    return found


def _tails(probability: Floats, number: int) -> tuple[Floats, Floats]:
    """Both sums (sites + 1, number + 1) over the sites from each on."""
    plain, marked = np.zeros((len(probability) + 1, number + 1)), np.zeros((len(probability) + 1, number + 1))
    plain[-1, 0] = 1.0
    for at in range(len(probability) - 1, -1, -1):
        plain[at], marked[at] = _with_site(plain[at + 1], marked[at + 1], float(probability[at]))
    return plain, marked


def _with_site(plain: Floats, marked: Floats, p: float) -> tuple[Floats, Floats]:
    """Both sums (…, k) with one more site."""
    more, marked_more = (1 - p) * plain, (1 - p) * marked
    marked_more[..., 1:] += p * (marked[..., :-1] + (1 - p) * plain[..., :-1])
    more[..., 1:] += p * plain[..., :-1]
    return more, marked_more
