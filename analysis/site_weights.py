"""Weights that follow what happened: one over the probability as drawn, then one factor eligible over respondents.

d = 1 / (probability of the site x probability of the person within it).  The factor of a class c of sites is
f(c) = sum of d x cases / sum of d x respondents over its sites, so that its weights add up to the people of all its
sites, silent ones too (Särndal, Swensson and Wretman 1992, section 15.6: response homogeneity groups).  Where the
class is one site, this is M / (probability x respondents), whatever the site was meant to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, Column, crossing, total_by
from analysis.documents.rows import SilentBounds
from analysis.documents.weights import SiteWeightsDocument
from analysis.errors import CellsError
from analysis.notices import Notice
from analysis.plan import Plan
from analysis.sampled_sites import SampledSite, SiteWeights

Floats = NDArray[np.float64]
NAMED = 5  # sites that a notice names
HEAVY, HEAVY_IN_ALL = 1.5, 3.0  # times an equal share: below, a PSU is not called heavy however few there are


@dataclass(frozen=True)
class SiteClass:
    """Sites that share one factor. people: whom they stand for; cases: persons drawn; uncapped: the factor that the
    plan's limit may have lowered."""

    stratum: str
    sites: tuple[str, ...]
    people: float
    cases: float
    respondents: int
    factor: float
    uncapped: float

    @property
    def capped(self) -> bool:
        return self.factor < self.uncapped


@dataclass(frozen=True)
class SiteWeighting:
    """What became of the drawn sites. unknown (cells,): share of a cell's class that lives at sites without answers.
    asked (cells,): weights before calibration that everybody asked would have had, blanks too.

    respondents: of each drawn site, in the plan's order. silent: sites without an answer that counts. uncarried: share of the population in strata where nobody answered.
    """

    classes: tuple[SiteClass, ...]
    silent: tuple[SampledSite, ...]
    unknown: Floats
    asked: Floats
    uncarried: float
    bases: dict[str, int]
    respondents: Floats

    def bounds(self, weight: Floats, values: Floats, whole: bool) -> SilentBounds | None:
        """The weighted mean of `values`, shares in [0, 1], if at silent sites nobody or everybody were satisfied.

        weight, values (cells,): calibrated weights, 0 outside the domain. whole: the domain is everybody, so that
        strata without an answer belong to it. None where every site that the domain could live at has answers.
        lower = sum w (1 - u) y / sum w;  upper = lower + sum w u / sum w.
        """
        total, gone = float(weight.sum()), self.uncarried if whole else 0.0
        missing = float(weight @ self.unknown) / total
        if missing == 0 and gone == 0:
            return None
        lower = (1 - gone) * float(weight @ ((1 - self.unknown) * values)) / total
        return {"lower": lower, "upper": lower + (1 - gone) * missing + gone}

    def as_dict(self, bounds: SilentBounds | None) -> SiteWeightsDocument:
        return {
            "classes": [
                {
                    "stratum": row.stratum, "sites": list(row.sites), "people": row.people, "cases": row.cases,
                    "respondents": row.respondents, "factor": row.factor, "capped": row.capped,
                }
                for row in self.classes
            ],
            "silent": [{"stratum": row.stratum, "site": row.site, "people": row.people} for row in self.silent],
            "uncarried": self.uncarried,
            "eligible_from": self.bases,
            "bounds": bounds,
        }  # fmt: skip


def design_weighted(cells: Cells, plan: Plan) -> Cells:
    """Cells with the design weight d of every row; times the adults of its household, where the plan names them.

    Raises CellsError for an answer from a site that is not among those drawn.
    """
    rule = plan.weights
    place = _places(cells, plan)
    weight = np.array([row.design_weight for row in rule.rows])[place]
    if rule.adults is not None:
        adults, known = cells.numbers(rule.adults)
        if not known.all() or (adults < 1).any():
            raise CellsError("analysis.must_say_for_every", rule_adults=rule.adults)
        weight = weight * adults
    return Cells(cells.columns, cells.count, cells.count * weight, cells.count * weight**2)


