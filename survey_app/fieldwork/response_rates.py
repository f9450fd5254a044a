"""Outcome rates of a survey's sample by site and county, from the dispositions stored so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from analysis.response_rates import Outcomes, Rates, eligibility, rates, total
from survey_app.answering.dispositions import group_of
from survey_app.models import Invitation, Site, Survey, db

NAMES = {
    "I": "complete", "P": "partial", "R": "refusal", "NC": "non_contact", "O": "other", "UH": "unknown_household",
    "UO": "unknown_other", "NE": "not_eligible",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """Outcomes and rates of one site (`code`), one county or the whole city. pending: nothing known yet, within UH."""

    code: str
    name: str
    pending: int
    outcomes: Outcomes
    rates: Rates


@dataclass(frozen=True)
class OutcomeRates:
    """e is one for the whole survey, so that sites can be compared."""

    e: float | None
    city: Line
    counties: tuple[Line, ...]
    sites: tuple[Line, ...]


def outcome_rates(survey: Survey, sites: list[Site]) -> OutcomeRates:
    """Rates of `sites`, live; e is estimated over the whole survey by proportional allocation."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    pending: Counter[int] = Counter()
    query = (
        select(Invitation.site_id, Invitation.disposition, func.count())
        .where(Invitation.survey_id == survey.id)
        .group_by(Invitation.site_id, Invitation.disposition)
    )
    for site_id, disposition, number in db.session.execute(query):
        counts[site_id][NAMES[group_of(disposition)]] += number
        pending[site_id] += 0 if disposition else number
    e = eligibility(total(Outcomes(**found) for found in counts.values()))
    found = {site.id: Outcomes(**counts[site.id]) for site in sites if site.id in counts}
    by_county: dict[str, list[int]] = defaultdict(list)
    for site in sites:
        if site.id in found:
            by_county[site.area.name].append(site.id)

    def line(code: str, name: str, ids: list[int]) -> Line:
        outcomes = total(found[number] for number in ids)
        return Line(code, name, sum(pending[number] for number in ids), outcomes, rates(outcomes, e))

    return OutcomeRates(
        e=e,
        city=line("", "", list(found)),
        counties=tuple(line("", name, ids) for name, ids in by_county.items()),
        sites=tuple(line(site.code, site.name, [site.id]) for site in sites if site.id in found),
    )
