"""From how many responses a count may be shown, and to whom."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from analysis.suppression import Key, nested, one_way, small, suppressed
from survey_app.ground import audit
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.ground.settings import in_force
from survey_app.models import Grant, Survey

K = TypeVar("K", bound=Hashable)


def sees_all(grants: Iterable[Grant]) -> bool:
    """Whether these grants show every cell: an administrator's do."""
    return any(grant.role == ADMINISTRATOR for grant in grants)


def least_cell(survey: Survey | None = None) -> int:
    """Responses a published cell needs: the survey's own number, else MINYI_LEAST_CELL; 1 hides nothing."""
    own = survey.least_cell if survey is not None else None
    return own if own is not None else in_force().least_cell


def set_least_cell(survey: Survey, least: int | None, reason: str) -> None:
    """The survey's own number, None for the installation's. The caller commits."""
    before, survey.least_cell = survey.least_cell, least
    audit.record("survey.least_cell", f"survey:{survey.code}", {"least": before}, {"least": least}, reason)


def shown_counts(counts: Mapping[K, int], grants: Iterable[Grant], survey: Survey | None = None) -> dict[K, int | None]:
    """A table of counts whose total is shown too."""
    if sees_all(grants) or not counts:
        return dict(counts)
    hidden = suppressed(*one_way(counts), least_cell(survey))
    return {key: None if key in hidden else number for key, number in counts.items()}


def shown_apart(counts: Mapping[K, int], grants: Iterable[Grant], survey: Survey | None = None) -> dict[K, int | None]:
    """Counts that overlap and have no total, such as kinds of flags: only the small ones are hidden."""
    hidden = frozenset() if sees_all(grants) else small(counts, least_cell(survey))
    return {key: None if key in hidden else number for key, number in counts.items()}


def shown_nested(
    leaves: Mapping[K, int], parents: Mapping[K, Hashable], grants: Iterable[Grant], survey: Survey | None = None
) -> tuple[dict[K, int | None], dict[Hashable, int | None], int | None]:
    """Counts of a nest (sites in counties) with the counties' sums and the total: leaves, groups, total."""
    counts, sums = nested(leaves, parents)
    hidden = frozenset() if sees_all(grants) or not leaves else suppressed(counts, sums, least_cell(survey))

    def shown(key: Key) -> int | None:
        return None if key in hidden else counts[key]

    groups = {group: shown(("group", group)) for group in dict.fromkeys(parents[leaf] for leaf in leaves)}
    return {leaf: shown(leaf) for leaf in leaves}, groups, shown(())
