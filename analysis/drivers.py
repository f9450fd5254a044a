"""Which services move overall satisfaction, and which of those to mend first: importance beside performance.

After the weights are made; before the report. It shows associations among citizens, never effects of a measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.further import DriverRow, DriversDocument
from analysis.errors import AnalysisError
from analysis.methods import CURRENT, Method
from analysis.mode_comparison import holm
from analysis.regression import Fit, Weighting, linear
from analysis.sample import Mask
from wording import Message

Floats = NDArray[np.float64]
QUADRANTS = {"focus": "重点改进", "keep": "继续保持", "low": "次要改进", "excess": "锦上添花", "against": "关联为负"}


def drivers(
    overall: Floats, ratings: Floats, not_used: NDArray[np.bool_], keys: Sequence[str], weighting: Weighting,
    least_users: int = 30, confidence: float = 0.95, method: Method = CURRENT,
) -> DriversDocument:  # fmt: skip
    """Regression of overall satisfaction on every service's rating at once, under the design.

    overall (n,) and ratings (n, s): index points 0 to 100, NaN where there is none; not_used (n, s): said to be
    not used.  y = a + sum_s [b_s used (rating - m_s) + g_s not used] + e, m_s the users' weighted mean: a rating
    nobody gave is not made up, the indicator takes its place (Cohen and Cohen 1983, chapter 7), and g_s
    compares non-users with average users.  The standard errors of a, g and the effects count m_s and the reach as
    estimated.  Rows that neither rate a service nor say it is not used are left out and counted.
    The lines of the table are the averages over services (Martilla and James 1977).
    Raises AnalysisError where fewer than two services, or too few answers, are left.
    """
    overall, ratings = np.asarray(overall, dtype=float), np.asarray(ratings, dtype=float)
    answered = np.isfinite(overall) & (weighting.weight > 0)
    answers = Answers(ratings, np.isfinite(ratings) & ~not_used, not_used, tuple(keys))
    answers, left_out, inside = usable(answers, answered, weighting, least_users)
    means = [_mean(answers.ratings[:, s], inside & answers.rated[:, s], weighting) for s in answers.places]
    x, terms, term_of = _terms(answers, np.array([value for value, _ in means]), inside)
    fit = linear(x, np.where(inside, overall, 0.0), terms, weighting, inside)
    if fit.df < 1:
        raise AnalysisError("analysis.terms_leave_no_degree_2", n=len(terms))
    reach = [
        _mean(answers.rated[:, s].astype(float), answered & answers.stated[:, s], weighting) for s in answers.places
    ]
    shown = [_mean(answers.ratings[:, s], answered & answers.rated[:, s], weighting) for s in answers.places]
    found = [_Figures.of(fit, s, term_of.get(s), means[s], reach[s], shown[s]) for s in answers.places]
    joint = weighting.covariance(np.hstack([figures.influence for figures in found]))
    services, lines = driver_rows(
        answers.keys,
        np.array([figures.values for figures in found]),
        joint,
        np.array([figures.reach for figures in found]),
        (weighting.count @ (answers.rated & answered[:, None])).tolist(),
        {s for s in answers.places if s in term_of},
        fit.df,
        confidence,
        inflation(x[inside].T @ (x[inside] * weighting.weight[inside, None])),
        method,
    )
    n = int(weighting.count[inside].sum())
    left = overall[inside] - x[inside] @ fit.coefficients
    return {
        "services": services, "left_out": left_out, "n": n, "incomplete": int(weighting.count[answered].sum()) - n,
        "df": fit.df, "r_squared": _explained(left, overall[inside], weighting.weight[inside]),
        "importance_line": lines[0], "performance_line": lines[1], "confidence": confidence,
    }  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """ratings, rated, not_used (n, s) of the services in `keys`."""

    ratings: Floats
    rated: Mask
    not_used: Mask
    keys: tuple[str, ...]

    @property
    def stated(self) -> Mask:
        """Rated, or said to be not used."""
        return self.rated | self.not_used

    @property
    def places(self) -> range:
        return range(len(self.keys))

    def without(self, place: int) -> Answers:
        kept = [s for s in self.places if s != place]
        keys = tuple(self.keys[s] for s in kept)
        return Answers(self.ratings[:, kept], self.rated[:, kept], self.not_used[:, kept], keys)


@dataclass(frozen=True)
class _Figures:
    """Values (4,) of one service and their influences (n, 4): importance, effect, performance, not used."""

    values: Floats
    influence: Floats
    reach: float

    @classmethod
    def of(cls, fit: Fit, place: int, absent: int | None, centre: _Mean, reach: _Mean, performance: _Mean) -> _Figures:
        """The coefficients' influences, with what the estimated centre and reach add to them."""
        slope, moved = float(fit.coefficients[1 + place]), fit.influence[:, 1 + place]
        effect = (slope * reach[0], reach[0] * moved + slope * reach[1])
        apart = (0.0, np.zeros(len(moved)))
        if absent is not None:  # a higher centre moves the average user, and so the comparison with one
            apart = (float(fit.coefficients[absent]), fit.influence[:, absent] - slope * centre[1])
        columns = [(slope, moved), effect, performance, apart]
        return cls(
            np.array([value for value, _ in columns]),
            np.column_stack([influence for _, influence in columns]),
            reach[0],
        )


