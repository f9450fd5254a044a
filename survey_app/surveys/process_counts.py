"""What the forms themselves tell of a site: hours whose forms hardly came back, days of which one network has most answers.

Counts of events alone (answering/form_counts.py). Each is a reason to look; none leaves an answer out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from survey_app.answering.form_counts import HANDED, LARGEST, RETURNED, STORED
from survey_app.models import FormCount, Site, Survey, db

LEAST = 30  # forms of an hour, or answers of a day
HALF = 0.5
MOST_ROWS = 200


@dataclass(frozen=True)
class Unreturned:
    """Forms that a site handed out in an hour of a day, by the survey's clock, and those of them that came back."""

    site_id: int
    day: date
    hour: int
    handed: int
    returned: int


@dataclass(frozen=True)
class OneNetwork:
    """Answers of a site's day, and those of its largest network, at the most where several workers counted."""

    site_id: int
    day: date
    answers: int
    largest: int


def unreturned(survey: Survey, sites: Collection[int]) -> list[Unreturned]:
    """Hours of which fewer than half of the forms came back, the newest first."""
    handed, came = _sum(HANDED), _sum(RETURNED)
    query = (
        select(FormCount.site_id, FormCount.day, FormCount.question, handed, came)
        .join(Site, Site.id == FormCount.site_id)
        .where(Site.survey_id == survey.id, FormCount.event.in_((HANDED, RETURNED)))
        .group_by(FormCount.site_id, FormCount.day, FormCount.question)
        .having(handed >= LEAST, came < HALF * handed)
        .order_by(FormCount.day.desc(), FormCount.question.desc(), handed.desc())
        .limit(MOST_ROWS)
    )
    return [
        Unreturned(site, day, int(hour), int(out), int(back))
        for site, day, hour, out, back in db.session.execute(query)
        if site in sites
    ]


def one_network(survey: Survey, sites: Collection[int]) -> list[OneNetwork]:
    """Days on which over half of a site's answers came from one network, the newest first."""
    answers, largest = _sum(STORED), _sum(LARGEST)
    query = (
        select(FormCount.site_id, FormCount.day, answers, largest)
        .join(Site, Site.id == FormCount.site_id)
        .where(Site.survey_id == survey.id, FormCount.event.in_((STORED, LARGEST)))
        .group_by(FormCount.site_id, FormCount.day)
        .having(answers >= LEAST, largest > HALF * answers)
        .order_by(FormCount.day.desc(), answers.desc())
        .limit(MOST_ROWS)
    )
    return [
        OneNetwork(site, day, int(total), min(int(most), int(total)))
        for site, day, total, most in db.session.execute(query)
        if site in sites
    ]


def _sum(event: str):  # type: ignore[no-untyped-def]  # an expression of SQL
    return func.sum(case((FormCount.event == event, FormCount.number), else_=0))
