"""The plan of an estimate, fixed before fieldwork: measure, design, calibration, interval, domains."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, ConfigDict

from analysis.closing import Closing
from analysis.methods import CURRENT, Method, named
from analysis.sampled_sites import SampledSite, SiteWeights
from definitions import digest, load_text
from definitions.names import differing, key
from wording import Refusal

Number = int | Decimal
CROSS = " × "  # between the names, and the levels, of a crossing
MODE = "mode"  # the column that says how an answer was taken
NOT_SHOWN, SKIPPED = "not_shown", "skipped"
MISSING_KINDS = (NOT_SHOWN, SKIPPED, "dont_know", "refused")  # why the measure has no answer
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Measure:
    """The question that is measured. `satisfied`: codes that count; `points`: index points per scale code.

    `dont_know`, `refused`, `not_shown`: codes, one or several, that are no answer and say why; they stand beside the
    scale, never in it. An empty field is a question that was skipped, unless it reads not_shown.
    """

    question: str
    satisfied: tuple[int, ...]
    scale: tuple[int, ...]
    points: tuple[Number, ...] = ()
    official: Literal["share", "index"] = "share"
    dont_know: int | str | tuple[int | str, ...] = ()
    refused: int | str | tuple[int | str, ...] = ()
    not_shown: int | str | tuple[int | str, ...] = ()

    __pydantic_config__ = _STRICT

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
    """Column names. `psu` None: rows are drawn directly. `fpc`: population counts at one or two stages."""

    strata: str | None = None
    psu: str | None = None
    weight: str | None = None
    fpc: str | tuple[str, ...] = ()

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if len(self.fpc_columns) > 2:
            raise Refusal("plans.fpc_takes_most_two")
        if len(self.fpc_columns) == 2 and self.psu is None:
            raise Refusal("plans.second_fpc_column_needs")

    @property
    def fpc_columns(self) -> tuple[str, ...]:
        return (self.fpc,) if isinstance(self.fpc, str) else self.fpc


@dataclass(frozen=True)
class Trim:
    """Weights above `max_ratio` times the median are cut to it and what was cut is redistributed.

    margins 'keep': by calibrating again, so that the margins still hold. 'release': evenly over the other
    responses, after which the margins hold only nearly.
    """

    max_ratio: Number
    margins: Literal["keep", "release"] = "keep"

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not self.classes:
            raise Refusal("plans.nonresponse_needs_least_one")


FlagKind = Literal[
    "too_fast", "straight_lining", "contradiction", "duplicate", "burst", "repeat", "inattentive", "trap", "person",
    "under_floor", "arrivals",
]  # fmt: skip
FLAG_KINDS: tuple[str, ...] = get_args(FlagKind)
# How an answer came, never what it says: false alarms fall on the satisfied and the others alike (benchmarks/flags.py).
PROCESS_KINDS: tuple[FlagKind, ...] = ("repeat", "under_floor", "arrivals", "trap")
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

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Replication:
    """Standard errors by replicate weights, beside the linearised ones."""

    method: Literal["jk1", "jkn", "brr", "fay", "bootstrap"]
    replicates: int = 500
    rho: Number = Decimal("0.3")
    seed: int = 1

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.replicates < 2:
            raise Refusal("plans.replicates_must_least")
        if not 0 <= self.rho < 1:
            raise Refusal("plans.rho_must_satisfy_rho")


@dataclass(frozen=True)
class SmallAreas:
    """An area model for one domain. covariate: level -> value, fixed before fieldwork and never the area's own
    points in the field that is asked about. Publication needs least_n answers and a cv of at most largest_cv."""

    domain: str
    covariate: dict[str | int, Number] = field(default_factory=dict)
    least_n: int = 30
    largest_cv: Number = Decimal("0.15")

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class DriversRequest:
    """services: columns with ratings on the measure's scale; not_used: the code for 'I have not used it'."""

    services: tuple[str, ...]
    not_used: int = 0

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Plan:
    """Everything that decides a figure besides the answers themselves.

    domains: columns, or lists of columns that are crossed. official_se: the standard error stated for an
    official survey that is not this one. sampling 'open': anybody could answer, so nothing here is a
    probability sample and every output says so. modes: the ways of answering that count, as they stand in the
    column `mode`; answers taken in another way are left out and counted. None given: all count. rulebook: what
    decides, one for all or by kind of unit; the zones stand in the rulebook alone. weights: how base weights follow
    the sites drawn. closing: of a period's official survey, which the clock alone closes. method: the version of the method, as its lock wrote it.

    >>> plan = parse_plan("{measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}, design: {strata: county, psu: site}}")
    >>> plan.key_columns
    ('overall', 'county', 'site')
    >>> plan.interval.method
    'korn_graubard'
    """

    measure: Measure
    design: Design = field(default_factory=Design)
    calibration: Calibration | None = None
    interval: IntervalChoice = field(default_factory=IntervalChoice)
    domains: tuple[str | tuple[str, ...], ...] = ()
    singleton: Literal["remove", "adjust", "certainty", "average", "fail"] = "fail"
    nonresponse: Nonresponse | None = None
    flagged: Flagged | None = None
    figures: tuple[FigureRequest, ...] = ()
    replication: Replication | None = None
    official_se: Number | None = None
    sampling: Literal["probability", "open"] = "probability"
    small_areas: SmallAreas | None = None
    drivers: DriversRequest | None = None
    modes: tuple[str, ...] = ()
    rulebook: str | dict[Literal["city", "county"], str | NamedRulebook] | None = None
    weights: SiteWeights = field(default_factory=SiteWeights)
    closing: Closing = field(default_factory=Closing)
    method: Annotated[Method, BeforeValidator(named)] = CURRENT
    digest: str = ""

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.small_areas is not None and self.small_areas.domain not in self.crossings:
            raise Refusal("plans.small_areas_none_plan", small_areas_domain=self.small_areas.domain)
        if len(set(self.modes)) != len(self.modes) or "" in self.modes:
            raise Refusal("plans.modes_names_each_way")
        if self.weights.sites and self.site_column is None:
            raise Refusal("plans.weights_sites_need_column")

    @property
    def site_column(self) -> str | None:
        """The column of the answers that names the site drawn."""
        return self.weights.column or self.design.psu

    @property
    def follows_sites(self) -> bool:
        """Whether base weights are made of the sites drawn, not read from the answers."""
        return bool(self.weights.sites)

    def rulebook_of(self, kind: str) -> str | None:
        """The id of the rulebook that the plan names for a kind of unit (city, county), None where it names none."""
        named = self._named(kind)
        return named.id if isinstance(named, NamedRulebook) else named

    def rulebook_digest_of(self, kind: str) -> str:
        """The digest that the plan was locked with for a kind of unit, '' where it has none."""
        named = self._named(kind)
        return named.digest if isinstance(named, NamedRulebook) else ""

    def _named(self, kind: str) -> str | NamedRulebook | None:
        by_kind = self.rulebook if isinstance(self.rulebook, dict) else dict.fromkeys(("city", "county"), self.rulebook)
        return by_kind.get("city" if kind == "city" else "county")

    @property
    def flag_kinds(self) -> tuple[FlagKind, ...]:
        """The kinds of flags that count in a stored survey: those the plan names, else the method's."""
        if self.flagged is None:
            return ()
        return self.flagged.kinds or (PROCESS_KINDS if self.method.process_flags_only else KINDS_AT_FIRST)

    @property
    def margin_names(self) -> tuple[str, ...]:
        return tuple(self.calibration.margins) if self.calibration else ()

    @property
    def total_names(self) -> tuple[str, ...]:
        return tuple(self.calibration.totals) if self.calibration else ()

    @property
    def crossings(self) -> dict[str, tuple[str, ...]]:
        """The domains by name: the columns that are crossed for each."""
        parts = [(domain,) if isinstance(domain, str) else tuple(domain) for domain in self.domains]
        return {CROSS.join(names): names for names in parts}

    @property
    def trims(self) -> bool:
        return self.calibration is not None and self.calibration.trim is not None

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns whose combinations are the cells, the measure first. Rows of a cell share all of them.

        Where weights are trimmed, the weight itself is one of them; where they follow the sites, the site is.
        """
        design = self.design
        names = [self.measure.question, design.strata, design.psu, *design.fpc_columns]
        names += [self.site_column, self.weights.adults] if self.follows_sites else []
        names += [*self.margin_names, *self.total_names, *(name for part in self.crossings.values() for name in part)]
        names += self.nonresponse.classes if self.nonresponse else ()
        names += [self.flagged.column] if self.flagged else []
        names += [MODE] if self.modes else []
        names += [name for figure in self.figures for name in figure.columns]
        names += self.drivers.services if self.drivers else ()
        if self.trims and not self.follows_sites:
            names.append(design.weight)
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def weight_column(self) -> str | None:
        """The column that base weights are read from, None where they follow the sites or all are equal."""
        return None if self.follows_sites else self.design.weight

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns in which no value may be missing: design, calibration and nonresponse classes."""
        design = self.design
        names = [design.strata, design.psu, *design.fpc_columns, *self.margin_names, *self.total_names]
        names += [self.site_column] if self.follows_sites else []
        names += self.nonresponse.classes if self.nonresponse else ()
        names += [MODE] if self.modes else []
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns a source must supply."""
        extra = (self.weight_column,) if self.weight_column else ()
        return tuple(dict.fromkeys((*self.key_columns, *extra)))

    def margins(self) -> dict[str, dict[str, float]]:
        """Population by margin column and level. Raises ValueError while a margin is still a file name."""
        if self.calibration is None:
            return {}
        found = {}
        for name, levels in self.calibration.margins.items():
            if isinstance(levels, str):
                raise Refusal("plans.margin_file_which_not", name=name, levels=levels)
            found[name] = {str(level): float(count) for level, count in levels.items()}
        return found

    def with_margins(self, margins: dict[str, dict[str, float]]) -> Plan:
        """The same plan with the contents of its margin files in place of their names."""
        if self.calibration is None or not margins:
            return self
        merged = dict(self.calibration.margins)
        for name, levels in margins.items():
            merged[name] = {level: Decimal(repr(float(count))) for level, count in levels.items()}
        return replace(self, calibration=replace(self.calibration, margins=merged))

    def with_sites(self, rows: tuple[SampledSite, ...], column: str | None = None) -> Plan:
        """The same plan with the sites drawn; column: that of the answers which names them, where it is not the psu."""
        return replace(self, weights=replace(self.weights, sites=rows, column=column or self.weights.column))

    def with_dispositions(self, rows: tuple[dict[str, str | Number], ...]) -> Plan:
        """The same plan with the rows of its dispositions file in place of the file's name."""
        if self.nonresponse is None:
            return self
        return replace(self, nonresponse=replace(self.nonresponse, dispositions=rows))


def parse_plan(text: str, name: str = "plan", unnamed: Method = CURRENT) -> Plan:
    """Check the YAML `text` of a plan. Raises definitions.DefinitionError with file, line and key.

    unnamed: the method of a plan that names none. Aliases are read within the bounds of `definitions.bounded`, for
    plans stored before files with them were refused.

    >>> parse_plan("measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}").measure.index_points()[4]
    75.0
    >>> try:
    ...     parse_plan("measure: {question: overall, satisfied: [5], scala: [1, 5]}", "plan.yaml")
    ... except ValueError as error:
    ...     print(str(error).splitlines()[-1])
    plan.yaml:1: measure.scala: unknown key; did you mean 'scale'?
    """
    located = load_text(text, Plan, name, kept=True)
    method = located.value.method if ("method",) in located.lines else unnamed
    return replace(located.value, method=method, digest=digest(text))
