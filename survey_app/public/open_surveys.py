"""Which surveys take answers now, and how one takes part in each.

A page that everybody reads leads to places outside the sample alone: who comes from it has chosen himself, and would count as drawn
at a sampled place whose poster admits (docs/decisions/0114).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from survey_app.answering.definitions import titles_of
from survey_app.answering.open_sites import OpenSite, kept_shortly, sites_of
from survey_app.models import Survey, db

Stored = tuple[dict[str, str], list[OpenSite], list[OpenSite], int]
MOST_PLACES = 60  # that are listed; of more the number is said
TAKES = ("open", "away")  # a code outside its hours says them itself
POSTERS, INVITATIONS = "posters", "invitations"


@dataclass(frozen=True)
class OpenSurvey:
    """One survey as the front page shows it. ways: of the plan, how people of the sample are reached.

    places: open to everybody; more: how many others there are. last: the day it closes, by its own clock.
    """

    titles: dict[str, str]
    last: date | None
    demo: bool
    ways: tuple[str, ...]
    places: tuple[OpenSite, ...]
    more: int


def open_surveys() -> list[OpenSurvey]:
    """The newest first; what is stored is read at most every three seconds."""
    kept: list[Stored] = kept_shortly("minyi_front", "", _read)
    shown = (_shown(*each) for each in kept)
    return [survey for survey in shown if survey is not None]


def _read(_key: str) -> list[Stored]:
    """Per open survey: its title by language, one sampled site (for what all share), the first open places, and how many there are."""
    found = db.session.scalars(select(Survey).where(Survey.state == "open").order_by(Survey.id.desc()))
    read = []
    for survey in found:
        sampled, _ = sites_of(survey.id, sampled=True, most=1)
        places, number = sites_of(survey.id, sampled=False, most=MOST_PLACES)
        read.append((titles_of(survey), sampled, places, number))
    return read


def _shown(titles: dict[str, str], sampled: list[OpenSite], places: list[OpenSite], number: int) -> OpenSurvey | None:
    """None where it takes no answers at this moment, or has no site yet."""
    one = next(iter((*sampled, *places)), None)
    if one is None or one.standing() != "open":
        return None
    last = one.closes_at and one.closes_at.astimezone(ZoneInfo(one.time_zone)).date()
    return OpenSurvey(
        titles=titles,
        last=last,
        demo=one.demo,
        ways=_ways(sampled[0]) if sampled else (),
        places=tuple(place for place in places if place.admits() in TAKES),
        more=number - len(places),
    )


def _ways(site: OpenSite) -> tuple[str, ...]:
    """Of the plan; of a plan from before it had to say, what its codes admit."""
    admits = POSTERS if site.samples("web", invited=False) else INVITATIONS
    return site.ways or (admits,)
