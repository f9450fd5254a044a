"""Two columns crossed, with the Rao-Scott test of independence where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.cells import Column
from analysis.documents.rows import TableRow
from analysis.estimators import Statistic, covariance_matrix, mean
from analysis.notices import Notice
from analysis.plan import CROSS
from analysis.sample import Mask, Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Independence:
    """Second-order Rao-Scott test: F on numerator_df and denominator_df; chi_square is Pearson's on the shares."""

    chi_square: float
    f: float
    numerator_df: float
    denominator_df: float
    p: float


@dataclass(frozen=True)
class CrossTable:
    """shares (rows, columns) sum to 1. test: None where there is none, which notices say; they also say what to know of it.

    names: the two columns. rows, columns: the levels that somebody holds who answered both.
    """

    names: tuple[str, str]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: Floats
    n: int
    test: Independence | None
    notices: tuple[Notice, ...]

    def as_row(self, name: str) -> TableRow:
        """As a figure of that name in a document."""
        test = self.test
        return {
            "name": name, "kind": "table",
            "table": list(self.names), "rows": list(self.rows), "columns": list(self.columns),
            "shares": self.shares.tolist(), "n": self.n, "chi_square": test.chi_square if test else None,
            "F": test.f if test else None, "ndf": test.numerator_df if test else None,
            "ddf": test.denominator_df if test else None, "p": test.p if test else None,
            "notices": [notice.as_dict() for notice in self.notices],
        }  # fmt: skip


def cross_table(sample: Sample, names: tuple[str, str], impossible: Sequence[tuple[str, str]] = ()) -> CrossTable:
    """Two columns crossed, and the test that they are independent under the design where it can be made.

    impossible: pairs of levels that cannot occur together. A table with such a cell, or one in which a column follows
    from the other, is empty there by logic, and independence is no question. A cell that is empty by chance is left
    out of the inverse of D, as R's svychisq does (survey 4.1), and named in a notice.
    """
    row, column, inside = _answered_both(sample, names)
    if not inside.any():
        return CrossTable(names, (), (), np.zeros((0, 0)), 0, None, (Notice("no_answers"),))
    rows, columns = len(row.levels), len(column.levels)
    place = row.codes * columns + column.codes
    statistics = [mean(sample, (place == cell).astype(float), inside) for cell in range(rows * columns)]
    table = np.array([statistic.value for statistic in statistics]).reshape(rows, columns)
    found = CrossTable(names, tuple(row.levels), tuple(column.levels), table, statistics[0].rows(sample), None, ())
    reason = _no_question(found, impossible, sample.cells.count[inside], place[inside])
    if reason is not None:
        return replace(found, notices=(reason,))
    test = _rao_scott(sample, statistics, table)
    if test is None:
        return replace(found, notices=(Notice("table_singular"),))
    empty = np.argwhere(table == 0)
    notes = (Notice("table_cells_empty", {"cells": _named(found, empty)}),) if len(empty) else ()
    return replace(found, test=test, notices=notes)


def _answered_both(sample: Sample, names: tuple[str, str]) -> tuple[Column, Column, Mask]:
    """Both columns with the levels that occur among those who answered both, -1 elsewhere, and who these are."""
    first, second = (sample.cells.columns[name] for name in names)
    inside = (first.codes >= 0) & (second.codes >= 0) & (sample.weight > 0)
    return first.among(inside), second.among(inside), inside


def _no_question(
    found: CrossTable, impossible: Sequence[tuple[str, str]], count: NDArray[np.int64], place: NDArray[np.int64]
) -> Notice | None:
    """Why independence cannot be asked of this table, or None."""
    for name, levels in zip(found.names, (found.rows, found.columns), strict=True):
        if len(levels) < 2:
            return Notice("table_too_small", {"column": name})
    ruled_out = np.array(
        [
            (found.rows.index(one), found.columns.index(other))
            for one, other in impossible
            if one in found.rows and other in found.columns
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    if len(ruled_out):
        codes = ruled_out[:, 0] * len(found.columns) + ruled_out[:, 1]
        there = int(count[np.isin(place, codes)].sum())
        said: dict[str, str | int | float] = {"cells": _named(found, ruled_out)}
        return Notice("table_not_impossible", said | {"n": there}) if there else Notice("table_impossible", said)
    held = found.shares > 0
    for axis, (name, other) in ((0, found.names), (1, found.names[::-1])):
        if (held.sum(axis=axis) == 1).all():
            return Notice("table_follows", {"column": name, "other": other})
    return None


def _named(found: CrossTable, cells: NDArray[np.int64]) -> str:
    return ", ".join(f"{found.rows[row]}{CROSS}{found.columns[column]}" for row, column in cells)


def _rao_scott(sample: Sample, statistics: Sequence[Statistic], table: Floats) -> Independence | None:
    """The generalised design effects are the eigenvalues of (C'D V0 D C)^-1 (C'D V D C), with D = diag(1/p), 0 for
    an empty cell, V the design's covariance of the cell shares, V0 the multinomial one, and C the interaction
    contrasts made orthogonal to the margins.  F = X2 / trace on d and d x df degrees of freedom, d = trace^2 / trace
    of the square (Satterthwaite).  Rao and Scott (1984); Thomas and Rao (1990). None where it cannot be computed.
    """
    shares, n, df = table.ravel(), statistics[0].rows(sample), statistics[0].df(sample)
    inverse = np.divide(1.0, shares, out=np.zeros_like(shares), where=shares > 0)
    contrasts = _interactions(*table.shape) * inverse[:, None]
    design = contrasts.T @ covariance_matrix(sample, statistics) @ contrasts
    simple = contrasts.T @ (np.diag(shares) / n) @ contrasts
    if df < 1 or np.linalg.cond(simple) > 1 / np.finfo(float).eps:  # where R's solve() stops
        return None
    delta = np.linalg.solve(simple, design)
    trace = float(np.trace(delta))
    if trace <= 0:
        return None
    numerator_df = trace**2 / float(np.trace(delta @ delta))
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    chi_square = n * float(((table - expected) ** 2 / expected).sum())
    f, denominator_df = chi_square / trace, numerator_df * df
    return Independence(chi_square, f, numerator_df, denominator_df, float(stats.f.sf(f, numerator_df, denominator_df)))


def _interactions(rows: int, columns: int) -> Floats:
    """(rows * columns, (rows-1)(columns-1)) contrasts, orthogonal to the margins."""
    a, b = np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)
    in_row = (a[:, None] == np.arange(1, rows)).astype(float)
    in_column = (b[:, None] == np.arange(1, columns)).astype(float)
    margins = np.column_stack([np.ones(rows * columns), in_row, in_column])
    both = np.column_stack([in_row[:, i] * in_column[:, j] for j in range(columns - 1) for i in range(rows - 1)])
    basis, _ = np.linalg.qr(margins)
    return np.asarray(both - basis @ (basis.T @ both))
