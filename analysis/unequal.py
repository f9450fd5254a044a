"""Variance where sites are drawn without replacement with unequal probabilities: certain sites, finite populations.

Both estimators are a quadratic form t'Qt of the sites' weighted totals t within a stratum. Sites of certainty have no
part in it: nothing there is left to the draw of sites, and what is left to that of people inside is added for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.cells import Cells
from analysis.errors import DesignError
from analysis.plan import Plan

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
CERTAIN = 1 - 1e-9


@dataclass(frozen=True)
class Unequal:
    """probability: of each PSU (PSUs,). matrix: Q, sparse (PSUs, PSUs), with blocks for strata."""

    probability: Floats
    matrix: Any

    def variances(self, totals: Floats) -> Floats:
        """(k,): of the sum of each column of `totals` (PSUs, k), by the draw of sites alone."""
        squares: Floats = (totals * (self.matrix @ totals)).sum(axis=0)
        return np.maximum(squares, 0.0)

    def covariance(self, totals: Floats) -> Floats:
        """(k, k), as above."""
        return np.asarray(totals.T @ (self.matrix @ totals))


def unequal(cells: Cells, plan: Plan, psu: Codes, stratum_of_psu: Codes) -> Unequal:
    """The plan's `design.pps` over these cells; psu (cells,), stratum_of_psu (PSUs,).  Raises DesignError.

    brewer: sum of (1 - pi) n/(n-1) (t - mean)^2 over the n sites that are not certain.  Brewer and Donadio (2003);
    what R's survey calls pps = "brewer" where certain sites are strata of their own.  With joint probabilities
    sum over pairs of (pi_i pi_j - pi_ij)/pi_ij (t_i - t_j)^2: Sen (1953), Yates and Grundy (1953).
    """
    column = cells.columns[plan.design.psu or ""]
    first = np.zeros(len(stratum_of_psu), dtype=np.int64)
    first[psu] = np.arange(len(psu))
    labels = [column.levels[code] for code in column.codes[first]]
    strata = cells.columns[plan.design.strata] if plan.design.strata else None
    names = [strata.levels[code] if strata else "" for code in stratum_of_psu]
    probability = _probabilities(cells, plan, first, psu, list(zip(names, labels, strict=True)))
    joint = _joint(plan)
    blocks, order = [], []
    for stratum in np.unique(stratum_of_psu):
        inside = np.flatnonzero((stratum_of_psu == stratum) & (probability < CERTAIN))
        if len(inside) == 1 and plan.singleton == "fail":
            raise DesignError("analysis.strata_single_psu_merge", names=[names[inside[0]]])
        own = probability[inside]
        if len(inside) == 1:
            block = np.array([[1 - own[0] if plan.singleton == "adjust" else 0.0]])
        elif joint:
            block = _sen_yates_grundy(
                own, names[inside[0]] if len(inside) else "", [labels[at] for at in inside], joint
            )
        else:
            block = _brewer(own)
        blocks.append(block)
        order.append(inside)
    return Unequal(probability, _placed(blocks, np.concatenate(order), len(probability)))


def effective_fractions(design: Unequal, totals: Floats, stratum_of_psu: Codes, strata: int) -> Floats:
    """(strata,): the fraction f for which (1-f) n/(n-1) sum (t - mean)^2 is the variance of these totals (PSUs,)."""
    fractions = np.zeros(strata)
    for stratum in range(strata):
        own = np.where(stratum_of_psu == stratum, totals, 0.0)
        inside = totals[stratum_of_psu == stratum]
        whole = (
            float(((inside - inside.mean()) ** 2).sum()) * len(inside) / max(len(inside) - 1, 1) if len(inside) else 0.0
        )
        fractions[stratum] = 1 - float(design.variances(own[:, None])[0]) / whole if whole > 0 else 0.0
    return np.clip(fractions, 0.0, 1.0)


def _brewer(probability: Floats) -> Floats:
    number = len(probability)
    centre = np.eye(number) - 1 / max(number, 1)
    factor = (1 - probability) * number / max(number - 1, 1)
    return np.asarray(centre @ (centre * factor[:, None]))


def _sen_yates_grundy(
    probability: Floats, stratum: str, labels: Sequence[str], joint: dict[tuple[str, frozenset[str]], float]
) -> Floats:
    ratio = np.zeros((len(labels), len(labels)))
    for one, label in enumerate(labels):
        for two in range(one):
            pair = frozenset((label, labels[two]))
            both = joint.get((stratum, pair), joint.get(("", pair)))
            if both is None:
                raise DesignError("analysis.joint_probability_missing", site=label, other=labels[two])
            own = (probability[one], probability[two])
            if not max(0.0, sum(own) - 1 - 1e-6) <= both <= min(own) + 1e-6 or both == 0:
                raise DesignError("analysis.joint_probability_impossible", site=label, other=labels[two], joint=both)
            ratio[one, two] = ratio[two, one] = (own[0] * own[1] - both) / both
    return np.asarray(np.diag(ratio.sum(axis=1)) - ratio)


def _placed(blocks: Sequence[Floats], order: Codes, number: int) -> Any:
    """The blocks as one matrix over all PSUs, those of `order` at their places."""
    inner: Any = sparse.block_diag([block for block in blocks if block.size] or [np.zeros((0, 0))], format="coo")
    return sparse.csr_array((inner.data, (order[inner.row], order[inner.col])), shape=(number, number))


def _joint(plan: Plan) -> dict[tuple[str, frozenset[str]], float]:
    stated = plan.design.pps.joint if plan.design.pps else ()
    if isinstance(stated, str):
        raise DesignError("analysis.joint_file_not_read", file=stated)
    return {(row.stratum, frozenset((row.site, row.other))): float(row.probability) for row in stated}


def _probabilities(cells: Cells, plan: Plan, first: Codes, psu: Codes, labels: Sequence[tuple[str, str]]) -> Floats:
    """(PSUs,) inclusion probabilities: of a column of the answers, of the plan's list, or of the sites drawn."""
    stated = plan.design.pps.probability if plan.design.pps else None
    if isinstance(stated, str):
        values, known = cells.numbers(stated)
        found = values[first]
        if not known.all() or not np.array_equal(found[psu], values):
            raise DesignError("analysis.one_probability_per_site", name=stated)
    else:
        listed = {site: float(p) for site, p in (stated or {}).items()}
        rows = () if stated or not plan.follows_sites else plan.weights.rows
        drawn = {(row.stratum, row.site): row.probability for row in rows}
        drawn |= {("", row.site): row.probability for row in rows}
        given = [listed.get(site) or drawn.get((stratum, site)) or drawn.get(("", site)) for stratum, site in labels]
        missing = [site for (_, site), p in zip(labels, given, strict=True) if p is None]
        if missing:
            raise DesignError("analysis.site_without_probability", sites=missing[:5])
        found = np.array([float(p or 0) for p in given])
    wrong = [site for (_, site), p in zip(labels, found, strict=True) if not 0 < p <= 1]
    if wrong:
        raise DesignError("analysis.probability_above_one", sites=wrong[:5])
    return np.asarray(found)
