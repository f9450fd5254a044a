"""Names of what an estimate stores under keys, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from wording import Message

CHANGES = {
    "unweighted": "figures.unweighted",
    "base_weights": "figures.base_weights",
    "without_margin": "figures.without_margin",
    "without_trimming": "figures.without_trimming",
    "flagged_kept": "figures.flagged_kept",
    "flagged_removed": "figures.flagged_removed",
    "all_modes": "figures.all_modes",
    "without_mode": "figures.without_mode",
    "without_hours": "figures.without",
    "without_network": "figures.without",
    "without_stratum": "figures.without",
    "without_site": "figures.without",
}
DEFINITIONS = {
    "top_1": "figures.top_1",
    "top_2": "figures.top_2",
    "top_3": "figures.top_3",
    "top_4": "figures.top_4",
    "index_0_100": "figures.index_0_100",
    "index_20_100": "figures.index_20_100",
}
MISSING = {
    "not_shown": "figures.not_shown",
    "skipped": "figures.skipped",
    "dont_know": "figures.dont_know",
    "refused": "figures.refused",
}
QUADRANTS = {
    "focus": "figures.focus",
    "keep": "figures.keep",
    "low": "figures.low",
    "excess": "figures.excess",
    "against": "figures.against",
}
CHECKS = {
    "respondent": "figures.check_respondent",
    "kish": "figures.check_kish",
    "domain": "figures.check_domain",
    "factor": "figures.check_factor",
    "variance": "figures.check_variance",
}


def change_names() -> dict[str, str]:
    """What each row of the sensitivity table does otherwise."""
    return _said(CHANGES)


def definition_names() -> dict[str, str]:
    """Of the figure by other definitions of satisfied."""
    return _said(DEFINITIONS)


def missing_names() -> dict[str, str]:
    """Why there is no answer to the official question."""
    return _said(MISSING)


def question_missing_names() -> dict[str, str]:
    """Why there is no answer to a question of any type."""
    return _said(MISSING | {"not_used": "figures.not_used"})


def quadrant_name(quadrant: str) -> str:
    """Of a service by its importance and performance."""
    return str(Message(QUADRANTS[quadrant]))


def check_name(check: str) -> str:
    """Of what weights are looked at for."""
    return str(Message(CHECKS[check]))


def _said(keys: Mapping[str, str]) -> dict[str, str]:
    return {name: str(Message(key)) for name, key in keys.items()}
