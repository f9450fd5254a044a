"""What people answered to every question, weighted, with its uncertainty: among all, and by the levels of one column.

The shares, means and quantiles of `estimators`, under the run's own weights and design; intervals of shares by the plan's
method, of numbers by Student's t.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.cells import Codes
from analysis.documents.questions import (
    AnswerRow,
    BannerDocument,
    ItemKind,
    Marked,
    NumberKind,
    NumberRow,
    QuestionDocument,
)
from analysis.errors import AnalysisError
from analysis.estimators import Floats, Statistic, difference, mean, quantile, standard_errors
from analysis.intervals import FIXED, mean_interval, share_intervals
from analysis.mode_comparison import holm
from analysis.plan import Plan
from analysis.question_table import ANSWER, GROUP, WHY_MISSING, QuestionTable, Spread
from analysis.sample import Mask, Sample, weighted_sample
from analysis.service_table import service_plan
from analysis.tables import cross_table

UNRANKED = "0"  # the place of an option that others were put before
PROMOTERS, DETRACTORS = (9, 10), range(7)  # Reichheld (2003)
QUARTILES = (0.25, 0.5, 0.75)
DIFFERS = 0.05  # family-wise


@dataclass(frozen=True)
class Asked:
    """What of a question decides its numbers. satisfied: of a scale that is the measure's, the codes that count. measured: the
    plan's own measure, which is weighted by those who answered it where the plan says so."""

    kind: ItemKind
    recommends: bool = False
    scaled: bool = False
    satisfied: tuple[str, ...] = ()
    measured: bool = False


def questions(table: QuestionTable, asked: Mapping[str, Asked], plan: Plan) -> list[QuestionDocument]:
    """Every question of the table among all, in its order. Raises AnalysisError where no sample can be weighed."""
    return [one.told()[0] for one in _each(table, asked, plan, table.items)]


def banner(
    table: QuestionTable, asked: Mapping[str, Asked], plan: Plan, column: str, names: Iterable[str] | None = None
) -> list[BannerDocument]:
    """Questions told apart by the levels of `column`, one of the table's cells. names: which; none: all."""
    found = [one.banner() for one in _each(table, asked, plan, table.items if names is None else names, column)]
    adjusted = holm([one["p"] for one in found])
    return [{**one, "p_holm": p} for one, p in zip(found, adjusted, strict=True)]


def _each(
    table: QuestionTable, asked: Mapping[str, Asked], plan: Plan, names: Iterable[str], column: str = ""
) -> Iterator[_Question]:
    everybody = service_plan(plan)
    spread = Spread.of(weighted_sample(table.cells, everybody), table.cells.columns.get(column))
    for name in names:
        own, counted = spread, table.items[name]
        if asked[name].measured and plan.follows_sites and plan.weights.respondents != "all":
            cells, counted = table.told_by(counted, plan.measure.question)
            measured = weighted_sample(cells, replace(everybody, measure=plan.measure, weights=plan.weights))
            own = Spread.of(measured, cells.columns.get(column))
        sample, code = own.of_question(counted)
        yield _Question(name, asked[name], plan, counted.levels, tuple(own.group.levels), sample, code)


