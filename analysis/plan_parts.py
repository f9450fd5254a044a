"""The parts a plan is made of, each checked by itself: measure, design, calibration, interval, further figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from pydantic import ConfigDict

from analysis.plan_draw import WithoutReplacement
from definitions.names import differing, key
from wording import Refusal

Number = int | Decimal
NOT_SHOWN, SKIPPED = "not_shown", "skipped"
MISSING_KINDS = (NOT_SHOWN, SKIPPED, "dont_know", "refused")  # why the measure has no answer
STRICT = ConfigDict(extra="forbid")
MOST_EXCEPTION = 300  # characters: it stands in every output


@dataclass(frozen=True)
class Measure:
    """The question that is measured. `satisfied`: codes that count; `points`: index points per scale code.

    `dont_know`, `refused`, `not_shown`, `skipped`: codes, one or several, that are no answer and say why; they stand
    beside the scale, never in it. An empty field is a question that was skipped, unless it reads not_shown.
    """

    question: str
    satisfied: tuple[int, ...]
    scale: tuple[int, ...]
    points: tuple[Number, ...] = ()
    official: Literal["share", "index"] = "share"
    dont_know: int | str | tuple[int | str, ...] = ()
    refused: int | str | tuple[int | str, ...] = ()
    not_shown: int | str | tuple[int | str, ...] = ()
    skipped: int | str | tuple[int | str, ...] = ()

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if len(set(self.scale)) < 2 or len(set(self.scale)) != len(self.scale):
            raise Refusal("plans.scale_needs_least_two")
        if not self.satisfied or not set(self.satisfied) < set(self.scale):
            raise Refusal("plans.satisfied_must_some_not")
        if self.points and len(self.points) != len(self.scale):
            raise Refusal("plans.points_needs_one_value", n=len(self.scale))
        stated = [str(code) for kind in MISSING_KINDS for code in self.codes_of(kind)]
        for code in stated:
            if code in {str(answer) for answer in self.scale}:
                raise Refusal("plans.code_stands_scale_declared", code=code)
            if stated.count(code) > 1 or not code.strip():
                raise Refusal("plans.dont_know_refused_not")

    def codes_of(self, kind: str) -> tuple[int | str, ...]:
        """The codes that the plan declares for one of MISSING_KINDS."""
        stated = getattr(self, kind, ())
        return stated if isinstance(stated, tuple) else (stated,)

    @property
    def missing_codes(self) -> dict[str, str]:
        """Code, as a column has it -> one of MISSING_KINDS."""
        return {str(code): kind for kind in MISSING_KINDS for code in self.codes_of(kind)}

    def index_points(self) -> dict[int, float]:
        """Points by code; by default 0 to 100 in equal steps along the scale."""
        if self.points:
            return {code: float(point) for code, point in zip(self.scale, self.points, strict=True)}
        step = 100 / (len(self.scale) - 1)
        return {code: step * place for place, code in enumerate(self.scale)}


@dataclass(frozen=True)
class Design:
    """Column names. `psu` None: rows are drawn directly. `fpc`: population counts at one or two stages.

    `sample`: of a file, the column that says which rows are of the sample; those with 0, no, false or nothing are left out.
    `pps`: sites were drawn without replacement with unequal probabilities, and the variance is to know it.
    """

    strata: str | None = None
    psu: str | None = None
    weight: str | None = None
    fpc: str | tuple[str, ...] = ()
    sample: str | None = None
    pps: WithoutReplacement | None = None

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.pps is not None and (self.psu is None or self.fpc_columns):
            raise Refusal("plans.pps_needs_psu_alone")
        if len(self.fpc_columns) > 2:
            raise Refusal("plans.fpc_takes_most_two")
        if len(self.fpc_columns) == 2 and self.psu is None:
            raise Refusal("plans.second_fpc_column_needs")

    @property
    def fpc_columns(self) -> tuple[str, ...]:
        return (self.fpc,) if isinstance(self.fpc, str) else self.fpc

    @property
    def stage_columns(self) -> tuple[str, ...]:
        """Columns that say how much of each stage's population was drawn: counts, or the sites' probabilities."""
        own = self.pps.probability if self.pps else None
        return (*self.fpc_columns, own) if isinstance(own, str) else self.fpc_columns


@dataclass(frozen=True)
class Trim:
    """Weights above `max_ratio` times the median are cut to it and what was cut is redistributed.

    margins 'keep': by calibrating again, so that the margins still hold. 'release': evenly over the other
    responses, after which the margins hold only nearly.
    """

    max_ratio: Number
    margins: Literal["keep", "release"] = "keep"

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.max_ratio <= 1:
            raise Refusal("plans.max_ratio_must_above")


@dataclass(frozen=True)
class Calibration:
    """Margins by column: level -> population, or the name of a CSV file with columns level, population.

    totals: population totals of numeric columns. population: the number of people, where no margin gives it.
    """

    margins: dict[str, str | dict[str | int, Number]] = field(default_factory=dict)
    totals: dict[str, Number] = field(default_factory=dict)
    population: Number | None = None
    method: Literal["poststratify", "raking", "linear", "logit"] = "raking"
    bounds: tuple[Number, Number] | None = None
    trim: Trim | None = None

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not self.margins and not self.totals:
            raise Refusal("plans.calibration_needs_least_one")
        for name, levels in self.margins.items():
            known: dict[str, str] = {}
            for level in map(str, levels if isinstance(levels, dict) else ()):
                other = known.setdefault(key(level), level)
                if other != level:
                    said = differing(level, other)
                    raise Refusal("plans.margin_look_same", name=name, level=level, other=other, said=said)
        if self.method == "poststratify" and (len(self.margins) != 1 or self.totals):
            raise Refusal("plans.poststratify_takes_one_margin")
        if self.population is not None and self.population <= 0:
            raise Refusal("plans.population_must_above")
        if self.method == "logit" and self.bounds is None:
            raise Refusal("plans.logit_needs_bounds_lower")
        if self.bounds is not None and not 0 <= self.bounds[0] < 1 < self.bounds[1]:
            raise Refusal("plans.bounds_must_satisfy_lower")


@dataclass(frozen=True)
class IntervalChoice:
    """How the interval of the share is made."""

    method: Literal["korn_graubard", "logit", "wilson", "wald"] = "korn_graubard"
    confidence: Number = Decimal("0.95")

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise Refusal("plans.confidence_must_lie_between")


@dataclass(frozen=True)
class Nonresponse:
    """Weights of respondents carry the nonrespondents of their class.

    dispositions: rows, or the name of a CSV file, with the class columns and the counts `eligible` (sampled
    and eligible, respondents included), `respondents`, and where known `ineligible` and `unknown` eligibility.
    """

    classes: tuple[str, ...]
    dispositions: str | tuple[dict[str, str | Number], ...]
    largest_factor: Number = 5

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not self.classes:
            raise Refusal("plans.nonresponse_needs_least_one")


Way = Literal["invitations", "household_sheets", "interviewers", "posters"]
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True)
class Respondents:
    """How those who answer were chosen. by: ways that choose persons, or posters, by which they choose themselves.

    exception: why posters are all there is, a sentence that stands in every output. Poster answers are no probability
    sample: their interval is one 'as if drawn at random', and no probability is stated. within: how one person of a
    household is chosen on the interviewer's tablet, each with 1/eligible, which `weights.adults` makes up for.
    replace_after: attempts after which a reserve of the same site is asked instead; None: nobody is replaced.
    """

    by: Way | tuple[Way, ...]
    exception: str = ""
    within: Literal["last_birthday", "kish"] | None = None
    replace_after: int | None = None

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not self.ways or len(set(self.ways)) != len(self.ways):
            raise Refusal("plans.respondents_by_each_once", ways=WAYS)
        if "posters" in self.ways and len(self.ways) > 1:
            raise Refusal("plans.posters_stand_alone")
        if self.exception.strip() and not self.open:
            raise Refusal("plans.exception_goes_with_posters")
        if self.open and not self.exception.strip():
            raise Refusal("plans.posters_need_exception")
        if self.open and (self.within or self.replace_after is not None):
            raise Refusal("plans.within_needs_chosen_persons")
        if self.replace_after is not None and not 1 <= self.replace_after <= 20:
            raise Refusal("plans.replace_after_between")
        if len(self.exception) > MOST_EXCEPTION:
            raise Refusal("plans.exception_too_long", most=MOST_EXCEPTION)

    @property
    def ways(self) -> tuple[Way, ...]:
        return self.by if isinstance(self.by, tuple) else (self.by,)

    @property
    def open(self) -> bool:
        """Whether anybody may answer."""
        return self.ways == ("posters",)


FlagKind = Literal[
    "too_fast", "straight_lining", "contradiction", "duplicate", "burst", "repeat", "inattentive", "trap", "person",
    "under_floor", "arrivals", "unripe",
]  # fmt: skip
FLAG_KINDS: tuple[str, ...] = get_args(FlagKind)
# How an answer came, never what it says: false alarms fall on the satisfied and the others alike (benchmarks/flags.py).
PROCESS_KINDS: tuple[FlagKind, ...] = ("repeat", "under_floor", "arrivals", "trap")
DEFAULT_KINDS: tuple[FlagKind, ...] = (*PROCESS_KINDS, "unripe")  # what a new plan begins with
KINDS_AT_FIRST: tuple[FlagKind, ...] = (  # what method 1 counted where a plan named none
    "too_fast", "straight_lining", "duplicate", "burst", "repeat", "inattentive", "trap", "person",
)  # fmt: skip


@dataclass(frozen=True)
class Flagged:
    """The column that marks doubtful responses (anything but empty, NA, 0, no or false), and what is done.

    kinds: of a stored survey, the flags that count; none named: those of `Plan.flag_kinds`. Of a file the column alone
    decides.
    """

    column: str
    exclude: bool = False
    kinds: tuple[FlagKind, ...] = ()

    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Replication:
    """Standard errors by replicate weights, beside the linearised ones."""

    method: Literal["jk1", "jkn", "brr", "fay", "bootstrap"]
    replicates: int = 500
    rho: Number = Decimal("0.3")
    seed: int = 1

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.replicates < 2:
            raise Refusal("plans.replicates_must_least")
        if not 0 <= self.rho < 1:
            raise Refusal("plans.rho_must_satisfy_rho")


def is_count(value: str | Number) -> bool:
    """Whether a figure of a table is a number of at least 0."""
    try:
        return 0 <= Decimal(value) < Decimal("Infinity")
    except InvalidOperation:
        return False


@dataclass(frozen=True)
class SmallAreas:
    """A model for the levels of one domain. covariate: level -> value, fixed before fieldwork and never the area's own
    points in the field that is asked about. cells: rows, or the name of a CSV file, of a cross table of the population:
    the domain's columns, traits of persons, `population`; without one the margins are raked. Publication needs least_n
    answers and a cv of at most largest_cv."""

    domain: str
    covariate: dict[str | int, Number] = field(default_factory=dict)
    least_n: int = 30
    largest_cv: Number = Decimal("0.15")
    cells: str | tuple[dict[str, str | Number], ...] = ()

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        for place, row in enumerate(self.cells if not isinstance(self.cells, str) else (), 1):
            if not {*self.cell_columns, "population"} == set(row) or not is_count(row["population"]):
                raise Refusal("plans.small_areas_cells_row", place=place)

    @property
    def cell_columns(self) -> tuple[str, ...]:
        """The columns of the cross table but the population."""
        return (
            ()
            if isinstance(self.cells, str)
            else tuple(name for name in next(iter(self.cells), {}) if name != "population")
        )


@dataclass(frozen=True)
class DriversRequest:
    """services: columns with ratings on the measure's scale; not_used: the code for 'I have not used it'."""

    services: tuple[str, ...]
    not_used: int = 0

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if not self.services:
            raise Refusal("plans.drivers_needs_least_one")


