"""The same indicators under the numbers of another rulebook: municipal and county ones meet by name."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.scoring import load_rulebook
from analysis.scoring.programme import programme_with
from analysis.scoring.rulebook import Rulebook


def of_the_city(rulebook_id: str) -> Rulebook:
    """The city's rulebook of its programme, whose numbers a questionnaire's rows and a ticket's field cite; itself
    where the programme rates no city."""
    return load_rulebook(programme_with(rulebook_id).units.get("city", rulebook_id))


def numbers_in(rulebook_id: str, municipal: Iterable[int]) -> list[int]:
    """The numbers under which the rulebook has these municipal indicators; those it lacks are left out."""
    rulebook, city = load_rulebook(rulebook_id), of_the_city(rulebook_id)
    by_name = {item.name: item.number for item in rulebook.indicators}
    names = [item.name for number in municipal if (item := city.indicator(number)) is not None]
    return [by_name[name] for name in names if name in by_name]
