"""Reported problems by field, beside satisfaction and points: shares of all problems, with what chance allows.

Who reports a problem chooses to. A share says what people complain about, not how many are affected, and no
interval here covers that choice; it only keeps a handful of tickets from being read as a ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from analysis.errors import AnalysisError
from wording import Message

LEAST_PROBLEMS = 30  # under this many in all, shares have no intervals and fields no ranks
METHOD = Message("analysis.complaints_method").text("en")


class FieldProblems(TypedDict):
    """One field. share, lower, upper: in [0, 1] of all problems. Rank 1 has the fewest, as rank 1 is the best
    elsewhere; rank_lower and rank_upper are the ranks chance allows. None: too few problems in all."""

    field: str
    problems: int
    share: float | None
    lower: float | None
    upper: float | None
    rank_lower: int | None
    rank_upper: int | None


def problem_shares(fields: Sequence[str], problems: Sequence[int], confidence: float = 0.95) -> list[FieldProblems]:
    """Each field's share of all problems, in the order given; two fields differ where their intervals do not meet.

    Goodman (1965), "On simultaneous confidence intervals for multinomial proportions", Technometrics 7.
    Raises AnalysisError for counts that are negative or do not fit the fields.
    """
    if len(fields) != len(problems) or any(number < 0 for number in problems):
        raise AnalysisError("analysis.each_field_needs_its")
    total = sum(problems)
    shares = [number / total if total else None for number in problems]
    if total < LEAST_PROBLEMS or len(fields) < 2:
        return [_row(*known, None, None, None, None) for known in zip(fields, problems, shares, strict=True)]
    from statsmodels.stats.proportion import multinomial_proportions_confint  # half a second that estimates do not pay

    limits = multinomial_proportions_confint(list(problems), alpha=1 - confidence, method="goodman")
    lower, upper = [float(row[0]) for row in limits], [float(row[1]) for row in limits]
    rows = []
    for place, field in enumerate(fields):
        fewer = sum(other < lower[place] for other in upper)
        more = sum(other > upper[place] for other in lower)
        ranks = 1 + fewer, len(fields) - more
        rows.append(_row(field, problems[place], shares[place], lower[place], upper[place], *ranks))
    return rows


def _row(
    field: str, problems: int, share: float | None, lower: float | None, upper: float | None, rank_lower: int | None,
    rank_upper: int | None,
) -> FieldProblems:  # fmt: skip
    return {
        "field": field, "problems": problems, "share": share, "lower": lower, "upper": upper,
        "rank_lower": rank_lower, "rank_upper": rank_upper,
    }  # fmt: skip
