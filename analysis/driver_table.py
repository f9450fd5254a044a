"""The table of drivers: services beside their average on both axes, how sure that is, and which rows it is of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.further import DriverRow, DriversDocument
from analysis.methods import Method
from analysis.mode_comparison import holm
from wording import Message

Floats = NDArray[np.float64]
QUADRANTS = {"focus": "重点改进", "keep": "继续保持", "low": "次要改进", "excess": "锦上添花", "against": "关联为负"}


def driver_rows(
    keys: Sequence[str], values: Floats, joint: Floats, reach: Floats, users: Sequence[int], has_non_users: set[int],
    df: int, confidence: float, together: Floats, method: Method,
) -> tuple[list[DriverRow], tuple[float, float]]:  # fmt: skip
    """Rows with standard errors, each compared with the average service on both axes, and the two averages.

    values (s, 4): importance, effect, performance, not used; joint (4 s, 4 s): their covariance; together: `inflation`
    of the regression's terms.  A service is sure where the larger p of its two axes, adjusted for the number of
    services (Holm 1979), is below 1 - confidence.
    """
    number = len(keys)
    se = np.sqrt(np.maximum(np.diag(joint), 0.0)).reshape(number, 4)
    lines = values.mean(axis=0)
    t = float(stats.t.ppf(0.5 + confidence / 2, df))
    rows: list[DriverRow] = []
    chances: list[float | None] = []
    for s in range(number):
        distances = []
        for axis in (0, 2):
            contrast = np.zeros((number, 4))
            contrast[:, axis] = -1 / number
            contrast[s, axis] += 1
            spread = np.sqrt(max(float(contrast.reshape(-1) @ joint @ contrast.reshape(-1)), 0.0))
            away = abs(float(values[s, axis] - lines[axis]))
            distances.append(away / spread if spread > 0 else float("inf") if away > 0 else 0.0)
        chances.append(float(2 * stats.t.sf(min(distances), df)))
        importance, effect, performance, apart = values[s].tolist()
        importance_se, effect_se, performance_se, apart_se = se[s].tolist()
        quadrant = _quadrant(importance >= lines[0], performance >= lines[2])
        if method.drivers_adjusted and importance < 0:
            quadrant = "against"
        rows.append(
            {
                "key": keys[s], "importance": importance, "importance_se": importance_se,
                "importance_lower": importance - t * importance_se, "importance_upper": importance + t * importance_se,
                "performance": performance, "performance_se": performance_se, "users": int(users[s]),
                "reach": float(reach[s]), "effect": effect, "effect_se": effect_se,
                "not_used": apart if s in has_non_users else None,
                "not_used_se": apart_se if s in has_non_users else None,
                "quadrant": quadrant, "sure": min(distances) > t, "quadrant_name": QUADRANTS[quadrant],
            }
        )  # fmt: skip
    if method.drivers_adjusted:
        for row, p, shared in zip(rows, holm(chances), together[1:], strict=False):
            row["sure"], row["inflation"] = p is not None and p < 1 - confidence, float(shared)
    return rows, (float(lines[0]), float(lines[2]))


def inflation(normal: Floats) -> Floats:
    """Variance inflation factors (k,) of terms from X'WX (k, k), the constant first: 1 / (1 - R²) of each on all others.

    Marquardt (1970).  The constant's own has no meaning.
    """
    scale = np.sqrt(np.diag(normal))
    flat = normal / np.outer(scale, scale)
    centred = 1 - flat[0] ** 2
    return np.asarray(np.diag(np.linalg.inv(flat)) * centred)


def _quadrant(important: bool, good: bool) -> str:
    if important:
        return "keep" if good else "focus"
    return "excess" if good else "low"


def tell_rows(document: DriversDocument, pairwise: bool, stated: Iterable[int]) -> None:
    """Which rows the regression is of, and how many of them speak of each service, stated (s,)."""
    document["based_on"] = "pairs" if pairwise else "complete"
    for row, number in zip(document["services"], stated, strict=True):
        row["stated"] = int(number)
    document["based_on_told"] = " ".join(told.text("en") for told in based_on_told(document))


def based_on_told(document: DriversDocument) -> list[Message]:
    """What a reader must know of the rows behind the regression; [] where nobody skipped a service."""
    if "based_on" not in document or not document["incomplete"]:
        return []
    if document["based_on"] == "complete":
        return [Message("analysis.pairs_make_no_regression")]
    stated = [row["stated"] for row in document["services"]]
    return [Message("analysis.drivers_in_pairs", left=document["incomplete"], least=min(stated), most=max(stated))]
