"""What answers mean: pure functions and frozen dataclasses over arrays.

The public face is `__all__`: whoever uses the package from outside imports from here. A name is read from its
module when it is first asked for, so that `import analysis` alone brings no numeric library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.calibration import calibrate as calibrate
    from analysis.cells import Cells as Cells
    from analysis.decision import decide as decide
    from analysis.decision import outcome_probabilities as outcome_probabilities
    from analysis.estimation import estimate as estimate
    from analysis.intervals import share_interval as share_interval
    from analysis.plan import Plan as Plan
    from analysis.plan import parse_plan as parse_plan
    from analysis.planning import plan_sample as plan_sample
    from analysis.robustness import sensitivity as sensitivity
    from analysis.scoring.engine import score as score
    from analysis.scoring.loading import load_rulebook as load_rulebook
    from analysis.scoring.outlook import outlook as outlook
    from analysis.scoring.satisfaction import Satisfaction as Satisfaction
    from analysis.scoring.upgrades import cheapest_upgrades as cheapest_upgrades
    from analysis.waves import trend as trend
    from analysis.zones import Rules as Rules

_HOMES = {  # in the order of the work: plan, cells, estimate, decision, rating
    "plan_sample": "planning",
    "parse_plan": "plan",
    "Plan": "plan",
    "Cells": "cells",
    "calibrate": "calibration",
    "estimate": "estimation",
    "share_interval": "intervals",
    "load_rulebook": "scoring.loading",
    "Rules": "zones",
    "decide": "decision",
    "outcome_probabilities": "decision",
    "sensitivity": "robustness",
    "trend": "waves",
    "Satisfaction": "scoring.satisfaction",
    "score": "scoring.engine",
    "outlook": "scoring.outlook",
    "cheapest_upgrades": "scoring.upgrades",
}
__all__ = list(_HOMES)

if not TYPE_CHECKING:  # hidden from mypy, which would let any name pass

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'analysis' has no attribute '{name}'")
        found = getattr(import_module(f"analysis.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
