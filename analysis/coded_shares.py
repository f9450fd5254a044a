"""Weighted shares of codes that persons gave to written answers, and the measured question among whoever is under a code.

A code is a column of 0 and 1 among the answers that were coded, estimated under the run's own weights and design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells
from analysis.definitions_compared import measure_values
from analysis.errors import DesignError
from analysis.estimators import Statistic, mean, standard_errors
from analysis.figures import domains
from analysis.intervals import share_interval
from analysis.plan import Plan
from analysis.sample import Mask, Sample, weighted_sample

CODED = "coded_answer"  # key column of the cells: the number of a coded answer, nothing for all others
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShareRow:
    """Of one code in one level of a domain ('' everybody). n: coded answers behind the share, had: under the code. se None
    where there is no degree of freedom; lower, upper with it."""

    code: int
    level: str
    n: int
    had: int
    share: float | None  # None: left out, the answers being too few
    se: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class CodedShares:
    """shares: of everybody and by level, in the order of `codes`. satisfied: of the measured question, among whoever is
    under each code; its `had` are the satisfied."""

    coded: int
    shares: tuple[ShareRow, ...]
    satisfied: tuple[ShareRow, ...]


def plan_with_codes(plan: Plan, by: str = "") -> Plan:
    """The plan whose cells tell coded answers apart, and the levels of the column `by`."""
    return replace(
        plan, domains=tuple(dict.fromkeys([CODED, *([by] if by else [])])), drivers=None, small_areas=None, figures=()
    )


def coded_shares(
    cells: Cells, plan: Plan, given: Mapping[str, frozenset[int]], codes: Sequence[int], by: str = ""
) -> CodedShares:
    """cells: of `plan_with_codes`. given: number of a coded answer -> its codes. Raises AnalysisError.

    share = sum(w y) / sum(w) over coded answers with a weight; se by linearisation over sites, calibrated as the run;
    interval by the plan's method.  The unit is the answer: one cell holds one coded answer.
    """
    sample = weighted_sample(cells, plan)
    column = sample.cells.columns[CODED]
    found = [given.get(level, frozenset()) for level in column.levels] + [frozenset()]
    coded = (column.codes >= 0) & (sample.weight > 0)
    values = {code: np.array([float(code in one) for one in found])[column.codes] for code in codes}
    _points, satisfied, answered = measure_values(sample.cells, plan)
    wanted = [("", coded)] + ([(level, members & coded) for level, members in domains(sample, (by,))] if by else [])
    shares = [(code, level, mean(sample, values[code], inside), values[code])
              for level, inside in wanted if inside.any() for code in codes]  # fmt: skip
    under = [(code, "", mean(sample, satisfied, inside), satisfied)
             for code in codes if (inside := coded & answered & (values[code] > 0)).any()]  # fmt: skip
    return CodedShares(
        int(sample.cells.count[coded].sum()), tuple(_rows(sample, plan, shares)), tuple(_rows(sample, plan, under))
    )


def _rows(sample: Sample, plan: Plan, wanted: Sequence[tuple[int, str, Statistic, Floats]]) -> Iterator[ShareRow]:
    errors = standard_errors(sample, [statistic for _, _, statistic, _ in wanted])
    for (code, level, statistic, values), se in zip(wanted, errors, strict=True):
        n, had = statistic.rows(sample), _rows_with(sample, statistic.inside, values)
        method, confidence = plan.interval.method, float(plan.interval.confidence)
        try:
            limits = share_interval(statistic.value, se, statistic.df(sample), n, method, confidence)
        except DesignError:
            yield ShareRow(code, level, n, had, statistic.value, None, None, None)
        else:
            yield ShareRow(code, level, n, had, statistic.value, se, limits.lower, limits.upper)


def _rows_with(sample: Sample, inside: Mask, values: Floats) -> int:
    return int(sample.cells.count[inside & (values > 0)].sum())
