"""How the figure hangs on attempts and on when answers came, and on who asked. Beside the figure, never in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.cells import crossing, total_by
from analysis.definitions_compared import measure_values
from analysis.documents.comparisons import Tested
from analysis.documents.fieldwork import ArrivalDocument, ArrivalRow, FieldworkDocument, InterviewersDocument
from analysis.estimators import Statistic, difference, mean, standard_errors
from analysis.intervals import mean_interval, share_interval
from analysis.plan import Plan
from analysis.sample import Mask, Sample
from wording import Message

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Official:
    """The official values in [0, 1] and who gave one; both (cells,)."""

    values: Floats
    inside: Mask

    @classmethod
    def of(cls, sample: Sample, plan: Plan) -> Official:
        points, satisfied, answered = measure_values(sample.cells, plan)
        values = satisfied if plan.measure.official == "share" else points / 100
        return cls(values, answered & (sample.weight > 0))


def fieldwork_of(sample: Sample, plan: Plan) -> FieldworkDocument:
    """By the columns that the plan names; {} where it names none."""
    found: FieldworkDocument = {}
    asked = plan.fieldwork
    if asked is None:
        return found
    official = Official.of(sample, plan)
    if asked.attempt:
        found["attempt"] = arrival(sample, plan, official, asked.attempt)
    if asked.arrived:
        found["arrived"] = arrival(sample, plan, official, asked.arrived)
    if asked.interviewer:
        found["interviewers"] = interviewers(sample, plan, official, asked.interviewer)
    return found


def arrival(sample: Sample, plan: Plan, official: Official, column: str) -> ArrivalDocument:
    """The figure of each level of `column` and up to it, by the weights of all; the last level against the first, with the
    covariance of the sites they share.  Numbers are in order of size, other levels by name; without a level: left out."""
    held = sample.cells.columns[column]
    confidence, share = float(plan.interval.confidence), plan.measure.official == "share"
    rows: list[ArrivalRow] = []
    known: list[Statistic] = []
    so_far = np.zeros(len(sample.cells), dtype=bool)
    for place, level in enumerate(held.levels):
        own = official.inside & (held.codes == place)
        if not own.any():
            continue
        so_far |= own
        one = mean(sample, official.values, own)
        n, df, se = one.rows(sample), one.df(sample), standard_errors(sample, [one])[0]
        limits = None
        if df >= 1 and not np.isnan(se):
            method = plan.interval.method
            limits = (
                share_interval(one.value, se, df, n, method, confidence)
                if share
                else mean_interval(one.value, se, df, confidence)
            )
        known.append(one)
        rows.append(
            {
                "level": level, "n": n, "df": df, "estimate": one.value, "se": None if np.isnan(se) else se,
                "lower": limits.lower if limits else None, "upper": limits.upper if limits else None,
                "so_far": mean(sample, official.values, so_far).value,
            }
        )  # fmt: skip
    return {"levels": rows, "difference": _tested(sample, known[0], known[-1], confidence) if len(known) > 1 else None}


def _tested(sample: Sample, first: Statistic, last: Statistic, confidence: float) -> Tested:
    moved = difference(last, first)
    se, df = standard_errors(sample, [moved])[0], moved.df(sample)
    if df < 1 or not se > 0:
        return {
            "difference": moved.value,
            "se": float(np.nan_to_num(se)),
            "df": df,
            "lower": None,
            "upper": None,
            "p": None,
        }
    limits = mean_interval(moved.value, se, df, confidence)
    p = float(2 * stats.t.sf(abs(moved.value / se), df))
    return {"difference": moved.value, "se": se, "df": df, "lower": limits.lower, "upper": limits.upper, "p": p}


def interviewers(sample: Sample, plan: Plan, official: Official, column: str) -> InterviewersDocument:
    """What interviewers add, by a nested analysis of variance of unweighted answers within sites (Kish 1962).

    rho = (MSB - MSW) / (MSB + (n0 - 1) MSW), n0 = (n - sum_s sum_i n_si^2 / n_s) / (interviewers - sites); limits by F as
    of a balanced design.  Only where the plan shared persons out by chance, in sites of two interviewers and more.
    """
    site = plan.design.psu
    if plan.fieldwork is None or plan.fieldwork.shares != "random" or site is None:
        return _untold("bias.interviewers_not_at_random")
    held, sites = sample.cells.columns[column], sample.cells.columns[site]
    inside = official.inside & (held.codes >= 0)
    if not inside.any():
        return _untold("bias.interviewers_alone")
    pair, combinations = crossing([sites, held])
    count = np.where(inside, sample.cells.count, 0).astype(float)
    n, sums = (total_by(pair, count * one, size=len(combinations)) for one in (np.ones(len(count)), official.values))
    squares = total_by(pair, count * official.values**2, size=len(combinations))
    place = combinations[:, 0]
    several = total_by(place, (n > 0).astype(float))[place] >= 2
    here = (n > 0) & several
    if not here.any():
        return _untold("bias.interviewers_alone", left_out=int(count.sum()))
    n, sums, squares, place = n[here], sums[here], squares[here], place[here]
    by_site, of_site = total_by(place, n), total_by(place, sums)
    number, many = len(np.unique(place)), len(n)
    means, centre = sums / n, (of_site / np.maximum(by_site, 1))[place]
    between, within = float(n @ (means - centre) ** 2), float(squares.sum() - n @ means**2)
    first, second = many - number, int(n.sum()) - many
    left_out = int(count.sum() - n.sum())
    if second < 1 or within <= 0:
        return _untold("bias.interviewers_alone", left_out=left_out)
    load = float((n.sum() - (n**2 / by_site[place]).sum()) / first)
    ratio = (between / first) / (within / second)
    tail = (1 - float(plan.interval.confidence)) / 2
    lower, upper = (_rho(ratio / float(stats.f.ppf(at, first, second)), load) for at in (1 - tail, tail))
    rho = _rho(ratio, load)
    return {
        "interviewers": many, "sites": number, "left_out": left_out, "rho": rho, "lower": lower, "upper": upper,
        "design_effect": 1 + max(float(n.mean()) - 1, 0.0) * max(rho, 0.0),
        "p": float(stats.f.sf(ratio, first, second)),
    }  # fmt: skip


def _rho(ratio: float, load: float) -> float:
    return (ratio - 1) / (ratio + load - 1)


def _untold(key: str, left_out: int = 0) -> InterviewersDocument:
    return {
        "interviewers": 0, "sites": 0, "left_out": left_out, "rho": None, "lower": None, "upper": None,
        "design_effect": None, "p": None, "why": Message(key).text("en"),
    }  # fmt: skip
