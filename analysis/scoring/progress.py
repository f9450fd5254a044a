"""Ranking of counties, how many stand at each star, and progress towards a programme's goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.scoring.documents import GoalDocument, Points, ScorecardDocument, SummaryDocument
from analysis.scoring.programme import Goal, Programme
from analysis.scoring.sentences import SATISFACTION


@dataclass(frozen=True)
class Summary:
    """`ranking`: county names, best first, void last, then those whose star is not known, who have no place.
    `places`: the places, one for all of equal points. `at_star`: counties whose rating is exactly that star."""

    ranking: tuple[str, ...]
    places: tuple[int | None, ...]
    at_star: dict[str, int]
    goals: tuple[GoalDocument, ...]

    def as_dict(self) -> SummaryDocument:
        return {
            "ranking": list(self.ranking),
            "places": dict(zip(self.ranking, self.places, strict=True)),
            "at_star": self.at_star,
            "goals": list(self.goals),
        }


def summarise(
    counties: Mapping[str, ScorecardDocument],
    programme: Programme,
    previous: Mapping[str, str] | None,
    number_of_counties: int | None = None,
    zones: Mapping[str, ScorecardDocument] | None = None,
    number_of_zones: int | None = None,
) -> Summary:
    """Summarise scorecards by county name. `previous`: earlier star by county. The denominator is
    `number_of_counties` where given, so that a county whose file was bad counts as not there yet. zones: what goals about zones are counted over."""
    levels = list(programme.levels)
    ranking = best_first(counties)
    at_star = {level: sum(known_star(card) == level for card in counties.values()) for level in reversed(levels)}
    over = {
        "county": (counties, number_of_counties or len(counties)),
        "zone": (zones or {}, number_of_zones or len(zones or {})),
    }
    progress = tuple(
        _progress(goal, over[goal.unit][0], list(programme.levels_of(goal.unit)), previous, over[goal.unit][1])
        for goal in programme.goals
    )
    return Summary(tuple(ranking), tuple(places([counties[name] for name in ranking])), at_star, progress)


def best_first(cards: Mapping[str, ScorecardDocument]) -> list[str]:
    """The names in the order of `Summary.ranking`."""
    return sorted(cards, key=lambda name: (*_standing(cards[name]), name))


def places(ranked: Sequence[ScorecardDocument]) -> list[int | None]:
    """The place of each card in a list that is best first: 1, 1, 1, 4; None for a card whose satisfaction is not known.

    >>> places([{"star_level": "三星级", "void": False, "score_if_not_void": points} for points in (70, 70, 60.5)])
    [1, 1, 3]
    """
    found: list[int | None] = []
    for number, card in enumerate(ranked):
        same = number > 0 and _standing(card) == _standing(ranked[number - 1])
        found.append(None if _unplaced(card) else found[-1] if same else number + 1)
    return found


def _standing(card: ScorecardDocument) -> tuple[bool, bool, Points]:
    return _unplaced(card), card["void"], -card["score_if_not_void"]


def _unplaced(card: ScorecardDocument) -> bool:
    """Whether satisfaction is not known, so that neither are the points; earlier releases went by the star alone."""
    return known_star(card) is None or bool(card.get("star_by_zone"))


def known_star(card: ScorecardDocument) -> str | None:
    """The star of a card; None where satisfaction is not known and decides between the two of its `star_range`."""
    low, high = card.get("star_range") or (card["star_level"],) * 2
    unknown = any(part["metric"] == SATISFACTION for part in card.get("unknown", ()))
    return None if unknown and low != high else card["star_level"]


def star_words(card: ScorecardDocument) -> str:
    """The star of a card, or the lowest and the highest that its satisfaction will decide between."""
    return known_star(card) or " – ".join(card["star_range"])


def _progress(
    goal: Goal,
    counties: Mapping[str, ScorecardDocument],
    levels: list[str],
    previous: Mapping[str, str] | None,
    of: int,
) -> GoalDocument:
    line = levels.index(goal.at_least)
    known_stars = {name: star for name, card in counties.items() if (star := known_star(card)) is not None}
    there = [name for name, star in known_stars.items() if levels.index(star) >= line]
    perhaps = sum(
        known_star(card) is None and levels.index(card["star_range"][1]) >= line for card in counties.values()
    )
    needed = goal.share if goal.share is not None else float(goal.number or 0)
    counted: int | None = len(there)
    if goal.new:
        known = previous is not None and all(name in previous for name in counties)
        counted = sum(levels.index(previous[name]) < line for name in there) if known and previous else None
    wanted, reached = needed * of if goal.share is not None else needed, None
    if counted is not None:
        reached = True if counted >= wanted else None if counted + perhaps >= wanted else False
    return {
        "key": goal.key, "text": goal.text, "by": goal.by, "needed": needed, "counted": counted, "perhaps": perhaps, "of": of,
        "reached": reached,
    }  # fmt: skip