_Mean = tuple[float, Floats]  # a weighted mean and its influence (n,)


def _mean(values: Floats, members: Mask, weighting: Weighting) -> _Mean:
    weight = np.where(members, weighting.weight, 0.0)
    total = float(weight.sum())
    filled = np.where(members, values, 0.0)
    value = float(weight @ filled) / total
    return value, np.where(members, (filled - value) / total, 0.0)


def usable(
    answers: Answers, answered: Mask, weighting: Weighting, least_users: int
) -> tuple[Answers, dict[str, str], Mask]:
    """Services with enough users of differing opinion, those left out with the reason, and the rows complete on them."""
    left_out: dict[str, str] = {}
    while len(answers.keys) > 1:
        inside = answered & answers.stated.all(axis=1)
        own = weighting.count @ (answers.rated & answered[:, None])
        users = weighting.count @ (answers.rated & inside[:, None])
        silent = weighting.count @ (answered[:, None] & ~answers.stated)
        if own.min() < least_users:
            fewest = int(np.argmin(own))
            left_out[answers.keys[fewest]] = Message(
                "analysis.users_fewer_than", own=int(own[fewest]), least_users=least_users
            ).text("en")
            answers = answers.without(fewest)
            continue
        if users.min() < least_users:  # too few have answered on all: the one most often skipped goes
            skipped = int(np.argmax(silent))
            left_out[answers.keys[skipped]] = Message(
                "analysis.answers_skip_too_few", silent=int(silent[skipped])
            ).text("en")
            answers = answers.without(skipped)
            continue
        same = [s for s in answers.places if np.ptp(answers.ratings[inside & answers.rated[:, s], s]) == 0]
        if not same:
            return answers, left_out, inside
        left_out[answers.keys[same[0]]] = Message("analysis.all_users_give_same").text("en")
        answers = answers.without(same[0])
    why = "; ".join(f"{key}: {reason}" for key, reason in left_out.items())
    raise AnalysisError("analysis.importance_needs_least_two", value=why or Message("analysis.one_was_given"))


def _terms(answers: Answers, means: Floats, inside: Mask) -> tuple[Floats, list[str], dict[int, int]]:
    """The columns, their names, and the column of each service's not-used term (absent without non-users)."""
    centred = np.where(answers.rated, np.nan_to_num(answers.ratings) - means, 0.0)
    absent = [s for s in answers.places if (answers.not_used[:, s] & inside).any()]
    x = np.column_stack([np.ones(len(inside)), centred, answers.not_used[:, absent].astype(float)])
    terms = ["(constant)", *answers.keys, *(f"{answers.keys[s]} not used" for s in absent)]
    return x, terms, {s: 1 + len(answers.keys) + place for place, s in enumerate(absent)}


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


def _explained(left: Floats, y: Floats, weight: Floats) -> float:
    """1 - sum w e^2 / sum w (y - mean)^2, 0 where everyone says the same."""
    spread = float(weight @ (y - float(weight @ y) / float(weight.sum())) ** 2)
    return 1 - float(weight @ left**2) / spread if spread > 0 else 0.0
