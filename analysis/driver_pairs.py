"""The regression of drivers from second moments of pairs: an answer counts for every pair of services it speaks of.

Beside the regression on complete rows; it needs sums of products alone, of rows or of PSUs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Codes

Floats = NDArray[np.float64]
Pair = Callable[[Codes, Codes, Floats], Floats]  # columns a, b and factors k (m, m) -> sum over b of k[a, b] z_a z_b
LEAST_EIGENVALUE = 0.01  # of the correlations: below it pairs of different people do not make one regression


@dataclass(frozen=True)
class Pairs:
    """Available-case moments of v = (overall, rating of each service, not used of each service), (m, m) each.

    number: sums of weights of the rows that speak of both; mean: of the first over them; covariance: about those means.
    With no answer missing these are the ordinary weighted moments.  Wilks (1932); Little and Rubin (2002), 3.4.
    """

    number: Floats
    mean: Floats
    covariance: Floats

    @classmethod
    def of(cls, products: Floats) -> Pairs:
        """products (q, q): weighted sums of z z', z = (1, overall, ratings, not used, said of the service whether it is
        used), q = 2 + 3 s, with 0 for what is missing."""
        value, there = _places(len(products))
        number = products[np.ix_(there, there)]
        mean = products[np.ix_(value, there)] / number
        return cls(number, mean, products[np.ix_(value, value)] / number - mean * mean.T)

    def solve(self, terms: Floats) -> Slopes | None:
        """Slopes of overall on v @ terms (m, k); None where the correlations of overall and terms are not those of
        any people, or hardly so (least eigenvalue below 0.01)."""
        both = np.column_stack([np.eye(len(terms))[0], terms])
        joint = both.T @ self.covariance @ both
        scale = np.sqrt(np.maximum(np.diag(joint), 1e-300))
        if np.linalg.eigvalsh(joint / np.outer(scale, scale))[0] < LEAST_EIGENVALUE:
            return None
        normal = joint[1:, 1:]
        inverse = np.linalg.inv(normal / np.outer(scale[1:], scale[1:])) / np.outer(scale[1:], scale[1:])
        coefficients = inverse @ joint[1:, 0]
        error = both[:, 0] - terms @ coefficients
        left = float(error @ self.covariance @ error)
        return Slopes(self, coefficients, normal, 1 - left / float(joint[0, 0]), error, terms @ inverse)


@dataclass(frozen=True)
class Slopes:
    """coefficients (k,); normal (k, k): covariance of the terms; explained: R²; error (m,), spread (m, k): of influences."""

    pairs: Pairs
    coefficients: Floats
    normal: Floats
    explained: float
    error: Floats
    spread: Floats

    def influence(self, pair: Pair, size: int) -> Floats:
        """(…, k): b = C⁻¹ c moves by C⁻¹ (dc - dC b), and a row moves an entry of the covariance by its deviation from
        it over the weight of the rows that speak of both.  Van Praag, Dijkstra and Van Velzen (1985).  size: services."""
        value, there = _places(2 + 3 * size)
        mean, rate = self.pairs.mean, self.error / self.pairs.number
        moved = (
            pair(value, value, rate)
            - pair(there, value, rate * mean)
            - pair(value, there, rate * mean.T)
            + pair(there, there, rate * (mean * mean.T - self.pairs.covariance))
        )
        return moved @ self.spread


def of_rows(z: Floats) -> Pair:
    """z (n, q)."""
    return lambda a, b, factor: z[:, a] * (z[:, b] @ factor.T)


def of_products(products: Floats) -> Pair:
    """products (…, q, q): sums of z z' by PSU or auxiliary."""
    return lambda a, b, factor: np.asarray((products[..., a[:, None], b] * factor).sum(axis=-1))


def _places(q: int) -> tuple[Codes, Codes]:
    """Where in z the values stand, and where is said whether they are there: overall always, ratings by service."""
    size = (q - 2) // 3
    there = np.arange(2 + 2 * size, q)
    return np.arange(1, 2 + 2 * size), np.concatenate([[0], there, there])
