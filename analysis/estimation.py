"""Satisfaction from weighted cells: share and index with their uncertainty, by domain, and the decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import residuals
from analysis.cells import Cells, inner, places_of
from analysis.counties import side_by_side
from analysis.decision import decide
from analysis.definitions_compared import by_definition, measure_values
from analysis.documents.further import FurtherDocument
from analysis.documents.rows import DecisionDocument, SilentBounds, TippingRow
from analysis.documents.weights import InfluenceDocument, ReplicationDocument, WeightCheck
from analysis.errors import CellsError
from analysis.estimators import Statistic, mean, variance_parts
from analysis.few_sites import ENOUGH_DF, LEAST_DF, Law, Strata, law
from analysis.fieldwork_effects import fieldwork_of
from analysis.figures import domains, requested
from analysis.further import driver_table
from analysis.intervals import Interval, mean_interval, share_interval
from analysis.missing import Missing, missing_among
from analysis.next_survey import Spread, withhold_next_survey
from analysis.notices import Notice
from analysis.open_codes import bias_analysis, participation
from analysis.plan import Plan
from analysis.replication import replicate_totals
from analysis.response import response_of
from analysis.results import DomainEstimate, Estimate, Figure
from analysis.sample import Mask, Sample, weighted_sample
from analysis.site_weights import heavy_psus
from analysis.small_areas import DirectArea, area_table
from analysis.tipping import tipping_of_index, tipping_of_share
from analysis.variance import VarianceParts
from analysis.weight_checks import checks, said
from analysis.weight_documents import calibration_document, weights_document
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
        if worker.answered.any() and plan.weight_column:
            raise CellsError("analysis.all_weights_zero", design_weight=plan.weight_column)
        raise CellsError("analysis.nobody_answered_nothing_estimate", measure_question=plan.measure.question)
    wanted = [("", "", sample.everyone)]
    for name, columns in plan.crossings.items():
        wanted += [(name, level, members) for level, members in domains(sample, columns)]
    rows = [row for start in range(0, len(wanted), 4) for row in worker.domains(wanted[start : start + 4])]
    rows = _without_whole(wanted, rows, rules)
    by_name: dict[str, list[DomainEstimate]] = {name: [] for name in plan.crossings}
    for (name, _, _), row in zip(wanted[1:], rows[1:], strict=True):
        by_name[name].append(row)
    if rules is not None and plan.method.counties_side_by_side:
        for name in set(rules.county_domains) & set(by_name):
            confidence = float(plan.interval.confidence)
            zones = [rules.of(name, row.level) for row in by_name[name]]
            by_name[name] = side_by_side(by_name[name], zones, plan.measure.official, confidence)
    overall, notices = rows[0], [*sample.notes]
    if plan.method.weights_follow_sites and not plan.follows_sites:
        notices += heavy_psus(sample.cells, sample.weight, plan)
    if plan.sampling == "open":
        notices.insert(0, Notice("open_answers"))
    if plan.exception:
        notices.insert(0, Notice("declared_exception", {"sentence": plan.exception}))
    if overall.satisfied is not None and plan.measure.official == "share" and not 0 < overall.satisfied.estimate < 1:
        notices.append(Notice("one_sided"))
    weights = weights_document(sample, worker.largest_influence())
    weights["checks"] = worker.weight_checks(wanted)
    notices += said(weights["checks"])
    return Estimate(
        plan=plan,
        overall=overall,
        domains={name: tuple(found) for name, found in by_name.items()},
        sum_weights=float(sample.weight.sum()),
        kish_deff=weights["after"]["kish_deff"],
        weights=weights,
        calibration=calibration_document(sample, plan),
        notices=(*notices, *overall.notices),
        definitions=() if overall.below else tuple(by_definition(sample, plan, rules.whole if rules else None)),
        figures=tuple(requested(sample, _others(plan) if overall.below else plan, worker.satisfied, worker.answered)),
        replication=None if overall.below else _replication(sample, plan, worker),
        flagged={"flagged": sample.flagged, "excluded": sample.excluded} if plan.flagged else None,
        further=_further(sample, plan, worker, rows[0], by_name),
        rules=rules,
        site_weights=sample.sites.as_dict(overall.silent_bounds) if sample.sites else None,
        response=response_of(sample, plan, overall.official(plan.measure.official)),
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
            official.estimate / scale, (official.se or 0.0) / scale, overall.df, overall.n, worker.rules.whole,
            participation(plan, overall.n),
        )  # fmt: skip
    if plan.small_areas is not None:
        direct = [
            DirectArea(row.level, row.n, row.satisfied.estimate, row.satisfied.se)
            for row in by_name[plan.small_areas.domain]
            if row.satisfied is not None
        ]
        found["small_areas"] = area_table(direct, sample, plan, worker.satisfied, worker.answered)
    if plan.fieldwork is not None and overall.below is None:
        found["fieldwork"] = fieldwork_of(sample, plan)
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
            zones = self.rules.of(domain, level) if self.rules else None
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

    @cached_property
    def official_mean(self) -> Statistic:
        """The official figure with its influence; an index in its own units."""
        values = self.satisfied if self.plan.measure.official == "share" else self.points
        return mean(self.sample, values, self.answered & (self.sample.weight > 0))

    @cached_property
    def _official_totals(self) -> Floats:
        """(PSUs,) how far each moves the official figure, to first order."""
        sample = self.sample
        own, at = self.official_mean.own, self.official_mean.at
        return sample.design.by_psu(sample.weight * residuals(own, sample.calibrated, at))

    def largest_influence(self) -> InfluenceDocument | None:
        """The PSU whose responses move the official figure most, to first order."""
        sample = self.sample
        if sample.design.direct:
            return None
        totals = self._official_totals
        psu = int(np.abs(totals).argmax())
        stratum, name = self._psu_names(psu)
        found: InfluenceDocument = {"psu": name, "change": float(totals[psu])}
        if self.plan.design.strata and sample.method.psus_that_weigh:
            found["stratum"] = stratum
        return found

    def weight_checks(self, wanted: list[tuple[str, str, Mask]]) -> list[WeightCheck]:
        inside = self.answered & (self.sample.weight > 0)
        return checks(
            self.sample,
            inside,
            None if self.sample.design.direct else self._official_totals,
            wanted,
            lambda psu: " ".join(filter(None, self._psu_names(psu))),
        )

    def _psu_names(self, psu: int) -> tuple[str, str]:
        """The stratum of a PSU, '' without strata, and what it is called."""
        sample, design = self.sample, self.plan.design
        first = int((sample.design.psu == psu).argmax())
        columns = (sample.cells.columns[name] if name else None for name in (design.strata, design.psu))
        stratum, own = ("" if column is None else column.levels[column.codes[first]] for column in columns)
        return stratum, own

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
        decision, law_of = self._decide(first, second, inside, n, df, zones) if zones else (None, None)
        tipping = self._tipping(first, inside, df, zones) if zones else None
        return DomainEstimate(level, n, df, first, second, decision, notices, missing, tipping=tipping, law=law_of)

    def _tipping(self, share: Figure, inside: Mask, df: int, zones: Zones) -> TippingRow:
        if self.plan.measure.official == "share":
            return tipping_of_share(share.estimate, share.interval, zones)
        points, confidence = self.points / 100, float(self.plan.interval.confidence)
        return tipping_of_index(self.sample, inside, self.satisfied, points, confidence, df, zones)

    def _figure(
        self, statistic: Statistic, parts: VarianceParts, values: Floats, n: int, df: int, method: str
    ) -> Figure:
        at = statistic.at
        weight = self.sample.weight[at]
        se = None if np.isnan(parts.total) else float(np.sqrt(max(parts.total, 0.0)))
        spread = inner(weight, (values[at] - statistic.value) ** 2) / float(weight.sum())
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

    def _decide(
        self, share: Figure, index: Figure, inside: Mask, n: int, df: int, zones: Zones
    ) -> tuple[DecisionDocument, Law | None]:
        official, scale = (share, 1.0) if self.plan.measure.official == "share" else (index, 100.0)
        design = self.sample.design
        strata = np.flatnonzero(np.bincount(design.stratum[places_of(inside)]))
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
        law_of = self._law((official.se or 0.0) / scale, inside, df, spread)
        decision = decide(
            official.estimate / scale, (official.se or 0.0) / scale, df, zones, spread, confidence, official_se,
            self._unchosen, law_of,
        )  # fmt: skip
        if self.plan.sampling == "open":
            withhold_next_survey(decision)
        return decision, law_of

    @property
    def _unchosen(self) -> Notice | None:
        """Why those who answered stand for nobody else."""
        if self.plan.exception:
            return Notice("declared_exception", {"sentence": self.plan.exception})
        open_to_all = self.plan.sampling == "open" and self.plan.method.few_sites_pooled
        return Notice("open_no_probability") if open_to_all else None

    @cached_property
    def _official(self) -> Floats:
        """(cells,) the values of the official figure, each a share of one."""
        return self.satisfied if self.plan.measure.official == "share" else self.points / 100

    @cached_property
    def _strata(self) -> Strata:
        return Strata.of(self.sample, self._official, self.answered & (self.sample.weight > 0))

    def _law(self, se: float, inside: Mask, df: int, spread: Spread) -> Law | None:
        """The error behind the probabilities of a domain; None where it is the direct one, whatever that is worth."""
        if spread.fixed or not self.plan.method.few_sites_pooled or self._unchosen:
            return None
        own, every = Strata.of(self.sample, self._official, inside, df < ENOUGH_DF), None
        if df < ENOUGH_DF:
            whole = np.isclose(own.weight, self._strata.weight, rtol=1e-9) | (own.weight == 0)
            every = self._strata if whole.all() else own  # a county has all the others' strata beside its own
        return law(own, every, se, df, spread.n, spread.sites)


def _replication(sample: Sample, plan: Plan, worker: _Worker) -> ReplicationDocument | None:
    """The official share and index with standard errors by the plan's replicates, None where it asks for none."""
    if plan.replication is None:
        return None
    used = np.where(worker.answered, 1.0, 0.0)
    found = replicate_totals(
        sample, plan, plan.replication, np.column_stack([used, used * worker.satisfied, used * worker.points]),
        lambda totals: totals[1:] / totals[0],
    )  # fmt: skip
    return {
        "method": plan.replication.method,
        "replicates": found.replicates,
        "seed": plan.replication.seed if plan.replication.method == "bootstrap" else None,
        "satisfied_se": float(found.se[0]),
        "index_se": float(found.se[1]),
    }
