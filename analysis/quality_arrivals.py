"""Machine bursts by arrivals: more answers at a site, or more evenly, than people send; no answer is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.quality_flags import Flag, Floats


@dataclass(frozen=True)
class ArrivalRule:
    """When arrivals at one site are a machine's. Either suffices.

    most: that were opened within `window_seconds` of one another and arrived within as many; of 2,000 people who scan
    one code in the same second and take two minutes in the median, some 200 send in the fullest ten.  even: `gaps` gaps in a row of at most `longest_gap` seconds on average, whose standard deviation is
    below `variation` of their mean; people who come by chance have one as large as the mean.
    """

    window_seconds: float = 10.0
    most: int = 300
    gaps: int = 30
    longest_gap: float = 5.0
    variation: float = 0.3


def arrivals(
    site: NDArray[Any], finished: Floats, seconds: Floats, clocked: NDArray[np.bool_], rule: ArrivalRule | None = None
) -> tuple[Flag, ...]:
    """Flags on all answers in such minutes, people's among them too, since nothing but the arrival tells them apart.

    A crowd that only arrives together, after a server or a network was away, is none: its forms were opened one by one.

    site (n,); finished (n,): seconds of the server's clock; seconds (n,): since the form was handed out; clocked (n,): whether it is the moment an answer arrived,
    which those that a clerk, a file or a tablet's queue brings have not.  Order does not matter.
    score: crowd 1 - most / count; even 1 - standard deviation / mean.
    """
    rule = rule or ArrivalRule()
    finished, seconds = np.asarray(finished, dtype=float), np.asarray(seconds, dtype=float)
    places = np.flatnonzero(clocked)
    found: dict[int, Flag] = {}
    for name in np.unique(site[places]):
        here = places[site[places] == name]
        order = here[np.argsort(finished[here], kind="stable")]
        times = finished[order]
        for flag in (*_even(times, rule), *_crowd(times, times - seconds[order], rule)):
            position = int(order[flag.position])
            found[position] = Flag(position, flag.kind, flag.score, flag.zh, flag.en)
    return tuple(found[position] for position in sorted(found))


def _crowd(times: Floats, opened: Floats, rule: ArrivalRule) -> list[Flag]:
    """Those of a window that is too full who were also opened together; times ascending, positions in them."""
    first = _window(times, rule)
    fullest = np.zeros(len(times), dtype=np.int64)
    for end in np.flatnonzero(np.arange(len(times)) - first >= rule.most).tolist():
        members = np.arange(first[end], end + 1)
        order = members[np.argsort(opened[members], kind="stable")]
        start = _window(opened[order], rule)
        for last in np.flatnonzero(np.arange(len(order)) - start >= rule.most).tolist():
            together = order[start[last] : last + 1]
            fullest[together] = np.maximum(fullest[together], len(together))
    return [
        Flag(
            int(place),
            "arrivals",
            1 - rule.most / float(fullest[place]),
            f"该点位 {fullest[place]} 份在同一 {rule.window_seconds:.0f} 秒内打开、同一 {rule.window_seconds:.0f} 秒内交回，超出人力所及",
            f"{fullest[place]} answers were opened here within {rule.window_seconds:.0f} s and arrived within as many, more than people send",
        )
        for place in np.flatnonzero(fullest)
    ]


def _window(times: Floats, rule: ArrivalRule) -> NDArray[np.int64]:
    """For each of the ascending times the first one that lies in the window ending there."""
    return np.searchsorted(times, times - rule.window_seconds, side="right")


def _even(times: Floats, rule: ArrivalRule) -> list[Flag]:
    """Those in a row of gaps that are too even; as `_crowd`."""
    if len(times) <= rule.gaps:
        return []
    gaps = np.minimum(np.diff(times), 10 * rule.longest_gap)  # longer ones are never even, and sums stay exact
    sums = [np.concatenate(([0.0], np.cumsum(power))) for power in (gaps, gaps**2)]
    mean, square = ((total[rule.gaps :] - total[: -rule.gaps]) / rule.gaps for total in sums)
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    even = np.flatnonzero((mean > 0) & (mean <= rule.longest_gap) & (deviation < rule.variation * mean))
    least = np.full(len(times), np.inf)
    pace = np.zeros(len(times))
    for start in even.tolist():
        row = slice(start, start + rule.gaps + 1)
        least[row], pace[row] = np.minimum(least[row], deviation[start] / mean[start]), mean[start]
    return [
        Flag(
            int(place),
            "arrivals",
            float(1 - least[place]),
            f"连续 {rule.gaps} 份以上约每 {pace[place]:.1f} 秒一份，间隔过于均匀",
            f"over {rule.gaps} in a row arrived about every {pace[place]:.1f} s, more evenly than people come",
        )
        for place in np.flatnonzero(np.isfinite(least))
    ]
