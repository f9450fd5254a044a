"""What people answered to every question, as a run keeps it and pages and files show it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from analysis.documents.rows import Figure

ItemKind = Literal["code", "number", "date", "chosen", "place", "written"]
NumberKind = Literal["mean", "net", "satisfied", "first", "quantile"]


class AnswerRow(Figure):
    """The share of those who gave one answer among all who answered. estimate, se, lower, upper: in [0, 1]; None where
    nobody answered, where there is no interval, or where it may not be shown. n: who gave it."""

    level: str
    n: int | None
    suppressed: NotRequired[bool]


class NumberRow(Figure):
    """One number of a question. kind: mean (codes, places or numbers), net (promoters less detractors, in [-1, 1]), satisfied,
    first (share who put an option first, of all who ranked), or quantile, `at` in (0, 1) with Woodruff's interval."""

    kind: NumberKind
    at: float | None


class QuestionDocument(TypedDict):
    """One column of a question among all, or in one group. n: who answered; responses: who were asked or not, all of them;
    missing: the others by kind. df: of the interval, sites less strata that hold somebody who answered."""

    name: str
    n: int | None
    responses: int | None
    missing: dict[str, int | None]
    df: int | None
    answers: list[AnswerRow]
    numbers: list[NumberRow]
    suppressed: NotRequired[bool]


class Marked(TypedDict):
    """Whether a group differs from all others in one answer. difference: of shares; p_holm: over all answers and groups of the
    question; differs: p_holm below 0.05."""

    level: str
    group: str
    difference: float | None
    p_holm: float | None
    differs: bool


class BannerDocument(TypedDict):
    """A question told apart by the levels of a column. groups: in the order of `levels`. F, ndf, ddf, p: Rao and Scott's test
    of second order that answers do not depend on the group; None where there is none. p_holm: over all questions of
    the banner."""

    name: str
    levels: list[str]
    groups: list[QuestionDocument]
    F: float | None
    ndf: float | None
    ddf: float | None
    p: float | None
    p_holm: float | None
    marks: list[Marked]
