"""Figures and rows of an estimate: the whole, domains, decisions, and the plan's further figures."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from analysis.minimum import BelowDocument
from analysis.notices import NoticeDocument


class Figure(TypedDict):
    """A figure with its standard error and interval. None where nobody answered, or where it may not be shown."""

    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None


class FigureDocument(Figure):
    """One of the two figures of the whole: the share in [0, 1], the index on 0 to 100; None below the plan's minimum."""

    interval: str | None
    confidence: float


class ToSettleDocument(TypedDict):
    """How many sites, or interviews at as many sites, a next survey needs beyond this one's to settle with a chance of 0.8.

    None: no number of them reaches it, or none may be said. Releases that wrote no `settling` counted until the
    interval cleared the nearest line if the estimate stayed, which one survey in two does.
    """

    sites: int | None
    interviews_per_site: int | None
    interviews_same_sites: int | None


class SettlingRow(TypedDict):
    """The chance that a next survey of so many times the sites has an interval without a line. times None: the whole frame."""

    times: int | None
    probability: float | None


class ErrorDocument(TypedDict):
    """The error behind probabilities, of a share of one. pooled: with the design effect of all strata, and then df by
    Satterthwaite; n: answers that a unanimous figure is worth."""

    se: float
    df: float
    n: int | None
    pooled: bool


class RankDocument(TypedDict):
    """A county among the others by its figure, 1 the best: its rank, those that chance allows, and the counties that lie
    surely above and below it; all of a domain together at the confidence of the plan."""

    rank: int
    lower: int
    upper: int
    above: list[str]
    below: list[str]


class DecisionDocument(TypedDict):
    """`figure` in [0, 1] is what met the lines of `rulebook`; `probability` is None where `probability_withheld` says why.

    outcome: the key of a zone; points: what it takes off, None where the whole scores nothing. probability: where the
    true figure lies. predictive: what an independent official survey of a stated standard error would find, None
    where none is stated. probability_error: the law behind these, None where there is none.
    """

    figure: float
    outcome: str
    points: int | float | None
    probability: dict[str, float] | None
    to_settle: ToSettleDocument | None
    settling: NotRequired[list[SettlingRow]]
    probability_withheld: NotRequired[NoticeDocument | None]  # why probability is None; earlier releases did not say
    probability_error: NotRequired[ErrorDocument | None]
    probability_pooled: NotRequired[dict[str, float] | None]  # of a county, with all counties considered
    predictive: dict[str, float] | None
    rulebook: str


class BoundsDocument(TypedDict):
    """The figure with everybody without an answer at its worst, and at its best."""

    lower: float | None
    upper: float | None


class SilentBounds(TypedDict):
    """The official figure, a share of one, with nobody and with everybody satisfied at sites without an answer."""

    lower: float
    upper: float


class TippingLine(TypedDict):
    """The kappa at which the truth lies on `line` and the outcome becomes `outcome`, with its interval; None: no kappa
    does it, or the limit is open."""

    line: float
    outcome: str
    kappa: float | None
    lower: float | None
    upper: float | None


class TippingRow(TypedDict):
    """kappa = P(answer | dissatisfied) / P(answer | satisfied) for each line of the rulebook, the lowest first.

    share: of the answers satisfied; satisfied, others: the official figure's mean in either group. quarter: the
    figure of all people where the dissatisfied answer a quarter less. All in [0, 1].
    """

    share: float
    satisfied: float
    others: float
    quarter: float
    lines: list[TippingLine]


class AnsweredDocument(TypedDict):
    """Who answered; None in what was stored before blanks were counted. missing: by kind, those without an answer."""

    responses: int | None
    missing: dict[str, int] | None
    bounds: BoundsDocument | None
    index_bounds: BoundsDocument | None


class Row(Figure):
    """What all rows with a share have."""

    n: int | None
    df: int | None
    suppressed: NotRequired[bool]


class DomainRow(Row, AnsweredDocument):
    level: str
    design_effect: float | None
    effective_n: float | None
    index: float | None
    index_se: float | None
    decision: DecisionDocument | None
    silent_bounds: SilentBounds | None
    ranks: NotRequired[RankDocument | None]
    tipping: NotRequired[TippingRow | None]  # None where nothing is decided; earlier releases had none
    below_minimum: NotRequired[BelowDocument | None]
    warnings: list[str]
    notices: list[NoticeDocument]


class MeasureDocument(TypedDict):
    question: str
    satisfied: list[int]
    official: Literal["share", "index"]


class DefinitionRow(TypedDict):
    definition: str
    figure: float
    outcome: str | None
    points: int | float | None
    used: bool


class NumberFigure(Row):
    """What further figures that are numbers have in common."""

    notices: list[NoticeDocument]


class MeanRow(NumberFigure):
    """A mean, total or ratio of everybody or of one level."""

    name: str
    kind: Literal["mean", "total", "ratio"]
    level: str


class QuantileRow(NumberFigure):
    name: str
    kind: Literal["quantile"]
    level: str
    at: float


class DifferenceRow(NumberFigure):
    name: str
    kind: Literal["difference"]
    level: str
    t: float | None
    p: float | None


class TableRow(TypedDict):
    """A further figure that is two columns crossed. shares: [row][column]; the rest: of the test, None without one."""

    name: str
    kind: Literal["table"]
    table: NotRequired[list[str]]
    rows: list[str]
    columns: list[str]
    shares: list[list[float | None]]
    n: int
    chi_square: float | None
    F: float | None
    ndf: float | None
    ddf: float | None
    p: float | None
    notices: list[NoticeDocument]
    suppressed: NotRequired[bool]


NumberRow = MeanRow | QuantileRow | DifferenceRow
FurtherRow = NumberRow | TableRow
