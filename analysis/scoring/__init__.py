"""Rulebooks, their rules, and the engine that turns values and satisfaction into a star rating.

A name is read from its module when it is first asked for: who only reads a rulebook loads no numeric library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.scoring.engine import score as score
    from analysis.scoring.loading import load_rulebook as load_rulebook
    from analysis.scoring.loading import parse_rulebook as parse_rulebook
    from analysis.scoring.loading import rulebook_ids as rulebook_ids
    from analysis.scoring.rulebook import Rulebook as Rulebook
    from analysis.scoring.satisfaction import Satisfaction as Satisfaction
    from analysis.scoring.satisfaction import SatisfactionError as SatisfactionError
    from analysis.scoring.scorecard import Scorecard as Scorecard
    from analysis.scoring.values import ValuesError as ValuesError

_HOMES = {
    "Rulebook": "rulebook",
    "Satisfaction": "satisfaction",
    "SatisfactionError": "satisfaction",
    "Scorecard": "scorecard",
    "ValuesError": "values",
    "load_rulebook": "loading",
    "parse_rulebook": "loading",
    "rulebook_ids": "loading",
    "score": "engine",
}
__all__ = list(_HOMES)

if not TYPE_CHECKING:  # hidden from mypy, which would let any name pass

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'analysis.scoring' has no attribute '{name}'")
        found = getattr(import_module(f"analysis.scoring.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
