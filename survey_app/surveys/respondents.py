"""How those who answer are chosen: the three ways that a form offers, and the key of the plan they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.plan import Plan
from analysis.plan_parts import Way
from definitions import with_key

CARDS, STAFF, POSTERS = "cards", "staff", "posters"
OFFERED: Mapping[str, tuple[Way, ...]] = {
    CARDS: ("invitations",),
    STAFF: ("household_sheets", "interviewers"),
    POSTERS: ("posters",),
}


def chosen(plan: Plan) -> str:
    """The way of OFFERED that a plan has, 'other' for another combination; '' where it says nothing."""
    if plan.respondents is None:
        return ""
    ways = set(plan.respondents.ways)
    return next((name for name, offered in OFFERED.items() if ways <= set(offered)), "other")


def with_chosen(text: str, plan: Plan, choice: str, exception: str) -> str:
    """The plan's text with a way of OFFERED; unchanged where it has it, or nothing of them was chosen."""
    same = choice == chosen(plan) and (choice != POSTERS or exception.strip() == plan.exception)
    return text if same or choice not in OFFERED else with_ways(text, OFFERED[choice], exception)


def with_ways(text: str, ways: Sequence[Way], exception: str = "") -> str:
    """The plan's text with these ways; the exception goes with posters alone. The plan's own check refuses the rest."""
    by = ways[0] if len(ways) == 1 else list(ways)
    said = {"exception": exception.strip()} if "posters" in ways else {}
    return with_key(text, "respondents", {"by": by, **said})
