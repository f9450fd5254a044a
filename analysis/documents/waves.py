"""Surveys that follow one another: a trend, and a run beside the approved runs before it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class WavePointRow(TypedDict):
    """One wave. change: from the wave before; moving: combination of the last waves; composite: steadied by the wave before
    through the sites that both have; None where there is none."""

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
    composite: float | None
    composite_se: float | None
    composite_change: float | None
    composite_change_se: float | None


class TrendDocument(TypedDict):
    """The document of `minyi waves --json`. slope: per wave, by generalised least squares; None below three waves.
    combine, window: of `moving`."""

    points: list[WavePointRow]
    slope: float | None
    slope_se: float | None
    slope_p: float | None
    combine: Literal["equal", "precision"]
    window: int


class ContrastDocument(TypedDict):
    """A linear combination of waves. t and p test that it is 0; both None where its standard error is 0."""

    estimate: float
    se: float
    df: float
    lower: float
    upper: float
    t: float | None
    p: float | None


class ChangeDocument(TypedDict):
    """second - first. se_if_independent: what the se would be without shared sites. p_adjusted: Holm's, over the
    changes it was made with."""

    first: str
    second: str
    change: ContrastDocument
    se_if_independent: float
    p_adjusted: float | None


class ShapeDocument(TypedDict):
    """any_change_p: that all waves are equal. bend_p: that they lie on one line in time, None with fewer than three
    waves. Each is None where the waves' df do not suffice, or the covariance, put together from pairs of waves that
    share some of their sites, is no covariance of all of them at once."""

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