@dataclass(frozen=True)
class _Question:
    """code (cells,): place of the answer in `levels`, below 0 for none."""

    name: str
    asked: Asked
    plan: Plan
    levels: tuple[str, ...]
    groups: tuple[str, ...]
    sample: Sample
    code: Codes

    def told(self) -> list[QuestionDocument]:
        """The question in each group, with all standard errors found at once."""
        members = [self.sample.cells.columns[GROUP].codes == place for place in range(len(self.groups))]
        answered = [inside & (self.code >= 0) & (self.sample.weight > 0) for inside in members]
        shares = [self._shares(inside) for inside in answered]
        numbers = [self._numbers(inside) for inside in answered]
        flat = [one for group in shares for one in group] + [one for group in numbers for _, one in group]
        errors = [0.0 if se < FIXED else se for se in standard_errors(self.sample, flat)]
        place, found = 0, []
        ends = np.cumsum([len(group) for group in numbers]) + sum(map(len, shares))
        for group, (inside, own, more) in enumerate(zip(answered, shares, numbers, strict=True)):
            df = own[0].df(self.sample) if own else more[0][1].df(self.sample) if more else 0
            rows = self._answers(inside, own, errors[place : place + len(own)], df)
            place += len(own)
            said = self._said(more, errors[ends[group] - len(more) : ends[group]], df)
            found.append(self._document(members[group], inside, rows, [*said, *self._quantiles(inside, df)], df))
        return found

    def banner(self) -> BannerDocument:
        groups = self.told()
        test = None
        if self._tells_answers and len(self.groups) > 1:
            try:
                test = cross_table(self.sample, (ANSWER, GROUP)).test
            except AnalysisError:
                test = None
        return {
            "name": self.name, "levels": list(self.groups), "groups": groups,
            "F": test.f if test else None, "ndf": test.numerator_df if test else None,
            "ddf": test.denominator_df if test else None, "p": test.p if test else None, "p_holm": None,
            "marks": self._marks() if len(self.groups) > 1 else [],
        }  # fmt: skip

    @property
    def _tells_answers(self) -> bool:
        """Whether its answers are few enough to be listed."""
        return self.asked.kind in ("code", "chosen")

    @property
    def _listed(self) -> tuple[str, ...]:
        """The answers whose shares are told."""
        return self.levels if self.asked.kind == "code" else ("1",)

    def _shares(self, inside: Mask) -> list[Statistic]:
        if not self._tells_answers or not inside.any():
            return []
        return [mean(self.sample, self._is((level,)), inside) for level in self._listed]

    def _is(self, levels: Sequence[str]) -> Floats:
        """1 where the answer is one of `levels` (cells,)."""
        table = np.array([*(float(level in levels) for level in self.levels), 0.0])
        return np.asarray(table[np.maximum(self.code, -1)])

    def _values(self) -> Floats:
        """The answers as numbers, 0 where there is none."""
        return np.array([*(float(level) for level in self.levels), 0.0])[np.maximum(self.code, -1)]

    def _numbers(self, inside: Mask) -> list[tuple[NumberRow, Statistic]]:
        """What else is told in one number, with its influence; limits and errors come later."""
        if not inside.any():
            return []
        found: list[tuple[NumberRow, Statistic]] = []
        if self.asked.satisfied:
            found.append((_blank("satisfied"), mean(self.sample, self._is(self.asked.satisfied), inside)))
        if self.asked.kind == "place":
            found.append((_blank("first"), mean(self.sample, self._is(("1",)), inside)))
            inside = inside & (self._is((UNRANKED,)) == 0)
        if inside.any() and (self.asked.kind in ("number", "place") or self.asked.scaled or self.asked.recommends):
            found.append((_blank("mean"), mean(self.sample, self._values(), inside)))
        if self.asked.recommends:
            values = self._values()
            net = np.isin(values, PROMOTERS).astype(float) - np.isin(values, DETRACTORS).astype(float)
            found.append((_blank("net"), mean(self.sample, net, inside)))
        return found

    def _answers(self, inside: Mask, shares: list[Statistic], errors: list[float], df: int) -> list[AnswerRow]:
        if not shares:
            return []
        n = int(self.sample.cells.count[inside].sum())
        given = [int(self.sample.cells.count[inside & (self._is((level,)) > 0)].sum()) for level in self._listed]
        values = np.array([one.value for one in shares])
        interval = self.plan.interval
        lower, upper = share_intervals(values, np.array(errors), df, n, interval.method, float(interval.confidence))
        return [
            {"level": level, "n": number, "estimate": value, "se": se, "lower": low, "upper": high}
            for level, number, value, se, low, high in zip(
                self._listed, given, values.tolist(), errors, lower, upper, strict=True
            )
        ]

    def _said(self, numbers: list[tuple[NumberRow, Statistic]], errors: list[float], df: int) -> list[NumberRow]:
        confidence, found = float(self.plan.interval.confidence), []
        for (row, one), se in zip(numbers, errors, strict=True):
            low: float | None = None
            high: float | None = None
            own = one.df(self.sample)
            if row["kind"] in ("satisfied", "first"):
                method, n = self.plan.interval.method, one.rows(self.sample)
                ends = share_intervals(np.array([one.value]), np.array([se]), own, n, method, confidence)
                low, high = ends[0][0], ends[1][0]
            elif own >= 1:
                limits = mean_interval(one.value, se, own, confidence)
                low, high = limits.lower, limits.upper
            found.append(_filled(row, one.value, se, low, high))
        return found

    def _quantiles(self, inside: Mask, df: int) -> list[NumberRow]:
        if self.asked.kind != "number" or not inside.any() or df < 1:
            return []
        t = float(stats.t.ppf(0.5 + float(self.plan.interval.confidence) / 2, df))
        found = []
        for point in QUARTILES:
            one = quantile(self.sample, self._values(), inside, point, t)
            found.append(_filled({**_blank("quantile"), "at": point}, one.value, one.se, one.lower, one.upper))
        return found

    def _document(
        self, members: Mask, inside: Mask, answers: list[AnswerRow], numbers: list[NumberRow], df: int
    ) -> QuestionDocument:
        count = self.sample.cells.count
        missing = {
            kind: int(count[members & (self.code == place - len(WHY_MISSING))].sum())
            for place, kind in enumerate(WHY_MISSING)
        }
        return {
            "name": self.name, "n": int(count[inside].sum()), "responses": int(count[members].sum()),
            "missing": {kind: number for kind, number in missing.items() if number}, "df": df,
            "answers": answers, "numbers": numbers,
        }  # fmt: skip

    def _marks(self) -> list[Marked]:
        """Each group against all others together, in each answer: t tests, Holm's correction over the question."""
        if not self._tells_answers:
            return []
        group, there = self.sample.cells.columns[GROUP].codes, (self.code >= 0) & (self.sample.weight > 0)
        pairs: list[tuple[str, str, Statistic]] = []
        for place, name in enumerate(self.groups):
            own, others = there & (group == place), there & (group >= 0) & (group != place)
            if own.any() and others.any():
                for level in self._listed:
                    values = self._is((level,))
                    between = difference(mean(self.sample, values, own), mean(self.sample, values, others))
                    pairs.append((level, name, between))
        errors = standard_errors(self.sample, [one for *_, one in pairs])
        p_values: list[float | None] = []
        for (*_, one), se in zip(pairs, errors, strict=True):
            df = one.df(self.sample)
            p_values.append(float(2 * stats.t.sf(abs(one.value) / se, df)) if se > FIXED and df >= 1 else None)
        return [
            {"level": level, "group": name, "difference": one.value, "p_holm": p, "differs": p is not None and p < DIFFERS}
            for (level, name, one), p in zip(pairs, holm(p_values), strict=True)
        ]  # fmt: skip


def _blank(kind: NumberKind) -> NumberRow:
    return {"kind": kind, "at": None, "estimate": None, "se": None, "lower": None, "upper": None}


def _filled(row: NumberRow, value: float, se: float, lower: float | None, upper: float | None) -> NumberRow:
    return {**row, "estimate": value, "se": se, "lower": lower, "upper": upper}
