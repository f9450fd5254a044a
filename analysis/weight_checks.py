"""Whether weights can bear the figure: what one respondent, few sites or calibration carry, in bands with what to do.

After the estimate; beside it. A severe finding is acknowledged by whoever signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from analysis.documents.weights import WeightCheck, WeightsDocument
from analysis.notices import Notice
from analysis.sample import Mask, Sample

Floats = NDArray[np.float64]
BANDS = {
    "respondent": (0.01, 0.05),
    "kish": (2.0, 3.0),
    "domain": (30.0, 0.0),
    "factor": (3.0, 5.0),
    "variance": (3, 1),
}
TOLD = {
    "respondent": "notices.weights_respondent",
    "kish": "notices.weights_kish",
    "domain": "notices.weights_domain",
    "factor": "notices.weights_factor",
    "variance": "notices.weights_variance",
}
TIMES_MEAN = 3.0  # a respondent of less is not called heavy, however few there are
A_THIRD, ENOUGH_PSUS = 1 / 3, 12  # of fewer, a few carry a third of the variance anyhow
NAMED = 5


def checks(
    sample: Sample,
    inside: Mask,
    moved: Floats | None,
    domains: Iterable[tuple[str, str, Mask]],
    name: Callable[[int], str],
) -> list[WeightCheck]:
    """Every check with its value and band. inside (cells,): who answered with a weight; moved (PSUs,): how far each moves the
    official figure, None without PSUs; domains: name, level and members; name: of a PSU by its code.

    respondent: the largest share of all weight, heavy from 3 times the mean on.  kish: n sum(w^2) / sum(w)^2,
    1 + the squared coefficient of variation; benchmarks/few_sites.py prints what it does to intervals.  domain: the least n / Kish of
    a level.  factor: the calibration factor furthest from the median, as a ratio.  variance: how few PSUs bring a third
    of the variance of the official figure.
    """
    cells, weight, squared = sample.cells, sample.weight[inside], sample.squared[inside]
    heaviest = np.maximum(weight / cells.count[inside], squared / weight)  # at least this in a cell of unequal rows
    share, n = float(heaviest.max()) / float(weight.sum()), int(cells.count[inside].sum())
    kish = n * float(squared.sum()) / float(weight.sum()) ** 2
    return [
        _check("respondent", share, share * n >= TIMES_MEAN),
        _check("kish", kish),
        *_domains(sample, inside, domains),
        *_factors(sample, inside),
        *(_variance(sample, moved, name) if moved is not None else ()),
    ]


def said(found: Iterable[WeightCheck]) -> list[Notice]:
    """The severe ones as notices."""
    return [notice_of(one) for one in found if one["band"] == "severe"]


def notice_of(found: WeightCheck) -> Notice:
    """What one check found and what to do."""
    said: dict[str, str | int | float] = {"value": found["value"], "named": found["named"]}
    return Notice(TOLD[found["check"]].removeprefix("notices."), said)


def severe(weights: WeightsDocument) -> list[WeightCheck]:
    """Those that whoever signs acknowledges, from a document's `weights`; none of one that an earlier release stored."""
    return [one for one in weights.get("checks", []) if one["band"] == "severe"]


def _check(name: str, value: float, counts: bool = True, named: str = "") -> WeightCheck:
    look, most = BANDS[name]
    beyond = (value >= look, value >= most) if most > look else (value <= look, value <= most)
    band = "severe" if beyond[1] else "look" if beyond[0] else "fine"
    return {
        "check": name,
        "value": value,
        "band": band if counts else "fine",
        "look": look,
        "severe": most,
        "named": named,
    }


def _domains(sample: Sample, inside: Mask, domains: Iterable[tuple[str, str, Mask]]) -> list[WeightCheck]:
    sizes = []
    for name, level, members in domains:
        own = inside & members
        if name and own.any():
            sizes.append((float(sample.weight[own].sum() ** 2 / sample.squared[own].sum()), f"{name} {level}"))
    if not sizes:
        return []
    few = [named for size, named in sorted(sizes) if size <= BANDS["domain"][0]]
    return [_check("domain", min(sizes)[0], named=", ".join(few[:NAMED]) + (" …" if len(few) > NAMED else ""))]


def _factors(sample: Sample, inside: Mask) -> list[WeightCheck]:
    if sample.calibrated.auxiliaries is None:
        return []
    factors = sample.calibrated.factor[inside]
    middle = float(np.median(factors))
    least, most = float(factors.min()) / middle, float(factors.max()) / middle
    return [_check("factor", max(most, 1 / least) if least > 0 else float("inf"))]


def _variance(sample: Sample, totals: Floats, name: Callable[[int], str]) -> list[WeightCheck]:
    design = sample.design
    means = design.by_stratum(totals) / np.maximum(design.units, 1)
    parts = (totals - means[design.stratum_of_psu]) ** 2
    if not parts.sum() > 0:
        return []
    few = int(np.searchsorted(np.cumsum(np.sort(parts)[::-1]) / parts.sum(), A_THIRD)) + 1
    most = np.argpartition(parts, -NAMED)[-NAMED:] if len(parts) > NAMED else np.arange(len(parts))
    names = [name(int(psu)) for psu in most[np.argsort(parts[most])[::-1]][:few].tolist()]
    return [_check("variance", few, len(parts) >= ENOUGH_PSUS, ", ".join(names))]