def follow_the_sites(
    cells: Cells, answered: NDArray[np.bool_], plan: Plan
) -> tuple[Cells, SiteWeighting, tuple[Notice, ...]]:
    """Design weights times the factor of the site's class; 0 where not answered (cells,), the measured question left blank.

    Raises CellsError, naming the site, for more answers than people.
    """
    rule, rows = plan.weights, plan.weights.rows
    place = _places(cells, plan)
    asked = total_by(place, cells.count, size=len(rows))
    respondents = total_by(place, cells.count * answered, size=len(rows))
    if not respondents.any():
        raise CellsError("analysis.nobody_answered_nothing_estimate", measure_question=plan.measure.question)
    for row, number in zip(rows, asked, strict=True):
        if row.weight is None and number > float(row.eligible or 0):
            raise CellsError(
                "estimates.site_overfull", site=row.named, answers=int(number), eligible=float(row.eligible or 0)
            )
    groups = _classes(rule, respondents)
    raw = np.array([_factor(group, rows, respondents) for group in groups])
    limit = float(rule.largest_factor) * float(np.median(raw))
    factor, unknown, share = np.ones(len(rows)), np.zeros(len(rows)), np.ones(len(rows))
    classes = []
    for group, own in zip(groups, raw, strict=True):
        people = sum(rows[at].people for at in group)
        factor[group] = min(own, limit)
        share[group] = respondents[group].sum() / asked[group].sum()
        unknown[group] = sum(rows[at].people for at in group if not respondents[at]) / people
        classes.append(
            SiteClass(
                rows[group[0]].stratum,
                tuple(rows[at].site for at in group),
                people,
                sum(rows[at].cases for at in group),
                int(respondents[group].sum()),
                float(min(own, limit)),
                float(own),
            )
        )
    carried = {at for group in groups for at in group}
    everyone = sum(row.people for row in rows)
    found = SiteWeighting(
        tuple(classes),
        tuple(row for at, row in enumerate(rows) if not respondents[at]),
        unknown[place],
        cells.weight * (factor * share)[place],
        sum(row.people for at, row in enumerate(rows) if at not in carried) / everyone,
        {basis: number for basis in _BASES if (number := sum(_basis(row) == basis for row in rows))},
        respondents,
    )
    return cells.scaled(np.where(answered, factor[place], 0.0)), found, tuple(_notices(found, rule, limit))


_BASES = ("listed", "margin", "assumed", "residents", "typed")


def _basis(row: SampledSite) -> str:
    return "typed" if row.weight is not None else row.basis


def heavy_psus(cells: Cells, weight: Floats, plan: Plan) -> tuple[Notice, ...]:
    """Warnings of PSUs that carry more than the plan's share of their stratum or of all; weight (cells,) calibrated.

    A PSU that has less than 1.5 times an equal share of its stratum, or 3 times of all, is never named.
    """
    design = plan.design
    if design.psu is None:
        return ()
    psu = cells.columns[design.psu]
    strata = cells.columns[design.strata] if design.strata else Column(("",), np.zeros(len(cells), dtype=np.int64))
    code, found = crossing([strata, psu])
    sums = total_by(code, weight)
    found, sums = found[sums > 0], sums[sums > 0]
    of_stratum, units = total_by(found[:, 0], sums)[found[:, 0]], total_by(found[:, 0])[found[:, 0]]
    limit = np.maximum(float(plan.weights.largest_share.stratum), HEAVY / units)
    limit_of_all = max(float(plan.weights.largest_share.result), HEAVY_IN_ALL / len(sums))
    whole = float(sums.sum())
    notices = []
    for at in np.flatnonzero((sums / of_stratum > limit) | (sums / whole > limit_of_all)):
        (stratum, place), own = found[at], float(sums[at])
        said: dict[str, str | int | float] = {
            "psu": psu.levels[place],
            "stratum": strata.levels[stratum],
            "of_stratum": 100 * own / float(of_stratum[at]),
            "of_all": 100 * own / whole,
        }
        notices.append((own, Notice("heavy_psu", said)))
    return tuple(notice for _, notice in sorted(notices, key=lambda pair: -pair[0])[:NAMED])


