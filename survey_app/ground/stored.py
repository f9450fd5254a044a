"""What runs have stored, in its present form; and whether something made again is what was stored."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING, Any

from analysis.documents.estimate import EstimateDocument, read_estimate
from analysis.documents.kept import DetailDocument, StoredCells
from survey_app.ground.held import require
from survey_app.models import EstimateRun, ScoringRun

if TYPE_CHECKING:  # where a list of surveys is printed, no rules are read
    from analysis.scoring import Rulebook
    from analysis.scoring.documents import ScorecardDocument

SAID = ("warnings", "notices")  # what a reader must know: a later release may know more of the same figures
FREE = (
    "n",
    "responses",
    "missing",
    "df",
    "kish_deff",
    "design_effect",
    "effective_n",
    "calibration",
    "modes",
    "services",
    "suppressed",
)
FREE_OF_ROW = ("level", "n", "df", "design_effect", "effective_n")
METHOD_KEYS = {"version", "text"}


def cells_of(run: EstimateRun) -> StoredCells:
    """The input cells that a run keeps; one format so far. As below, FigureHeldError where they may not be seen."""
    require(run)
    stored: Any = run.cells
    kept: StoredCells = stored
    return kept


def detail_of(run: EstimateRun) -> DetailDocument:
    """What a run keeps of services, drivers, points and waves; nothing where an early release made it. One format so far."""
    require(run)
    stored: Any = run.detail or {}
    kept: DetailDocument = stored
    return kept


def card_of(run: ScoringRun) -> ScorecardDocument:
    """The scorecard of a run, whatever release stored it."""
    from analysis.scoring.documents import read_scorecard

    return read_scorecard(run.scorecard)


def rulebook_of(run: ScoringRun) -> Rulebook:
    """The rulebook of a run, as its unclear rows were read then."""
    from analysis.scoring import load_rulebook
    from analysis.scoring.readings import as_stated

    return as_stated(load_rulebook(run.rulebook_id), card_of(run).get("readings"))


def estimate_of(run: EstimateRun) -> EstimateDocument:
    """The result of a run, whatever release stored it. Raises FigureHeldError where it may not be seen (ground/held.py)."""
    require(run)
    return read_estimate(run.result)


def without_figure(result: EstimateDocument) -> EstimateDocument:
    """What of a result may be shown while its figure is held: size, what is missing, margins and services.

    Whatever has the official question in it is left out, though the type has it: nothing else is there to be read.
    """
    whole: Any = result
    kept: Any = {key: whole[key] for key in FREE if key in whole}
    kept["domains"] = {
        name: [{key: row[key] for key in FREE_OF_ROW if key in row} for row in rows]
        for name, rows in whole["domains"].items()
    }
    present: EstimateDocument = kept
    return present


def as_stored(again: Any, stored: Any) -> Any:
    """`again` without what the release which stored the document did not write yet: keys, and things to be known.

    A method is its version: how a release words it may change. Figures that agree to ten digits agree.
    """
    if isinstance(again, dict) and isinstance(stored, dict):
        if "to_settle" in stored and ("settling" not in stored or stored["to_settle"] is None):  # no part of the figure
            again = again | {"to_settle": stored["to_settle"]}
        if "cells" not in stored.get(
            "small_areas", {"cells": None}
        ):  # by another model then, and no part of the figure
            again = again | {"small_areas": stored["small_areas"]}
        if "by_chance" in again and "by_chance" not in stored:  # R's limits by another formula then, beside the figure
            again = again | {"lower": stored["lower"], "upper": stored["upper"]}
        if (
            "programme" in again and "programme" in stored
        ):  # its folder may say more by now; a changed rulebook is told apart
            again = again | {"programme": stored["programme"]}
        if again.get("by", "") is None:  # a goal without a year in its document, to which earlier releases gave one
            again = again | {"by": stored["by"]}
        if again.keys() == METHOD_KEYS == stored.keys() and again["version"] == stored["version"]:
            return stored
        return {
            key: [one for one in value if one in stored[key]]
            if key in SAID and stored[key] is not None
            else as_stored(value, stored[key])
            for key, value in again.items()
            if key in stored
        }
    if isinstance(again, list) and isinstance(stored, list) and len(again) == len(stored):
        return [as_stored(one, other) for one, other in zip(again, stored, strict=True)]
    if (
        isinstance(again, float)
        and isinstance(stored, float | int)
        and isclose(again, stored, rel_tol=1e-10, abs_tol=1e-13)
    ):
        return stored  # the last digits of a sum are the processor's and its libraries'
    return again
