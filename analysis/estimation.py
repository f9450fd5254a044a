"""Satisfaction from weighted cells: share and index with their uncertainty, by domain, and the decision."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import residuals
from analysis.cells import Cells, total_by
from analysis.decision import LEAST_DF, decide
from analysis.definitions_compared import by_definition, measure_values
from analysis.documents.further import FurtherDocument
from analysis.documents.rows import DecisionDocument, SilentBounds
from analysis.documents.weights import (
    CalibrationDocument,
    InfluenceDocument,
    MarginRow,
    ReplicationDocument,
    TotalDocument,
    WeightsDocument,
    WeightSummary,
)
from analysis.errors import CellsError
from analysis.estimators import Statistic, mean, variance_parts
from analysis.figures import domains, requested
from analysis.further import DirectArea, area_table, driver_table
from analysis.intervals import Interval, mean_interval, share_interval
from analysis.missing import Missing, missing_among
from analysis.next_survey import Spread, withhold_next_survey
from analysis.notices import Notice
from analysis.open_codes import bias_analysis
from analysis.plan import Plan
from analysis.replication import replicate
from analysis.results import DomainEstimate, Estimate, Figure
from analysis.sample import Mask, Sample, weighted_sample
from analysis.site_weights import heavy_psus
from analysis.variance import VarianceParts
from analysis.weights import summary, weight_quantiles
from analysis.zones import COUNTY_DOMAINS, Rules, Zones

Floats = NDArray[np.float64]


def estimate(cells: Cells, plan: Plan, rules: Rules | None = None) -> Estimate:
    """Estimate the plan's measure from `cells`, and decide by `rules`; without them nothing is decided.

    Raises AnalysisError in the user's words.

    >>> from analysis import Cells, Rules, load_rulebook, parse_plan
    >>> plan = parse_plan("measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}")
    >>> cells = Cells.from_rows({"overall": [5, 4, 4, 2, 5, 3, 4, 5, 4, 1]}, plan)
    >>> zones = load_rulebook("jining-2023-municipal").zones
    >>> found = estimate(cells, plan, Rules(zones, zones)).overall
    >>> found.n, round(found.satisfied.estimate, 3), round(found.satisfied.se, 3), found.decision["outcome"]
    (10, 0.7, 0.153, 'none')
    """
    sample = weighted_sample(cells, plan)
    worker = _Worker(sample, plan, rules, *measure_values(sample.cells, plan))
    if not (worker.answered & (sample.weight > 0)).any():
        raise CellsError("analysis.nobody_answered_nothing_estimate", measure_question=plan.measure.question)
    wanted = [("", "", sample.everyone)]
    for name, columns in plan.crossings.items():
        wanted += [(name, level, members) for level, members in domains(sample, columns)]
    rows = [row for start in range(0, len(wanted), 4) for row in worker.domains(wanted[start : start + 4])]
    rows = _without_whole(wanted, rows, rules)
    by_name: dict[str, list[DomainEstimate]] = {name: [] for name in plan.crossings}
    for (name, _, _), row in zip(wanted[1:], rows[1:], strict=True):
        by_name[name].append(row)
    overall, notices = rows[0], [*sample.notes]
    if plan.method.weights_follow_sites and not plan.follows_sites:
        notices += heavy_psus(sample.cells, sample.weight, plan)
    if plan.sampling == "open":
        notices.insert(0, Notice("open_answers"))
    if plan.exception:
        notices.insert(0, Notice("declared_exception", {"sentence": plan.exception}))
    if overall.satisfied is not None and plan.measure.official == "share" and not 0 < overall.satisfied.estimate < 1:
        notices.append(Notice("one_sided"))
    weights = _weights(sample, worker.largest_influence())
    return Estimate(
        plan=plan,
        overall=overall,
        domains={name: tuple(found) for name, found in by_name.items()},
        sum_weights=float(sample.weight.sum()),
        kish_deff=weights["after"]["kish_deff"],
        weights=weights,
        calibration=_calibration(sample, plan),
        notices=(*notices, *overall.notices),
        definitions=() if overall.below else tuple(by_definition(sample, plan, rules.whole if rules else None)),
        figures=tuple(requested(sample, _others(plan) if overall.below else plan, worker.satisfied, worker.answered)),
        replication=None if overall.below else _replication(sample, plan, worker),
        flagged={"flagged": sample.flagged, "excluded": sample.excluded} if plan.flagged else None,
        further=_further(sample, plan, worker, rows[0], by_name),
        rules=rules,
        site_weights=sample.sites.as_dict(overall.silent_bounds) if sample.sites else None,
    )


def _others(plan: Plan) -> Plan:
    """The plan with those further figures alone that are not of the measured question."""
    kept = (one for one in plan.figures if one.difference is None and plan.measure.question not in one.columns)
    return replace(plan, figures=tuple(kept))


def _without_whole(
    wanted: list[tuple[str, str, Mask]], rows: list[DomainEstimate], rules: Rules | None
) -> list[DomainEstimate]:
    """Where the whole has no figure, levels whose figures would add up to it have none either; counties keep theirs."""
    below, counties = rows[0].below, rules.county_domains if rules else COUNTY_DOMAINS
    if below is None:
        return rows
    return [
        row if name in counties or not name else row.withheld(below, whole=True)
        for (name, _, _), row in zip(wanted, rows, strict=True)
    ]


def _weights(sample: Sample, influence: InfluenceDocument | None) -> WeightsDocument:
    before, quantiles_before = _described(sample.base, sample.base.weight, sample.base.weight_squared)
    after, quantiles_after = _described(sample.cells, sample.weight, sample.squared)
    found: WeightsDocument = {
        "before": before, "after": after, "quantiles": {"before": quantiles_before, "after": quantiles_after},
    }  # fmt: skip
    if influence is not None:
        found["largest_influence"] = influence
    return found


def _further(
    sample: Sample, plan: Plan, worker: _Worker, overall: DomainEstimate, by_name: dict[str, list[DomainEstimate]]
) -> FurtherDocument:
    """Open codes, small areas and drivers, where the plan asks for them; none of them enters the decision."""
    found: FurtherDocument = {}
    if plan.modes:
        found["modes_counted"] = {"modes": list(plan.modes), "left_out": sample.other_modes}
    if plan.sampling == "open" and worker.rules is not None and overall.satisfied is not None:
        official = overall.satisfied if plan.measure.official == "share" else overall.index
        scale = 1.0 if plan.measure.official == "share" else 100.0
        assert official is not None
        found["open"] = bias_analysis(
            official.estimate / scale, (official.se or 0.0) / scale, overall.df, overall.n, worker.rules.whole
        )
    if plan.small_areas is not None:
        known = [row for row in by_name[plan.small_areas.domain] if row.satisfied is not None]
        direct = [
            DirectArea(row.level, row.n, row.df, row.satisfied.estimate, row.satisfied.se)
            for row in known
            if row.satisfied is not None
        ]
        found["small_areas"] = area_table(direct, plan.small_areas)
    if plan.drivers is not None:
        found["drivers"] = driver_table(sample, plan, np.where(worker.answered, worker.points, np.nan))
    return found


@dataclass(frozen=True)
class _Worker:
    """What every domain of one estimate shares. points, satisfied, answered (cells,)."""

    sample: Sample
    plan: Plan
    rules: Rules | None
    points: Floats
    satisfied: Floats
    answered: Mask

    def domains(self, wanted: list[tuple[str, str, Mask]]) -> list[DomainEstimate]:
        sample = self.sample
        inside = [members & self.answered & (sample.weight > 0) for _, _, members in wanted]
        statistics = [
            mean(sample, values, mask) for mask in inside if mask.any() for values in (self.satisfied, self.points)
        ]
        parts = iter(zip(statistics, variance_parts(sample, statistics), strict=True))
        rows = []
        for (domain, level, members), mask in zip(wanted, inside, strict=True):
            missing = missing_among(
                members, sample.kinds, sample.cells.count, sample.asked, self.satisfied, self.points, self.plan
            )
            if not mask.any():
                nobody = DomainEstimate(level, 0, 0, None, None, None, (Notice("no_answers"),), missing)
                rows.append(self._published(nobody, mask, domain == ""))
                continue
            zones = self.rules.of(domain) if self.rules else None
            found = self._domain(level, mask, zones, next(parts), next(parts), missing)
            found = replace(found, silent_bounds=self._silent_bounds(mask, whole=domain == ""))
            rows.append(self._published(found, mask, domain == ""))
        return rows

    def _published(self, found: DomainEstimate, inside: Mask, whole: bool) -> DomainEstimate:
        """With its figures, or without them where the plan's minimum is not met."""
        minimum = self.plan.minimum
        if minimum is None:
            return found
        least = minimum.of_whole() if whole else minimum
        below = least.missed(found.n, self.sample.sites_in(inside), found.df)
        return found.withheld(below, whole) if below else found

    def largest_influence(self) -> InfluenceDocument | None:
        """The PSU whose responses move the official figure most, to first order."""
        sample = self.sample
        if sample.design.direct:
            return None
        values = self.satisfied if self.plan.measure.official == "share" else self.points
        statistic = mean(sample, values, self.answered & (sample.weight > 0))
        scores = sample.weight * residuals(statistic.influence, sample.calibrated)
        totals = total_by(sample.design.psu, scores)
        psu = int(np.abs(totals).argmax())
        first, design = int(np.flatnonzero(sample.design.psu == psu)[0]), self.plan.design
        column = sample.cells.columns[design.psu or ""]
        found: InfluenceDocument = {"psu": column.levels[column.codes[first]], "change": float(totals[psu])}
        if design.strata and sample.method.psus_that_weigh:
            strata = sample.cells.columns[design.strata]
            found["stratum"] = strata.levels[strata.codes[first]]
        return found

    def _silent_bounds(self, mask: Mask, whole: bool) -> SilentBounds | None:
        """The official figure, a share of one, if nobody or everybody at sites without an answer were satisfied."""
        sample = self.sample
        if sample.sites is None:
            return None
        values = self.satisfied
        if self.plan.measure.official == "index":
            points = sorted(self.plan.measure.index_points().values())
            values = (self.points - points[0]) / (points[-1] - points[0])
        return sample.sites.bounds(np.where(mask, sample.weight, 0.0), values, whole)

    def _domain(
        self, level: str, inside: Mask, zones: Zones | None,
        share: tuple[Statistic, VarianceParts], index: tuple[Statistic, VarianceParts], missing: Missing,
    ) -> DomainEstimate:  # fmt: skip
        n, df = share[0].rows(self.sample), share[0].df(self.sample)
        few = Notice("few_df", {"df": df}) if df < LEAST_DF else None
        notices = tuple(notice for notice in (missing.crossing(self.plan, zones), few) if notice)
        first = self._figure(*share, self.satisfied, n, df, self.plan.interval.method)
        second = self._figure(*index, self.points, n, df, "mean")
        decision = self._decide(first, second, inside, n, df, zones) if zones else None
        return DomainEstimate(level, n, df, first, second, decision, notices, missing)

    def _figure(
        self, statistic: Statistic, parts: VarianceParts, values: Floats, n: int, df: int, method: str
    ) -> Figure:
        weight = np.where(statistic.inside, self.sample.weight, 0.0)
        se = None if np.isnan(parts.total) else float(np.sqrt(max(parts.total, 0.0)))
        spread = float(weight @ (values - statistic.value) ** 2) / float(weight.sum())
        simple = spread / (n - 1) if n > 1 else 0.0
        confidence = float(self.plan.interval.confidence)
        interval = None
        if df >= 1 and se is not None:
            if method == "mean":
                interval = mean_interval(statistic.value, se, df, confidence)
            elif parts.fixed and 0 < statistic.value < 1:
                interval = Interval(statistic.value, statistic.value, method)
            else:
                interval = share_interval(statistic.value, se, df, n, method, confidence)
        effect = parts.total / simple if simple > 0 and se is not None else None
        return Figure(statistic.value, se, interval, effect, parts)

    def _decide(self, share: Figure, index: Figure, inside: Mask, n: int, df: int, zones: Zones) -> DecisionDocument:
        official, scale = (share, 1.0) if self.plan.measure.official == "share" else (index, 100.0)
        design = self.sample.design
        strata = np.flatnonzero(np.bincount(design.stratum[inside]))
        population = design.population_units
        spread = Spread(
            between=official.parts.between / scale**2,
            within=official.parts.total / scale**2 - official.parts.between / scale**2,
            n=n,
            sites=self.sample.sites_in(inside),
            strata=len(strata),
            population_sites=float(population[strata].sum()) if population is not None else None,
            fixed=official.parts.fixed and 0 < official.estimate < scale,
        )
        confidence = float(self.plan.interval.confidence)
        official_se = float(self.plan.official_se) if self.plan.official_se is not None else None
        decision = decide(
            official.estimate / scale, (official.se or 0.0) / scale, df, zones, spread, confidence, official_se,
            self.plan.exception,
        )  # fmt: skip
        if self.plan.sampling == "open":
            withhold_next_survey(decision)
        return decision


