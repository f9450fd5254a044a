"""Rao-Scott test of independence in a two-way table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.errors import CellsError
from analysis.estimators import covariance_matrix, mean
from analysis.sample import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TableTest:
    """Second-order Rao-Scott test. shares (rows, columns) sum to 1; chi_square is Pearson's on those shares."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: Floats
    n: int
    chi_square: float
    f: float
    numerator_df: float
    denominator_df: float
    p: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": list(self.rows), "columns": list(self.columns), "shares": self.shares.tolist(), "n": self.n,
            "chi_square": self.chi_square, "F": self.f, "ndf": self.numerator_df, "ddf": self.denominator_df,
            "p": self.p,
        }  # fmt: skip


def rao_scott(sample: Sample, row_name: str, column_name: str) -> TableTest:
    """Test that two columns are independent under the design.

    The generalised design effects are the eigenvalues of (C'D V0 D C)^-1 (C'D V D C), with D = diag(1/p), V the
    design's covariance of the cell shares, V0 the multinomial one, and C the interaction contrasts made
    orthogonal to the margins.  F = X2 / trace on d and d x df degrees of freedom, d = trace^2 / trace of the
    square (Satterthwaite).  Rao and Scott (1984); Thomas and Rao (1990).
    Raises CellsError where a column has fewer than two levels or a cell of the table is empty.
    """
    row, column = sample.cells.columns[row_name], sample.cells.columns[column_name]
    inside = (row.codes >= 0) & (column.codes >= 0) & (sample.weight > 0)
    rows, columns = len(row.levels), len(column.levels)
    if rows < 2 or columns < 2:
        raise CellsError(f"a table needs at least two levels of '{row_name}' and of '{column_name}'")
    place = row.codes * columns + column.codes
    statistics = [mean(sample, (place == cell).astype(float), inside) for cell in range(rows * columns)]
    shares = np.array([statistic.value for statistic in statistics])
    if (shares <= 0).any():
        raise CellsError(f"the table of '{row_name}' and '{column_name}' has an empty cell; merge levels")
    n = statistics[0].rows(sample)
    contrasts = _interactions(rows, columns) / shares[:, None]
    design = contrasts.T @ covariance_matrix(sample, statistics) @ contrasts
    simple = contrasts.T @ (np.diag(shares) / n) @ contrasts
    delta = np.linalg.solve(simple, design)
    trace = float(np.trace(delta))
    numerator_df = trace**2 / float(np.trace(delta @ delta))
    table = shares.reshape(rows, columns)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    chi_square = n * float(((table - expected) ** 2 / expected).sum())
    f = chi_square / trace
    denominator_df = numerator_df * statistics[0].df(sample)
    p = float(stats.f.sf(f, numerator_df, denominator_df))
    return TableTest(row.levels, column.levels, table, n, chi_square, f, numerator_df, denominator_df, p)


def _interactions(rows: int, columns: int) -> Floats:
    """(rows * columns, (rows-1)(columns-1)) contrasts, orthogonal to the margins."""
    a, b = np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)
    in_row = (a[:, None] == np.arange(1, rows)).astype(float)
    in_column = (b[:, None] == np.arange(1, columns)).astype(float)
    margins = np.column_stack([np.ones(rows * columns), in_row, in_column])
    both = np.column_stack([in_row[:, i] * in_column[:, j] for j in range(columns - 1) for i in range(rows - 1)])
    basis, _ = np.linalg.qr(margins)
    return np.asarray(both - basis @ (basis.T @ both))
