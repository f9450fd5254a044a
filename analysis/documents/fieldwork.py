"""The figure by attempt and by when answers came, and what interviewers add to its error."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from analysis.documents.comparisons import Tested
from analysis.documents.rows import Row


class ArrivalRow(Row):
    """One attempt or stretch of time. so_far: the figure had nobody answered later."""

    level: str
    so_far: float | None


class ArrivalDocument(TypedDict):
    """levels in their order. difference: the last less the first, None with one level."""

    levels: list[ArrivalRow]
    difference: Tested | None


class InterviewersDocument(TypedDict):
    """Within sites of two interviewers and more. rho: share of an answer's variance that hangs on who asked, below 0 where
    chance alone explains more; design_effect 1 + (mean load - 1) rho, not below 1; p: of F. None where `why` says so."""

    interviewers: int
    sites: int
    left_out: int
    rho: float | None
    lower: float | None
    upper: float | None
    design_effect: float | None
    p: float | None
    why: NotRequired[str]


class FieldworkDocument(TypedDict, total=False):
    """attempt, arrived, interviewers: where the plan names the column, or the stored survey knows it."""

    attempt: ArrivalDocument
    arrived: ArrivalDocument
    interviewers: InterviewersDocument