def _described(cells: Cells, weight: Floats, squared: Floats) -> tuple[WeightSummary, list[float]]:
    """Summary and quantiles of the row weights of all who weigh anything."""
    held = weight > 0
    if not held.all():
        cells, weight, squared = cells.where(held), weight[held], squared[held]
    return summary(cells, weight, squared), weight_quantiles(cells, weight)


def _calibration(sample: Sample, plan: Plan) -> CalibrationDocument:
    """What calibration did: method, iterations, and every margin level before and after."""
    calibrated = sample.calibrated
    table: dict[str, list[MarginRow]] = {}
    for name, levels in plan.margins().items():
        column = sample.cells.columns[name]
        before = total_by(column.codes, sample.base.weight, size=len(column.levels))
        after = total_by(column.codes, sample.weight, size=len(column.levels))
        table[name] = [
            {
                "level": level, "population": population, "before": float(before[place]), "after": float(after[place]),
            }
            for level, population in levels.items()
            for place in [column.levels.index(level)]
        ]  # fmt: skip
    totals: dict[str, TotalDocument] = {}
    for name in plan.total_names:
        values, _ = sample.cells.numbers(name)
        totals[name] = {"before": float(sample.base.weight @ values), "after": float(sample.weight @ values)}
    return {
        "method": plan.calibration.method if plan.calibration else None,
        "margins": list(plan.margin_names),
        "iterations": calibrated.iterations,
        "largest_miss": calibrated.largest_miss,
        "trimmed": calibrated.trimmed,
        "margin_table": table,
        "totals": totals,
        "nonresponse": [
            {
                "levels": list(row.levels), "eligible": row.eligible, "respondents": row.respondents,
                "response_rate": row.response_rate, "factor": row.factor,
            }
            for row in sample.classes
        ],
    }  # fmt: skip


def _replication(sample: Sample, plan: Plan, worker: _Worker) -> ReplicationDocument | None:
    """The official share and index with standard errors by the plan's replicates, None where it asks for none."""
    if plan.replication is None:
        return None
    used = np.where(worker.answered, 1.0, 0.0)

    def both(weight: Floats) -> Floats:
        inside = weight * used
        return np.asarray([inside @ worker.satisfied, inside @ worker.points]) / float(inside.sum())

    found = replicate(sample, plan, plan.replication, both)
    return {
        "method": plan.replication.method,
        "replicates": found.replicates,
        "seed": plan.replication.seed if plan.replication.method == "bootstrap" else None,
        "satisfied_se": float(found.se[0]),
        "index_se": float(found.se[1]),
    }
