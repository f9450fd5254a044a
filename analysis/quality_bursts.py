"""Bursts: many answers at one site in minutes, far above its own usual rate, that are also alike or too fast.

A busy service hall is no burst: where the answers differ and take their time, no rate makes a flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.quality_flags import Codes, Flag, Floats, fast_limit, prevalence, too_many

HOUR = 3600.0
MOST_COMPARED = 5_000  # other answers a suspect is compared with, taken evenly


@dataclass(frozen=True)
class BurstRule:
    """When a window of `window_seconds` is a burst. All conditions must hold.

    times_usual: count over the site's usual count, and `level` bounds the chance of such a count among all the
    site's windows.  least, least_share: alike or fast answers in it, in number and as a share.  similar:
    share of questions two answers must agree in to be alike.  floor_seconds, share_of_median: as in too_fast.
    least_hours: hours with answers below which a site's usual rate is that of the other sites, if higher.
    """

    window_seconds: float = 600.0
    times_usual: float = 5.0
    level: float = 0.001
    least: int = 5
    least_share: float = 0.2
    similar: float = 0.95
    floor_seconds: float = 20.0
    share_of_median: float = 0.4
    least_hours: int = 8


def bursts(
    site: NDArray[Any], finished: Floats, seconds: Floats, answers: Codes, rule: BurstRule | None = None
) -> tuple[Flag, ...]:
    """Flags on the alike or fast answers inside bursts; the others in the same minutes stay clean.

    site (n,); finished (n,): seconds of a clock; seconds (n,): duration, NaN if unknown; answers (n, questions):
    codes, -1 where none.  Usual rate: the median count over the site's hours with any answer.  A scan of
    windows ending at each answer keeps those with at least times_usual the usual count and a Poisson tail,
    times the number of windows, below level (Naus 1965; Bonferroni); overlapping ones are one burst.  In it an
    answer counts as alike when at least three others agree with it in `similar` of the questions and they are
    too many (`too_many`) given how common such answers are elsewhere.  A burst needs `least` alike or fast ones,
    `least_share` of its answers, and more than the usual share of fast answers explains.
    score = share alike or fast x (1 - usual count / count).
    """
    rule = rule or BurstRule()
    finished, seconds, answers = (
        np.asarray(finished, dtype=float),
        np.asarray(seconds, dtype=float),
        np.asarray(answers),
    )
    fast = seconds < fast_limit(seconds, rule.floor_seconds, rule.share_of_median)
    places = {name: np.flatnonzero(site == name) for name in np.unique(site)}
    hourly = {name: _hourly(finished[place]) for name, place in places.items()}
    typical = float(np.median([rate for rate, _ in hourly.values()])) if hourly else 0.0
    found: list[Flag] = []
    for name, place in places.items():
        rate, hours = hourly[name]
        usual = (rate if hours >= rule.least_hours else max(rate, typical)) * rule.window_seconds / HOUR
        order = place[np.argsort(finished[place], kind="stable")]
        for members in _crowded(finished[order], usual, rule):
            found += _judge(order[members], place, usual, fast, finished, answers, rule)
    return tuple(sorted(found, key=lambda flag: flag.position))


def _hourly(finished: Floats) -> tuple[float, int]:
    """Median count over the hours with any answer, and the number of such hours."""
    counts = np.unique(np.floor(finished / HOUR), return_counts=True)[1]
    return float(np.median(counts)), len(counts)


def _crowded(times: Floats, usual: float, rule: BurstRule) -> list[NDArray[np.int64]]:
    """Positions of the answers in each maximal run of overlapping windows that are too full; times ascending."""
    first = np.searchsorted(times, times - rule.window_seconds, side="right")
    count = np.arange(len(times)) - first + 1
    tail = stats.poisson.sf(count - 1, usual) * len(times)
    full = np.flatnonzero((count >= rule.times_usual * usual) & (count >= rule.least) & (tail < rule.level))
    runs: list[list[int]] = []
    for end in full.tolist():
        if runs and first[end] <= runs[-1][1]:
            runs[-1][1] = end
        else:
            runs.append([int(first[end]), end])
    return [np.arange(start, end + 1) for start, end in runs]


def _judge(
    members: NDArray[np.int64], place: NDArray[np.int64], usual: float, fast: NDArray[np.bool_], finished: Floats,
    answers: Codes, rule: BurstRule,
) -> list[Flag]:  # fmt: skip
    """Flags of one crowded run, empty where its answers look like anyone's."""
    outside = np.ones(len(answers), dtype=bool)
    outside[members] = False
    same_site = np.setdiff1d(place, members)
    alike = _alike(answers[members], _some(answers[outside]), _some(answers[same_site]), rule)
    suspicious = alike | fast[members]
    number, count = int(suspicious.sum()), len(members)
    usually_fast = (float(fast[outside].sum()) + 0.5) / (int(outside.sum()) + 1)
    chance = float(stats.poisson.sf(number - 1, count * usually_fast))
    if number < rule.least or number < rule.least_share * count or chance >= rule.level:
        return []
    minutes = max((finished[members[-1]] - finished[members[0]]) / 60, 1.0)
    expected = usual * max(minutes * 60 / rule.window_seconds, 1.0)
    score = number / count * max(0.0, 1 - expected / count)
    copies, quick = int(alike.sum()), int(fast[members].sum())
    zh = f"{minutes:.0f} 分钟内 {count} 份（该点位平时约 {expected:.1f} 份），其中 {copies} 份高度雷同、{quick} 份过快"
    en = f"{count} answers in {minutes:.0f} min (usually about {expected:.1f} here), {copies} of them alike, {quick} too fast"
    return [Flag(int(position), "burst", score, zh, en) for position in members[suspicious]]


def _alike(window: Codes, others: Codes, here: Codes, rule: BurstRule) -> NDArray[np.bool_]:
    """Which answers of the window (k, questions) have more near copies in it than their kind has elsewhere."""
    copies = _agreeing(window, window, rule.similar) - 1
    common = prevalence(
        _agreeing(window, others, rule.similar), len(others), _agreeing(window, here, rule.similar), len(here)
    )
    return np.asarray((copies >= 3) & too_many(copies, len(window) - 1, common, rule.level))


def _agreeing(window: Codes, others: Codes, similar: float) -> Floats:
    """For each answer of the window, how many of `others` agree in `similar` of the questions either answered."""
    found = np.zeros(len(window))
    for i, row in enumerate(window):
        either = (row >= 0) | (others >= 0)
        same = ((others == row) & either).sum(axis=1)
        found[i] = float((same >= similar * np.maximum(either.sum(axis=1), 1) - 1e-9).sum())
    return found


def _some(rows: Codes) -> Codes:
    """All rows, or MOST_COMPARED of them, evenly spaced."""
    if len(rows) <= MOST_COMPARED:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MOST_COMPARED).astype(np.int64)]
