"""Ranking of counties, how many stand at each star, and progress towards the document's goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import ConfigDict

from analysis.documents import plain
from analysis.scoring.documents import Rated, SummaryDocument
from analysis.scoring.loading import load_rulebook
from definitions import load_text

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Goal:
    """One goal: `share` of the counties, or `number` of them, at `at_least` or above; `new` counts newcomers."""

    key: str
    text: str
    by: int
    at_least: str
    share: float | None = None
    number: int | None = None
    new: bool = False

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Goals:
    goals: tuple[Goal, ...]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class GoalProgress:
    """`reached` is None where it cannot be known, as 'newly' without earlier ratings."""

    key: str
    text: str
    by: int
    needed: float
    counted: int | None
    of: int
    reached: bool | None


@dataclass(frozen=True)
class Summary:
    """`ranking`: county names, best first, void last. `at_star`: counties whose rating is exactly that star."""

    ranking: tuple[str, ...]
    at_star: dict[str, int]
    goals: tuple[GoalProgress, ...]

    def as_dict(self) -> SummaryDocument:
        return {
            "ranking": list(self.ranking),
            "at_star": self.at_star,
            "goals": [plain(goal) for goal in self.goals],
        }


@cache
def document_goals() -> tuple[Goal, ...]:
    """The goals of the document."""
    text = files("analysis").joinpath("scoring/goals.yaml").read_text(encoding="utf-8")
    return load_text(text, Goals, "goals.yaml").value.goals


def summarise(
    counties: Mapping[str, Rated], goals: tuple[Goal, ...], previous: Mapping[str, str] | None,
    number_of_counties: int | None = None,
) -> Summary:  # fmt: skip
    """Summarise scorecards by county name. `previous`: earlier star by county. The denominator is
    `number_of_counties` where given, so that a county whose file was bad counts as not there yet."""
    rulebook = load_rulebook("jining-2023-county")
    levels = [rulebook.no_star, *(star.name for star in rulebook.stars)]
    ranking = sorted(counties, key=lambda name: (counties[name]["void"], -counties[name]["score_if_not_void"], name))
    at_star = {level: sum(card["star_level"] == level for card in counties.values()) for level in reversed(levels)}
    of = number_of_counties or len(counties)
    progress = tuple(_progress(goal, counties, levels, previous, of) for goal in goals)
    return Summary(tuple(ranking), at_star, progress)


def ranks(counties: Mapping[str, Rated]) -> dict[str, int]:
    """County -> its rank by points, void last; equal points share one: 1, 1, 1, 4.

    >>> ranks({name: {"void": False, "score_if_not_void": points} for name, points in {"a": 5, "b": 7, "c": 5}.items()})
    {'b': 1, 'a': 2, 'c': 2}
    """
    order = {name: (card["void"], -card["score_if_not_void"]) for name, card in counties.items()}
    ordered = sorted(order.values())
    return {name: ordered.index(order[name]) + 1 for name in sorted(order, key=lambda name: (order[name], name))}


def _progress(
    goal: Goal, counties: Mapping[str, Rated], levels: list[str], previous: Mapping[str, str] | None, of: int
) -> GoalProgress:
    line = levels.index(goal.at_least)
    there = [name for name, card in counties.items() if levels.index(card["star_level"]) >= line]
    needed = goal.share if goal.share is not None else float(goal.number or 0)
    counted: int | None = len(there)
    if goal.new:
        known = previous is not None and all(name in previous for name in counties)
        counted = sum(levels.index(previous[name]) < line for name in there) if known and previous else None
    if counted is None:
        return GoalProgress(goal.key, goal.text, goal.by, needed, None, of, None)
    reached = counted >= needed * of if goal.share is not None else counted >= needed
    return GoalProgress(goal.key, goal.text, goal.by, needed, counted, of, reached)
