"""An estimate beside others: under other choices, by how answers were taken, beside another survey."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from analysis.documents.rows import Row
from analysis.notices import NoticeDocument


class VariantDocument(TypedDict):
    """The official figure in [0, 1] and its outcome under one change; None where it cannot be computed (note says why).

    n: answers that the change leaves out or brings in; responses: these and those without an answer. notices: what
    was done to the margins, and which responses went.
    """

    change: str
    level: str
    figure: float | None
    difference: float | None
    outcome: str | None
    points: int | float | None
    changes_outcome: bool | None
    n: int | None
    note: str
    responses: NotRequired[int | None]
    notices: NotRequired[list[NoticeDocument]]
    suppressed: NotRequired[bool]


class SensitivityDocument(TypedDict):
    """choices: other weights, margins and flags. strata, sites: each left out, the most influential first.

    decisive_sites: the fewest sites, taken by influence, whose removal together changes the outcome; None
    where half of the sites do not.
    """

    figure: float
    outcome: str
    choices: list[VariantDocument]
    strata: list[VariantDocument]
    sites: list[VariantDocument]
    sites_that_change_it: int
    hours: NotRequired[list[VariantDocument]]  # bands of the day left out; runs keep these rows, never an answer's hour
    networks: NotRequired[list[VariantDocument]]  # each site's day of one network left out, 'code day'
    decisive_sites: list[str] | None


class ModeRow(Row):
    mode: str


class Tested(TypedDict):
    difference: float
    se: float
    df: int
    lower: float | None
    upper: float | None
    p: float | None


class Compared(Tested):
    p_holm: float | None


class ModeDifference(TypedDict):
    mode: str
    crude: Compared
    adjusted: Compared | None


class ModePart(TypedDict):
    """Of a crude difference: what is left between people alike, and what comes of who answered in either mode."""

    mode: str
    measurement: float
    measurement_se: float
    selection: float


class ModeSplit(TypedDict):
    """identified: persons were allotted to modes by chance; only then are there parts."""

    identified: bool
    parts: list[ModePart]


class ModeComparison(TypedDict):
    modes: list[ModeRow]
    base: str | None
    differences: list[ModeDifference]
    any_difference_p: float | None
    why: str
    split: NotRequired[ModeSplit]


class ModeCount(TypedDict):
    """n: answers to the official question; of a run that did not tell them apart, all responses."""

    mode: str
    n: int | None
    responses: NotRequired[int | None]
    sum_weights: float | None
    suppressed: NotRequired[bool]


class ComparedSide(TypedDict):
    sampling: str
    estimate: float


class ComparisonDocument(TypedDict):
    this: ComparedSide
    other: ComparedSide
    difference: float
    se: float
    t: float | None
