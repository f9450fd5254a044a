"""Signs of careless or copied answers. A flag is a reason to look, never a verdict; the plan decides what follows.

Works on arrays over responses, before the weights; nothing here knows who answered. Bursts: quality_bursts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
FLOOR = 20.0  # seconds within which nobody reads and answers a questionnaire
PRIOR_ANSWERS = 20  # a site's own habits count as much as everyone's once it has this many answers
LEAST_ODDS_RATIO = 5.0  # a hall of pleased visitors may have two or three times the usual odds of 'pleased with all'


@dataclass(frozen=True)
class Flag:
    """position: of the response in the arrays. kind: one of FLAG_KINDS of analysis.plan_parts.

    score in [0, 1]: strength of the sign, comparable within a kind only.
    """

    position: int
    kind: str
    score: float
    zh: str
    en: str


def fast_limit(seconds: Floats, floor_seconds: float, share_of_median: float) -> float:
    """Seconds below which an answer is too fast: the larger of the floor and a share of the median; NaN is ignored."""
    known = np.asarray(seconds, dtype=float)
    known = known[np.isfinite(known)]
    return max(floor_seconds, share_of_median * float(np.median(known))) if len(known) else floor_seconds


def too_fast(seconds: Floats, floor_seconds: float = FLOOR, share_of_median: float = 0.4) -> tuple[Flag, ...]:
    """Answers below `fast_limit`; seconds (n,) from opening to sending, NaN where unknown.

    score = 1 - seconds / limit.  Greszki, Meyer and Schoen (2015) compare shares of the median of 0.3 to 0.5.
    Give one questionnaire and language at a time: the median must be of comparable tasks.
    """
    seconds = np.asarray(seconds, dtype=float)
    limit = fast_limit(seconds, floor_seconds, share_of_median)
    found = []
    for position in np.flatnonzero(seconds < limit):  # NaN is never below
        taken = float(seconds[position])
        found.append(
            Flag(
                int(position),
                "too_fast",
                min(1.0, max(0.0, 1 - taken / limit)),
                f"用时 {taken:.0f} 秒，低于 {limit:.0f} 秒",
                f"took {taken:.0f} s, less than {limit:.0f} s",
            )
        )
    return tuple(found)


def under_floor(seconds: Floats, floor_seconds: float = FLOOR) -> tuple[Flag, ...]:
    """Answers sent in less time than anybody needs, whatever the others take; seconds (n,), NaN where unknown.

    score = 1 - seconds / floor.
    """
    seconds = np.asarray(seconds, dtype=float)
    return tuple(
        Flag(
            int(position),
            "under_floor",
            float(min(1.0, 1 - seconds[position] / floor_seconds)),
            f"用时 {seconds[position]:.0f} 秒，低于下限 {floor_seconds:.0f} 秒",
            f"took {seconds[position]:.0f} s, below the floor of {floor_seconds:.0f} s",
        )
        for position in np.flatnonzero(seconds < floor_seconds)
    )


def straight_lining(
    matrix: Codes, not_rated: Sequence[int] = (0,), least_items: int = 5, least_share: float = 1.0
) -> tuple[Flag, ...]:
    """Rows of a matrix question that give one and the same rating throughout.

    matrix (n, items): codes, -1 where not answered; not_rated: codes such as 'not used', which are no ratings.
    Judged where at least `least_items` are rated; flagged where the commonest rating has `least_share` of them.
    score = 1 - the share of judged rows flagged for the same rating: a pattern many share may well be meant.
    Yan (2008).
    """
    matrix = np.asarray(matrix)
    rated = (matrix >= 0) & ~np.isin(matrix, list(not_rated))
    items = rated.sum(axis=1)
    judged = items >= least_items
    codes = np.unique(matrix[rated])
    if not judged.any() or not len(codes):
        return ()
    counts = np.stack([((matrix == code) & rated).sum(axis=1) for code in codes], axis=1)
    commonest, most = counts.argmax(axis=1), counts.max(axis=1)
    lined = judged & (most >= least_share * np.maximum(items, 1) - 1e-9)
    common = np.bincount(commonest[lined], minlength=len(codes)) / int(judged.sum())
    return tuple(
        Flag(
            int(row),
            "straight_lining",
            float(1 - common[commonest[row]]),
            f"矩阵题 {items[row]} 项评价中 {most[row]} 项选同一答案",
            f"{most[row]} of {items[row]} rated items carry the same answer",
        )
        for row in np.flatnonzero(lined)
    )


def duplicates(
    site: NDArray[Any], finished: Floats, answers: Codes, window_seconds: float = 3600.0, level: float = 0.01
) -> tuple[Flag, ...]:
    """Answers equal in every question to earlier ones at the same site within the hour, beyond what chance makes.

    site (n,); finished (n,): seconds; answers (n, questions): codes, -1 where none.  An answer with c equal ones
    among the m at its site in the hour before is flagged where `too_many` says so of c, m and p, how common the
    vector is elsewhere: the larger of its share in all other answers and in the site's other hours.  So
    'very satisfied throughout', which many give, needs far more repeats than a vector nobody else gave.
    score = c / (c + 1).  The first of a set is not flagged: it may be the genuine one.
    """
    finished = np.asarray(finished, dtype=float)
    _, vector = np.unique(np.asarray(answers), axis=0, return_inverse=True)
    vector = vector.reshape(-1)
    everywhere = np.bincount(vector)
    found = []
    for name in np.unique(site):
        order = np.flatnonzero(site == name)
        order = order[np.argsort(finished[order], kind="stable")]
        times, kinds = finished[order], vector[order]
        first = np.searchsorted(times, times - window_seconds, side="left")
        last = np.searchsorted(times, times + window_seconds, side="right")
        for i in range(len(order)):
            equal = int((kinds[first[i] : i] == kinds[i]).sum())
            if not equal:
                continue
            near = int((kinds[first[i] : last[i]] == kinds[i]).sum())
            here, seen_here = len(order) - int(last[i] - first[i]), int((kinds == kinds[i]).sum()) - near
            common = prevalence(
                np.array([float(everywhere[kinds[i]] - near)]),
                len(vector) - int(last[i] - first[i]),
                np.array([float(seen_here)]),
                here,
            )
            if too_many(np.array([float(equal)]), int(i - first[i]), common, level)[0]:
                found.append(
                    Flag(
                        int(order[i]),
                        "duplicate",
                        equal / (equal + 1),
                        f"同一点位一小时内已有 {equal} 份答案完全相同",
                        f"{equal} earlier answers at this site within the hour are the same in every question",
                    )
                )
    return tuple(sorted(found, key=lambda flag: flag.position))


def too_many(equal: Floats, among: int, common: Floats, level: float) -> NDArray[np.bool_]:
    """Whether `equal` of `among` answers (k,) are too many for an answer of prevalence `common` (k,) in (0, 1].

    Both must hold: P(Binomial(among, common) >= equal) < level, and odds LEAST_ODDS_RATIO times the usual, since
    opinions cluster by site more than independent draws would.
    """
    improbable = stats.binom.sf(equal - 1, among, common) < level
    odds = (equal + 0.5) * (1 - common) >= LEAST_ODDS_RATIO * common * (among - equal + 0.5)
    return np.asarray(improbable & odds)


def prevalence(seen: Floats, others: int, seen_here: Floats, others_here: int) -> Floats:
    """How common answers are (k,), from counts among all other answers and among the site's other answers.

    The larger of (seen + 1/2) / (others + 1) and the site's own share, drawn towards the former as if it had
    twenty answers more.
    """
    overall = (seen + 0.5) / (others + 1)
    own = (seen_here + PRIOR_ANSWERS * overall) / (others_here + PRIOR_ANSWERS)
    return np.asarray(np.minimum(np.maximum(overall, own), 1.0))