@dataclass(frozen=True)
class FigureRequest:
    """One more figure from the same sample: exactly one of mean, total, ratio, quantile, difference, table.

    by: the domains, as a crossing of columns. difference: two domains whose share satisfied is compared, each
    as column -> level. table: two columns for a Rao-Scott test of independence; impossible: pairs of their levels that
    cannot occur together, so that an empty cell there is no matter of chance and nothing is tested.
    """

    name: str = ""
    mean: str | None = None
    total: str | None = None
    ratio: tuple[str, str] | None = None
    quantile: str | None = None
    at: tuple[Number, ...] = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))
    difference: tuple[dict[str, str | int], dict[str, str | int]] | None = None
    table: tuple[str, str] | None = None
    impossible: tuple[tuple[str | int, str | int], ...] = ()
    by: tuple[str, ...] = ()

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        kinds = ("mean", "total", "ratio", "quantile", "difference", "table")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            raise Refusal("plans.figure_exactly_one", kinds=kinds)
        if self.by and (self.difference or self.table):
            raise Refusal("plans.goes_mean_total_ratio")
        if any(not 0 < point < 1 for point in self.at):
            raise Refusal("plans.points_quantile_lie_between")
        if self.impossible and not self.table:
            raise Refusal("plans.impossible_goes_table_only")

    @property
    def columns(self) -> tuple[str, ...]:
        names = [self.mean, self.total, self.quantile, *(self.ratio or ()), *(self.table or ()), *self.by]
        names += [name for side in self.difference or () for name in side]
        return tuple(name for name in names if name)


@dataclass(frozen=True)
class NamedRulebook:
    """A rulebook by its id, and where the plan is locked by the digest of its text."""

    id: str
    digest: str = ""

    __pydantic_config__ = STRICT
