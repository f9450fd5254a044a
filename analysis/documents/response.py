"""Who of a known sample answered: by site or class, by margin, how alike the groups are, and what that leaves open."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from analysis.documents.rows import BoundsDocument


class ResponseGroup(TypedDict):
    """One site or class: persons drawn, those who answered the official question, their ratio."""

    level: str
    stratum: str
    cases: float
    respondents: float | None
    rate: float | None
    suppressed: NotRequired[bool]


class ResponseLevel(TypedDict):
    """A level of a margin: the people of the sample's answers by its design weights, over those who live there."""

    level: str
    population: float
    rate: float | None
    suppressed: NotRequired[bool]


class IndicatorDocument(TypedDict):
    """R = 1 - 2 S(rho): 1 where all groups answer alike. se None where S is 0; limits None without an error. by_chance: of
    S^2 before it is taken off; documents without it have limits symmetric in S^2."""

    value: float
    se: float | None
    lower: float | None
    upper: float | None
    groups: int
    by_chance: NotRequired[float]


class ResponseDocument(TypedDict):
    """rate: weighted by whom each group stands for. bounds: the official figure in its own unit if nobody, or everybody,
    of those who did not answer were satisfied (at the worst, or best, points)."""

    basis: Literal["sites", "classes"]
    cases: float
    respondents: float
    rate: float
    bounds: BoundsDocument | None
    groups: list[ResponseGroup]
    margins: dict[str, list[ResponseLevel]]
    indicator: IndicatorDocument | None
