"""The same indicators under the numbers of another rulebook: municipal and county ones meet by name."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.scoring import load_rulebook

MUNICIPAL = "jining-2023-municipal"  # a questionnaire's rows and a ticket's field cite its numbers


def numbers_in(rulebook_id: str, municipal: Iterable[int]) -> list[int]:
    """The numbers under which the rulebook has these municipal indicators; those it lacks are left out."""
    rulebook, city = load_rulebook(rulebook_id), load_rulebook(MUNICIPAL)
    by_name = {item.name: item.number for item in rulebook.indicators}
    names = [item.name for number in municipal if (item := city.indicator(number)) is not None]
    return [by_name[name] for name in names if name in by_name]
