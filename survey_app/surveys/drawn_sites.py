"""The sites that a survey drew, as its weights see them: made when a run is made, from what is known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import cast

from sqlalchemy import func, select

from analysis.documents.kept import DrawnSiteDocument, StoredCells
from analysis.errors import CellsError
from analysis.plan import Plan
from analysis.sampled_sites import SampledSite, eligible_of
from survey_app.models import Area, Invitation, Site, Survey, db
from wording import Message, Refusal

HOME = "home_county"  # the margin whose levels are areas
NOT_ELIGIBLE = "4"  # how AAPOR's codes of persons found not to belong to the population begin


class DrawnSiteError(CellsError):
    """A drawn site from which no weight can be made, in the user's words."""


def with_drawn_sites(survey: Survey, plan: Plan) -> Plan:
    """The plan with every site that was drawn, silent and retired ones too; as it is where its method reads stored weights.

    Raises DrawnSiteError naming the sites that lack what a weight needs.
    """
    if not plan.method.weights_follow_sites or plan.sampling == "open":
        return plan
    drawn = [site for site in survey.sites if site.probability]
    invited, shares = _invited(survey), _shares(plan)
    rows: list[SampledSite] = []
    wrong: list[Message] = []
    for site in sorted(drawn, key=lambda site: site.code):
        try:
            rows.append(_drawn(site, plan, invited.get(site.id, 0), shares))
        except Refusal as error:
            wrong.append(Message("estimates.site_named", name=site.name, said=error))
    if wrong:
        raise DrawnSiteError(wrong[:10])
    return plan.with_sites(tuple(rows), "psu")


def with_stored_sites(plan: Plan, stored: StoredCells) -> Plan:
    """The plan with the sites that a run kept beside its cells."""
    rows = stored.get("sites", [])
    return plan.with_sites(tuple(SampledSite(**row) for row in rows), "psu") if rows else plan


def as_stored(plan: Plan) -> list[DrawnSiteDocument]:
    """What `with_stored_sites` reads."""
    return [cast(DrawnSiteDocument, asdict(row)) for row in plan.weights.rows]


def faults(sites: Sequence[Site]) -> Iterator[Message]:
    """The drawn sites from which no weight can be made, and why."""
    for site in sites:
        people = site.eligible or site.residents
        if site.probability and not (people and site.inclusion_probability):
            if not site.base_weight:
                yield Message("surveys.site_without_design", name=site.name)
            elif not (site.weight_take or site.target):
                yield Message("surveys.site_weight_without_take", name=site.name)


def _drawn(site: Site, plan: Plan, invited: int, shares: Mapping[int, float]) -> SampledSite:
    stratum = site.stratum or ""
    assumed = plan.weights.eligible_share
    eligible, basis = eligible_of(
        site.eligible, site.residents, shares.get(site.area_id), None if assumed is None else float(assumed)
    )
    typed = site.weight_take is not None or not (site.inclusion_probability and eligible)
    if typed and site.base_weight:
        return SampledSite(site.code, stratum, weight=site.base_weight, take=site.weight_take or site.target or None)
    drawn = invited or _planned(site, eligible or 0)
    return SampledSite(
        site.code, stratum, site.inclusion_probability, eligible, drawn, basis=basis, planned=not invited
    )


def _planned(site: Site, eligible: float) -> float | None:
    """The take that was planned where nobody is invited, as the base weight kept it: a target may change later."""
    people = site.eligible or site.residents
    if not (people and site.inclusion_probability and site.base_weight):
        return None
    return min(people / (site.inclusion_probability * site.base_weight), eligible)


def _invited(survey: Survey) -> dict[int, int]:
    """Persons drawn at each site for whom there is an invitation, those found not to be eligible taken out."""
    query = (
        select(Invitation.site_id, func.count().label("number"))
        .where(Invitation.survey_id == survey.id, Invitation.disposition.not_like(f"{NOT_ELIGIBLE}.%"))
        .group_by(Invitation.site_id)
    )
    return {row.site_id: row.number for row in db.session.execute(query)}


def _shares(plan: Plan) -> dict[int, float]:
    """Share of the population of interest among an area's residents, where the plan's margin of areas has both.

    A county's residents include its zones'; where zones are levels of their own they are taken out of both.
    """
    levels = plan.margins().get(HOME, {})
    areas = db.session.scalars(select(Area).where(Area.name.in_(levels))).all()
    zones = {
        area.id: sum(other.residents for other in areas if other.parent_id == area.id and other.kind == "zone")
        for area in areas
    }
    shares = {}
    for area in areas:
        residents = area.residents - zones[area.id]
        if residents > 0 and 0 < levels[area.name] <= residents:
            shares[area.id] = levels[area.name] / residents
    return shares
