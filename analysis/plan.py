"""The plan of an estimate, fixed before fieldwork: measure, design, calibration, interval, domains."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator

from analysis.closing import Closing
from analysis.methods import CURRENT, Method, named
from analysis.minimum import Minimum
from analysis.plan_draw import JointProbability, PlannedDraw
from analysis.plan_fieldwork import Fieldwork
from analysis.plan_parts import (
    KINDS_AT_FIRST,
    PROCESS_KINDS,
    STRICT,
    Calibration,
    Design,
    DriversRequest,
    FigureRequest,
    Flagged,
    FlagKind,
    IntervalChoice,
    Measure,
    NamedRulebook,
    Nonresponse,
    Number,
    Replication,
    Respondents,
    SmallAreas,
)
from analysis.sampled_sites import SampledSite, SiteWeights
from definitions import digest, load_text
from wording import Refusal

CROSS = " × "  # between the names, and the levels, of a crossing
LARGEST_SE = 0.5  # of a share: no answers vary more
MODE = "mode"  # the column that says how an answer was taken


@dataclass(frozen=True)
class Plan:
    """Everything that decides a figure besides the answers themselves.

    domains: columns, or lists of columns that are crossed. official_se: the standard error stated for an
    official survey that is not this one. sampling 'open': anybody could answer, so nothing here is a
    probability sample and every output says so. modes: the ways of answering that count, as they stand in the
    column `mode`; answers taken in another way are left out and counted. None given: all count. rulebook: what
    decides, one for all or by kind of unit; the zones stand in the rulebook alone. weights: how base weights follow
    the sites drawn. respondents: how those who answer were chosen; None in plans that were locked before it was asked,
    and in a file's, which need not say. minimum: what a figure must rest on; a plan without one shows every figure.
    closing: of a period's official survey, which the clock alone closes. fieldwork: how answers were brought in. missing:
    codes that a file has in place of a value, in any column but the measure, which names its own. draw: how the sites
    were drawn that the plan was made for. method: the version of the method, as its lock
    wrote it.

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
    respondents: Respondents | None = None
    minimum: Minimum | None = None
    closing: Closing = field(default_factory=Closing)
    fieldwork: Fieldwork | None = None
    missing: tuple[int | str, ...] = ()
    draw: PlannedDraw | None = None
    method: Annotated[Method, BeforeValidator(named)] = CURRENT
    digest: str = ""

    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        if self.small_areas is not None:
            parts = self.crossings.get(self.small_areas.domain)
            if parts is None:
                raise Refusal("plans.small_areas_none_plan", small_areas_domain=self.small_areas.domain)
            columns = self.small_areas.cell_columns
            if columns and not set(parts) <= set(columns):
                raise Refusal("plans.small_areas_cells_lack", parts=[*parts])
        if len(set(self.modes)) != len(self.modes) or "" in self.modes:
            raise Refusal("plans.modes_names_each_way")
        if self.weights.sites and self.site_column is None:
            raise Refusal("plans.weights_sites_need_column")
        if self.design.pps is not None and (self.replication is not None or self.singleton == "average"):
            raise Refusal("plans.pps_without_replicates")
        if self.method.official_se_of_a_share and not 0 <= (self.official_se or 0) < LARGEST_SE:
            raise Refusal("plans.official_se_is_of_a_share", value=self.official_se)
        if self.respondents and self.respondents.within and not self.weights.adults:
            raise Refusal("plans.within_needs_adults")

    def codes_in(self, column: str) -> set[str]:
        """The codes that the plan names in a column of the answers."""
        found: set[int | str] = set(self.missing)
        if column == self.measure.question:
            found |= {*self.measure.scale, *self.measure.missing_codes}
        if self.drivers and column in self.drivers.services:
            found |= {*self.measure.scale, self.drivers.not_used}
        if self.calibration and isinstance(levels := self.calibration.margins.get(column), dict):
            found |= set(levels)
        return {str(code) for code in found}

    @property
    def exception(self) -> str:
        """The sentence by which the plan declares that nobody was chosen; '' where it declares no such thing."""
        return self.respondents.exception.strip() if self.respondents else ""

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
        names = [self.measure.question, design.strata, design.psu, *design.stage_columns]
        names += [self.site_column, self.weights.adults] if self.follows_sites else []
        names += [*self.margin_names, *self.total_names, *(name for part in self.crossings.values() for name in part)]
        names += self.nonresponse.classes if self.nonresponse else ()
        names += [self.flagged.column] if self.flagged else []
        names += [MODE] if self.modes else []
        names += [name for figure in self.figures for name in figure.columns]
        names += self.drivers.services if self.drivers else ()
        names += self.small_areas.cell_columns if self.small_areas else ()
        names += self.fieldwork.columns if self.fieldwork else ()
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
        names = [design.strata, design.psu, *design.stage_columns, *self.margin_names, *self.total_names]
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

    def with_joint(self, rows: tuple[JointProbability, ...]) -> Plan:
        """The same plan with the rows of its file of joint probabilities in place of the file's name."""
        if self.design.pps is None:
            return self
        return replace(self, design=replace(self.design, pps=replace(self.design.pps, joint=rows)))

    def with_dispositions(self, rows: tuple[dict[str, str | Number], ...]) -> Plan:
        """The same plan with the rows of its dispositions file in place of the file's name."""
        if self.nonresponse is None:
            return self
        return replace(self, nonresponse=replace(self.nonresponse, dispositions=rows))

    def with_area_cells(self, rows: tuple[dict[str, str | Number], ...]) -> Plan:
        """The same plan with the rows of the small areas' cross table in place of its file's name."""
        return self if self.small_areas is None else replace(self, small_areas=replace(self.small_areas, cells=rows))


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