def _places(cells: Cells, plan: Plan) -> NDArray[np.int64]:
    """The place among the drawn sites of each cell's site, told apart by stratum where the design has strata."""
    rows, names = plan.weights.rows, [plan.site_column]
    nested = plan.design.strata is not None and len({row.site for row in rows}) < len(rows)
    if nested:
        names = [plan.design.strata, plan.site_column]
    table = {((row.stratum, row.site) if nested else (row.site,)): at for at, row in enumerate(rows)}
    columns = [cells.columns[name or ""] for name in names]
    code, combinations = crossing(columns)
    places = np.empty(len(combinations), dtype=np.int64)
    for at, codes in enumerate(combinations):
        label = tuple(column.levels[own] for column, own in zip(columns, codes, strict=True))
        if label not in table:
            raise CellsError("estimates.site_not_drawn", site=label[-1])
        places[at] = table[label]
    return places[code]


def _factor(group: Sequence[int], rows: Sequence[SampledSite], respondents: Floats) -> float:
    weighed = sum(rows[at].design_weight * float(respondents[at]) for at in group)
    return sum(rows[at].people for at in group) / weighed


def _classes(rule: SiteWeights, respondents: Floats) -> list[list[int]]:
    """The sites of each class, by their places; strata in which nobody answered have none."""
    by_stratum: dict[str, list[int]] = {}
    for at, row in enumerate(rule.rows):
        by_stratum.setdefault(row.stratum, []).append(at)
    found = []
    for members in by_stratum.values():
        if not respondents[members].sum():
            continue
        if rule.order == "size":
            members = sorted(members, key=lambda at: (rule.rows[at].size, rule.rows[at].site))
        found += [members] if rule.classes == "stratum" else _merged(members, respondents, rule.fewest)
    return found


def _merged(order: list[int], respondents: Floats, fewest: int) -> list[list[int]]:
    """Sites with enough answers alone. The others are put together in their order until they have enough; what is left
    over joins the last of these, or where there is none the nearest site with enough."""
    alone = [[at] for at in order if respondents[at] >= fewest]
    pools: list[list[int]] = []
    rest: list[int] = []
    for at in order:
        if respondents[at] < fewest:
            rest.append(at)
            if respondents[rest].sum() >= fewest:
                pools.append(rest)
                rest = []
    if rest and pools:
        pools[-1] += rest
    elif rest and alone:
        for at in rest:
            nearest = min(alone, key=lambda group: abs(order.index(group[0]) - order.index(at)))
            nearest.append(at)
    elif rest:
        pools.append(rest)
    return [*alone, *pools]


def _notices(found: SiteWeighting, rule: SiteWeights, limit: float) -> list[Notice]:
    notices = []
    capped = [row for row in found.classes if row.capped]
    if capped:
        missing = sum(row.people * (1 - row.factor / row.uncapped) for row in capped)
        named = _some([site for row in capped for site in row.sites])
        notices.append(Notice("capped_factors", {"named": named, "limit": limit, "people": round(missing)}))
    if found.silent:
        named = _some([row.site for row in found.silent])
        notices.append(Notice("silent_sites", {"number": len(found.silent), "named": named}))
    if found.uncarried:
        strata = {row.stratum for row in found.silent} - {row.stratum for row in found.classes}
        notices.append(
            Notice("silent_strata", {"named": _some(sorted(strata)), "share": round(100 * found.uncarried, 1)})
        )
    typed = [row for row in rule.rows if row.weight is not None]
    if typed:
        takes = sorted({float(row.take or 0) for row in typed})
        said: dict[str, str | int | float] = {
            "sites": len(typed),
            "take": " – ".join(f"{take:g}" for take in (takes[0], takes[-1])[: len(takes)]),
        }
        notices.append(Notice("typed_weights", said))
    for basis in ("margin", "assumed", "residents"):
        if number := found.bases.get(basis):
            notices.append(Notice(f"eligible_by_{basis}", {"sites": number}))
    return notices


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
