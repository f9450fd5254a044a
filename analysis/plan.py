"""The plan of an estimate, fixed before fieldwork: measure, design, calibration, interval, domains."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict

from definitions import digest, load_text

Number = int | Decimal
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Measure:
    """The question that is measured. `satisfied`: codes that count; `points`: index points per scale code."""

    question: str
    satisfied: tuple[int, ...]
    scale: tuple[int, ...]
    points: tuple[Number, ...] = ()
    official: Literal["share", "index"] = "share"

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if len(set(self.scale)) < 2 or len(set(self.scale)) != len(self.scale):
            raise ValueError("scale needs at least two different codes")
        if not self.satisfied or not set(self.satisfied) < set(self.scale):
            raise ValueError("satisfied must be some, not all, of the codes in scale")
        if self.points and len(self.points) != len(self.scale):
            raise ValueError(f"points needs one value for each of the {len(self.scale)} scale codes")

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
            raise ValueError("fpc takes at most two columns, one per stage")
        if len(self.fpc_columns) == 2 and self.psu is None:
            raise ValueError("a second fpc column needs a psu column")

    @property
    def fpc_columns(self) -> tuple[str, ...]:
        return (self.fpc,) if isinstance(self.fpc, str) else self.fpc


@dataclass(frozen=True)
class Trim:
    """Weights above `max_ratio` times the median are cut to it and the rest redistributed."""

    max_ratio: Number

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if self.max_ratio <= 1:
            raise ValueError("max_ratio must be above 1")


@dataclass(frozen=True)
class Calibration:
    """Margins by column: level -> population, or the name of a CSV file with columns level, population."""

    margins: dict[str, str | dict[str | int, Number]]
    method: Literal["poststratify", "raking", "linear", "logit"] = "raking"
    bounds: tuple[Number, Number] | None = None
    trim: Trim | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not self.margins:
            raise ValueError("calibration needs at least one margin")
        if self.method == "poststratify" and len(self.margins) != 1:
            raise ValueError("poststratify takes one margin; use raking for several")
        if self.method == "logit" and self.bounds is None:
            raise ValueError("logit needs bounds: [lower, upper]")
        if self.bounds is not None and not 0 <= self.bounds[0] < 1 < self.bounds[1]:
            raise ValueError("bounds must satisfy 0 <= lower < 1 < upper")


@dataclass(frozen=True)
class IntervalChoice:
    """How the interval of the share is made."""

    method: Literal["korn_graubard", "logit", "wilson", "wald"] = "korn_graubard"
    confidence: Number = Decimal("0.95")

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError("confidence must lie between 0 and 1")


@dataclass(frozen=True)
class Plan:
    """Everything that decides a figure besides the answers themselves."""

    measure: Measure
    design: Design = field(default_factory=Design)
    calibration: Calibration | None = None
    interval: IntervalChoice = field(default_factory=IntervalChoice)
    domains: tuple[str, ...] = ()
    singleton: Literal["remove", "adjust", "certainty", "average", "fail"] = "fail"
    digest: str = ""

    __pydantic_config__ = _STRICT

    @property
    def margin_names(self) -> tuple[str, ...]:
        return tuple(self.calibration.margins) if self.calibration else ()

    @property
    def trims(self) -> bool:
        return self.calibration is not None and self.calibration.trim is not None

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns whose combinations are the cells, the measure first. Rows of a cell share all of them.

        Where weights are trimmed, the weight itself is one of them.
        """
        design = self.design
        names = [self.measure.question, design.strata, design.psu, *design.fpc_columns]
        names += [*self.margin_names, *self.domains]
        if self.trims:
            names.append(design.weight)
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns a source must supply."""
        extra = (self.design.weight,) if self.design.weight else ()
        return tuple(dict.fromkeys((*self.key_columns, *extra)))

    def margins(self) -> dict[str, dict[str, float]]:
        """Population by margin column and level. Raises ValueError while a margin is still a file name."""
        if self.calibration is None:
            return {}
        found = {}
        for name, levels in self.calibration.margins.items():
            if isinstance(levels, str):
                raise ValueError(f"margin '{name}' is the file {levels}, which has not been read")
            found[name] = {str(level): float(count) for level, count in levels.items()}
        return found

    def with_margins(self, margins: dict[str, dict[str, float]]) -> Plan:
        """The same plan with the contents of its margin files in place of their names."""
        if self.calibration is None:
            return self
        merged = dict(self.calibration.margins)
        for name, levels in margins.items():
            merged[name] = {level: Decimal(repr(float(count))) for level, count in levels.items()}
        return replace(self, calibration=replace(self.calibration, margins=merged))


def parse_plan(text: str, name: str = "plan") -> Plan:
    """Check the YAML `text` of a plan. Raises definitions.DefinitionError with file, line and key."""
    return replace(load_text(text, Plan, name).value, digest=digest(text))
