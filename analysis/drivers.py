"""Which services move overall satisfaction, and which of those to mend first: importance beside performance.

After the weights are made; before the report. It shows associations among citizens, never effects of a measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Codes
from analysis.documents.further import DriversDocument
from analysis.driver_pairs import Pairs, of_rows
from analysis.driver_table import driver_rows, inflation, tell_rows
from analysis.errors import AnalysisError
from analysis.methods import CURRENT, Method
from analysis.regression import Weighting, linear
from analysis.sample import Mask
from wording import Message

Floats = NDArray[np.float64]
BLOCK = 20_000  # rows whose products are formed at a time


def drivers(
    overall: Floats, ratings: Floats, not_used: NDArray[np.bool_], keys: Sequence[str], weighting: Weighting,
    least_users: int = 30, confidence: float = 0.95, method: Method = CURRENT,
) -> DriversDocument:  # fmt: skip
    """Regression of overall satisfaction on every service's rating at once, under the design.

    overall (n,) and ratings (n, s): index points 0 to 100, NaN where there is none; not_used (n, s): said to be
    not used.  y = a + sum_s [b_s used (rating - m_s) + g_s not used] + e, m_s the users' weighted mean: a rating
    nobody gave is not made up, the indicator takes its place (Cohen and Cohen 1983, chapter 7), and g_s
    compares non-users with average users.  The standard errors of g and the effects count m_s and the reach as
    estimated.  A row that skips a service counts for the pairs of services it speaks of (`driver_pairs`); where such
    moments make no regression, and by methods before the fourth, it is left out.
    The lines of the table are the averages over services (Martilla and James 1977).
    Raises AnalysisError where fewer than two services, or too few answers, are left.
    """
    overall, ratings = np.asarray(overall, dtype=float), np.asarray(ratings, dtype=float)
    answered = np.isfinite(overall) & (weighting.weight > 0)
    asked = Answers(ratings, np.isfinite(ratings) & ~not_used, not_used, tuple(keys))
    in_pairs = method.drivers_in_pairs and not bool(asked.stated[answered].all())
    for pairwise in (True, False) if in_pairs else (False,):
        answers, left_out, inside = usable(asked, answered, weighting.count, least_users, pairwise)
        means = [_mean(answers.ratings[:, s], inside & answers.rated[:, s], weighting) for s in answers.places]
        absent = [s for s in answers.places if (answers.not_used[:, s] & inside).any()]
        solve = _in_pairs if pairwise else _on_complete_rows
        found = solve(answers, overall, np.array([value for value, _ in means]), absent, inside, weighting)
        if found is not None:
            break
    assert found is not None  # complete rows make a regression or raise
    df = weighting.df(inside) - len(answers.keys) - len(absent)
    if df < 1:
        raise AnalysisError("analysis.terms_leave_no_degree_2", n=1 + len(answers.keys) + len(absent))
    reach = [
        _mean(answers.rated[:, s].astype(float), answered & answers.stated[:, s], weighting) for s in answers.places
    ]
    shown = [_mean(answers.ratings[:, s], answered & answers.rated[:, s], weighting) for s in answers.places]
    term_of = {s: len(answers.keys) + at for at, s in enumerate(absent)}
    figures = [_Figures.of(found, s, term_of.get(s), means[s], reach[s], shown[s]) for s in answers.places]
    services, lines = driver_rows(
        answers.keys,
        np.array([one.values for one in figures]),
        weighting.covariance(np.hstack([one.influence for one in figures])),
        np.array([one.reach for one in figures]),
        (weighting.count @ (answers.rated & answered[:, None])).tolist(),
        set(absent),
        df,
        confidence,
        inflation(found.normal),
        method,
    )
    complete = answered & answers.stated.all(axis=1)
    document: DriversDocument = {
        "services": services, "left_out": left_out, "n": int(weighting.count[inside].sum()),
        "incomplete": int(weighting.count[answered].sum() - weighting.count[complete].sum()),
        "df": df, "r_squared": found.explained,
        "importance_line": lines[0], "performance_line": lines[1], "confidence": confidence,
    }  # fmt: skip
    if in_pairs:
        tell_rows(document, pairwise, weighting.count @ (answers.stated & inside[:, None]))
    return document


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

    def columns(self, overall: Floats, part: Codes) -> Floats:
        """z (len(part), 2 + 3 s) of `driver_pairs` for some of the rows; overall (n,)."""
        rated, not_used = self.rated[part], self.not_used[part]
        filled = np.where(rated, np.nan_to_num(self.ratings[part]), 0.0)
        return np.column_stack([np.ones(len(part)), overall[part], filled, not_used, rated | not_used])

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
    def of(
        cls, found: _Regression, place: int, absent: int | None, centre: _Mean, reach: _Mean, performance: _Mean
    ) -> _Figures:
        """The coefficients' influences, with what the estimated centre and reach add to them."""
        slope, moved = float(found.slopes[place]), found.influence[:, place]
        effect = (slope * reach[0], reach[0] * moved + slope * reach[1])
        apart = (0.0, np.zeros(len(moved)))
        if absent is not None:  # a higher centre moves the average user, and so the comparison with one
            apart = (float(found.slopes[absent]), found.influence[:, absent] - slope * centre[1])
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
    answers: Answers, answered: Mask, count: Codes, least_users: int, pairwise: bool
) -> tuple[Answers, dict[str, str], Mask]:
    """Services with enough users of differing opinion, those left out with the reason, and the rows of the regression:
    complete on these services, or, pairwise, speaking of one at least where enough speak of every two."""
    left_out: dict[str, str] = {}
    while len(answers.keys) > 1:
        inside = answered & (answers.stated.any(axis=1) if pairwise else answers.stated.all(axis=1))
        own = count @ (answers.rated & answered[:, None])
        if own.min() < least_users:
            fewest = int(np.argmin(own))
            left_out[answers.keys[fewest]] = Message(
                "analysis.users_fewer_than", own=int(own[fewest]), least_users=least_users
            ).text("en")
            answers = answers.without(fewest)
            continue
        scarce = _scarce(answers, inside, count, least_users, pairwise)
        if scarce.any():  # the one most often skipped goes
            silent = count @ (answered[:, None] & ~answers.stated)
            skipped = int(np.argmax(np.where(scarce, silent, -1)))
            told = "analysis.answers_skip_pairs" if pairwise else "analysis.answers_skip_too_few"
            left_out[answers.keys[skipped]] = Message(told, silent=int(silent[skipped])).text("en")
            answers = answers.without(skipped)
            continue
        same = [s for s in answers.places if np.ptp(answers.ratings[inside & answers.rated[:, s], s]) == 0]
        if not same:
            return answers, left_out, inside
        left_out[answers.keys[same[0]]] = Message("analysis.all_users_give_same").text("en")
        answers = answers.without(same[0])
    why = "; ".join(f"{key}: {reason}" for key, reason in left_out.items())
    raise AnalysisError("analysis.importance_needs_least_two", value=why or Message("analysis.one_was_given"))


