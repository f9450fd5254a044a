"""Rulebooks, their rules, and the engine that turns values and satisfaction into a star rating."""

from analysis.scoring.engine import score
from analysis.scoring.loading import load_rulebook, parse_rulebook, rulebook_ids
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.satisfaction import Satisfaction, SatisfactionError
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.values import ValuesError

__all__ = [
    "Rulebook",
    "Satisfaction",
    "SatisfactionError",
    "Scorecard",
    "ValuesError",
    "load_rulebook",
    "parse_rulebook",
    "rulebook_ids",
    "score",
]
