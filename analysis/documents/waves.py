"""Surveys that follow one another: a trend, and a run beside the approved runs before it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class WavePointRow(TypedDict):
    wave: str
    estimate: float
    se: float
    lower: float | None
    upper: float | None
    change: float | None
    change_se: float | None
    change_lower: float | None
    change_upper: float | None
    change_p: float | None
    moving: float | None
    moving_se: float | None


class TrendDocument(TypedDict):
    """The document of `minyi waves --json`."""

    points: list[WavePointRow]
    slope: float | None
    slope_se: float | None
    slope_p: float | None
    combine: Literal["equal", "precision"]
    window: int


class ContrastDocument(TypedDict):
    estimate: float
    se: float
    df: float
    lower: float
    upper: float
    t: float | None
    p: float | None


class ChangeDocument(TypedDict):
    """From one wave to the next."""

    first: str
    second: str
    change: ContrastDocument
    se_if_independent: float
    p_adjusted: float | None


class ShapeDocument(TypedDict):
    any_change_p: float | None
    bend_p: float | None


class WavesDocument(TypedDict):
    """A run beside the approved runs of earlier surveys. why: why there is no trend. differs: waves that measure otherwise."""

    runs: list[int]
    surveys: list[str]
    differs: list[str]
    confidence: float
    points: list[WavePointRow]
    changes: list[ChangeDocument]
    shape: ShapeDocument | None
    why: NotRequired[str]