def _scarce(answers: Answers, inside: Mask, count: Codes, least: int, pairwise: bool) -> Mask:
    """Services (s,) one of which has to go: of a pair too few speak of, or all where too few rows are complete."""
    if pairwise:
        stated = (answers.stated & inside[:, None]).astype(float)
        return np.asarray((stated.T @ (stated * count[:, None]) < least).any(axis=0))
    users = count @ (answers.rated & inside[:, None])
    return np.full(len(users), users.min() < least)


@dataclass(frozen=True)
class _Regression:
    """slopes (k,) of services and of not-used terms; influence (n, k); normal (1 + k, 1 + k), the constant first."""

    slopes: Floats
    influence: Floats
    normal: Floats
    explained: float


def _on_complete_rows(
    answers: Answers, overall: Floats, means: Floats, absent: list[int], inside: Mask, weighting: Weighting
) -> _Regression:
    centred = np.where(answers.rated, np.nan_to_num(answers.ratings) - means, 0.0)
    x = np.column_stack([np.ones(len(inside)), centred, answers.not_used[:, absent].astype(float)])
    terms = ["(constant)", *answers.keys, *(f"{answers.keys[s]} not used" for s in absent)]
    fit = linear(x, np.where(inside, overall, 0.0), terms, weighting, inside)
    own, weight = x[inside], weighting.weight[inside]
    explained = _explained(overall[inside] - own @ fit.coefficients, overall[inside], weight)
    return _Regression(fit.coefficients[1:], fit.influence[:, 1:], own.T @ (own * weight[:, None]), explained)


def _in_pairs(
    answers: Answers, overall: Floats, means: Floats, absent: list[int], inside: Mask, weighting: Weighting
) -> _Regression | None:
    rows = np.flatnonzero(inside)
    z = answers.columns(overall, rows)
    slopes = Pairs.of(z.T @ (z * weighting.weight[rows, None])).solve(terms_of(means, absent))
    if slopes is None:
        return None
    influence = np.zeros((len(inside), len(slopes.coefficients)))
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        influence[rows[part]] = slopes.influence(of_rows(z[part]), len(answers.keys))
    return _Regression(slopes.coefficients, influence, with_constant(slopes.normal), slopes.explained)


def terms_of(centre: Floats, absent: Sequence[int]) -> Floats:
    """(1 + 2 s, k): (overall, ratings, not used) @ this gives used (rating - m) by service, then the not-used terms; a
    constant aside."""
    size = len(centre)
    terms = np.zeros((1 + 2 * size, size + len(absent)))
    for place in range(size):
        terms[[1 + place, 1 + size + place], place] = 1.0, centre[place]
    for at, place in enumerate(absent):
        terms[1 + size + place, size + at] = 1.0
    return terms


def with_constant(covariance: Floats) -> Floats:
    """Moments of terms about their means, and of a constant: (1 + k, 1 + k)."""
    normal = np.eye(1 + len(covariance))
    normal[1:, 1:] = covariance
    return normal


def _explained(left: Floats, y: Floats, weight: Floats) -> float:
    """1 - sum w e^2 / sum w (y - mean)^2, 0 where everyone says the same."""
    spread = float(weight @ (y - float(weight @ y) / float(weight.sum())) ** 2)
    return 1 - float(weight @ left**2) / spread if spread > 0 else 0.0
