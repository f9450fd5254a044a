"""Fieldwork counts and scorecards as they may be shown: what the pages call, on top of `suppression`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask_babel import gettext as _

from analysis.scoring.documents import FutureDocument, IndicatorRow, ScorecardDocument
from survey_app.estimates.suppression import hidden_levels
from survey_app.ground.stored import card_of
from survey_app.models import Area, EstimateRun, Grant, ScoringRun
from survey_app.surveys.columns import AREA_VARIABLES


def shows_area(run: EstimateRun, area: Area, grants: Iterable[Grant]) -> bool:
    """Whether the estimate of a rated area may be shown; true where the run has none, and of a city."""
    return area.kind == "city" or area.name not in hidden_levels(run, AREA_VARIABLES[area.kind], grants)


def shown_run(run: ScoringRun, grants: Iterable[Grant]) -> ScoringRun:
    """The scoring run as it may be shown: a county of few answers without its satisfaction and what follows from it.

    Points and rating stay: they are the official result, and tell of three wide zones only.
    """
    if _shows(run, grants):
        return run
    return cast(ScoringRun, _Shown(run))


def shown_runs(runs: Iterable[ScoringRun], grants: Iterable[Grant]) -> list[ScoringRun]:
    """Several of them, as `shown_run`."""
    grants = list(grants)
    return [shown_run(run, grants) for run in runs]


def shown_future(result: FutureDocument, run: ScoringRun, grants: Iterable[Grant]) -> FutureDocument:
    """What a scenario keeps, as it may be shown: no chances where they would tell a hidden county's estimate."""
    return result if _shows(run, grants) else {**result, "outlook": None, "suppressed": True}


def _shows(run: ScoringRun, grants: Iterable[Grant]) -> bool:
    return shows_area(run.estimate_run, run.area, grants)


class _Shown:
    """A stored run with another scorecard; everything else is the run's own."""

    def __init__(self, run: ScoringRun) -> None:
        self._run = run
        card, why = card_of(run), _("样本过少，不予公布")
        rows: list[IndicatorRow] = [
            {**row, "why": why} if row["kind"] == "satisfaction" else row for row in card["indicators"]
        ]
        shown: ScorecardDocument = {
            **card, "satisfaction": None, "verdict": None, "satisfaction_interval": None, "star_probability": None, "indicators": rows, "suppressed": True,
        }  # fmt: skip
        self.scorecard = shown

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run, name)
