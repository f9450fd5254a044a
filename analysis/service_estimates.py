"""How satisfied the users of each service are, under the plan's weights and design, with their joint covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from analysis.documents.services import AreaServiceRow, CovarianceDocument, ServiceRow, ServicesDocument
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.estimators import Statistic, covariance_matrix
from analysis.plan import Plan
from analysis.sample import Mask, Sample, weighted_sample
from analysis.service_table import RATING, ServiceTable, service_plan
from wording import english

Floats = NDArray[np.float64]


def service_estimates(table: ServiceTable, plan: Plan, area: str | None = None) -> ServicesDocument:
    """Share satisfied and index of every service among those who rated it, overall and by the column `area`.

    "services": one row each, with "not_used" (responses) and "reach", the weighted share of users among those who
    said whether they use it.  "covariance": of the shares, in the order of "services" (None without PSUs, where
    the table does not hold it); "areas": level -> the same two.  A service nobody rated has None and a "why".
    """
    asked = service_plan(plan, (area,) if area else ())
    unused = [at for at, code in enumerate(table.codes) if code not in plan.measure.scale]
    rows: list[ServiceRow] = []
    areas = _levels(table, area)
    by_area: dict[str, list[AreaServiceRow]] = {level: [] for level in areas}
    sample = weighted_sample(table.cells, asked)
    for place, key in enumerate(table.services):
        cells, use = table.cells_of(place), _use(table, sample, place, unused)
        column = cells.columns[RATING]
        not_used = np.isin(column.codes, [column.levels.index(str(table.codes[at])) for at in unused])
        outside = column.among(~not_used)
        try:
            found = estimate(replace(cells, columns=cells.columns | {RATING: outside}), asked).as_dict()
        except AnalysisError as error:
            rows.append(
                {"key": key, "n": 0, "estimate": None, "why": english(error), "not_used": use[0], "reach": use[1]}
            )
            continue
        rows.append(_row(key, found, use))
        for row in found["domains"].get(area or "", []):
            by_area[row["level"]].append(_area_row(key, row))
    return {
        "services": rows,
        "covariance": _covariance(table, sample, plan, sample.everyone),
        "areas": [
            {
                "level": level,
                "services": by_area[level],
                "covariance": _covariance(
                    table, sample, plan, members, [row["key"] for row in by_area[level] if row["n"]]
                ),
            }
            for level, members in areas.items()
        ],
    }


def _row(key: str, found: EstimateDocument, use: tuple[int, float | None]) -> ServiceRow:
    share, index = found["satisfied"], found["index"]
    return {
        "key": key, "n": found["n"], "estimate": share["estimate"], "se": share["se"], "lower": share["lower"],
        "upper": share["upper"], "df": found["df"], "design_effect": found["design_effect"],
        "effective_n": found["effective_n"], "index": index["estimate"], "index_se": index["se"],
        "warnings": found["warnings"], "not_used": use[0], "reach": use[1],
    }  # fmt: skip


def _area_row(key: str, row: DomainRow) -> AreaServiceRow:
    return {
        "key": key, "n": row["n"], "estimate": row["estimate"], "se": row["se"], "lower": row["lower"],
        "upper": row["upper"], "df": row["df"], "design_effect": row["design_effect"],
        "effective_n": row["effective_n"], "index": row["index"], "index_se": row["index_se"],
        "warnings": row["warnings"],
    }  # fmt: skip


def _levels(table: ServiceTable, area: str | None) -> dict[str, Mask]:
    if area is None or area not in table.cells.columns:
        return {}
    column = table.cells.columns[area]
    return {level: column.codes == place for place, level in enumerate(column.levels)}


def _use(table: ServiceTable, sample: Sample, service: int, unused: list[int]) -> tuple[int, float | None]:
    """Responses that say 'not used', and the weighted share of users among those who said anything."""
    chosen = table.counts[:, service, :]
    each = sample.weight / sample.cells.count
    said, away = float(each @ chosen.sum(axis=1)), float(each @ chosen[:, unused].sum(axis=1))
    return int(chosen[:, unused].sum()), 1 - away / said if said > 0 else None


def _covariance(
    table: ServiceTable, sample: Sample, plan: Plan, members: Mask, keys: list[str] | None = None
) -> CovarianceDocument | None:
    """Joint covariance of the services' shares among `members`: what is needed are PSU totals, which counts give."""
    sample = sample.with_replacement
    if sample.design.direct or sample.design.by_stage:
        return None
    satisfied = np.isin(table.codes, plan.measure.satisfied)
    rated = np.isin(table.codes, plan.measure.scale)
    names, statistics = [], []
    for place, key in enumerate(table.services):
        if keys is not None and key not in keys:
            continue
        share = table.counts[:, place, :] / sample.cells.count[:, None]
        weight = np.where(members, sample.weight, 0.0)
        users = share[:, rated].sum(axis=1)
        total = float(weight @ users)
        if total <= 0:
            continue
        good = share[:, satisfied].sum(axis=1)
        value = float(weight @ good) / total
        names.append(key)
        statistics.append(
            Statistic(value, np.where(members, (good - value * users) / total, 0.0), members & (users > 0))
        )
    if not statistics:
        return None
    return {"keys": names, "matrix": covariance_matrix(sample, statistics).tolist()}
